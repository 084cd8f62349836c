"""Walks over blocks in tiles, where the arithmetic is the limit: many needs × many offers of one block at once as a
product of matrices (exact: whole numbers below 2^24), then one look at each pair's ceiling in float64.

Only a pair whose ceiling, rounding included, could enter a list is scored in whole numbers, from the product at hand.
`needs`, `offers`, `rule` are `NeedRows`, `OfferRows`, `ScoreRule`.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.engine.block_loops import LEAST, LEVELS, dot, terms_of, value_of
from matcher.engine.compiled import compiled, compiled_sums
from matcher.engine.problem import Ints

TALL, WIDE = 128, 256  # of a tile
SMALL = 128  # pairs; tiles with no more are multiplied pair by pair
STRIP = 16  # pairs of one row whose ceilings are looked at together
SLACK = 4096.0  # more than float64 can be wrong by below 2^62
NEVER = 1e300  # a price that nobody pays


class Ranked(NamedTuple):
    """Offers by price inside each block, so that those which are too dear for some needs are the last."""

    row: Ints  # (n_offers,) row of `OfferRows`
    charge: NDArray[np.float64]  # the price, or NEVER where there is nothing to give; rising inside a block
    vector: NDArray[np.float32]


class Lists(NamedTuple):
    """The best partners so far of some rows, best first."""

    net: Ints  # (n_rows, k)
    found: Ints  # (n_rows,)
    least: Ints  # what has to be beaten
    partner: Any  # (n_rows, k)
    value: Ints


class Tile(NamedTuple):
    """Rows × columns, one side needs and the other offers. A pair's ceiling above what its column asks is
    row_factor · factor · max(0, product) + row_base + base."""

    matrix: NDArray[np.float32]  # (TALL, d) vectors of the rows
    row: Ints  # (TALL,)
    place: Ints  # (TALL,) of the rows among the lists
    row_factor: NDArray[np.float64]
    row_base: NDArray[np.float64]
    column: Ints  # (WIDE,)
    factor: NDArray[np.float64]
    base: NDArray[np.float64]
    room: NDArray[np.float32]  # (TALL × WIDE,) for products


def ranked(offers: Any, price: Ints) -> Ranked:
    """All offers of `OfferRows`; blocks stay where they are."""
    charge = np.where((offers.stock > 0) & (offers.per_case > 0), price.astype(np.float64), NEVER)
    row = np.lexsort((charge, offers.block))
    return Ranked(row, charge[row], offers.vector[row])


@compiled
def new_tile(depth: int) -> Any:
    return Tile(
        np.empty((TALL, depth), dtype=np.float32), np.empty(TALL, dtype=np.int64), np.empty(TALL, dtype=np.int64),
        np.empty(TALL, dtype=np.float64), np.empty(TALL, dtype=np.float64), np.empty(WIDE, dtype=np.int64),
        np.ones(WIDE, dtype=np.float64), np.empty(WIDE, dtype=np.float64), np.empty(TALL * WIDE, dtype=np.float32),
    )  # fmt: skip


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
    tile = new_tile(needs.vector.shape[1])
    reach, order = np.empty(n_rows, dtype=np.float64), np.arange(n_rows)
    for level in range(LEVELS):
        begin = start
        while begin < stop:
            category, area, end = needs.category[begin], needs.areas[begin, level], begin
            while end < stop and needs.category[end] == category and needs.areas[end, level] == area:
                end += 1
            for other in rule.meets[category]:
                block = other * n_areas + area
                if other >= 0 and offers.first[block] < offers.first[block + 1]:
                    _reaches(needs, rule, begin, end, start, level, lists.least, reach)
                    if end - begin > TALL:
                        order[: end - begin] = np.argsort(-reach[: end - begin])
                    else:
                        order[: end - begin] = np.arange(end - begin)
                    _meet_block(
                        needs, offers, rule, by_price, begin, end, start, level, offers.first[block],
                        offers.first[block + 1], price, lists, reach, order, tile,
                    )  # fmt: skip
            begin = end


@compiled
def _reaches(needs: Any, rule: Any, begin: int, end: int, start: int, level: int, least: Any, reach: Any) -> None:
    """The price from which on nothing can enter the list of each need."""
    for i in range(begin, end):
        most = needs.own[i] + rule.near[level] + rule.amount + rule.content
        unit = np.float64(rule.resolution * rule.scale) / np.float64(needs.wanted[i])
        reach[i - begin] = most * unit + rule.scale + SLACK - np.float64(least[i - start])


@compiled
def _meet_block(
    needs: Any, offers: Any, rule: Any, by_price: Any, begin: int, end: int, start: int, level: int, first: int,
    last: int, price: Any, lists: Any, reach: Any, order: Any, tile: Any,
) -> None:  # fmt: skip
    """Needs begin … end meet the offers first … last: those that can pay most together, and offers no dearer."""
    for one in range(0, end - begin, TALL):
        n_rows = min(TALL, end - begin - one)
        most = reach[order[one]]
        for r in range(n_rows):
            most = max(most, reach[order[one + r]])
        stop = first + np.searchsorted(by_price.charge[first:last], most)
        if stop == first:
            continue
        for r in range(n_rows):
            i = begin + order[one + r]
            unit = np.float64(rule.resolution * rule.scale) / np.float64(needs.wanted[i])
            tile.row[r], tile.place[r], tile.matrix[r] = i, i - start, needs.vector[i]
            tile.row_factor[r] = rule.content * unit / rule.full
            tile.row_base[r] = (needs.own[i] + rule.near[level] + rule.amount) * unit + rule.scale + SLACK
        for left in range(first, stop, WIDE):
            right = min(left + WIDE, stop)
            for c in range(right - left):
                tile.column[c], tile.base[c] = by_price.row[left + c], -by_price.charge[left + c]
            fit = _products(tile, n_rows, by_price.vector, left, right)
            _enter(needs, offers, rule, level, tile, fit, True, price, lists)


@compiled
def best_needs(needs: Any, offers: Any, rule: Any, which: Any, gain: Any, out_need: Any, out_value: Any) -> None:
    """`which`: offers in rising order."""
    n_areas, n_categories = len(rule.spans), len(rule.meets)
    n_counties = (len(needs.first) - 1) // n_categories
    lists = Lists(
        np.empty(out_need.shape, dtype=np.int64), np.zeros(len(which), dtype=np.int64),
        np.full(len(which), LEAST, dtype=np.int64), out_need, out_value,
    )  # fmt: skip
    tile = new_tile(offers.vector.shape[1])
    n_rows, q = 0, 0
    while q < len(which):
        n_rows, block = 0, offers.block[which[q]]
        while q < len(which) and n_rows < TALL and offers.block[which[q]] == block:
            tile.row[n_rows], tile.place[n_rows], tile.matrix[n_rows] = which[q], q, offers.vector[which[q]]
            tile.row_factor[n_rows] = rule.content / np.float64(rule.full)
            tile.row_base[n_rows] = 0.0
            n_rows += 1
            q += 1
        area = block % n_areas
        for category in range(n_categories):
            for other in rule.meets[category]:
                if other == block // n_areas:
                    start = needs.first[category * n_counties + rule.spans[area, 0]]
                    stop = needs.first[category * n_counties + rule.spans[area, 1]]
                    _meet_needs(needs, offers, rule, start, stop, area, gain, lists, n_rows, tile)


@compiled
def _meet_needs(
    needs: Any, offers: Any, rule: Any, start: int, stop: int, area: int, gain: Any, lists: Any, n_rows: int,
    tile: Any,
) -> None:  # fmt: skip
    level = 0
    while start < stop and needs.areas[start, level] != area:
        level += 1
    for begin in range(start, stop, WIDE):
        end = min(begin + WIDE, stop)
        for i in range(begin, end):
            unit = np.float64(rule.resolution * rule.scale) / np.float64(needs.wanted[i])
            most = (needs.own[i] + rule.near[level] + rule.amount) * unit + rule.scale + SLACK
            c = i - begin
            tile.column[c], tile.factor[c], tile.base[c] = i, unit, most - np.float64(gain[i])
        fit = _products(tile, n_rows, needs.vector, begin, end)
        _enter(needs, offers, rule, level, tile, fit, False, gain, lists)


@compiled
def _products(tile: Any, n_rows: int, matrix: Any, start: int, stop: int) -> Any:
    """(n_rows, stop − start) float32 products of the tile's rows with rows of a matrix."""
    fit = tile.room[: n_rows * (stop - start)].reshape((n_rows, stop - start))
    if n_rows * (stop - start) <= SMALL:
        for r in range(n_rows):
            for c in range(stop - start):
                fit[r, c] = dot(tile.matrix, r, matrix, start + c)
    else:
        np.dot(tile.matrix[:n_rows], matrix[start:stop].T, fit)
    return fit


