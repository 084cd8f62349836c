"""One allocation in several shards that know nothing of each other, with the same result whatever their number.

Parts share no scarce offer and no household, so each part's optimum is a piece of the whole one. A shard is some
parts as a problem of its own: plain arrays that travel by pickle. One that was lost is solved again alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.engine.allocate import Allocation, allocate, parts_of
from matcher.engine.flow import coins_of
from matcher.engine.problem import Ints, Problem

Solve = Callable[[Callable[[Problem], Allocation], Iterable[Problem]], Iterable[Allocation]]
"""Like `map`: in this process, in a pool, or on other machines; answers in the order of the shards."""


@dataclass(frozen=True, slots=True)
class Sharding:
    """How a run is cut: into at most so many shards, from so many permitted pairs on, solved by `solve`."""

    shards: int
    least_pairs: int
    solve: Solve

    def allocate(self, problem: Problem) -> Allocation:
        if self.shards < 2 or len(problem.need) < self.least_pairs:
            return allocate(problem)
        return allocate_in_shards(problem, self.shards, solve=self.solve)


def allocate_in_shards(problem: Problem, n_shards: int, *, solve: Solve = map) -> Allocation:
    """Allocate in up to `n_shards` shards; the amounts are those of `allocate`."""
    carrying = problem.carrying()
    tight = replace(problem.only(carrying), fixed_resolution=problem.resolution)
    if not len(tight.need):
        return allocate(problem)
    tight = replace(tight, numbers=tight.numbered(), fixed_ties=coins_of(tight, tight.value()).ties)
    shard = _shard_of(parts_of(tight)[0], n_shards)
    masks = [shard == number for number in range(int(shard.max()) + 1)]
    pieces = [tight.part(mask) for mask in masks]
    amounts = np.zeros(len(problem.need), dtype=np.int64)
    reach, score = np.zeros(len(problem.stock)), np.zeros(len(problem.stock))
    bound = np.zeros(2, dtype=object)
    status: dict[str, dict[str, int]] = {}
    held, in_flow = np.zeros((2, len(problem.wanted)), dtype=bool)
    need_reach = np.zeros(len(problem.wanted), dtype=np.int64)
    rows = np.flatnonzero(carrying)
    for mask, (_, offers), found in zip(masks, pieces, solve(allocate, (piece for piece, _ in pieces)), strict=True):
        amounts[rows[mask]] = found.amounts
        reach[offers] = np.maximum(reach[offers], found.price_reach)
        score[offers] = np.maximum(score[offers], found.price_score)
        bound += found.bound
        needs = np.unique(tight.need[mask])
        held[needs], in_flow[needs] = True, found.in_flow
        if found.need_reach is not None:
            need_reach[needs] = found.need_reach
        for kind, figures in found.status.items():
            own = status.setdefault(kind, dict.fromkeys(figures, 0))
            status[kind] = {name: own[name] + figures[name] for name in figures}
    problem.check(amounts)
    objective = problem.objective(amounts)
    _fill_in(problem, amounts, held, in_flow, need_reach)
    return Allocation(
        amounts, objective, (int(bound[0]), int(bound[1])), problem.resolution, reach, score, status, in_flow,
        need_reach=need_reach,
    )  # fmt: skip


def _fill_in(problem: Problem, amounts: Ints, held: NDArray[np.bool_], in_flow: NDArray[np.bool_], reach: Ints) -> None:
    """The same figures for needs that no shard holds: those of their household's other needs, or its whole weight."""
    direct = np.where(problem.reached(amounts), 0, problem.weight)
    home, flowing, hard = (
        problem.household,
        np.full(len(problem.weight), -1, dtype=np.int64),
        np.zeros(len(direct), bool),
    )
    np.maximum.at(flowing, home[held & in_flow], reach[held & in_flow])
    hard[home[held & ~in_flow & (problem.useful == 1)]] = True
    alone = ~held
    in_flow[alone] = (problem.useful == 1)[alone] & ~hard[home[alone]]
    reach[alone] = np.where(flowing >= 0, flowing, direct)[home[alone]]


def _shard_of(part: Ints, n_shards: int) -> NDArray[np.int64]:
    """(n_pairs,) shard of each pair: the largest parts first, each to the shard that has least."""
    sizes = np.bincount(part)
    load, chosen = [0] * n_shards, np.zeros(len(sizes), dtype=np.int64)
    for number in np.argsort(-sizes, kind="stable"):
        shard = load.index(min(load))
        load[shard] += int(sizes[number])
        chosen[number] = shard
    return np.unique(chosen[part], return_inverse=True)[1].astype(np.int64)
