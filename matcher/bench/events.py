"""Single events against a live optimum of invented input: how long each takes, and whether the end is optimal.

A new need or offer brings all its permitted pairs; the others keep the pairs of the certified market.
"""

import time
from typing import Any

import numpy as np

from matcher.bench.synthetic import Invented
from matcher.engine.auction import Market, make_market
from matcher.engine.columns import Optimum, optimum
from matcher.engine.live import Live
from matcher.engine.problem import Ints
from matcher.engine.transport import bid_steps, circulate, opening_prices

KINDS = ("need comes", "offer comes", "need comes", "need goes", "need comes", "pair is declined", "stock changes")


def events(invented: Invented, n_events: int, *, seed: int = 1) -> dict[str, Any]:
    """Milliseconds by kind of event (median, 95th percentile), and whether the value at the end equals a run from
    scratch over the same pairs."""
    story = _Story(invented, optimum(invented.blocks), seed)
    times: dict[str, list[float]] = {kind: [] for kind in dict.fromkeys(KINDS)}
    for k in range(n_events):
        kind = KINDS[k % len(KINDS)]
        act = story.prepared(kind)
        began = time.perf_counter()
        act()
        times[kind].append(1000 * (time.perf_counter() - began))
    figures = {
        kind: {"events": len(own), "p50_ms": _at(own, 50), "p95_ms": _at(own, 95)} for kind, own in times.items() if own
    }
    return {"events": figures, "equal_to_batch": story.live.value() == story.batch_value()}


def _at(values: list[float], percent: int) -> float:
    return round(float(np.percentile(values, percent)), 3)


