"""Exact candidates and the certified optimum over all permitted pairs, against plain loops and another solver."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.bench.ortools_flow import plain_market, solve_by_ortools, worth
from matcher.bench.synthetic import AREAS, invent_rows
from matcher.engine import columns
from matcher.engine.auction import make_market
from matcher.engine.columns import bound, optimum, total, truncated
from matcher.engine.transport import circulate


def every_pair(blocks):
    """need, offer and value of all permitted pairs, by the definition."""
    needs, offers, rule = blocks.needs, blocks.offers, blocks.rule
    found = []
    for i in range(blocks.n_needs):
        for j in range(blocks.n_offers):
            category, area = divmod(int(offers.block[j]), AREAS)
            level = np.flatnonzero(needs.areas[i] == area)
            in_group = offers.groups[j] == 0 or offers.groups[j] & needs.groups[i]
            if category not in rule.meets[needs.category[i]] or not len(level) or not in_group:
                continue
            wanted, most = int(needs.wanted[i]), int(offers.per_case[j])
            fit = max(0, int(needs.vector[i].astype(np.int64) @ offers.vector[j].astype(np.int64)))
            score = int(needs.own[i] + rule.near[level[0]]) + min(rule.content, rule.content * fit // rule.full)
            score += rule.amount * min(wanted, most) // wanted
            found.append((i, j, score * rule.resolution // wanted))
    return np.array(found, dtype=np.int64).reshape(-1, 3).T


def market_of_every_pair(blocks):
    need, offer, value = every_pair(blocks)
    market = make_market(
        need, offer, value, np.minimum(blocks.needs.wanted[need], blocks.offers.per_case[offer]),
        wanted=blocks.needs.wanted, household=blocks.household, bonus=blocks.weight, stock=blocks.offers.stock,
    )  # fmt: skip
    return plain_market(market, scale=1, weight=blocks.weight)


@pytest.fixture(scope="module")
def blocks():
    return invent_rows(600, 150, seed=3).blocks


def test_every_permitted_pair_is_found_with_its_score(blocks):
    need, offer, value = every_pair(blocks)
    assert blocks.pairs_permitted() == len(need)
    assert (blocks.worth(need, offer) // blocks.rule.scale == value).all()
    found, worth_ = blocks.best(np.zeros(blocks.n_offers, dtype=np.int64), blocks.n_offers)
    row, place = np.nonzero(found >= 0)
    assert set(zip(row, found[row, place], strict=True)) == set(zip(need, offer, strict=True))
    assert (np.diff(worth_, axis=1) <= 0).all()


def test_the_best_at_prices_are_the_best(blocks):
    price = np.random.default_rng(1).integers(0, 900 * 6 * blocks.rule.scale, blocks.n_offers)
    every, values = blocks.best(np.zeros(blocks.n_offers, dtype=np.int64), blocks.n_offers)
    found, value = blocks.best(price, 3)
    for i in range(blocks.n_needs):
        own = every[i][every[i] >= 0]
        gains = np.sort(values[i][: len(own)] - price[own])[::-1][:3]
        has = found[i] >= 0
        assert (value[i][has] - price[found[i][has]]).tolist() == gains.tolist()


def test_the_best_needs_of_an_offer_are_the_best(blocks):
    gain = np.random.default_rng(2).integers(0, 900 * 6 * blocks.rule.scale, blocks.n_needs)
    need, offer, _ = every_pair(blocks)
    offers = np.arange(blocks.n_offers)
    found, value = blocks.takers(offers, gain, 4)
    for j in offers:
        own = need[offer == j]
        nets = np.sort(blocks.worth(own, np.full(len(own), j)) - gain[own])[::-1][:4]
        has = found[j] >= 0
        assert (value[j][has] - gain[found[j][has]]).tolist() == nets.tolist()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1, 2, 10]))
def test_the_optimum_over_all_pairs_is_found_and_proven(seed, k):
    blocks = invent_rows(120, 40, seed=seed).blocks
    found = optimum(blocks, k=k)
    everything = market_of_every_pair(blocks)
    plain = make_market(
        found.need, found.offer, found.value // blocks.rule.scale, found.amounts, wanted=blocks.needs.wanted,
        household=blocks.household, bonus=everything.bonus, stock=blocks.offers.stock,
    )  # fmt: skip
    assert worth(plain, found.amounts) == worth(everything, solve_by_ortools(everything))
    assert total(blocks, bound(blocks, found.price)) == total(blocks, found.objective(blocks))
    assert found.violators[-1] == 0


def test_lists_that_are_too_short_are_completed(monkeypatch):
    """With one offer per need and no look at prices nearly all is left to the violators."""
    monkeypatch.setattr(columns, "LOOKS_AT_PRICES", ())
    monkeypatch.setattr(columns, "ROUNDS", 0)
    blocks = invent_rows(1_000, 200, seed=5).blocks
    short, full = optimum(blocks, k=1), optimum(blocks, k=100)
    assert sum(short.violators) > 0
    assert _served(blocks, short) == _served(blocks, full)
    assert short.objective(blocks) > _of_truncated(blocks)


def test_neither_threads_nor_the_order_of_rows_change_the_result():
    blocks = invent_rows(5_000, 600, seed=11).blocks
    served = _served(blocks, optimum(blocks))
    assert all(_served(blocks, optimum(replace(blocks, threads=threads))) == served for threads in (2, 4))
    shuffled = _shuffled(blocks)
    assert _served(shuffled, optimum(shuffled)) == served


def _of_truncated(blocks):
    market = truncated(blocks, 1)
    state = circulate(market, *columns.opening(blocks, market))
    return columns.objective(blocks, market.need, market.value, state.amounts)


def _served(blocks, found):
    used = found.amounts > 0
    keys = (blocks.needs.key[found.need[used]], blocks.offers.key[found.offer[used]], found.amounts[used])
    return set(zip(*(column.tolist() for column in keys), strict=True))


def _shuffled(blocks):
    """Needs in another order within each category and county."""
    needs = blocks.needs
    place = needs.category * AREAS + needs.areas[:, 0]
    order = np.lexsort((np.random.default_rng(4).random(blocks.n_needs), place))
    turned = needs._replace(
        **{
            name: getattr(needs, name)[order]
            for name in ("category", "areas", "wanted", "own", "groups", "vector", "key")
        }
    )
    return replace(blocks, needs=turned, household=blocks.household[order])
