"""Our own flow against two solvers of others, over many random problems: same optimum, same prices' proof."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from matcher.bench.ortools_flow import market_of, solve_by_ortools
from matcher.engine.allocate import allocate
from matcher.engine.coins import make_coins
from matcher.engine.flow import solve_flow
from matcher.engine.problem import Problem

seeds = st.integers(0, 2**32 - 1)


def random_problem(seed, *, n_needs=8, n_offers=5, most=4, density=0.5):
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, n_needs + 1)), int(rng.integers(1, n_offers + 1))
    household = np.unique(rng.integers(0, n, n), return_inverse=True)[1].astype(np.int64)
    need, offer = np.nonzero(rng.random((n, m)) < density)
    wanted = rng.integers(1, most + 1, n)
    high = rng.integers(1, wanted[need] + 1)
    levels = int(rng.choice([3, 1000]))  # few levels: many equals
    return Problem(
        rng.integers(1, 6, household.max() + 1), household, wanted, np.ones(n, dtype=np.int64),
        rng.integers(0, 2 * most, m), need, offer, np.ones(len(need), dtype=np.int64), high,
        rng.integers(0, levels, len(need)),
    )  # fmt: skip


def best_by_linear_programme(problem):
    """(weight, score in thousandths) by HiGHS on the definition; whole by nature, so the relaxation is enough."""
    n, m, h, o = len(problem.need), len(problem.wanted), len(problem.weight), len(problem.stock)
    rows = np.zeros((m + o + h, n + h))
    rows[problem.need, np.arange(n)] = 1
    rows[m + problem.offer, np.arange(n)] = 1
    rows[m + o + problem.household[problem.need], np.arange(n)] = -1
    rows[m + o + np.arange(h), n + np.arange(h)] = 1
    limits = np.r_[problem.wanted, problem.stock, np.zeros(h)]
    value = problem.value() / problem.resolution
    bonus = 1000.0 * (1 + problem.wanted.sum())
    goal = np.r_[value, bonus * problem.weight]
    answer = linprog(-goal, A_ub=rows, b_ub=limits, bounds=np.c_[np.zeros(n + h), np.r_[problem.high, np.ones(h)]])
    weight = round(float(problem.weight @ answer.x[n:]))
    return weight, float(value @ answer.x[:n])


@settings(max_examples=2_000, deadline=None)
@given(seeds)
def test_a_linear_programme_finds_nothing_better(seed):
    problem = random_problem(seed)
    weight, score = best_by_linear_programme(problem)
    found = problem.objective(solve_flow(problem).amounts)
    assert found == (weight, pytest.approx(score * problem.resolution, rel=1e-7, abs=10))


@settings(max_examples=300, deadline=None)
@given(seeds)
def test_another_flow_finds_nothing_better(seed):
    problem = random_problem(seed, n_needs=14, n_offers=6)
    amounts = solve_flow(problem).amounts
    problem.check(amounts)
    market = market_of(problem)
    assert problem.objective(amounts) == problem.objective(solve_by_ortools(market))


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_nor_in_larger_problems(seed):
    problem = random_problem(seed, n_needs=300, n_offers=40, most=9, density=0.2)
    amounts = allocate(problem).amounts
    assert problem.objective(amounts) == problem.objective(solve_by_ortools(market_of(problem)))


@settings(max_examples=50, deadline=None)
@given(seeds)
def test_the_order_of_pairs_changes_nothing(seed):
    problem = random_problem(seed, n_needs=30, n_offers=6)
    order = np.random.default_rng(seed).permutation(len(problem.need))
    shuffled = Problem(
        problem.weight, problem.household, problem.wanted, problem.useful, problem.stock, problem.need[order],
        problem.offer[order], problem.low[order], problem.high[order], problem.score[order],
    )  # fmt: skip
    assert (solve_flow(shuffled).amounts == solve_flow(problem).amounts[order]).all()


def test_coins_keep_their_order():
    coins = make_coins(1000, 5, 40, 300)
    assert coins.ties * 2 * 41 <= coins.scale and 1000 * coins.scale * 2 * 41 < coins.bonus


def test_numbers_that_do_not_fit_are_refused():
    with pytest.raises(ArithmeticError):
        make_coins(10**12, 10**4, 10**5, 10**6)
