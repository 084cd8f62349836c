"""One currency for three wishes in order: weight of households reached, then score, then the tie-break.

Every exchange of one optimum for another falls into closed walks that pass each offer at most once. So a coin of
the higher kind worth more than all lower coins that one walk can move makes the sum decide exactly in order.
"""

from typing import NamedTuple

import numpy as np

from matcher.engine.problem import Ints

LARGEST = 2**60  # that a price may become
MOST_TIES = 2**20


class Coins(NamedTuple):
    scale: int  # one part of score
    ties: int  # tie-breaks are below it; a power of 2
    bonus: int  # one unit of household weight


def make_coins(top_value: int, top_weight: int, n_offers: int, n_needs: int, *, most_ties: int = MOST_TIES) -> Coins:
    """For scores up to `top_value` parts a unit and weights up to `top_weight`; `most_ties` a power of 2.

    Raises OverflowError if even without tie-break the sums could leave 64 bits.
    """
    walk = 2 * (min(n_offers, n_needs) + 1)
    ties = most_ties
    while True:
        scale = max(1, ties * walk) if ties > 1 else 1
        bonus = (top_value + 1) * scale * walk
        if (top_weight + 1) * bonus <= LARGEST:
            return Coins(scale, ties, bonus)
        if ties == 1:
            raise OverflowError("scores and weights are too large to be counted in 64 bits")
        ties //= 2


def split(price: Ints, coins: Coins) -> tuple[Ints, Ints]:
    """Household weight and score parts of prices."""
    weight = (price + coins.bonus // 2) // coins.bonus
    return weight, (price - weight * coins.bonus + coins.scale // 2) // coins.scale


def tie_breaks(need_key: np.ndarray, offer_key: np.ndarray, ties: int) -> Ints:
    """(n_pairs,) numbers below `ties` from two uint64 keys each (finaliser of splitmix64)."""
    z = need_key ^ (offer_key * np.uint64(0x9E3779B97F4A7C15))
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) & np.uint64(ties - 1)).astype(np.int64)
