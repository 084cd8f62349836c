"""Exact candidates: the permitted pairs are walked block by block (category × area), never listed.

A need meets the offers of its category (and of listed ones) for its county, city, province and the nation: four
runs of rows that lie side by side once offers are sorted. The score of a pair is computed where it is met, from
whole numbers only, so it is the same whoever computes it, in whatever order and on however many threads:

    score = own_i + near[level] + ⌊content · max(0, a_i·b_j) ⁄ full⌋ + ⌊amount · most_ij ⁄ wanted_i⌋

Vectors are float32 with whole-number entries of length ≤ 4096: every partial sum of a_i·b_j stays below 2^24, so
float32 adds exactly.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.engine.block_loops import LEAST, NO_OFFER, count_offers, mark_needs, values_of
from matcher.engine.compiled import in_chunks
from matcher.engine.problem import Ints
from matcher.engine.tiles import TALL, best_needs, best_offers, ranked

LONGEST = 4096  # length of a vector, so that sums stay whole in float32


class NeedRows(NamedTuple):
    """Needs sorted by category, then county; (n_needs,) each unless said otherwise."""

    category: NDArray[np.int64]
    areas: NDArray[np.int64]  # (n_needs, 4): county, city, province, nation as area numbers
    wanted: Ints  # ≥ 1
    own: Ints  # part of the score that depends on the need alone, thousandths
    groups: NDArray[np.int64]  # bits of the groups the beneficiary belongs to
    vector: NDArray[np.float32]  # (n_needs, d) whole numbers, length ≤ LONGEST
    key: NDArray[np.uint64]  # from the id, for the tie-break
    first: Ints  # (n_categories × n_counties + 1,) first row of each category and county


class OfferRows(NamedTuple):
    """Offers sorted by category, then area; (n_offers,) each unless said otherwise."""

    stock: Ints
    per_case: Ints  # the most one need may get
    groups: NDArray[np.int64]  # bits of the groups it is for; 0 for everybody
    vector: NDArray[np.float32]  # (n_offers, d)
    key: NDArray[np.uint64]
    block: Ints  # category × n_areas + area
    first: Ints  # (n_categories × n_areas + 1,) first row of each block


class ScoreRule(NamedTuple):
    """How whole numbers become a score, and a score a unit's value."""

    near: Ints  # (4,) thousandths by level
    content: int  # thousandths at most
    full: int  # a_i·b_j that earns all of them
    amount: int  # thousandths at most
    resolution: int  # parts of a thousandth in which a unit's value is counted
    scale: int  # what a part counts in a unit's value
    ties: int  # a power of 2: numbers below it, made from the two ids, are added to tell equals apart
    meets: Ints  # (n_categories, n) offer categories a need's may meet, −1 for none
    spans: Ints  # (n_areas, 2) first county of each area and the one after its last; counties are areas 0, 1, …


@dataclass(frozen=True, slots=True)
class Blocks:
    needs: NeedRows
    offers: OfferRows
    rule: ScoreRule
    household: Ints  # (n_needs,)
    weight: Ints  # (n_households,) what reaching it counts
    bonus: int  # what a weight of 1 counts beside unit values
    threads: int = 1

    @property
    def n_needs(self) -> int:
        return len(self.household)

    @property
    def n_offers(self) -> int:
        return len(self.offers.stock)

    def best(self, price: Ints, k: int, floor: Ints | None = None) -> tuple[NDArray[np.int32], Ints]:
        """(n_needs, k) twice: for each need the k permitted offers of greatest value − price, best first, and the
        values of one unit; −1 and 0 where fewer are permitted or above `floor` (n_needs,). Exact: every permitted
        pair is looked at."""
        floor = np.full(self.n_needs, LEAST, dtype=np.int64) if floor is None else floor
        offer = np.full((self.n_needs, k), NO_OFFER, dtype=np.int32)
        value = np.zeros((self.n_needs, k), dtype=np.int64)
        by_price = ranked(self.offers, price)

        def work(start: int, stop: int) -> None:
            best_offers(self.needs, self.offers, self.rule, by_price, start, stop, price, floor, offer, value)

        in_chunks(work, self.n_needs, self.threads)
        return offer, value

    def takers(self, offers: Ints, gain: Ints, k: int) -> tuple[NDArray[np.int64], Ints]:
        """(n, k) twice: for each of the n offers given, in rising order, the k permitted needs of greatest
        value − gain, and the values; −1 and 0 where fewer are permitted. Exact."""
        need = np.full((len(offers), k), NO_OFFER, dtype=np.int64)
        value = np.zeros((len(offers), k), dtype=np.int64)

        def work(start: int, stop: int) -> None:
            best_needs(
                self.needs, self.offers, self.rule, offers[start:stop], gain, need[start:stop], value[start:stop]
            )

        in_chunks(work, len(offers), self.threads, rows=TALL)
        return need, value

    def mark_eager(self, offers: Ints, price: Ints, gain: Ints, marks: NDArray[np.bool_]) -> None:
        """Mark in `marks` (n_needs,) every need to which one of these offers is worth more than price and gain."""

        def work(start: int, stop: int) -> None:
            mark_needs(self.needs, self.offers, self.rule, offers[start:stop], price, gain, marks)

        in_chunks(work, len(offers), self.threads, rows=16)

    def worth(self, needs: Ints, offers: Ints) -> Ints:
        """(n_pairs,) value of one unit of single pairs, 0 where a pair is not permitted."""
        value = np.zeros(len(needs), dtype=np.int64)
        values_of(self.needs, self.offers, self.rule, needs, offers, value)
        return value

    def pairs_permitted(self) -> int:
        """How many pairs are permitted."""
        count = np.zeros(self.n_needs, dtype=np.int64)

        def work(start: int, stop: int) -> None:
            count_offers(self.needs, self.offers, self.rule, start, stop, count)

        in_chunks(work, self.n_needs, self.threads)
        return int(count.sum())
