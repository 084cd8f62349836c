"""The walks of `block_loops.py` in tiles, where the arithmetic is the limit: many needs × many offers of one block at
once as a product of matrices (exact: whole numbers below 2^24), then one look at each pair's ceiling in float64.

Only a pair whose ceiling, rounding included, could enter is scored in whole numbers, from the product at hand.
`needs`, `offers`, `rule` are `NeedRows`, `OfferRows`, `ScoreRule`.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.engine.block_loops import LEAST, LEVELS, dot, fits, value_of_fit
from matcher.engine.compiled import compiled, compiled_sums
from matcher.engine.problem import Ints

TALL, WIDE = 128, 256  # of a tile: one side gathered, the other as it lies
SMALL = 128  # pairs; tiles with no more are multiplied pair by pair
STRIP = 32  # pairs of one row whose ceilings are looked at together
SLACK = 4096.0  # more than float64 can be wrong by below 2^62
NEVER = 1e300  # a price that nobody pays


@compiled_sums
def highest(fit: Any, row: int, start: int, stop: int, factor: Any, price: Any) -> Any:
    """The greatest factor · max(0, fit) − price of some columns."""
    most = -np.float64(NEVER)
    for c in range(start, stop):
        most = max(most, factor * max(np.float64(0.0), np.float64(fit[row, c])) - price[c])
    return most


@compiled_sums
def highest_of(fit: Any, row: int, start: int, stop: int, factor: Any, base: Any) -> Any:
    """The greatest factor[c] · max(0, fit) + base[c] of some columns."""
    most = -np.float64(NEVER)
    for c in range(start, stop):
        most = max(most, factor[c] * max(np.float64(0.0), np.float64(fit[row, c])) + base[c])
    return most


@compiled
def products(rows: Any, n_rows: int, matrix: Any, start: int, stop: int, room: Any) -> Any:
    """(n_rows, stop − start) float32 products of the gathered rows with rows of a matrix."""
    out = room[: n_rows * (stop - start)].reshape((n_rows, stop - start))
    if n_rows * (stop - start) <= SMALL:
        for r in range(n_rows):
            for c in range(stop - start):
                out[r, c] = dot(rows, r, matrix, start + c)
    else:
        np.dot(rows[:n_rows], matrix[start:stop].T, out)
    return out


class Ranked(NamedTuple):
    """Offers by price inside each block, so that those which are too dear for some needs are the last."""

    row: Ints  # (n_offers,) row of `OfferRows`
    charge: NDArray[np.float64]  # the price, or NEVER where there is nothing to give; rising inside a block
    vector: NDArray[np.float32]


def ranked(offers: Any, price: Ints) -> Ranked:
    """All offers of `OfferRows`; blocks stay where they are."""
    charge = np.where((offers.stock > 0) & (offers.per_case > 0), price.astype(np.float64), NEVER)
    row = np.lexsort((charge, offers.block))
    return Ranked(row, charge[row], offers.vector[row])


@compiled
def best_offers(
    needs: Any, offers: Any, rule: Any, by_price: Any, start: int, stop: int, price: Any, floor: Any, out_offer: Any,
    out_value: Any,
) -> None:  # fmt: skip
    n_areas, n_rows = len(rule.spans), stop - start
    lists = Lists(
        np.empty((n_rows, out_offer.shape[1]), dtype=np.int64), np.zeros(n_rows, dtype=np.int64),
        floor[start:stop].copy(), out_offer[start:stop], out_value[start:stop],
    )  # fmt: skip
    reach = np.empty(n_rows, dtype=np.float64)
    rows = np.empty((TALL, needs.vector.shape[1]), dtype=np.float32)
    room = np.empty(TALL * WIDE, dtype=np.float32)
    for level in range(LEVELS):
        begin = start
        while begin < stop:
            category, area, end = needs.category[begin], needs.areas[begin, level], begin
            while end < stop and needs.category[end] == category and needs.areas[end, level] == area:
                end += 1
            for other in rule.meets[category]:
                block = other * n_areas + area
                if other >= 0 and offers.first[block] < offers.first[block + 1]:
                    _meet_block(
                        needs, offers, rule, by_price, begin, end, start, level, offers.first[block],
                        offers.first[block + 1], price, lists, reach, rows, room,
                    )  # fmt: skip
            begin = end


class Lists(NamedTuple):
    """The best so far of some rows, best first."""

    net: Ints  # (n_rows, k)
    found: Ints  # (n_rows,)
    least: Ints  # what has to be beaten
    partner: Any  # (n_rows, k)
    value: Ints


@compiled
def _enter(lists: Lists, r: int, net: Any, partner: int, value: Any) -> None:
    """Take a pair that is worth more than the least of its row."""
    nets, partners, values = lists.net[r], lists.partner[r], lists.value[r]
    k = len(nets)
    at = min(lists.found[r], k - 1)
    while at > 0 and nets[at - 1] < net:
        nets[at], partners[at], values[at] = nets[at - 1], partners[at - 1], values[at - 1]
        at -= 1
    nets[at], partners[at], values[at] = net, partner, value
    lists.found[r] = min(k, lists.found[r] + 1)
    if lists.found[r] == k:
        lists.least[r] = nets[k - 1]


@compiled
def _meet_block(
    needs: Any, offers: Any, rule: Any, by_price: Any, begin: int, end: int, start: int, level: int, first: int,
    last: int, price: Any, lists: Any, reach: Any, rows: Any, room: Any,
) -> None:  # fmt: skip
    """Needs begin … end meet the offers first … last, those that can pay most together."""
    for i in range(begin, end):
        least = np.float64(lists.least[i - start])
        reach[i - begin] = _unit(needs, rule, i) * (_besides(needs, rule, i, level) + rule.content) - least
        reach[i - begin] += rule.scale + SLACK
    order = np.argsort(-reach[: end - begin]) if end - begin > TALL else np.arange(end - begin)
    for one in range(0, end - begin, TALL):
        n_rows = min(TALL, end - begin - one)
        most = reach[order[one : one + n_rows]].max()
        stop = first + np.searchsorted(by_price.charge[first:last], most)
        if stop == first:
            continue
        for r in range(n_rows):
            rows[r] = needs.vector[begin + order[one + r]]
        for left in range(first, stop, WIDE):
            right = min(left + WIDE, stop)
            fit = products(rows, n_rows, by_price.vector, left, right, room)
            for r in range(n_rows):
                i = begin + order[one + r]
                _enter_offers(needs, offers, rule, by_price, i, i - start, level, fit, r, left, price, lists)


@compiled
def _enter_offers(
    needs: Any, offers: Any, rule: Any, by_price: Any, i: int, q: int, level: int, fit: Any, r: int, left: int,
    price: Any, lists: Any,
) -> None:  # fmt: skip
    """Take into the list of need i what is good enough among the columns of a tile."""
    charge = by_price.charge[left : left + fit.shape[1]]
    unit = _unit(needs, rule, i)
    factor = rule.content * unit / rule.full
    base = _besides(needs, rule, i, level) * unit + rule.scale + SLACK
    for strip in range(0, fit.shape[1], STRIP):
        if base + rule.content * unit - charge[strip] <= lists.least[q]:
            break
        last = min(strip + STRIP, fit.shape[1])
        if highest(fit, r, strip, last, factor, charge) + base <= lists.least[q]:
            continue
        for c in range(strip, last):
            ceiling = factor * max(np.float64(0.0), np.float64(fit[r, c])) - charge[c] + base
            if ceiling > lists.least[q] and fits(needs, offers, i, by_price.row[left + c]):
                j = by_price.row[left + c]
                value = value_of_fit(needs, offers, rule, i, j, level, fit[r, c])
                if value - price[j] > lists.least[q]:
                    _enter(lists, q, value - price[j], j, value)


@compiled
def _unit(needs: Any, rule: Any, i: int) -> Any:
    """What a thousandth of score counts for need i in the value of one unit."""
    return np.float64(rule.resolution * rule.scale) / np.float64(needs.wanted[i])


@compiled
def _besides(needs: Any, rule: Any, i: int, level: int) -> Any:
    """The most thousandths that a need can score besides content."""
    return needs.own[i] + rule.near[level] + rule.amount


@compiled
def best_needs(needs: Any, offers: Any, rule: Any, which: Any, gain: Any, out_need: Any, out_value: Any) -> None:
    """`which`: offers in rising order."""
    n_areas, n_categories = len(rule.spans), len(rule.meets)
    n_counties = (len(needs.first) - 1) // n_categories
    rows = np.empty((TALL, offers.vector.shape[1]), dtype=np.float32)
    room = np.empty(TALL * WIDE, dtype=np.float32)
    factor, base = np.empty(WIDE, dtype=np.float64), np.empty(WIDE, dtype=np.float64)
    lists = Lists(
        np.empty(out_need.shape, dtype=np.int64), np.zeros(len(which), dtype=np.int64),
        np.full(len(which), LEAST, dtype=np.int64), out_need, out_value,
    )  # fmt: skip
    q = 0
    while q < len(which):
        first, block = q, offers.block[which[q]]
        while q < len(which) and q - first < TALL and offers.block[which[q]] == block:
            rows[q - first] = offers.vector[which[q]]
            q += 1
        area = block % n_areas
        for category in range(n_categories):
            for other in rule.meets[category]:
                if other != block // n_areas:
                    continue
                start = needs.first[category * n_counties + rule.spans[area, 0]]
                stop = needs.first[category * n_counties + rule.spans[area, 1]]
                level = 0
                while start < stop and needs.areas[start, level] != area:
                    level += 1
                for begin in range(start, stop, WIDE):
                    end = min(begin + WIDE, stop)
                    _ceilings(needs, rule, begin, end, level, gain, factor, base)
                    fit = products(rows, q - first, needs.vector, begin, end, room)
                    for r in range(q - first):
                        _enter_needs(
                            needs, offers, rule, which[first + r], first + r, level, fit, r, begin, factor, base,
                            gain, lists,
                        )  # fmt: skip


@compiled
def _ceilings(needs: Any, rule: Any, begin: int, end: int, level: int, gain: Any, factor: Any, base: Any) -> None:
    """What of its fit and what besides a need would pay at most above its gain."""
    for i in range(begin, end):
        unit = _unit(needs, rule, i)
        factor[i - begin] = rule.content * unit / rule.full
        most = _besides(needs, rule, i, level) * unit + rule.scale + SLACK
        base[i - begin] = most - np.float64(gain[i])


@compiled
def _enter_needs(
    needs: Any, offers: Any, rule: Any, j: int, q: int, level: int, fit: Any, r: int, begin: int, factor: Any,
    base: Any, gain: Any, lists: Any,
) -> None:  # fmt: skip
    """Take into the list of offer j the needs of a tile's columns that gain enough."""
    for strip in range(0, fit.shape[1], STRIP):
        last = min(strip + STRIP, fit.shape[1])
        if highest_of(fit, r, strip, last, factor, base) <= lists.least[q]:
            continue
        for c in range(strip, last):
            i = begin + c
            ceiling = factor[c] * max(np.float64(0.0), np.float64(fit[r, c])) + base[c]
            if ceiling > lists.least[q] and fits(needs, offers, i, j):
                value = value_of_fit(needs, offers, rule, i, j, level, fit[r, c])
                if value - gain[i] > lists.least[q]:
                    _enter(lists, q, value - gain[i], i, value)
