"""The impact summary: one page to read, print and hand on; the same figures as a table."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from matcher.domain.access import Action
from matcher.errors import InvalidFields
from matcher.store.queries.impact import Given, donors_with_offers
from matcher.store.tables import Installation
from matcher.usecases.impact import ImpactSummary, Period, compile_impact, donor_in_question, value_of
from web import doors
from web.auth import requires
from web.exports import Column, Kind, download
from web.formatters import NBSP, amount, day_text, number, unit_word, wan
from web.i18n import language
from web.labels import label, problems_by_field

bp = Blueprint("impact", __name__)

GOODS = frozenset("件床台套份袋桶箱个双条辆盒瓶副顶册把只")
"""Units of things one can carry: they may be counted together as pieces."""
PRINTED = 6
"""So many offers fit on the printed page beside everything else; the table that is exported has all."""


@bp.get("/impact")
@requires(Action.SEE_IMPACT, of="donor")
def show() -> Any:
    actor = doors.actor()
    with doors.db().read() as store:
        donors = donors_with_offers(store, actor) if actor.donor_id is None else ()
        if actor.donor_id is None and not request.args.get("donor"):
            return render_template("impact/choose.html", donors=donors)
        period, errors = _asked()
        try:
            found = _compile(store, period)
        except InvalidFields as error:
            errors = problems_by_field(error)
            found = _compile(store, Period(last=doors.today()))
    page = render_template(
        "impact/summary.html", s=found, errors=errors, k=doors.settings().suppression_k, value_of=value_of,
        choices=_choices(), asked=request.args, season=_span_words(), export_address=_export_address(),
        for_donor=actor.donor_id is not None,
    )  # fmt: skip
    return page, 422 if errors else 200


@bp.get("/impact/export")
@requires(Action.SEE_IMPACT, of="donor")
def export() -> Response:
    """The page's figures as XLSX or CSV, no more and no less."""
    with doors.db().read() as store:
        found = _compile(store, _asked()[0])
    columns = [
        Column(_("表")), Column(_("项目")), Column(_("类别")), Column(_("承诺"), Kind.NUMBER),
        Column(_("已确认"), Kind.NUMBER), Column(_("已发放"), Kind.NUMBER), Column(_("单位")),
        Column(_("已发放折价（元）"), Kind.MONEY), Column(_("户数"), Kind.NUMBER), Column(_("说明")),
    ]  # fmt: skip
    kind = "csv" if request.args.get("kind") == "csv" else "xlsx"
    title = _("捐赠成效说明")
    return download(columns, _rows(found), kind=kind, name="impact", title=title, demo=doors.house().is_demo)


def _rows(s: ImpactSummary) -> Iterator[tuple[Any, ...]]:
    not_a_receipt = _("本说明不是捐赠票据，不能用来抵税。")
    since = day_text(s.period.first) if s.period.first else _("开始")
    span = _("统计时间 %(first)s 至 %(last)s", first=since, last=day_text(s.period.last))
    yield (_("说明"), s.donor_name, None, None, None, None, None, None, None, f"{span}。{not_a_receipt}")
    for given in s.offers:
        worth = value_of(given)
        yield (
            _("按资源"), given.title, label(given.category), given.promised, given.confirmed, given.delivered,
            given.unit, None if worth is None else Decimal(worth) / 100, None, "",
        )  # fmt: skip
    for county, count in s.regional.shown:
        yield (_("按县（市）区"), s.names.get(county, county), None, None, None, None, None, None, count, "")
    if s.regional.others:
        kept = _("人数少的地方不单列，免得认出是谁家")
        rest = _("其余 %(count)s 个县（市）区", count=s.regional.others)
        yield (_("按县（市）区"), rest, None, None, None, None, None, None, None, kept)
    if s.regional.at_least:
        yield (_("按县（市）区"), _("合计至少"), None, None, None, None, None, None, s.regional.at_least, "")


