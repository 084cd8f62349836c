"""What each household would take at given prices: its best bundle, thresholds and caps included.

A household is small (a few needs, some dozen pairs), so its best answer to prices is found exactly by branch and
bound: the greedy answer without least amounts is a bound, and each least amount that it breaks is either kept or the
pair left out. With prices on everything that households share, the sum over households bounds the whole problem
(Lagrangian relaxation, Geoffrion 1974), and more closely than its linear relaxation, because nobody gets half a
minimum.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.engine.compiled import compiled
from matcher.engine.problem import UNLIMITED, Ints, Problem

NODES = 400  # of the search in one need; beyond that the bound stands for the answer
NEVER = -(2**62)
_NO_CAP = np.zeros(0, dtype=np.uint8)


class Homes(NamedTuple):
    """Households with their needs and pairs in rows of their own: needs by household, pairs by need."""

    need_first: Ints  # (n_households + 1,) first need of each household
    pair_first: Ints  # (n_needs + 1,) first pair of each need
    low: Ints  # (n_pairs,) ≥ 1
    high: Ints
    wanted: Ints  # (n_needs,)
    useful: Ints
    weight: Ints  # (n_households,)
    only: Ints  # (n_needs,) number of the group of which one need may be served, −1 without
    cap_first: Ints  # (n_needs + 1,) first cap of each need
    cap_limit: Ints  # (n_caps,)
    cap_at: Ints  # (n_caps,) where the cap's flags begin in `inside`
    inside: NDArray[np.uint8]  # whether each pair of the need is under the cap


class Answer(NamedTuple):
    """What households answer to prices."""

    amounts: Ints  # (n_pairs,) in the order of `Homes`
    reached: NDArray[np.bool_]  # (n_households,)
    worth: Ints  # (n_households,) of the bundle at these prices
    is_sure: NDArray[np.bool_]  # (n_households,) False where `worth` is only a bound


class Households:
    """The households of a problem, and what they share: stock, and caps that several of them are under."""

    def __init__(self, problem: Problem) -> None:
        p = problem
        self.needs = np.lexsort((np.arange(len(p.wanted)), p.household))
        place = np.argsort(self.needs)
        self.pairs = np.lexsort((p.offer, place[p.need]))  # in the order of `homes`
        own = np.argsort(self.pairs)
        need, n_homes = place[p.need[self.pairs]], len(p.weight)
        self.offer = p.offer[self.pairs]
        self.value = p.value()[self.pairs]
        self.home = p.household[p.need[self.pairs]]  # (n_pairs,)
        self.is_odd = np.zeros(n_homes, dtype=bool)  # bound by something their own answer leaves out
        pair_first = np.searchsorted(need, np.arange(len(self.needs) + 1))
        caps: list[list[tuple[Ints, int]]] = [[] for _ in self.needs]
        shared: list[tuple[Ints, int]] = []
        for group, limit in p.caps:
            rows = own[group]
            if len(set(need[rows].tolist())) > 1:
                shared.append((rows, limit))
            elif all(_is_nested(rows, other) for other, _ in caps[need[rows[0]]]):
                caps[need[rows[0]]].append((rows, limit))
            else:
                self.is_odd[self.home[rows]] = True
        only = np.full(len(self.needs), -1, dtype=np.int64)
        for number, group in enumerate(p.exclusive):
            if (only[place[group]] < 0).all():
                only[place[group]] = number
            else:
                self.is_odd[p.household[group]] = True
        flat = [(i, rows, limit) for i, of_need in enumerate(caps) for rows, limit in of_need]
        flags = [np.isin(np.arange(pair_first[i], pair_first[i + 1]), rows) for i, rows, _ in flat]
        most = np.minimum(p.high[self.pairs], p.wanted[self.needs][need])
        self.homes = Homes(
            np.searchsorted(p.household[self.needs], np.arange(n_homes + 1)),
            pair_first,
            np.maximum(1, p.low[self.pairs]),
            np.where(most >= p.low[self.pairs], most, 0),
            p.wanted[self.needs],
            p.useful[self.needs],
            p.weight,
            only,
            np.concatenate([[0], np.cumsum([len(of_need) for of_need in caps])]).astype(np.int64),
            np.array([limit for _, _, limit in flat], dtype=np.int64),
            np.concatenate([[0], np.cumsum([len(flag) for flag in flags])]).astype(np.int64),
            np.concatenate([*flags, _NO_CAP]).astype(np.uint8),
        )
        scarce = np.flatnonzero(p.stock < UNLIMITED)
        row_of = np.full(len(p.stock), -1, dtype=np.int64)
        row_of[scarce] = np.arange(len(scarce))
        at = np.flatnonzero(row_of[self.offer] >= 0)
        groups = [np.full(len(group), len(scarce) + k) for k, (group, _) in enumerate(shared)]
        rows = np.concatenate([row_of[self.offer[at]], *groups])
        columns = np.concatenate([at, *(group for group, _ in shared)])
        self.limit = np.concatenate([p.stock[scarce], np.array([limit for _, limit in shared], dtype=np.int64)])
        self.scarce = scarce  # offers of the first rows
        self.shares = sparse.csr_matrix(
            (np.ones(len(rows), dtype=np.int64), (rows, columns)), shape=(len(self.limit), len(self.pairs))
        )  # (n_shared, n_pairs) 1 where a pair draws on what is shared

    def answer(self, price: Ints, reach: int) -> Answer:
        """Each household's best bundle at prices ≥ 0 of what is shared, (n_shared,), and `reach` for each unit of
        weight reached."""
        n_homes = len(self.homes.weight)
        found = Answer(
            np.zeros(len(self.pairs), dtype=np.int64),
            np.zeros(n_homes, dtype=bool),
            np.zeros(n_homes, dtype=np.int64),
            np.ones(n_homes, dtype=bool),
        )
        _answer(self.homes, self.value - self.shares.T @ price, np.int64(reach), found)
        return found

    def bound(self, found: Answer, price: Ints, reach: int, weight: int) -> int:
        """What no allocation that reaches `weight` can exceed in score, whatever the prices ≥ 0 were."""
        return int(self.limit @ price) + int(found.worth.sum()) - reach * weight


def _is_nested(some: Ints, other: Ints) -> bool:
    common = len(np.intersect1d(some, other))
    return common in (0, len(some), len(other))


@compiled
def _answer(homes: Any, net: Any, reach: Any, found: Any) -> None:
    """Fill in what every household takes: the sum of what its needs take, or, if that reaches nobody and it is worth
    it, with one need lifted to its useful amount."""
    most = np.int64(1)
    for i in range(len(homes.wanted)):
        most = max(most, homes.pair_first[i + 1] - homes.pair_first[i])
    for h in range(len(homes.weight)):
        a, b = homes.need_first[h], homes.need_first[h + 1]
        free, lifted = np.zeros(b - a, dtype=np.int64), np.full(b - a, NEVER, dtype=np.int64)
        amounts = np.zeros((2, b - a, most), dtype=np.int64)
        takes = np.zeros(b - a, dtype=np.int64)  # 0 nothing, 1 what suits it best, 2 a useful amount
        for i in range(a, b):
            free[i - a], given, sure = _need(homes, net, i, np.int64(0), amounts[0, i - a])
            found.is_sure[h] &= sure
            if sure and given >= homes.useful[i]:
                lifted[i - a] = free[i - a]
                amounts[1, i - a] = amounts[0, i - a]
            else:
                lifted[i - a], given, sure = _need(homes, net, i, homes.useful[i], amounts[1, i - a])
                found.is_sure[h] &= sure
        base = np.int64(0)
        for i in range(a, b):
            if _leads(homes.only, free, a, b, i):
                takes[i - a] = 1
                base += free[i - a]
        best, chosen = base, -1
        for i in range(a, b):
            if lifted[i - a] > NEVER:
                worth = base + lifted[i - a] - free[_rival(homes.only, takes, a, b, i) - a] + reach * homes.weight[h]
                if worth > best:
                    best, chosen = worth, i
        if chosen >= 0:
            takes[_rival(homes.only, takes, a, b, chosen) - a] = 0
            takes[chosen - a] = 2
            found.reached[h] = True
        found.worth[h] = best
        for i in range(a, b):
            if takes[i - a] > 0:
                for e in range(homes.pair_first[i], homes.pair_first[i + 1]):
                    found.amounts[e] = amounts[takes[i - a] - 1, i - a, e - homes.pair_first[i]]


@compiled
def _leads(only: Any, free: Any, a: Any, b: Any, i: Any) -> Any:
    """Whether a need is served by itself: it is in no group, or the first of those that gain most in it."""
    if only[i] < 0:
        return True
    for k in range(a, b):
        if only[k] == only[i] and (free[k - a] > free[i - a] or (free[k - a] == free[i - a] and k < i)):
            return False
    return True


@compiled
def _rival(only: Any, takes: Any, a: Any, b: Any, i: Any) -> Any:
    """The need that is served in a need's place: itself, or the one of its group."""
    if only[i] >= 0:
        for k in range(a, b):
            if only[k] == only[i] and takes[k - a] > 0:
                return k
    return i


