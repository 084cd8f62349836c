"""Erasing what is known of families when its time has come, or when they ask for it (PIPL, articles 19 and 47).

The timetable announces what is due; until its day people of the union can hold it, with a reason. On the day everything
is looked at once more, the family's key is destroyed, and what remains are codes, amounts, days and the trail.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import LargeBinary, column, func, select, table, update
from sqlmodel import col
from sqlmodel import select as rows_of

from matcher.clock import business_date
from matcher.domain.access import Action, Actor, Reach
from matcher.domain.retention import (
    ErasureCause,
    ErasureState,
    FamilyTimes,
    RetentionRules,
    cause_of,
    earliest,
)
from matcher.errors import FieldProblem, InvalidFields, WrongState
from matcher.store import erasing
from matcher.store.queries.retention import WAITING, not_announced, times_of
from matcher.store.tables import Erasure, Household, RosterEntry, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.casework import screened_note
from matcher.usecases.guard import require

AT_ONCE = 500
LONGEST_HOLD = timedelta(days=3 * 366)


def announce_erasures(*, uow: UnitOfWork, now: datetime, rules: RetentionRules) -> int:
    """Announce families whose time has come, and again those whose hold has ended; how many. Safe at any time."""
    today, count, last = business_date(now), 0, 0
    while True:
        with uow:
            found = not_announced(uow.session, rules, today=today, after=last, most=AT_ONCE)
            for household_id, times in sorted(times_of(uow.session, found, today=today).items()):
                first = earliest(times, rules)
                if first is not None and first <= today:
                    announce(uow, household_id, cause_of(times), today, rules.announced_days, None, now)
                    count += 1
            uow.commit()
        if len(found) < AT_ONCE:
            break
        last = found[-1]
    with uow:
        ended = rows_of(Erasure).where(Erasure.state == ErasureState.HELD, col(Erasure.held_until) < today)
        for row in uow.session.exec(ended.with_for_update()).all():
            _move(uow, row, ErasureState.ANNOUNCED, None, now)
            row.erase_on, row.held_until = today + timedelta(days=rules.announced_days), None
            count += 1
        uow.commit()
    return count


def announce(
    uow: UnitOfWork, household_id: int, cause: ErasureCause, today: date, days: int, by: Actor | None, now: datetime
) -> Erasure:
    """Put a family on the list inside the caller's unit of work; one that is on it already gets the new cause."""
    row = open_erasure(uow, household_id)
    if row is None:
        row = Erasure(
            household_id=household_id, cause=cause, announced_on=today, erase_on=today, created_at=now, updated_at=now
        )
        uow.add(row)
    row.cause, row.state, row.held_until = cause, ErasureState.ANNOUNCED, None
    row.erase_on, row.by_account_id = today + timedelta(days=days), by.account_id if by else None
    uow.record(by, "erasure:announce", row, at=now, household_id=household_id, cause=cause.value)
    return row


def open_erasure(uow: UnitOfWork, household_id: int) -> Erasure | None:
    query = rows_of(Erasure).where(Erasure.household_id == household_id, col(Erasure.state).in_(WAITING))
    return uow.session.exec(query.with_for_update()).first()


def times_of_family(uow: UnitOfWork, household_id: int, today: date) -> FamilyTimes:
    """What decides when this family's data may go, inside the caller's unit of work."""
    uow.session.flush()
    return times_of(uow.session, [household_id], today=today)[household_id]


def erase_due_families(*, uow: UnitOfWork, now: datetime, rules: RetentionRules) -> int:
    """Erase the families whose announced day has come, each by itself; how many. A family with which something goes on
    again is taken off the list. Safe at any time, also after a stop half-way."""
    today = business_date(now)
    with uow:
        due = rows_of(Erasure.id).where(Erasure.state == ErasureState.ANNOUNCED, Erasure.erase_on <= today)
        ids = uow.session.exec(due.order_by(col(Erasure.id))).all()
    count = sum(_erase_one(erasure_id or 0, uow, now, today, rules) for erasure_id in ids)
    if count:
        uow.database.scrub(str(Household.__tablename__))
    return count


def _erase_one(erasure_id: int, uow: UnitOfWork, now: datetime, today: date, rules: RetentionRules) -> bool:
    with uow:
        household_id = uow.get(Erasure, erasure_id).household_id
        uow.get(Household, household_id, lock=True)
        row = uow.get(Erasure, erasure_id, lock=True)
        if row.state is not ErasureState.ANNOUNCED or row.erase_on > today:
            return False
        asked = row.cause is ErasureCause.ASKED
        first = earliest(times_of_family(uow, household_id, today), rules, asked=asked)
        if first is None or first > today:
            _move(uow, row, ErasureState.DROPPED, None, now)
            uow.commit()
            return False
        _move(uow, row, ErasureState.DONE, None, now)
        row.done_at = now
        uow.session.flush()
        name = erasing.erase_record(uow.session, household_id, at=now)
        uow.commit()
    erasing.note_erased([name])
    return True


