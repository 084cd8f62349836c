"""Prices by auction: households bid for units, the bid step shrinks in phases (Bertsekas' ε-scaling).

Offers keep what they sold in a heap by bid; a full offer's price is its lowest bid. The outcome is only nearly
optimal; `network.settle` makes it exact. What matters here is that prices come out within a few last steps of the
true ones, at a few looks per need and phase, and that nothing is drawn at random.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.engine.compiled import compiled
from matcher.engine.problem import Ints

SHRINK = 6  # from one bid step to the next
LOOKS = 60  # per need and phase; beyond that the phase ends as it is
EASINGS = 6
EASE = 3  # steps by which prices fall before the next phase
UNSOLD = 12  # the same for an offer that was not sold out
LEAST = -(2**62)


class Market(NamedTuple):
    """Pairs sorted by need, needs and their households, offers. What `bonus` a household's first unit earns is
    larger than what values can make up for."""

    first: Ints  # (n_needs + 1,) first pair of each need
    need: Ints  # (n_pairs,)
    offer: Ints
    value: Ints  # of one unit
    high: Ints  # most units, ≥ 1
    wanted: Ints  # (n_needs,) ≥ 1
    household: Ints
    home_first: Ints  # (n_households + 1,) first member of each household in `members`
    members: Ints  # needs by household
    bonus: Ints  # (n_households,)
    stock: Ints  # (n_offers,) ≥ 0


class Book(NamedTuple):
    """Bids that hold: a heap for each offer, lowest first."""

    begin: Ints  # (n_offers + 1,) place of each heap
    size: Ints
    level: Ints
    pair: Ints
    units: Ints
    sold: Ints  # (n_offers,) units
    held: Ints  # (n_pairs,) units
    left: Ints  # (n_needs,) units still wanted
    at_home: Ints  # (n_households,) units held


def make_market(
    need: Ints, offer: Ints, value: Ints, high: Ints, *, wanted: Ints, household: Ints, bonus: Ints, stock: Ints
) -> Market:
    """A market from pairs sorted by need."""
    first = np.searchsorted(need, np.arange(len(wanted) + 1)).astype(np.int64)
    members = np.argsort(household, kind="stable")
    home_first = np.searchsorted(household[members], np.arange(len(bonus) + 1)).astype(np.int64)
    return Market(first, need, offer, value, high, wanted, household, home_first, members, bonus, stock)


def bid(market: Market, price: Ints, steps: list[int]) -> tuple[Ints, Ints]:
    """(n_offers,) prices after one phase for each step, starting from `price`; (n_pairs,) units held at the end."""
    found, before = price.copy(), 0
    demand = np.bincount(market.offer, weights=market.high, minlength=len(market.stock)).astype(np.int64)
    degree = np.bincount(market.offer, minlength=len(market.stock))
    room = np.minimum(np.minimum(market.stock, demand), 4 * degree) + 2
    begin = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(room)]).astype(np.int64)
    book = _empty_book(market, begin)
    for step in steps:
        unsold = book.sold < np.minimum(market.stock, demand)
        found = np.maximum(0, found - np.where(unsold, UNSOLD * before, EASE * before).astype(np.int64))
        book = _empty_book(market, begin)
        _phase(market, book, found, step)
        before = step
    limit = np.empty(len(found), dtype=np.int64)
    for _ in range(EASINGS):
        _ease(market, found, book.held, book.at_home, limit, 4 * before)
        np.minimum(found, np.maximum(0, limit), out=found)
    return found, book.held


def steps_between(coarse: int, fine: int) -> list[int]:
    """Bid steps from `coarse` down to `fine`."""
    steps = [max(1, fine)]
    while steps[-1] * SHRINK <= coarse:
        steps.append(steps[-1] * SHRINK)
    return steps[::-1]


def _empty_book(market: Market, begin: Ints) -> Book:
    def zeros(n: int) -> NDArray[np.int64]:
        return np.zeros(n, dtype=np.int64)

    n_offers, size = len(market.stock), int(begin[-1])
    return Book(
        begin, zeros(n_offers), zeros(size), zeros(size), zeros(size), zeros(n_offers), zeros(len(market.offer)),
        market.wanted.copy(), zeros(len(market.bonus)),
    )  # fmt: skip


@compiled
def _phase(market: Any, book: Any, price: Any, step: int) -> None:
    """Let households bid until each has what it wants at these prices."""
    n_homes = len(market.bonus)
    waiting = np.arange(n_homes)[::-1].copy()
    is_waiting = np.ones(n_homes, dtype=np.bool_)
    n_waiting, looks = n_homes, LOOKS * len(market.wanted)
    while n_waiting > 0 and looks > 0:
        n_waiting -= 1
        home = waiting[n_waiting]
        is_waiting[home] = False
        while looks > 0:
            looks -= 1
            best, first, second = _choice(market, book, price, home)
            outside = np.int64(0) if book.at_home[home] > 0 else -market.bonus[home]
            if best < 0 or first <= outside:
                break
            j = market.offer[best]
            amount = np.int64(1)
            if book.at_home[home] > 0:
                amount = min(book.left[market.need[best]], market.high[best] - book.held[best])
            amount = min(amount, market.stock[j])
            if book.size[j] == book.begin[j + 1] - book.begin[j] - 1:  # no room for one more bid
                price[j] = max(price[j], book.level[book.begin[j]])
                n_waiting = _outbid(market, book, j, market.stock[j], waiting, is_waiting, n_waiting)
            _enter(book, j, price[j] + first - max(second, outside) + step, best, amount)
            _hold(market, book, best, amount)
            while book.sold[j] > market.stock[j]:
                over = book.sold[j] - market.stock[j]
                n_waiting = _outbid(market, book, j, over, waiting, is_waiting, n_waiting)
            if book.sold[j] == market.stock[j]:
                price[j] = max(price[j], book.level[book.begin[j]])


@compiled
def _choice(market: Any, book: Any, price: Any, home: int) -> Any:
    """The pair that a household gains most by, that gain, and the next best gain."""
    best, first, second = -1, np.int64(LEAST), np.int64(LEAST)
    for q in range(market.home_first[home], market.home_first[home + 1]):
        i = market.members[q]
        if book.left[i] > 0:
            for e in range(market.first[i], market.first[i + 1]):
                net = market.value[e] - price[market.offer[e]]
                if net > second and book.held[e] < market.high[e] and market.stock[market.offer[e]] > 0:
                    if net > first:
                        best, first, second = e, net, first
                    else:
                        second = net
    return best, first, second


@compiled
def _hold(market: Any, book: Any, e: int, amount: Any) -> None:
    i = market.need[e]
    book.held[e] += amount
    book.left[i] -= amount
    book.sold[market.offer[e]] += amount
    book.at_home[market.household[i]] += amount


@compiled
def _outbid(market: Any, book: Any, j: int, over: int, waiting: Any, is_waiting: Any, n_waiting: int) -> int:
    """Take up to `over` units from the lowest bid of an offer; its household waits again."""
    top = book.begin[j]
    e = book.pair[top]
    amount = min(over, book.units[top])
    book.units[top] -= amount
    if book.units[top] == 0:
        _leave(book, j)
    _hold(market, book, e, -amount)
    home = market.household[market.need[e]]
    if not is_waiting[home]:
        is_waiting[home] = True
        waiting[n_waiting] = home
        n_waiting += 1
    return n_waiting


@compiled
def _enter(book: Any, j: int, level: Any, e: int, amount: Any) -> None:
    top, k = book.begin[j], book.size[j]
    book.size[j] += 1
    while k > 0:
        parent = (k - 1) >> 1
        if book.level[top + parent] <= level:
            break
        _move(book, top + parent, top + k)
        k = parent
    book.level[top + k], book.pair[top + k], book.units[top + k] = level, e, amount


@compiled
def _leave(book: Any, j: int) -> None:
    """Take the lowest bid of an offer off its heap."""
    top, last = book.begin[j], book.size[j] - 1
    book.size[j] = last
    level, k = book.level[top + last], 0
    while True:
        child = 2 * k + 1
        if child >= last:
            break
        if child + 1 < last and book.level[top + child + 1] < book.level[top + child]:
            child += 1
        if book.level[top + child] >= level:
            break
        _move(book, top + child, top + k)
        k = child
    _move(book, top + last, top + k)


@compiled
def _move(book: Any, source: int, target: int) -> None:
    book.level[target] = book.level[source]
    book.pair[target] = book.pair[source]
    book.units[target] = book.units[source]


@compiled
def _ease(market: Any, price: Any, held: Any, at_home: Any, limit: Any, tolerance: int) -> None:
    """(n_offers,) the price up to which everybody who holds a unit would rather keep it; holders who are further
    off than `tolerance` do not count."""
    limit[:] = -LEAST
    for i in range(len(market.wanted)):
        home = market.household[i]
        other = -market.bonus[home] if at_home[home] == 1 else np.int64(0)
        for e in range(market.first[i], market.first[i + 1]):
            if held[e] < market.high[e]:
                other = max(other, market.value[e] - price[market.offer[e]])
        for e in range(market.first[i], market.first[i + 1]):
            j = market.offer[e]
            if held[e] > 0 and market.value[e] - other >= price[j] - tolerance:
                limit[j] = min(limit[j], market.value[e] - other)
