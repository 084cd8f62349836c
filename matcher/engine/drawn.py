"""A market drawn up from each need's best offers, as one or two looks at the prices found them."""

from typing import Any

import numpy as np

from matcher.engine.auction import Market, make_market
from matcher.engine.blocks import Blocks
from matcher.engine.compiled import compiled, in_chunks
from matcher.engine.problem import Ints


def drawn_market(blocks: Blocks, *looks: Any) -> Market:
    """The market of one or two looks, (offers, values) each; an offer that both found counts once."""
    offer, value = looks[0]
    older, its_value = looks[1] if len(looks) > 1 else (np.zeros((len(offer), 0), dtype=np.int32), value[:, :0])
    first = np.zeros(blocks.n_needs + 1, dtype=np.int64)

    def count(start: int, stop: int) -> None:
        _count_pairs(offer, older, first, start, stop)

    in_chunks(count, blocks.n_needs, blocks.threads)
    np.cumsum(first, out=first)
    need, chosen, worth, high = (np.empty(first[-1], dtype=np.int64) for _ in range(4))
    wanted, per_case = blocks.needs.wanted, blocks.offers.per_case

    def fill(start: int, stop: int) -> None:
        _fill_pairs(offer, value, older, its_value, first, wanted, per_case, start, stop, need, chosen, worth, high)

    in_chunks(fill, blocks.n_needs, blocks.threads)
    return make_market(
        need,
        chosen,
        worth,
        high,
        wanted=wanted,
        household=blocks.household,
        bonus=blocks.weight * blocks.bonus,
        stock=blocks.offers.stock,
    )


def with_pairs(blocks: Blocks, market: Market, need: Ints, offer: Ints, worth: Ints) -> Market:
    """The market with those of the pairs that it does not have yet; no pair is given twice."""
    new = np.zeros(len(need), dtype=bool)
    _lacking(market, need, offer, new)
    order = np.flatnonzero(new)[np.argsort(need[new], kind="stable")]
    need, offer, worth = need[order], offer[order], worth[order]
    columns = tuple(np.empty(len(market.need) + len(need), dtype=np.int64) for _ in range(4))
    _merge(market, need, offer, worth, blocks.needs.wanted, blocks.offers.per_case, *columns)
    return make_market(
        *columns, wanted=market.wanted, household=market.household, bonus=market.bonus, stock=market.stock
    )


@compiled
def _lacking(market: Any, need: Any, offer: Any, out: Any) -> None:
    for p in range(len(need)):
        out[p] = True
        for e in range(market.first[need[p]], market.first[need[p] + 1]):
            if market.offer[e] == offer[p]:
                out[p] = False
                break


@compiled
def _merge(
    market: Any, need: Any, offer: Any, worth: Any, wanted: Any, per_case: Any, to_need: Any, to_offer: Any,
    to_value: Any, to_high: Any,
) -> None:  # fmt: skip
    at, p = 0, 0
    for i in range(len(market.wanted)):
        for e in range(market.first[i], market.first[i + 1]):
            to_need[at], to_offer[at], to_value[at], to_high[at] = i, market.offer[e], market.value[e], market.high[e]
            at += 1
        while p < len(need) and need[p] == i:
            to_need[at], to_offer[at], to_value[at] = i, offer[p], worth[p]
            to_high[at] = min(wanted[i], per_case[offer[p]])
            at += 1
            p += 1


@compiled
def _is_new(offer: Any, older: Any, i: int, b: int) -> bool:
    """Whether place b of the older list of a need holds an offer that the newer list lacks."""
    again = 0
    for a in range(offer.shape[1]):
        again += offer[i, a] == older[i, b]
    return older[i, b] >= 0 and again == 0


@compiled
def _count_pairs(offer: Any, older: Any, first: Any, start: int, stop: int) -> None:
    for i in range(start, stop):
        n = 0
        for a in range(offer.shape[1]):
            n += offer[i, a] >= 0
        for b in range(older.shape[1]):
            n += _is_new(offer, older, i, b)
        first[i + 1] = n


@compiled
def _fill_pairs(
    offer: Any, value: Any, older: Any, its_value: Any, first: Any, wanted: Any, per_case: Any, start: int, stop: int,
    need: Any, chosen: Any, worth: Any, high: Any,
) -> None:  # fmt: skip
    for i in range(start, stop):
        at = first[i]
        for a in range(offer.shape[1]):
            if offer[i, a] >= 0:
                chosen[at], worth[at] = offer[i, a], value[i, a]
                at += 1
        for b in range(older.shape[1]):
            if _is_new(offer, older, i, b):
                chosen[at], worth[at] = older[i, b], its_value[i, b]
                at += 1
        for p in range(first[i], at):
            need[p] = i
            high[p] = min(wanted[i], per_case[chosen[p]])