def erase_again(*, uow: UnitOfWork, now: datetime) -> int:
    """Erase once more what a backup that was put back has brought back; how many families. What a power cut kept off
    the list of destroyed keys is put on it."""
    with uow:
        erasing.note_erased(erasing.not_noted(uow.session))
        ids = erasing.erased_before(uow.session)
        for household_id in ids:
            erasing.erase_record(uow.session, household_id, at=now)
            uow.note(None, "erasure:again", "household", household_id, at=now)
        uow.commit()
    return len(ids)


def erase_old_rosters(*, uow: UnitOfWork, now: datetime, rules: RetentionRules) -> int:
    """Take names and telephones off rosters of past years; how many people. Counts and amounts stay."""
    roster = table("roster_entry", column("id"), column("year"), column("name", LargeBinary), column("phone"))
    old = (roster.c.year + rules.roster_years < business_date(now).year, func.length(roster.c.name) > 0)
    with uow:
        ids = list(uow.session.connection().execute(select(roster.c.id).where(*old).limit(20 * AT_ONCE)).scalars())
        for start in range(0, len(ids), AT_ONCE):
            some = roster.c.id.in_(ids[start : start + AT_ONCE])
            uow.session.connection().execute(update(roster).where(some).values(name=b"", phone=None))
        if ids:
            uow.note(None, "roster:erase", str(RosterEntry.__tablename__), None, at=now, people=len(ids))
        uow.commit()
    return len(ids)


def hold_erasure(
    erasure_id: int, until: date | None, note: str, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime
) -> None:
    """Keep a family's data until a day, with the reason: a lawsuit, an audit, a case that comes back.

    Raises InvalidFields for a day in the past or more than three years ahead or without a reason, WrongState,
    StaleVersion, NotFound, NotPermitted.
    """
    today = business_date(now)
    with uow:
        row = _within_reach(uow, erasure_id, by)
        words = screened_note(note)
        problems = [] if words else [FieldProblem("note", "say_why")]
        if until is None:
            problems.append(FieldProblem("until", "required"))
        elif not today < until <= today + LONGEST_HOLD:
            problems.append(FieldProblem("until", "hold_days", {"most": (today + LONGEST_HOLD).isoformat()}))
        if problems or until is None:
            raise InvalidFields(problems)
        uow.touch(row, seen_version=seen_version, at=now)
        _move(uow, row, ErasureState.HELD, by, now)
        row.held_until, row.note = until, (words or "")[:200]
        uow.commit()


def release_erasure(
    erasure_id: int, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime, rules: RetentionRules
) -> None:
    """End a hold before its day: announced anew. Raises WrongState, StaleVersion, NotFound, NotPermitted."""
    with uow:
        row = _within_reach(uow, erasure_id, by)
        if row.state is not ErasureState.HELD:
            raise WrongState(state=row.state.value, wanted="release")
        uow.touch(row, seen_version=seen_version, at=now)
        _move(uow, row, ErasureState.ANNOUNCED, by, now)
        row.held_until, row.erase_on = None, business_date(now) + timedelta(days=rules.announced_days)
        uow.commit()


def _within_reach(uow: UnitOfWork, erasure_id: int, by: Actor) -> Erasure:
    """The row, locked, still to come. Raises NotFound, NotPermitted, WrongState."""
    row = uow.get(Erasure, erasure_id, lock=True)
    unit = uow.get(Unit, uow.get(Household, row.household_id).unit_id)
    require(by, Action.HOLD_ERASURES, Reach(unit_path=unit.path))
    if row.state not in WAITING:
        raise WrongState(state=row.state.value, wanted="hold")
    return row


_ACTS = {
    ErasureState.ANNOUNCED: "erasure:announce",
    ErasureState.HELD: "erasure:hold",
    ErasureState.DONE: "erasure:done",
    ErasureState.DROPPED: "erasure:drop",
}


def _move(uow: UnitOfWork, row: Erasure, to: ErasureState, by: Actor | None, now: datetime) -> None:
    row.state, row.updated_at = to, now
    if by is not None:
        row.by_account_id = by.account_id
    uow.record(by, _ACTS[to], row, at=now, household_id=row.household_id)
