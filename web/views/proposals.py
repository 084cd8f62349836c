"""今日待确认对接: the queue, one proposal beside it, and every act on it. After an act the next one is there."""

from datetime import UTC, date, datetime, time
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.domain.access import Action, may
from matcher.domain.lifecycle import HOLDING, OPEN
from matcher.domain.terms import ContactOutcome, DeclineReason, ProposalStatus
from matcher.domain.tiers import due_first
from matcher.errors import FieldProblem, InvalidFields, NuanliuError
from matcher.store.queries import proposals as reading
from matcher.store.queries.ladder import known_entitlements
from matcher.store.queries.pairs import offers_to_ask
from matcher.store.queries.proposals import QueuePlace
from matcher.usecases import approvals, notes
from matcher.usecases import proposals as acts
from matcher.usecases.households import Person, reveal_person
from matcher.usecases.pair_questions import explain_for_proposal
from matcher.usecases.proposal_page import look_at_proposal
from web import doors, pair_words
from web import proposal_words as words
from web.auth import requires
from web.errors import sentences
from web.formatters import urgency_level
from web.forms.people import reveal_purpose
from web.labels import label_list, problems_by_field
from web.paging import asked

bp = Blueprint("proposals", __name__)
FILTERS = ("all", "urgent", "goods", "money", "service")
GOODS_REASONS = (
    DeclineReason.ALREADY_HAS, DeclineReason.NOT_WANTED, DeclineReason.FACTS_DIFFER, DeclineReason.WRONG_ITEM,
    DeclineReason.CANNOT_REACH, DeclineReason.OTHERS_FIRST, DeclineReason.UNREACHABLE,
)  # fmt: skip
MONEY_REASONS = (
    DeclineReason.ALREADY_HAS, DeclineReason.NOT_WANTED, DeclineReason.FACTS_DIFFER, DeclineReason.PAPERS_MISSING,
    DeclineReason.OTHERS_FIRST, DeclineReason.UNREACHABLE,
)  # fmt: skip


# ── seeing ─────────────────────────────────────────────────────────────────────────────────────────────────────


@bp.get("/proposals")
@requires(Action.SEE_PROPOSALS)
def index() -> str:
    return _page(None)


@bp.get("/proposals/<int:proposal_id>")
@requires(Action.SEE_PROPOSALS, of="proposal")
def show(proposal_id: int) -> str:
    return _page(proposal_id)


@bp.get("/proposals/<int:proposal_id>/why-not")
@requires(Action.SEE_PROPOSALS, of="proposal")
def why_not(proposal_id: int) -> str | tuple[str, int]:
    """Beside the proposal: why the family is not given another offer instead."""
    code = pair_words.asked_code(request.args)
    try:
        with doors.db().read() as store:
            answer = explain_for_proposal(proposal_id, code, session=store, **pair_words.asking())
    except InvalidFields as error:
        return _page(proposal_id, errors=problems_by_field(error), asked_code=code), 404
    return _page(proposal_id, answer=answer, asked_code=code)


def _statuses() -> frozenset[ProposalStatus]:
    """What waits for this person: money for the second person, everything undecided for the others."""
    return frozenset({ProposalStatus.AWAITING_APPROVAL}) if _approves() else OPEN


def _approves() -> bool:
    return may(doors.actor(), Action.APPROVE_MONEY)


def _kept(places: list[QueuePlace], chosen: str) -> list[QueuePlace]:
    if chosen == "urgent":
        return [place for place in places if urgency_level(place.urgency, place.deadline) == "urgent"]
    return places if chosen == "all" else [place for place in places if place.kind == chosen]


def _chosen() -> str:
    asked_for = request.values.get("show", "all")
    return asked_for if asked_for in FILTERS else "all"


