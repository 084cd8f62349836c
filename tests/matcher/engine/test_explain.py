"""Reasons in words: what both sides speak of, what speaks against, what others came first, what would change it."""

import pytest

from matcher.domain.changes import change_of, changes_of
from matcher.domain.reasons import Reason
from matcher.domain.reasons import ReasonCode as C
from matcher.domain.terms import Category, DonorType, FundSource, HardshipClass, SchoolStage
from tests.matcher.engine.people import PAIRS, TODAY, a_need, an_offer
from tests.matcher.engine.test_match import plan_of
from web.reason_words import sentence

NINE = "孩子九岁上三年级，学费书本费交不起"
FRESHMEN = "资助应届高校新生学费，每人5000元"


def only(plan):
    (proposal,) = plan.proposals
    return proposal, {reason.code: reason.params for reason in proposal.reasons}


def test_a_chemo_bill_and_the_fund_for_it_are_told_to_be_one_thing_with_the_words_of_both_sides():
    need, offer = a_need(text=PAIRS[0][0], category=Category.MED), an_offer(text=PAIRS[0][1], category=Category.MED)
    proposal, reasons = only(plan_of([need], [offer]))
    said = reasons[C.SAME_CONCEPT]
    assert said["concept"] == "MED.cancer" and proposal.reasons[0].code is C.SAME_CONCEPT
    assert said["need_words"] and all(word in PAIRS[0][0] for word in said["need_words"])
    assert said["offer_words"] and all(word in PAIRS[0][1] for word in said["offer_words"])
    assert sentence(proposal.reasons[0]).startswith("说的是一件事：癌症放化疗。这户说“化疗")
    assert sentence(proposal.reasons[0], "en").startswith("Both speak of the same thing: cancer treatment. The family")


def test_of_masks_the_kind_that_is_wanted_is_held_against_the_kind_there_is():
    need = a_need(text="某某医院急需N95口罩", category=None)
    proposal, reasons = only(plan_of([need], [an_offer(text="医用外科口罩 2000个/箱", category=None)]))
    assert reasons[C.WORDS_SHARED] == {"words": ("口罩",)}
    assert proposal.against.code is C.NAMES_DIFFER
    assert proposal.against.params == {"need_words": ("n95口罩",), "offer_words": ("医用外科口罩",)}


def test_neighbouring_words_are_one():
    need = a_need(text="某某医院急需普通医用口罩", category=None)
    _, reasons = only(plan_of([need], [an_offer(text="普通医用口罩 50只/盒", category=None)]))
    assert reasons[C.WORDS_SHARED] == {"words": ("普通医用口罩",)}


def test_a_related_category_is_told_with_the_words_that_called_it_up():
    need, offer = a_need(text=PAIRS[4][0], category=Category.ARR), an_offer(text=PAIRS[4][1], category=Category.LAW)
    _, reasons = only(plan_of([need], [offer]))
    assert "包工头" in reasons[C.LISTED_PAIR]["need_words"] and "法律援助" in reasons[C.LISTED_PAIR]["offer_words"]


def test_another_kind_of_help_of_the_same_category_speaks_against():
    need = a_need(text=PAIRS[7][0], category=Category.WIN)
    proposal, reasons = only(plan_of([need], [an_offer(text=PAIRS[7][1], category=Category.WIN)]))
    assert C.SAME_CONCEPT not in reasons
    assert proposal.against.code is C.CONCEPT_DIFFERS
    assert proposal.against.params == {"need_concept": "WIN.fuel", "offer_concept": "WIN.heater"}


def test_one_school_stage_on_both_sides_is_no_doubt():
    need = a_need(text="闺女高三，一天三顿在学校吃，我只敢给十六块", category=Category.EDU)
    offer = an_offer(text="资助普通高中在读困难学生学杂费和伙食费", category=Category.EDU)
    proposal, _ = only(plan_of([need], [offer]))
    assert proposal.against is None or proposal.against.code is not C.CONCEPT_DIFFERS


