"""When learned weights may be used: one rule after the other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from matcher.domain.learning import Trial, model_name, promotion_verdict
from matcher.domain.terms import ModelVerdict as V

NOW = datetime(2019, 1, 9, tzinfo=UTC)
GOOD = Trial(needs=40, gain=0.05, low=0.01, high=0.09, recall_change={"410823": 0.0, "410825": 0.1})


def verdict(trial: Trial | None = GOOD, **said) -> V:
    return promotion_verdict(trial, **{"decisions": 200, "is_new": True, "rolled_back_at": None, "now": NOW} | said)


def test_what_is_surely_better_and_harms_no_district_is_taken():
    assert verdict() is V.PROMOTED
    assert verdict(replace(GOOD, recall_change={"410823": -0.02})) is V.PROMOTED


@pytest.mark.parametrize(
    ("trial", "said", "why"),
    [
        (GOOD, {"decisions": 199}, V.TOO_FEW),
        (GOOD, {"is_new": False}, V.NOTHING_LEARNED),
        (None, {}, V.NOTHING_TO_COMPARE),
        (replace(GOOD, needs=0), {}, V.NOTHING_TO_COMPARE),
        (replace(GOOD, low=0.0), {}, V.NOT_BETTER),
        (replace(GOOD, low=-0.01), {}, V.NOT_BETTER),
        (replace(GOOD, recall_change={"410823": 0.3, "410825": -0.021}), {}, V.DISTRICT_LOSES),
        (GOOD, {"rolled_back_at": NOW - timedelta(days=29)}, V.ROLLED_BACK_LATELY),
    ],
)
def test_any_rule_can_forbid_it(trial, said, why):
    assert verdict(trial, **said) is why


def test_a_month_after_a_roll_back_it_may_speak_again():
    assert verdict(rolled_back_at=NOW - timedelta(days=30)) is V.PROMOTED


def test_models_have_names():
    assert (model_name(None), model_name(12)) == ("hand", "learned-12")
