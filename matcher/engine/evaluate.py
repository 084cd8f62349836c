"""How good a ranking is, measured against judgements by people, beside plain TF-IDF and BM25 in the same run.

Grades are 0–3; an offer of grade 2 or 3 is *right*. nDCG after Järvelin and Kekäläinen (2002) with gain
2^grade − 1; intervals by paired bootstrap over needs (Efron 1979), 95 %.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.decisions import Judgement

Matrix = NDArray[np.float64]
RIGHT = 2
DEPTH = 10
ROUNDS = 2000
BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """Judgements as matrices over the needs that were judged: both of shape (n_needs, n_offers)."""

    grades: NDArray[np.int64]
    traps: NDArray[np.bool_]


def judged(need_ids: Sequence[str], offer_ids: Sequence[str], judgements: Sequence[Judgement]) -> Judged:
    """Judgements in the order of the ids given; pairs nobody judged have grade 0."""
    rows, columns = ({one: k for k, one in enumerate(ids)} for ids in (need_ids, offer_ids))
    grades = np.zeros((len(need_ids), len(offer_ids)), dtype=np.int64)
    traps = np.zeros(grades.shape, dtype=bool)
    for j in judgements:
        grades[rows[j.need_id], columns[j.offer_id]] = j.grade
        traps[rows[j.need_id], columns[j.offer_id]] = j.is_trap
    return Judged(grades, traps)


def ranking_figures(scores: Matrix, truth: Judged) -> dict[str, float]:
    """Means over needs of nDCG@10, recall@5/10/50, MRR and MAP, and how many traps are among the first three.

    `scores` (n_needs, n_offers); equal scores rank in the order of columns.
    """
    order = np.argsort(-scores, axis=1, kind="stable")
    grades = np.take_along_axis(truth.grades, order, axis=1)
    right = grades >= RIGHT
    figures = {"ndcg@10": ndcg(scores, truth.grades)} | {f"recall@{k}": _recall(right, k) for k in (5, 10, 50)}
    figures |= {"mrr": _reciprocal(right), "map": _average_precision(right)}
    means = {name: float(np.nanmean(values)) if len(values) else 0.0 for name, values in figures.items()}
    return means | {"traps_in_top_3": traps_among_first(scores, truth)}


def traps_among_first(scores: Matrix, truth: Judged, *, least: float = -np.inf) -> float:
    """How many traps are among each need's first three with a score of at least `least`."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :3]
    traps = np.take_along_axis(truth.traps & (scores >= least), order, axis=1)
    return float(traps.sum())


def ndcg(scores: Matrix, grades: NDArray[np.int64], depth: int = DEPTH) -> NDArray[np.float64]:
    """nDCG@depth of each need, (n_needs,); NaN where nothing has a grade."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
    gains = np.exp2(grades) - 1.0
    discount = 1.0 / np.log2(np.arange(2, order.shape[1] + 2))
    got = (np.take_along_axis(gains, order, axis=1) * discount).sum(axis=1)
    best = (-np.sort(-gains, axis=1)[:, : order.shape[1]] * discount).sum(axis=1)
    return np.asarray(np.divide(got, best, out=np.full(len(got), np.nan), where=best > 0))


def paired_gain(mine: NDArray[np.float64], theirs: NDArray[np.float64], *, seed: int = 0) -> tuple[float, float, float]:
    """Mean difference and its 95 % interval, by drawing needs with replacement."""
    difference = mine - theirs
    difference = difference[~np.isnan(difference)]
    if not len(difference):
        return 0.0, 0.0, 0.0
    draws = np.random.default_rng(seed).integers(0, len(difference), (ROUNDS, len(difference)))
    low, high = np.quantile(difference[draws].mean(axis=1), (0.025, 0.975))
    return float(difference.mean()), float(low), float(high)


def calibration_error(scores: Matrix, grades: NDArray[np.int64], depth: int = DEPTH) -> float:
    """Expected calibration error over each need's first ten: |share right − mean score| by bins of equal width,
    weighted by how many fall into each (Naeini et al. 2015)."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
    said = np.take_along_axis(scores, order, axis=1).ravel()
    right = (np.take_along_axis(grades, order, axis=1) >= RIGHT).ravel()
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    gaps = [abs(right[place == b].mean() - said[place == b].mean()) * (place == b).mean() for b in np.unique(place)]
    return float(sum(gaps))


def exposure_figures(scores: Matrix, depth: int = DEPTH) -> dict[str, float]:
    """Share of offers shown among anybody's first ten, and the Gini coefficient of exposure (0 = all alike),
    where place k is worth 1 ⁄ log2(k + 1)."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
    worth = np.broadcast_to(1.0 / np.log2(np.arange(2, order.shape[1] + 2)), order.shape)
    exposure = np.sort(np.bincount(order.ravel(), weights=worth.ravel(), minlength=scores.shape[1]))
    n, total = len(exposure), exposure.sum()
    gini = float((2 * np.arange(1, n + 1) - n - 1) @ exposure / (n * total)) if total else 0.0
    return {"offer_coverage@10": float((exposure > 0).mean()) if n else 0.0, "exposure_gini": gini}


def fill_rate_gap(groups: Sequence[str | None], served: NDArray[np.bool_]) -> dict[str, float] | None:
    """Share of needs that found somebody, by group, and the gap between best and worst; None with fewer than two
    groups."""
    names = sorted({group for group in groups if group})
    if len(names) < 2:
        return None
    of_group = np.array([group or "" for group in groups])
    rates = {name: float(served[of_group == name].mean()) for name in names}
    return rates | {"gap": max(rates.values()) - min(rates.values())}


def recognised_share(said: Sequence[str], truth: Mapping[int, str]) -> float | None:
    """Share of needs whose kind of help was recognised first; None if nobody said what is right."""
    return sum(said[i] == code for i, code in truth.items()) / len(truth) if truth else None


def _recall(right: NDArray[np.bool_], depth: int) -> NDArray[np.float64]:
    total = right.sum(axis=1)
    hits = right[:, :depth].sum(axis=1).astype(float)
    return np.asarray(np.divide(hits, total, out=np.full(len(total), np.nan), where=total > 0))


def _reciprocal(right: NDArray[np.bool_]) -> NDArray[np.float64]:
    first = right.argmax(axis=1)
    return np.where(right.any(axis=1), 1.0 / (first + 1), np.nan)


def _average_precision(right: NDArray[np.bool_]) -> NDArray[np.float64]:
    precision = np.cumsum(right, axis=1) / np.arange(1, right.shape[1] + 1)
    total = right.sum(axis=1)
    share = (precision * right).sum(axis=1)
    return np.asarray(np.divide(share, total, out=np.full(len(total), np.nan), where=total > 0))