@compiled
def _need(homes: Any, net: Any, i: Any, least: Any, best_amounts: Any) -> Any:
    """(value, amount given, is it exact) of the best way to give a need at least `least`; NEVER if there is none."""
    begin, n = homes.pair_first[i], homes.pair_first[i + 1] - homes.pair_first[i]
    order = np.argsort(-net[begin : begin + n])
    amounts, kept = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)  # kept: 0 open, 1 left out, 2 kept
    path = np.zeros(n + 1, dtype=np.int64)
    room = np.zeros(homes.cap_first[i + 1] - homes.cap_first[i], dtype=np.int64)
    best, best_given, depth, nodes = np.int64(NEVER), np.int64(0), 0, 0
    top = np.int64(NEVER)
    if least == 0:
        best = np.int64(0)
    while True:
        value, given = _greedy(homes, net, i, least, order, kept, amounts, room)
        if nodes == 0:
            top = value
        nodes += 1
        branch = -1
        if value > best:
            for e in order:
                if kept[e] == 0 and 0 < amounts[e] < homes.low[begin + e]:
                    branch = e
                    break
            if branch < 0:
                best, best_given = value, given
                best_amounts[:n] = amounts
            elif nodes >= NODES:
                return top, np.int64(0), False
            else:
                kept[branch] = 2
                path[depth] = branch
                depth += 1
                continue
        while depth > 0 and kept[path[depth - 1]] == 1:
            depth -= 1
            kept[path[depth]] = 0
        if depth == 0:
            return best, best_given, True
        kept[path[depth - 1]] = 1


