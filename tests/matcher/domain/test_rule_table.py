"""The hard rules H1–H21 as one table: a pair that passes, one fact changed, the rule and the code that refuse.

Each line gives the rule's number, what it says, the numbers it compared, and whether the fact failed or is not known.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from matcher.domain.eligibility import RULES, Confirmation, confirmation_verdict, pair_verdict, stock_verdict
from matcher.domain.facts import NeedFacts, OfferFacts
from matcher.domain.network_terms import Entitlement
from matcher.domain.reasons import Outcome
from matcher.domain.terms import (
    Category,
    DonorType,
    FileLevel,
    FundSource,
    Group,
    HardshipClass,
    PayoutChannel,
    SchoolStage,
)
from tests.matcher.domain.test_eligibility import CENTRAL, FILED, NEED, OFFER, TODAY
from tests.places import places
from tests.policies import the_policy

F, U = Outcome.FAILED, Outcome.UNKNOWN
MED = replace(FILED, category=Category.MED, self_paid_left=5000), replace(CENTRAL, category=Category.MED)
MIGRANT = (
    replace(FILED, groups=frozenset({Group.MIGRANT}), member=True, relation_months=24),
    replace(CENTRAL, category=Category.LIV),
)
GIFT = (
    replace(NEED, category=Category.WEL, unit="份", quantity=1, member=True, union_unit="U1"),
    replace(OFFER, category=Category.WEL, unit="份", fund_source=FundSource.WELFARE, issuing_union="U1"),
)
MUTUAL = (
    replace(FILED, category=Category.MED, member=True, self_paid_left=5000),
    replace(CENTRAL, category=Category.MED, fund_source=FundSource.MUTUAL_AID),
)
SCHOOL = (
    replace(FILED, category=Category.EDU, school_stage=SchoolStage.COLLEGE, age=19, groups=frozenset({Group.STUDENT})),
    replace(CENTRAL, category=Category.EDU, school_stages=frozenset({SchoolStage.COLLEGE}), age_min=17, age_max=25),
)
TRIP = (
    replace(NEED, category=Category.TRV, unit="张", quantity=1, route_from="焦作", route_to="四川达州"),
    replace(OFFER, category=Category.TRV, unit="张", route_from="焦作", route_to="四川达州"),
)
GOODS, MONEY = (NEED, OFFER), (FILED, CENTRAL)
DAY = timedelta(days=1)

TABLE = [
    # rule, pair, changes of need, changes of offer, code, outcome, numbers compared
    ("H1", MONEY, {"on_file": False}, {}, "NO_HARDSHIP_FILE", F, {"fund": "F1"}),
    ("H1", MONEY, {"on_file": None}, {}, "NO_HARDSHIP_FILE", U, {"missing": "on_file"}),
    ("H1", MONEY, {"file_level": FileLevel.CITY}, {}, "FILE_LEVEL_TOO_LOW", F, {"level": "city"}),
    ("H1", MONEY, {"file_level": FileLevel.PROVINCE}, {}, "FILE_LEVEL_TOO_LOW", F, {"level": "province"}),
    ("H1", MONEY, {"file_level": None}, {}, "FILE_LEVEL_TOO_LOW", U, {"missing": "file_level"}),
    ("H2", MONEY, {"real_name": False}, {}, "NAME_NOT_VERIFIED", F, {"fund": "F1"}),
    ("H1", GOODS, {"on_file": False}, {"requires_file": True}, "NO_HARDSHIP_FILE", F, {}),
    ("H2", MONEY, {"real_name": None}, {}, "NAME_NOT_VERIFIED", U, {"missing": "real_name"}),
    ("H2", MUTUAL, {"real_name": False}, {}, "NAME_NOT_VERIFIED", F, {"fund": "F9"}),
    ("H3", MONEY, {"payout": PayoutChannel.CASH}, {}, "CHANNEL_NOT_ALLOWED", F, {"channel": "cash"}),
    ("H3", MONEY, {"payout": PayoutChannel.NONE}, {}, "CHANNEL_NOT_ALLOWED", F, {"channel": "none"}),
    ("H3", MONEY, {"payout": None}, {}, "CHANNEL_NOT_ALLOWED", U, {"missing": "payout"}),
    ("H3", MONEY, {}, {"payout": PayoutChannel.CASH}, "CHANNEL_NOT_ALLOWED", F, {"channel": "cash"}),
    ("H4", GOODS, {}, {"category": Category.FOO}, "CATEGORY_DIFFERS", F, {"need": "WIN", "offer": "FOO"}),
    ("H4", GOODS, {"category": Category.LAW}, {"category": Category.ARR}, "CATEGORY_DIFFERS", F,
     {"need": "LAW", "offer": "ARR"}),
    ("H5", MONEY, {"category": Category.HOU}, {"category": Category.HOU}, "USE_NOT_ALLOWED", F, {"category": "HOU"}),
    ("H5", MONEY, {"category": None}, {"category": None}, "USE_NOT_ALLOWED", U, {"missing": "category"}),
    ("H6", MONEY, {"helped_this_year": 6240}, {}, "CAP_REACHED", F, {"cap": 6240, "helped": 6240}),
    ("H6", MONEY, {"helped_this_year": None}, {}, "CAP_REACHED", U, {"missing": "helped_this_year"}),
    ("H6", MONEY, {"hardship_class": HardshipClass.RELATIVE, "helped_this_year": 4160}, {}, "CAP_REACHED", F,
     {"cap": 4160, "helped": 4160}),
    ("H6", GOODS, {"helped_this_year": 1}, {"cap_per_household_year": 1}, "CAP_REACHED", F, {"cap": 1, "helped": 1}),
    ("H7", MED, {"self_paid_left": 0}, {}, "SELF_PAID_EXCEEDED", F, {"left": 0}),
    ("H7", MED, {"self_paid_left": None}, {}, "SELF_PAID_EXCEEDED", U, {"missing": "self_paid_left"}),
    ("H8", GOODS, {}, {"quantity": 0}, "OUT_OF_STOCK", F, {"left": 0, "unit": "床"}),
    ("H9", GOODS, {"deadline": TODAY - DAY}, {}, "DEADLINE_PASSED", F, {"deadline": "2020-02-19"}),
    ("H9", GOODS, {}, {"valid_to": TODAY - DAY}, "OFFER_ENDED", F, {"valid_to": "2020-02-19"}),
    ("H9", GOODS, {"deadline": TODAY + DAY}, {"valid_from": TODAY + 2 * DAY}, "STARTS_AFTER_DEADLINE", F,
     {"valid_from": "2020-02-22", "deadline": "2020-02-21"}),
    ("H9", GOODS, {}, {"valid_from": date(2020, 6, 1)}, "NOT_YET_VALID", F, {"valid_from": "2020-06-01"}),
    ("H9", GOODS, {}, {"shelf_life_until": TODAY - DAY}, "SHELF_LIFE_OVER", F, {"shelf_life_until": "2020-02-19"}),
    ("H10", GOODS, {"region": "410883"}, {"regions": ("410802",)}, "OUTSIDE_AREA", F,
     {"region": "410883", "area": ("410802",)}),
    ("H10", MONEY, {"region": None}, {"regions": ("410802",)}, "OUTSIDE_AREA", U, {"missing": "region"}),
    ("H11", GOODS, {"groups": frozenset({Group.ELDER})}, {"eligible_groups": frozenset({Group.STUDENT})},
     "GROUP_NOT_ELIGIBLE", F, {"groups": ("STUDENT",), "own": ("ELDER",)}),
    ("H11", MONEY, {"groups": frozenset()}, {"eligible_groups": frozenset({Group.STUDENT})},
     "GROUP_NOT_ELIGIBLE", U, {"missing": "target_groups"}),
    ("H11", GOODS, {}, {"excluded_households": frozenset({"h1"})}, "INTERESTED_PARTY", F, {}),
    ("H12", GOODS, {}, {"vetted": False}, "DONOR_NOT_VETTED", F, {}),
    ("H12", GOODS, {}, {"vetted": None}, "DONOR_NOT_VETTED", U, {"missing": "vetted"}),
    ("H13", MONEY, {"excluded": True}, {}, "EXCLUSION_CONDITION", F, {"fund": "F1"}),
    ("H13", MONEY, {"excluded": None}, {}, "EXCLUSION_CONDITION", U, {"missing": "excluded"}),
    ("H14", MIGRANT, {"member": False}, {}, "NOT_A_MEMBER", F, {"fund": "F1"}),
    ("H14", MIGRANT, {"member": None}, {}, "NOT_A_MEMBER", U, {"missing": "member"}),
    ("H14", MIGRANT, {"relation_months": 11}, {}, "MIGRANT_RELATION_TOO_SHORT", F, {"months": 11, "least": 12}),
    ("H14", MIGRANT, {"relation_months": None}, {}, "MIGRANT_RELATION_TOO_SHORT", U, {"missing": "relation_months"}),
    ("H15", GIFT, {"member": False}, {}, "NOT_A_MEMBER", F, {"fund": GIFT[1].fund_source}),
    ("H15", GIFT, {"union_unit": "U2"}, {}, "OTHER_UNION", F, {}),
    ("H15", GIFT, {}, {"payout": PayoutChannel.CASH}, "CASH_FOR_WELFARE", F, {}),
    ("H15", MUTUAL, {"member": False}, {}, "NOT_A_MEMBER", F, {"fund": "F9"}),
    ("H15", MUTUAL, {"member": None}, {}, "NOT_A_MEMBER", U, {"missing": "member"}),
    ("H16", GOODS, {"helped_this_year": 2}, {}, "ALREADY_MET", F, {"category": "WIN", "helped": 2}),
    ("H16", GOODS, {"helped_this_year": 5, "covered": 3}, {}, "ALREADY_MET", F, {"helped": 5}),
    ("H17", GOODS, {"hardship_class": HardshipClass.RELATIVE, "projects_this_year": 1}, {}, "ONE_PROJECT_ONLY", F,
     {"hardship_class": "relative", "projects": 1}),
    ("H17", MONEY, {"hardship_class": HardshipClass.RELATIVE, "projects_this_year": None}, {}, "ONE_PROJECT_ONLY", U,
     {"missing": "projects_this_year"}),
    ("H18", SCHOOL, {"school_stage": SchoolStage.PRIMARY}, {}, "STAGE_DIFFERS", F,
     {"stage": "primary", "stages": ("college",)}),
    ("H18", SCHOOL, {"school_stage": None}, {}, "STAGE_DIFFERS", U, {"missing": "school_stage"}),
    ("H18", SCHOOL, {"age": 9}, {}, "AGE_OUTSIDE", F, {"age": 9, "low": 17, "high": 25}),
    ("H18", SCHOOL, {"age": 26}, {}, "AGE_OUTSIDE", F, {"age": 26, "low": 17, "high": 25}),
    ("H18", SCHOOL, {"age": None}, {}, "AGE_OUTSIDE", U, {"missing": "age"}),
    ("H18", TRIP, {"route_to": "湖北恩施"}, {}, "ROUTE_DIFFERS", F, {"wanted": "湖北恩施", "given": "四川达州"}),
    ("H18", TRIP, {"route_from": "郑州"}, {}, "ROUTE_DIFFERS", F, {"wanted": "郑州", "given": "焦作"}),
    ("H19", GOODS, {"consent": frozenset({DonorType.UNION})}, {}, "NO_CONSENT", F, {"donor_type": "charity"}),
    ("H19", GOODS, {"consent": frozenset()}, {}, "NO_CONSENT", F, {"donor_type": "charity"}),
    ("H19", GOODS, {"consent": frozenset({DonorType.CHARITY})}, {"donor_type": None}, "NO_CONSENT", U,
     {"missing": "donor_type"}),
    ("R42", MED, {"entitlements_due": frozenset({Entitlement.MEDICAL, Entitlement.HOUSING})}, {},
     "ENTITLEMENT_FIRST", F, {"fund": "F1", "due": ("medical",)}),
    ("H21", GOODS, {"stopped": True}, {}, "STOPPED", F, {}),
    ("H21", MONEY, {"stopped": None}, {}, "STOPPED", U, {"missing": "stopped"}),
    ("UNIT", GOODS, {"unit": "个"}, {"unit": "箱"}, "UNIT_UNKNOWN", F, {"need_unit": "个", "offer_unit": "箱"}),
    ("CASE", GOODS, {"quantity": 1}, {"per_case_min": 2}, "BELOW_CASE_MINIMUM", F, {"least": 2, "most": 1}),
    ("CASE", GOODS, {"quantity": 60, "divisible": False}, {}, "BELOW_CASE_MINIMUM", F, {"least": 60, "most": 50}),
]  # fmt: skip


def verdict_on(need: NeedFacts, offer: OfferFacts):
    return pair_verdict(need, offer, policy=the_policy(), as_of=TODAY, places=places())


@pytest.mark.parametrize("pair", [GOODS, MONEY, MED, MIGRANT, GIFT, MUTUAL, SCHOOL, TRIP])
def test_the_pairs_the_table_starts_from_may_meet(pair):
    verdict = verdict_on(*pair)
    assert verdict.allowed and {result.rule for result in verdict.results} == {rule.number for rule in RULES}


@pytest.mark.parametrize(
    ("rule", "pair", "need", "offer", "code", "outcome", "compared"),
    TABLE,
    ids=[f"{row[0]}-{row[4]}-{k}" for k, row in enumerate(TABLE)],
)
def test_each_rule_refuses_with_its_code_its_numbers_and_its_article(rule, pair, need, offer, code, outcome, compared):
    verdict = verdict_on(replace(pair[0], **need), replace(pair[1], **offer))
    found = [r for r in verdict.blocking if r.rule == rule and r.reason.code == code]
    assert found, [(r.rule, r.reason.code.value) for r in verdict.blocking]
    (result,) = found
    articles = {r.article for r in RULES if r.number == rule}
    assert (result.outcome, result.article in articles) == (outcome, True)
    assert compared.items() <= result.reason.params.items()


def test_every_rule_and_every_code_of_the_rules_is_in_the_table():
    told = {(row[0], row[4]) for row in TABLE}
    assert told == {(rule.number, code.value) for rule in RULES for code in rule.codes}
    numbers = {f"H{n}" for n in range(1, 22)} - {"H20"}
    assert numbers <= {row[0] for row in TABLE} and len(TABLE) >= 60


@pytest.mark.parametrize(
    ("left", "asked", "allowed"), [(0, 1, False), (1, 1, True), (2, 3, False), (3, 3, True), (300, 1, True)]
)
def test_stock_at_the_moment_of_confirming(left, asked, allowed):
    """H8."""
    verdict = stock_verdict(left, asked, "份")
    (result,) = verdict.results
    assert (verdict.allowed, result.rule, bool(result.article)) == (allowed, "H8", True)
    if not allowed:
        assert result.reason.params == {"left": left, "asked": asked, "unit": "份"}


@pytest.mark.parametrize(
    ("act", "codes"),
    [
        ({"actor_unit_path": "/1/"}, []),  # the union above
        ({"actor_unit_path": "/1/4/9/"}, []),  # its own
        ({"actor_unit_path": "/1/4/9/2/"}, ["WRONG_UNIT_OR_PERSON"]),  # below
        ({"actor_unit_path": "/1/4/90/"}, ["WRONG_UNIT_OR_PERSON"]),  # a neighbour whose number begins alike
        ({"actor_unit_path": "/1/5/", "is_approval": True, "confirmed_by": 7},
         ["WRONG_UNIT_OR_PERSON", "SAME_PERSON_TWICE"]),
        ({"is_approval": False, "confirmed_by": 7}, []),  # the first step is no approval
    ],
)  # fmt: skip
def test_who_confirms(act, codes):
    """H20."""
    verdict = confirmation_verdict(
        Confirmation(**{"actor_id": 7, "actor_unit_path": "/1/4/", "need_unit_path": "/1/4/9/", **act})
    )
    assert [r.reason.code.value for r in verdict.blocking] == codes
    assert all(r.rule == "H20" and r.article for r in verdict.results)
