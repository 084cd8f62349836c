"""Offers: one's own with their progress, registering, and the union's look at them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.domain.access import DONOR_ROLES, Action, may
from matcher.domain.impact import by_county
from matcher.domain.regions import contains
from matcher.domain.terms import (
    Category,
    DonorStatus,
    DonorType,
    OfferReturnReason,
    OfferStatus,
    OfferWithdrawReason,
)
from matcher.domain.tiers import offer_tier
from matcher.errors import InvalidFields
from matcher.store.queries import offers as reading
from matcher.store.tables import Donor, Installation
from matcher.usecases import offers as acts
from matcher.usecases.demand import Demand, look_at_demand
from matcher.usecases.offer_input import offer_problems
from matcher.usecases.offer_sentence import read_offer_sentence
from seeds import reference
from web import doors
from web.auth import requires
from web.exports import Column, Kind, download
from web.forms.offer_words import group_choices, problems_by_name, sentence_pieces, words
from web.forms.offers import OfferForm, funds_for, may_name_families
from web.labels import label, problems_by_field

bp = Blueprint("offers", __name__)

bp.context_processor(words)


# ── lists ──────────────────────────────────────────────────────────────────────────────────────────────────────


@bp.get("/offers")
@requires(Action.SEE_OFFERS)
def index() -> str:
    actor = doors.actor()
    with doors.db().read() as store:
        found = reading.list_offers(store, actor, **_filters())
        names = _counties(store)
    page = "offers/mine.html" if actor.role in DONOR_ROLES else "offers/list.html"
    return render_template(page, found=found, names=names, may_register=may(actor, Action.EDIT_OFFERS))


def _filters() -> dict[str, Any]:
    """Filters of the address bar; what is not known is left out."""
    args = request.args
    status, category = args.get("status", ""), args.get("category", "")
    return {
        "status": OfferStatus(status) if status in set(OfferStatus) else None,
        "category": Category(category) if category in set(Category) else None,
        "words": args.get("q", "")[:80],
        "page": args.get("page", 1, type=int),
    }


def _counties(store: Any) -> dict[str, str]:
    return reading.county_names(store, _jurisdiction(store))


def _jurisdiction(store: Any) -> str:
    installation = store.get(Installation, 1)
    return installation.jurisdiction if installation else "410800"


@bp.get("/offers/export")
@requires(Action.SEE_OFFERS)
def export() -> Response:
    """The list as seen, as XLSX or CSV."""
    with doors.db().read() as store:
        found = reading.list_offers(store, doors.actor(), **(_filters() | {"page": 1, "page_size": None}))
        names = _counties(store)
    columns = [
        Column(_("编号")), Column(_("资源")), Column(_("捐赠方")), Column(_("类别")), Column(_("状态")),
        Column(_("承诺"), Kind.NUMBER), Column(_("已确认"), Kind.NUMBER), Column(_("已发放"), Kind.NUMBER),
        Column(_("单位")), Column(_("区域")), Column(_("最晚送到"), Kind.DATE), Column(_("保质期到"), Kind.DATE),
    ]  # fmt: skip
    rows = (
        (
            o.code, o.title, row.donor_name, label(o.category), label(o.status), o.quantity, row.confirmed,
            o.delivered, o.unit, "、".join(names.get(code, code) for code in o.regions), o.valid_to,
            o.shelf_life_until,
        )
        for row in found.rows
        for o in (row.offer,)
    )  # fmt: skip
    kind = "csv" if request.args.get("kind") == "csv" else "xlsx"
    title = _("资源清单")
    return download(columns, rows, kind=kind, name="offers", title=title, demo=doors.house().is_demo)


# ── one offer ──────────────────────────────────────────────────────────────────────────────────────────────────


@bp.get("/offers/<int:offer_id>")
@requires(Action.SEE_OFFERS, of="offer")
def show(offer_id: int) -> str:
    return _detail(offer_id)


def _detail(offer_id: int, errors: dict[str, str] | None = None) -> str:
    actor = doors.actor()
    with doors.db().read() as store:
        row = reading.get_offer(store, actor, offer_id)
        names = _counties(store)
        regions = row.offer.regions
        area = [county for county in names if not regions or any(contains(place, county) for place in regions)]
        reached = reading.reached_by_county(store, offer_id=offer_id)
        donor = store.get(Donor, row.offer.donor_id)
        history = reading.offer_history(store, offer_id) if row.is_own else ()
    regional = by_county(reached, area, k=doors.settings().suppression_k, end=doors.now())
    may_edit = row.is_own and may(actor, Action.EDIT_OFFERS) and row.offer.status in acts.EDITABLE
    may_vet = row.is_own and may(actor, Action.VET_OFFERS)
    return render_template(
        "offers/detail.html", row=row, o=row.offer, tier=offer_tier(row.offer.category, row.offer.fund_source),
        names=names, regional=regional, history=history, donor=donor,
        may_edit=may_edit, may_vet=may_vet, errors=errors or {}, new_donor=row.donor_status is DonorStatus.PENDING,
        for_donor=actor.role in DONOR_ROLES, sees_impact=row.is_own and may(actor, Action.SEE_IMPACT),
    )  # fmt: skip


def _done(card: acts.OfferCard, words: str) -> Response:
    flash(words)
    return redirect(url_for("offers.show", offer_id=card.id), 303)


def _seen() -> int:
    return request.form.get("seen_version", 0, type=int)


@bp.post("/offers/<int:offer_id>/accept")
@requires(Action.VET_OFFERS, of="offer")
def accept(offer_id: int) -> Any:
    vet = request.form.get("vet_donor") == "yes"
    try:
        card = acts.accept_offer(offer_id, seen_version=_seen(), vet_donor=vet, **_doing())
    except InvalidFields as error:
        return _detail(offer_id, problems_by_field(error)), 422
    return _done(card, _("已审核通过：%(title)s。下一次对接就会用到它。", title=card.title))


@bp.post("/offers/<int:offer_id>/return")
@requires(Action.VET_OFFERS, of="offer")
def send_back(offer_id: int) -> Any:
    reason = request.form.get("return_reason", "")
    if reason not in set(OfferReturnReason):
        return _detail(offer_id, {"return_reason": _("请选择退回的理由")}), 422
    card = acts.return_offer(offer_id, reason=OfferReturnReason(reason), seen_version=_seen(), **_doing())
    return _done(card, _("已退回，请捐赠方补充：%(title)s", title=card.title))


@bp.post("/offers/<int:offer_id>/withdraw")
@requires(Action.EDIT_OFFERS, of="offer")
def withdraw(offer_id: int) -> Any:
    reason = request.form.get("withdraw_reason", "")
    if reason not in set(OfferWithdrawReason):
        return _detail(offer_id, {"withdraw_reason": _("请选择撤回的理由")}), 422
    card = acts.withdraw_offer(offer_id, reason=OfferWithdrawReason(reason), seen_version=_seen(), **_doing())
    return _done(card, _("已撤回：%(title)s。已经确认给人家的照常发放。", title=card.title))


@bp.post("/offers/<int:offer_id>/close")
@requires(Action.VET_OFFERS, of="offer")
def close(offer_id: int) -> Response:
    card = acts.close_offer(offer_id, seen_version=_seen(), **_doing())
    return _done(card, _("已结束：%(title)s。已经确认给人家的照常发放。", title=card.title))


def _doing() -> dict[str, Any]:
    return {"by": doors.actor(), "uow": doors.uow(), "now": doors.now()}


# ── the form ───────────────────────────────────────────────────────────────────────────────────────────────────


@bp.get("/offers/new")
@requires(Action.EDIT_OFFERS)
def new() -> str:
    form = OfferForm.blank(doors.actor(), _own_type(), doors.today())
    if request.args.get("category") in set(Category):
        form.values["category"] = request.args["category"]
    form.values["donor_id"] = request.args.get("donor", "")
    return _form(form)


@bp.post("/offers/new")
@requires(Action.EDIT_OFFERS)
def register() -> Any:
    form = OfferForm.typed(request.form)
    if "read" in request.form:
        return _form(form, read=True)
    if "look" in request.form:
        return _form(form)
    try:
        card = _submit(form, None)
    except InvalidFields as error:
        return _form(form, problems_by_field(error)), 422
    return _done(card, _("已交给工会审核：%(title)s。一般 1 个工作日审完。", title=card.title))


@bp.get("/offers/<int:offer_id>/edit")
@requires(Action.EDIT_OFFERS, of="offer")
def edit(offer_id: int) -> str:
    row, cases = _to_edit(offer_id)
    return _form(OfferForm.of(row.offer, cases), row=row)


@bp.post("/offers/<int:offer_id>/edit")
@requires(Action.EDIT_OFFERS, of="offer")
def save(offer_id: int) -> Any:
    row, _cases = _to_edit(offer_id)
    form = OfferForm.typed(request.form)
    if "look" in request.form:
        return _form(form, row=row)
    try:
        card = _submit(form, offer_id)
    except InvalidFields as error:
        return _form(form, problems_by_field(error), row=row), 422
    words = _("已改好，等工会再看一眼：%(title)s") if card.status is OfferStatus.PENDING else _("已改好：%(title)s")
    return _done(card, words % {"title": card.title})


def _to_edit(offer_id: int) -> tuple[reading.OfferRow, tuple[str, ...]]:
    actor = doors.actor()
    with doors.db().read() as store:
        row = reading.get_offer(store, actor, offer_id)
        cases = reading.case_codes(store, row.offer.excluded_households) if may_name_families(actor) else ()
    return row, cases


def _submit(form: OfferForm, offer_id: int | None) -> acts.OfferCard:
    """Hand the form in. What cannot be read is told together with what else is wrong, and nothing is written."""
    offer = form.read(doors.today())
    try:
        if form.problems:
            kind = _own_type() or DonorType.PUBLIC
            raise InvalidFields(offer_problems(offer, donor_type=kind, today=doors.today()))
        if offer_id is None:
            return acts.register_offer(offer, donor_id=_donor_asked(form), **_doing())
        return acts.edit_offer(offer_id, offer, seen_version=_seen(), **_doing())
    except InvalidFields as error:
        raise form.with_unread(error) from None


def _donor_asked(form: OfferForm) -> int | None:
    text = form.values.get("donor_id", "")
    return int(text) if text.isdigit() else None


def _own_type() -> DonorType | None:
    actor = doors.actor()
    if actor.donor_id is None:
        return None
    with doors.db().read() as store:
        donor = store.get(Donor, actor.donor_id)
    return donor.donor_type if donor else None


def _form(
    form: OfferForm, errors: dict[str, str] | None = None, row: reading.OfferRow | None = None, *, read: bool = False
) -> str:
    actor, errors = doors.actor(), errors or {}
    pieces: list[tuple[str, str]] = []
    with doors.db().read() as store:
        names = _counties(store)
        if read:
            found = read_offer_sentence(
                form.values["text"], counties=names, today=doors.today(), lexicon=reference.lexicon()
            )
            form.fill_from(found)
            pieces = sentence_pieces(form.values["text"], found)
        staff = actor.role not in DONOR_ROLES
        donors = reading.donor_choices(store, actor) if staff and row is None else ()
    donor_type = row.donor_type if row else _own_type()
    funds = funds_for(donor_type)
    return render_template(
        "offers/form.html", form=form, v=form.values, chosen=form.chosen, errors=errors, row=row, names=names,
        summary=problems_by_name(errors), donors=donors, staff=staff, funds=funds,
        groups=group_choices(form.chosen.get("eligible_groups", []), everything=staff),
        fund_words=[(fund.value, label(fund)) for fund in funds], folded=form.is_folded(errors),
        demand=_demand(form.values.get("category", ""), form.chosen.get("regions", [])),
        version=row.offer.version if row else 0, pieces=pieces, read=read, marks=form.read_out,
    )  # fmt: skip


# ── who waits ──────────────────────────────────────────────────────────────────────────────────────────────────


@bp.get("/offers/demand")
@requires(Action.EDIT_OFFERS)
def demand() -> str:
    """The list beside the form, fetched anew when category or area change."""
    found = _demand(request.args.get("category", ""), request.args.getlist("regions"))
    return render_template("offers/_demand.html", demand=found)


def _demand(category: str, regions: list[str]) -> Demand | None:
    """Families that wait for a category; None without one."""
    if category not in set(Category):
        return None
    with doors.db().read() as store:
        return look_at_demand(
            Category(category), regions, session=store, jurisdiction=_jurisdiction(store),
            k=doors.settings().suppression_k, today=doors.today(),
        )  # fmt: skip
