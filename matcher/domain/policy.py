"""Matching rules that are data: weights, minimum useful amounts, caps, clocks.

A policy file is TOML (`seeds/policy/*.toml`). Every entry of a dated list carries `jurisdiction`,
`valid_from` and `valid_to`; `Policy.effective` keeps those in force on a day. Nothing here is a constant of
the code: four localities and three periods of the sources give different numbers.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.domain.terms import Category, HardshipClass, ScorePart


@dataclass(frozen=True, slots=True)
class Cap:
    """Most that one household may receive of a category in a year (H6), in `unit`, under `source`."""

    category: Category
    amount: int
    unit: str
    hardship_classes: frozenset[HardshipClass] = frozenset()  # empty: all classes
    funds: frozenset[str] = frozenset()  # empty: all fund sources
    article: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy in force on one day; `body` is the effective mapping in full, as reported with a run."""

    name: str
    jurisdiction: str
    weights: Mapping[ScorePart, int]  # thousandths, sum 1000: the greatest value of each part
    class_weights: Mapping[HardshipClass, int]  # objective (i): weight of reaching a household of this class
    minimum_useful: Mapping[Category, int]  # least amount that counts as reached (R27)
    caps: tuple[Cap, ...]
    one_project_only: frozenset[HardshipClass]  # H17
    migrant_relation_months: int  # H14
    text_floor: float  # least text closeness in [0, 1] when a category had to be inferred
    waiting_full_days: int  # waiting this long earns the full waiting part
    undo_minutes: int
    clocks: Mapping[str, int]  # hours or working days, names end in their unit
    body: Mapping[str, Any]

    @property
    def version(self) -> str:
        """Short fingerprint of the effective rules."""
        text = json.dumps(self.body, ensure_ascii=False, sort_keys=True, default=str)
        return f"{self.name}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def in_force(entry: Mapping[str, Any], *, jurisdiction: str, as_of: date) -> bool:
    """Whether a dated entry applies to a place on a day; a code of "000000" applies everywhere."""
    place = str(entry.get("jurisdiction", "000000")).rstrip("0")
    return (
        jurisdiction.startswith(place)
        and entry.get("valid_from", date.min) <= as_of
        and as_of <= entry.get("valid_to", date.max)
    )
