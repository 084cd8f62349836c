"""Who the product is measured against. Each peer takes invented input and returns what it allocates."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.neighbors import NearestNeighbors

from matcher.bench.ortools_flow import plain_market, solve_by_ortools
from matcher.bench.synthetic import CATEGORIES, Invented
from matcher.engine.auction import Market
from matcher.engine.blocks import Blocks
from matcher.engine.columns import bound, objective, opening, optimum, total, truncated
from matcher.engine.transport import circulate

K = 10  # offers of each need in a truncated market
OVERFETCH = 100  # neighbours asked for before rules are looked at
TRUNCATED_DEPTH = 128
ROWS_AT_ONCE = 4_096


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a peer achieved: (weight reached, score parts), or the share of each need's best offers it found."""

    value: tuple[int, int] | None = None
    recall: float | None = None
    notes: str = ""
    proven: Callable[[], bool] | None = None  # whether the prices prove the result; not part of what is measured


def product(invented: Invented) -> Outcome:
    """The certified optimum over all permitted pairs."""
    found = optimum(invented.blocks)
    rounds = ", ".join(map(str, found.violators))
    blocks, reached = invented.blocks, found.objective(invented.blocks)

    def proven() -> bool:
        return total(blocks, bound(blocks, found.price)) == total(blocks, reached)

    return Outcome(reached[:2], notes=f"pairs added by round: {rounds}", proven=proven)


def truncated_product(invented: Invented) -> Outcome:
    """Our solver on each need's ten best offers only."""
    market = truncated(invented.blocks, K)
    state = circulate(market, *opening(invented.blocks, market))
    return Outcome(objective(invented.blocks, market.need, market.value, state.amounts)[:2])


def ortools(market: Market, blocks: Blocks) -> Outcome:
    """One raw OR-Tools solve of the same ten best offers; drawing them up is not counted."""
    plain = plain_market(market, scale=blocks.rule.scale, weight=blocks.weight)
    amounts = solve_by_ortools(plain)
    return Outcome(objective(blocks, market.need, market.value, amounts)[:2], notes="solve alone")


def own_flow(market: Market, blocks: Blocks) -> Outcome:
    """Our solver on the same market; drawing it up is not counted."""
    state = circulate(market, *opening(blocks, market))
    return Outcome(objective(blocks, market.need, market.value, state.amounts)[:2], notes="solve alone")


def greedy(market: Market, blocks: Blocks) -> Outcome:
    """Best pair first, households not yet reached before all others."""
    amounts = np.zeros(len(market.offer), dtype=np.int64)
    left, stock = market.wanted.copy(), market.stock.copy()
    reached = np.zeros(len(market.bonus), dtype=bool)
    order = np.lexsort((-market.value, -blocks.weight[market.household[market.need]]))
    for only_first in (True, False):
        for e in order:
            i, j = market.need[e], market.offer[e]
            home = market.household[i]
            if only_first and reached[home]:
                continue
            amount = min(left[i], stock[j], market.high[e] - amounts[e], 1 if only_first else market.high[e])
            if amount > 0:
                amounts[e] += amount
                left[i] -= amount
                stock[j] -= amount
                reached[home] = True
    return Outcome(objective(blocks, market.need, market.value, amounts)[:2])


def naive(invented: Invented, texts: tuple[list[str], list[str]]) -> Outcome:
    """What one would build in an afternoon: TF-IDF → SVD → nearest neighbours per category, rules in Python, a
    linear programme by HiGHS. Its own score is closeness; its result is valued by ours."""
    blocks = invented.blocks
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), dtype=np.float32)
    words = vectors.fit_transform([*texts[0], *texts[1]])
    dense = TruncatedSVD(TRUNCATED_DEPTH, random_state=0).fit_transform(words)
    needs, offers = dense[: blocks.n_needs], dense[blocks.n_needs :]
    rows: list[tuple[int, int, float]] = []
    for category in range(CATEGORIES):
        own = np.flatnonzero(blocks.needs.category == category)
        theirs = np.flatnonzero(np.isin(invented.offer_category, blocks.rule.meets[category]))
        if not len(own) or not len(theirs):
            continue
        search = NearestNeighbors(n_neighbors=min(OVERFETCH, len(theirs)), metric="cosine").fit(offers[theirs])
        far, place = search.kneighbors(needs[own])
        for a, i in enumerate(own):
            areas, groups, kept = set(blocks.needs.areas[i].tolist()), int(blocks.needs.groups[i]), 0
            for b, j in enumerate(theirs[place[a]]):
                wants = int(blocks.offers.groups[j])
                if invented.offer_area[j] in areas and (not wants or wants & groups):
                    rows.append((int(i), int(j), 1.0 - float(far[a, b])))
                    kept += 1
                    if kept == K:
                        break
    return Outcome(_by_linear_programme(blocks, rows), notes=f"{len(rows):,} pairs left after the rules")


