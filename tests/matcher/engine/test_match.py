"""The whole job on small, readable cases: who is proposed what, why, and what stands in the way of the rest."""

import json
import random
import tomllib
from dataclasses import asdict, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.policy import Policy
from matcher.domain.reasons import ReasonCode as C
from matcher.domain.regions import Places
from matcher.domain.terms import Category, FileLevel, FundSource, HardshipClass, PayoutChannel, RunStage, ScorePart
from matcher.engine.fusion import HAND, fuse
from matcher.engine.pipeline import match, rank
from seeds.reference import language
from tests.matcher.engine.people import PAIRS, TODAY, a_need, an_offer, the_pairs

PLACES = Places([("410000", "河南省", ""), ("410800", "焦作市", "410000"), ("410823", "武陟县", "410800")])
_FILE = Path(__file__).parents[3] / "seeds" / "policy" / "jiaozuo.toml"
POLICY = Policy.effective(tomllib.loads(_FILE.read_text(encoding="utf-8")), as_of=TODAY)


def plan_of(needs, offers, **how):
    how.setdefault("policy", POLICY)
    return match(NeedColumns.of(needs), OfferColumns.of(offers), places=PLACES, language=language(), as_of=TODAY, **how)


def given_to(plan):
    return {(p.need_id, p.offer_id): p.quantity for p in plan.proposals}


def test_each_need_is_proposed_the_offer_written_for_it():
    needs, offers = the_pairs(with_category=True)
    plan = match(needs, offers, policy=POLICY, places=PLACES, language=language(), as_of=TODAY)
    assert {(f"N{k:03d}", f"O{k:03d}") for k in range(len(PAIRS))} <= set(given_to(plan))


def test_the_same_holds_when_nobody_gave_a_category():
    needs, offers = the_pairs(with_category=False)
    plan = match(needs, offers, policy=POLICY, places=PLACES, language=language(), as_of=TODAY)
    best = {p.need_id: p.offer_id for p in sorted(plan.proposals, key=lambda p: p.parts[ScorePart.CONTENT])}
    assert best == {f"N{k:03d}": f"O{k:03d}" for k in range(len(PAIRS))}
    assert plan.report["inferred_categories"]["needs"] == len(PAIRS)


NEGATIVES = {
    "a cancer bill and a free health check": (
        a_need(text=PAIRS[0][0], category=None),
        an_offer(text="免费体检义诊:血压血糖检查、健康讲座", category=None),
        C.TEXT_TOO_FAR,
    ),
    "a nine-year-old and a university grant": (
        a_need(text="孩子上三年级，学费书本费困难", category=Category.EDU, age=9),
        an_offer(text=PAIRS[1][1], category=Category.EDU, age_min=17),
        C.AGE_OUTSIDE,
    ),
    "no file and central money": (
        a_need(text=PAIRS[2][0], category=Category.LIV, on_file=False),
        an_offer(text=PAIRS[2][1], category=Category.LIV, fund_source=FundSource.CENTRAL),
        C.NO_HARDSHIP_FILE,
    ),
    "a quilt for 孟州 and an offer for 解放区": (
        a_need(text="缺两床棉被", category=Category.WIN, region="410883"),
        an_offer(text="棉被三百床", category=Category.WIN, regions=("410802",)),
        C.OUTSIDE_AREA,
    ),
    "food past its shelf life": (
        a_need(),
        an_offer(shelf_life_until=TODAY - timedelta(days=1)),
        C.SHELF_LIFE_OVER,
    ),
    "a donor's own employee": (
        a_need(household_id="H9"),
        an_offer(excluded_households=frozenset({"H9"})),
        C.INTERESTED_PARTY,
    ),
}


@pytest.mark.parametrize("case", NEGATIVES.values(), ids=NEGATIVES.keys())
def test_what_must_not_meet_is_not_proposed_and_says_why(case):
    need, offer, code = case
    plan = plan_of([need], [offer])
    assert plan.proposals == []
    assert code in dict(plan.unmet[0].blocking)


def test_score_parts_add_up_and_stay_within_their_weights():
    needs = [a_need(k, urgency=k % 5 + 1, created_on=TODAY - timedelta(days=20 * k)) for k in range(6)]
    for proposal in plan_of(needs, [an_offer(quantity=6)]).proposals:
        assert sum(proposal.parts.values()) == proposal.score <= 1000
        assert all(0 <= value <= POLICY.weights[part] for part, value in proposal.parts.items())


