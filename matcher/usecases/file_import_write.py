"""Writing the good rows of one part of a table of hardship files: columns at once, with the trail of every file.

What a row leaves behind is what filling in the form leaves behind: household, file, steps, numbers, questions about
duplicates. A file on record carries one step, `open` with the reason `taken_over`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from sqlmodel import SQLModel

from matcher.clock import business_date
from matcher.domain.access import Actor
from matcher.domain.file_rules import FileRules
from matcher.domain.file_terms import TAKEN_OVER, FileAct, FileState, KeyKind, Section
from matcher.domain.terms import FileStatus
from matcher.store.crypto import keyring
from matcher.store.tables import (
    DuplicateCase,
    FileSection,
    FileStep,
    HardshipFile,
    Household,
    ImportedFile,
    PersonKey,
    Unit,
)
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases import file_means
from matcher.usecases.duplicates import DECISIVE, NUMBER_PURPOSE, holders_of
from matcher.usecases.file_case import FileCase
from matcher.usecases.file_import_rows import Ready
from matcher.usecases.file_reviews import put_on_file, take_national_number
from matcher.usecases.filing import keep_facts, keep_head, numbers_in
from matcher.usecases.households import county_above
from matcher.usecases.import_bulk import defaults_of, insert_rows
from matcher.usecases.ladder import file_was_sent_in, needs_follow_file

Row = TypeVar("Row", bound=SQLModel)
FACTS = ("size", "causes", "situation", "diagnosis", "is_member", "relation_months")
"""What a registered household keeps where the row says nothing."""


@dataclass(slots=True)
class Writer:
    """Writes parts of one table; remembers the units it has met."""

    import_id: int
    by: Actor
    rules: FileRules
    _homes: dict[int, tuple[Unit, Unit]] = field(default_factory=dict)
    _usual: dict[type[SQLModel], dict[str, Any]] = field(default_factory=dict)

    def write(self, ready: Sequence[Ready], *, uow: UnitOfWork, now: datetime) -> None:
        """Write these rows inside the caller's unit of work, which holds the lock on registering."""
        if not ready:
            return
        cases = [self._case(one, uow, now) for one in ready]
        self._write_households(ready, cases, uow, now)
        for case in cases:
            case.file.household_id = case.household.id or 0
        file_ids = insert_rows(uow.session, HardshipFile, [_columns(case.file) for case in cases], now)
        for case, file_id in zip(cases, file_ids, strict=True):
            case.file.id = file_id
            uow.note(self.by, "file:import", "hardship_file", file_id, at=now, to=case.file.state.value)
        for one, case in zip(ready, cases, strict=True):
            if one.household_id and case.household.file_status is FileStatus.ACTIVE:
                needs_follow_file(uow, case.household, by=self.by, at=now)
                file_was_sent_in(uow, one.household_id, by=self.by, at=now)
        self._write_steps(ready, file_ids, uow, now)
        keys = [
            (case, kind, is_head, number)
            for one, case in zip(ready, cases, strict=True)
            for section, values in one.sections.items()
            for kind, is_head, number in numbers_in(section, values)
        ]
        rows = [
            {
                "file_id": case.file.id, "kind": kind, "is_head": is_head, "number": number,
                "number_index": keyring().index(number, NUMBER_PURPOSE),
            }
            for case, kind, is_head, number in keys
        ]  # fmt: skip
        insert_rows(uow.session, PersonKey, rows, now)
        self._ask_about_duplicates([(case, kind, number) for case, kind, _head, number in keys], uow, now)

    def _case(self, one: Ready, uow: UnitOfWork, now: datetime) -> FileCase:
        """The file with its household, as they will be inserted."""
        unit, county = self._home(one.unit_id, uow)
        household = uow.get(Household, one.household_id, lock=True) if one.household_id else None
        if household is None:
            place = one.row.region or unit.division_code or county.division_code or "000000"
            household = self._new(
                Household, case_code=one.row.given, unit_id=unit.id, division_code=place, head_name=""
            )
        else:
            _add_what_is_known(household, one.sections)
        before = {name: getattr(household, name) for name in FACTS}
        for section in (Section.PERSON, Section.BANK):
            if section in one.sections:
                keep_head(household, section, one.sections[section], now)
        keep_facts(household, one.sections)
        household.size = max(household.size, before["size"])
        for name, value in before.items():
            if getattr(household, name) in (None, "", []):
                setattr(household, name, value)
        if household.file_status is FileStatus.NONE:
            household.file_status = FileStatus.DRAFT
        file = self._new(
            HardshipFile, unit_id=household.unit_id, state=one.row.state, opened_by=self.by.account_id, id=None
        )
        case = FileCase(file, household, unit)
        if one.row.state is FileState.ACTIVE:
            self._take_over(one, case, now)
        return case

    def _new(self, model: type[Row], **columns: Any) -> Row:
        """A row that will be inserted by its columns: what the acts on files set of it, without the weight of a model
        (a quarter of the whole import)."""
        if model not in self._usual:
            self._usual[model] = defaults_of(model)
        return cast(Row, SimpleNamespace(**(self._usual[model] | columns)))

    def _take_over(self, one: Ready, case: FileCase, now: datetime) -> None:
        """A file that another system approved, from the day on which it did."""
        day = one.row.approved_on or business_date(now)
        if one.verdict is not None:
            case.file.scheme, case.file.computed_class = one.verdict.scheme, one.verdict.hardship_class
            case.file.is_local = one.verdict.is_local
            case.file.calculation = file_means.as_text(one.verdict, business_date(now))
        case.file.chosen_class, case.file.submitted_on = one.hardship_class, day
        put_on_file(case, day, self.rules)
        if one.row.national_number:
            take_national_number(case, one.row.national_number, one.row.national_on)

    def _write_households(
        self, ready: Sequence[Ready], cases: Sequence[FileCase], uow: UnitOfWork, now: datetime
    ) -> None:
        fresh = [case.household for one, case in zip(ready, cases, strict=True) if one.household_id is None]
        uow.session.flush()
        ids = insert_rows(uow.session, Household, [_columns(household) for household in fresh], now)
        for household, household_id in zip(fresh, ids, strict=True):
            household.id = household_id
            uow.note(self.by, "household:register", "household", household_id, at=now)

    def _write_steps(self, ready: Sequence[Ready], file_ids: Sequence[int], uow: UnitOfWork, now: datetime) -> None:
        """The step that opened each file, what was filled in, and which row it came from."""
        steps, sections, links = [], [], []
        for one, file_id in zip(ready, file_ids, strict=True):
            is_taken = one.row.state is FileState.ACTIVE
            steps.append(
                {
                    "file_id": file_id, "act": FileAct.OPEN, "from_state": FileState.DRAFT, "to_state": one.row.state,
                    "by_account_id": self.by.account_id, "unit_id": self.by.unit_id, "at": now,
                    "reason": TAKEN_OVER if is_taken else None,
                }
            )  # fmt: skip
            sections += [
                {
                    "file_id": file_id, "section": section, "revision": 1, "by_account_id": self.by.account_id,
                    "content": json.dumps(values, ensure_ascii=False, sort_keys=True), "at": now,
                }
                for section, values in one.sections.items()
            ]  # fmt: skip
            links.append(
                {
                    "unit_id": self.by.unit_id, "given_id": one.row.given, "file_id": file_id,
                    "import_id": self.import_id, "fingerprint": one.fingerprint,
                }
            )  # fmt: skip
        for table, rows in ((FileStep, steps), (FileSection, sections), (ImportedFile, links)):
            insert_rows(uow.session, table, rows, now)

    def _ask_about_duplicates(
        self, keys: Sequence[tuple[FileCase, KeyKind, str]], uow: UnitOfWork, now: datetime
    ) -> None:
        """A question for every other household with one of these numbers, as when the form is filled in."""
        asked: dict[tuple[int, int, KeyKind], None] = {}
        here = {case.household.id for case, _kind, _number in keys}
        for kind in DECISIVE:
            told = [(case, number) for case, k, number in keys if k is kind]
            holders = holders_of(uow, kind, [number for _case, number in told])
            for case, number in told:
                mine = case.file.household_id
                for other in sorted(holders.get(number, set()) - {mine}):
                    if other not in here or other < mine:  # of two new files the later one asks
                        asked[case.file.id or 0, other, kind] = None
        rows = [
            {"file_id": file_id, "other_household_id": other, "kind": kind, "found_at": now}
            for file_id, other, kind in asked
        ]
        ids = insert_rows(uow.session, DuplicateCase, rows, now)
        for row, case_id in zip(rows, ids, strict=True):
            uow.note(None, "duplicate:found", "duplicate_case", case_id, at=now, file_id=row["file_id"],
                     kind=str(row["kind"]))  # fmt: skip

    def _home(self, unit_id: int, uow: UnitOfWork) -> tuple[Unit, Unit]:
        if unit_id not in self._homes:
            unit = uow.get(Unit, unit_id)
            self._homes[unit_id] = unit, county_above(uow, unit)
        return self._homes[unit_id]


def _add_what_is_known(household: Household, sections: dict[Section, dict[str, Any]]) -> None:
    """What is known of a registered household joins what the row tells: a blank cell takes nothing away."""
    person = {"name": household.head_name, "id_card": household.id_card, "phone": household.phone,
              "address": household.address, "township": household.township}  # fmt: skip
    bank = {"payout": household.payout, "bank_card": household.bank_card, "consent": household.consent}
    for section, known in ((Section.PERSON, person), (Section.BANK, bank)):
        told = {name: value for name, value in known.items() if value} | sections.get(section, {})
        if told:
            sections[section] = told


def _columns(row: SQLModel) -> dict[str, Any]:
    """A new row as columns."""
    return {name: value for name, value in vars(row).items() if name != "id"}
