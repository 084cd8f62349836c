"""Shards: the same amounts, bound and prices for one shard or sixteen, in this process or in others."""

from concurrent.futures import ProcessPoolExecutor
from functools import reduce
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.engine.allocate import allocate
from matcher.engine.marginal import next_unit
from matcher.engine.problem import Problem
from matcher.engine.shard_bytes import answer_bytes, answer_of, problem_bytes, problem_of
from matcher.engine.shards import allocate_in_shards
from tests.matcher.engine.problems import problems
from tests.matcher.engine.test_flow import random_problem


def beside(one, other):
    """Two problems that have nothing to do with each other as one."""
    n_homes, n_needs, n_offers, n_pairs = len(one.weight), len(one.wanted), len(one.stock), len(one.need)

    def both(name, shift=0):
        return np.concatenate([getattr(one, name), getattr(other, name) + shift])

    return Problem(
        both("weight"), both("household", n_homes), both("wanted"), both("useful"), both("stock"),
        both("need", n_needs), both("offer", n_offers), both("low"), both("high"), both("score"),
        one.caps + tuple((pairs + n_pairs, limit) for pairs, limit in other.caps),
        one.exclusive + tuple(needs + n_needs for needs in other.exclusive),
    )  # fmt: skip


def told(found, problem):
    return (
        found.amounts.tolist(), found.objective, found.bound, found.price_reach.tolist(),
        next_unit(problem, found).tolist(),
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(problems(), min_size=2, max_size=6))
def test_any_number_of_shards_finds_the_same(pieces):
    problem = reduce(beside, pieces)
    whole = told(allocate(problem), problem)
    assert all(told(allocate_in_shards(problem, k), problem) == whole for k in (1, 4, 16))


@pytest.mark.parametrize("k", [1, 4, 16])
def test_also_where_many_allocations_are_equally_good(k):
    pieces = [random_problem(seed, n_needs=25, n_offers=5, density=0.4) for seed in range(20)]
    problem = reduce(beside, pieces)
    problem = Problem(
        *(getattr(problem, name) for name in list(Problem.__dataclass_fields__)[:9]), problem.score // 400
    )
    assert told(allocate_in_shards(problem, k), problem) == told(allocate(problem), problem)


def test_a_shard_travels_to_another_process():
    problem = reduce(beside, [random_problem(seed, n_needs=12) for seed in range(4)])
    with ProcessPoolExecutor(2, mp_context=get_context("forkserver")) as pool:
        assert told(allocate_in_shards(problem, 2, solve=pool.map), problem) == told(allocate(problem), problem)


@settings(max_examples=40, deadline=None)
@given(st.lists(problems(), min_size=2, max_size=4))
def test_problem_and_answer_come_back_from_bytes_as_they_were(pieces):
    problem = reduce(beside, pieces)

    def by_bytes(_solve, shards):
        for shard in shards:
            assert problem_bytes(problem_of(problem_bytes(shard))) == problem_bytes(shard)
            yield answer_of(answer_bytes(allocate(problem_of(problem_bytes(shard)))))

    assert told(allocate_in_shards(problem, 4, solve=by_bytes), problem) == told(allocate(problem), problem)


def test_bytes_that_are_no_problem_are_refused():
    with pytest.raises(ValueError):
        problem_of(b"\x80\x04not an array")