def _page(proposal_id: int | None, **more: Any) -> str:
    """The list, and beside it one proposal: the one asked for, else the first that waits."""
    actor, now, chosen = doors.actor(), doors.now(), _chosen()
    with doors.db().read() as store:
        places = reading.queue_order(store, actor, _statuses())
        shown = _kept(places, chosen)
        ids = [place.id for place in shown]
        paging = asked()
        if proposal_id in ids and "page" not in request.args:
            paging = type(paging)(ids.index(proposal_id) // paging.size + 1)
        rows = reading.queue_rows(store, ids[paging.offset : paging.offset + paging.size])
        side = _side_groups(store)
        done = reading.count_done(store, actor, since=_midnight())
        last = next(iter(reading.last_acts(store, actor, now=now, limit=1)), None)
        current = proposal_id or (rows[0].id if rows else None)
        page = None
        if current is not None:
            page = look_at_proposal(current, by=actor, session=store, as_of=doors.today(), rules=doors.rules())
        choices = offers_to_ask(store, actor, page.detail.need.category) if page else ()
        first = _institution_first(store, page.detail) if page else {}
    together = _same_offer(places, shown, page)
    return render_template(
        "proposals/queue.html",
        rows=rows, nav_counts={"/proposals": len(places)}, side=side, done=done, last=last, page=page,
        detail=page.detail if page else None,
        current=current, is_open=proposal_id is not None, chosen=chosen, total=len(places),
        counts={name: len(_kept(places, name)) for name in FILTERS}, paging=paging, last_page=paging.last(len(shown)),
        place=ids.index(current) + 1 if current in ids else None, count=len(shown), next_id=_next(ids, current),
        together=together, words=words, places=doors.rules().places,
        reasons=MONEY_REASONS if page and page.detail.proposal.is_money else GOODS_REASONS,
        decides=may(actor, Action.DECIDE_PROPOSAL), approves=_approves(), notes=may(actor, Action.EDIT_NEEDS),
        reveals=may(actor, Action.REVEAL_PERSON), open_states=OPEN, holding=HOLDING, now=now,
        today=doors.today(), outcomes=list(ContactOutcome), undo_minutes=doors.rules().policy.undo_minutes,
        pair_words=pair_words, choices=choices, label_list=label_list, **first,
        **{"errors": {}, "typed": {}, "person": None, "sheet": "", "answer": None, "asked_code": ""} | more,
    )  # fmt: skip


def _institution_first(store: Any, detail: Any) -> dict[str, Any]:
    """What the state owes the family first, when this is public money: known to be due, or not looked at."""
    policy = doors.rules().policy
    fund = policy.funds.get(detail.offer.fund_source)
    if fund is None or not fund.institution_first:
        return {}
    codes, known = policy.entitlements(detail.need.category), known_entitlements(store, detail.family.id)
    return {"due_first": due_first(codes, known), "not_looked": [code for code in codes if code not in known]}


def _side_groups(store: Any) -> list[tuple[str, list[Any]]]:
    """Below the list: what waits for the second person, and what was put on hold."""
    actor = doors.actor()
    if _approves():
        return []
    groups = []
    for title, status in ((_("等第二人审批"), ProposalStatus.AWAITING_APPROVAL), (_("暂缓中"), ProposalStatus.HELD)):
        ids = [place.id for place in reading.queue_order(store, actor, frozenset({status}))][:20]
        if ids:
            groups.append((title, reading.queue_rows(store, ids)))
    return groups


def _same_offer(places: list[QueuePlace], shown: list[QueuePlace], page: Any) -> tuple[int, str, int] | None:
    """(offer id, title, count) when the open proposal's offer goes to several families."""
    if page is None or not may(doors.actor(), Action.DECIDE_PROPOSAL):
        return None
    offer = page.detail.offer
    count = sum(place.offer_id == offer.id for place in places)
    return (offer.id, offer.title, count) if count > 1 else None


def _next(ids: list[int], current: int | None) -> int | None:
    """Which one is there after this one is decided: the one below, else the one above."""
    if current not in ids:
        return ids[0] if ids else None
    place = ids.index(current)
    return ids[place + 1] if place + 1 < len(ids) else ids[place - 1] if place else None


def _midnight() -> datetime:
    return datetime.combine(doors.today(), time(), doors.zone()).astimezone(UTC)


# ── deciding ───────────────────────────────────────────────────────────────────────────────────────────────────


def _with() -> dict[str, Any]:
    seen = request.form.get("seen_version", 0, type=int)
    return {"seen_version": seen, "by": doors.actor(), "uow": doors.uow(), "now": doors.now(), "rules": doors.rules()}


def _go_on(stay: int | None = None) -> Response:
    """To the next one, as the page that was left said; the filter stays."""
    chosen = _chosen()
    show_ = None if chosen == "all" else chosen
    target = stay if stay is not None else request.form.get("next", type=int)
    if target is None:
        return redirect(url_for("proposals.index", show=show_), 303)
    return redirect(url_for("proposals.show", proposal_id=target, show=show_), 303)


def _again(proposal_id: int, error: InvalidFields, sheet: str) -> tuple[str, int]:
    """The same page with what is wrong beside the field, what was typed, and the sheet open."""
    return _page(proposal_id, errors=problems_by_field(error), typed=request.form, sheet=sheet), 422


def _reason() -> DeclineReason | None:
    given = request.form.get("reason", "")
    return DeclineReason(given) if given in set(DeclineReason) else None


@bp.post("/proposals/<int:proposal_id>/confirm")
@requires(Action.DECIDE_PROPOSAL, of="proposal")
def confirm(proposal_id: int) -> Any:
    try:
        acts.confirm_proposal(proposal_id, **_with())
    except InvalidFields as error:
        return _again(proposal_id, error, "adjust")
    return _go_on()


@bp.post("/proposals/<int:proposal_id>/adjust")
@requires(Action.DECIDE_PROPOSAL, of="proposal")
def adjust(proposal_id: int) -> Any:
    try:
        acts.adjust_proposal(proposal_id, _quantity(), **_with())
    except InvalidFields as error:
        return _again(proposal_id, error, "adjust")
    return _go_on()


def _quantity() -> int:
    """A whole number, as people type it: 1, 1.00, 8,000.00. Anything else is refused beside the field."""
    text = request.form.get("quantity", "").strip().replace(",", "").replace("，", "")
    whole, _dot, cents = text.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 9 and cents.strip("0") == ""):
        raise InvalidFields([FieldProblem("quantity", "not_whole")])
    return int(whole)


