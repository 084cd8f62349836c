"""The score: six named parts, each a whole number of thousandths up to its weight in the policy.

part = round-half-even(weight × fit), fit in [0, 1]; the total is the plain sum, so every total can be taken
apart again. The same numbers drive the allocation and stand before the caseworker.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.policy import Policy
from matcher.domain.regions import city_of, contains, county_of
from matcher.domain.terms import HardshipClass, ScorePart
from matcher.engine.problem import Ints

Floats = NDArray[np.float64]
UNKNOWN_AMOUNT_FIT = 0.5
SAME_COUNTY, SAME_CITY, SAME_PROVINCE, ANYWHERE = 1.0, 0.7, 0.4, 0.2
LAST_DAYS = 30  # a deadline nearer than this raises the urgency


@dataclass(frozen=True, slots=True)
class Scores:
    parts: Ints  # (n_pairs, 6) thousandths, columns in the order of ScorePart
    total: Ints  # (n_pairs,) 0–1000

    def parts_of(self, pair: int) -> dict[ScorePart, int]:
        return {part: int(self.parts[pair, k]) for k, part in enumerate(ScorePart)}


def score_pairs(
    needs: NeedColumns,
    offers: OfferColumns,
    need: Ints,
    offer: Ints,
    *,
    closeness: Floats,
    most: Ints,
    wanted: Ints,
    policy: Policy,
    as_of: date,
) -> Scores:
    """Score pairs of need and offer rows.

    `closeness` (n_pairs,) in [0, 1]; `most` (n_pairs,) the most this pair can give; `wanted` (n_needs,).
    """
    is_known = np.array([q is not None for q in needs.quantity], dtype=bool)
    fits = {
        ScorePart.CONTENT: closeness,
        ScorePart.AMOUNT: np.where(
            is_known[need], np.minimum(1.0, most / np.maximum(1, wanted[need])), UNKNOWN_AMOUNT_FIT
        ),
        ScorePart.NEARNESS: nearness(needs.region, offers.regions, need, offer),
        ScorePart.WAITING: waiting(needs, as_of, policy.waiting_full_days)[need],
        ScorePart.URGENCY: urgency(needs, as_of)[need],
        ScorePart.HARDSHIP: hardship(needs, policy)[need],
    }
    parts = np.stack(
        [np.rint(np.round(policy.weights[part] * fits[part], 6)).astype(np.int64) for part in ScorePart], axis=1
    )
    return Scores(parts, parts.sum(axis=1))


def nearness(regions: list[str | None], areas: list[tuple[str, ...]], need: Ints, offer: Ints) -> Floats:
    """1 same county, .7 same city, .4 same province, .2 an offer for anywhere, 0 unknown place (P7)."""
    place_of, places = _numbered(regions)
    area_of, distinct = _numbered(areas)
    table = np.array([[_near(place, area) for area in distinct] for place in places])
    return np.asarray(table[place_of[need], area_of[offer]], dtype=float) if len(need) else np.zeros(0)


def waiting(needs: NeedColumns, as_of: date, full_days: int) -> Floats:
    """Share of the days that earn the whole part (P4); halved for those already helped this year (P5)."""
    days = np.array([(as_of - d).days if d else 0 for d in needs.created_on], dtype=float)
    helped = np.array([bool(h) for h in needs.helped_this_year], dtype=bool)
    return np.asarray(np.clip(days / max(1, full_days), 0.0, 1.0) * np.where(helped, 0.5, 1.0))


def urgency(needs: NeedColumns, as_of: date) -> Floats:
    """The higher of the urgency stated (1–5) and the nearness of the deadline (P3)."""
    stated = np.array([(u - 1) / 4 if u else 0.0 for u in needs.urgency])
    left = np.array([(d - as_of).days if d else LAST_DAYS for d in needs.deadline], dtype=float)
    return np.asarray(np.maximum(stated, np.clip(1 - left / LAST_DAYS, 0.0, 1.0)))


def hardship(needs: NeedColumns, policy: Policy) -> Floats:
    """The weight of the household's class against the heaviest class (P2); unknown counts as no file."""
    heaviest = max(policy.class_weights.values(), default=1) or 1
    return np.asarray(class_weights(needs, policy) / heaviest)


def class_weights(needs: NeedColumns, policy: Policy) -> Ints:
    """(n_needs,) weight of the household's class in objective (i), at least 1."""
    none = HardshipClass.NONE
    return np.array([max(1, policy.class_weights.get(c or none, 1)) for c in needs.hardship_class], dtype=np.int64)


def _near(place: str | None, area: tuple[str, ...]) -> float:
    if place is None:
        return 0.0
    if not area:
        return ANYWHERE
    return max(_near_one(place, code) for code in area)


def _near_one(place: str, code: str) -> float:
    if county_of(place) and county_of(place) == county_of(code):
        return SAME_COUNTY
    if city_of(place) and city_of(place) == city_of(code):
        return SAME_CITY
    if contains(code, place) or place[:2] == code[:2]:
        return SAME_PROVINCE
    return 0.0


def _numbered(values: list) -> tuple[Ints, list]:  # type: ignore[type-arg]
    """Number of each value among the distinct ones, and the distinct ones in order of first appearance."""
    place = {value: k for k, value in enumerate(dict.fromkeys(values))}
    return np.array([place[value] for value in values], dtype=np.int64), list(place)
