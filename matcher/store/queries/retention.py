"""Which families' data are due to be erased, what still goes on with them, and the list of erasures."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlmodel import Session, SQLModel, col

from matcher.clock import SHANGHAI, business_date
from matcher.domain.access import Actor
from matcher.domain.file_life import LEFT, ON_THE_WAY
from matcher.domain.file_terms import DuplicateState, FileState, FilingState
from matcher.domain.lifecycle import FINAL
from matcher.domain.retention import ErasureCause, ErasureState, FamilyTimes, RetentionRules, Running, years_after
from matcher.domain.rights import RightsState
from matcher.domain.terms import DeliveryStatus, FileStatus, NeedStatus, ProposalStatus
from matcher.store.facts import HOUSEHOLD, NEED, PROPOSAL
from matcher.store.queries.reach import of_units
from matcher.store.tables import DuplicateCase, Erasure, FilingTask, Household, RightsRequest, Unit

MOST = 200
FILE, DELIVERY = (SQLModel.metadata.tables[name] for name in ("hardship_file", "delivery"))
WAITING = (ErasureState.ANNOUNCED, ErasureState.HELD)


def times_of(session: Session, household_ids: Collection[int], *, today: date) -> Mapping[int, FamilyTimes]:
    """What decides when these families' data may go."""
    h, f, n, d = HOUSEHOLD.c, FILE.c, NEED.c, DELIVERY.c
    columns = {
        Running.FILE: or_(h.file_status == FileStatus.ACTIVE, f.state.in_([FileState.ACTIVE, *ON_THE_WAY])),
        Running.WATCH: f.watch_until >= today,
        Running.NEED: _any(NEED, n.status.in_([NeedStatus.OPEN, NeedStatus.PROMISED])),
        Running.DELIVERY: or_(
            _any(DELIVERY, d.status == DeliveryStatus.PENDING),
            _any(PROPOSAL, PROPOSAL.c.status.not_in([*FINAL, ProposalStatus.DELIVERED])),
        ),
        Running.REQUEST: _any_of(RightsRequest, col(RightsRequest.state) == RightsState.OPEN),
        Running.TASK: _any_of(FilingTask, col(FilingTask.state) == FilingState.OPEN),
        Running.DUPLICATE: exists().where(
            or_(col(DuplicateCase.file_id) == f.id, col(DuplicateCase.other_household_id) == h.id),
            col(DuplicateCase.state) == DuplicateState.OPEN,
        ),
    }
    handed = func.coalesce(d.delivered_on, d.confirmed_on)
    helped = select(func.max(handed)).where(d.household_id == h.id).scalar_subquery()
    asked = select(func.max(n.updated_at)).where(n.household_id == h.id).scalar_subquery()
    query = (
        select(
            h.id, h.updated_at.label("changed_at"), f.updated_at.label("filed_at"), asked.label("asked_at"),
            f.left_on, f.approved_on, helped.label("helped_on"),
            *(condition.label(running.value) for running, condition in columns.items()),
        )
        .select_from(HOUSEHOLD.outerjoin(FILE, f.household_id == h.id))
        .where(h.id.in_(list(household_ids)))
    )  # fmt: skip
    return {row.id: _times(row, columns) for row in session.connection().execute(query).all()}


def _any(table: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(table.c.household_id == HOUSEHOLD.c.id, condition)


def _any_of(table: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(col(table.household_id) == HOUSEHOLD.c.id, condition)


def _times(row: Any, columns: Collection[Running]) -> FamilyTimes:
    changed = max(moment for moment in (row.changed_at, row.filed_at, row.asked_at) if moment is not None)
    return FamilyTimes(
        last_change_on=business_date(changed),
        left_on=row.left_on if row.approved_on else None,
        helped_on=row.helped_on,
        running=frozenset(running for running in columns if getattr(row, running.value)),
    )


def not_announced(session: Session, rules: RetentionRules, *, today: date, after: int, most: int) -> list[int]:
    """Families whose file ended, or that never had one, long enough ago to be looked at, by id, from `after` on."""
    h, f = HOUSEHOLD.c, FILE.c
    long_left = f.left_on <= years_after(today, -rules.left_years)
    long_quiet = and_(
        or_(f.id.is_(None), f.approved_on.is_(None)),
        h.updated_at <= datetime.combine(years_after(today, -rules.unfiled_years), time.max, tzinfo=SHANGHAI),
    )
    waiting = exists().where(col(Erasure.household_id) == h.id, col(Erasure.state).in_(WAITING))
    query = (
        select(h.id)
        .select_from(HOUSEHOLD.outerjoin(FILE, f.household_id == h.id))
        .where(h.id > after, h.erased_at.is_(None), or_(and_(f.state.in_(_ENDED), long_left), long_quiet), ~waiting)
        .order_by(h.id)
        .limit(most)
    )
    return list(session.connection().execute(query).scalars())


_ENDED = [FileState.WITHDRAWN, *LEFT]


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """One erasure as the list shows it: no name, only the case code."""

    id: int
    version: int
    case_code: str
    unit_name: str
    cause: ErasureCause
    state: ErasureState
    announced_on: date
    erase_on: date
    held_until: date | None
    note: str
    done_at: datetime | None


def count_erasures(session: Session, actor: Actor) -> Mapping[ErasureState, int]:
    """How many erasures in reach are in each state."""
    query = _in_reach(select(col(Erasure.state), func.count()), actor).group_by(col(Erasure.state))
    counts = {ErasureState(state): int(count) for state, count in session.execute(query)}
    return {state: counts.get(state, 0) for state in ErasureState}


def list_erasures(session: Session, actor: Actor, *, state: ErasureState) -> list[ErasureLine]:
    """Erasures in reach in one state: those to come by their day, others newest first; at most 200."""
    e = Erasure
    order = (col(e.erase_on), col(e.id)) if state in WAITING else (col(e.updated_at).desc(), col(e.id).desc())
    columns = (
        col(e.id), col(e.version), col(Household.case_code), col(Unit.short_name), col(e.cause), col(e.state),
        col(e.announced_on), col(e.erase_on), col(e.held_until), col(e.note), col(e.done_at),
    )  # fmt: skip
    query = _in_reach(select(*columns), actor).where(col(e.state) == state).order_by(*order).limit(MOST)
    return [ErasureLine(*row) for row in session.execute(query)]


def _in_reach(query: Any, actor: Actor) -> Any:
    return (
        query.select_from(Erasure)
        .join(Household, col(Household.id) == Erasure.household_id)
        .join(Unit, col(Unit.id) == Household.unit_id)
        .where(of_units(actor))
    )
