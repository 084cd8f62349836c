"""When learned weights may be used: the rules, and how models are called.

A model is tried on the decisions of the last month, which it has not seen. It is taken only if it ranks what
caseworkers chose higher than the model in use does, with the whole 95 % interval of the gain above 0, and no district
loses more than two points of Recall@5. Too few decisions never speak, and after a roll-back by the city a month of new
decisions must pass.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from matcher.domain.terms import ModelVerdict

HAND = "hand"
"""Name of the weights set by hand, before anything was learned."""
FEWEST_DECISIONS = 200
TEST_TIME = timedelta(days=30)
MOST_LOSS = 0.02
"""Greatest loss of Recall@5 that one district may suffer."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How a new model did against the one in use on decisions that it has not seen.

    `needs` with something accepted, so that rankings can be compared; gain of nDCG@10 with its 95 % interval;
    change of Recall@5 by district.
    """

    needs: int
    gain: float
    low: float
    high: float
    recall_change: Mapping[str, float]


def model_name(model_id: int | None) -> str:
    """`learned-12`, or `hand` without a number."""
    return HAND if model_id is None else f"learned-{model_id}"


def promotion_verdict(
    trial: Trial | None, *, decisions: int, is_new: bool, rolled_back_at: datetime | None, now: datetime
) -> ModelVerdict:
    """Whether a model is taken, or the first rule that forbids it.

    `decisions` that taught or tested it; `is_new` False when learning kept the hand weights; `rolled_back_at` the
    last roll-back by a person, if no model was taken since.
    """
    if decisions < FEWEST_DECISIONS:
        return ModelVerdict.TOO_FEW
    if not is_new:
        return ModelVerdict.NOTHING_LEARNED
    if trial is None or not trial.needs:
        return ModelVerdict.NOTHING_TO_COMPARE
    if trial.low <= 0:
        return ModelVerdict.NOT_BETTER
    if min(trial.recall_change.values(), default=0.0) < -MOST_LOSS - 1e-9:
        return ModelVerdict.DISTRICT_LOSES
    if rolled_back_at is not None and now < rolled_back_at + TEST_TIME:
        return ModelVerdict.ROLLED_BACK_LATELY
    return ModelVerdict.PROMOTED
