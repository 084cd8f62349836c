"""What one more unit, or three hundred, would do: the same that a whole new run finds."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.facts import NeedColumns
from matcher.domain.terms import Category
from matcher.engine.allocate import allocate
from matcher.engine.marginal import WhatIf, marginal_values, next_unit
from matcher.engine.problem import Problem
from tests.matcher.engine.people import a_need
from tests.matcher.engine.problems import ints, problems

HERE, THERE = "410823", "410802"


def columns(problem, here):
    places = [HERE if here[i] else THERE for i in range(len(problem.wanted))]
    return NeedColumns.of([a_need(i, region=place, category=Category.WIN) for i, place in enumerate(places)])


def with_offer(problem, rows, units):
    """The problem with one more offer for these needs, worth no score."""
    n = len(rows)
    return replace(
        problem,
        stock=np.append(problem.stock, units),
        need=np.append(problem.need, ints(rows)),
        offer=np.append(problem.offer, [len(problem.stock)] * n).astype(np.int64),
        low=np.append(problem.low, ints([1] * n)),
        high=np.append(problem.high, problem.wanted[rows]),
        score=np.append(problem.score, ints([0] * n)),
    )


@settings(max_examples=150, deadline=None)
@given(problems(thresholds=False), st.lists(st.booleans(), min_size=4, max_size=4), st.integers(1, 4))
def test_more_for_a_county_reaches_as_many_as_a_new_run(problem, here, units):
    problem = replace(problem, weight=np.ones_like(problem.weight))
    needs, found = columns(problem, here), allocate(problem)
    asked = WhatIf(needs, problem, found)
    answers = [asked.more(Category.WIN, HERE, units) for _ in range(2)]
    rows = np.flatnonzero(np.array(here)[: len(problem.wanted)])
    grown = with_offer(problem, rows, units)
    more = int(grown.reached(allocate(grown).amounts).sum() - problem.reached(found.amounts).sum())
    assert answers == [more, more]
    assert asked.more(Category.FOO, HERE, units) == 0


@settings(max_examples=80, deadline=None)
@given(problems(thresholds=False))
def test_the_next_unit_for_a_need_adds_what_is_told(problem):
    found = allocate(problem)
    for i, told in enumerate(next_unit(problem, found).tolist()):
        grown = with_offer(problem, ints([i]), 1)
        assert told == allocate(grown).objective[0] - found.objective[0]


@settings(max_examples=80, deadline=None)
@given(problems(), st.integers(1, 4))
def test_with_thresholds_no_more_is_promised_than_a_new_run_reaches(problem, units):
    problem = replace(problem, weight=np.ones_like(problem.weight), caps=(), exclusive=())
    found = allocate(problem)
    told = WhatIf(columns(problem, [True] * 4), problem, found).more(Category.WIN, HERE, units)
    grown = with_offer(problem, np.arange(len(problem.wanted)), units)
    assert told <= allocate(grown).objective[0] - found.objective[0]


def test_rows_tell_who_waits_and_who_would_pass_something_on():
    """Two families here, one there; one coat for anybody and one for here only: here is served, there waits."""
    one = [1] * 3
    problem = replace(
        _problem(), weight=ints([5, 5, 2]), stock=ints([1, 1]), need=ints([0, 1, 2]), offer=ints([0, 1, 0]),
        low=ints(one), high=ints(one), score=ints([500] * 3),
    )  # fmt: skip
    rows = marginal_values(columns(problem, [True, True, False]), problem, allocate(problem))
    assert [(row["region"], row["waiting"], row["passing_on"], row["reached_weight"]) for row in rows] == [
        (THERE, 1, 0, 2),
        (HERE, 0, 1, 2),
    ]


def _problem():
    one = ints([1] * 3)
    return Problem(one, ints(range(3)), one, one, ints([1]), ints([]), ints([]), ints([]), ints([]), ints([]))