def test_warm_clothes_for_who_needs_a_stick_are_held_up():
    need = a_need(text="拐杖磨秃了底，想要副拐杖", category=Category.AID)
    offer = an_offer(text="捐赠羽绒服五件", category=Category.WIN)
    proposal, reasons = only(plan_of([need], [offer]))
    assert C.LISTED_PAIR in reasons and proposal.against.code is C.CONCEPT_DIFFERS


def test_donations_first_is_said_only_where_public_money_could_serve_too():
    need = a_need(text=PAIRS[2][0], category=Category.LIV, quantity=500, unit="元", real_name=True, member=True)
    gift = an_offer(0, PAIRS[2][1], category=Category.LIV, quantity=500, unit="元", fund_source=FundSource.DONATION)
    public = an_offer(1, PAIRS[2][1], category=Category.LIV, quantity=0, unit="元", fund_source=FundSource.LOCAL)
    _, alone = only(plan_of([need], [gift]))
    _, shut = only(plan_of([need], [gift, public]))
    assert C.SOCIAL_FIRST not in alone and C.SOCIAL_FIRST not in shut
    union = an_offer(1, PAIRS[2][1], category=Category.LIV, quantity=500, unit="元", fund_source=FundSource.UNION)
    assert all(r.code is not C.SOCIAL_FIRST for p in plan_of([need], [gift, union]).proposals for r in p.reasons)


def test_donations_first_where_local_money_is_open():
    need = a_need(
        text=PAIRS[2][0], category=Category.LIV, quantity=500, unit="元", real_name=True, on_file=True,
        stopped=False, excluded=False, helped_this_year=0, projects_this_year=0, payout="bank_card",
        file_level="city", member=True,
    )  # fmt: skip
    gift = an_offer(
        0, PAIRS[2][1], category=Category.LIV, quantity=500, unit="元", fund_source=FundSource.DONATION,
        regions=("410823",),
    )  # fmt: skip
    local = an_offer(1, "低保家庭补贴", category=Category.LIV, quantity=500, unit="元", fund_source=FundSource.LOCAL)
    proposal, reasons = only(plan_of([need], [gift, local]))
    assert proposal.offer_id == "O000" and C.SOCIAL_FIRST in reasons


def test_a_contradiction_is_told_with_what_was_read_on_both_sides():
    need, offer = a_need(text=NINE, category=Category.EDU), an_offer(text=FRESHMEN, category=Category.EDU)
    plan = plan_of([need], [offer, an_offer(1, "小学生学费书本费补助", category=Category.EDU)])
    proposal, _ = only(plan)
    (other,) = proposal.alternatives
    assert other.why_not.code is C.TEXT_CONTRADICTS and other.why_not.params["about"] == ("school_stage",)
    assert "三年级" in other.why_not.params["need_words"] and other.why_not.params["offer_words"] == ("高校",)
    assert sentence(other.why_not) == "两边文字里的条件对不上：学段。这户说“三年级”，资源写“高校”"


def test_columns_of_both_sides_overrule_the_texts_and_that_is_said():
    need = a_need(text=NINE, category=Category.EDU, school_stage=SchoolStage.COLLEGE)
    offer = an_offer(text=FRESHMEN, category=Category.EDU, school_stages=frozenset({SchoolStage.COLLEGE}))
    proposal, _ = only(plan_of([need], [offer]))
    assert proposal.against.code is C.TEXT_OVERRULED and proposal.against.params["about"] == ("school_stage",)


def test_a_refused_alternative_says_the_numbers_compared():
    offers = [an_offer(0), an_offer(1, regions=("410802",)), an_offer(2, age_min=60)]
    proposal, _ = only(plan_of([a_need(age=40)], offers))
    told = {a.offer_id: a.why_not.params for a in proposal.alternatives}
    assert told["O001"] == {"region": "410823", "area": ("410802",)}
    assert told["O002"] == {"age": 40, "low": 60, "high": None}


