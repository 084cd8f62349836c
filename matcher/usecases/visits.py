"""Help without a file (R13, R14, R17, R40): rosters of visit groups, visits to enterprises, counts of stations."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from matcher.clock import business_date
from matcher.domain.access import Action, Actor, Reach
from matcher.domain.identity import phone as phone_of
from matcher.domain.screening import screen
from matcher.domain.visit_terms import EnterpriseDifficulty, StationService, VisitGroup
from matcher.errors import FieldProblem, InvalidFields, NotFound
from matcher.files.rosters import read_people
from matcher.store.tables import EnterpriseVisit, RosterEntry, StationCount, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.guard import require

MOST_LINES = 500
MOST_PEOPLE = 100_000
PARTS = ("operation", "causes", "resettlement", "policies")
"""The four things to find out about an enterprise (R14)."""
HARDSHIP = ("困难", "hardship")
_BREAK = re.compile(r"[\t,，;；、 ]+")
_DIGITS = re.compile(r"[\d\s-]{7,}")


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One person as told: name, employer, phone."""

    name: str
    employer: str = ""
    phone: str | None = None
    is_hardship: bool = False


def read_lines(text: str) -> list[RosterLine]:
    """One person a line: name, then employer and phone in any order; 困难 or hardship marks a person in hardship.

    Raises InvalidFields naming the line and what is wrong with it.
    """
    rows = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not rows:
        raise InvalidFields([FieldProblem("people", "roster_empty")])
    if len(rows) > MOST_LINES:
        raise InvalidFields([FieldProblem("people", "roster_too_long", {"most": MOST_LINES})])
    return [_line(number, line) for number, line in rows]


def lines_of_table(data: bytes, name: str) -> str:
    """A table's people as the lines that `read_lines` reads, to be looked at before they are added. Spaces inside a
    name, an employer or a phone go, so that a line still falls apart where it should. Raises RefusedInput."""
    rows = read_people(data, name, most=MOST_LINES)
    cells = [[_BREAK.sub("", cell) for cell in told] + [HARDSHIP[0]] * poor for *told, poor in rows]
    return "\n".join(" ".join(filter(None, line)) for line in cells)


def _line(number: int, line: str) -> RosterLine:
    name, *rest = _BREAK.split(line)
    if not 2 <= len(name) <= 20 or any(char.isdigit() for char in name):
        raise InvalidFields([FieldProblem("people", "roster_name", {"line": number})])
    employer: list[str] = []
    number_told, is_hardship = None, False
    for word in rest:
        if word in HARDSHIP:
            is_hardship = True
        elif _DIGITS.fullmatch(word):
            found = phone_of(word)
            if found.problem:
                raise InvalidFields([FieldProblem("people", "roster_phone", {"line": number})])
            number_told = found.value
        else:
            employer.append(word)
    return RosterLine(name, "".join(employer)[:60], number_told, is_hardship)


def add_to_roster(
    group: VisitGroup | None, year: int, lines: Sequence[RosterLine], *, by: Actor, uow: UnitOfWork, now: datetime
) -> int:
    """Put people on the own union's roster of a group and a year; the same person is there once, however often sent.
    Returns how many are new. Raises InvalidFields, NotPermitted."""
    with uow:
        unit = _own_unit(uow, by)
        if group is None:
            raise InvalidFields([FieldProblem("group", "choose_group")])
        there = [(entry.name, entry.employer, entry.phone) for entry in _roster(uow, unit, group, year)]
        fresh: list[RosterLine] = []
        for line in lines:
            if not any(_same(line, *known) for known in there):
                fresh.append(line)
                there.append((line.name, line.employer, line.phone))
        for line in fresh:
            uow.add(
                RosterEntry(
                    unit_id=unit.id or 0, visit_group=group, year=year, created_at=now, updated_at=now, **asdict(line)
                )
            )
        uow.note(by, "roster:add", "roster_entry", None, at=now, rows=len(fresh), group=group.value)
        uow.commit()
        return len(fresh)


def _same(line: RosterLine, name: str, employer: str, phone: str | None) -> bool:
    """Two people of one name and one employer are told apart by their phones, when both are known."""
    return (line.name, line.employer) == (name, employer) and (line.phone in (None, phone) or phone is None)


