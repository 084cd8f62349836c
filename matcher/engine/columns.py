"""The certified optimum over all permitted pairs of blocks, without ever listing them (column generation).

The market starts with each need's best offers and takes, between bid steps, the offers that are best at the prices
so far, and the needs that would take what is left. Solved exactly, its prices are held against every permitted pair:
a pair worth more than its price and its need's gain is added and the flow repaired. When there is none left, the flow
is the optimum over all pairs and the prices prove it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import log10
from typing import Any

import numpy as np

from matcher.engine.auction import Market
from matcher.engine.block_loops import OUT_OF_REACH
from matcher.engine.blocks import Blocks
from matcher.engine.compiled import compiled
from matcher.engine.drawn import drawn_market, with_pairs
from matcher.engine.problem import Ints
from matcher.engine.transport import Circulation, answered, best_answers, best_gains, bid_steps, opening_prices

K = 8  # offers of each need in the market, up to 100,000 needs; above that K_MORE for each tenfold
K_MORE = 2
K_NEW = 4  # pairs added for a need, and for an offer, in one round
ROUNDS = 4  # times at most that what is not sold out is offered at lower prices, and needs meet what suits them better
FEW, FEW_UNSOLD = 100, 1000  # … while those, or units without a bid, are more than one for so many needs
AGAIN = 5  # at least so many bid steps after each look
K_TAKERS = 64  # needs that an offer with something left meets
K_EARLY = 24  # … when the market is drawn up anew
LOOKS_AT_PRICES = (0.4, 0.7, 1.0)  # after these shares of the bid steps the market is drawn up anew


@dataclass(slots=True)
class Optimum:
    """The best allocation over all permitted pairs. Pairs are those of the market; all others carry nothing."""

    need: Ints  # (n_pairs,)
    offer: Ints
    value: Ints  # of one unit, with tie-break
    amounts: Ints
    price: Ints  # (n_offers,) with bonus and tie-break
    gain: Ints  # (n_needs,)
    violators: list[int]  # pairs added in each round; the last entry is 0
    paths: int
    circulation: Circulation

    def objective(self, blocks: Blocks) -> tuple[int, int, int]:
        return objective(blocks, self.need, self.value, self.amounts)


def optimum(blocks: Blocks, *, k: int | None = None, told: Callable[[str], None] = lambda stage: None) -> Optimum:
    """Solve to the end. `told` hears the name of each stage when it is done."""
    k = k or K + round(K_MORE * max(0.0, log10(max(1, blocks.n_needs) / 100_000)))
    columns = _Columns(blocks, *_market_at_prices(blocks, k, told))
    columns.attract()
    told("takers for what is left")
    columns.settle()
    told("flow")
    violators = [columns.add_violators()]
    told("pricing")
    while violators[-1]:
        columns.settle()
        told("repair")
        violators.append(columns.add_violators())
        told("pricing")
    state = columns.state
    return Optimum(
        columns.need, columns.offer, columns.value, columns.amounts, state.price, state.gain, violators, state.paths,
        state,
    )  # fmt: skip


def objective(blocks: Blocks, need: Ints, value: Ints, amounts: Ints) -> tuple[int, int, int]:
    """Weight of the households reached, score in parts, tie-breaks of an allocation."""
    given = np.zeros(len(blocks.weight), dtype=np.int64)
    np.add.at(given, blocks.household[need], amounts)
    parts, ties = np.divmod(value, blocks.rule.scale)
    return int(blocks.weight[given > 0].sum()), int((parts * amounts).sum()), int((ties * amounts).sum())


def bound(blocks: Blocks, price: Ints) -> tuple[int, int, int]:
    """What no allocation of permitted pairs can exceed, from prices ≥ 0 alone, in the parts of `objective`: all stock
    at its price and what each household would gain by buying what suits it best (Lagrangian duality)."""
    most = int(blocks.needs.wanted.max(initial=1))
    market = drawn_market(blocks, blocks.best(price, min(most, max(1, blocks.n_offers))))
    gain = best_gains(market, price)
    total = 0
    for amount, each in ((blocks.offers.stock, price), (np.ones(len(gain), dtype=np.int64), gain)):
        weight, rest = np.divmod(each, blocks.bonus)
        total += int((amount * weight).sum()) * blocks.bonus
        high, low = np.divmod(rest, 2**30)
        total += (int((amount * high).sum()) << 30) + int((amount * low).sum())
    weight_, rest_ = divmod(total, blocks.bonus)
    return weight_, *divmod(rest_, blocks.rule.scale)


def total(blocks: Blocks, parts: tuple[int, int, int]) -> int:
    """Weight, score parts and tie-breaks as one number; of a bound and an objective these are to be compared, since
    tie-breaks of a large allocation may add up to more than one part."""
    return (parts[0] * blocks.bonus) + parts[1] * blocks.rule.scale + parts[2]


def opening(blocks: Blocks, market: Market) -> tuple[Ints, Ints]:
    """Opening prices of a market of blocks, and the units held at them."""
    nothing = np.zeros(blocks.n_offers, dtype=np.int64)
    return opening_prices(market, nothing, bid_steps(market, bonus=blocks.bonus), bonus=blocks.bonus)


class _Columns:
    """A market that grows: its pairs, and the circulation over them."""

    def __init__(self, blocks: Blocks, market: Market, price: Ints, held: Ints) -> None:
        self.blocks, self.state = blocks, answered(market, price, held)
        self.need, self.offer, self.value = market.need, market.offer, market.value
        self._arc = np.arange(len(market.need), dtype=np.int64)
        self._held: tuple[Ints, Ints, Ints] | None = None  # price, gain, needs with violators at the last look

    @property
    def amounts(self) -> Ints:
        return self.state.graph.flow[self._arc]

    def settle(self) -> None:
        self.state.settle(np.flatnonzero(self.state.graph.excess))

    def attract(self) -> None:
        """Offers that are not sold out at their price meet the needs that would come first if it fell. Of needs that
        would come at once no more are let in than there are units left."""
        state = self.state
        left = state.graph.excess[: self.blocks.n_offers]
        offers = np.flatnonzero(left > 0)
        if len(offers):
            found, value = self.blocks.takers(offers, state.gain, K_TAKERS)
            comes = value - state.gain[found] > state.price[offers][:, None]
            few = np.arange(K_TAKERS)[None, :] < left[offers][:, None]
            row, place = np.nonzero((found >= 0) & (few | ~comes))
            self._add(found[row, place], offers[row], value[row, place])

    def add_violators(self) -> int:
        """Add permitted pairs outside the market that are worth more than price and gain, up to K_NEW for each
        need and K_NEW for each offer; returns how many.

        Pairs of the market can be worth more only where they are used to the full, so a list longer by their
        number shows a new one wherever there is any.
        """
        state, blocks, amounts = self.state, self.blocks, self.amounts
        price, gain = state.price, state.gain
        full = int(_tighten(self.need, self.offer, self.value, amounts, price, blocks.needs.wanted, gain))
        state.graph.potential[blocks.n_offers : blocks.n_offers + blocks.n_needs] = -gain
        found, worth = blocks.best(price, K_NEW + full, self._floor(price, gain))
        row, place = np.nonzero(found >= 0)
        offer, value = found[row, place].astype(np.int64), worth[row, place]
        new = ~_known(state.graph, row, offer, blocks.n_offers)
        row, offer, value = row[new], offer[new], value[new]
        self._held = price, gain, row
        order = np.lexsort((row, gain[row] - value, offer))
        rank = np.arange(len(order)) - np.searchsorted(offer[order], offer[order])
        keep = np.sort(order[rank < K_NEW])
        return self._add(row[keep], offer[keep], value[keep])

    def _floor(self, price: Ints, gain: Ints) -> Ints:
        """(n_needs,) the gain that a new pair must beat; out of reach for needs to which no pair can be worth more
        than at the last look: it had none, their gain has not fallen, nor has the price of an offer they may meet."""
        if self._held is None:
            return gain
        old_price, old_gain, again = self._held
        look = gain < old_gain
        look[again] = True
        self.blocks.mark_eager(np.flatnonzero(price < old_price), price, gain, look)
        return np.where(look, gain, OUT_OF_REACH)

    def _add(self, need: Ints, offer: Ints, value: Ints) -> int:
        """Add those of the pairs that the market does not have yet."""
        new = ~_known(self.state.graph, need, offer, self.blocks.n_offers)
        need, offer, value = need[new], offer[new], value[new]
        high = np.minimum(self.blocks.needs.wanted[need], self.blocks.offers.per_case[offer])
        self._arc = np.concatenate([self._arc, self.state.add(need, offer, value, high)])
        self.need, self.offer = np.concatenate([self.need, need]), np.concatenate([self.offer, offer])
        self.value = np.concatenate([self.value, value])
        return len(need)


def truncated(blocks: Blocks, k: int) -> Market:
    """The market of each need's k best offers, prices set aside."""
    return drawn_market(blocks, blocks.best(np.zeros(blocks.n_offers, dtype=np.int64), k))


