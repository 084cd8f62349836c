"""A live optimum: single events against the state of the last run, each repaired along the paths it touches.

Needs, offers and households are known by the numbers that the calls return. After every event the allocation is the
optimum that a run from scratch over the same pairs would find (the same value; with a tie-break in the values, the
same allocation). What has been confirmed is taken out: `change_stock` and `change_wanted` by what was promised.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.engine.auction import Market
from matcher.engine.compiled import compiled
from matcher.engine.network import Graph, add_arcs, mend, more_nodes, new_graph
from matcher.engine.paths import FAR, new_scratch, settle
from matcher.engine.problem import Ints
from matcher.engine.transport import answered

SPARE = 64  # nodes added at a time, at least


class Live:
    """An allocation that stays optimal. All amounts are whole; values and bonuses as in `coins.py`."""

    def __init__(self) -> None:
        nothing = np.zeros(0, dtype=np.int64)
        self._graph: Graph = new_graph(0, (nothing,) * 5, np.zeros(1, dtype=np.int64))
        self._scratch = new_scratch(0)
        self._n_nodes = 0
        self._own = nothing  # per node its own arc: stock; need → household; household's first unit
        self._more = nothing  # per household the arc of further units
        self._home = nothing  # per need its household

    @classmethod
    def of(cls, market: Market, price: Ints, held: Ints) -> "Live":
        """Begin from a market and good prices (of the last run). Offers keep their rows as numbers, needs follow
        from n_offers on, households after them."""
        live = cls()
        state = answered(market, price, held, merged=False)
        live._graph, live._scratch = state.graph, state.scratch
        settle(live._graph, live._scratch, np.flatnonzero(live._graph.excess))
        n_pairs, n_offers, n_needs, n_homes = (
            len(market.offer),
            len(market.stock),
            len(market.wanted),
            len(market.bonus),
        )
        live._n_nodes = n_offers + n_needs + n_homes
        first = n_pairs + n_offers + n_needs
        live._own = np.arange(n_pairs, first + n_homes, dtype=np.int64)
        live._more = np.full(live._n_nodes, -1, dtype=np.int64)
        live._more[n_offers + n_needs :] = first + n_homes + np.arange(n_homes)
        live._home = np.full(live._n_nodes, -1, dtype=np.int64)
        live._home[n_offers : n_offers + n_needs] = n_offers + n_needs + market.household
        return live

    def add_household(self, bonus: int) -> int:
        """A household whose first unit earns `bonus`; returns its number."""
        h = self._new_node()
        self._own[h], self._more[h] = self._new_arcs([h, h], [self._root, self._root], [1, 0], [-bonus, 0])
        self._graph.potential[h] = bonus
        return h

    def add_offer(self, stock: int) -> int:
        """An offer, not yet paired with anybody; returns its number."""
        j = self._new_node()
        self._own[j] = self._new_arcs([self._root], [j], [stock], [0])[0]
        return j

    def add_need(self, household: int, wanted: int, offers: Ints, values: Ints, highs: Ints) -> int:
        """A need with all its permitted pairs; returns its number."""
        i = self._new_node()
        self._home[i] = household
        self._own[i] = self._new_arcs([i], [household], [wanted], [0])[0]
        pairs = self._new_arcs(offers, np.full(len(offers), i), highs, -np.asarray(values))
        self._graph.cap[self._more[household]] += wanted
        prices = self._graph.potential[np.asarray(offers, dtype=np.int64)] - values
        self._graph.potential[i] = min(int(self._graph.potential[household]), int(prices.min(initial=FAR)))
        self._repair([*pairs, self._own[i], self._own[household], self._more[household]])
        return i

    def pair(self, offer: int, needs: Ints, values: Ints, highs: Ints) -> None:
        """Let an offer meet more needs: a new offer, or one whose area has grown."""
        potential, stock = self._graph.potential, int(self._own[offer])
        if not self._graph.flow[stock]:  # nobody has any of it: begin at the price nobody new would pay
            willing = np.asarray(values) + potential[np.asarray(needs, dtype=np.int64)]
            potential[offer] = max(0, int(potential[offer]), int(willing.max(initial=0)))
        pairs = self._new_arcs(np.full(len(needs), offer), needs, highs, -np.asarray(values))
        self._repair([*pairs, stock])

    def bar(self, need: int, offer: int) -> None:
        """The pair was declined and is proposed no more."""
        self._change_arcs(self._pairs(need, offer), 0)

    def withdraw_need(self, need: int) -> None:
        self.change_wanted(need, 0)

    def withdraw_offer(self, offer: int) -> None:
        self.change_stock(offer, 0)

    def change_stock(self, offer: int, stock: int) -> None:
        self._change_arcs([int(self._own[offer])], stock)

    def change_wanted(self, need: int, wanted: int) -> None:
        """Values of the need's units stay as they are."""
        own, more = int(self._own[need]), int(self._more[self._home[need]])
        self._graph.cap[more] += wanted - self._graph.cap[own]
        self._graph.cap[own] = wanted
        self._repair([own, more])

    def amount(self, need: int, offer: int) -> int:
        """Units that the offer gives to the need."""
        return int(self._graph.flow[self._pairs(need, offer)].sum())

    def value(self) -> int:
        """What the allocation is worth, bonuses included."""
        used = int(self._graph.used[0])
        high, low = np.divmod(self._graph.cost[:used], 2**30)
        flow = self._graph.flow[:used]
        return -((int((high * flow).sum()) << 30) + int((low * flow).sum()))

    def reached(self) -> int:
        """How many households get something."""
        homes = np.flatnonzero(self._more >= 0)
        return int(self._graph.flow[self._own[homes]].sum())

    def sold(self, offer: int) -> int:
        """Units that an offer gives in all."""
        return int(self._graph.flow[self._own[offer]])

    def price(self, offer: int) -> int:
        """A price of the offer that, with those of all others, proves the optimum."""
        return max(0, int(self._graph.potential[offer]))

    @property
    def _root(self) -> int:
        return len(self._graph.start) - 1

    def _new_node(self) -> int:
        if self._n_nodes == self._root:
            more = max(SPARE, self._n_nodes // 2)
            self._graph = more_nodes(self._graph, more)
            self._scratch = new_scratch(self._root)
            lists = (self._own, self._more, self._home)
            self._own, self._more, self._home = (np.concatenate([a, np.full(more, -1)]) for a in lists)
        self._n_nodes += 1
        return self._n_nodes - 1

    def _new_arcs(self, tail: object, head: object, cap: object, cost: object) -> NDArray[np.int64]:
        ends = [np.asarray(values, dtype=np.int64) for values in (tail, head, cap, cost)]
        begin = int(self._graph.used[0])
        self._graph = add_arcs(self._graph, *ends)
        return np.arange(begin, begin + len(ends[0]), dtype=np.int64)

    def _pairs(self, need: int, offer: int) -> Ints:
        arcs: Ints = arcs_between(self._graph, need, offer)
        return arcs

    def _change_arcs(self, arcs: object, cap: int) -> None:
        numbers = np.asarray(arcs, dtype=np.int64)
        self._graph.cap[numbers] = cap
        self._repair(numbers)

    def _repair(self, arcs: object) -> None:
        numbers = np.asarray(arcs, dtype=np.int64)
        unsettled = np.zeros(2 * len(numbers), dtype=np.int64)
        n = mend(self._graph, numbers, unsettled)
        if n:
            settle(self._graph, self._scratch, np.unique(unsettled[:n]))


@compiled
def arcs_between(graph: Any, need: int, offer: int) -> Any:
    """Arcs from an offer to a need."""
    found = np.empty(graph.degree[need], dtype=np.int64)
    n = 0
    for at in range(graph.start[need], graph.start[need] + graph.degree[need]):
        e = graph.links[at] >> 1
        if graph.tail[e] == offer and graph.head[e] == need:
            found[n] = e
            n += 1
    return found[:n]
