"""What a match run hands over: proposals with reasons, unmet needs with causes, and the figures of the run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from matcher.domain.reasons import Reason, ReasonCode
from matcher.domain.terms import RunStage, ScorePart

Progress = Callable[[RunStage, float], None]
"""Told the stage and the share done in [0, 1]; may raise to stop the run."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A next-best offer for the same need, and why it was not taken."""

    offer_id: str
    score: int
    why_not: Reason


@dataclass(frozen=True, slots=True)
class PlannedProposal:
    need_id: str
    offer_id: str
    quantity: int
    unit: str | None
    score: int  # thousandths, 0–1000; equals the sum of parts
    parts: Mapping[ScorePart, int]  # thousandths; the greatest value of each is the policy's weight
    reasons: tuple[Reason, ...]  # what speaks for it, strongest first
    against: Reason | None
    alternatives: tuple[Alternative, ...]
    signals: Mapping[str, float] = field(default_factory=dict)  # signals of the texts, each in [0, 1]


@dataclass(frozen=True, slots=True)
class Unmet:
    need_id: str
    remaining: int
    blocking: tuple[tuple[ReasonCode, int], ...]  # with counts of offers, most frequent first
    nearest_offer: str | None
    smallest_change: Reason


@dataclass(slots=True)
class MatchPlan:
    """The result of one run. Proposals and unmet needs are ordered by id; `report` is JSON-ready and equal
    between equal runs except for `report["timings"]`."""

    proposals: list[PlannedProposal]
    unmet: list[Unmet]
    report: dict[str, Any] = field(default_factory=dict)
    what_if: Any = None  # `marginal.WhatIf`: what more of something would do
