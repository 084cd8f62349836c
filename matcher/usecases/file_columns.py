"""Tables of hardship files: which columns they may have, and how a cell becomes a value of the form.

The columns are the fields of the form, eight members, and what concerns the file as a whole. Money is written in 元
and kept in 分.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from matcher.domain.file_terms import FileState, Section
from matcher.domain.regions import Places
from matcher.domain.terms import HardshipClass
from matcher.files import values as read
from matcher.files import words
from matcher.files.hardship_words import CODES, HEADINGS, MEMBER_GROUPS, MEMBER_HEADINGS
from matcher.files.problems import CellProblem
from matcher.files.reading import Field, header_key
from matcher.files.words import codebook
from matcher.usecases.file_fields import FIELDS, MEMBER, Kind
from matcher.usecases.file_fields import Field as Box

MEMBERS = 12
"""So many family members have columns; larger families are completed in the form."""
REQUIRED = ("household_id", "name", "id_card")
OWN = (
    "household_id", "union_unit", "region", "file_state", "hardship_class", "approved_on", "national_number",
    "national_on",
)  # fmt: skip
"""What concerns the file as a whole."""
TAKEN_OVER = (FileState.DRAFT, FileState.ACTIVE)
"""States that a table may give a new file; everything between is for people to decide."""
MEMBER_COLUMNS = tuple(tuple((f"m{n + 1}_{box.name}", box.name) for box in MEMBER) for n in range(MEMBERS))
COLUMNS = (
    *OWN,
    *(box.name for section in FIELDS.values() for box in section),
    *(c for m in MEMBER_COLUMNS for c, _ in m),
)
"""Every column by its name in the contract."""
Cell = Callable[[str], Any]


def file_fields(places: Places) -> tuple[Field, ...]:
    """Every column that a table of files may have."""
    own: dict[str, tuple[Cell, Any]] = {
        "household_id": (read.text_of(24), None),
        "union_unit": (read.text_of(80), ""),
        "region": (read.Region(places).one, None),
        "file_state": (word_of(FileState, usual=TAKEN_OVER), FileState.DRAFT),
        "hardship_class": (word_of(HardshipClass), None),
        "approved_on": (read.day, None),
        "national_number": (read.text_of(40), ""),
        "national_on": (read.day, None),
    }
    boxes = {box.name: (_reader_of(box), None) for section in FIELDS.values() for box in section}
    members = [
        Field(column, tuple(f"{group}{n + 1}{title}" for group in MEMBER_GROUPS for title in MEMBER_HEADINGS[box.name]),
              _reader_of(box))
        for n in range(MEMBERS)
        for (column, _name), box in zip(MEMBER_COLUMNS[n], MEMBER, strict=True)
    ]  # fmt: skip
    return (
        *(Field(name, HEADINGS[name], *how, required=name in REQUIRED) for name, how in (own | boxes).items()),
        *members,
    )


def column_of(section: Section, name: str, members: Sequence[int] = ()) -> str:
    """The column of a field of the form as problems name it; `members` are the places of those who are told of, so
    that m0_born_on, of the first of them, stands in m3_born_on when the columns of two are empty."""
    if section is not Section.MEMBERS:
        return name
    place, _, rest = name.partition("_")
    return MEMBER_COLUMNS[members[int(place[1:])]][0][0][:3] + rest if rest else "m1_name"


def named_headings(
    header: Sequence[str], fields: Iterable[Field], named: Mapping[str, str]
) -> tuple[tuple[Field, ...], tuple[str, ...]]:
    """The fields with only those names by which this table has them, and the headings that nobody knows.

    `named` are headings (as keys) whose column somebody has told; they go before our own words, and one with the
    column "" is left out on purpose.
    """
    fields = tuple(fields)
    known = {header_key(title): f.name for f in fields for title in (f.name, *f.aliases)} | dict(named)
    found: dict[str, list[str]] = {}
    unknown: dict[str, None] = {}
    for title in header:
        column = known.get(header_key(title))
        if column:
            found.setdefault(column, []).append(title)
        elif title and column is None:
            unknown[title] = None
    kept = (Field(f.name, tuple(found.get(f.name, ())), f.read, f.blank, f.required) for f in fields)
    return tuple(kept), tuple(unknown)


# ── cells ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _reader_of(box: Box) -> Cell:
    """What turns a cell of this box into its value; what section_problems says of values is not said here."""
    readers: dict[Kind, Cell] = {
        Kind.DATE: lambda value: read.day(value).isoformat(),
        Kind.MONEY: fen,
        Kind.WHOLE: read.whole(0, box.most or read.MOST),
        Kind.YES_NO: read.yes_no,
    }
    if box.codes:
        return words_of(box.codes) if box.kind is Kind.MANY else word_of(box.codes)
    return readers.get(box.kind, str)


def fen(value: str) -> int:
    """元 as 分: 1250.50, 1,250.5元, 2万元. Raises CellProblem, also for less than a 分."""
    number, unit = read.amount(value)
    factor = {None: 100, "元": 100, "万元": 1_000_000, "万": 1_000_000}.get(unit)
    if factor is None:
        raise CellProblem("not_a_number")
    if (number * factor).denominator != 1:
        raise CellProblem("finer_than_fen")
    return int(number * factor)


def word_of(codes: type[StrEnum], *, usual: Iterable[StrEnum] = ()) -> Cell:
    """A code or one of its words; else the problem `unknown_word`, with the words to use (those of `usual`)."""
    book = codebook(CODES[codes])
    words_to_use = [CODES[codes][code][0] for code in usual or CODES[codes]]

    def one(value: str) -> Any:
        found = book.get(read.folded(value).lower())
        if found is None:
            raise CellProblem("unknown_word", words=words_to_use)
        return found

    return one


def words_of(codes: type[StrEnum]) -> Cell:
    """Several codes or words with ; between them, as a sorted list of codes; 无 is none of them."""
    one = word_of(codes)

    def many(value: str) -> list[str]:
        if read.folded(value).lower() in words.NOBODY:
            return []
        return sorted({one(part).value for part in read.split_list(value)}, key=lambda code: (len(code), code))

    return many


# ── a row ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row as read: its number, what concerns the file as a whole, and the steps of the form."""

    row: int
    given: str
    union_unit: str
    region: str | None
    state: FileState
    hardship_class: HardshipClass | None
    approved_on: date | None
    national_number: str
    national_on: date | None
    sections: dict[Section, dict[str, Any]] = field(default_factory=dict)
    members: tuple[int, ...] = ()  # places of the members who are told of


def row_of(number: int, values: Mapping[str, Any]) -> FileRow:
    """A row's values by column, sorted into the file's own and the steps; blanks are left out."""
    sections = {}
    for section, boxes in FIELDS.items():
        told = {box.name: values[box.name] for box in boxes if values[box.name] not in (None, "")}
        if told:
            sections[section] = told
    members = {}
    for place, columns in enumerate(MEMBER_COLUMNS):
        told = {name: values[column] for column, name in columns if values[column] not in (None, "")}
        if told:
            members[place] = told
    if members:
        sections[Section.MEMBERS] = {"members": list(members.values())}
    return FileRow(
        row=number,
        given=values["household_id"] or "",
        union_unit=values["union_unit"],
        region=values["region"],
        state=values["file_state"],
        hardship_class=values["hardship_class"],
        approved_on=values["approved_on"],
        national_number=values["national_number"],
        national_on=values["national_on"],
        sections=sections,
        members=tuple(members),
    )
