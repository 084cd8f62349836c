"""The impact summary (捐赠成效说明, R63): what a donor gave, what reached people, and in which counties.

Totals of a donor's own offers are told in full; families by county only as `matcher.domain.impact` allows, whoever
reads it, because the page is made to be handed on. No names, no case codes, no words of a need.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from matcher.domain.access import Action, Actor, Reach, may
from matcher.domain.amounts import is_money
from matcher.domain.impact import Regional, by_county
from matcher.domain.regions import contains
from matcher.domain.terms import Category
from matcher.errors import FieldProblem, InvalidFields, NotFound, NotPermitted
from matcher.store.queries.impact import Given, days_to_door, given_by
from matcher.store.queries.offers import county_names, get_donor, midnight, reached_by_county
from matcher.store.tables import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Business dates, both included. No first day means from the beginning."""

    first: date | None = None
    last: date


@dataclass(frozen=True, slots=True)
class ByCategory:
    """All a donor gave in one category; amounts by unit, since units cannot be added up."""

    category: Category | None
    offers: int
    confirmed: tuple[tuple[str, int], ...]
    delivered: tuple[tuple[str, int], ...]
    value_fen: int | None


@dataclass(frozen=True, slots=True)
class ImpactSummary:
    donor_id: int
    donor_name: str
    unit_name: str
    period: Period
    offers: tuple[Given, ...]
    categories: tuple[ByCategory, ...]
    regional: Regional
    names: dict[str, str]  # of counties
    days_to_door: float | None  # mean; None while few families were reached

    @property
    def value_fen(self) -> int | None:
        """Worth of what was handed over, as far as the donor stated worths; None if it stated none."""
        return _sum(value_of(given) for given in self.offers)

    def amounts(self, stage: str) -> tuple[tuple[str, int], ...]:
        """(unit, quantity) of all offers, "confirmed" or "delivered", largest first."""
        return _amounts(self.offers, stage)


def value_of(given: Given) -> int | None:
    """Worth in 分 of what was handed over of an offer: money itself, or pieces at the donor's stated worth."""
    if is_money(given.unit):
        return given.delivered * 100
    return None if given.unit_value_fen is None else given.delivered * given.unit_value_fen


def compile_impact(
    donor_id: int, period: Period, *, by: Actor, session: Session, k: int, jurisdiction: str, today: date
) -> ImpactSummary:
    """Put together a donor's summary for a period, at most until today.

    `k`: families a county must have before it is told (settings.suppression_k). Raises NotFound for a donor outside
    one's reach, NotPermitted for one who may not see summaries, InvalidFields for a period that ends before it begins.
    """
    donor, unit_name = get_donor(session, by, donor_id)
    home = session.get(Unit, donor.unit_id)
    if not may(by, Action.SEE_IMPACT, Reach(unit_path=home.path if home else None, donor_id=donor.id)):
        raise NotPermitted()
    if period.first is not None and period.first > period.last:
        raise InvalidFields([FieldProblem("to", "before_start")])
    last = min(period.last, today)
    start, end = midnight(period.first) if period.first else None, midnight(last + timedelta(days=1))
    offers = given_by(session, donor_id, start=start, end=end)
    offers = tuple(sorted(offers, key=lambda given: (-given.delivered, -given.confirmed, given.offer_id)))
    names = county_names(session, jurisdiction)
    reached = reached_by_county(session, donor_id=donor_id)
    regional = by_county(reached, _area(offers, names), k=k, start=start, end=end)
    total, count = days_to_door(session, donor_id, start=start, end=end)
    return ImpactSummary(
        donor_id,
        donor.name,
        unit_name,
        Period(first=period.first, last=last),
        offers,
        _categories(offers),
        regional,
        names,
        round(total / count, 1) if count and regional.at_least else None,
    )


def donor_in_question(donor_id: int | None, by: Actor) -> int:
    """A donor reads its own summary whatever is asked for; union staff must say whose."""
    if by.donor_id is not None:
        if donor_id not in (None, by.donor_id):
            raise NotFound()
        return by.donor_id
    if donor_id is None:
        raise InvalidFields([FieldProblem("donor", "required")])
    return donor_id


def _area(offers: tuple[Given, ...], names: dict[str, str]) -> set[str]:
    """Counties the offers may go to; an offer without regions goes anywhere in the city."""
    regions = [offer.regions or tuple(names) for offer in offers]
    return {county for county in names if any(contains(area, county) for areas in regions for area in areas)}


def _categories(offers: tuple[Given, ...]) -> tuple[ByCategory, ...]:
    grouped: dict[Category | None, list[Given]] = defaultdict(list)
    for offer in offers:
        grouped[offer.category].append(offer)
    return tuple(
        ByCategory(
            category,
            len(group),
            _amounts(group, "confirmed"),
            _amounts(group, "delivered"),
            _sum(value_of(offer) for offer in group),
        )
        for category, group in grouped.items()
    )


def _amounts(offers: tuple[Given, ...] | list[Given], stage: str) -> tuple[tuple[str, int], ...]:
    total: dict[str, int] = defaultdict(int)
    for offer in offers:
        total[offer.unit] += getattr(offer, stage)
    return tuple(sorted(((u, n) for u, n in total.items() if n), key=lambda pair: (-pair[1], pair[0])))


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