def _own_unit(uow: UnitOfWork, by: Actor) -> Unit:
    unit = uow.get(Unit, by.unit_id or 0)
    require(by, Action.EDIT_VISITS, Reach(unit_path=unit.path))
    return unit


def _roster(uow: UnitOfWork, unit: Unit, group: VisitGroup, year: int) -> Sequence[RosterEntry]:
    query = select(RosterEntry).where(
        RosterEntry.unit_id == unit.id, RosterEntry.visit_group == group, RosterEntry.year == year
    )
    return uow.session.exec(query).all()


def mark_visited(
    ids: Sequence[int], on: date | None, given: str, amount: int | None, *, by: Actor, uow: UnitOfWork, now: datetime
) -> int:
    """Write down that these people were visited on a day, and what each got (`amount` 元). Those visited already stay
    as they are. Raises InvalidFields, NotFound for anybody outside one's reach."""
    with uow:
        problems = [] if ids else [FieldProblem("chosen", "choose_people")]
        problems += _day_problems(on, business_date(now))
        if problems or on is None:
            raise InvalidFields(problems)
        rows = _entries(uow, ids, by)
        marked = 0
        for row in rows:
            if row.visited_on is not None:
                continue
            row.visited_on, row.given, row.amount = on, screen(given.strip())[:80], amount
            uow.touch(row, seen_version=None, at=now)
            uow.record(by, "roster:visited", row, at=now)
            marked += 1
        uow.commit()
        return marked


def _entries(uow: UnitOfWork, ids: Sequence[int], by: Actor) -> Sequence[RosterEntry]:
    """The chosen people, locked. Raises NotFound when one of them is outside one's reach."""
    query = select(RosterEntry).where(col(RosterEntry.id).in_(ids)).order_by(col(RosterEntry.id)).with_for_update()
    rows = uow.session.exec(query).all()
    if len(rows) != len(set(ids)):
        raise NotFound()
    for row in rows:
        require(by, Action.EDIT_VISITS, Reach(unit_path=uow.get(Unit, row.unit_id).path))
    return rows


def take_off_roster(ids: Sequence[int], *, by: Actor, uow: UnitOfWork, now: datetime) -> int:
    """People that stand there by mistake go; whoever was visited stays. Returns how many went.

    Raises InvalidFields when nobody is chosen, NotFound outside one's reach.
    """
    with uow:
        if not ids:
            raise InvalidFields([FieldProblem("chosen", "choose_people")])
        gone = [row for row in _entries(uow, ids, by) if row.visited_on is None]
        for row in gone:
            uow.record(by, "roster:remove", row, at=now)
            uow.session.delete(row)
        uow.commit()
        return len(gone)