def test_who_came_first_is_told_of_ones_own_county_only():
    others = [
        a_need(1, hardship_class=HardshipClass.DEEP, urgency=4),
        a_need(2, region="410802", hardship_class=HardshipClass.DEEP, urgency=5),
    ]
    need = a_need(0, hardship_class=HardshipClass.NONE, quantity=2)
    mine_only = an_offer(1, excluded_households=frozenset({"H001", "H002"}))
    plan = plan_of([need, *others], [an_offer(0, quantity=2), mine_only])
    (mine,) = [p for p in plan.proposals if p.need_id == "N000"]
    (told,) = [a.why_not for a in mine.alternatives]
    assert (mine.offer_id, told.code) == ("O001", C.OTHERS_CAME_FIRST)
    assert told.params == {"needs": 2, "here": 1, "away": None, "hardship_class": "deep", "urgency": 4}


def test_an_alternative_that_was_not_needed_says_so():
    proposal, _ = only(plan_of([a_need(quantity=1)], [an_offer(0), an_offer(1)]))
    assert [a.why_not.code for a in proposal.alternatives] == [C.NEED_COVERED]


def test_a_second_obstacle_is_not_hidden():
    plan = plan_of([a_need()], [an_offer(regions=("410802",), donor_type=DonorType.PUBLIC, age_min=18)])
    assert sentence(plan.unmet[0].smallest_change) == "请捐赠方放宽适用地区，加上武陟县"
    plan = plan_of([a_need(age=9)], [an_offer(regions=("410802",), age_min=18, vetted=False)])
    said = sentence(plan.unmet[0].smallest_change)
    assert said == "请捐赠方放宽对象条件，9 岁的也算上；还有另外 2 处不合"
    assert sentence(plan.unmet[0].smallest_change, "en").endswith("; 2 more obstacles remain")


def test_an_offer_far_off_in_words_is_nobodys_nearest():
    need = a_need(text="医院急需过氧乙酸", category=None)
    plan = plan_of([need], [an_offer(text="联欢会电影票", category=None)])
    assert plan.unmet[0].nearest_offer is None and plan.unmet[0].blocking == ((C.TEXT_TOO_FAR, 1),)


@pytest.mark.parametrize(
    ("need", "offer", "code"),
    [
        ({}, {"valid_from": TODAY.replace(year=TODAY.year + 1)}, C.CHANGE_WAIT),
        ({"stopped": True}, {}, C.CHANGE_CLEAR_STOP),
        ({"quantity": 9, "divisible": False}, {"quantity": 5}, C.CHANGE_ALLOW_PARTS),
        ({"quantity": 1}, {"per_case_min": 3, "quantity": 9}, C.CHANGE_LOWER_MINIMUM),
        ({"consent": frozenset()}, {}, C.CHANGE_ASK_CONSENT),
        ({"unit": "箱"}, {"unit": "个"}, C.CHANGE_NAME_UNIT),
    ],
)
def test_the_smallest_change_fits_what_stands_in_the_way(need, offer, code):
    plan = plan_of([a_need(**need)], [an_offer(**offer)])
    assert plan.unmet[0].smallest_change.code is code


def test_a_blank_fact_is_to_be_filled_in():
    refusal = Reason(C.AGE_OUTSIDE, {"missing": "age", "low": 18, "high": None})
    change = change_of(refusal, a_need(), an_offer(age_min=18), as_of=TODAY, left=1)
    assert (change.code, change.params) == (C.CHANGE_FILL_FACT, {"fact": "age"})


def test_where_another_offer_must_be_found_nothing_else_is_asked_for():
    refusals = [Reason(C.OUTSIDE_AREA), Reason(C.THING_DIFFERS), Reason(C.UNIT_UNKNOWN)]
    found = changes_of(refusals, a_need(), an_offer(), as_of=TODAY, left=1)
    assert [change.code for change in found] == [C.CHANGE_FIND_OFFER]


def test_words_nobody_found_leave_no_empty_quotes():
    said = {"need_category": "ARR", "offer_category": "LAW", "need_words": [], "offer_words": ["律师"]}
    assert sentence(Reason(C.LISTED_PAIR, said)) == "类别相通：欠薪维权可由法律援助解决，资源写“律师”"
