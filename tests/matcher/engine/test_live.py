"""Events against a live state: after any sequence it is worth what a run from scratch finds."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.bench.ortools_flow import solve_by_ortools, worth
from matcher.engine.auction import bid, make_market
from matcher.engine.live import Live

BONUS = 100_000  # more than all values of such a small world


class World:
    """The same events kept as plain facts, solved from scratch by another solver."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.live = Live()
        self.stock, self.wanted, self.home, self.bonus, self.pairs = {}, {}, {}, {}, {}

    def pick(self, of):
        return int(self.rng.choice(list(of)))

    def need_comes(self):
        if self.bonus and self.rng.random() < 0.4:
            home = self.pick(self.bonus)
        else:
            bonus = BONUS * int(self.rng.integers(1, 4))
            home = self.live.add_household(bonus)
            self.bonus[home] = bonus
        wanted = int(self.rng.integers(1, 4))
        offers = np.array([j for j in self.stock if self.rng.random() < 0.6], dtype=np.int64)
        values, highs = self.rng.integers(0, 30, len(offers)), self.rng.integers(1, wanted + 1, len(offers))
        i = self.live.add_need(home, wanted, offers, values, highs)
        self.wanted[i], self.home[i] = wanted, home
        self.pairs |= {(i, int(j)): (v, h) for j, v, h in zip(offers, values, highs, strict=True)}

    def offer_comes(self):
        stock = int(self.rng.integers(0, 6))
        j = self.live.add_offer(stock)
        self.stock[j] = stock
        needs = np.array([i for i in self.wanted if self.rng.random() < 0.6], dtype=np.int64)
        values, highs = self.rng.integers(0, 30, len(needs)), self.rng.integers(1, 4, len(needs))
        self.live.pair(j, needs, values, highs)
        self.pairs |= {(int(i), j): (v, h) for i, v, h in zip(needs, values, highs, strict=True)}

    def pair_is_declined(self):
        if self.pairs:
            pair = list(self.pairs)[self.rng.integers(len(self.pairs))]
            self.live.bar(*pair)
            del self.pairs[pair]

    def need_changes(self):
        if self.wanted:
            i = self.pick(self.wanted)
            self.wanted[i] = int(self.rng.integers(0, 5))
            self.live.change_wanted(i, self.wanted[i])

    def stock_changes(self):
        if self.stock:
            j = self.pick(self.stock)
            self.stock[j] = int(self.rng.integers(0, 6))
            self.live.change_stock(j, self.stock[j])

    def need_goes(self):
        if self.wanted:
            i = self.pick(self.wanted)
            self.wanted[i] = 0
            self.live.withdraw_need(i)

    def offer_goes(self):
        if self.stock:
            j = self.pick(self.stock)
            self.stock[j] = 0
            self.live.withdraw_offer(j)

    def happens(self):
        events = (
            self.need_comes, self.need_comes, self.offer_comes, self.pair_is_declined, self.need_changes,
            self.stock_changes, self.need_goes, self.offer_goes,
        )  # fmt: skip
        events[self.rng.integers(len(events))]()

    def begin_again(self):
        """The live state is made anew from a market, as after a nightly run; everything gets new numbers."""
        self.wanted = {i: wanted for i, wanted in self.wanted.items() if wanted}
        self.pairs = {pair: facts for pair, facts in self.pairs.items() if pair[0] in self.wanted}
        self.bonus = {h: bonus for h, bonus in self.bonus.items() if h in {self.home[i] for i in self.wanted}}
        needs, offers, homes, market = self.market()
        steps = [1000, 100, 1]
        self.live = Live.of(market, *bid(market, np.zeros(len(offers), dtype=np.int64), steps))
        m, n = len(offers), len(needs)
        self.pairs = {(m + needs.index(i), offers.index(j)): pair for (i, j), pair in self.pairs.items()}
        self.home = {m + k: m + n + homes.index(self.home[i]) for k, i in enumerate(needs)}
        self.wanted = {m + k: self.wanted[i] for k, i in enumerate(needs)}
        self.stock = {k: self.stock[j] for k, j in enumerate(offers)}
        self.bonus = {m + n + k: self.bonus[h] for k, h in enumerate(homes)}

    def market(self):
        needs, offers, homes = list(self.wanted), list(self.stock), list(self.bonus)
        rows = sorted((needs.index(i), offers.index(j), v, h) for (i, j), (v, h) in self.pairs.items())
        need, offer, value, high = (np.array([row[k] for row in rows], dtype=np.int64) for k in range(4))
        market = make_market(
            need, offer, value, high, wanted=np.array([self.wanted[i] for i in needs], dtype=np.int64),
            household=np.array([homes.index(self.home[i]) for i in needs], dtype=np.int64),
            bonus=np.array([self.bonus[h] for h in homes], dtype=np.int64),
            stock=np.array([self.stock[j] for j in offers], dtype=np.int64),
        )  # fmt: skip
        return needs, offers, homes, market

    def best(self):
        *_, market = self.market()
        return sum(worth(market, solve_by_ortools(market)))

    def check_limits(self):
        given = {pair: self.live.amount(*pair) for pair in self.pairs}
        assert all(0 <= n <= self.pairs[pair][1] for pair, n in given.items())
        for i, wanted in self.wanted.items():
            assert sum(n for (k, _), n in given.items() if k == i) <= wanted
        for j, stock in self.stock.items():
            assert sum(n for (_, k), n in given.items() if k == j) <= stock
        bonuses = {self.home[i] for (i, _), n in given.items() if n}
        value = sum(self.pairs[pair][0] * n for pair, n in given.items()) + sum(self.bonus[h] for h in bonuses)
        assert value == self.live.value()


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_any_sequence_of_events_ends_where_a_fresh_run_ends(seed):
    world = World(seed)
    for k in range(30):
        world.happens()
        if k % 6 == 5 and world.pairs:
            assert world.live.value() == world.best()
    world.check_limits()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_events_after_a_run_end_where_a_fresh_run_ends(seed):
    world = World(seed)
    for _ in range(25):
        world.happens()
    if world.pairs:
        world.begin_again()
        for _ in range(12):
            world.happens()
        assert world.live.value() == world.best()
        world.check_limits()


def test_many_nodes_are_no_trouble():
    world = World(1)
    for _ in range(200):
        world.happens()
    assert world.live.value() == world.best()
    world.check_limits()


def test_one_more_unit_goes_to_who_waits():
    live = Live()
    coat = live.add_offer(1)
    needs = [live.add_need(live.add_household(10), 1, np.array([coat]), np.array([v]), np.array([1])) for v in (5, 7)]
    assert [live.amount(i, coat) for i in needs] == [0, 1] and live.price(coat) > 0
    live.change_stock(coat, 2)
    assert [live.amount(i, coat) for i in needs] == [1, 1]
    live.bar(needs[1], coat)
    assert [live.amount(i, coat) for i in needs] == [1, 0] and live.value() == 15
