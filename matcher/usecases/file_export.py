"""Hardship files as a table in the columns that the import reads, for another system or another office.

What identifies people leaves the house here, so it is asked what for, and every file that goes out is written down.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlmodel import col, select

from matcher.domain.access import Action, Actor, Reach
from matcher.domain.file_terms import Section
from matcher.domain.terms import RevealPurpose
from matcher.errors import RefusedInput
from matcher.files.hardship_words import CODES
from matcher.store.facts import IDS_AT_ONCE
from matcher.store.queries.reach import of_cases
from matcher.store.tables import FileSection, HardshipFile, Household, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.file_columns import COLUMNS, MEMBER_COLUMNS
from matcher.usecases.file_fields import FIELDS, MEMBER, Field, Kind
from matcher.usecases.guard import require

MOST = 20_000
Cells = list[str]


def export_files(purpose: RevealPurpose, *, by: Actor, uow: UnitOfWork, now: datetime) -> list[Cells]:
    """The files in reach, a row each in the order of COLUMNS, by case code. Cells are words that the import reads.

    Raises NotPermitted, RefusedInput("too_many_files").
    """
    with uow:
        unit = uow.get(Unit, by.unit_id or 0)
        for action in (Action.EDIT_FILES, Action.REVEAL_PERSON):
            require(by, action, Reach(unit_path=unit.path, contact_id=by.account_id))
        query = (
            select(Household, HardshipFile, Unit.name)
            .join(HardshipFile, col(HardshipFile.household_id) == col(Household.id))
            .join(Unit, col(Unit.id) == col(HardshipFile.unit_id))
            .where(of_cases(by))
            .order_by(col(Household.case_code))
        )
        found = uow.session.exec(query.limit(MOST + 1)).all()
        if len(found) > MOST:
            raise RefusedInput("too_many_files", limit=MOST)
        sections = _sections(uow, [file.id or 0 for _household, file, _name in found])
        rows = []
        for household, file, unit_name in found:
            rows.append(list(_row(file, household, unit_name, sections.get(file.id or 0, {}))))
            uow.record(by, "file:export", file, at=now, purpose=purpose.value)
        uow.commit()
    return rows


def _sections(uow: UnitOfWork, file_ids: list[int]) -> dict[int, dict[Section, dict[str, Any]]]:
    """The latest revision of each step of many files."""
    found: dict[int, dict[Section, dict[str, Any]]] = {}
    for first in range(0, len(file_ids), IDS_AT_ONCE):
        part = file_ids[first : first + IDS_AT_ONCE]
        query = select(FileSection).where(col(FileSection.file_id).in_(part)).order_by(col(FileSection.revision))
        for row in uow.session.exec(query):
            found.setdefault(row.file_id, {})[row.section] = json.loads(row.content)
    return found


def _row(
    file: HardshipFile, household: Household, unit_name: str, sections: dict[Section, dict[str, Any]]
) -> Iterator[str]:
    own = {
        "household_id": household.case_code,
        "union_unit": unit_name,
        "region": household.division_code,
        "file_state": _word(file.state),
        "hardship_class": _word(file.chosen_class) if file.approved_on and file.chosen_class else "",
        "approved_on": _day(file.approved_on),
        "national_number": file.national_number or "",
        "national_on": _day(file.national_on),
    }
    told = {
        field.name: _cell(field, sections.get(section, {}).get(field.name))
        for section, fields in FIELDS.items()
        for field in fields
    }
    for columns, member in zip(MEMBER_COLUMNS, sections.get(Section.MEMBERS, {}).get("members", ()), strict=False):
        boxes = {box.name: box for box in MEMBER}
        told |= {column: _cell(boxes[name], member.get(name)) for column, name in columns}
    values = own | told
    return (values.get(column, "") for column in COLUMNS)


def _cell(field: Field, value: Any) -> str:
    """A value of the form as the import reads it."""
    if value in (None, ""):
        return ""
    if field.kind is Kind.MANY:
        return ";".join(_word(field.codes(code)) for code in value) if field.codes and value else "无"
    if field.codes:
        return _word(field.codes(value))
    if field.kind is Kind.YES_NO:
        return "是" if value else "否"
    if field.kind is Kind.MONEY:
        return f"{value // 100}.{value % 100:02d}".removesuffix(".00")
    return str(value)


def _word(code: Any) -> str:
    return CODES[type(code)][code][0]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
