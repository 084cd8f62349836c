"""Rows of text to columns of facts, column by column: each different value is read once."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Generic, TypeVar

from matcher.domain.amounts import canonical
from matcher.domain.facts import Columns
from matcher.errors import RefusedInput
from matcher.files import values as read
from matcher.files.problems import CellProblem, RowProblem, shown
from matcher.files.table import MAX_CELL, Table

T = TypeVar("T", bound=Columns)


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its names in files (the contract's name first), how a cell is read, what a blank means."""

    name: str
    aliases: tuple[str, ...]
    read: Callable[[str], Any]
    blank: Any = None
    required: bool = False


@dataclass(slots=True)
class ReadResult(Generic[T]):
    """Good rows as columns ordered by id; `problems` refused their row, `warnings` did not."""

    columns: T
    problems: list[RowProblem]
    warnings: list[RowProblem]
    rows_read: int
    rows_refused: int = 0
    notes: dict[str, int] = field(default_factory=dict)  # counts worth a line in the report


def header_key(name: str) -> str:
    """A header as it is compared: 所在 地区（必填）* → 所在地区."""
    text = unicodedata.normalize("NFKC", name).strip().lower().split("(")[0]
    return "".join(c for c in text if c not in " *_-:　\n")


def recogniser(fields: Sequence[Field]) -> Callable[[list[str]], bool]:
    """Tells whether a row of cells is the header: every required column is there."""
    wanted = [{header_key(name) for name in (f.name, *f.aliases)} for f in fields if f.required]
    return lambda row: all(names & {header_key(cell) for cell in row} for names in wanted)