@compiled_sums
def _highest(fit: Any, row: int, start: int, stop: int, row_factor: Any, factor: Any, base: Any) -> Any:
    """The greatest ceiling of some columns, before what the row adds."""
    most = -np.float64(NEVER)
    for c in range(start, stop):
        most = max(most, row_factor * factor[c] * max(np.float64(0.0), np.float64(fit[row, c])) + base[c])
    return most


@compiled
def _enter(
    needs: Any, offers: Any, rule: Any, level: int, tile: Any, fit: Any, needs_are_rows: bool, asked: Any, lists: Any
) -> None:
    """Take into the list of each row what is good enough among the columns; `asked`: by the columns, price or gain."""
    terms, near = terms_of(rule), rule.near[level]
    own, wanted, groups, key = needs.own, needs.wanted, needs.groups, needs.key
    per_case, stock, closed, offer_key = offers.per_case, offers.stock, offers.groups, offers.key
    net, found, bar, partner, values = lists.net, lists.found, lists.least, lists.partner, lists.value
    factor, base, column, k = tile.factor, tile.base, tile.column, lists.net.shape[1]
    for r in range(fit.shape[0]):
        row, q, row_factor, row_base = tile.row[r], tile.place[r], tile.row_factor[r], tile.row_base[r]
        least = bar[q]
        for strip in range(0, fit.shape[1], STRIP):
            last = min(strip + STRIP, fit.shape[1])
            if _highest(fit, r, strip, last, row_factor, factor, base) + row_base <= least:
                continue
            for c in range(strip, last):
                ceiling = row_factor * factor[c] * max(np.float64(0.0), np.float64(fit[r, c])) + base[c] + row_base
                if ceiling <= least:
                    continue
                i, j = (row, column[c]) if needs_are_rows else (column[c], row)
                if (closed[j] != 0 and closed[j] & groups[i] == 0) or stock[j] <= 0 or per_case[j] <= 0:
                    continue
                value = value_of(terms, own[i] + near, wanted[i], per_case[j], fit[r, c], key[i], offer_key[j])
                gain = value - asked[column[c]]
                if gain <= least:
                    continue
                at = min(found[q], k - 1)
                while at > 0 and net[q, at - 1] < gain:
                    net[q, at], partner[q, at], values[q, at] = net[q, at - 1], partner[q, at - 1], values[q, at - 1]
                    at -= 1
                net[q, at], partner[q, at], values[q, at] = gain, column[c], value
                found[q] = min(k, found[q] + 1)
                if found[q] == k:
                    least = net[q, k - 1]
        bar[q] = least
