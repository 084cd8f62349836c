"""Words of the work queue: why in one line, rules that passed, the text to send, what can be undone."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape

from matcher.domain.reasons import Outcome, Verdict
from matcher.domain.regions import Places
from matcher.domain.terms import STRICT_FUNDS, Category, FundSource, Group, HandOverMode, HardshipClass, ProposalStatus
from matcher.domain.terms import ProposalAction as Act
from matcher.store.queries.proposal_detail import OfferSide, ProposalDetail
from matcher.store.queries.proposals import LastAct, QueueRow
from web.formatters import ago_days, amount, day_text, short_day_text
from web.label_words import Pair
from web.labels import label, pick

RULES: dict[str, Pair] = {
    "H21": ("没有异议和停办", "No objection and no stop on record"),
    "H12": ("捐赠方已审核", "Donor vetted"),
    "H8": ("余量够", "Enough left"),
    "H9": ("时间来得及，没有过期", "In time and in date"),
    "H4": ("类别对口", "The right kind of help"),
    "H10": ("在资源区域内", "Inside the offer's area"),
    "H11": ("符合捐赠条件，不是关系户", "Meets the donor's terms, no interested party"),
    "H19": ("本人同意向这类捐赠方提供", "The family agreed to share with this kind of donor"),
    "H1": ("在档，建档早于发放", "On file before any payment"),
    "H2": ("实名已核", "Name verified"),
    "H3": ("发放方式合规", "Payment channel allowed"),
    "H5": ("用途相符", "Use allowed for the fund"),
    "H13": ("没有排除情形", "No exclusion applies"),
    "H14": ("农民工条件相符", "Migrant worker's terms met"),
    "H15": ("会员慰问范围相符", "Within members' benefits"),
    "H16": ("今年没有领过同类", "Nothing of this kind this year"),
    "H17": ("没有重复享受项目", "No second project"),
    "H18": ("学段、年龄、线路相符", "Stage, age and route fit"),
    "R42": ("国家政策已经用在前面", "The state was asked first"),
    "UNIT": ("计量单位一致", "Units agree"),
    "H6": ("没有超过年度限额", "Within the year's cap"),
    "H7": ("不超过个人自付部分", "Within what the family pays itself"),
    "CASE": ("每户数量在捐赠方范围内", "Within the donor's share per family"),
    "H20": ("经办人有权办理", "The right person decides"),
}
FIRST_FOR_GOODS = ("H12", "H19", "H10", "H11", "H16", "H9")
SHOWN_FIRST = 6
REASONS_FIRST = 3
FIRST_FOR_MONEY = ("H1", "H2", "H7", "H6", "H21", "H20")


def rules_passed(verdict: Verdict, detail: ProposalDetail) -> tuple[list[str], list[str]]:
    """Rules that concern this pair and passed, in words: those asked most first (at most six), then the rest."""
    is_money = detail.proposal.is_money
    silent = {result.rule for result in verdict.blocking} | _not_concerned(detail)
    passed = dict.fromkeys(r.rule for r in verdict.results if r.outcome is Outcome.PASSED and r.rule not in silent)
    first = [rule for rule in (FIRST_FOR_MONEY if is_money else FIRST_FOR_GOODS) if rule in passed]
    first += [rule for rule in passed if rule not in first][: SHOWN_FIRST - len(first)]
    rest = [rule for rule in passed if rule not in first]
    return [pick(RULES[rule]) for rule in first], [pick(RULES[rule]) for rule in rest]


def _not_concerned(detail: ProposalDetail) -> set[str]:
    """Rules that pass because they are about something else: public funds, medical bills, members' gifts, schooling."""
    offer, need, is_money = detail.offer, detail.need, detail.proposal.is_money
    told: set[str] = set()
    if offer.fund_source not in STRICT_FUNDS:
        told |= {"H3", "H5", "H13", "H14", "H17", "R42"} | (set() if is_money else {"H2"})
        if not offer.requires_file:
            told.add("H1")
    if not is_money:
        told.add("H6")
    if not (is_money and need.category is Category.MED):
        told.add("H7")
    if need.category is not Category.WEL and offer.fund_source is not FundSource.WELFARE:
        told.add("H15")
    if need.category not in (Category.EDU, Category.TRN, Category.TRV, Category.JOB):
        told.add("H18")
    return told


def fit_words(row: QueueRow, *, next_step: bool = True) -> list[str]:
    """同县 · 低保户 · 等了 23 天; of money the last word is what follows, unless `next_step` is not wanted."""
    codes = {reason["code"] for reason in row.reasons}
    place = _("同县") if "SAME_COUNTY" in codes else _("同市") if "SAME_CITY" in codes else ""
    words = [place]
    if row.hardship_class is not HardshipClass.NONE:
        words.append(label(row.hardship_class))
    words.append(_("等了 %(days)s", days=ago_days(row.created_on)))
    if not next_step:
        return [word for word in words if word]
    if row.status is ProposalStatus.AWAITING_APPROVAL and row.decided_at:
        words = [*words[:2], _("%(day)s转审批", day=short_day_text(row.decided_at))]
    elif row.is_money:
        words = [*words[:2], _("确认后转审批")]
    return [word for word in words if word]


def said_words(reasons: Iterable[Mapping[str, Any]], side: str) -> list[str]:
    """The words of one side (`need` or `offer`) that its reasons rest on, longest first, for marking them."""
    found = {
        str(word)
        for reason in reasons
        for name in ("words", f"{side}_words")
        for word in reason["params"].get(name) or ()
    }
    return sorted(found, key=lambda word: (-len(word), word))


