"""The gate: may this need meet this offer? Rules H1–H21, each with its reason and the article it rests on.

`RULES` is the one table of rules on pairs. `pair_verdict` reads it row by row; the engine reads the same table
in bulk. H8 at the moment of confirming and H20 (who confirms) have functions of their own.
"""

from dataclasses import dataclass
from datetime import date

from matcher.domain import fund_rules, limits, offer_rules
from matcher.domain.facts import NeedFacts, OfferFacts
from matcher.domain.policy import Policy
from matcher.domain.reasons import Outcome, Reason, RuleResult, Verdict
from matcher.domain.reasons import ReasonCode as C
from matcher.domain.regions import Places
from matcher.domain.rulebook import Rule, Setting

_NOTICE = "焦工文〔2018〕115号"
_MEASURES = "中央财政专项帮扶资金使用管理办法（2015）"

RULES: tuple[Rule, ...] = (
    Rule(
        "H21", f"{_NOTICE} 三（四）严肃财经纪律", (C.STOPPED,),
        ("stopped",), ("fund_source",), fund_rules.stop_check,
    ),
    Rule(
        "H12", f"{_NOTICE} 二（六）；资源先审核", (C.DONOR_NOT_VETTED,),
        (), ("vetted",), offer_rules.vetting_check,
    ),
    Rule(
        "H8", f"{_NOTICE} 三（四）足额", (C.OUT_OF_STOCK,),
        (), ("quantity", "unit"), offer_rules.stock_check,
    ),
    Rule(
        "H9", f"{_NOTICE} 三（四）及时",
        (C.DEADLINE_PASSED, C.OFFER_ENDED, C.STARTS_AFTER_DEADLINE, C.NOT_YET_VALID, C.SHELF_LIFE_OVER),
        ("deadline",), ("valid_from", "valid_to", "shelf_life_until"), offer_rules.time_check,
    ),
    Rule(
        "H4", f"{_NOTICE} 二（三）分类帮扶、精准施策", (C.CATEGORY_DIFFERS,),
        ("category",), ("category",), offer_rules.category_check,
    ),
    Rule(
        "H10", "捐赠意向中的地域", (C.OUTSIDE_AREA,),
        ("region",), ("regions", "fund_source"), offer_rules.area_check,
    ),
    Rule(
        "H11", "捐赠意向中的对象", (C.GROUP_NOT_ELIGIBLE,),
        ("groups",), ("eligible_groups", "fund_source"), offer_rules.group_check,
    ),
    Rule(
        "H11", "慈善法：不得指定捐赠人的利害关系人", (C.INTERESTED_PARTY,),
        ("household_id",), ("excluded_households",), offer_rules.interest_check,
    ),
    Rule(
        "H19", "个人信息保护法第二十八、二十九条", (C.NO_CONSENT,),
        ("consent",), ("donor_type",), offer_rules.consent_check,
    ),
    Rule(
        "H1", f"{_NOTICE} 三（四）先建档、后帮扶", (C.NO_HARDSHIP_FILE, C.FILE_LEVEL_TOO_LOW),
        ("on_file", "file_level"), ("fund_source", "requires_file"), fund_rules.file_check,
    ),
    Rule(
        "H2", f"{_NOTICE} 三（四）实名制", (C.NAME_NOT_VERIFIED,),
        ("real_name",), ("fund_source", "unit"), fund_rules.real_name_check,
    ),
    Rule(
        "H3", f"{_NOTICE} 三（四）通过银行卡（或存折）发放", (C.CHANNEL_NOT_ALLOWED,),
        ("payout",), ("fund_source", "payout"), fund_rules.channel_check,
    ),
    Rule(
        "H5", f"{_MEASURES} 第五条", (C.USE_NOT_ALLOWED,),
        ("category",), ("category", "fund_source"), fund_rules.use_check,
    ),
    Rule(
        "H13", "困难职工档案排除条件", (C.EXCLUSION_CONDITION,),
        ("excluded",), ("fund_source",), fund_rules.exclusion_check,
    ),
    Rule(
        "H14", f"{_MEASURES}：困难农民工", (C.NOT_A_MEMBER, C.MIGRANT_RELATION_TOO_SHORT),
        ("groups", "member", "relation_months"), ("fund_source",), fund_rules.migrant_check,
    ),
    Rule(
        "H15", f"{_NOTICE} 二（四）节日慰问品；互助保障参加人", (C.CASH_FOR_WELFARE, C.NOT_A_MEMBER, C.OTHER_UNION),
        ("member", "union_unit"), ("category", "fund_source", "unit", "payout", "issuing_union"),
        fund_rules.welfare_check,
    ),
    Rule(
        "H16", f"{_NOTICE} 二（三）发挥资金集中保障效益", (C.ALREADY_MET,),
        ("category", "unit", "helped_enough"), ("category", "unit", "fund_source"), offer_rules.repeat_check,
    ),
    Rule(
        "H17", "工会困难帮扶标准：只享受一项", (C.ONE_PROJECT_ONLY,),
        ("hardship_class", "projects_this_year"), ("fund_source",), fund_rules.one_project_check,
    ),
    Rule(
        "R42", f"{_NOTICE} 二（三）梯度帮扶；三（四）拾遗补缺", (C.ENTITLEMENT_FIRST,),
        ("category", "entitlements_due"), ("category", "fund_source"), fund_rules.institution_check,
    ),
    Rule(
        "H18", "资源说明：学段", (C.STAGE_DIFFERS,),
        ("school_stage",), ("school_stages", "fund_source"), offer_rules.stage_check,
    ),
    Rule(
        "H18", "资源说明：年龄", (C.AGE_OUTSIDE,),
        ("age",), ("age_min", "age_max", "fund_source"), offer_rules.age_check,
    ),
    Rule(
        "H18", "资源说明：线路", (C.ROUTE_DIFFERS,),
        ("route_from", "route_to"), ("route_from", "route_to", "fund_source"), offer_rules.route_check,
    ),
    Rule(
        "UNIT", "资源说明：计量单位", (C.UNIT_UNKNOWN,),
        ("unit",), ("unit",), offer_rules.unit_check,
    ),
    Rule(
        "H6", f"{_MEASURES}：年度限额；捐赠方限额", (C.CAP_REACHED,),
        ("category", "unit", "hardship_class", "helped_this_year"),
        ("category", "unit", "fund_source", "cap_per_household_year"), limits.cap_check,
    ),
    Rule(
        "H7", f"{_MEASURES}：不超过个人自付部分", (C.SELF_PAID_EXCEEDED,),
        ("category", "unit", "self_paid_left"), ("category", "unit", "fund_source"), limits.self_paid_check,
    ),
    Rule(
        "CASE", "资源说明：每户起点与上限", (C.BELOW_CASE_MINIMUM,),
        ("category", "unit", "hardship_class", "quantity", "divisible", "helped_this_year", "self_paid_left"),
        ("category", "unit", "fund_source", "quantity", "per_case_min", "per_case_max", "cap_per_household_year"),
        limits.case_check,
    ),
)  # fmt: skip
"""Every rule on a pair, those that concern whole offers or needs first."""


