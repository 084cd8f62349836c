"""The loops over blocks of `blocks.py`, pair by pair; in tiles: `tiles.py`.

`needs`, `offers`, `rule` are `NeedRows`, `OfferRows`, `ScoreRule`.
"""

from typing import Any, NamedTuple

import numpy as np

from matcher.engine.compiled import compiled, compiled_sums

NO_OFFER = -1
LEAST = -(2**62)
OUT_OF_REACH = 2**62  # a floor that nothing beats
LEVELS = 4  # county, city, province, nation


@compiled_sums
def dot(a: Any, i: int, b: Any, j: int) -> Any:
    total = np.float32(0.0)
    for k in range(a.shape[1]):
        total += a[i, k] * b[j, k]
    return total


@compiled
def tie_break(need: Any, offer: Any, ties: int) -> Any:
    """A number below `ties` from the two ids' keys (finaliser of splitmix64)."""
    z = need ^ (offer * np.uint64(0x9E3779B97F4A7C15))
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.int64((z ^ (z >> np.uint64(31))) & np.uint64(ties - 1))


@compiled
def share_of(total: Any, part: Any, whole: Any) -> Any:
    """⌊total · part ⁄ whole⌋ by a float64 division, exact while the result × whole stays below 2^53."""
    return np.int64(np.float64(total * part) / np.float64(whole))


class Terms(NamedTuple):
    """The numbers of a `ScoreRule`."""

    content: int
    full: int
    amount: int
    resolution: int
    scale: int
    ties: int


@compiled
def terms_of(rule: Any) -> Any:
    return Terms(rule.content, rule.full, rule.amount, rule.resolution, rule.scale, rule.ties)


@compiled
def value_of(terms: Any, own: Any, wanted: Any, per_case: Any, product: Any, need_key: Any, offer_key: Any) -> Any:
    """Value of one unit of a permitted pair, tie-break included; `own`: the need's own score and nearness, `product`:
    of the two vectors."""
    score = own + terms.amount
    if per_case < wanted:
        score += share_of(terms.amount, per_case, wanted) - terms.amount
    fit = np.int64(max(np.float32(0.0), product))
    score += min(terms.content, share_of(terms.content, fit, terms.full))
    return share_of(score, terms.resolution, wanted) * terms.scale + tie_break(need_key, offer_key, terms.ties)


@compiled
def unit_value(needs: Any, offers: Any, rule: Any, i: int, j: int, level: int) -> Any:
    own, product = needs.own[i] + rule.near[level], dot(needs.vector, i, offers.vector, j)
    return value_of(terms_of(rule), own, needs.wanted[i], offers.per_case[j], product, needs.key[i], offers.key[j])


@compiled
def mark_needs(needs: Any, offers: Any, rule: Any, rows: Any, price: Any, gain: Any, marks: Any) -> None:
    n_areas, n_categories = len(rule.spans), len(rule.meets)
    n_counties = (len(needs.first) - 1) // n_categories
    for j in rows:
        area = offers.block[j] % n_areas
        for category in range(n_categories):
            for other in rule.meets[category]:
                if other != offers.block[j] // n_areas:
                    continue
                begin = needs.first[category * n_counties + rule.spans[area, 0]]
                for i in range(begin, needs.first[category * n_counties + rule.spans[area, 1]]):
                    most = needs.own[i] + rule.near[0] + rule.content + rule.amount
                    ceiling = (share_of(most, rule.resolution, needs.wanted[i]) + 1) * rule.scale
                    if marks[i] or ceiling - price[j] <= gain[i] or not fits(needs, offers, i, j):
                        continue
                    level = 0
                    while needs.areas[i, level] != area:
                        level += 1
                    if unit_value(needs, offers, rule, i, j, level) - price[j] > gain[i]:
                        marks[i] = True


@compiled
def fits(needs: Any, offers: Any, i: int, j: int) -> Any:
    """What is left of the rules inside a block: the donor's groups, and something to give."""
    in_group = offers.groups[j] == 0 or (offers.groups[j] & needs.groups[i]) != 0
    return in_group and offers.stock[j] > 0 and offers.per_case[j] > 0


@compiled
def level_of(needs: Any, offers: Any, rule: Any, i: int, j: int) -> int:
    """The level at which need and offer meet, −1 if the pair is not permitted."""
    if not fits(needs, offers, i, j):
        return -1
    n_areas = len(rule.spans)
    for category in rule.meets[needs.category[i]]:
        if category >= 0:
            for level in range(LEVELS):
                block = category * n_areas + needs.areas[i, level]
                if offers.first[block] <= j < offers.first[block + 1]:
                    return level
    return -1


@compiled
def values_of(needs: Any, offers: Any, rule: Any, need: Any, offer: Any, out: Any) -> None:
    for p in range(len(need)):
        level = level_of(needs, offers, rule, need[p], offer[p])
        if level >= 0:
            out[p] = unit_value(needs, offers, rule, need[p], offer[p], level)


@compiled
def count_offers(needs: Any, offers: Any, rule: Any, start: int, stop: int, out: Any) -> None:
    n_areas = len(rule.spans)
    for i in range(start, stop):
        for category in rule.meets[needs.category[i]]:
            if category < 0:
                continue
            for level in range(LEVELS):
                block = category * n_areas + needs.areas[i, level]
                for j in range(offers.first[block], offers.first[block + 1]):
                    out[i] += fits(needs, offers, i, j)