def not_visited_after_all(entry_id: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """Take back a visit that was marked by mistake; the trail keeps both. Raises NotFound."""
    with uow:
        [row] = _entries(uow, [entry_id], by)
        row.visited_on, row.given, row.amount = None, "", None
        uow.touch(row, seen_version=None, at=now)
        uow.record(by, "roster:unvisited", row, at=now)
        uow.commit()


def read_roster(ids: Sequence[int], *, by: Actor, uow: UnitOfWork, now: datetime) -> dict[int, tuple[str, str | None]]:
    """Names and phones for a visit, in the clear; that they were looked at is written down."""
    with uow:
        rows = uow.session.exec(select(RosterEntry).where(col(RosterEntry.id).in_(ids))).all()
        for row in rows:
            require(by, Action.REVEAL_PERSON, Reach(unit_path=uow.get(Unit, row.unit_id).path))
        uow.note(by, "roster:read", "roster_entry", None, at=now, rows=len(rows))
        uow.commit()
        return {row.id or 0: (row.name, row.phone) for row in rows}


def read_one(entry_id: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> RosterEntry:
    """One person of a roster in the clear, to be registered as a family in need; the look is written down.

    Raises NotFound outside one's reach.
    """
    with uow:
        row = uow.get(RosterEntry, entry_id)
        reach = Reach(unit_path=uow.get(Unit, row.unit_id).path)
        require(by, Action.EDIT_VISITS, reach)
        require(by, Action.REVEAL_PERSON, reach)
        uow.record(by, "roster:register", row, at=now)
        uow.commit()
        return row


@dataclass(frozen=True, slots=True)
class EnterpriseInput:
    """A visit to an enterprise as told; `amount` 元."""

    enterprise: str
    difficulty: EnterpriseDifficulty | None
    visited_on: date | None
    operation: str
    causes: str
    resettlement: str
    policies: str
    affected_workers: int | None = None
    given: str = ""
    amount: int | None = None


def enterprise_problems(told: EnterpriseInput, *, today: date) -> Iterator[FieldProblem]:
    """What is missing or wrong; all four parts are needed, 没有 is an answer."""
    if len(told.enterprise.strip()) < 2:
        yield FieldProblem("enterprise", "required")
    if told.difficulty is None:
        yield FieldProblem("difficulty", "choose_difficulty")
    yield from _day_problems(told.visited_on, today)
    for part in PARTS:
        if not getattr(told, part).strip():
            yield FieldProblem(part, "say_what_was_found")


def record_enterprise_visit(
    told: EnterpriseInput,
    *,
    visit_id: int | None = None,
    seen_version: int = 0,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> int:
    """Write a visit down, or correct one. Returns its id. Raises InvalidFields, NotFound, StaleVersion."""
    with uow:
        unit = _own_unit(uow, by)
        problems = tuple(enterprise_problems(told, today=business_date(now)))
        if problems or told.difficulty is None or told.visited_on is None:
            raise InvalidFields(problems)
        values: dict[str, Any] = {
            "enterprise": told.enterprise.strip()[:80],
            "difficulty": told.difficulty,
            "visited_on": told.visited_on,
            **{part: screen(getattr(told, part).strip())[:1000] for part in PARTS},
            "affected_workers": told.affected_workers or 0,
            "given": screen(told.given.strip())[:80],
            "amount": told.amount,
        }
        if visit_id is None:
            row = uow.add(
                EnterpriseVisit(
                    unit_id=unit.id or 0, by_account_id=by.account_id, created_at=now, updated_at=now, **values
                )
            )
        else:
            row = uow.get(EnterpriseVisit, visit_id, lock=True)
            require(by, Action.EDIT_VISITS, Reach(unit_path=uow.get(Unit, row.unit_id).path))
            uow.touch(row, seen_version=seen_version, at=now)
            for name, value in values.items():
                setattr(row, name, value)
        uow.record(by, "enterprise_visit:change" if visit_id else "enterprise_visit:record", row, at=now)
        uow.commit()
        return row.id or 0


def count_station(
    on: date | None, people: Mapping[StationService, int], *, by: Actor, uow: UnitOfWork, now: datetime
) -> int:
    """Write down how many people the own station served on a day; a second time replaces the first. Returns the sum."""
    with uow:
        unit = _own_unit(uow, by)
        problems = list(_day_problems(on, business_date(now), name="on"))
        if not any(people.values()):
            problems.append(FieldProblem(StationService.REST.value, "count_somebody"))
        problems += [FieldProblem(service.value, "too_big") for service, count in people.items() if count > MOST_PEOPLE]
        if problems or on is None:
            raise InvalidFields(problems)
        known = {
            row.service: row
            for row in uow.session.exec(
                select(StationCount).where(StationCount.unit_id == unit.id, StationCount.on == on)
            )
        }
        for service, count in people.items():
            row = known.get(service)
            if row is None and count:
                uow.add(
                    StationCount(
                        unit_id=unit.id or 0, on=on, service=service, people=count, created_at=now, updated_at=now
                    )
                )
            elif row is not None and row.people != count:
                row.people = count
                uow.touch(row, seen_version=None, at=now)
        uow.note(by, "station:count", "station_count", None, at=now, quantity=sum(people.values()))
        uow.commit()
        return sum(people.values())


def _day_problems(on: date | None, today: date, name: str = "visited_on") -> Iterator[FieldProblem]:
    if on is None:
        yield FieldProblem(name, "required")
    elif on > today:
        yield FieldProblem(name, "date_future")
    elif on < today - timedelta(days=400):
        yield FieldProblem(name, "day_too_long_ago")
