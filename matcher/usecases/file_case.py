"""What every act on a hardship file shares: opening the case, asking who may, and writing the step."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from matcher.domain import file_life as life
from matcher.domain.access import Action, Actor, Reach
from matcher.domain.file_life import PastAct
from matcher.domain.file_terms import DuplicateState, FileAct, FileState, Section
from matcher.domain.terms import UnitLevel
from matcher.errors import Conflict, NotPermitted
from matcher.store.tables import DuplicateCase, FileSection, FileStep, HardshipFile, Household, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.guard import reach_of_family, require
from matcher.usecases.households import county_above
from matcher.usecases.ladder import file_was_sent_in, needs_follow_file


class NotThisPerson(NotPermitted):
    """Somebody else must take this step; `code` says why: own_file, made_it, other_level, second_person, wrong_unit."""

    code = "not_this_person"


class NotYet(Conflict):
    """Something must be settled first; `code` says what: duplicate_open, notice_running, objection_open …"""

    code = "not_yet"


@dataclass(frozen=True, slots=True)
class FileCard:
    """A file after an act."""

    id: int
    case_code: str
    state: FileState
    version: int


@dataclass(slots=True)
class FileCase:
    """One file with its household and union, locked for the act."""

    file: HardshipFile
    household: Household
    unit: Unit

    def card(self) -> FileCard:
        return FileCard(self.file.id or 0, self.household.case_code, self.file.state, self.file.version)


def open_file_case(uow: UnitOfWork, file_id: int, *, by: Actor, action: Action) -> FileCase:
    """The file for an act. Raises NotFound outside the actor's reach, NotPermitted where the role does not do it."""
    file = uow.get(HardshipFile, file_id, lock=True)
    unit = uow.get(Unit, file.unit_id)
    household = uow.get(Household, file.household_id, lock=True)
    require(by, action, reach_of_family(household, unit))
    return FileCase(file, household, unit)


def reach_of_file(uow: UnitOfWork, file: HardshipFile) -> Reach:
    """Where a file belongs: the union that keeps it, and the family's contact person."""
    return reach_of_family(uow.get(Household, file.household_id), uow.get(Unit, file.unit_id))


def require_person(uow: UnitOfWork, case: FileCase, act: FileAct, by: Actor) -> None:
    """Whether this person may take this step at its level. Raises NotThisPerson."""
    level = life.level_of(act, case.file.state)
    home = uow.get(Unit, by.unit_id) if by.unit_id else None
    county = county_above(uow, case.unit).level in (UnitLevel.COUNTY, UnitLevel.INDUSTRY)
    if home is None or not life.unit_may(level, home.level, has_county=county):
        raise NotThisPerson("wrong_unit", level=level.value if level else "")
    problem = life.person_problem(
        act,
        level,
        account_id=by.account_id,
        past=past_acts(uow, case.file),
        makers=makers_of(uow, case.file),
        is_own_family=by.household_id == case.household.id,
    )
    if problem:
        raise NotThisPerson(problem)


def past_acts(uow: UnitOfWork, file: HardshipFile) -> list[PastAct]:
    steps = uow.session.exec(select(FileStep).where(FileStep.file_id == file.id).order_by(col(FileStep.id))).all()
    return [PastAct(step.act, step.level, step.by_account_id or 0) for step in steps]


def makers_of(uow: UnitOfWork, file: HardshipFile) -> set[int]:
    """Everybody who filled in a part of the file, and who opened it."""
    query = select(FileSection.by_account_id).where(FileSection.file_id == file.id).distinct()
    return {file.opened_by, *uow.session.exec(query).all()}


def require_no_duplicate(uow: UnitOfWork, file: HardshipFile) -> None:
    """Nothing passes while a shared number is undecided: one person, one file. Raises NotYet."""
    query = select(DuplicateCase.id).where(DuplicateCase.file_id == file.id, DuplicateCase.state == DuplicateState.OPEN)
    if uow.session.exec(query).first() is not None:
        raise NotYet("duplicate_open")


def take_file_step(
    uow: UnitOfWork,
    case: FileCase,
    act: FileAct,
    *,
    by: Actor | None,
    at: datetime,
    to: FileState | None = None,
    seen_version: int | None = None,
    reason: str | None = None,
    note: str = "",
    **details: Any,
) -> FileStep:
    """Move the file and write the step and the trail; the family's open needs follow it on the ladder of help.

    The household's status is set by the caller before. Raises WrongState or StaleVersion."""
    before = case.file.state
    after = to or life.move(before, act)
    level = life.level_of(act, before)
    uow.touch(case.file, seen_version=seen_version, at=at)
    case.file.state = after
    step = FileStep(
        file_id=case.file.id or 0,
        act=act,
        from_state=before,
        to_state=after,
        level=level,
        by_account_id=by.account_id if by else None,
        unit_id=by.unit_id if by else None,
        at=at,
        reason=reason,
        note=note.strip()[:1000] or None,
    )
    uow.add(step)
    given = {"reason": reason} if reason else {}
    uow.record(by, f"file:{act.value}", case.file, at=at, to=after.value, **given, **details)
    if act is FileAct.SUBMIT or after is FileState.ACTIVE:
        file_was_sent_in(uow, case.household.id or 0, by=by, at=at)
    if (before is FileState.ACTIVE) != (after is FileState.ACTIVE):
        needs_follow_file(uow, case.household, by=by, at=at)
    return step


def latest_sections(uow: UnitOfWork, file_id: int) -> dict[Section, FileSection]:
    """The latest revision of each step that was saved."""
    rows = uow.session.exec(
        select(FileSection).where(FileSection.file_id == file_id).order_by(col(FileSection.revision))
    ).all()
    return {row.section: row for row in rows}


def contents(sections: Mapping[Section, FileSection]) -> dict[Section, dict[str, Any]]:
    return {section: json.loads(row.content) for section, row in sections.items()}
