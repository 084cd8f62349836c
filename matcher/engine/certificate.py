"""What no allocation can exceed: a bound from prices, exact in whole numbers, and a second solver where prices
cannot speak.

Prices make each household choose for itself: whatever non-negative prices offers carry, the value of all stock at
these prices plus what each household would gain by buying what suits it best is at least the value of every
allocation (Lagrangian duality, in lexicographic order of household weight, then score). Where useful amounts,
minimum lots, all-or-nothing wishes or caps are at work, that bound may lie above the optimum; those parts are
solved again by HiGHS, from rows that are written here and share nothing with those of the allocation.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from matcher.engine.problem import UNLIMITED, Ints, Problem
from matcher.engine.restate import Restated

Bound = tuple[int, int]
LARGEST_RESOLVED = 50_000  # pairs
SECONDS = 60.0
SLACK = 1e-6  # relative, for sums that HiGHS keeps in floating point


@dataclass(slots=True)
class Certificate:
    bound: Bound = (0, 0)
    slack: int = 0  # parts of a thousandth by which a floating-point bound may be off
    by_prices: int = 0  # parts proven by prices alone
    resolved: int = 0  # parts solved again
    open: int = 0  # parts where neither reached the claimed value
    pairs: int = 0

    def within(self, told: tuple[Any, Any]) -> bool:
        """Whether the bound that was told is no lower than the one proven."""
        return (
            isinstance(told[0], int)
            and isinstance(told[1], int)
            and (self.bound[0] < told[0] or (self.bound[0] == told[0] and self.bound[1] - self.slack <= told[1]))
        )

    def figures(self) -> dict[str, Any]:
        return {
            "bound": list(self.bound),
            "pairs": self.pairs,
            "parts_by_prices": self.by_prices,
            "parts_solved_again": self.resolved,
            "parts_open": self.open,
        }


def certify(stated: Restated, prices: tuple[Ints, Ints]) -> Certificate:
    """Bound every part of the problem. `prices` are (n_offers,) int64: household weight and score parts a unit."""
    problem, value = stated.problem, stated.unit_values()
    carrying = problem.high >= np.maximum(problem.low, 1)
    part_of_home, part_of_offer = _parts(problem, carrying)
    n_parts = int(max(part_of_home.max(initial=-1), part_of_offer.max(initial=-1))) + 1
    reach, score = _usable(problem, prices)
    bound = _price_bound(problem, value, carrying, reach, score, part_of_home, part_of_offer, n_parts)
    claimed = _claimed(stated, value, part_of_home, n_parts)
    proof = Certificate(pairs=int(carrying.sum()))
    total = [0, 0]
    loose = [k for k in range(n_parts) if (bound[0][k], bound[1][k]) > (claimed[0][k], claimed[1][k])]
    proof.by_prices = n_parts - len(loose)
    tightened: dict[int, tuple[int, int, int]] = {}
    part_of_pair = part_of_home[problem.household[problem.need]]
    for k in loose:
        again = _solve_again(problem, value, np.flatnonzero(carrying & (part_of_pair == k)))
        if again is not None and again[:2] < (int(bound[0][k]), int(bound[1][k])):
            tightened[k] = again
    for k in range(n_parts):
        here = tightened.get(k, (int(bound[0][k]), int(bound[1][k]), 0))
        total[0], total[1] = total[0] + here[0], total[1] + here[1]
        proof.slack += here[2]
        if k in tightened:
            proof.resolved += 1
        if here[0] > claimed[0][k] or (here[0] == claimed[0][k] and here[1] - here[2] > claimed[1][k]):
            proof.open += 1
    proof.bound = (total[0], total[1])
    return proof


def _parts(problem: Problem, carrying: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Part of each household and offer: what shares an offer that cannot serve all, directly or through others."""
    n_homes, n_offers = len(problem.weight), len(problem.stock)
    high = np.where(carrying, problem.high, 0)
    asked = np.zeros(n_offers, dtype=np.int64)
    np.add.at(asked, problem.offer, high)
    scarce = carrying & (asked[problem.offer] > problem.stock[problem.offer])
    links = sparse.coo_matrix(
        (np.ones(int(scarce.sum())), (problem.household[problem.need[scarce]], n_homes + problem.offer[scarce])),
        shape=(n_homes + n_offers, n_homes + n_offers),
    )
    _, part = sparse.csgraph.connected_components(links, directed=False)
    return part[:n_homes].astype(np.int64), part[n_homes:].astype(np.int64)


