"""The hard rules H1–H21, one by one: what refuses, what passes, what a blank does."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from matcher.domain.eligibility import RULES, Confirmation, confirmation_verdict, pair_verdict, stock_verdict
from matcher.domain.facts import NeedFacts, OfferFacts
from matcher.domain.limits import Bounds, case_bounds
from matcher.domain.reasons import Outcome, ReasonCode
from matcher.domain.rulebook import Setting
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
from tests.facts_strategies import needs, offers
from tests.places import places
from tests.policies import the_policy

TODAY = date(2020, 2, 20)
NEED = NeedFacts(
    need_id="N1", household_id="h1", text="棉被", category=Category.WIN, region="410823", quantity=2, unit="床",
    consent=frozenset(DonorType),
)  # fmt: skip
OFFER = OfferFacts(
    offer_id="O1", text="棉被", donor_type=DonorType.CHARITY, category=Category.WIN, quantity=50, unit="床",
    fund_source=FundSource.DONATION, vetted=True,
)  # fmt: skip
FILED = replace(
    NEED, category=Category.LIV, quantity=1000, unit="元", on_file=True, file_level=FileLevel.NATIONAL, real_name=True,
    payout=PayoutChannel.BANK_CARD, hardship_class=HardshipClass.DEEP, helped_this_year=0, excluded=False,
    stopped=False, groups=frozenset({Group.HARDSHIP}), projects_this_year=0,
)  # fmt: skip
CENTRAL = replace(OFFER, category=Category.LIV, quantity=100_000, unit="元", fund_source=FundSource.CENTRAL)


def refusals(need, offer):
    verdict = pair_verdict(need, offer, policy=the_policy(), as_of=TODAY, places=places())
    assert verdict.allowed == (not verdict.blocking)
    return {result.reason.code.value for result in verdict.blocking}


def test_quilts_of_a_vetted_charity_for_a_family_that_needs_them():
    assert refusals(NEED, OFFER) == set()


def test_central_money_for_a_filed_family_with_a_card():
    assert refusals(FILED, CENTRAL) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"on_file": False}, "NO_HARDSHIP_FILE"),
        ({"on_file": None}, "NO_HARDSHIP_FILE"),
        ({"file_level": FileLevel.CITY}, "FILE_LEVEL_TOO_LOW"),
        ({"file_level": None}, "FILE_LEVEL_TOO_LOW"),
        ({"real_name": False}, "NAME_NOT_VERIFIED"),
        ({"real_name": None}, "NAME_NOT_VERIFIED"),
        ({"payout": PayoutChannel.CASH}, "CHANNEL_NOT_ALLOWED"),
        ({"payout": None}, "CHANNEL_NOT_ALLOWED"),
        ({"excluded": True}, "EXCLUSION_CONDITION"),
        ({"excluded": None}, "EXCLUSION_CONDITION"),
        ({"stopped": True}, "STOPPED"),
        ({"stopped": None}, "STOPPED"),
        ({"helped_this_year": 6240}, "CAP_REACHED"),
        ({"helped_this_year": None}, "CAP_REACHED"),
    ],
)
@pytest.mark.parametrize("fund", [FundSource.CENTRAL, FundSource.PROVINCIAL])
def test_central_and_provincial_money_want_every_fact(change, code, fund):
    """H1, H2, H3, H6, H13, H21: a blank never passes a money rule."""
    assert code in refusals(replace(FILED, **change), replace(CENTRAL, fund_source=fund))


@pytest.mark.parametrize("fund", [FundSource.LOCAL, FundSource.MUTUAL_AID])
def test_local_and_mutual_aid_money_want_a_verified_name(fund):
    offer = replace(CENTRAL, fund_source=fund, category=Category.MED)
    need = replace(FILED, category=Category.MED, member=True, self_paid_left=9000)
    assert refusals(need, offer) == set()
    assert "NAME_NOT_VERIFIED" in refusals(replace(need, real_name=None), offer)


def test_local_money_takes_files_of_every_level():
    offer = replace(CENTRAL, fund_source=FundSource.LOCAL)
    assert refusals(replace(FILED, file_level=FileLevel.CITY), offer) == set()


def test_blank_facts_do_not_stand_in_the_way_of_donations():
    blank = NeedFacts(need_id="N1", household_id="h1", text="棉被", consent=frozenset(DonorType))
    offer = replace(
        OFFER, eligible_groups=frozenset({Group.STUDENT}), regions=("410823",), age_min=6, route_to="北京",
        school_stages=frozenset({SchoolStage.PRIMARY}), issuing_union="U1", cap_per_household_year=1,
        payout=PayoutChannel.BANK_CARD,
    )  # fmt: skip
    assert refusals(blank, offer) == set()


@pytest.mark.parametrize(
    ("need_change", "offer_change", "code"),
    [
        ({"category": Category.MED}, {"category": Category.HEA}, "CATEGORY_DIFFERS"),  # cancer is no check-up
        ({"region": "410883"}, {"regions": ("410802",)}, "OUTSIDE_AREA"),  # quilts for 解放区 only
        ({"region": "410800"}, {"regions": ("410802",)}, "OUTSIDE_AREA"),
        ({"groups": frozenset({Group.ELDER})}, {"eligible_groups": frozenset({Group.CHILD})}, "GROUP_NOT_ELIGIBLE"),
        ({}, {"excluded_households": frozenset({"h1"})}, "INTERESTED_PARTY"),  # the donor's own family
        ({}, {"vetted": False}, "DONOR_NOT_VETTED"),
        ({}, {"vetted": None}, "DONOR_NOT_VETTED"),
        ({}, {"quantity": 0}, "OUT_OF_STOCK"),
        ({}, {"valid_to": date(2020, 2, 19)}, "OFFER_ENDED"),
        ({"deadline": date(2020, 2, 19)}, {}, "DEADLINE_PASSED"),
        ({"deadline": date(2020, 3, 1)}, {"valid_from": date(2020, 3, 2)}, "STARTS_AFTER_DEADLINE"),
        ({}, {"valid_from": date(2020, 5, 1)}, "NOT_YET_VALID"),
        ({}, {"shelf_life_until": date(2020, 2, 19)}, "SHELF_LIFE_OVER"),
        ({}, {"valid_from": date(2020, 3, 1), "shelf_life_until": date(2020, 2, 28)}, "SHELF_LIFE_OVER"),
        ({"helped_this_year": 2}, {}, "ALREADY_MET"),
        ({"hardship_class": HardshipClass.RELATIVE, "projects_this_year": 1}, {}, "ONE_PROJECT_ONLY"),
        ({"school_stage": SchoolStage.PRIMARY}, {"school_stages": frozenset({SchoolStage.COLLEGE})}, "STAGE_DIFFERS"),
        ({"age": 9}, {"age_min": 18}, "AGE_OUTSIDE"),
        ({"age": 66}, {"age_max": 65}, "AGE_OUTSIDE"),
        ({"route_to": "四川达州"}, {"route_to": "北京"}, "ROUTE_DIFFERS"),
        ({"consent": frozenset({DonorType.UNION})}, {}, "NO_CONSENT"),
        ({"consent": frozenset()}, {}, "NO_CONSENT"),
        ({"consent": frozenset({DonorType.CHARITY})}, {"donor_type": None}, "NO_CONSENT"),
        ({"stopped": True}, {}, "STOPPED"),
        ({"unit": "个"}, {"unit": "箱"}, "UNIT_UNKNOWN"),
        ({"quantity": 1}, {"per_case_min": 2}, "BELOW_CASE_MINIMUM"),
        ({"quantity": 60, "divisible": False}, {}, "BELOW_CASE_MINIMUM"),
        ({"unit": "元", "real_name": False}, {"unit": "元"}, "NAME_NOT_VERIFIED"),
        ({"payout": PayoutChannel.NONE}, {"payout": PayoutChannel.BANK_CARD}, "CHANNEL_NOT_ALLOWED"),
        ({"helped_this_year": 1}, {"cap_per_household_year": 1}, "CAP_REACHED"),
    ],
)
def test_each_rule_refuses_with_its_own_reason(need_change, offer_change, code):
    assert refusals(replace(NEED, **need_change), replace(OFFER, **offer_change)) == {code}


@pytest.mark.parametrize(
    ("need_change", "offer_change"),
    [
        ({"category": Category.ARR}, {"category": Category.LAW}),
        ({"category": Category.AID}, {"category": Category.WIN}),
        ({"category": None}, {}),
        ({}, {"category": None}),
        ({}, {"regions": ("410800",)}),
        ({}, {"valid_to": TODAY, "shelf_life_until": TODAY}),
        ({"deadline": TODAY}, {"valid_from": TODAY}),
        ({"deadline": date(2020, 6, 30)}, {"valid_from": date(2020, 5, 1)}),
        ({"helped_this_year": 1}, {}),
        ({"helped_this_year": 3, "covered": 2}, {}),
        ({"route_from": "焦作", "route_to": "四川达州"}, {"route_from": "河南省焦作市", "route_to": "达州市"}),
        ({"age": 18}, {"age_min": 18, "age_max": 18}),
        ({}, {"quantity": None}),
        ({"unit": None}, {"unit": "箱"}),
        ({"unit": "条"}, {}),
        ({"groups": frozenset({Group.ELDER, Group.CHILD})}, {"eligible_groups": frozenset({Group.CHILD})}),
    ],
)
def test_what_is_near_the_line_passes(need_change, offer_change):
    assert refusals(replace(NEED, **need_change), replace(OFFER, **offer_change)) == set()


def test_central_money_has_six_uses():
    """H5."""
    for use in Category:
        need, offer = replace(FILED, category=use, self_paid_left=5000), replace(CENTRAL, category=use)
        allowed = {Category.LIV, Category.MED, Category.EDU, Category.LAW, Category.TRN, Category.JOB}
        assert ("USE_NOT_ALLOWED" in refusals(need, offer)) == (use not in allowed)


def test_medical_money_stays_within_the_self_paid_remainder():
    """H7."""
    need, offer = replace(FILED, category=Category.MED), replace(CENTRAL, category=Category.MED)
    assert refusals(need, offer) == {"SELF_PAID_EXCEEDED"}  # unknown
    assert refusals(replace(need, self_paid_left=0), offer) >= {"SELF_PAID_EXCEEDED"}
    bounds = case_bounds(replace(need, self_paid_left=300), offer, Setting(the_policy(), TODAY, places()))
    assert bounds == Bounds(1, 300)


def test_migrants_get_public_money_as_members_with_a_year_of_work():
    """H14."""
    migrant = replace(FILED, groups=frozenset({Group.MIGRANT}), member=True, relation_months=12)
    assert refusals(migrant, CENTRAL) == set()
    assert refusals(replace(migrant, relation_months=11), CENTRAL) == {"MIGRANT_RELATION_TOO_SHORT"}
    assert refusals(replace(migrant, member=False), CENTRAL) == {"NOT_A_MEMBER"}
    assert refusals(replace(migrant, relation_months=None, member=None), CENTRAL) == {
        "NOT_A_MEMBER",
        "MIGRANT_RELATION_TOO_SHORT",
    }
    assert refusals(replace(migrant, relation_months=3), replace(CENTRAL, fund_source=FundSource.DONATION)) == set()


def test_holiday_gifts_go_in_kind_to_members_of_the_issuing_union():
    """H15."""
    need = replace(NEED, category=Category.WEL, unit="份", quantity=1, member=True, union_unit="U1")
    gift = replace(OFFER, category=Category.WEL, unit="份", fund_source=FundSource.WELFARE, issuing_union="U1")
    assert refusals(need, gift) == set()
    assert refusals(replace(need, member=False), gift) == {"NOT_A_MEMBER"}
    assert refusals(replace(need, union_unit="U2"), gift) == {"OTHER_UNION"}
    assert refusals(need, replace(gift, payout=PayoutChannel.CASH)) == {"CASH_FOR_WELFARE"}
    assert "CASH_FOR_WELFARE" in refusals(replace(need, unit="元"), replace(gift, unit="元"))


@pytest.mark.parametrize(
    ("need_change", "offer_change", "bounds"),
    [
        ({}, {}, Bounds(1, 2)),
        ({"quantity": None}, {}, Bounds(1, 1)),
        ({}, {"quantity": None}, Bounds(1, 1)),
        ({}, {"quantity": 1}, Bounds(1, 1)),
        ({"quantity": 9}, {"per_case_min": 3, "per_case_max": 5}, Bounds(3, 5)),
        ({"quantity": 9, "divisible": False}, {}, Bounds(9, 9)),
        ({"quantity": 9, "helped_this_year": 3}, {"cap_per_household_year": 5}, Bounds(1, 2)),
        ({"quantity": 9}, {"cap_per_household_year": 5}, Bounds(1, 5)),
    ],
)
def test_how_much_one_offer_may_give_one_need(need_change, offer_change, bounds):
    setting = Setting(the_policy(), TODAY, places())
    assert case_bounds(replace(NEED, **need_change), replace(OFFER, **offer_change), setting) == bounds


def test_the_lowest_cap_that_applies_holds():
    """H6: a relative household has the lower cap; an unknown class has it too where the money is public."""
    setting = Setting(the_policy(), TODAY, places())
    want = replace(FILED, quantity=9000)
    assert case_bounds(want, CENTRAL, setting).maximum == 6240
    assert case_bounds(replace(want, hardship_class=HardshipClass.RELATIVE), CENTRAL, setting).maximum == 4160
    assert case_bounds(replace(want, hardship_class=None), CENTRAL, setting).maximum == 4160
    assert case_bounds(want, replace(CENTRAL, fund_source=FundSource.DONATION), setting).maximum == 9000


@given(needs, offers)
def test_every_result_has_its_rule_and_article_and_every_refusal_its_reason(need, offer):
    verdict = pair_verdict(need, offer, policy=the_policy(), as_of=TODAY, places=places())
    assert [r.rule for r in verdict.results if r.outcome is Outcome.PASSED or r.reason] and all(
        r.article for r in verdict.results
    )
    assert all((r.outcome is Outcome.PASSED) == (r.reason is None) for r in verdict.results)
    assert {r.rule for r in verdict.results} == {rule.number for rule in RULES}


@given(needs, offers)
def test_unknown_refuses_only_strict_money_vetting_or_consent(need, offer):
    verdict = pair_verdict(need, offer, policy=the_policy(), as_of=TODAY, places=places())
    strict = offer.fund_source in {FundSource.CENTRAL, FundSource.PROVINCIAL, FundSource.LOCAL, FundSource.MUTUAL_AID}
    for result in verdict.results:
        if result.outcome is Outcome.UNKNOWN:
            assert strict or result.rule in {"H12", "H19"}


def test_stock_when_someone_confirms():
    """H8."""
    assert stock_verdict(3, 3).allowed
    (refusal,) = stock_verdict(2, 3, "份").blocking
    assert refusal.reason.code is ReasonCode.OUT_OF_STOCK
    assert refusal.reason.params == {"left": 2, "asked": 3, "unit": "份"}


@pytest.mark.parametrize(
    ("act", "codes"),
    [
        ({}, []),
        ({"actor_unit_path": "/1/5/"}, ["WRONG_UNIT_OR_PERSON"]),
        ({"actor_unit_path": None}, ["WRONG_UNIT_OR_PERSON"]),
        ({"is_approval": True, "confirmed_by": 8}, []),
        ({"is_approval": True, "confirmed_by": 7}, ["SAME_PERSON_TWICE"]),
        ({"is_approval": True, "confirmed_by": 8, "registered_by": 7}, ["SAME_PERSON_TWICE"]),
    ],
)
def test_who_confirms_and_who_approves(act, codes):
    """H20."""
    verdict = confirmation_verdict(
        Confirmation(**{"actor_id": 7, "actor_unit_path": "/1/4/", "need_unit_path": "/1/4/9/", **act})
    )
    assert [r.reason.code.value for r in verdict.blocking] == codes
