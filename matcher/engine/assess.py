"""One evaluation: the engine beside plain TF-IDF and BM25 on the same judged needs, in one run.

Only needs that somebody judged count. Figures by ranking are those of `evaluate.py`; gains are differences of nDCG@10
with 95 % intervals, over the baseline that did better.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.decisions import Judgement
from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.terms import Category
from matcher.engine.evaluate import (
    RIGHT,
    Judged,
    calibration_error,
    exposure_figures,
    fill_rate_gap,
    judged,
    ndcg,
    paired_gain,
    ranking_figures,
    recognised_share,
    traps_among_first,
)
from matcher.engine.fusion import HAND, fuse
from matcher.engine.learn import Learned
from matcher.engine.plan import MatchPlan
from matcher.engine.vectorize import CATEGORIES, TextSpace

if TYPE_CHECKING:
    from matcher.engine.language import Language

Matrix = NDArray[np.float64]
ROWS_AT_ONCE = 256
BASELINES = ("tfidf", "bm25")


def assess(
    needs: NeedColumns,
    offers: OfferColumns,
    judgements: Sequence[Judgement],
    *,
    language: "Language",
    as_of: date,
    text_floor: float,
    learned: Learned | None = None,
    right_categories: Mapping[str, Category] | None = None,
) -> dict[str, Any]:
    """Figures by ranking, gains, and the share of needs whose kind of help was recognised; JSON-ready.

    With `learned` its ranking stands beside that of the hand weights. `text_floor` in [0, 1]: the least closeness at
    which a pair is proposed; `traps_proposed` counts the traps among the first three that reach it.
    """
    needs, offers = needs.ordered(), offers.ordered()
    space = TextSpace.of(needs, offers, language=language, as_of=as_of, memory=learned.memory if learned else None)
    asked = sorted({one.need_id for one in judgements})
    place = {need_id: i for i, need_id in enumerate(needs.need_id)}
    rows = np.array([place[need_id] for need_id in asked], dtype=np.int64)
    truth = judged(asked, offers.offer_id, judgements)
    scores = _scores(space, rows, learned)
    said = [CATEGORIES[int(row.argmax())] for row in space.needs.inferred]
    right = {place[n]: category for n, category in (right_categories or {}).items() if n in place}
    return {
        "needs": len(needs),
        "offers": len(offers),
        "needs_judged": len(asked),
        "judgements": len(judgements),
        "right_pairs": int((truth.grades >= RIGHT).sum()),
        "traps": int(truth.traps.sum()),
        "rankings": {
            name: _figures(matrix, truth, None if name in BASELINES else text_floor) for name, matrix in scores.items()
        },
        "gains": _gains(scores, truth),
        "category_recognised": recognised_share(said, right),
        "needs_with_true_category": len(right),
    }


def fill_rates(needs: NeedColumns, plan: MatchPlan) -> dict[str, Any]:
    """Share of needs that a match found somebody for, by county and by hardship class, and the gap between best and
    worst; None where fewer than two groups are told."""
    served = {proposal.need_id for proposal in plan.proposals}
    got = np.array([need_id in served for need_id in needs.need_id], dtype=bool)
    return {
        "by_county": fill_rate_gap(needs.region, got),
        "by_class": fill_rate_gap([str(kind) if kind else None for kind in needs.hardship_class], got),
    }


def _scores(space: TextSpace, rows: NDArray[np.int64], learned: Learned | None) -> dict[str, Matrix]:
    """Closeness by ranking, each (n_judged_needs, n_offers) in [0, 1]."""
    columns = np.arange(len(space.offers.texts))
    blocks: dict[str, list[Matrix]] = {}
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        signals = space.signals(some, columns)
        found = {"engine": fuse({k: v for k, v in signals.items() if k not in ("remembered", "declined")}, HAND)}
        if learned:
            found["learned"] = fuse(signals, learned.weights)
        found["tfidf"] = (space.needs.tfidf[some] @ space.offers.tfidf.T).toarray()
        found["bm25"] = (space.needs.bm25[some] @ space.offers.bm25.T).toarray()
        for name, block in found.items():
            blocks.setdefault(name, []).append(block)
    return {name: np.concatenate(parts) for name, parts in blocks.items()}


def _figures(scores: Matrix, truth: Judged, text_floor: float | None) -> dict[str, float]:
    figures = ranking_figures(scores, truth) | {"ece@10": calibration_error(scores, truth.grades)}
    if text_floor is not None:
        figures["traps_proposed"] = traps_among_first(scores, truth, least=text_floor)
    return {name: round(value, 6) for name, value in (figures | exposure_figures(scores)).items()}


def _gains(scores: Mapping[str, Matrix], truth: Judged) -> dict[str, dict[str, Any]]:
    """Of the engine over the better baseline, of the learned ranking over that of the hand weights."""
    of_need = {name: ndcg(matrix, truth.grades) for name, matrix in scores.items()}
    better = max(BASELINES, key=lambda name: np.nansum(of_need[name]))
    pairs = {"engine": better, "learned": "engine"}
    gains = {}
    for name, over in pairs.items():
        if name in of_need:
            mean, low, high = (round(value, 6) for value in paired_gain(of_need[name], of_need[over]))
            gains[name] = {"over": over, "ndcg@10": mean, "low": low, "high": high}
    return gains
