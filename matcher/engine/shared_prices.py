"""Prices of what households share, by column generation over their bundles (Dantzig and Wolfe 1960).

Each round a linear programme mixes the bundles seen so far; its prices are put to all households, and what they answer
joins the bundles. Every answer bounds the whole problem from above, so the best of all prices asked is a certificate:
who adds up what each household would gain at them need not trust the programme. When no new bundle comes, the mixture
is the best there is and few households are left between two bundles.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from matcher.engine.bundles import Answer, Households
from matcher.engine.problem import Ints

ROUNDS = 30
NEAR = (0.03, 0.01)  # how far prices are shaken to see what households would take a little off them
SHAKES = (6, 20)  # … at the outset for bundles, at the end to see who would change
STEPS = (1.0, 0.4)  # of the way from the best prices so far to the programme's
MISSED = 1e5  # thousandths of score that a unit of weight counts while it cannot be reached
WHOLE = 1e-6
GOLDEN = 0.6180339887498949
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Priced:
    """The best prices found, and what they tell."""

    price: Ints  # (n_shared,) parts of score for one unit
    bound: int  # no allocation that reaches the weight has more score
    amounts: Ints  # (n_pairs,) in the order of `Households`: one bundle each
    is_open: NDArray[np.bool_]  # (n_households,) between two bundles, or not sure of theirs
    changes: Ints  # (n_households,) how often a little change of prices changed the bundle


def best_prices(households: Households, *, price: Ints, reach: int, weight: int, resolution: int) -> Priced:
    """Prices that bound the score of allocations reaching `weight`, starting from (n_shared,) `price` and `reach`."""
    pool = _Bundles(households, resolution)
    best = _Asked(households, price, reach, weight)
    pool.add(best.answer)
    for k in range(SHAKES[0]):
        pool.add(_shaken(households, best, k, NEAR[0]))
    mixed = pool.mixture(weight)
    for _ in range(ROUNDS):
        n_before, origin = pool.n_bundles, best
        for step in STEPS:
            between = np.rint(step * mixed.price + (1 - step) * origin.price).astype(np.int64)
            asked = _Asked(households, between, round(step * mixed.reach + (1 - step) * origin.reach), weight)
            pool.add(asked.answer)
            best = min(best, asked, key=lambda one: one.bound)
        if pool.n_bundles == n_before:
            break
        mixed = pool.mixture(weight)
    taken, is_whole = pool.taken(mixed.shares)
    changes = np.zeros(len(is_whole), dtype=np.int64)
    for k in range(SHAKES[1]):
        other = _shaken(households, best, k, NEAR[1]).amounts != best.answer.amounts
        changes += np.bincount(households.home, weights=other, minlength=len(changes)) > 0
    return Priced(best.price, best.bound, taken, ~is_whole | households.is_odd | ~best.answer.is_sure, changes)


class _Asked:
    """Prices, what households answer, and the bound that follows."""

    def __init__(self, households: Households, price: Ints, reach: int, weight: int) -> None:
        self.price, self.reach = np.maximum(0, price), max(0, reach)
        self.answer = households.answer(self.price, self.reach)
        self.bound = households.bound(self.answer, self.price, self.reach, weight)


def _shaken(households: Households, asked: _Asked, k: int, far: float) -> Answer:
    """What households would take at prices a little off, spread evenly by multiples of the golden ratio."""
    spread = np.modf(np.arange(1, len(asked.price) + 2) * GOLDEN * (2 * k + 1))[0] * 2 - 1
    price = np.rint(asked.price * (1 + far * spread[1:])).astype(np.int64)
    return households.answer(price, round(asked.reach * (1 + far * float(spread[0]))))


@dataclass(frozen=True, slots=True)
class _Mixture:
    price: Floats  # (n_shared,)
    reach: float
    shares: Floats  # (n_bundles,) in [0, 1]


class _Bundles:
    """Bundles that households were seen to take, each once."""

    def __init__(self, households: Households, resolution: int) -> None:
        self.of, self.resolution, self.n_bundles = households, resolution, 0
        self._first = np.searchsorted(households.home, np.arange(len(households.homes.weight) + 1))
        self._sign = _mixed_bits(len(households.pairs) + len(households.homes.weight))
        self._seen = np.zeros(1, dtype=np.uint64)  # of the empty bundle
        none = np.zeros(0, dtype=np.int64)
        self._home, self._weight = [none], [none]
        self._amounts = [sparse.csr_matrix((0, len(households.pairs)), dtype=np.int64)]

    def add(self, answer: Answer) -> None:
        """Keep the bundles that are new."""
        n_pairs = len(self.of.pairs)
        signed = np.cumsum(np.append(np.uint64(0), answer.amounts.astype(np.uint64) * self._sign[:n_pairs]))
        key = signed[self._first[1:]] - signed[self._first[:-1]] + self._sign[n_pairs:] * answer.reached
        fresh = np.flatnonzero(~np.isin(key, self._seen))
        if not len(fresh):
            return
        self._seen = np.concatenate([self._seen, key[fresh]])
        row = np.full(len(key), -1, dtype=np.int64)
        row[fresh] = np.arange(len(fresh))
        at = np.flatnonzero((answer.amounts > 0) & (row[self.of.home] >= 0))
        shape = (len(fresh), n_pairs)
        self._amounts.append(sparse.csr_matrix((answer.amounts[at], (row[self.of.home[at]], at)), shape=shape))
        self._home.append(fresh)
        self._weight.append(self.of.homes.weight[fresh] * answer.reached[fresh])
        self.n_bundles += len(fresh)

    def mixture(self, weight: int) -> _Mixture:
        """The best mixture that reaches `weight` as far as it can, no household with more than one bundle in all."""
        amounts, home = sparse.vstack(self._amounts, format="csr"), np.concatenate(self._home)
        self._collected = amounts, home
        at = np.flatnonzero(np.bincount(home)[home] > 1)
        several, own = np.unique(home[at], return_inverse=True)
        one_each = sparse.csr_matrix((np.ones(len(at)), (own, at)), shape=(len(several), len(home)))
        rows = sparse.vstack([self.of.shares @ amounts.T, one_each, -np.concatenate(self._weight)[None, :]]).tocsc()
        missed = sparse.csc_matrix(([-1.0], ([rows.shape[0] - 1], [0])), shape=(rows.shape[0], 1))
        limit = np.concatenate([self.of.limit, np.ones(one_each.shape[0]), [-weight]]).astype(float)
        gain = np.append((amounts @ self.of.value) / self.resolution, -MISSED)
        most = np.append(np.ones(len(home)), np.inf)
        found = linprog(
            -gain, A_ub=sparse.hstack([rows, missed]), b_ub=limit, bounds=np.stack([np.zeros_like(most), most], axis=1)
        )
        if found.x is None:
            raise ArithmeticError(f"no mixture of bundles found: {found.message}")
        price = np.maximum(0.0, -found.ineqlin.marginals) * self.resolution
        return _Mixture(price[: len(self.of.limit)], float(price[-1]), found.x[:-1])

    def taken(self, shares: Floats) -> tuple[Ints, NDArray[np.bool_]]:
        """(n_pairs,) the amounts of bundles taken whole; (n_households,) whether the mixture leaves no doubt."""
        amounts, home = self._collected
        chosen = np.flatnonzero(shares >= 1 - WHOLE)
        between = np.flatnonzero((shares > WHOLE) & (shares < 1 - WHOLE))
        is_whole = np.ones(len(self.of.homes.weight), dtype=bool)
        is_whole[home[between]] = False
        return np.asarray(amounts[chosen].sum(axis=0), dtype=np.int64).ravel(), is_whole


def _mixed_bits(n: int) -> NDArray[np.uint64]:
    """(n,) numbers without any pattern, the same each time (after Steele, Lea and Flood 2014)."""
    bits = np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(bits ^ (bits >> np.uint64(31)))
