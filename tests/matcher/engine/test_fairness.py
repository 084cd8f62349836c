"""Guarantees: met as far as can be, at the least price, against trying everything; the price is printed and checked."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.claims import ClaimColumns
from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.policy import Guarantees, Policy, PolicyProblem
from matcher.domain.terms import HardshipClass, ScorePart
from matcher.engine.allocate import allocate
from matcher.engine.coverage import household_groups, reachable_households
from matcher.engine.fairness import guaranteed
from matcher.engine.pipeline import match
from matcher.engine.problem import Problem
from matcher.engine.verify import verify_plan
from seeds.reference import language
from tests.matcher.engine.people import TODAY, a_need, an_offer
from tests.matcher.engine.problems import ints, problems
from tests.places import places
from tests.policies import the_policy


def rows(problem, counties, urgency=None):
    """Needs of the problem in these counties, one entry per household."""
    return NeedColumns.of(
        [
            a_need(i, region=counties[h], urgency=None if urgency is None else urgency[i])
            for i, h in enumerate(problem.household.tolist())
        ]
    )


def shortfall(problem, needs, amounts, free, gap):
    """By how much all floors together are missed, written from the definition."""
    reached, reachable = problem.reached(amounts), reachable_households(problem)
    overall = problem.reached(free).sum() / max(1, reachable.sum())
    missing = 0
    for code in set(household_groups(needs, problem)[0]):
        own = reachable & (np.array(household_groups(needs, problem)[0]) == code)
        missing += max(0, int(np.ceil(max(0, overall - gap) * own.sum() - 1e-9)) - int(reached[own].sum()))
    return missing


def best_by_trying(problem, needs, free, gap):
    """Least shortfall, then most weight, then most score, over every allocation there is."""
    choices = [[0, *range(max(1, low), high + 1)] for low, high in zip(problem.low, problem.high, strict=True)]
    best = None
    for amounts in map(ints, product(*choices)):
        try:
            problem.check(amounts)
        except ArithmeticError:
            continue
        weight, score = problem.objective(amounts)
        found = (-shortfall(problem, needs, amounts, free, gap), weight, score)
        best = found if best is None or found > best else best
    return best


@settings(max_examples=80, deadline=None)
@given(
    problems(most=2, max_pairs=5),
    st.sampled_from([0.0, 0.25, 0.5]),
    st.lists(st.integers(0, 1), min_size=4, max_size=4),
)
def test_floors_are_met_at_the_least_price(problem, gap, place):
    needs = rows(problem, [("410802", "410823")[p] for p in place])
    free = allocate(problem)
    fair = guaranteed(problem, free, needs, Guarantees(county_gap=gap))
    problem.check(fair.amounts)
    missing, weight, score = best_by_trying(problem, needs, free.amounts, gap)
    assert -missing == shortfall(problem, needs, fair.amounts, free.amounts, gap)
    assert fair.objective == (weight, pytest.approx(score, rel=1e-9, abs=10))
    assert fair.report["price"]["reached_weight"] == free.objective[0] - weight >= 0


def two_counties(urgency=None):
    """Four families each; those of the first county weigh more; four units for all."""
    n = 8
    problem = Problem(
        ints([5] * 4 + [2] * 4), ints(range(n)), ints([1] * n), ints([1] * n), ints([4]), ints(range(n)), ints([0] * n),
        ints([1] * n), ints([1] * n), ints([500] * n),
    )  # fmt: skip
    return problem, rows(problem, ["410802"] * 4 + ["410823"] * 4, urgency)


def test_a_county_that_lies_far_behind_is_lifted_and_the_price_is_told():
    problem, needs = two_counties()
    fair = guaranteed(problem, allocate(problem), needs, Guarantees(county_gap=0.25))
    assert problem.reached(fair.amounts)[4:].sum() == 1
    assert fair.report["lifted"] == ["county 410823"] and not fair.report["out_of_reach"]
    assert fair.report["price"] == {"reached_weight": 3, "reached_households": 0, "score": 0.0}
    assert fair.report["spread"]["county"] == {"without": 1.0, "with": 0.5}


def test_without_guarantees_nothing_changes():
    problem, needs = two_counties()
    free = allocate(problem)
    assert guaranteed(problem, free, needs, Guarantees()).amounts is free.amounts


def test_nobody_is_held_down_for_a_county_that_cannot_be_lifted():
    problem, needs = two_counties()
    local = replace(problem, stock=ints([4, 0]), offer=ints([0] * 4 + [1] * 4))
    fair = guaranteed(local, allocate(local), needs, Guarantees(county_gap=0.1))
    assert fair.objective[0] == 20
    assert fair.report["out_of_reach"] == [{"kind": "county", "code": "410823", "asked": 2, "reached": 0}]


def test_part_of_the_stock_waits_for_emergencies():
    problem, needs = two_counties()
    fair = guaranteed(problem, allocate(problem), needs, Guarantees(emergency_reserve=0.5))
    assert fair.amounts.sum() == 2 and fair.report["reserved_units"] == 2
    problem, needs = two_counties([3] * 7 + [5])
    fair = guaranteed(problem, allocate(problem), needs, Guarantees(emergency_reserve=0.5))
    assert fair.amounts.tolist() == [*fair.amounts[:7].tolist(), 1] and fair.amounts.sum() == 3


RULES = {"county_gap": 0.25, "class_gap": 0.3, "emergency_reserve": 0.1}


def fair_policy():
    body = {**the_policy(TODAY).body, "guarantees": [dict(RULES)]}
    return Policy.from_report(body, as_of=TODAY)


def fair_run():
    heavy = [a_need(k, region="410802", hardship_class=HardshipClass.DEEP) for k in range(6)]
    light = [a_need(10 + k, region="410823", hardship_class=HardshipClass.RELATIVE) for k in range(6)]
    needs, offers = NeedColumns.of(heavy + light), OfferColumns.of([an_offer(1, quantity=7)])
    policy = fair_policy()
    plan = match(needs, offers, policy=policy, places=places(), language=language(), as_of=TODAY)
    return needs, offers, policy, plan


def checks_of(needs, offers, policy, plan):
    claims = ClaimColumns(
        need_id=[p.need_id for p in plan.proposals], offer_id=[p.offer_id for p in plan.proposals],
        quantity=[p.quantity for p in plan.proposals], unit=[p.unit for p in plan.proposals],
        score=[p.score for p in plan.proposals],
        parts={part: [p.parts[part] for p in plan.proposals] for part in ScorePart},
    )  # fmt: skip
    checks = verify_plan(
        needs, offers, claims, plan.report, policy=policy, as_of=TODAY, places=places(), language=language()
    )
    return {check.name for check in checks if not check.holds}


def test_a_run_under_guarantees_is_verified_and_its_faults_are_named():
    needs, offers, policy, plan = fair_run()
    report = plan.report["fairness"]
    assert report["price"]["reached_weight"] > 0 and report["spread"]["county"]["with"] < 1
    assert checks_of(needs, offers, policy, plan) == set()
    report["price"]["reached_weight"] -= 1
    assert checks_of(needs, offers, policy, plan) == {"guarantees"}
    report["price"]["reached_weight"] += 1
    free = match(needs, offers, policy=the_policy(TODAY), places=places(), language=language(), as_of=TODAY)
    free.report["policy"], free.report["fairness"]["guarantees"] = plan.report["policy"], dict(RULES)
    assert checks_of(needs, offers, policy, free) == {"guarantees"}


def test_guarantees_are_data_and_wrong_ones_are_refused():
    assert fair_policy().guarantees == Guarantees(0.25, 0.3, 0.1)
    assert not the_policy(TODAY).guarantees
    with pytest.raises(PolicyProblem) as caught:
        Policy.from_report({**the_policy(TODAY).body, "guarantees": [{"county_gap": 2}]}, as_of=TODAY)
    assert caught.value.key == "county_gap"


def test_where_only_one_county_can_be_served_it_is_the_one_that_weighs_more():
    problem = Problem(
        ints([1, 2]), ints([0, 1]), ints([1, 1]), ints([1, 1]), ints([1]), ints([0, 1]), ints([0, 0]), ints([1, 1]),
        ints([1, 1]), ints([1, 1]),
    )  # fmt: skip
    fair = guaranteed(problem, allocate(problem), rows(problem, ["410802", "410823"]), Guarantees(county_gap=0.0))
    assert fair.objective[0] == 2 and fair.amounts.tolist() == [0, 1]