@compiled
def _greedy(homes: Any, net: Any, i: Any, least: Any, order: Any, kept: Any, amounts: Any, room: Any) -> Any:
    """(value, amount given) of the best way with least amounts only where kept, best pairs first. Caps of a need are
    nested, so this is the best there is (Edmonds 1970)."""
    begin, caps = homes.pair_first[i], homes.cap_first[i]
    value, given, left = np.int64(0), np.int64(0), homes.wanted[i]
    room[:] = homes.cap_limit[caps : caps + len(room)]
    for e in order:
        amounts[e] = 0
        if kept[e] == 2:
            amount = homes.low[begin + e]
            amounts[e], value, given, left = amount, value + net[begin + e] * amount, given + amount, left - amount
            for k in range(len(room)):
                if homes.inside[homes.cap_at[caps + k] + e]:
                    room[k] -= amount
    if left < 0 or (len(room) > 0 and room.min() < 0):
        return np.int64(NEVER), given
    for e in order:
        if net[begin + e] <= 0 and given >= least:
            break
        if kept[e] == 1:
            continue
        amount = min(left, homes.high[begin + e] - amounts[e])
        for k in range(len(room)):
            if homes.inside[homes.cap_at[caps + k] + e]:
                amount = min(amount, room[k])
        if net[begin + e] <= 0:
            amount = min(amount, least - given)
        if amount <= 0:
            continue
        amounts[e] += amount
        value, given, left = value + net[begin + e] * amount, given + amount, left - amount
        for k in range(len(room)):
            if homes.inside[homes.cap_at[caps + k] + e]:
                room[k] -= amount
    return (value, given) if given >= least else (np.int64(NEVER), given)
