"""Needs: the list with its filters and exports, one need with its history, registering, changing, taking back."""

from enum import StrEnum

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from matcher.domain import terms
from matcher.domain.access import Action, may
from matcher.domain.terms import Tier, TierReason, WithdrawReason
from matcher.domain.tiers import BY_HAND
from matcher.errors import InvalidFields, WrongState
from matcher.store.queries import ladder
from matcher.store.queries import needs as queries
from matcher.store.queries.needs import NeedDetail, NeedFilter
from matcher.store.queries.pairs import AskedOffer, offers_to_ask
from matcher.usecases import needs as usecases
from matcher.usecases import tiers as tier_acts
from matcher.usecases.exports import note_export
from matcher.usecases.households import reveal_person
from matcher.usecases.match_now import match_need_now
from matcher.usecases.need_input import need_problems
from matcher.usecases.pair_questions import explain_for_need
from web import doors, need_tables, pair_words
from web.auth import requires
from web.exports import download
from web.forms import needs as forms
from web.forms.people import reveal_purpose
from web.forms.reading import Told, in_words
from web.labels import label, label_list, problems_by_field

bp = Blueprint("needs", __name__)
EXPORT_LIMIT = 100_000


@bp.app_template_filter("pair_label")
def pair_label(code: StrEnum) -> tuple[str, str]:
    """A code with its word, as lists of choices want it."""
    return code.value, label(code)


@bp.get("/needs")
@requires(Action.SEE_NEEDS)
def listing() -> str:
    wanted = forms.read_filter(request.args)
    with doors.db().read() as store:
        page = queries.list_needs(store, doors.actor(), wanted)
    return render_template(
        "needs/listing.html",
        page=page,
        wanted=wanted,
        where=forms.where_of(wanted),
        place_options=forms.place_options(page.places),
        sort_words=forms.sort_words(),
        is_filtered=bool(request.args),
        today=doors.today(),
        may_edit=may(doors.actor(), Action.EDIT_NEEDS),
        **_choices(),
    )


@bp.get("/needs/export")
@requires(Action.SEE_NEEDS)
def export() -> Response:
    """The list as it is seen, as a file in the columns that can be imported again."""
    wanted = forms.read_filter(request.args)
    kind = "csv" if request.args.get("format") == "csv" else "xlsx"
    with doors.db().read() as store:
        rows = queries.export_rows(store, doors.actor(), wanted, most=EXPORT_LIMIT)
    note_export("need", len(rows), by=doors.actor(), uow=doors.uow(), now=doors.now())
    return download(
        need_tables.export_columns(),
        need_tables.export_cells(rows),
        kind=kind,
        name=f"needs-{doors.today():%Y%m%d}",
        title=_("需求"),
        demo=doors.house().is_demo,
    )


@bp.get("/needs/<int:need_id>")
@requires(Action.SEE_NEEDS, of="need")
def show(need_id: int) -> str:
    return _page(_detail(need_id))


@bp.get("/needs/<int:need_id>/why-not")
@requires(Action.SEE_PROPOSALS, of="need")
def why_not(need_id: int) -> str | tuple[str, int]:
    """Beside the need: why it is not given this offer."""
    detail, code = _detail(need_id), pair_words.asked_code(request.args)
    try:
        with doors.db().read() as store:
            answer = explain_for_need(need_id, code, session=store, **pair_words.asking())
    except InvalidFields as error:
        return _page(detail, errors=problems_by_field(error), asked_code=code), 404
    return _page(detail, answer=answer, asked_code=code)


@bp.post("/needs/<int:need_id>/match-now")
@requires(Action.DECIDE_PROPOSAL, of="need")
def match_now(need_id: int) -> Response:
    """The best of what nobody else is proposed, at once."""
    try:
        done = match_need_now(
            need_id, by=doors.actor(), rules=doors.rules(), language=doors.language(), uow=doors.uow(),
            now=doors.now(), as_of=doors.today(),
        )  # fmt: skip
    except WrongState as refused:
        if refused.params.get("wanted") != "first_run":
            raise
        flash(_("还没有对接过一批：请市里先对接一次。"), "error")
    else:
        found = ngettext("提出了 %(num)s 条建议。", "提出了 %(num)s 条建议。", done.proposals)
        if not done.proposals and not done.remaining:
            found = _("要的都已经有建议了，等着确认。")
        flash(
            found
            if done.proposals or not done.remaining
            else _("现在没有合适的：留下的资源里没有能给的，下一批再和大家一起算。")
        )
    return redirect(url_for("needs.show", need_id=need_id), 303)


