"""紧缺程度 by category and county: whom one more unit would help, and what more of something would do.

In the flow, what a unit more for a need would add is known exactly, exchanges with others included; families that wait
in a part with thresholds count with the useful amount that they still need.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.facts import NeedColumns
from matcher.domain.regions import contains
from matcher.domain.terms import Category
from matcher.engine.allocate import Allocation
from matcher.engine.live import Live
from matcher.engine.problem import Ints, Problem


def marginal_values(needs: NeedColumns, problem: Problem, allocation: Allocation) -> list[dict[str, Any]]:
    """A row per category, county and unit that has a family waiting or passing something on, most weight first.

    `open` units; `waiting` families that got nothing and have a need here; `passing_on` families here that would
    free something for a waiting one elsewhere; `reached_weight` that the next unit would add.
    """
    reached = problem.reached(allocation.amounts)
    given = np.bincount(problem.need, weights=allocation.amounts, minlength=len(problem.wanted)).astype(np.int64)
    value = next_unit(problem, allocation)
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    waiting: dict[tuple[str, str, str], set[int]] = {}
    for i in np.flatnonzero(value > 0):
        category, home = needs.category[i], int(problem.household[i])
        if category is None or not needs.region[i]:
            continue
        key = (category.value, needs.region[i] or "", needs.unit[i] or "")
        row = rows.setdefault(
            key,
            dict(zip(("category", "region", "unit"), key, strict=True))
            | {"open": 0, "passing_on": 0, "reached_weight": 0},
        )
        row["open"] += int(problem.wanted[i] - given[i])
        row["reached_weight"] = max(row["reached_weight"], int(value[i]))
        if reached[home]:
            row["passing_on"] += 1
        else:
            waiting.setdefault(key, set()).add(home)
    for key, row in rows.items():
        row["waiting"] = len(waiting.get(key, ()))
    return sorted(
        rows.values(), key=lambda r: (-r["reached_weight"], -r["waiting"], r["category"], r["region"], r["unit"])
    )


def next_unit(problem: Problem, allocation: Allocation) -> Ints:
    """(n_needs,) household weight that one more unit would add; in parts with thresholds: one more useful amount."""
    direct = np.where(problem.reached(allocation.amounts), 0, problem.weight)[problem.household]
    if allocation.need_reach is None or allocation.in_flow is None:
        return np.asarray(direct, dtype=np.int64)
    return np.where(allocation.in_flow, allocation.need_reach, direct).astype(np.int64)


@dataclass(slots=True)
class WhatIf:
    """Answers about more of something, from the solved run; each costs a few paths, not a run."""

    needs: NeedColumns
    problem: Problem
    allocation: Allocation
    _live: Live | None = field(default=None)

    def more(self, category: Category, area: str, units: int) -> int:
        """How many families more would be reached by `units` of a category for everybody in an area, at least.

        Exact for the flow. What it leaves goes to waiting families in parts with thresholds, smallest amount first.
        """
        asks = [
            c == category and r is not None and contains(area, r)
            for c, r in zip(self.needs.category, self.needs.region, strict=True)
        ]
        rows = np.array(asks, dtype=bool)
        families, used = self._in_flow(rows, units)
        return families + self._directly(rows, units - used)

    def _in_flow(self, rows: NDArray[np.bool_], units: int) -> tuple[int, int]:
        allocation, problem = self.allocation, self.problem
        if allocation.flow is None or allocation.in_flow is None:
            return 0, 0
        own = np.flatnonzero(rows & allocation.in_flow)
        if self._live is None:
            self._live = allocation.flow.live()
        live = self._live
        before = live.reached()
        offer = live.add_offer(units)
        live.pair(offer, len(problem.stock) + own, np.zeros(len(own), dtype=np.int64), problem.wanted[own])
        families, used = live.reached() - before, live.sold(offer)
        live.withdraw_offer(offer)
        return families, used

    def _directly(self, rows: NDArray[np.bool_], units: int) -> int:
        problem, in_flow = self.problem, self.allocation.in_flow
        reached = problem.reached(self.allocation.amounts)
        outside = rows if in_flow is None or self.allocation.flow is None else rows & ~in_flow
        least = np.full(len(problem.weight), units + 1, dtype=np.int64)
        asked = reached.copy()
        asked[problem.household[rows & ~outside]] = True
        own = np.flatnonzero(outside & ~asked[problem.household])
        np.minimum.at(least, problem.household[own], problem.useful[own])
        return int(np.searchsorted(np.cumsum(np.sort(least)), units, side="right"))
