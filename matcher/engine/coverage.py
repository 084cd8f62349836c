"""Whom a run reaches: households reached and reachable, by county and by hardship class."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.facts import NeedColumns
from matcher.domain.terms import HardshipClass
from matcher.engine.problem import Ints, Problem


def coverage(needs: NeedColumns, problem: Problem, amounts: Ints) -> dict[str, Any]:
    """Households reached (at a useful amount) and reachable (some permitted pair could carry one), with the same
    two counts by region of the household's first need and by its heaviest class."""
    reached, reachable = problem.reached(amounts), reachable_households(problem)
    regions, classes = household_groups(needs, problem)
    return {
        "households": len(problem.weight),
        "reached": int(reached.sum()),
        "reachable": int(reachable.sum()),
        "by_region": _by(regions, reached, reachable),
        "by_class": _by(classes, reached, reachable),
    }


def household_groups(needs: NeedColumns, problem: Problem) -> tuple[list[str], list[str]]:
    """Region and hardship class of each household: of its first need in order of id."""
    first: dict[int, int] = {}
    for i, home in enumerate(problem.household):
        first.setdefault(int(home), i)
    regions = [needs.region[first[h]] or "" for h in range(len(problem.weight))]
    return regions, [str(needs.hardship_class[first[h]] or HardshipClass.NONE) for h in range(len(problem.weight))]


def reachable_households(problem: Problem) -> NDArray[np.bool_]:
    """Households that could be reached if they came first: their permitted offers together hold a useful amount."""
    carrying = problem.carrying()
    room = np.bincount(
        problem.need[carrying], weights=problem.high[carrying].astype(float), minlength=len(problem.wanted)
    )
    result = np.zeros(len(problem.weight), dtype=bool)
    result[problem.household[room >= problem.useful]] = True
    return result


def _by(labels: list[str], reached: NDArray[np.bool_], reachable: NDArray[np.bool_]) -> dict[str, dict[str, int]]:
    result: dict[str, dict[str, int]] = {}
    for label, got, could in zip(labels, reached, reachable, strict=True):
        row = result.setdefault(label, {"households": 0, "reached": 0, "reachable": 0})
        row["households"] += 1
        row["reached"] += bool(got)
        row["reachable"] += bool(could)
    return dict(sorted(result.items()))
