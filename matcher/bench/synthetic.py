"""Invented needs and offers in three sizes, always the same for one seed.

2,800 counties in 340 cities in 31 provinces with log-normal weight; 12 skewed categories; offers for one county,
city, province or the nation (55, 25, 14, 6 %); stock by Pareto(1.1), 0.9 × demand in all; a tenth of the needs
shares a household with another; one offer in five is for one of eight groups.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.bench.names import SIZES
from matcher.engine.block_loops import LEVELS
from matcher.engine.blocks import Blocks, NeedRows, OfferRows, ScoreRule
from matcher.engine.coins import make_coins
from matcher.engine.problem import Ints

COUNTIES, CITIES, PROVINCES = 2_800, 340, 31
AREAS = COUNTIES + CITIES + PROVINCES + 1
CATEGORIES, ITEMS, DEPTH = 12, 60, 128
LENGTH = 2_000  # of a vector
SCOPE = (0.55, 0.25, 0.14, 0.06)
SUPPLY = 0.9
RESOLUTION = 6  # parts of a thousandth: every amount wanted divides it
GROUPS = 8


@dataclass(frozen=True, slots=True)
class Invented:
    """Blocks, and what only the text-reading peer wants to know."""

    blocks: Blocks
    need_item: Ints  # (n_needs,) what the text is about
    offer_item: Ints  # (n_offers,)
    offer_category: Ints  # (n_offers,)
    offer_area: Ints  # (n_offers,)
    seed: int

    def texts(self) -> tuple[list[str], list[str]]:
        """20–40 characters each: words of the thing, amid common words."""
        rng = np.random.default_rng([self.seed, 9])
        return _texts(self.need_item, rng), _texts(self.offer_item, rng)


def invent(size: str, *, seed: int = 7, threads: int = 1) -> Invented:
    """The input of size XS, S, M or L."""
    return invent_rows(*SIZES[size], seed=seed, threads=threads)


def invent_rows(n_needs: int, n_offers: int, *, seed: int = 7, threads: int = 1) -> Invented:
    rng = np.random.default_rng(seed)
    chain = _chains(rng)
    county_share = rng.lognormal(0.0, 1.0, COUNTIES)
    county_share /= county_share.sum()
    category_share = 1.0 / np.arange(2, CATEGORIES + 2)
    category_share /= category_share.sum()
    items = rng.standard_normal((CATEGORIES * ITEMS, DEPTH)).astype(np.float32)
    need_category, need_county = _sorted_pair(
        rng.choice(CATEGORIES, n_needs, p=category_share), rng.choice(COUNTIES, n_needs, p=county_share)
    )
    need_item = need_category * ITEMS + (ITEMS * rng.random(n_needs) ** 2).astype(np.int64)
    wanted = rng.choice([1, 2, 3], n_needs, p=[0.8, 0.15, 0.05]).astype(np.int64)
    household = np.where(rng.random(n_needs) < 0.1, rng.integers(0, n_needs, n_needs), np.arange(n_needs))
    _, household = np.unique(household, return_inverse=True)
    weight = rng.choice([2, 3, 4, 5], int(household.max()) + 1, p=[0.4, 0.3, 0.2, 0.1]).astype(np.int64)
    needs = NeedRows(
        need_category, chain[need_county], wanted,
        rng.integers(0, 351, n_needs), rng.integers(0, 1 << GROUPS, n_needs), _vectors(items, need_item, rng),
        _keys(n_needs, 1),
        np.searchsorted(need_category * COUNTIES + need_county, np.arange(CATEGORIES * COUNTIES + 1)).astype(np.int64),
    )  # fmt: skip
    category = rng.choice(CATEGORIES, n_offers, p=category_share)
    item = category * ITEMS + (ITEMS * rng.random(n_offers) ** 2).astype(np.int64)
    scope = rng.choice(LEVELS, n_offers, p=SCOPE)
    area = chain[rng.choice(COUNTIES, n_offers, p=county_share), scope]
    stock = _stock(rng, n_offers, int(wanted.sum()))
    order = np.argsort(category * AREAS + area, kind="stable")
    block = (category * AREAS + area)[order]
    offers = OfferRows(
        stock[order], rng.choice([1, 2, 3], n_offers, p=[0.2, 0.2, 0.6]).astype(np.int64),
        np.where(rng.random(n_offers) < 0.2, 1 << rng.integers(0, GROUPS, n_offers), 0),
        _vectors(items, item[order], rng), _keys(n_offers, 2)[order], block,
        np.searchsorted(block, np.arange(CATEGORIES * AREAS + 1)).astype(np.int64),
    )  # fmt: skip
    meets = np.stack([np.arange(CATEGORIES), np.full(CATEGORIES, -1)], axis=1)
    meets[CATEGORIES - 1, 1] = CATEGORIES - 2
    coins = make_coins(1000 * RESOLUTION, int(weight.max()), n_offers, n_needs)
    near = np.array([100, 70, 40, 20])
    rule = ScoreRule(near, 450, LENGTH * LENGTH, 100, RESOLUTION, coins.scale, coins.ties, meets, _spans(chain))
    blocks = Blocks(needs, offers, rule, household, weight, coins.bonus, threads)
    return Invented(blocks, need_item, item[order], category[order].astype(np.int64), area[order], seed)


def with_threads(invented: Invented, threads: int) -> Invented:
    return replace(invented, blocks=replace(invented.blocks, threads=threads))


def _sorted_pair(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    order = np.lexsort((second, first))
    return first[order].astype(np.int64), second[order].astype(np.int64)


def _chains(rng: np.random.Generator) -> Ints:
    """(n_counties, 4) area numbers: the county, its city, its province, the nation."""
    city = np.sort(np.concatenate([np.arange(CITIES), rng.integers(0, CITIES, COUNTIES - CITIES)]))
    province_of_city = np.sort(np.concatenate([np.arange(PROVINCES), rng.integers(0, PROVINCES, CITIES - PROVINCES)]))
    nation = np.full(COUNTIES, AREAS - 1)
    levels = (np.arange(COUNTIES), COUNTIES + city, COUNTIES + CITIES + province_of_city[city], nation)
    return np.stack(levels, axis=1).astype(np.int64)


def _spans(chain: Ints) -> Ints:
    """(n_areas, 2) first county and the one after the last, of every area."""
    spans = np.zeros((AREAS, 2), dtype=np.int64)
    for level in range(LEVELS):
        areas, first, count = np.unique(chain[:, level], return_index=True, return_counts=True)
        spans[areas, 0], spans[areas, 1] = first, first + count
    return spans


def _stock(rng: np.random.Generator, n_offers: int, demand: int) -> Ints:
    raw = 1.0 + rng.pareto(1.1, n_offers)
    stock: Ints = np.maximum(1, np.floor(raw * SUPPLY * demand / raw.sum())).astype(np.int64)
    return stock


def _vectors(items: NDArray[np.float32], item: Ints, rng: np.random.Generator) -> NDArray[np.float32]:
    """(n_rows, d) near the vector of its thing, rounded to whole numbers of length ≤ LENGTH."""
    vector = items[item] + 0.7 * rng.standard_normal((len(item), DEPTH), dtype=np.float32)
    vector *= (LENGTH - 8) / np.linalg.norm(vector, axis=1, keepdims=True)
    return np.ascontiguousarray(np.rint(vector), dtype=np.float32)


def _keys(n_rows: int, kind: int) -> NDArray[np.uint64]:
    return np.random.default_rng([kind, 77]).integers(0, 1 << 63, n_rows, dtype=np.uint64)


def _texts(item: Ints, rng: np.random.Generator) -> list[str]:
    things = np.random.default_rng(5).integers(0x4E00, 0x4E00 + 1500, (CATEGORIES * ITEMS, 12))
    common = 0x5E00 + rng.integers(0, 300, (len(item), 30))
    own = things[item[:, None], rng.integers(0, 12, (len(item), 10))]
    length = rng.integers(10, 31, len(item))
    return ["".join(map(chr, [*own[k], *common[k, : length[k]]])) for k in range(len(item))]