@bp.post("/needs/<int:need_id>/reveal")
@requires(Action.REVEAL_PERSON, of="need")
def reveal(need_id: int) -> str:
    """Name, numbers, address and the original words, on this answer only; each look is written down."""
    detail = _detail(need_id)
    who = {"purpose": reveal_purpose(), "by": doors.actor(), "now": doors.now()}
    person = reveal_person(detail.household["id"], uow=doors.uow(), **who)
    story = usecases.reveal_story(need_id, uow=doors.uow(), **who)
    return _page(detail, person=person, story=story)


@bp.get("/needs/new")
@requires(Action.EDIT_NEEDS)
def new() -> str:
    told = MultiDict({"case_code": request.args.get("case", "")[:24], "urgency": "3", "divisible": "yes"})
    return _form("needs/new.html", told, known=_known(told["case_code"]))


@bp.post("/needs/new")
@requires(Action.EDIT_NEEDS)
def register() -> Response | tuple[str, int]:
    told = Told(request.form)
    need = forms.read_need(told)
    with doors.db().read() as store:
        household_id = queries.find_household(store, doors.actor(), told.text("case_code"))
    if household_id is None:
        told.refuse("case_code", "case_code_unknown" if told.text("case_code") else "case_code_required")
    errors = told.errors(need_problems(need, today=doors.today()) if told.problems else (), forms.NEED_ORDER)
    if not errors and household_id is not None:
        try:
            card = usecases.register_need(household_id, need, by=doors.actor(), uow=doors.uow(), now=doors.now())
        except InvalidFields as refused:
            errors = in_words({problem.field: problem for problem in refused.problems}, forms.NEED_ORDER)
        else:
            flash(_("已登记：%(title)s（%(case)s）。", title=card.title, case=card.case_code))
            return redirect(url_for("needs.show", need_id=card.id), 303)
    return _form("needs/new.html", request.form, errors, known=_known(told.text("case_code"))), 422


@bp.get("/needs/<int:need_id>/edit")
@requires(Action.EDIT_NEEDS, of="need")
def edit(need_id: int) -> str:
    detail = _detail(need_id)
    if detail.need["status"] not in usecases.EDITABLE:
        raise WrongState(state=detail.need["status"], wanted="edit")
    return _form("needs/edit.html", forms.need_as_form(detail), detail=detail, version=detail.need["version"])


@bp.post("/needs/<int:need_id>/edit")
@requires(Action.EDIT_NEEDS, of="need")
def change(need_id: int) -> Response | tuple[str, int]:
    detail = _detail(need_id)
    told = Told(request.form)
    need = forms.read_need(told)
    version = told.whole("version") or 0
    known = detail.need["deadline"]
    more = need_problems(need, today=doors.today(), known_deadline=known) if told.problems else ()
    errors = told.errors(more, forms.NEED_ORDER)
    if not errors:
        try:
            usecases.edit_need(need_id, need, seen_version=version, by=doors.actor(), uow=doors.uow(), now=doors.now())
        except InvalidFields as refused:
            errors = in_words({problem.field: problem for problem in refused.problems}, forms.NEED_ORDER)
        else:
            flash(_("已保存。条件变了的话，没确认的对接建议会在下一批重新计算。"))
            return redirect(url_for("needs.show", need_id=need_id), 303)
    return _form("needs/edit.html", request.form, errors, detail=detail, version=version), 422


@bp.post("/needs/<int:need_id>/still-open")
@requires(Action.EDIT_NEEDS, of="need")
def still_open(need_id: int) -> Response:
    card = usecases.confirm_need_still_open(need_id, by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("已记下：%(case)s 今天核实过，仍然需要。", case=card.case_code))
    return redirect(url_for("needs.show", need_id=need_id), 303)


@bp.post("/needs/<int:need_id>/tier")
@requires(Action.EDIT_NEEDS, of="need")
def move_tier(need_id: int) -> Response | tuple[str, int]:
    """Hand the need over to another tier, with the reason."""
    told = Told(request.form)
    try:
        tier_acts.move_need_to_tier(
            need_id, told.one("tier", Tier), told.one("tier_reason", TierReason), by=doors.actor(), uow=doors.uow(),
            now=doors.now(),
        )  # fmt: skip
    except InvalidFields as refused:
        return need_page(need_id, problems_by_field(refused)), 422
    flash(_("已改帮扶层次，需求、建议和承诺都不变。"))
    return redirect(url_for("needs.show", need_id=need_id), 303)


def need_page(need_id: int, errors: dict[str, str]) -> str:
    """The page of a need with what is to be mended."""
    return _page(_detail(need_id), errors=errors)