class _Story:
    """The live state, and the same facts as plain arrays."""

    def __init__(self, invented: Invented, found: Optimum, seed: int) -> None:
        self.blocks, self.rng = invented.blocks, np.random.default_rng(seed)
        blocks = self.blocks
        order = np.argsort(found.need, kind="stable")
        need, offer = found.need[order], found.offer[order]
        high = np.minimum(blocks.needs.wanted[need], blocks.offers.per_case[offer])
        self.market = make_market(
            need, offer, found.value[order], high, wanted=blocks.needs.wanted, household=blocks.household,
            bonus=blocks.weight * blocks.bonus, stock=blocks.offers.stock.copy(),
        )  # fmt: skip
        self.live = Live.of(self.market, found.price, found.amounts[order])
        self.gone: set[int] = set()
        self.barred: set[int] = set()
        self.new: list[tuple[int, int, Ints, Ints, Ints]] = []
        self.late: list[tuple[int, int, Ints, Ints, Ints]] = []

    def prepared(self, kind: str) -> Any:
        """The event, ready to be called; what a caller would know beforehand is looked up here."""
        market, n_offers = self.market, len(self.market.stock)
        if kind == "need comes":
            like = int(self.rng.integers(self.blocks.n_needs))
            bonus = int(market.bonus[market.household[like]])
            return lambda: self._need_comes(like, bonus)
        if kind == "offer comes":
            return self._offer_comes()
        if kind == "need goes":
            i = int(self.rng.choice(np.setdiff1d(np.arange(len(market.wanted)), np.array(sorted(self.gone)))))
            self.gone.add(i)
            return lambda: self.live.withdraw_need(n_offers + i)
        if kind == "pair is declined":
            pair = int(self.rng.integers(len(market.need)))
            self.barred.add(pair)
            return lambda: self.live.bar(n_offers + int(market.need[pair]), int(market.offer[pair]))
        j = int(self.rng.integers(n_offers))
        market.stock[j] = max(0, int(market.stock[j]) + int(self.rng.integers(-3, 4)))
        return lambda: self.live.change_stock(j, int(market.stock[j]))

    def _need_comes(self, like: int, bonus: int) -> None:
        blocks = self.blocks
        categories = blocks.rule.meets[blocks.needs.category[like]]
        n_areas = len(blocks.rule.spans)
        runs = [blocks.offers.first[[c * n_areas, (c + 1) * n_areas]] for c in categories if c >= 0]
        offers = np.concatenate([np.arange(begin, end) for begin, end in runs])
        values = blocks.worth(np.full(len(offers), like), offers)
        offers, values = offers[values > 0], values[values > 0]
        wanted = int(blocks.needs.wanted[like])
        highs = np.minimum(wanted, blocks.offers.per_case[offers])
        self.live.add_need(self.live.add_household(bonus), wanted, offers, values, highs)
        self.new.append((bonus, wanted, offers, values, highs))

    def _offer_comes(self) -> Any:
        """An offer like another one: same area, category and stock, and the same needs with their values."""
        blocks = self.blocks
        like = int(self.rng.integers(blocks.n_offers))
        category, area = divmod(int(blocks.offers.block[like]), len(blocks.rule.spans))
        n_counties = (len(blocks.needs.first) - 1) // len(blocks.rule.meets)
        first, last = blocks.rule.spans[area]
        asking = np.flatnonzero((blocks.rule.meets == category).any(axis=1))
        rows = [
            np.arange(blocks.needs.first[c * n_counties + first], blocks.needs.first[c * n_counties + last])
            for c in asking
        ]
        needs = np.concatenate(rows).astype(np.int64)
        needs = needs[~np.isin(needs, sorted(self.gone))]
        values = blocks.worth(needs, np.full(len(needs), like))
        needs, values = needs[values > 0], values[values > 0]
        highs = np.minimum(blocks.needs.wanted[needs], blocks.offers.per_case[like])
        stock = int(blocks.offers.stock[like])

        def act() -> None:
            number = self.live.add_offer(stock)
            self.live.pair(number, blocks.n_offers + needs, values, highs)

        self.late.append((stock, like, needs, values, highs))
        return act

    def batch_value(self) -> int:
        """What a run from scratch over the same pairs is worth."""
        market = self._market_now()
        bonus = self.blocks.bonus
        steps = bid_steps(market, bonus=bonus)
        nothing = np.zeros(len(market.stock), dtype=np.int64)
        amounts = circulate(market, *opening_prices(market, nothing, steps, bonus=bonus)).amounts
        given = np.zeros(len(market.bonus), dtype=np.int64)
        np.add.at(given, market.household[market.need], amounts)
        used = np.flatnonzero(amounts)
        pairs = zip(market.value[used].tolist(), amounts[used].tolist(), strict=True)
        return int(sum(market.bonus[given > 0].tolist()) + sum(value * amount for value, amount in pairs))

    def _market_now(self) -> Market:
        old, n, m = self.market, len(self.market.wanted), len(self.market.stock)
        keep = ~np.isin(old.need, sorted(self.gone))
        keep[sorted(self.barred)] = False
        came = np.repeat(n + np.arange(len(self.new)), [len(new[2]) for new in self.new])
        given = np.repeat(m + np.arange(len(self.late)), [len(late[2]) for late in self.late])
        columns = (
            (old.need[keep], *(late[2] for late in self.late), came),
            (old.offer[keep], given, *(new[2] for new in self.new)),
            (old.value[keep], *(late[3] for late in self.late), *(new[3] for new in self.new)),
            (old.high[keep], *(late[4] for late in self.late), *(new[4] for new in self.new)),
        )
        need, *rest = (np.concatenate(parts).astype(np.int64) for parts in columns)
        stays = ~np.isin(need, sorted(self.gone))
        order = np.flatnonzero(stays)[np.argsort(need[stays], kind="stable")]
        n_homes = len(old.bonus)
        return make_market(
            need[order], *(part[order] for part in rest),
            wanted=np.concatenate([old.wanted, [new[1] for new in self.new]]).astype(np.int64),
            household=np.concatenate([old.household, n_homes + np.arange(len(self.new))]),
            bonus=np.concatenate([old.bonus, [new[0] for new in self.new]]).astype(np.int64),
            stock=np.concatenate([old.stock, [late[0] for late in self.late]]).astype(np.int64),
        )  # fmt: skip
