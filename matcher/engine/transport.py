"""The exact optimum of a market: prices from the auction, each household's best answer, then `settle`."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from matcher.engine.auction import Market, bid, steps_between
from matcher.engine.compiled import compiled
from matcher.engine.network import Graph, add_arcs, mend, new_graph
from matcher.engine.paths import Scratch, new_scratch, settle
from matcher.engine.problem import Ints

FINEST_STEP = 50_000  # of the largest value


@dataclass(slots=True)
class Circulation:
    """The graph of a market, optimal. Arcs in this order: pairs, stock, need → household, first unit, more units.

    Nodes: offers, needs, households of several needs, root.
    """

    market: Market
    graph: Graph
    scratch: Scratch
    paths: int = 0  # augmenting paths so far

    def settle(self, nodes: Ints) -> None:
        """Bring nodes into balance."""
        self.paths += int(settle(self.graph, self.scratch, nodes))

    def add(self, need: Ints, offer: Ints, value: Ints, high: Ints) -> Ints:
        """More pairs, filled where that gains; returns their arcs. Nodes are left to be settled."""
        arcs = np.arange(len(need), dtype=np.int64) + int(self.graph.used[0])
        self.graph = add_arcs(self.graph, offer, len(self.market.stock) + need, high, -value)
        mend(self.graph, arcs, np.zeros(2 * len(need), dtype=np.int64))
        return arcs

    @property
    def amounts(self) -> Ints:
        """(n_arcs,) units of each pair of the market."""
        return self.graph.flow[: len(self.market.offer)]

    @property
    def price(self) -> Ints:
        """(n_offers,) prices that prove the optimum, ≥ 0."""
        return np.maximum(0, self.graph.potential[: len(self.market.stock)])

    @property
    def gain(self) -> Ints:
        """(n_needs,) what one more offer at no price would have to be worth before the need took a unit of it."""
        n = len(self.market.stock)
        return -self.graph.potential[n : n + len(self.market.wanted)]


def circulate(market: Market, price: Ints, held: Ints) -> Circulation:
    """Solve exactly, from any prices ≥ 0; good prices make it quick. `held` breaks ties of the first answer."""
    state = answered(market, price, held)
    state.settle(np.flatnonzero(state.graph.excess))
    return state


def answered(market: Market, price: Ints, held: Ints, *, merged: bool = True) -> Circulation:
    """Every household's best answer to prices: optimal but for offers that are sold too often or not sold out.

    `merged`: a need that is the only one of its household stands for it; else every household has its own node.
    """
    n_offers, n_needs, n_homes = len(market.stock), len(market.wanted), len(market.bonus)
    members = np.diff(market.home_first)
    flow, need_pot, home_pot = best_answers(market, price, held)
    shared = np.flatnonzero(members > (1 if merged else 0))
    need_node = n_offers + np.arange(n_needs)
    home_node = np.zeros(n_homes, dtype=np.int64)
    home_node[market.household] = need_node
    home_node[shared] = n_offers + n_needs + np.arange(len(shared))
    root = n_offers + n_needs + len(shared)
    given = np.bincount(market.need, weights=flow, minlength=n_needs)
    at_home = np.bincount(market.household, weights=given, minlength=n_homes).astype(np.int64)
    wanted_home = np.bincount(market.household, weights=market.wanted, minlength=n_homes).astype(np.int64)
    sold = np.bincount(market.offer, weights=flow, minlength=n_offers).astype(np.int64)
    stock = market.stock
    inside = np.flatnonzero(np.isin(market.household, shared))
    blocks = (
        (market.offer, need_node[market.need], market.high, -market.value, flow),
        (root, np.arange(n_offers), stock, 0, np.where(price > 0, stock, np.minimum(stock, sold))),
        (need_node[inside], home_node[market.household[inside]], market.wanted[inside], 0, given[inside]),
        (home_node, root, 1, -market.bonus, np.minimum(1, at_home)),
        (home_node, root, wanted_home - (1 if merged else 0), 0, np.maximum(0, at_home - 1)),
    )
    potential = np.concatenate([price, need_pot, home_pot[shared], np.zeros(1, dtype=np.int64)])
    return Circulation(market, new_graph(root, _joined(blocks), potential), new_scratch(root))


def best_answers(market: Market, price: Ints, held: Ints) -> tuple[Ints, Ints, Ints]:
    """(n_pairs,) what households buy at these prices; (n_needs,) and (n_households,) potentials that prove it."""
    flow = np.zeros(len(market.offer), dtype=np.int64)
    need_pot = np.zeros(len(market.wanted), dtype=np.int64)
    home_pot = np.zeros(len(market.bonus), dtype=np.int64)
    _answer(market, price, held, flow, need_pot, home_pot)
    return flow, need_pot, home_pot


def opening_prices(market: Market, start: Ints, steps: list[int], *, bonus: int) -> tuple[Ints, Ints]:
    """(n_offers,) nearly right prices; (n_pairs,) units held at them. `bonus`: what a weight of 1 counts in
    `market.bonus`; the auction works with a smaller one, still above all values, and translates its prices back."""
    small = min(bonus, 8 * int(market.value.max(initial=1)))
    lesser = market._replace(bonus=market.bonus // bonus * small)
    price, held = bid(lesser, translated(start, bonus, small), steps)
    price = translated(price, small, bonus)
    nothing = market.stock <= 0
    price[nothing] = int(market.value.max(initial=1)) + int(market.bonus.max(initial=0))
    return price, held


def bid_steps(market: Market, *, bonus: int) -> list[int]:
    """From an eighth of the largest price there can be down to a fiftieth of a thousandth of the best score."""
    top, weight = int(market.value.max(initial=1)), int(market.bonus.max(initial=0)) // bonus
    coarse = max(1, (8 * weight + 1) * top // 8)
    return steps_between(coarse, max(1, top // FINEST_STEP))


def translated(price: Ints, old: int, new: int) -> Ints:
    """Prices with another bonus."""
    weight = (price + old // 2) // old
    return np.maximum(0, weight * new + (price - weight * old))


def _joined(blocks: Any) -> Any:
    sizes = [next(len(part) for part in block if np.ndim(part)) for block in blocks]
    return tuple(
        np.concatenate(
            [np.broadcast_to(np.asarray(b[k], dtype=np.int64), n) for b, n in zip(blocks, sizes, strict=True)]
        )
        for k in range(5)
    )


@compiled
def _answer(market: Any, price: Any, held: Any, flow: Any, need_pot: Any, home_pot: Any) -> None:
    """What each household buys at these prices, and potentials that make it its best choice."""
    for h in range(len(market.bonus)):
        total, best, best_net = np.int64(0), -1, np.int64(-(2**62))
        for q in range(market.home_first[h], market.home_first[h + 1]):
            i = market.members[q]
            lo, hi = market.first[i], market.first[i + 1]
            net = np.empty(hi - lo, dtype=np.int64)
            for e in range(lo, hi):
                net[e - lo] = market.value[e] - price[market.offer[e]]
                if market.high[e] > 0 and (net[e - lo] > best_net or (net[e - lo] == best_net and held[e] > 0)):
                    best, best_net = e, net[e - lo]
            left = market.wanted[i]
            if best_net >= 0:
                for t in np.argsort(-2 * net - (held[lo:hi] > 0)):
                    if left == 0 or net[t] < 0 or (net[t] == 0 and held[lo + t] == 0):
                        break
                    amount = min(left, market.high[lo + t])
                    flow[lo + t] = amount
                    left -= amount
                    if left == 0:
                        need_pot[i] = -net[t]
            total += market.wanted[i] - left
        if total > 0:
            continue
        home_pot[h] = market.bonus[h]
        if best >= 0 and -best_net < market.bonus[h] + (held[best] > 0):
            flow[best] = 1
            home_pot[h] = -best_net
        for q in range(market.home_first[h], market.home_first[h + 1]):
            need_pot[market.members[q]] = home_pot[h]


@compiled
def best_gains(market: Any, price: Any) -> Any:
    """(n_households,) what each household gains by buying what suits it best at these prices."""
    gain = np.zeros(len(market.bonus), dtype=np.int64)
    for h in range(len(market.bonus)):
        best = np.int64(-(2**62))
        total = np.int64(0)
        for q in range(market.home_first[h], market.home_first[h + 1]):
            i = market.members[q]
            lo, hi = market.first[i], market.first[i + 1]
            net = market.value[lo:hi] - price[market.offer[lo:hi]]
            left = market.wanted[i]
            for t in np.argsort(-net):
                best = max(best, net[t])
                amount = min(left, market.high[lo + t])
                if net[t] > 0:
                    total += net[t] * amount
                    left -= amount
        gain[h] = max(np.int64(0), market.bonus[h] + (total if total > 0 else best))
    return gain