def _usable(problem: Problem, prices: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Prices that may be used: not below zero, none on an offer without a limit or able to serve all."""
    reach, score = prices
    asked = np.zeros(len(problem.stock), dtype=np.int64)
    np.add.at(asked, problem.offer, np.where(problem.high >= np.maximum(problem.low, 1), problem.high, 0))
    good = ((reach > 0) | ((reach == 0) & (score > 0))) & (problem.stock < UNLIMITED) & (asked > problem.stock)
    return np.where(good, reach, 0), np.where(good, score, 0)


def _price_bound(
    problem: Problem,
    value: Ints,
    carrying: NDArray[np.bool_],
    reach: Ints,
    score: Ints,
    part_of_home: Ints,
    part_of_offer: Ints,
    n_parts: int,
) -> tuple[Ints, Ints]:
    """(n_parts,) twice: stock at its prices, plus the best each household could buy for itself."""
    weight_bound, score_bound = np.zeros(n_parts, dtype=np.int64), np.zeros(n_parts, dtype=np.int64)
    stock = np.where((reach != 0) | (score != 0), problem.stock, 0)
    np.add.at(weight_bound, part_of_offer, reach * stock)
    np.add.at(score_bound, part_of_offer, score * stock)
    gain_weight, gain_score = _household_gains(problem, value, carrying, reach, score)
    np.add.at(weight_bound, part_of_home, gain_weight)
    np.add.at(score_bound, part_of_home, gain_score)
    return weight_bound, score_bound


def _household_gains(
    problem: Problem, value: Ints, carrying: NDArray[np.bool_], reach: Ints, score: Ints
) -> tuple[Ints, Ints]:
    """(n_households,) twice: the most a household gains at these prices, thresholds and caps set aside.

    Units whose score exceeds a price without household weight are bought up to what is wanted. A household that
    buys none may still buy its best single unit for the sake of being reached.
    """
    n_homes = len(problem.weight)
    home = problem.household[problem.need]
    margin, costs = value - score[problem.offer], reach[problem.offer]
    gain_score = np.zeros(n_homes, dtype=np.int64)
    buys = np.flatnonzero(carrying & (costs == 0) & (margin > 0))
    order = buys[np.lexsort((-margin[buys], problem.need[buys]))]
    high = problem.high[order]
    so_far = np.cumsum(high) - high
    first = np.r_[True, problem.need[order][1:] != problem.need[order][:-1]] if len(order) else np.zeros(0, bool)
    before = so_far - np.maximum.accumulate(np.where(first, so_far, 0)) if len(order) else so_far
    taken = np.clip(problem.wanted[problem.need[order]] - before, 0, high)
    np.add.at(gain_score, home[order], margin[order] * taken)
    bought = np.zeros(n_homes, dtype=bool)
    bought[home[order[taken > 0]]] = True
    gain_weight = np.where(bought, problem.weight, 0)
    rest = np.flatnonzero(carrying & ~bought[home])
    rest = rest[np.lexsort((-margin[rest], costs[rest], home[rest]))]
    best = rest[np.r_[True, home[rest][1:] != home[rest][:-1]]] if len(rest) else rest
    net = problem.weight[home[best]] - costs[best]
    worth = best[(net > 0) | ((net == 0) & (margin[best] > 0))]
    gain_weight[home[worth]] = problem.weight[home[worth]] - costs[worth]
    gain_score[home[worth]] += margin[worth]
    return gain_weight, gain_score


def _claimed(stated: Restated, value: Ints, part_of_home: Ints, n_parts: int) -> tuple[Ints, Ints]:
    """(n_parts,) twice: what the claimed result is worth in each part."""
    problem = stated.problem
    weight, score = np.zeros(n_parts, dtype=np.int64), np.zeros(n_parts, dtype=np.int64)
    np.add.at(weight, part_of_home, np.where(stated.reached(), problem.weight, 0))
    np.add.at(score, part_of_home[problem.household[problem.need]], value * stated.amounts)
    return weight, score


def _solve_again(problem: Problem, value: Ints, pairs: Ints) -> tuple[int, int, int] | None:
    """Bound of one part by HiGHS in two steps: most household weight, then most score at that weight. The third
    number is how far floating point may be off. None when the part is too large or HiGHS gives no bound."""
    if not 0 < len(pairs) <= LARGEST_RESOLVED:
        return None
    model = _Programme(problem, value, pairs)
    first = model.best(model.weights, None)
    if first is None:
        return None
    reached = int(np.floor(first + 0.5 * SLACK + SLACK))
    second = model.best(model.scores, reached)
    if second is None:
        return None
    bound = second * problem.resolution
    slack = int(np.ceil(abs(bound) * SLACK)) + problem.resolution // 1000
    return reached, int(np.floor(bound)), slack


class _Programme:
    """One part as a whole-number programme: amounts, lots, served and useful needs, reached households."""

    def __init__(self, problem: Problem, value: Ints, pairs: Ints) -> None:
        needs, self._need = np.unique(problem.need[pairs], return_inverse=True)
        homes, home_of_need = np.unique(problem.household[needs], return_inverse=True)
        n, m, h = len(pairs), len(needs), len(homes)
        self._at = {"amount": 0, "lot": n, "served": 2 * n, "useful": 2 * n + m, "reached": 2 * n + 2 * m}
        self._size = 2 * n + 2 * m + h
        self._rows: list[tuple[Ints, NDArray[np.float64], float]] = []
        high, low = problem.high[pairs].astype(float), np.maximum(1, problem.low[pairs]).astype(float)
        for k in range(n):
            self._below([k, n + k], [1.0, -high[k]], 0.0)
            self._below([k, n + k], [-1.0, low[k]], 0.0)
        for i in range(m):
            own = np.flatnonzero(self._need == i)
            served, useful = self._at["served"] + i, self._at["useful"] + i
            ones = np.ones(len(own))
            self._below([*own, served], [*ones, -float(problem.wanted[needs[i]])], 0.0)
            self._below([*own, useful], [*-ones, float(problem.useful[needs[i]])], 0.0)
        for j in np.unique(problem.offer[pairs]):
            own = np.flatnonzero(problem.offer[pairs] == j)
            if problem.stock[j] < UNLIMITED:
                self._below(own, np.ones(len(own)), float(problem.stock[j]))
        for k in range(h):
            own = self._at["useful"] + np.flatnonzero(home_of_need == k)
            self._below([*own, self._at["reached"] + k], [*-np.ones(len(own)), 1.0], 0.0)
        place = {int(p): k for k, p in enumerate(pairs)}
        for group, limit in problem.caps:
            capped = [place[int(p)] for p in group if int(p) in place]
            self._below(capped, np.ones(len(capped)), float(limit))
        need_place = {int(i): k for k, i in enumerate(needs)}
        for group in problem.exclusive:
            rivals = [self._at["served"] + need_place[int(i)] for i in group if int(i) in need_place]
            self._below(rivals, np.ones(len(rivals)), 1.0)
        self._upper = np.ones(self._size)
        self._upper[:n] = high
        self.weights, self.scores = np.zeros(self._size), np.zeros(self._size)
        self.weights[self._at["reached"] :] = problem.weight[homes]
        self.scores[:n] = value[pairs] / problem.resolution

    def _below(self, columns: Any, factors: Any, limit: float) -> None:
        self._rows.append((np.asarray(columns, dtype=np.int64), np.asarray(factors, dtype=float), limit))

    def best(self, goal: NDArray[np.float64], reached: int | None) -> float | None:
        """Upper bound of the goal; with `reached`, over allocations that reach at least that weight."""
        counts = [len(columns) for columns, _, _ in self._rows]
        row = np.repeat(np.arange(len(counts)), counts)
        column = np.concatenate([columns for columns, _, _ in self._rows])
        factor = np.concatenate([factors for _, factors, _ in self._rows])
        matrix = sparse.csr_matrix((factor, (row, column)), shape=(len(counts), self._size))
        limits = [optimize.LinearConstraint(matrix, -np.inf, np.array([limit for _, _, limit in self._rows]))]
        if reached is not None:
            limits.append(optimize.LinearConstraint(self.weights[None, :], reached - 0.5, np.inf))
        found = optimize.milp(
            -goal,
            constraints=limits,
            integrality=np.ones(self._size),
            bounds=optimize.Bounds(np.zeros(self._size), self._upper),
            options={"time_limit": SECONDS, "mip_rel_gap": 0.0},
        )
        bound = getattr(found, "mip_dual_bound", None)
        return None if bound is None or not np.isfinite(bound) else -float(bound)