@bp.post("/needs/<int:need_id>/withdraw")
@requires(Action.EDIT_NEEDS, of="need")
def withdraw(need_id: int) -> Response | tuple[str, int]:
    told = Told(request.form)
    reason = told.one("reason", WithdrawReason)
    if reason is None:
        told.refuse("reason", "unknown_choice")
        return _page(_detail(need_id), errors=told.errors()), 422
    version = told.whole("version") or 0
    try:
        card = usecases.withdraw_need(
            need_id, reason=reason, seen_version=version, by=doors.actor(), uow=doors.uow(), now=doors.now()
        )
    except WrongState as refused:
        if refused.code != "need_promised":
            raise
        flash(_("这一项已经承诺给这户人家：请先在对接建议里撤回，再撤回需求。"), "error")
        return redirect(url_for("needs.show", need_id=need_id), 303)
    ended = _("，%(num)s 条没确认的建议一起结束", num=card.ended_proposals) if card.ended_proposals else ""
    flash(_("已撤回：%(title)s%(ended)s。", title=card.title, ended=ended))
    return redirect(url_for("needs.show", need_id=need_id), 303)


def _known(case_code: str) -> dict[str, object] | None:
    """What is registered for a family already, so that nothing is registered twice."""
    if not case_code:
        return None
    with doors.db().read() as store:
        family = queries.list_households(store, doors.actor(), text=case_code).lines
        match = next((line for line in family if line.case_code == case_code), None)
        if match is None:
            return None
        wanted = NeedFilter(status=None, text=case_code, sort=queries.Sort.NEWEST)
        lines = queries.list_needs(store, doors.actor(), wanted).lines
    mine = [line for line in lines if line.household_id == match.id][:10]
    return {"case_code": case_code, "masked_name": match.masked_name, "lines": mine}


def _detail(need_id: int) -> NeedDetail:
    if need_id >= 2**31:
        abort(404)
    with doors.db().read() as store:
        return queries.get_need(store, doors.actor(), need_id)


def _page(detail: NeedDetail, **more: object) -> str:
    actor, rules = doors.actor(), doors.rules()
    need, household = detail.need, detail.household
    choices: tuple[AskedOffer, ...] = ()
    with doors.db().read() as store:
        if may(actor, Action.SEE_PROPOSALS):
            choices = offers_to_ask(store, actor, need["category"])
        known = ladder.known_entitlements(store, household["id"])
        task = ladder.open_filing_task(store, household["id"])
        moves = ladder.moves_of_need(store, need["id"])
        sees_offers = may(actor, Action.SEE_OFFERS)
        social = ladder.count_social_offers(store, actor, need["category"]) if sees_offers else None
    return render_template(
        "needs/show.html",
        detail=detail,
        need=detail.need,
        household=detail.household,
        today=doors.today(),
        may_edit=may(actor, Action.EDIT_NEEDS),
        may_decide=may(actor, Action.DECIDE_PROPOSAL),
        may_reveal=may(actor, Action.REVEAL_PERSON),
        may_refer=may(actor, Action.ANSWER_REFERRALS),
        may_propose=may(actor, Action.SEE_PROPOSALS),
        is_editable=detail.need["status"] in usecases.EDITABLE,
        reasons=list(WithdrawReason),
        label_list=label_list,
        step_reason=forms.step_reason,
        pair_words=pair_words,
        choices=choices,
        entitlements=[(code, known.get(code)) for code in rules.policy.entitlements(need["category"])],
        task=task,
        moves=moves,
        social=social,
        on_file=household["file_status"] is terms.FileStatus.ACTIVE,
        is_national=household["file_level"] is terms.FileLevel.NATIONAL,
        is_emergency=need["urgency"] >= rules.tiers.early_urgency,
        filing_days=rules.tiers.filing_days,
        other_tiers=[tier for tier in Tier if tier is not need["tier"]],
        tier_reasons=list(BY_HAND),
        may_plan=may(actor, Action.SEE_PLANS),
        **{"errors": {}, "answer": None, "asked_code": ""} | more,
    )


def _form(template: str, told: MultiDict[str, str], errors: dict[str, str] | None = None, **more: object) -> str:
    return render_template(template, told=told, errors=errors or {}, units=forms.UNITS, **_choices(), **more)


def _choices() -> dict[str, object]:
    return {
        "categories": list(terms.Category),
        "statuses": list(terms.NeedStatus),
        "stages": list(terms.SchoolStage),
        "tiers": list(terms.Tier),
        "urgencies": forms.urgencies(),
        "sorts": list(queries.Sort),
        "query": forms.filter_query,
    }