class RowReader:
    """Reads the fields of a table and gathers what is wrong, per row."""

    def __init__(self, table: Table, fields: Sequence[Field]) -> None:
        self.table = table
        self.problems: list[RowProblem] = []
        self.warnings: list[RowProblem] = []
        self._fields = {f.name: f for f in fields}
        self._at = self._positions(fields)
        self._texts: dict[str, list[str]] = {}
        self.ids: list[str] = []

    def _positions(self, fields: Sequence[Field]) -> dict[str, int]:
        keys = [header_key(cell) for cell in self.table.header]
        found: dict[str, int] = {}
        for f in fields:
            names = {header_key(name) for name in (f.name, *f.aliases)}
            at = [k for k, key in enumerate(keys) if key in names]
            if len(at) > 1:
                raise RefusedInput("column_twice", name=self.table.name, column=self.table.header[at[1]])
            if at:
                found[f.name] = at[0]
        missing = [f.name for f in fields if f.required and f.name not in found]
        if missing:
            raise RefusedInput(
                "columns_missing", name=self.table.name, columns=missing, found=[shown(h) for h in self.table.header]
            )
        return found

    def has(self, name: str) -> bool:
        return name in self._at

    def texts(self, name: str) -> list[str]:
        """The column's cells as written; blanks where the column or the cell is missing."""
        if name not in self._texts:
            at = self._at.get(name)
            rows = self.table.rows
            self._texts[name] = [""] * len(rows) if at is None else [c[at] if at < len(c) else "" for _, c in rows]
        return self._texts[name]

    def column(self, name: str) -> list[Any]:
        """The column's values; the field's blank where there is nothing or a problem."""
        f = self._fields[name]
        if not self.has(name):
            return [f.blank] * len(self.table.rows)
        known: dict[str, Any] = {}
        values = []
        for k, written in enumerate(self.texts(name)):
            key = written if type(written) is str else f"\0{written}"
            if key not in known:
                known[key] = self._read(f, written)
            value = known[key]
            if isinstance(value, CellProblem):
                self.problem(k, name, value.code, **value.params)
                value = f.blank
            values.append(value)
        return values

    @staticmethod
    def _read(f: Field, written: str) -> Any:
        try:
            text = read.plain(written)
            if not text:
                return CellProblem("required_blank") if f.required else f.blank
            return f.read(text)
        except CellProblem as problem:
            return problem

    def problem(self, k: int, name: str, code: str, **params: Any) -> None:
        self.problems.append(self._about(k, name, code, params))

    def warning(self, k: int, name: str, code: str, **params: Any) -> None:
        self.warnings.append(self._about(k, name, code, params))

    def _about(self, k: int, name: str, code: str, params: dict[str, Any]) -> RowProblem:
        at = self._at.get(name)
        column = self.table.header[at] if at is not None else name
        row_id = shown(self.ids[k]) if k < len(self.ids) else ""
        return RowProblem(self.table.rows[k][0], row_id, column, shown(self.texts(name)[k]), code, params)

    def read_ids(self, name: str) -> list[str]:
        """The id column. Rows that share an id are all refused: none of them can be told from the others."""
        self.ids = [written.strip() if len(written) <= MAX_CELL else "" for written in self.texts(name)]
        values = self.column(name)
        rows_of: dict[str, list[int]] = {}
        for k, value in enumerate(values):
            if value is not None:
                rows_of.setdefault(value, []).append(k)
        for rows in rows_of.values():
            if len(rows) > 1:
                for k in rows:
                    self.problem(k, name, "duplicate_id", times=len(rows))
        return values

    def quantities(self, low: int) -> tuple[list[int | None], list[str | None]]:
        """Quantity and unit together, in the unit amounts are kept in (2 万元 → 20000 元)."""
        written, units = self.column("quantity"), self.column("unit")
        numbers: list[int | None] = []
        for k, (found, unit) in enumerate(zip(written, units, strict=True)):
            number, behind = found or (None, None)
            number, units[k] = canonical(number, unit or behind)
            if number is not None and number != int(number):
                self.problem(k, "quantity", "not_whole")
                number = None
            if number is not None and number < low:
                self.problem(k, "quantity", "out_of_range", low=low, high=read.MOST)
            numbers.append(None if number is None else int(number))
        return numbers, units

    def warn_regions(self, name: str, region: read.Region) -> None:
        known: dict[str, str | None] = {}
        refused = {problem.row for problem in self.problems if problem.column == self._label(name)}
        for k, written in enumerate(self.texts(name)):
            if not written.strip() or self.table.rows[k][0] in refused:
                continue
            if written not in known:
                known[written] = region.fallback(read.plain(written))
            if known[written] is not None:
                self.warning(k, name, "region_parent", place=known[written])

    def groups(self, name: str, codebook: Mapping[str, Any]) -> list[frozenset[Any]]:
        """Groups of each row. An unknown word is reported and otherwise left aside."""
        values = []
        for k, words in enumerate(self.column(name)):
            known = [codebook.get(read.folded(word).lower()) for word in words]
            for word, code in zip(words, known, strict=True):
                if code is None:
                    self.warning(k, name, "unknown_group", word=shown(word))
            values.append(frozenset(code for code in known if code is not None))
        return values

    def _label(self, name: str) -> str:
        return self.table.header[self._at[name]] if name in self._at else name

    def result(
        self, kind: type[T], values: dict[str, list[Any]], count: Callable[[T], dict[str, int]]
    ) -> ReadResult[T]:
        """The good rows as columns, ordered by id; problems and warnings ordered by row."""
        bad = {problem.row for problem in self.problems}
        keep = [k for k, (number, _) in enumerate(self.table.rows) if number not in bad]
        absent = {f.name: [None] * len(keep) for f in fields(kind) if f.name not in values}
        columns = kind(**absent, **{name: [column[k] for k in keep] for name, column in values.items()}).ordered()
        warnings = [warning for warning in self.warnings if warning.row not in bad]
        return ReadResult(
            columns=columns,
            problems=sorted(self.problems, key=lambda p: (p.row, p.column)),
            warnings=sorted(warnings, key=lambda p: (p.row, p.column)),
            rows_read=len(self.table.rows),
            rows_refused=len(bad),
            notes=count(columns),
        )