def _compile(store: Any, period: Period) -> ImpactSummary:
    actor = doors.actor()
    installation = store.get(Installation, 1)
    return compile_impact(
        donor_in_question(request.args.get("donor", type=int), actor),
        period,
        by=actor,
        session=store,
        k=doors.settings().suppression_k,
        jurisdiction=installation.jurisdiction if installation else "410800",
        today=doors.today(),
    )


def _asked() -> tuple[Period, dict[str, str]]:
    """The period of the address bar; nothing given, or nothing that can be read, means everything until today."""
    errors: dict[str, str] = {}
    days: dict[str, date | None] = {"from": None, "to": None}
    for name in days:
        text = request.args.get(name, "").strip()
        try:
            days[name] = date.fromisoformat(text) if text else None
        except ValueError:
            errors[name] = _("请写日期，例如 2019-01-20")
    if errors:
        return Period(last=doors.today()), errors
    return Period(first=days["from"], last=days["to"] or doors.today()), errors


def _choices() -> list[tuple[str, str, bool]]:
    """Periods people ask for: address, words, whether it is the one shown."""
    today = doors.today()
    winter = today.year if today.month == 12 else today.year - 1
    first = today.replace(day=1)
    before = first - timedelta(days=1)
    spans: list[tuple[str, date | None, date | None]] = [
        (_("全部时间"), None, None),
        (_("这个冬天"), date(winter, 12, 1), date(winter + 1, 3, 1) - timedelta(days=1)),
        (_("今年"), date(today.year, 1, 1), date(today.year, 12, 31)),
        (_("去年"), date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        (_("上个月"), before.replace(day=1), before),
    ]
    asked = (request.args.get("from", ""), request.args.get("to", ""))
    found = []
    for words, start, end in spans:
        span = {"from": start.isoformat() if start else None, "to": end.isoformat() if end else None}
        chosen = (span["from"] or "", span["to"] or "") == asked
        found.append((url_for("impact.show", donor=request.args.get("donor"), **span), words, chosen))
    return found


def _span_words() -> str:
    """How the letter speaks of the period."""
    chosen = [words for _address, words, is_chosen in _choices() if is_chosen]
    if not request.args.get("from"):
        return _("到今天")
    return chosen[0] if chosen else _("这段时间")


def _export_address() -> str:
    kept = {name: request.args[name] for name in ("donor", "from", "to") if request.args.get(name)}
    return url_for("impact.export", **kept)


@bp.context_processor
def words() -> dict[str, Any]:
    return {"yuan": yuan, "figure": figure, "things": things, "sums": sums, "pieces": pieces, "printed": PRINTED}


def yuan(fen: int) -> str:
    """74,040.00, without the unit, for columns that name it."""
    return f"{Decimal(fen) / 100:,.2f}"


def figure(fen: int) -> Markup:
    """A key figure: 7.4 万元 with a small unit."""
    value, _space, unit = wan(Decimal(fen) / 100).partition(NBSP)
    return Markup("{} <small>{}</small>").format(value, unit)


def pieces(amounts: Sequence[tuple[str, int]]) -> Markup:
    """The key figure of what was handed over: goods are counted together as pieces, else the largest amount."""
    goods = sum(quantity for unit, quantity in amounts if unit in GOODS)
    quantity, unit = (goods, "件") if len(amounts) > 1 and goods else (amounts[0][1], amounts[0][0])
    return Markup("{} <small>{}</small>").format(number(quantity), unit_word(unit))


def sums(amounts: Sequence[tuple[str, int]]) -> str:
    """186 件、84 床; a dash for nothing."""
    return _("、").join(amount(quantity, unit) for unit, quantity in amounts) or "—"


def things(offers: Sequence[Given]) -> str:
    """186 件羽绒服、84 床棉被 for the letter: the four largest, money by its amount."""
    handed = sorted((g for g in offers if g.delivered), key=lambda g: -g.delivered)
    named = [f"{amount(g.delivered, g.unit)}{'' if language() == 'zh' else ' '}{g.title}" for g in handed[:4]]
    return _("、").join(named) + (_("等") if len(handed) > 4 else "")
