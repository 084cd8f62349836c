"""Who is waiting for what, as donors may see it: rough numbers by county, never who (SEC2, SEC3)."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from matcher.domain.impact import rounded_down
from matcher.domain.regions import contains
from matcher.domain.terms import Category
from matcher.store.queries.offers import county_names, waiting_households


@dataclass(frozen=True, slots=True)
class CountyDemand:
    """Families that wait in one county: a whole multiple of k, and the days the longest of them has waited."""

    county: str
    name: str
    at_least: int
    longest_days: int
    is_inside: bool  # within the area asked for


@dataclass(frozen=True, slots=True)
class Demand:
    category: Category
    rows: tuple[CountyDemand, ...]  # inside the area first, most families first
    has_area: bool
    k: int

    @property
    def inside(self) -> int:
        return sum(row.at_least for row in self.rows if row.is_inside)

    @property
    def outside(self) -> int:
        return sum(row.at_least for row in self.rows if not row.is_inside)

    @property
    def outside_names(self) -> tuple[str, ...]:
        return tuple(row.name for row in self.rows if not row.is_inside)

    @property
    def most(self) -> int:
        return max((row.at_least for row in self.rows), default=0)


def look_at_demand(
    category: Category, regions: list[str], *, session: Session, jurisdiction: str, k: int, today: date
) -> Demand:
    """Families with an open need of a category, by county of the city, told in whole steps of k.

    Counties with fewer than k are left out; no regions means the whole city. Two looks, at two moments or with two
    areas, differ by whole steps only.
    """
    names = county_names(session, jurisdiction)
    rows = [
        CountyDemand(
            place.county,
            names[place.county],
            rounded_down(place.households, k),
            (today - place.since).days,
            not regions or any(contains(area, place.county) for area in regions),
        )
        for place in waiting_households(session, category)
        if place.county in names and rounded_down(place.households, k)
    ]
    rows.sort(key=lambda row: (not row.is_inside, -row.at_least, row.county))
    return Demand(category, tuple(rows), bool(regions), k)