def _market_at_prices(blocks: Blocks, k: int, told: Callable[[str], None]) -> tuple[Market, Ints, Ints]:
    lists = blocks.best(np.zeros(blocks.n_offers, dtype=np.int64), k)
    market = drawn_market(blocks, lists)
    told("candidates")
    steps = bid_steps(market, bonus=blocks.bonus)
    cuts = [0, *(int(share * len(steps)) for share in LOOKS_AT_PRICES), len(steps)]
    price, held = np.zeros(blocks.n_offers, dtype=np.int64), np.zeros(0, dtype=np.int64)
    for begin, end in pairwise(cuts):
        if begin:
            at_prices = blocks.best(price, k)
            market = drawn_market(blocks, at_prices, lists)
            lists = at_prices
            told("candidates at prices")
            flow, need_pot, _ = best_answers(market, price, np.zeros(len(market.need), dtype=np.int64))
            left = _left(market, price, flow)
            market, price = _offered_again(blocks, market, price, left, -need_pot, 2 * steps[begin - 1], K_EARLY)
            told("offered again")
        price, held = opening_prices(market, price, steps[max(0, min(begin, end - AGAIN)) : end], bonus=blocks.bonus)
        told("auction")
    for _ in range(ROUNDS):
        flow, need_pot, _ = best_answers(market, price, held)
        left = _left(market, price, flow)
        wider = _with_better(blocks, market, price, -need_pot)
        short, held = len(wider.need) - len(market.need), _carried(market, wider, held)
        market = wider
        unsold = _left(market, price, held)  # in the auction's own book: only a fall of prices can sell these
        if int(np.maximum(0, unsold).sum()) * FEW_UNSOLD + short * FEW <= blocks.n_needs:
            break
        market, price = _offered_again(blocks, market, price, left, -need_pot, 2 * steps[-1], K_TAKERS)
        price, held = opening_prices(market, price, steps, bonus=blocks.bonus)
        told("offered again, auction")
    return market, price, held


