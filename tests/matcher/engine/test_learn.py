"""Learning from decisions: mends wrong weights, leaves right ones alone, is careful with few, the same each time."""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from matcher.domain.decisions import Decision, Judgement, is_about_match
from matcher.domain.facts import NeedColumns, NeedFacts, OfferColumns, OfferFacts
from matcher.engine.evaluate import calibration_error, judged, ndcg, paired_gain
from matcher.engine.fusion import AGAINST, HAND, Weights, fuse
from matcher.engine.learn import MEMORIES, learn
from matcher.engine.vectorize import TextSpace
from seeds.reference import language
from tests.matcher.engine.people import TODAY

PRACTICE = Path(__file__).parents[2] / "data" / "labelled" / "practice"


def rows(name: str) -> list[dict[str, str]]:
    with (PRACTICE / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@cache
def practice() -> tuple[NeedColumns, OfferColumns, tuple[Judgement, ...]]:
    needs = NeedColumns.of(
        [NeedFacts(need_id=r["need_id"], household_id=r["need_id"], text=r["text"]) for r in rows("needs")]
    )
    offers = OfferColumns.of([OfferFacts(offer_id=r["offer_id"], text=r["text"]) for r in rows("offers")])
    return needs, offers, tuple(Judgement(r["need_id"], r["offer_id"], int(r["grade"])) for r in rows("judgements"))


@cache
def hand_scores() -> np.ndarray:
    needs, offers, _ = practice()
    space = TextSpace.of(needs, offers, language=language(), as_of=TODAY)
    return space.closeness(np.arange(len(needs)), np.arange(len(offers)))


def truth() -> np.ndarray:
    needs, offers, judgements = practice()
    return judged(needs.need_id, offers.offer_id, judgements).grades


def decisions(some: list[int]) -> list[Decision]:
    """What caseworkers would say of the ten offers shown first: right ones accepted, wrong ones declined."""
    needs, offers, _ = practice()
    grades, made = truth(), []
    for i in some:
        shown = set(np.argsort(-hand_scores()[i], kind="stable")[:10]) | set(np.flatnonzero(grades[i] >= 2))
        made += [
            Decision(needs.need_id[i], offers.offer_id[j], bool(grades[i, j] >= 2)) for j in shown if grades[i, j] != 1
        ]
    return made


HOLLOW = Weights(dict.fromkeys(HAND.values, 0.0) | {"wording": 5.0}, bias=-5.5, name="hollow")
"""Weights of somebody who trusts shared words alone."""


def folds(prior: Weights) -> np.ndarray:
    """Closeness of needs that the decisions learned from do not know, (n_needs, n_offers)."""
    needs, offers, _ = practice()
    scores = np.zeros_like(hand_scores())
    for fold in range(5):
        held = [i for i in range(len(needs)) if i % 5 == fold]
        known = decisions([i for i in range(len(needs)) if i % 5 != fold])
        taught = learn(needs, offers, known, language=language(), as_of=TODAY, prior=prior)
        space = TextSpace.of(
            needs, offers, language=language(), as_of=TODAY, weights=taught.weights, memory=taught.memory
        )
        scores[held] = space.closeness(np.array(held), np.arange(len(offers)))
    return scores


def test_learning_mends_weights_that_are_wrong():
    needs, offers, _ = practice()
    before = TextSpace.of(needs, offers, language=language(), as_of=TODAY, weights=HOLLOW)
    plain = ndcg(before.closeness(np.arange(len(needs)), np.arange(len(offers))), truth())
    mean, low, _ = paired_gain(ndcg(folds(HOLLOW), truth()), plain)
    assert mean > 0 and low > 0


def test_learning_does_not_spoil_weights_that_are_right():
    scores = folds(HAND)
    mean, _, high = paired_gain(ndcg(scores, truth()), ndcg(hand_scores(), truth()))
    assert mean > -0.005 and high >= 0
    assert calibration_error(scores, truth()) <= 0.05


def test_few_decisions_hardly_move_anything():
    taught = learn(*practice()[:2], decisions([0, 1]), language=language(), as_of=TODAY)
    for signal in set(HAND.values) - MEMORIES:
        weight = HAND.values[signal]
        assert abs(taught.weights.values[signal] - weight) < 1.5


def test_signs_are_kept():
    taught = learn(*practice()[:2], decisions(list(range(60))), language=language(), as_of=TODAY)
    assert all((weight <= 0) if name in AGAINST else (weight >= 0) for name, weight in taught.weights.values.items())


def test_order_changes_nothing_and_nothing_teaches_nothing():
    needs, offers, _ = practice()
    made = decisions(list(range(20)))
    one, two = (learn(needs, offers, some, language=language(), as_of=TODAY).weights for some in (made, made[::-1]))
    assert one == two
    assert learn(needs, offers, [], language=language(), as_of=TODAY) is None


@pytest.mark.parametrize(
    ("reason", "teaches"),
    [(None, True), ("wrong_item", True), ("情况不符", True), ("联系不上", False), ("已解决", False),
     ("本人不需要", False), ("unreachable", False), ("already_has", False)],
)  # fmt: skip
def test_only_mismatch_teaches(reason, teaches):
    assert is_about_match(reason) is teaches


def test_refusals_that_say_nothing_are_counted_and_left_aside():
    needs, offers, _ = practice()
    silent = Decision(needs.need_id[0], offers.offer_id[0], accepted=False, about_match=False)
    taught = learn(needs, offers, [*decisions([0, 1, 2]), silent], language=language(), as_of=TODAY)
    assert taught.aside == {"not_about_match": 1}


def test_no_signal_is_no_closeness():
    assert fuse({"wording": np.zeros((2, 2))}, HAND).tolist() == [[0, 0], [0, 0]]
