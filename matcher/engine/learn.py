"""Learning from decisions: weights of the signals, and what needs alike were given before.

Weights. Pairwise logistic regression (Joachims 2002) on the signals of what was accepted minus what was declined
within one need, starting from the hand weights and pulled back to them: the weights minimise

    trust · Σ_needs n_i · mean over pairs of log(1 + exp(−w·(s_accepted − s_declined)))  +  PULL ⁄ 2 · Σ (w − hand)²

with n_i the decisions of a need and trust = n ⁄ (n + 200), so that a handful of decisions hardly moves anything and a
thousand speak for themselves. Signs are kept: what speaks for a pair never counts against it, nor the other way round.

Calibration. Scale and bias are then set so that closeness is a probability over each need's first ten: a logistic
regression of accepted (1) and declined (0), where a pair that nobody decided counts with what the hand weights say of
it, and both are pulled to what they were.

Memory. See `memory.py`; while learning, no need recalls itself.

Promotion. Learned weights are taken only if, over five folds of the needs, they rank what was accepted higher than the
prior does; otherwise the prior stays, without a memory.

Plain and convex, so equal decisions give equal weights in any order. A pair that is decided twice counts once; one that
is decided both ways, and a refusal that says nothing about the match, are left aside and counted.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from matcher.domain.decisions import Decision
from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.engine.evaluate import ndcg
from matcher.engine.fusion import AGAINST, HAND, SIGNALS, Weights, total
from matcher.engine.memory import Memory
from matcher.engine.vectorize import TextSpace

if TYPE_CHECKING:
    from matcher.engine.language import Language

Matrix = NDArray[np.float64]
PULL = 1.0
FOLDS = 5
KEPT = "hand, kept"
MEMORIES = frozenset({"remembered", "declined"})
FEW = 200
SHOWN_FIRST = 10
SCALE_PULL = 20.0  # how many decisions' worth the former scale and bias count
DIGITS = 4
SIGNS = np.array([-1.0 if name in AGAINST else 1.0 for name in SIGNALS])


@dataclass(frozen=True)
class Learned:
    """What decisions taught; without a memory nothing is recalled. `trained` decisions counted; `aside` tells how many
    did not, by why: not_about_match, contradictory, unknown."""

    weights: Weights
    memory: Memory | None
    trained: int
    aside: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions as matrices of shape (n_needs, n_offers)."""

    accepted: NDArray[np.bool_]
    declined: NDArray[np.bool_]

    @property
    def shown(self) -> NDArray[np.bool_]:
        return np.asarray(self.accepted | self.declined)


def learn(
    needs: NeedColumns,
    offers: OfferColumns,
    decisions: Sequence[Decision],
    *,
    language: "Language",
    as_of: date,
    prior: Weights = HAND,
) -> Learned | None:
    """Weights and memory from decisions about these needs and offers; None if no decision can teach anything."""
    kept, aside = _usable(decisions, frozenset(needs.need_id), frozenset(offers.offer_id))
    if not kept:
        return None
    space, decided = _setting(needs, offers, kept, language, as_of, prior)
    signals = space.signals(*_everything(space))
    memory = _remember(space, total(signals, prior), decided, prior)
    signals |= memory.between(space.needs.texts, space.offers.texts, space.offers.concepts, own_rows=True)
    cube = np.stack([signals.get(name, np.zeros(decided.accepted.shape)) for name in SIGNALS], axis=-1)
    vector = fit_weights(cube, decided, prior.vector())
    if not _is_better(cube, decided, prior.vector()):
        kept_weights = {name: 0.0 if name in MEMORIES else weight for name, weight in prior.values.items()}
        return Learned(Weights(kept_weights, prior.bias, KEPT), memory, len(kept), aside)
    bias, scale = _calibrate(cube @ vector, expit(prior.bias + cube @ prior.vector()), decided, prior.bias)
    values = dict(zip(SIGNALS, (round(float(scale * w), DIGITS) for w in vector), strict=True))
    return Learned(Weights(values, round(bias, DIGITS), "learned"), memory, len(kept), aside)


def recall(
    needs: NeedColumns,
    offers: OfferColumns,
    decisions: Sequence[Decision],
    *,
    language: "Language",
    as_of: date,
    prior: Weights = HAND,
) -> Memory | None:
    """The memory that `learn` makes of the same decisions, without learning weights; None if nothing can teach."""
    kept, _ = _usable(decisions, frozenset(needs.need_id), frozenset(offers.offer_id))
    if not kept:
        return None
    space, decided = _setting(needs, offers, kept, language, as_of, prior)
    return _remember(space, total(space.signals(*_everything(space)), prior), decided, prior)


def _setting(
    needs: NeedColumns,
    offers: OfferColumns,
    kept: Sequence[Decision],
    language: "Language",
    as_of: date,
    prior: Weights,
) -> tuple[TextSpace, Decided]:
    """The texts of decided needs and of all offers, and what was decided."""
    decided_ids = {one.need_id for one in kept}
    needs = needs.chosen([k for k, need_id in enumerate(needs.need_id) if need_id in decided_ids]).ordered()
    offers = offers.ordered()
    space = TextSpace.of(needs, offers, language=language, as_of=as_of, weights=prior)
    return space, _matrices(kept, needs.need_id, offers.offer_id)


