"""The allocation problem as arrays: who wants how much, who has how much, which pairs may meet.

All amounts are whole numbers of one unit common to both sides. Arrays are indexed by need row, offer row,
household row and pair row.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
UNLIMITED = np.int64(2**40)
FINEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    weight: Ints  # (n_households,) what reaching it counts
    household: Ints  # (n_needs,) household row
    wanted: Ints  # (n_needs,) ≥ 1
    useful: Ints  # (n_needs,) 1 … wanted: from here on the household counts as reached
    stock: Ints  # (n_offers,) ≥ 0; UNLIMITED
    need: Ints  # (n_pairs,)
    offer: Ints  # (n_pairs,)
    low: Ints  # (n_pairs,) least amount if any
    high: Ints  # (n_pairs,) most
    score: Ints  # (n_pairs,) thousandths
    caps: tuple[tuple[Ints, int], ...] = ()  # pairs whose amounts together stay within a limit
    exclusive: tuple[Ints, ...] = ()  # needs of which at most one is served
    fixed_resolution: int | None = None
    numbers: tuple[Ints, Ints] | None = None  # of needs and offers in the whole problem, for tie-breaks
    fixed_ties: int | None = None  # how fine tie-breaks are in the whole problem
    floors: tuple[tuple[Ints, int], ...] = ()  # households of which so many are reached, or as many as can be

    @property
    def resolution(self) -> int:
        """Parts of a thousandth in which score × quantity ⁄ requested is counted: 10^6, fewer for huge runs so
        that every sum fits 64 bits."""
        if self.fixed_resolution is not None:
            return self.fixed_resolution
        nodes = len(self.wanted) + len(self.stock) + len(self.weight) + 2
        largest = 2000 * (len(self.wanted) + 1) * (int(self.weight.max(initial=1)) + 1) * nodes
        finest = FINEST
        while finest > 1000 and largest * finest > 2**61:
            finest //= 10
        return finest

    def value(self) -> Ints:
        """(n_pairs,) what one unit adds to objective (ii): ⌊score × resolution ⁄ requested⌋."""
        return self.score * self.resolution // self.wanted[self.need]

    def numbered(self) -> tuple[Ints, Ints]:
        """Numbers of needs and offers that stay the same whatever part of the whole this is."""
        if self.numbers is not None:
            return self.numbers
        return np.arange(len(self.wanted), dtype=np.int64), np.arange(len(self.stock), dtype=np.int64)

    def carrying(self) -> NDArray[np.bool_]:
        """(n_pairs,) pairs that can carry anything."""
        return np.asarray(self.high >= np.maximum(self.low, 1))

    def only(self, keep: NDArray[np.bool_]) -> "Problem":
        """The problem with some of its pairs; rows of needs, offers and households stay as they are."""
        place = np.cumsum(keep) - 1
        caps = tuple((place[pairs[keep[pairs]]], limit) for pairs, limit in self.caps)
        return replace(
            self,
            need=self.need[keep],
            offer=self.offer[keep],
            low=self.low[keep],
            high=self.high[keep],
            score=self.score[keep],
            caps=tuple(cap for cap in caps if len(cap[0])),
        )

    def part(self, pairs: NDArray[np.bool_]) -> tuple["Problem", Ints]:
        """A problem of some pairs with only the needs, offers and households they touch; and those offers' rows.

        Sums are still counted in the resolution of the whole problem.
        """
        needs, need = np.unique(self.need[pairs], return_inverse=True)
        offers, offer = np.unique(self.offer[pairs], return_inverse=True)
        homes, household = np.unique(self.household[needs], return_inverse=True)
        own = self.only(pairs)
        need_number, offer_number = self.numbered()
        exclusive = (np.flatnonzero(np.isin(needs, group)) for group in self.exclusive)
        small = Problem(
            self.weight[homes], household, self.wanted[needs], self.useful[needs], self.stock[offers],
            need, offer, own.low, own.high, own.score, own.caps,
            tuple(group for group in exclusive if len(group) > 1), self.resolution,
            (need_number[needs], offer_number[offers]), self.fixed_ties,
            tuple((np.flatnonzero(np.isin(homes, group)), least) for group, least in self.floors),
        )  # fmt: skip
        return small, offers

    def check(self, amounts: Ints) -> None:
        """Raise ArithmeticError if an allocation breaks a limit; no allocation leaves the engine unchecked."""
        given = np.bincount(self.need, weights=amounts, minlength=len(self.wanted))
        taken = np.bincount(self.offer, weights=amounts, minlength=len(self.stock))
        holds = [
            (amounts >= 0).all(),
            ((amounts == 0) | (amounts >= self.low)).all(),
            (amounts <= self.high).all(),
            (given <= self.wanted).all(),
            (taken <= self.stock).all(),
            all(amounts[pairs].sum() <= limit for pairs, limit in self.caps),
            all((given[needs] > 0).sum() <= 1 for needs in self.exclusive),
        ]
        if not all(holds):
            raise ArithmeticError(f"an allocation breaks its limits: {holds}")

    def reached(self, amounts: Ints) -> NDArray[np.bool_]:
        """(n_households,) whether at least one need of the household gets a useful amount."""
        given = np.bincount(self.need, weights=amounts, minlength=len(self.wanted)).astype(np.int64)
        result = np.zeros(len(self.weight), dtype=bool)
        result[self.household[given >= self.useful]] = True
        return result

    def objective(self, amounts: Ints) -> tuple[int, int]:
        """Objective (i) and (ii) of an allocation."""
        return int(self.weight[self.reached(amounts)].sum()), int((self.value() * amounts).sum())


@dataclass(frozen=True, slots=True)
class Solved:
    """An allocation with what is known of the best possible one."""

    amounts: Ints  # (n_pairs,)
    status: str  # OPTIMAL or FEASIBLE
    bound: tuple[int, int]  # no allocation does better; the second part holds at the first part reached
    price_reach: NDArray[np.float64]  # (n_offers,) objective (i) that one more unit of stock would add
    price_score: NDArray[np.float64]  # (n_offers,) objective (ii), parts of a thousandth
    need_reach: Ints | None = None  # (n_needs,) household weight that one more unit for a need would add, if known
