"""Judging a table of hardship files: each row is good, known, or refused with everything that is wrong with it.

A row is judged by the same rules as the form. Part after part, so that a table of any length needs the memory of one
part, and again in the transaction that writes it, so that nothing changes between the look and the writing.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session

from matcher.domain import identity
from matcher.domain.access import Action, Actor, may
from matcher.domain.file_rules import FileRules
from matcher.domain.file_terms import FileState, Section
from matcher.domain.hardship_class import ClassVerdict
from matcher.domain.regions import Places
from matcher.domain.screening import is_personal
from matcher.domain.terms import HardshipClass, UnitLevel
from matcher.files.problems import RowProblem, shown
from matcher.files.reading import Field, RowReader
from matcher.files.table import Table
from matcher.store.crypto import keyring
from matcher.store.queries.file_imports import FileWorld, look_up
from matcher.usecases import file_means
from matcher.usecases.file_columns import TAKEN_OVER, FileRow, column_of, row_of
from matcher.usecases.file_fields import normalised, section_problems, warnings
from matcher.usecases.file_reviews import national_problems
from matcher.usecases.import_rows import EXAMPLES

ONLY_ON_RECORD = ("approved_on", "national_number", "national_on", "hardship_class")
ROW_PURPOSE = "imported_file.row"


@dataclass(frozen=True, slots=True)
class FileReference:
    """What reading a table of files needs from outside the database."""

    places: Places
    rules: FileRules
    areas: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """One good row: where it belongs, the steps as they are stored, the class that follows."""

    row: FileRow
    unit_id: int
    household_id: int | None  # a household that is registered already
    sections: dict[Section, dict[str, Any]]
    verdict: ClassVerdict | None
    fingerprint: str

    @property
    def hardship_class(self) -> HardshipClass | None:
        """The class of a file on record: as the table says, else as computed."""
        return self.row.hardship_class or (self.verdict.hardship_class if self.verdict else None)


@dataclass(slots=True)
class Judged:
    """What became of the rows of one part."""

    ready: list[Ready] = field(default_factory=list)
    known: int = 0
    refused: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    warnings: list[RowProblem] = field(default_factory=list)


@dataclass(slots=True)
class Judge:
    """Judges the parts of one table. `twice` are ids, and heads' numbers, that stand in several of its rows."""

    by: Actor
    fields: tuple[Field, ...]
    reference: FileReference
    today: date
    world: FileWorld
    twice: frozenset[str]

    def part(self, session: Session, table: Table) -> Judged:
        """Judge the rows of one part against what the database holds now."""
        reader = RowReader(table, self.fields)
        reader.ids = [cell.strip() for cell in reader.texts("household_id")]
        columns = {f.name: reader.column(f.name) for f in self.fields}
        judged = Judged(problems=reader.problems, warnings=reader.warnings)
        rows = [row_of(n, {name: c[k] for name, c in columns.items()}) for k, (n, _cells) in enumerate(table.rows)]
        numbers = [_number(row) for row in rows]
        look_up(session, self.world, self.by, [row.given for row in rows if row.given], [n for n in numbers if n])
        bad = {problem.row for problem in reader.problems}
        for k, row in enumerate(rows):
            found = list(self._problems(row, numbers[k]))
            for name, code, params in found:
                reader.problem(k, name, code, **params)
            if found or row.row in bad:
                continue
            if self._is_known(row):
                judged.known += 1
                if not _is_same(row, self.world.earlier.get(row.given)):
                    reader.warning(k, "household_id", "file_differs")
                continue
            ready = self._ready(row, numbers[k])
            for name, code in self._warnings(ready, numbers[k]):
                reader.warning(k, name, code)
            judged.ready.append(ready)
        bad = {problem.row for problem in reader.problems}
        judged.ready = [ready for ready in judged.ready if ready.row.row not in bad]
        judged.refused = len(bad)
        judged.problems = sorted(_once_a_cell(reader.problems), key=lambda p: (p.row, p.column))
        judged.warnings = [warning for warning in reader.warnings if warning.row not in bad]
        return judged

    def _is_known(self, row: FileRow) -> bool:
        """Whether the row's file is there already: from an earlier table, or under this code."""
        there = self.world.by_code.get(row.given)
        return row.given in self.world.earlier or (there is not None and there.is_mine and there.file_state is not None)

    # ── problems ───────────────────────────────────────────────────────────────────────────────────────────────

    def _problems(self, row: FileRow, number: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        for section, values in row.sections.items():
            for problem in section_problems(section, values, today=self.today, areas=self.reference.areas):
                yield column_of(section, problem.field, row.members), problem.code, problem.params
        if row.given and row.given in self.twice:
            yield "household_id", "id_in_several_rows", {}
        if row.given and is_personal(row.given):
            yield "household_id", "code_is_personal", {}
        if number and number in self.twice:
            yield "id_card", "id_in_several_rows", {}
        if self._is_known(row):
            return
        yield from self._place(row)
        if row.state not in TAKEN_OVER:
            yield "file_state", "only_draft_or_on_record", {}
        if row.state is FileState.ACTIVE:
            yield from self._on_record(row)
        yield from self._household(row, number)

    def _place(self, row: FileRow) -> Iterator[tuple[str, str, dict[str, Any]]]:
        if row.region and row.region not in self.world.divisions:
            yield "region", "place_unknown", {}
        if row.union_unit and row.union_unit not in self.world.units:
            yield "union_unit", "unit_unknown", {}
        elif self.world.levels.get(self._unit(row)) is UnitLevel.CITY:
            yield "union_unit", "not_at_city", {}

    def _unit(self, row: FileRow) -> int:
        return self.world.units[row.union_unit] if row.union_unit else self.by.unit_id or 0

    def _on_record(self, row: FileRow) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """A file that another system approved: only the city takes it over, with the day and the class."""
        if not may(self.by, Action.TAKE_OVER_FILES):
            yield "file_state", "only_city_takes_over", {}
        if row.approved_on is None:
            yield "approved_on", "required", {}
        elif row.approved_on > self.today:
            yield "approved_on", "date_future", {}
        verdict = file_means.verdict_of(row.sections, self.reference.rules)
        given = row.hardship_class or (verdict.hardship_class if verdict else None)
        if given in (None, HardshipClass.NONE):
            yield "hardship_class", "class_of_file_on_record", {}
        if row.national_number or row.national_on:
            is_local = verdict is not None and verdict.is_local and row.hardship_class is None
            for problem in national_problems(row.national_number, row.national_on, today=self.today, is_local=is_local):
                yield problem.field, problem.code, problem.params

    def _household(self, row: FileRow, number: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """What stands against it in the database: another family's code, a head who has a file here already."""
        there, head = self.world.by_code.get(row.given), self.world.by_number.get(number)
        if there is not None and not there.is_mine:
            yield "household_id", "case_code_taken", {}
        elif there is not None and there.has_head and head != there:
            yield "id_card", "id_differs_from_registered", {}
        elif head is not None and head.is_mine and head.file_state is not None and head != there:
            yield "id_card", "id_on_file_here", {"case_code": head.case_code}

    # ── good rows ──────────────────────────────────────────────────────────────────────────────────────────────

    def _ready(self, row: FileRow, number: str) -> Ready:
        """The row as it will be written, at the household that is registered already or a new one."""
        homes = (self.world.by_code.get(row.given), self.world.by_number.get(number))
        home = next((known for known in homes if known is not None and known.is_mine), None)
        sections = {section: normalised(section, values) for section, values in row.sections.items()}
        verdict = file_means.verdict_of(sections, self.reference.rules)
        return Ready(row, self._unit(row), home.id if home else None, sections, verdict, fingerprint(row))

    def _warnings(self, ready: Ready, number: str) -> Iterator[tuple[str, str]]:
        row = ready.row
        for section, values in ready.sections.items():
            for code in warnings(section, values, today=self.today, areas=self.reference.areas):
                yield ("bank_card" if section is Section.BANK else "id_card"), code
        head = self.world.by_number.get(number)
        if head is not None and not head.is_mine:
            yield "id_card", "head_known_elsewhere"
        if row.state is FileState.DRAFT:
            for name in ONLY_ON_RECORD:
                if getattr(row, name):
                    yield name, "draft_has_no_approval"
        elif row.hardship_class and ready.verdict and ready.verdict.hardship_class is not row.hardship_class:
            yield "hardship_class", "class_differs_from_computed"


def without_examples(table: Table, fields: tuple[Field, ...]) -> list[tuple[int, list[str]]]:
    """The rows without those that a template shows as examples."""
    given = RowReader(table, fields).texts("household_id")
    return [row for row, cell in zip(table.rows, given, strict=True) if not cell.strip().lower().startswith(EXAMPLES)]


def given_twice(table: Table, fields: tuple[Field, ...]) -> frozenset[str]:
    """Ids and numbers of heads that stand in more than one row: none of these rows can be told from the others."""
    reader = RowReader(table, fields)
    counts: Counter[str] = Counter()
    for name in ("household_id", "id_card"):
        for cell in reader.texts(name):
            value = identity.id_key(cell) if name == "id_card" else cell.strip()
            counts[value] += 1
    return frozenset(value for value, count in counts.items() if value and count > 1)


def fingerprint(row: FileRow) -> str:
    """A keyed mark of what a row says."""
    return keyring().index(_said(row), ROW_PURPOSE)


def _is_same(row: FileRow, mark: str | None) -> bool:
    """Whether a row says what it said before; no mark, or one of a key that is gone, counts as the same."""
    known = mark is not None and mark.split(":", 1)[0] in keyring().keys
    return not known or mark in keyring().indexes(_said(row), ROW_PURPOSE)


def _said(row: FileRow) -> str:
    """What a row tells of the family; where the file belongs and how far it is may change meanwhile."""
    sections = {section.value: values for section, values in sorted(row.sections.items())}
    said = json.dumps(sections, default=str, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _number(row: FileRow) -> str:
    return identity.id_key(row.sections.get(Section.PERSON, {}).get("id_card", ""))


def _once_a_cell(problems: Sequence[RowProblem]) -> list[RowProblem]:
    """One problem a cell: the first one."""
    return list({(problem.row, problem.column): problem for problem in reversed(problems)}.values())


def parts_of(table: Table, size: int) -> Iterator[Table]:
    """The rows of a table in parts."""
    for first in range(0, len(table.rows), size):
        yield Table(table.name, table.header, table.rows[first : first + size])


def masked(ready: Ready) -> tuple[int, str, str]:
    """Row, id and masked name of a good row, to show."""
    name = ready.sections.get(Section.PERSON, {}).get("name", "")
    return ready.row.row, shown(ready.row.given), identity.masked_name(name)
