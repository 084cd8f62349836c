"""Which offers a need is compared with: every one of a category that may meet its own, and, where a category
was not given, every one whose text is close enough. No approximate index, nothing cut off.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.terms import LISTED_PAIRS, Category
from matcher.engine.contradictions import SURE
from matcher.engine.fusion import fuse
from matcher.engine.problem import Ints
from matcher.engine.vectorize import TextSpace

CELLS_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs worth asking the rules about, ordered by need row, then offer row."""

    need: Ints  # (n_pairs,)
    offer: Ints  # (n_pairs,)
    closeness: NDArray[np.float64]  # (n_pairs,) in [0, 1]
    withheld: NDArray[np.bool_]  # (n_pairs,) the texts surely exclude each other
    n_category_differs: Ints  # (n_needs,) offers of a category that cannot meet the need's
    n_text_too_far: Ints  # (n_needs,) offers compared whose text is too far, or names another thing
    nearest: Ints  # (n_needs,) closest offer of all compared, −1 if none has anything in common
    nearest_closeness: NDArray[np.float64]  # (n_needs,)


def find_candidates(
    space: TextSpace,
    need_categories: list[Category | None],
    offer_categories: list[Category | None],
    *,
    text_floor: float,
    told: Callable[[float], None] = lambda share: None,
) -> Candidates:
    """All pairs of given categories that may meet, and all soft pairs with closeness ≥ `text_floor`.

    A pair is soft if either category was not given. Of both kinds, pairs that name different concrete things
    of one category (轮椅 against 助听器) are left out and counted as too far; pairs whose texts surely exclude each
    other (a university grant and a nine-year-old) are marked as withheld.
    """
    n_needs, n_offers = len(need_categories), len(offer_categories)
    found: list[tuple[Ints, Ints, NDArray[np.float64], NDArray[np.float64]]] = []
    differs = np.zeros(n_needs, dtype=np.int64)
    too_far = np.zeros(n_needs, dtype=np.int64)
    nearest = np.full(n_needs, -1, dtype=np.int64)
    nearest_close = np.zeros(n_needs)
    done = 0
    for category in sorted(set(need_categories), key=lambda c: c or ""):
        rows = np.array([i for i, c in enumerate(need_categories) if c is category], dtype=np.int64)
        columns = np.array([j for j, c in enumerate(offer_categories) if may_meet(category, c)], dtype=np.int64)
        differs[rows] = n_offers - len(columns)
        is_soft = np.array([category is None or offer_categories[j] is None for j in columns], dtype=bool)
        step = max(1, CELLS_AT_ONCE // max(1, len(columns)))
        for start in range(0, len(rows), step):
            chunk = rows[start : start + step]
            done += len(chunk)
            if len(columns):
                signals = space.signals(chunk, columns)
                close = fuse(signals, space.weights)
                keep = ~space.names_other_thing(chunk, columns) & (~is_soft | (close >= text_floor))
                at, to = np.nonzero(keep)
                found.append((chunk[at], columns[to], close[at, to], signals["contradiction"][at, to]))
                too_far[chunk] = len(columns) - keep.sum(axis=1)
                best = close.argmax(axis=1)
                nearest_close[chunk] = close[np.arange(len(chunk)), best]
                nearest[chunk] = np.where(nearest_close[chunk] > 0, columns[best], -1)
            told(done / n_needs)
    empty = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    need, offer, close, excluded = (np.concatenate([block[k] for block in found]) for k in range(4)) if found else empty
    order = np.lexsort((offer, need))
    return Candidates(
        need[order], offer[order], close[order], excluded[order] >= SURE, differs, too_far, nearest, nearest_close
    )


def may_meet(need: Category | None, offer: Category | None) -> bool:
    """Whether two categories may meet (H4): the same, a listed pair, or one of them not given."""
    return need is None or offer is None or need is offer or (need, offer) in LISTED_PAIRS
