"""Reading help without a file: rosters with their counts, visits to enterprises, what stations gave."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from matcher.domain.access import Actor
from matcher.domain.identity import masked_name
from matcher.domain.visit_terms import StationService, VisitGroup
from matcher.errors import NotFound
from matcher.store.queries.reach import of_units
from matcher.store.tables import EnterpriseVisit, RosterEntry, StationCount, Unit

MOST = 500


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person of a roster; the name is masked."""

    id: int
    masked_name: str
    employer: str
    is_hardship: bool
    unit_name: str
    visited_on: date | None
    given: str
    amount: int | None


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many people of a group stand on the rosters in reach, and how many were visited."""

    people: int = 0
    visited: int = 0


def roster_counts(session: Session, actor: Actor, *, year: int) -> Mapping[VisitGroup, GroupCount]:
    """By group, for one year."""
    query = (
        sa.select(col(RosterEntry.visit_group), sa.func.count(), sa.func.count(col(RosterEntry.visited_on)))
        .select_from(RosterEntry)
        .join(Unit, col(Unit.id) == RosterEntry.unit_id)
        .where(col(RosterEntry.year) == year, of_units(actor))
        .group_by(col(RosterEntry.visit_group))
    )
    return {VisitGroup(group): GroupCount(int(people), int(seen)) for group, people, seen in session.execute(query)}


def list_roster(session: Session, actor: Actor, group: VisitGroup, *, year: int) -> list[RosterRow]:
    """One group's people in reach, those not visited yet first; at most 500."""
    query = (
        sa.select(RosterEntry, col(Unit.short_name))
        .join(Unit, col(Unit.id) == RosterEntry.unit_id)
        .where(col(RosterEntry.visit_group) == group, col(RosterEntry.year) == year, of_units(actor))
        .order_by(col(RosterEntry.visited_on).is_not(None), col(RosterEntry.unit_id), col(RosterEntry.id))
        .limit(MOST)
    )
    return [
        RosterRow(
            row.id or 0, masked_name(row.name), row.employer, row.is_hardship, unit, row.visited_on, row.given,
            row.amount,
        )
        for row, unit in session.execute(query)
    ]  # fmt: skip


def list_enterprise_visits(session: Session, actor: Actor) -> list[tuple[EnterpriseVisit, str]]:
    """Visits in reach with the union's name, newest first; at most 500."""
    query = (
        sa.select(EnterpriseVisit, col(Unit.short_name))
        .join(Unit, col(Unit.id) == EnterpriseVisit.unit_id)
        .where(of_units(actor))
        .order_by(col(EnterpriseVisit.visited_on).desc(), col(EnterpriseVisit.id).desc())
        .limit(MOST)
    )
    return [(row, unit) for row, unit in session.execute(query)]


def get_enterprise_visit(session: Session, actor: Actor, visit_id: int) -> EnterpriseVisit:
    """One visit in reach. Raises NotFound."""
    query = (
        sa.select(EnterpriseVisit)
        .join(Unit, col(Unit.id) == EnterpriseVisit.unit_id)
        .where(col(EnterpriseVisit.id) == visit_id, of_units(actor))
    )
    row: EnterpriseVisit | None = session.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound()
    return row


def station_sums(session: Session, actor: Actor, *, since: date) -> list[tuple[str, Mapping[StationService, int]]]:
    """People served since a day, by station and service; the busiest station first."""
    query = (
        sa.select(col(Unit.name), col(StationCount.service), sa.func.sum(col(StationCount.people)))
        .select_from(StationCount)
        .join(Unit, col(Unit.id) == StationCount.unit_id)
        .where(col(StationCount.on) >= since, of_units(actor))
        .group_by(col(Unit.name), col(StationCount.service))
    )
    found: dict[str, dict[StationService, int]] = {}
    for unit, service, people in session.execute(query):
        found.setdefault(unit, {})[StationService(service)] = int(people)
    return sorted(found.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))