@bp.post("/proposals/<int:proposal_id>/decline")
@requires(Action.DECIDE_PROPOSAL, of="proposal")
def decline(proposal_id: int) -> Any:
    try:
        acts.decline_proposal(proposal_id, _reason(), note=request.form.get("note", ""), **_with())
    except InvalidFields as error:
        return _again(proposal_id, error, "decline")
    return _go_on()


@bp.post("/proposals/<int:proposal_id>/hold")
@requires(Action.DECIDE_PROPOSAL, of="proposal")
def hold(proposal_id: int) -> Any:
    try:
        acts.hold_proposal(proposal_id, _day("until"), **_with())
    except InvalidFields as error:
        return _again(proposal_id, error, "hold")
    return _go_on()


def _day(name: str) -> date | None:
    """A day from a button or, when none was pressed, from the field beside them."""
    for text in request.form.getlist(name):
        try:
            return date.fromisoformat(text.strip())
        except ValueError:
            continue
    return None


@bp.post("/proposals/<int:proposal_id>/hand-over")
@requires(Action.DECIDE_PROPOSAL, of="proposal")
def hand_over(proposal_id: int) -> Any:
    try:
        acts.hand_over_proposal(proposal_id, request.form.get("to_unit", type=int), **_with())
    except InvalidFields as error:
        return _again(proposal_id, error, "hand_over")
    return _go_on()


@bp.post("/proposals/<int:proposal_id>/undo")
@requires(Action.DECIDE_PROPOSAL, Action.APPROVE_MONEY, Action.EDIT_NEEDS, of="proposal")
def undo(proposal_id: int) -> Response:
    acts.undo(proposal_id, by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("已撤销，这一项回到原来的样子。"))
    return _go_on(stay=proposal_id)


@bp.post("/proposals/<int:proposal_id>/withdraw")
@requires(Action.DECIDE_PROPOSAL, of="proposal")
def withdraw(proposal_id: int) -> Any:
    try:
        acts.withdraw_proposal(proposal_id, _reason(), note=request.form.get("note", ""), **_with())
    except InvalidFields as error:
        return _again(proposal_id, error, "withdraw")
    return _go_on(stay=proposal_id)


@bp.post("/proposals/<int:proposal_id>/approve")
@requires(Action.APPROVE_MONEY, of="proposal")
def approve(proposal_id: int) -> Any:
    try:
        approvals.approve_money(proposal_id, **_with())
    except InvalidFields as error:
        return _again(proposal_id, error, "return")
    return _go_on()