def _by_linear_programme(blocks: Blocks, rows: list[tuple[int, int, float]]) -> tuple[int, int]:
    need, offer = (np.array([row[k] for row in rows], dtype=np.int64) for k in (0, 1))
    closeness = np.array([row[2] for row in rows])
    high = np.minimum(blocks.needs.wanted[need], blocks.offers.per_case[offer])
    n, shape = len(rows), (blocks.n_needs + blocks.n_offers, len(rows))
    places = np.concatenate([need, blocks.n_needs + offer])
    matrix = sparse.csr_matrix((np.ones(2 * n), (places, np.tile(np.arange(n), 2))), shape=shape)
    limits = np.concatenate([blocks.needs.wanted, blocks.offers.stock])
    found = linprog(-closeness, A_ub=matrix, b_ub=limits, bounds=np.stack([np.zeros(n), high], axis=1), method="highs")
    amounts = np.floor(found.x + 1e-6).astype(np.int64)
    return objective(blocks, need, blocks.worth(need, offer), amounts)[:2]


def candidates(invented: Invented) -> Outcome:
    """Exact candidates: each need's ten best permitted offers."""
    invented.blocks.best(np.zeros(invented.blocks.n_offers, dtype=np.int64), K)
    return Outcome(recall=1.0)


def brute(invented: Invented, best: Any) -> Outcome:
    """scikit-learn's exact search over all offers, blind to the rules."""
    blocks = invented.blocks
    search = NearestNeighbors(n_neighbors=K, algorithm="brute", metric="cosine").fit(blocks.offers.vector)
    return Outcome(recall=_recall(search.kneighbors(blocks.needs.vector, return_distance=False), best))


def faiss_flat(invented: Invented, best: Any) -> Outcome:
    """FAISS' exact inner-product search over all offers, blind to the rules."""
    import faiss  # type: ignore[import-not-found, unused-ignore]

    index = faiss.IndexFlatIP(invented.blocks.needs.vector.shape[1])
    index.add(invented.blocks.offers.vector)
    return Outcome(recall=_recall(index.search(invented.blocks.needs.vector, K)[1], best))


def matrix_product(invented: Invented) -> Outcome:
    """The machine's own float32 product of the very pairs of category and area: for each area and category, its
    needs times its offers. Choosing among these vectors cannot be much quicker than multiplying them."""
    needs, offers, rule = invented.blocks.needs, invented.blocks.offers, invented.blocks.rule
    n_areas, n_counties = len(rule.spans), (len(needs.first) - 1) // len(rule.meets)
    for block in np.flatnonzero(np.diff(offers.first)):
        category, area = divmod(int(block), n_areas)
        theirs = offers.vector[offers.first[block] : offers.first[block + 1]].T
        for asking in np.flatnonzero((rule.meets == category).any(axis=1)):
            begin, end = (needs.first[asking * n_counties + place] for place in rule.spans[area])
            for start in range(begin, end, ROWS_AT_ONCE):
                needs.vector[start : min(end, start + ROWS_AT_ONCE)] @ theirs
    return Outcome(notes="float32 products alone, no score, no choice")


def _recall(found: Any, best: Any) -> float:
    """Share of each need's best permitted offers that were found."""
    there = best >= 0
    hits = (best[:, :, None] == found[:, None, :]).any(axis=2) & there
    return float(hits.sum() / max(1, there.sum()))


def prepared(invented: Invented, names: list[str]) -> dict[str, Callable[[], Outcome]]:
    """Each peer as something to call; what is not to be counted is made here."""
    blocks = invented.blocks
    market = truncated(blocks, K)
    texts = invented.texts() if "naive" in names else ([], [])
    best = blocks.best(np.zeros(blocks.n_offers, dtype=np.int64), K)[0]
    every: dict[str, Callable[[], Outcome]] = {
        "product": lambda: product(invented),
        "truncated": lambda: truncated_product(invented),
        "own-flow": lambda: own_flow(market, blocks),
        "ortools": lambda: ortools(market, blocks),
        "greedy": lambda: greedy(market, blocks),
        "naive": lambda: naive(invented, texts),
        "candidates": lambda: candidates(invented),
        "gemm": lambda: matrix_product(invented),
        "brute": lambda: brute(invented, best),
        "faiss": lambda: faiss_flat(invented, best),
    }
    return {name: every[name] for name in names}
