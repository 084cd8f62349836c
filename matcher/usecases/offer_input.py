"""What somebody says about an offer, and what is wrong with it: one problem per field, with a remedy.

The same record comes from the web form, the file import and later doors. Codes for enums, whole numbers for
quantities (money in whole 元), `unit_value_fen` in 分, dates as business dates.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.domain.amounts import is_money, usual
from matcher.domain.terms import (
    Category,
    DonorType,
    FundSource,
    Group,
    HandOverMode,
    PayoutChannel,
    SchoolStage,
)
from matcher.errors import FieldProblem

MOST = 100_000_000  # of any unit; a hundred million 元 is more than a city's campaign
MOST_FEN = 100_000_000_00
LONGEST = {"title": 40, "text": 5000, "unit": 12, "intention": 200, "route_from": 60, "route_to": 60}
GIFT_ONLY = frozenset({DonorType.CHARITY, DonorType.ENTERPRISE})
"""Donors whose gifts are 社会捐助 and nothing else (DOMAIN 3.1, F5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferInput:
    """An offer as told. None is not told."""

    title: str
    text: str
    category: Category | None = None
    regions: tuple[str, ...] = ()  # division codes; empty: the whole city
    quantity: int | None = None
    unit: str = ""
    per_case_min: int = 1
    per_case_max: int | None = None
    cap_per_household_year: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None  # the last day of delivery
    shelf_life_until: date | None = None
    fund_source: FundSource = FundSource.DONATION
    requires_file: bool = False
    payout: PayoutChannel | None = None
    hand_over: HandOverMode | None = None
    eligible_groups: tuple[Group, ...] = ()
    school_stages: tuple[SchoolStage, ...] = ()
    age_min: int | None = None
    age_max: int | None = None
    route_from: str | None = None
    route_to: str | None = None
    intention: str = ""
    unit_value_fen: int | None = None
    excluded_cases: tuple[str, ...] = ()  # case codes of interested parties (H11); union staff only


def offer_problems(offer: OfferInput, *, donor_type: DonorType, today: date) -> tuple[FieldProblem, ...]:
    """Everything wrong with an offer that can be said without looking into the database, at most one a field."""
    found: dict[str, FieldProblem] = {}
    for part in (_words, _amounts, _days, _conditions, _source):
        for problem in part(offer, donor_type, today):
            found.setdefault(problem.field, problem)
    return tuple(found.values())


Problems = Iterator[FieldProblem]


def _words(offer: OfferInput, donor_type: DonorType, today: date) -> Problems:
    if not offer.text.strip():
        yield FieldProblem("text", "required")
    elif len(offer.text.strip()) < 4:
        yield FieldProblem("text", "too_short", {"least": 4})
    if not offer.title.strip():
        yield FieldProblem("title", "required")
    if offer.category is None:
        yield FieldProblem("category", "required")
    for name, longest in LONGEST.items():
        if len(getattr(offer, name) or "") > longest:
            yield FieldProblem(name, "too_long", {"most": longest})


def _amounts(offer: OfferInput, donor_type: DonorType, today: date) -> Problems:
    if not offer.unit.strip():
        yield FieldProblem("unit", "required")
    if offer.quantity is None:
        yield FieldProblem("quantity", "required")
    for name in ("quantity", "per_case_min", "per_case_max", "cap_per_household_year"):
        value = getattr(offer, name)
        if value is not None and value < 1:
            yield FieldProblem(name, "not_whole")
        elif value is not None and value > MOST:
            yield FieldProblem(name, "too_big")
    if offer.quantity is not None and offer.per_case_min > offer.quantity:
        yield FieldProblem("per_case_min", "above_quantity", {"most": offer.quantity})
    if offer.per_case_max is not None and offer.per_case_max < offer.per_case_min:
        yield FieldProblem("per_case_max", "below_minimum", {"least": offer.per_case_min})
    if offer.cap_per_household_year is not None and offer.cap_per_household_year < offer.per_case_min:
        yield FieldProblem("cap_per_household_year", "below_minimum", {"least": offer.per_case_min})
    if offer.unit_value_fen is not None and not 0 < offer.unit_value_fen <= MOST_FEN:
        yield FieldProblem("unit_value_fen", "too_big" if offer.unit_value_fen > MOST_FEN else "not_positive")


def _days(offer: OfferInput, donor_type: DonorType, today: date) -> Problems:
    """H9: a window that can still be used, and food that is good until its last day."""
    if offer.valid_to is not None and offer.valid_to < today:
        yield FieldProblem("valid_to", "date_past")
    if offer.valid_from is not None and offer.valid_to is not None and offer.valid_to < offer.valid_from:
        yield FieldProblem("valid_to", "before_start")
    shelf = offer.shelf_life_until
    if shelf is None:
        if offer.category is Category.FOO:
            yield FieldProblem("shelf_life_until", "shelf_life_required")
    elif shelf <= today:
        yield FieldProblem("shelf_life_until", "date_past")
    elif offer.valid_to is not None and shelf <= offer.valid_to:
        yield FieldProblem("shelf_life_until", "shelf_life_before_end")


def _conditions(offer: OfferInput, donor_type: DonorType, today: date) -> Problems:
    """H18: stage and age for schooling, the route for travel home; how it reaches people."""
    for name in ("age_min", "age_max"):
        value = getattr(offer, name)
        if value is not None and not 0 <= value <= 120:
            yield FieldProblem(name, "age_range")
    if offer.age_min is not None and offer.age_max is not None and offer.age_max < offer.age_min:
        yield FieldProblem("age_max", "age_order")
    if offer.category is Category.TRV:
        for name in ("route_from", "route_to"):
            if not (getattr(offer, name) or "").strip():
                yield FieldProblem(name, "route_required")
    if offer.hand_over is None and not is_money(offer.unit):
        yield FieldProblem("hand_over", "required")


def _source(offer: OfferInput, donor_type: DonorType, today: date) -> Problems:
    """Gifts of charities and enterprises are 社会捐助 (F5); a union's own money never is (DOMAIN 3.1)."""
    if donor_type in GIFT_ONLY and offer.fund_source is not FundSource.DONATION:
        yield FieldProblem("fund_source", "fund_not_for_donor")
    if donor_type is DonorType.UNION and offer.fund_source is FundSource.DONATION:
        yield FieldProblem("fund_source", "fund_is_donation")


def columns_of(offer: OfferInput) -> dict[str, Any]:
    """The offer's own columns, as stored; households of `excluded_cases` are looked up elsewhere."""
    return {
        "title": offer.title.strip(),
        "text": offer.text.strip(),
        "category": offer.category,
        "regions": sorted(set(offer.regions)),
        "quantity": offer.quantity,
        "unit": usual(offer.unit) or "",
        "per_case_min": offer.per_case_min,
        "per_case_max": offer.per_case_max,
        "cap_per_household_year": offer.cap_per_household_year,
        "valid_from": offer.valid_from,
        "valid_to": offer.valid_to,
        "shelf_life_until": offer.shelf_life_until,
        "fund_source": offer.fund_source,
        "requires_file": offer.requires_file,
        "payout": offer.payout,
        "hand_over": offer.hand_over,
        "eligible_groups": sorted(group.value for group in set(offer.eligible_groups)),
        "school_stages": sorted(stage.value for stage in set(offer.school_stages)),
        "age_min": offer.age_min,
        "age_max": offer.age_max,
        "route_from": (offer.route_from or "").strip() or None,
        "route_to": (offer.route_to or "").strip() or None,
        "intention": offer.intention.strip(),
        "unit_value_fen": offer.unit_value_fen,
    }
