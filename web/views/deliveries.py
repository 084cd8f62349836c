"""发放: what is confirmed, marked as handed out one by one or many at once, printed to sign, exported as seen."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from matcher.domain.access import Action, may
from matcher.domain.terms import MONEY_UNIT, Category, DeliveryStatus
from matcher.errors import InvalidFields
from matcher.store.queries import deliveries as reading
from matcher.store.queries.deliveries import DeliveryFilter, DeliveryRow
from matcher.usecases import deliveries as acts
from matcher.usecases.exports import note_export
from web import doors
from web.auth import requires
from web.exports import Column, Kind, download
from web.formatters import masked, unit_word
from web.labels import label, problems_by_field
from web.paging import asked, kept
from web.views.proposals import ticked, why

bp = Blueprint("deliveries", __name__)
SHEET_ROWS = 500


def _filter() -> DeliveryFilter:
    """What the address bar says: what waits to be handed out, unless it says otherwise; the unknown is left out."""
    args = request.args
    status, category = args.get("status", ""), args.get("category", "")
    known = DeliveryStatus(status) if status in set(DeliveryStatus) else DeliveryStatus.PENDING
    return DeliveryFilter(
        status=None if status == "all" else known,
        category=Category(category) if category in set(Category) else None,
        township=args.get("township", "")[:40],
        offer_id=args.get("offer", type=int),
        since=_day(args.get("since", "")),
        until=_day(args.get("until", "")),
        case_code=args.get("case", "").strip()[:24],
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


@bp.get("/deliveries")
@requires(Action.SEE_DELIVERIES)
def index() -> str:
    return _page()


def _page(**more: Any) -> str:
    actor, paging = doors.actor(), asked()
    with doors.db().read() as store:
        found = reading.list_deliveries(store, actor, _filter(), page=paging.page, size=paging.size)
    narrowed = any(request.args.get(name) for name in ("category", "township", "offer", "since", "until", "case"))
    return render_template(
        "deliveries/list.html", status=_filter().status, narrowed=narrowed, found=found, paging=paging,
        last_page=paging.last(found.total), money=MONEY_UNIT,
        records=may(actor, Action.RECORD_DELIVERY), reveals=may(actor, Action.REVEAL_PERSON), today=doors.today(),
        categories=found.categories, handler=actor.name, **{"errors": {}, "typed": {}, "failed": []} | more,
    )  # fmt: skip


@bp.post("/deliveries/mark")
@requires(Action.RECORD_DELIVERY)
def mark() -> Any:
    """Mark the ticked rows with one date and one 经手人."""
    seen = ticked()
    day, handler = _day(request.form.get("delivered_on", "")), request.form.get("handler", "")
    try:
        result = acts.mark_several(seen, day, handler, by=doors.actor(), uow=doors.uow(), now=doors.now())
    except InvalidFields as error:
        return _page(errors=problems_by_field(error), typed=request.form), 422
    if result.done:
        told = ngettext("%(num)s 项已记为已发放。", "%(num)s 项已记为已发放。", len(result.done))
        flash(told)
    if result.failed:
        return _page(failed=[why(error) for _id, error in result.failed]), 409
    return redirect(url_for("deliveries.index", **kept()), 303)


@bp.post("/deliveries/<int:delivery_id>/unmark")
@requires(Action.RECORD_DELIVERY, of="delivery")
def unmark(delivery_id: int) -> Any:
    seen = request.form.get("seen_version", 0, type=int)
    try:
        card = acts.unmark_delivered(
            delivery_id, request.form.get("reason", ""), seen_version=seen, by=doors.actor(), uow=doors.uow(),
            now=doors.now(),
        )  # fmt: skip
    except InvalidFields as error:
        return _page(errors={f"reason-{delivery_id}": words for words in problems_by_field(error).values()}), 422
    flash(_("%(case)s 已改回未发放。", case=card.case_code))
    return redirect(url_for("deliveries.index", **kept()), 303)


@bp.route("/deliveries/sheet", methods=["GET", "POST"])
@requires(Action.SEE_DELIVERIES)
def sheet() -> str:
    """发放签领表 for A4. Posted by those who may: with full names, and each name written down as looked at."""
    actor = doors.actor()
    with doors.db().read() as store:
        found = reading.list_deliveries(store, actor, _filter(), page=None)
    rows = found.rows[:SHEET_ROWS]
    names: dict[int, str] = {}
    if request.method == "POST":
        names = acts.reveal_names([row.id for row in rows], by=actor, uow=doors.uow(), now=doors.now())
    return render_template(
        "deliveries/sheet.html", rows=rows, names=names, total=found.total, today=doors.today(), money=MONEY_UNIT,
        reveals=may(actor, Action.REVEAL_PERSON),
    )  # fmt: skip


@bp.get("/deliveries/export")
@requires(Action.SEE_DELIVERIES)
def export() -> Response:
    """The list as seen, as XLSX or CSV; names masked as on the page."""
    with doors.db().read() as store:
        found = reading.list_deliveries(store, doors.actor(), _filter(), page=None)
    note_export("delivery", len(found.rows), by=doors.actor(), uow=doors.uow(), now=doors.now())
    columns = [
        Column(_("户编号")), Column(_("户主")), Column(_("乡镇（街道）")), Column(_("物品")), Column(_("捐赠方")),
        Column(_("类别")), Column(_("数量"), Kind.NUMBER), Column(_("单位")), Column(_("状态")),
        Column(_("确认日期"), Kind.DATE), Column(_("发放日期"), Kind.DATE), Column(_("经手人")), Column(_("帮扶层次")),
        Column(_("职责")),
    ]  # fmt: skip
    rows = (
        (
            row.case_code, masked(row.head_name), row.township, row.item, row.donor_name, label(row.category),
            row.quantity, unit_word(row.unit), status_word(row), row.confirmed_on, row.delivered_on, row.handler,
            label(row.tier), label(row.duty),
        )
        for row in found.rows
    )  # fmt: skip
    kind = "csv" if request.args.get("kind") == "csv" else "xlsx"
    return download(columns, rows, kind=kind, name="deliveries", title=_("发放清单"), demo=doors.house().is_demo)


@bp.app_template_filter("delivery_status")
def status_word(row: DeliveryRow) -> str:
    """未发放 and 已发放; money that waits is 待财务发放."""
    if row.unit == MONEY_UNIT and row.status is DeliveryStatus.PENDING:
        return _("待财务发放")
    return label(row.status)