def pair_verdict(need: NeedFacts, offer: OfferFacts, *, policy: Policy, as_of: date, places: Places) -> Verdict:
    """Every rule on one pair, in the order of `RULES`; one result per rule that passed, one per refusal."""
    setting = Setting(policy, as_of, places)
    results: list[RuleResult] = []
    for rule in RULES:
        findings = tuple(rule.check(need, offer, setting))
        results += [RuleResult(rule.number, f.outcome, f.reason, rule.article) for f in findings]
        if not findings:
            results.append(RuleResult(rule.number, Outcome.PASSED, None, rule.article))
    return Verdict(tuple(results))


def stock_verdict(left: int, asked: int, unit: str | None = None) -> Verdict:
    """H8 when someone confirms: is as much left as is asked for?"""
    article = f"{_NOTICE} 三（四）足额"
    if asked <= left:
        return Verdict((RuleResult("H8", Outcome.PASSED, None, article),))
    reason = Reason(C.OUT_OF_STOCK, {"left": left, "asked": asked, "unit": unit})
    return Verdict((RuleResult("H8", Outcome.FAILED, reason, article),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """Who is about to confirm or approve what. Unit paths are those of the union tree ("/1/4/")."""

    actor_id: int
    actor_unit_path: str | None
    need_unit_path: str
    is_approval: bool = False  # the second step of money
    confirmed_by: int | None = None  # who took the first step
    registered_by: int | None = None  # who registered the beneficiary's need


def confirmation_verdict(act: Confirmation) -> Verdict:
    """H20: the competent unit confirms; money is approved by a second person (R45, R60)."""
    article = f"{_NOTICE} 二（六）、三（四）：一人经办、另一人审批"
    results: list[RuleResult] = []
    if act.actor_unit_path is None or not act.need_unit_path.startswith(act.actor_unit_path):
        results.append(RuleResult("H20", Outcome.FAILED, Reason(C.WRONG_UNIT_OR_PERSON), article))
    if act.is_approval and act.actor_id in (act.confirmed_by, act.registered_by):
        results.append(RuleResult("H20", Outcome.FAILED, Reason(C.SAME_PERSON_TWICE), article))
    return Verdict(tuple(results) or (RuleResult("H20", Outcome.PASSED, None, article),))