@bp.post("/proposals/<int:proposal_id>/return")
@requires(Action.APPROVE_MONEY, of="proposal")
def send_back(proposal_id: int) -> Any:
    try:
        approvals.return_money(proposal_id, _reason(), note=request.form.get("note", ""), **_with())
    except InvalidFields as error:
        return _again(proposal_id, error, "return")
    return _go_on()


# ── beside deciding ────────────────────────────────────────────────────────────────────────────────────────────


@bp.post("/proposals/<int:proposal_id>/note")
@requires(Action.EDIT_NEEDS, of="proposal")
def note(proposal_id: int) -> Any:
    """Write down a call; 本人不需要 ends the proposal, so the next one follows."""
    given = request.form.get("outcome", "")
    outcome = ContactOutcome(given) if given in set(ContactOutcome) else None
    arguments = {name: value for name, value in _with().items() if name != "seen_version"}
    try:
        card = notes.note_contact(proposal_id, outcome, request.form.get("contact_note", ""), **arguments)
    except InvalidFields as error:
        return _again(proposal_id, error, "note")
    if outcome is ContactOutcome.NOT_WANTED and card.proposal.undo_until is not None:
        flash(_("已记下：本人不需要。这条需求一并关闭，可以撤销。"))
        return _go_on()
    flash(_("联系记录已记下。"))
    return _go_on(stay=proposal_id)


@bp.post("/proposals/<int:proposal_id>/reveal")
@requires(Action.DECIDE_PROPOSAL, Action.APPROVE_MONEY, of="proposal")
def reveal(proposal_id: int) -> str:
    """Name and phone, once, on this very page; that they were looked at is written down."""
    with doors.db().read() as store:
        page = look_at_proposal(proposal_id, by=doors.actor(), session=store, as_of=doors.today(), rules=doors.rules())
    person: Person = reveal_person(
        page.detail.family.id, purpose=reveal_purpose(), by=doors.actor(), uow=doors.uow(), now=doors.now()
    )
    return _page(proposal_id, person=person)


@bp.route("/proposals/together/<int:offer_id>", methods=["GET", "POST"])
@requires(Action.DECIDE_PROPOSAL, of="offer")
def together(offer_id: int) -> Any:
    """Several families, one offer: read the summary first, then confirm those that are ticked."""
    result, errors = None, {}
    titles: dict[int, str] = {}
    with doors.db().read() as store:
        if not reading.offer_has_place(store, doors.actor(), offer_id):
            abort(404)
    if request.method == "POST":
        seen = ticked()
        with doors.db().read() as store:
            ours = {place.id for place in reading.queue_order(store, doors.actor(), OPEN)}
            rows = reading.queue_rows(store, [id_ for id_, _v in seen if id_ in ours])
            titles = {row.id: row.case_code for row in rows}
        try:
            if seen and request.form.get("read") != "yes":
                raise InvalidFields([FieldProblem("read", "read_first")])
            arguments = {name: value for name, value in _with().items() if name != "seen_version"}
            result = acts.confirm_several(seen, **arguments)
        except InvalidFields as error:
            errors = problems_by_field(error)
    with doors.db().read() as store:
        places = reading.queue_order(store, doors.actor(), OPEN)
        rows = reading.queue_rows(store, [place.id for place in places if place.offer_id == offer_id][:100])
    failed = [(titles.get(id_, ""), why(error)) for id_, error in result.failed] if result else []
    page = render_template(
        "proposals/together.html", rows=rows, result=result, failed=failed, errors=errors, words=words,
        chosen=request.form.getlist("chosen"), offer_id=offer_id,
        undo_minutes=doors.rules().policy.undo_minutes,
    )  # fmt: skip
    return (page, 422) if errors else page


def ticked() -> list[tuple[int, int]]:
    """The ticked rows as (id, version), from values like 17:2."""
    pairs = (value.split(":") for value in request.form.getlist("chosen"))
    return [(int(p[0]), int(p[1])) for p in pairs if len(p) == 2 and p[0].isdecimal() and p[1].isdecimal()]


def why(error: NuanliuError) -> str:
    """What stood in the way, in one line."""
    told = sentences(error)
    return _("；").join(told.points) or told.title