def _left(market: Market, price: Ints, flow: Ints) -> Ints:
    """(n_offers,) units that nobody takes at a price; below 0 where more are wanted than there are."""
    left = market.stock.copy()
    np.subtract.at(left, market.offer, flow)
    left[price == 0] = 0
    return left


def _with_better(blocks: Blocks, market: Market, price: Ints, gain: Ints) -> Market:
    """The market with pairs that are worth more than price and gain, up to K_NEW for each need."""
    offer, value = blocks.best(price, K_NEW, gain)
    row, place = np.nonzero(offer >= 0)
    return with_pairs(blocks, market, row, offer[row, place].astype(np.int64), value[row, place])


def _carried(market: Market, wider: Market, held: Ints) -> Ints:
    """(n_pairs,) what is held, by the pairs of a market that has more of them."""
    carried = np.zeros(len(wider.need), dtype=np.int64)
    carried[np.arange(len(market.need)) + (wider.first - market.first)[market.need]] = held
    return carried


def _offered_again(
    blocks: Blocks, market: Market, price: Ints, left: Ints, gain: Ints, less: int, most: int
) -> tuple[Market, Ints]:
    """Offers that are not sold out meet the needs that would come first if their price fell, up to `most` each, and
    their price falls to where as many come as there are units left."""
    offers = np.flatnonzero(left > 0)
    found, value = blocks.takers(offers, gain, most)
    eager = np.where(found >= 0, value - gain[found], 0)
    last = np.minimum(left[offers], most) - 1
    lower = price.copy()
    lower[offers] = np.clip(eager[np.arange(len(offers)), last] - less, 0, price[offers])
    row, place = np.nonzero(found >= 0)
    return with_pairs(blocks, market, found[row, place], offers[row], value[row, place]), lower


@compiled
def _tighten(need: Any, offer: Any, value: Any, amounts: Any, price: Any, wanted: Any, gain: Any) -> Any:
    """Raise the gain of needs that got all they want to what their least pair is worth; returns how many pairs
    above its gain a need may have at most."""
    given = np.zeros(len(wanted), dtype=np.int64)
    n_used = np.zeros(len(wanted), dtype=np.int64)
    least = np.full(len(wanted), 2**62, dtype=np.int64)
    for p in range(len(need)):
        if amounts[p] > 0:
            i = need[p]
            given[i] += amounts[p]
            n_used[i] += 1
            least[i] = min(least[i], value[p] - price[offer[p]])
    most = np.int64(0)
    for i in range(len(wanted)):
        if given[i] == wanted[i]:
            gain[i] = max(gain[i], least[i])
            n_used[i] -= 1
        most = max(most, n_used[i])
    return most


@compiled
def _known(graph: Any, need: Any, offer: Any, n_offers: int) -> Any:
    """(n_pairs,) whether the graph has an arc for the pair."""
    found = np.zeros(len(need), dtype=np.bool_)
    for p in range(len(need)):
        node = n_offers + need[p]
        for at in range(graph.start[node], graph.start[node] + graph.degree[node]):
            e = graph.links[at] >> 1
            if graph.tail[e] == offer[p] and graph.head[e] == node:
                found[p] = True
                break
    return found
