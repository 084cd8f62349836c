"""One allocation in several shards that know nothing of each other, with the same result whatever their number.

Parts share no scarce offer and no household, so each part's optimum is a piece of the whole one. A shard is some
parts as a problem of its own: plain arrays that travel by pickle. One that was lost is solved again alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matcher.engine.allocate import Allocation, allocate, parts_of
from matcher.engine.flow import coins_of
from matcher.engine.problem import Ints, Problem

Solve = Callable[[Callable[[Problem], Allocation], Iterable[Problem]], Iterable[Allocation]]
"""Like `map`: in this process, in a pool, or on other machines; answers in the order of the shards."""


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
    rows = np.flatnonzero(carrying)
    for mask, (_, offers), found in zip(masks, pieces, solve(allocate, (piece for piece, _ in pieces)), strict=True):
        amounts[rows[mask]] = found.amounts
        reach[offers] = np.maximum(reach[offers], found.price_reach)
        score[offers] = np.maximum(score[offers], found.price_score)
        bound += found.bound
        for kind, figures in found.status.items():
            own = status.setdefault(kind, dict.fromkeys(figures, 0))
            status[kind] = {name: own[name] + figures[name] for name in figures}
    problem.check(amounts)
    objective = problem.objective(amounts)
    return Allocation(amounts, objective, (int(bound[0]), int(bound[1])), problem.resolution, reach, score, status)


def _shard_of(part: Ints, n_shards: int) -> NDArray[np.int64]:
    """(n_pairs,) shard of each pair: the largest parts first, each to the shard that has least."""
    sizes = np.bincount(part)
    load, chosen = [0] * n_shards, np.zeros(len(sizes), dtype=np.int64)
    for number in np.argsort(-sizes, kind="stable"):
        shard = load.index(min(load))
        load[shard] += int(sizes[number])
        chosen[number] = shard
    return np.unique(chosen[part], return_inverse=True)[1].astype(np.int64)
