"""The allocation against brute force and against an independent whole-number programme."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from matcher.engine import mixed
from matcher.engine.allocate import allocate
from matcher.engine.bundles import Households
from matcher.engine.problem import Problem
from tests.matcher.engine.problems import best_by_highs, best_by_trying, ints, problems


@settings(max_examples=300, deadline=None)
@given(problems(thresholds=False))
def test_the_flow_finds_what_trying_everything_finds(problem):
    found = allocate(problem)
    assert found.objective == best_by_trying(problem) == found.bound


@settings(max_examples=300, deadline=None)
@given(problems(thresholds=True))
def test_thresholds_too_are_solved_to_the_best(problem):
    found = allocate(problem)
    assert found.objective == best_by_trying(problem) == found.bound


@settings(max_examples=100, deadline=None)
@given(problems(thresholds=True, most=9, max_pairs=12))
def test_an_independent_programme_agrees(problem):
    assert allocate(problem).objective == best_by_highs(problem)


@settings(max_examples=100, deadline=None)
@given(problems(thresholds=True, most=9, max_pairs=12))
def test_the_programme_for_larger_parts_agrees_with_the_one_for_small_parts(problem):
    part, _ = problem.part(problem.carrying())
    if len(part.need):
        by_rows, by_numbers = mixed._two_stages(part), mixed._whole_numbers(part)
        part.check(by_rows.amounts)
        assert part.objective(by_rows.amounts) == part.objective(by_numbers.amounts) == by_rows.bound


@settings(max_examples=200, deadline=None)
@given(problems(thresholds=True, most=9, max_pairs=12))
def test_prices_of_what_is_shared_bound_the_best_and_lead_to_it(problem):
    part, _ = problem.part(problem.carrying())
    if not len(part.need):
        return
    best, found = mixed._whole_numbers(part), mixed._by_households(part)
    households = Households(part)
    for price in (0, 3 * part.resolution, 700 * part.resolution // 9):
        prices = np.full(len(households.limit), price, dtype=np.int64)
        answer = households.answer(prices, 2 * price)
        weight, score = part.objective(best.amounts)
        assert households.bound(answer, prices, 2 * price, weight) >= score
    if found is not None:
        part.check(found.amounts)
        mine, right = part.objective(found.amounts), part.objective(best.amounts)
        assert mine[0] == right[0] == found.bound[0]
        assert mine[1] <= right[1] <= found.bound[1]


@settings(max_examples=200, deadline=None)
@given(problems(thresholds=True, most=9, max_pairs=12))
def test_a_household_alone_takes_the_best_bundle_there_is(problem):
    """With plenty of everything, and reaching worth more than any score, nothing but its own limits bind it."""
    part, _ = replace(problem, stock=np.full(len(problem.stock), 10**6)).part(problem.carrying())
    if len(part.need):
        households, reach = Households(part), 10**12
        answer = households.answer(np.zeros(len(households.limit), dtype=np.int64), reach)
        weight, score = part.objective(mixed._whole_numbers(part).amounts)
        whole = int(answer.worth.sum())
        if not len(households.limit) > len(households.scarce) and not households.is_odd.any():
            assert whole == reach * weight + score
        else:
            assert whole >= reach * weight + score


@settings(max_examples=150, deadline=None)
@given(problems(thresholds=False))
def test_the_price_of_an_offer_is_what_one_more_unit_adds(problem):
    found = allocate(problem)
    for j in range(len(problem.stock)):
        more = problem.stock.copy()
        more[j] += 1
        grown = best_by_trying(_with_stock(problem, more))
        price = (found.price_reach[j], found.price_score[j])
        assert price == (grown[0] - found.objective[0], grown[1] - found.objective[1])


@settings(max_examples=150, deadline=None)
@given(problems(thresholds=True))
def test_no_limit_is_ever_broken(problem):
    amounts = allocate(problem).amounts
    problem.check(amounts)
    assert (np.bincount(problem.offer, weights=amounts, minlength=len(problem.stock)) <= problem.stock).all()
    assert (np.bincount(problem.need, weights=amounts, minlength=len(problem.wanted)) <= problem.wanted).all()


def test_the_household_of_the_heavier_class_gets_the_last_unit():
    problem = _one_offer(stock=1, weight=(2, 5), wanted=(1, 1), useful=(1, 1), score=(990, 10))
    assert allocate(problem).amounts.tolist() == [0, 1]


def test_more_households_go_before_more_score():
    problem = _one_offer(stock=2, weight=(1, 1), wanted=(2, 1), useful=(1, 1), score=(1000, 1))
    assert allocate(problem).amounts.tolist() == [1, 1]


def test_money_is_not_spread_thin():
    problem = _one_offer(stock=1000, weight=(1, 1, 1), wanted=(600, 600, 600), useful=(500, 500, 500), score=(9, 8, 7))
    assert allocate(problem).amounts.tolist() == [500, 500, 0]


def test_a_small_wish_counts_when_it_is_met_in_full():
    problem = _one_offer(stock=300, weight=(1, 1), wanted=(100, 600), useful=(100, 500), score=(1, 900))
    assert allocate(problem).amounts.tolist() == [100, 200]


def test_what_cannot_be_split_is_given_whole_or_not_at_all():
    problem = _one_offer(stock=5, weight=(1, 1), wanted=(4, 3), useful=(1, 1), score=(500, 400), low=(4, 3))
    assert allocate(problem).amounts.tolist() == [4, 0]


def test_a_broken_allocation_is_noticed():
    problem = _one_offer(stock=1, weight=(1, 1), wanted=(1, 1), useful=(1, 1), score=(1, 1))
    with pytest.raises(ArithmeticError):
        problem.check(ints([1, 1]))


def test_nothing_permitted_gives_nothing():
    problem = _one_offer(stock=3, weight=(1,), wanted=(1,), useful=(1,), score=(1,), low=(2,))
    found = allocate(problem)
    assert (found.objective, found.bound, found.status) == ((0, 0), (0, 0), {})


def _one_offer(*, stock, weight, wanted, useful, score, low=None):
    n = len(wanted)
    return Problem(
        ints(weight), ints(range(n)), ints(wanted), ints(useful), ints([stock]), ints(range(n)), ints([0] * n),
        ints(low or [1] * n), ints(wanted), ints(score),
    )  # fmt: skip


def _with_stock(problem, stock):
    return Problem(
        problem.weight, problem.household, problem.wanted, problem.useful, stock, problem.need, problem.offer,
        problem.low, problem.high, problem.score, problem.caps, problem.exclusive,
    )  # fmt: skip