def test_the_household_of_the_heavier_class_gets_the_last_sack():
    needs = [a_need(0, hardship_class=HardshipClass.NONE, urgency=5), a_need(1, hardship_class=HardshipClass.DEEP)]
    plan = plan_of(needs, [an_offer(quantity=1)])
    assert given_to(plan) == {("N001", "O000"): 1}
    unmet = plan.unmet[0]
    assert (unmet.need_id, unmet.blocking, unmet.nearest_offer) == ("N000", ((C.OTHERS_CAME_FIRST, 1),), "O000")
    assert unmet.smallest_change.code is C.CHANGE_ADD_STOCK
    assert unmet.smallest_change.params["quantity"] == 1


def test_the_signals_kept_with_a_proposal_are_those_that_made_its_content_part():
    needs, offers = the_pairs(with_category=True)
    plan = match(needs, offers, policy=POLICY, places=PLACES, language=language(), as_of=TODAY)
    for p in plan.proposals:
        signals = {name: np.array([value]) for name, value in p.signals.items()}
        assert abs(POLICY.weights[ScorePart.CONTENT] * fuse(signals, HAND)[0] - p.parts[ScorePart.CONTENT]) < 1


def test_reasons_name_the_common_concept_place_waiting_and_class():
    need = a_need(created_on=TODAY - timedelta(days=60), helped_this_year=0, quantity=1)
    (proposal,) = plan_of([need], [an_offer(regions=("410823",))]).proposals
    reasons = {reason.code: reason.params for reason in proposal.reasons}
    assert reasons[C.SAME_COUNTY] == {"region": "410823"}
    assert reasons[C.WAITED_DAYS] == {"days": 60}
    assert reasons[C.HARDSHIP_CLASS] == {"hardship_class": "deep"}
    assert reasons[C.AMOUNT_FITS]["quantity"] == 1
    assert proposal.reasons[0].code is C.SAME_CONCEPT
    assert reasons[C.SAME_CONCEPT] == {"concept": "FOO.flour", "need_words": ("包饺子",), "offer_words": ("面粉",)}


def test_part_of_a_wish_speaks_against_and_the_rest_stays_open():
    plan = plan_of([a_need(quantity=5)], [an_offer(quantity=2)])
    (proposal,) = plan.proposals
    assert (proposal.quantity, proposal.against.code, plan.unmet[0].remaining) == (2, C.AMOUNT_PARTLY, 3)


def test_alternatives_say_what_kept_them_away_without_naming_anyone():
    needs = [a_need(0), a_need(1)]
    offers = [an_offer(0), an_offer(1), an_offer(2, regions=("410802",))]
    for proposal in plan_of(needs, offers).proposals:
        told = {alternative.offer_id: alternative.why_not for alternative in proposal.alternatives}
        assert len(told) == 2
        assert "N00" not in json.dumps([dict(reason.params) for reason in told.values()])


def test_a_pair_declined_before_is_not_proposed_again():
    plan = plan_of([a_need()], [an_offer()], barred=frozenset({("N000", "O000")}))
    assert plan.proposals == []
    assert plan.unmet[0].blocking == ((C.DECLINED_BEFORE, 1),)


def test_no_offer_at_all_is_said():
    plan = plan_of([a_need()], [])
    assert plan.unmet[0].blocking == ((C.NO_OFFER, 0),)
    assert plan.unmet[0].smallest_change.code is C.CHANGE_FIND_OFFER


def test_nothing_at_all_gives_an_empty_plan():
    plan = plan_of([], [])
    assert (plan.proposals, plan.unmet, plan.report["objective"]["reached_weight"]) == ([], [], 0)


def test_money_is_given_where_it_helps_and_not_spread_thin():
    needs = [a_need(k, PAIRS[2][0], category=Category.LIV, quantity=1000, unit="元") for k in range(4)]
    offers = [an_offer(0, PAIRS[2][1], category=Category.LIV, quantity=700, unit="元", fund_source=FundSource.UNION)]
    needs = [replace(need, real_name=True, payout=PayoutChannel.BANK_CARD) for need in needs]
    amounts = sorted(given_to(plan_of(needs, offers)).values())
    assert sum(amounts) == 700
    assert sum(amount >= POLICY.minimum_useful[Category.LIV] for amount in amounts) == 2


