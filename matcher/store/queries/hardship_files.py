"""Reading hardship files: the list of families with their files, and one file with its history.

Everything is limited to the actor's subtree of the union; names come masked from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import defer
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from matcher.domain.access import Actor
from matcher.domain.file_terms import DuplicateState, FileAct, FileState, ObjectionState, ReviewLevel
from matcher.domain.identity import masked_name
from matcher.domain.terms import FileStatus, HardshipClass, NeedStatus, Role
from matcher.errors import NotFound
from matcher.store.facts import HOUSEHOLD, NEED, UNIT, within
from matcher.store.queries.needs import PAGE_SIZE
from matcher.store.queries.reach import of_cases
from matcher.store.tables import (
    Account,
    DuplicateCase,
    FileEvidence,
    FileObjection,
    FileStep,
    FileVisit,
    HardshipFile,
    Household,
    Unit,
)

FILE = HardshipFile.__table__  # type: ignore[attr-defined]


class FileSort(StrEnum):
    NEWEST = "newest"  # registered last first
    NAME = "name"  # family names by pinyin
    CODE = "code"
    WAITING = "waiting"  # longest without a change first
    DUE = "due"  # yearly review due first


@dataclass(frozen=True, slots=True)
class FileFilter:
    """What the list shows. `has_file` False: families without a file; `state` None: all of them."""

    state: FileState | None = None
    has_file: bool | None = None
    hardship_class: HardshipClass | None = None
    unit_id: int | None = None  # this union and those below it
    text: str = ""
    sort: FileSort = FileSort.NEWEST
    page: int = 1


@dataclass(frozen=True, slots=True)
class FileLine:
    """A family in the list, where its file stands, and how many of its needs are open."""

    household_id: int
    file_id: int | None
    case_code: str
    masked_name: str
    township: str
    situation: str
    size: int
    hardship_class: HardshipClass
    file_status: FileStatus
    state: FileState | None
    changed_at: datetime | None
    notice_until: date | None
    review_due_on: date | None
    unit_name: str
    open_needs: int
    first_need_id: int | None


@dataclass(frozen=True, slots=True)
class FilePage:
    """One page; `by_state` counts under the same filters but the state, None for families without a file."""

    lines: tuple[FileLine, ...]
    total: int
    by_state: Mapping[FileState | None, int]
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


def list_files(session: Session, actor: Actor, wanted: FileFilter) -> FilePage:
    """A page of families in the actor's reach: two statements, whatever the filters."""
    h, f = HOUSEHOLD.c, FILE.c
    joined = HOUSEHOLD.join(UNIT, UNIT.c.id == h.unit_id).outerjoin(FILE, f.household_id == h.id)
    common = [of_cases(actor), *_conditions(session, wanted)]
    counted = select(f.state, func.count()).select_from(joined).where(*common).group_by(f.state)
    by_state = {state: int(count) for state, count in session.execute(counted)}
    total = sum(n for state, n in by_state.items() if _fits(state, wanted))
    page = min(max(wanted.page, 1), max(1, -(-total // PAGE_SIZE)))
    open_ones = and_(NEED.c.household_id == h.id, NEED.c.status == NeedStatus.OPEN)
    there = select(h.id).select_from(joined).where(*common, *_of_state(wanted)).order_by(*_order(wanted.sort))
    there = there.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)  # needs are counted for one page, not for all
    query = (
        select(
            h.record_key, h.id.label("household_id"), f.id.label("file_id"), h.case_code, h.head_name, h.township,
            h.situation, h.size, h.hardship_class, h.file_status, f.state, f.updated_at.label("changed_at"),
            f.notice_until, f.review_due_on, UNIT.c.short_name,
            select(func.count()).where(open_ones).scalar_subquery().label("open_needs"),
            select(func.min(NEED.c.id)).where(open_ones).scalar_subquery().label("first_need_id"),
        )
        .select_from(joined)
        .where(h.id.in_(there))
        .order_by(*_order(wanted.sort))
    )  # fmt: skip
    return FilePage(tuple(_line(row) for row in session.execute(query)), total, by_state, page)


def _conditions(session: Session, wanted: FileFilter) -> list[ColumnElement[bool]]:
    h, found = HOUSEHOLD.c, []
    for word in wanted.text.split()[:5]:
        found.append(or_(*(place.contains(word, autoescape=True) for place in (h.case_code, h.township, h.situation))))
    if wanted.hardship_class is not None:
        found.append(h.hardship_class == wanted.hardship_class)
    if wanted.unit_id is not None:
        path = session.execute(select(UNIT.c.path).where(UNIT.c.id == wanted.unit_id)).scalar()
        found.append(within(UNIT.c.path, path or "/-/"))
    return found


def _of_state(wanted: FileFilter) -> list[ColumnElement[bool]]:
    if wanted.state is not None:
        return [FILE.c.state == wanted.state]
    if wanted.has_file is False:
        return [FILE.c.id.is_(None)]
    return []


def _fits(state: FileState | None, wanted: FileFilter) -> bool:
    if wanted.state is not None:
        return state is wanted.state
    return wanted.has_file is not False or state is None


def _order(sort: FileSort) -> tuple[Any, ...]:
    h, f = HOUSEHOLD.c, FILE.c
    return {
        FileSort.NEWEST: (h.id.desc(),),
        FileSort.NAME: (h.surname_key, h.case_code),
        FileSort.CODE: (h.case_code,),
        FileSort.WAITING: (f.updated_at.is_(None), f.updated_at, h.id),
        FileSort.DUE: (f.review_due_on.is_(None), f.review_due_on, h.id),
    }[sort]


def _line(row: Row[Any]) -> FileLine:
    same = {name: getattr(row, name) for name in FileLine.__slots__ if name not in ("masked_name", "unit_name")}
    return FileLine(**same, masked_name=masked_name(row.head_name), unit_name=row.short_name)


@dataclass(frozen=True, slots=True)
class Family:
    """A registered family that has no file yet."""

    id: int
    case_code: str
    masked_name: str
    unit_name: str


def family_without_file(session: Session, actor: Actor, case_code: str) -> Family | None:
    """A registered family in the actor's reach, unless it has a file."""
    h = HOUSEHOLD.c
    joined = HOUSEHOLD.join(UNIT, UNIT.c.id == h.unit_id).outerjoin(FILE, FILE.c.household_id == h.id)
    query = select(h.id, h.case_code, h.head_name, UNIT.c.short_name).select_from(joined)
    row = session.execute(query.where(h.case_code == case_code, FILE.c.id.is_(None), of_cases(actor))).first()
    return Family(row.id, row.case_code, masked_name(row.head_name), row.short_name) if row else None


@dataclass(frozen=True, slots=True)
class Notice:
    """What the public may see of a file, and until when (公示)."""

    masked_name: str
    unit_name: str
    hardship_class: HardshipClass
    from_day: date
    until: date


def find_notice(session: Session, token: str, *, today: date) -> Notice | None:
    """The notice at an address while it stands: a name that is masked, the union, the class, the days."""
    query = (
        select(HOUSEHOLD.c.head_name, UNIT.c.name, FILE.c.chosen_class, FILE.c.notice_from, FILE.c.notice_until)
        .select_from(
            FILE.join(HOUSEHOLD, HOUSEHOLD.c.id == FILE.c.household_id).join(UNIT, UNIT.c.id == FILE.c.unit_id)
        )
        .where(FILE.c.notice_token == token, FILE.c.state == FileState.NOTICE, FILE.c.notice_until >= today)
    )
    row = session.execute(query).first()
    if row is None:
        return None
    return Notice(masked_name(row.head_name), row.name, row.chosen_class, row.notice_from, row.notice_until)


def offered_files(session: Session, actor: Actor) -> tuple[tuple[int, str, str], ...]:
    """Files that other unions offer to one in the actor's reach: (file id, case code, union they come from)."""
    giver = UNIT.alias()
    query = (
        select(FILE.c.id, HOUSEHOLD.c.case_code, giver.c.name)
        .select_from(FILE.join(HOUSEHOLD, HOUSEHOLD.c.id == FILE.c.household_id))
        .join(UNIT, UNIT.c.id == FILE.c.transfer_to_unit_id)
        .join(giver, giver.c.id == FILE.c.unit_id)
        .where(of_cases(actor))
        .order_by(FILE.c.id)
        .limit(PAGE_SIZE)
    )
    return tuple((row[0], row[1], row[2]) for row in session.execute(query))


# ── one file ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Person:
    """Who did something: masked name, role and union; nobody for the public."""

    masked_name: str
    role: Role
    unit_name: str


@dataclass(frozen=True, slots=True)
class PastStep:
    act: FileAct
    level: ReviewLevel | None
    at: datetime
    by: Person | None
    reason: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class FileDetail:
    """One file as everybody who may see it sees it: nothing here identifies the family."""

    file: HardshipFile
    household: Household
    masked_name: str
    unit: Unit
    steps: tuple[PastStep, ...]
    papers: tuple[FileEvidence, ...]
    visits: tuple[tuple[FileVisit, Person | None, Person | None], ...]
    objections: tuple[FileObjection, ...]
    has_open_duplicate: bool
    transfer_to: str

    @property
    def open_objections(self) -> int:
        return sum(o.state is ObjectionState.OPEN for o in self.objections)


def get_file(session: Session, actor: Actor, file_id: int) -> FileDetail:
    """One file with its history; papers without their content. Raises NotFound outside the actor's reach."""
    found = session.exec(
        select_rows(HardshipFile, Household, Unit)
        .join(Household, col(Household.id) == col(HardshipFile.household_id))
        .join(Unit, col(Unit.id) == col(HardshipFile.unit_id))
        .where(HardshipFile.id == file_id, of_cases(actor))
    ).first()
    if found is None:
        raise NotFound()
    file, household, unit = found
    steps = _rows(session, FileStep, file_id)
    visits = _rows(session, FileVisit, file_id)
    accounts = {s.by_account_id for s in steps} | {v.first_account_id for v in visits}
    people = _people(session, accounts | {v.second_account_id for v in visits})
    duplicate = select_rows(DuplicateCase.id).where(
        DuplicateCase.file_id == file_id, DuplicateCase.state == DuplicateState.OPEN
    )
    to = session.get(Unit, file.transfer_to_unit_id) if file.transfer_to_unit_id else None
    return FileDetail(
        file=file,
        household=household,
        masked_name=masked_name(household.head_name),
        unit=unit,
        steps=tuple(PastStep(s.act, s.level, s.at, people.get(s.by_account_id), s.reason, s.note) for s in steps),
        papers=tuple(_papers(session, file_id)),
        visits=tuple((v, people.get(v.first_account_id), people.get(v.second_account_id)) for v in visits),
        objections=tuple(_rows(session, FileObjection, file_id)),
        has_open_duplicate=session.exec(duplicate).first() is not None,
        transfer_to=to.name if to else "",
    )


def _rows(session: Session, table: Any, file_id: int) -> list[Any]:
    return list(session.execute(select(table).where(table.file_id == file_id).order_by(table.id)).scalars())


def _papers(session: Session, file_id: int) -> list[FileEvidence]:
    query = select_rows(FileEvidence).where(FileEvidence.file_id == file_id, col(FileEvidence.removed_at).is_(None))
    return list(session.exec(query.options(defer(col(FileEvidence.content))).order_by(col(FileEvidence.id))).all())  # type: ignore[arg-type]


def _people(session: Session, ids: set[Any]) -> dict[Any, Person]:
    account = Account.__table__  # type: ignore[attr-defined]
    query = (
        select(account.c.id, account.c.display_name, account.c.role, UNIT.c.short_name)
        .select_from(account.outerjoin(UNIT, UNIT.c.id == account.c.unit_id))
        .where(account.c.id.in_(ids - {None}))
    )
    return {
        row.id: Person(masked_name(row.display_name), row.role, row.short_name or "") for row in session.execute(query)
    }
