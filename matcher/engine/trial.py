"""How learned weights do against those in use, on decisions that they have not seen; and how signals drift.

Both rank all offers for every need of the test. nDCG@10 counts what was accepted; the interval of the gain is the 95 %
one of the paired bootstrap. Recall@5 is told by district, because a gain on the whole may hide a loss of some.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.decisions import Decision
from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.learning import Trial
from matcher.engine.evaluate import ndcg, paired_gain
from matcher.engine.fusion import HAND, SIGNALS, fuse
from matcher.engine.learn import Learned
from matcher.engine.vectorize import TextSpace

if TYPE_CHECKING:
    from matcher.engine.language import Language

Matrix = NDArray[np.float64]
RECALL_DEPTH = 5
DIGITS = 4


@dataclass(frozen=True, slots=True)
class DistrictFigures:
    """Recall@5 of one district, with how many needs it was measured."""

    district: str
    needs: int
    old: float
    new: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A trial and the figures behind it; means over needs with something accepted."""

    trial: Trial
    ndcg: tuple[float, float]  # old, new
    recall: tuple[float, float]  # old, new
    districts: tuple[DistrictFigures, ...]

    def as_json(self) -> dict[str, Any]:
        gain = {"mean": self.trial.gain, "low": self.trial.low, "high": self.trial.high}
        return {
            "needs": self.trial.needs,
            "ndcg@10": dict(zip(("old", "new"), self.ndcg, strict=True)),
            "recall@5": dict(zip(("old", "new"), self.recall, strict=True)),
            "gain": gain,
            "districts": [asdict(one) for one in self.districts],
        }


def compare(
    needs: NeedColumns,
    offers: OfferColumns,
    decisions: Sequence[Decision],
    *,
    old: Learned | None,
    new: Learned,
    language: "Language",
    as_of: date,
    district_of: Mapping[str, str],
) -> Comparison:
    """Old (None: the hand weights) against new on these decisions. `district_of` names the district of a need."""
    accepted = {(one.need_id, one.offer_id) for one in decisions if one.accepted}
    asked = {need_id for need_id, _ in accepted}
    needs = needs.chosen([k for k, need_id in enumerate(needs.need_id) if need_id in asked]).ordered()
    offers = offers.ordered()
    if not len(needs) or not len(offers):
        return Comparison(Trial(0, 0.0, 0.0, 0.0, {}), (0.0, 0.0), (0.0, 0.0), ())
    space = TextSpace.of(needs, offers, language=language, as_of=as_of)
    grades = np.array([[int((n, o) in accepted) for o in offers.offer_id] for n in needs.need_id], dtype=np.int64)
    scores = _scores(space, old), _scores(space, new)
    gains = [ndcg(one, grades) for one in scores]
    recalls = [_recall(one, grades) for one in scores]
    mean, low, high = (round(value, DIGITS) for value in paired_gain(gains[1], gains[0]))
    districts = _districts([district_of.get(need_id, "") for need_id in needs.need_id], *recalls)
    change = {one.district: one.new - one.old for one in districts}
    return Comparison(
        Trial(len(needs), mean, low, high, change),
        (_mean(gains[0]), _mean(gains[1])),
        (_mean(recalls[0]), _mean(recalls[1])),
        districts,
    )


def drift(earlier: Sequence[Mapping[str, float]], lately: Sequence[Mapping[str, float]]) -> list[dict[str, Any]]:
    """By signal: its mean among earlier and among late decisions, and the shift in standard deviations.

    Empty when either side has no decision whose signals were kept.
    """
    if not earlier or not lately:
        return []
    before, after = (np.array([[one.get(name, 0.0) for name in SIGNALS] for one in side]) for side in (earlier, lately))
    spread = np.concatenate([before, after]).std(axis=0)
    shift = np.divide(after.mean(axis=0) - before.mean(axis=0), spread, out=np.zeros(len(SIGNALS)), where=spread > 1e-9)
    return [
        {
            "signal": name,
            "before": round(float(b), DIGITS),
            "after": round(float(a), DIGITS),
            "shift": round(float(s), DIGITS),
        }
        for name, b, a, s in zip(SIGNALS, before.mean(axis=0), after.mean(axis=0), shift, strict=True)
    ]


def _scores(space: TextSpace, model: Learned | None) -> Matrix:
    rows, columns = np.arange(len(space.needs.texts)), np.arange(len(space.offers.texts))
    signals = space.signals(rows, columns)
    if model is None:
        return fuse(signals, HAND)
    if model.memory is not None:
        signals |= model.memory.between(space.needs.texts, space.offers.texts, space.offers.concepts)
    return fuse(signals, model.weights)


def _recall(scores: Matrix, grades: NDArray[np.int64]) -> Matrix:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :RECALL_DEPTH]
    return np.asarray(np.take_along_axis(grades, order, axis=1).sum(axis=1) / grades.sum(axis=1))


def _districts(names: Sequence[str], old: Matrix, new: Matrix) -> tuple[DistrictFigures, ...]:
    found = []
    for name in sorted(set(names)):
        here = np.array([one == name for one in names])
        found.append(DistrictFigures(name, int(here.sum()), _mean(old[here]), _mean(new[here])))
    return tuple(found)


def _mean(values: Matrix) -> float:
    return round(float(values.mean()), DIGITS) if len(values) else 0.0