def test_two_needs_of_a_household_share_one_yearly_cap():
    facts = {
        "household_id": "H1", "category": Category.LIV, "quantity": 5000, "unit": "元", "on_file": True,
        "file_level": FileLevel.NATIONAL, "real_name": True, "payout": PayoutChannel.BANK_CARD, "helped_this_year": 0,
        "stopped": False, "excluded": False, "projects_this_year": 0,
    }  # fmt: skip
    needs = [a_need(k, PAIRS[2][0], **facts) for k in range(2)]
    offer = an_offer(
        0, PAIRS[2][1], category=Category.LIV, quantity=20000, unit="元", fund_source=FundSource.CENTRAL,
        payout=PayoutChannel.BANK_CARD, regions=("410800",),
    )  # fmt: skip
    plan = plan_of(needs, [offer])
    cap = min(cap.amount for cap in POLICY.caps if cap.category is Category.LIV and not cap.hardship_classes)
    assert sum(given_to(plan).values()) == cap


def test_a_household_of_one_project_is_served_once():
    needs = [
        a_need(k, household_id="H1", hardship_class=HardshipClass.RELATIVE, projects_this_year=0) for k in range(2)
    ]
    assert len(plan_of(needs, [an_offer(quantity=5)]).proposals) == 1


def test_progress_goes_forward_and_may_stop_the_run():
    seen = []
    plan_of([a_need()], [an_offer()], progress=lambda stage, share: seen.append((stage, share)))
    assert [stage for stage, _ in seen] == sorted((stage for stage, _ in seen), key=list(RunStage).index)

    def stop(stage, share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        plan_of([a_need()], [an_offer()], progress=stop)


@st.composite
def cases(draw):
    rows = st.sampled_from(range(len(PAIRS)))
    needs = [
        a_need(
            k, PAIRS[draw(rows)][0], category=draw(st.sampled_from([None, Category.FOO, Category.LIV])),
            household_id=f"H{draw(st.integers(0, 3))}", quantity=draw(st.sampled_from([None, 1, 3, 800])),
            region=draw(st.sampled_from([None, "410823", "410802"])),
            hardship_class=draw(st.sampled_from([None, *HardshipClass])), urgency=draw(st.sampled_from([None, 1, 5])),
            created_on=draw(st.sampled_from([None, date(2025, 12, 1)])),
        )
        for k in range(draw(st.integers(1, 6)))
    ]  # fmt: skip
    offers = [
        an_offer(
            k, PAIRS[draw(rows)][1], category=draw(st.sampled_from([None, Category.FOO, Category.LIV])),
            quantity=draw(st.sampled_from([None, 1, 2, 900])), per_case_min=draw(st.sampled_from([None, 2])),
        )
        for k in range(draw(st.integers(1, 4)))
    ]  # fmt: skip
    return needs, offers, draw(st.integers(0, 99))


def as_text(plan):
    report = {key: value for key, value in plan.report.items() if key != "timings"}
    rows = [asdict(row) for row in [*plan.proposals, *plan.unmet]]
    return json.dumps([rows, report], ensure_ascii=False, default=lambda value: sorted(dict(value).items()))


@settings(max_examples=40, deadline=None)
@given(cases())
def test_the_order_of_rows_changes_nothing(case):
    needs, offers, seed = case
    shuffled_needs, shuffled_offers = list(needs), list(offers)
    random.Random(seed).shuffle(shuffled_needs)
    random.Random(seed + 1).shuffle(shuffled_offers)
    assert as_text(plan_of(needs, offers)) == as_text(plan_of(shuffled_needs, shuffled_offers))


@settings(max_examples=40, deadline=None)
@given(cases())
def test_nobody_gets_too_much_and_no_offer_gives_more_than_it_has(case):
    needs, offers, _ = case
    plan = plan_of(needs, offers)
    stock = {offer.offer_id: offer.quantity for offer in offers}
    wanted = {need.need_id: need.quantity or 1 for need in needs}
    for offer_id, quantity in stock.items():
        given = [p.quantity for p in plan.proposals if p.offer_id == offer_id]
        assert max(given, default=0) <= 1 if quantity is None else sum(given) <= quantity
    left = {unmet.need_id: unmet.remaining for unmet in plan.unmet}
    for need_id, quantity in wanted.items():
        assert sum(p.quantity for p in plan.proposals if p.need_id == need_id) + left.get(need_id, 0) == quantity
    assert plan.report["gap"] == {"reached_weight": 0.0, "score": 0.0}


def test_ranking_keeps_to_the_top_and_never_rises():
    needs, offers = the_pairs(with_category=False)
    rows = rank(needs, offers, language=language(), as_of=TODAY, top=3)
    assert len(rows) == 3 * len(PAIRS)
    for first, second in pairwise(rows):
        assert first[0] != second[0] or (first[2] + 1 == second[2] and first[3] >= second[3])