def fit_weights(cube: Matrix, decided: Decided, prior: Matrix) -> Matrix:
    """(n_signals,) weights from signals (n_needs, n_offers, n_signals); the prior's own where nothing was learned."""
    gaps, counts = _gaps(cube, decided)
    decisions = int(decided.shown.sum())
    trust = decisions / (decisions + FEW)

    def loss(w: Matrix) -> tuple[float, Matrix]:
        margin = gaps @ w
        wrong = counts * expit(-margin)
        value = trust * float(counts @ np.logaddexp(0.0, -margin)) + 0.5 * PULL * float(((w - prior) ** 2).sum())
        return value, PULL * (w - prior) - trust * (gaps.T @ wrong)

    bounds = [(0.0, None) if sign > 0 else (None, 0.0) for sign in SIGNS]
    return np.asarray(minimize(loss, prior, jac=True, bounds=bounds, method="L-BFGS-B").x)


def _is_better(cube: Matrix, decided: Decided, prior: Matrix) -> bool:
    """Whether weights learned from four fifths of the needs rank the accepted offers of the last fifth higher (mean
    nDCG@10) than the prior does without a memory; only then are they taken."""
    plain = prior * np.array([name not in MEMORIES for name in SIGNALS])
    grades = decided.accepted.astype(np.int64)
    gains: list[Matrix] = []
    for fold in range(FOLDS):
        held = np.arange(len(cube)) % FOLDS == fold
        if held.any() and not held.all():
            taught = fit_weights(cube[~held], Decided(decided.accepted[~held], decided.declined[~held]), prior)
            gains.append(ndcg(cube[held] @ taught, grades[held]) - ndcg(cube[held] @ plain, grades[held]))
    found = np.concatenate(gains) if gains else np.zeros(0)
    return bool(np.isfinite(found).any() and np.nanmean(found) > 0)


def _gaps(cube: Matrix, decided: Decided) -> tuple[Matrix, Matrix]:
    """Accepted minus declined within each need, (n_pairs, n_signals), and what each counts."""
    gaps, counts = [np.zeros((0, cube.shape[-1]))], [np.zeros(0)]
    for i in range(len(cube)):
        taken, left = np.flatnonzero(decided.accepted[i]), np.flatnonzero(decided.declined[i])
        if len(taken) and len(left):
            gap = (cube[i, taken][:, None] - cube[i, left][None]).reshape(-1, cube.shape[-1])
            gaps.append(gap)
            counts.append(np.full(len(gap), (len(taken) + len(left)) / len(gap)))
    return np.concatenate(gaps), np.concatenate(counts)


def _remember(space: TextSpace, totals: Matrix, decided: Decided, prior: Weights) -> Memory:
    shown = decided.shown
    bias, scale = _logistic(
        totals[shown], decided.accepted[shown].astype(float), np.ones(int(shown.sum())), (prior.bias, 1.0)
    )
    return Memory(
        space.needs.texts,
        space.offers.texts,
        space.offers.concepts,
        accepted=decided.accepted,
        shown=shown,
        likely=expit(bias + scale * totals),
    )


def _calibrate(totals: Matrix, hand: Matrix, decided: Decided, bias: float) -> tuple[float, float]:
    """Bias and scale over the first ten of each need."""
    first = np.argsort(-totals, axis=1, kind="stable")[:, :SHOWN_FIRST]
    target = np.where(decided.accepted, 1.0, np.where(decided.declined, 0.0, hand))
    said, wanted = (np.take_along_axis(m, first, axis=1).ravel() for m in (totals, target))
    return _logistic(said, wanted, np.ones(len(said)), (bias, 1.0))


def _logistic(totals: Matrix, target: Matrix, counts: Matrix, start: tuple[float, float]) -> tuple[float, float]:
    """Bias and scale ≥ 0 of a logistic regression on one total, pulled to `start`."""
    origin = np.array(start)

    def loss(p: Matrix) -> tuple[float, Matrix]:
        odds = p[0] + p[1] * totals
        value = float(counts @ (np.logaddexp(0.0, odds) - target * odds))
        off = counts * (expit(odds) - target)
        away = SCALE_PULL * (p - origin)
        return value + 0.5 * float(away @ (p - origin)), np.array([off.sum(), off @ totals]) + away

    found = minimize(loss, origin, jac=True, bounds=[(None, None), (0.05, None)], method="L-BFGS-B").x
    return float(found[0]), float(found[1])


def _usable(
    decisions: Sequence[Decision], needs: frozenset[str], offers: frozenset[str]
) -> tuple[list[Decision], dict[str, int]]:
    """Decisions that teach, one a pair and in order; how many others there are and why."""
    aside: Counter[str] = Counter()
    said: dict[tuple[str, str], set[bool]] = {}
    for one in decisions:
        if one.need_id not in needs or one.offer_id not in offers:
            aside["unknown"] += 1
        elif not one.accepted and not one.about_match:
            aside["not_about_match"] += 1
        else:
            said.setdefault((one.need_id, one.offer_id), set()).add(one.accepted)
    kept = [Decision(*pair, accepted=True in verdicts) for pair, verdicts in sorted(said.items()) if len(verdicts) == 1]
    contradictory = len(said) - len(kept)
    return kept, dict(sorted(aside.items())) | ({"contradictory": contradictory} if contradictory else {})


def _matrices(decisions: Sequence[Decision], need_ids: list[str], offer_ids: list[str]) -> Decided:
    row, column = ({one: k for k, one in enumerate(ids)} for ids in (need_ids, offer_ids))
    accepted = np.zeros((len(need_ids), len(offer_ids)), dtype=bool)
    declined = np.zeros_like(accepted)
    for one in decisions:
        (accepted if one.accepted else declined)[row[one.need_id], column[one.offer_id]] = True
    return Decided(accepted, declined)


def _everything(space: TextSpace) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.arange(len(space.needs.texts)), np.arange(len(space.offers.texts))