def marked(text: str, words: Sequence[str]) -> Markup:
    """The text with these words marked; everything else escaped."""
    if not words:
        return escape(text)
    pattern = re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE)
    parts, last = [], 0
    for found in pattern.finditer(text):
        parts += [escape(text[last : found.start()]), Markup("<mark>{}</mark>").format(found.group())]
        last = found.end()
    return Markup("").join([*parts, escape(text[last:])])


def title_of(detail: ProposalDetail) -> str:
    """年前缺米面油，送米面油礼包 1 份"""
    p = detail.proposal
    given = f"{detail.offer.title} {amount(p.quantity, p.unit)}"
    if p.is_money:
        return _("%(need)s，拟帮扶%(given)s", need=detail.need.title, given=given)
    return _("%(need)s，送%(given)s", need=detail.need.title, given=given)


def conditions(offer: OfferSide, places: Places) -> str:
    """武陟县、温县；低保家庭；每户最多 1 份"""
    comma, stop = _("、"), _("；")
    regions = comma.join(places.name(code) or code for code in offer.regions) or _("全市")
    groups = comma.join(label(code, Group) for code in offer.eligible_groups) or _("不限群体")
    most = offer.per_case_max
    least = offer.per_case_min
    share = [_("每户最多 %(most)s", most=amount(most, offer.unit))] if most else []
    if least > 1:
        share.append(_("每户至少 %(least)s", least=amount(least, offer.unit)))
    return stop.join([regions, groups, *([_("建了档的才给")] if offer.requires_file else []), *share])


def how_given(offer: OfferSide) -> str:
    """From when and how the things come: 1月14日起，我们送到工会"""
    if offer.unit == "元":
        return label(offer.payout) if offer.payout else _("银行卡或存折发放")
    way = label(offer.hand_over) if offer.hand_over else _("和捐赠方约好再取")
    starts = offer.valid_from
    return _("%(day)s起，%(way)s", day=short_day_text(starts), way=way) if starts else way


def notice_line(detail: ProposalDetail, places: Places) -> str:
    """A line to send by WeChat: case code, item, quantity, when and where; no name, no illness, no phone."""
    p, offer = detail.proposal, detail.offer
    given = f"{offer.title} {amount(p.quantity, p.unit)}"
    if p.is_money:
        return _("【%(unit)s】%(case)s：帮扶款已批准，发放到本人银行卡或存折，请留意到账。有疑问请联系经办人。",
                 unit=p.unit_name, case=detail.family.case_code)  # fmt: skip
    where = {
        HandOverMode.DELIVERED: _("到货后请到乡镇（街道）工会领取"),
        HandOverMode.COLLECTED: _("工会取回后请到乡镇（街道）工会领取"),
        HandOverMode.PICKED_UP: _("请按约定时间自提"),
    }.get(offer.hand_over or HandOverMode.DELIVERED, "")
    until = _("，%(day)s前有效", day=short_day_text(offer.valid_to)) if offer.valid_to else ""
    return _(
        "【%(unit)s】%(case)s：为您家准备了%(given)s，%(where)s%(until)s。领取时请带本人证件并签字。",
        unit=p.unit_name, case=detail.family.case_code, given=given, where=where, until=until,
    )  # fmt: skip


def act_title(act: LastAct) -> str:
    """已确认 武陟-0392，棉被 2 床"""
    done = {
        Act.CONFIRM: _("已确认"), Act.ADJUST: _("已确认"), Act.DECLINE: _("未采纳"), Act.HOLD: _("已暂缓"),
        Act.HAND_OVER: _("已转办"), Act.APPROVE: _("已批准"), Act.RETURN: _("已退回"), Act.WITHDRAW: _("已撤回"),
    }[act.action]  # fmt: skip
    return _("%(done)s %(case)s，%(what)s", done=done, case=act.case_code,
             what=f"{act.item} {amount(act.quantity, act.unit)}")  # fmt: skip


def time_left(until: datetime, now: datetime) -> str:
    """可撤销，还剩 9 分 40 秒"""
    seconds = max(0, int((until - now).total_seconds()))
    return _("可撤销，还剩 %(minutes)s 分 %(seconds)s 秒", minutes=seconds // 60, seconds=seconds % 60)


def hold_days(today: date, deadline: date | None) -> list[tuple[str, str]]:
    """Days to hold until: tomorrow, in two days, next Monday; never after the need's date."""
    monday = today + timedelta(days=7 - today.weekday())
    days = sorted({today + timedelta(days=1), today + timedelta(days=2), monday})
    fitting = [d for d in days if deadline is None or d <= deadline]
    return [(d.isoformat(), _("明天") if d == today + timedelta(days=1) else near_day(d, today)) for d in fitting]


def near_day(day: date, today: date) -> str:
    """1月14日（周一）, Mon 14 Jan: a day of this year needs no year."""
    told = day_text(day)
    if day.year != today.year:
        return told
    return told.removesuffix(f" {day.year}").removeprefix(f"{day.year}年")


def most_hint(maximum: int, why: str, unit: str) -> str:
    """最多 1 份：捐赠方定的每户 1 份"""
    reasons = {
        "per_case": _("捐赠方定的每户上限"), "cap": _("今年的限额"), "self_paid": _("不超过个人自付部分"),
        "stock": _("资源只剩这些"), "need": _("这户还缺这些"),
    }  # fmt: skip
    return _("最多 %(most)s：%(why)s", most=amount(maximum, unit), why=reasons.get(why, ""))
