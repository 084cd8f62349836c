"""What an import of hardship files asks the database: some statements for the whole table, some for each part."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, select
from sqlmodel import Session, col

from matcher.domain.access import Actor
from matcher.domain.file_terms import FileState
from matcher.domain.terms import UnitLevel
from matcher.store.crypto import keyring
from matcher.store.facts import HOUSEHOLD, IDS_AT_ONCE, UNIT
from matcher.store.queries.reach import of_units
from matcher.store.tables import Division, HardshipFile, ImportedFile, ImportHeading

ID_PURPOSE = "household.id_card"


@dataclass(frozen=True, slots=True)
class Known:
    """A household that is there already."""

    id: int
    case_code: str
    is_mine: bool
    has_head: bool  # a number is on record for its head
    file_state: FileState | None


@dataclass(slots=True)
class FileWorld:
    """What the rows of a table may name, and what is there already for the rows of one part."""

    units: dict[str, int] = field(default_factory=dict)  # code, name or short name → id, in reach
    levels: dict[int, UnitLevel] = field(default_factory=dict)
    divisions: frozenset[str] = frozenset()
    earlier: dict[str, str] = field(default_factory=dict)  # the table's own id → fingerprint of what it said
    by_code: dict[str, Known] = field(default_factory=dict)  # over the whole network
    by_number: dict[str, Known] = field(default_factory=dict)


def open_world(session: Session, by: Actor) -> FileWorld:
    """Units in reach and places, once for a table."""
    u = UNIT.c
    world = FileWorld()
    rows = session.execute(select(u.id, u.level, u.code, u.name, u.short_name).where(of_units(by), u.is_active))
    for unit_id, level, *names in rows:
        world.levels[int(unit_id)] = level
        world.units |= dict.fromkeys(names, int(unit_id))
    world.divisions = frozenset(session.execute(select(col(Division.code))).scalars())
    return world


def look_up(session: Session, world: FileWorld, by: Actor, given: Sequence[str], numbers: Sequence[str]) -> None:
    """Fill in what is there already for these ids of the table and these numbers of heads."""
    f, h = ImportedFile, HOUSEHOLD.c
    world.earlier, world.by_code, world.by_number = {}, {}, {}
    for part in _parts(given):
        earlier = select(col(f.given_id), col(f.fingerprint)).where(
            col(f.unit_id) == by.unit_id, col(f.given_id).in_(part)
        )
        world.earlier |= {str(one): str(mark) for one, mark in session.execute(earlier)}
        for _mark, known in _households(session, by, _known().where(h.case_code.in_(part))):
            world.by_code[known.case_code] = known
    for part in _parts(numbers):
        marks = {mark: number for number in part for mark in keyring().indexes(number, ID_PURPOSE)}
        for mark, known in _households(session, by, _known().where(h.id_card_index.in_(list(marks)))):
            world.by_number[marks[mark]] = known


def _known() -> "Select[tuple[str, int, str, str, FileState]]":
    h = HOUSEHOLD.c
    joined = HOUSEHOLD.join(UNIT, UNIT.c.id == h.unit_id).outerjoin(
        HardshipFile, col(HardshipFile.household_id) == h.id
    )
    return select(h.id_card_index, h.id, h.case_code, UNIT.c.path, col(HardshipFile.state)).select_from(joined)


def _households(
    session: Session, by: Actor, query: "Select[tuple[str, int, str, str, FileState]]"
) -> Iterator[tuple[str, Known]]:
    for mark, household_id, case_code, path, state in session.execute(query):
        is_mine = by.unit_path is not None and str(path).startswith(by.unit_path)
        yield mark, Known(int(household_id), str(case_code), is_mine, bool(mark), state)


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(values), IDS_AT_ONCE):
        yield values[first : first + IDS_AT_ONCE]


def headings_of(session: Session, unit_id: int) -> dict[str, str]:
    """What a unit said its headings mean: heading as it is compared → column."""
    i = ImportHeading
    rows = session.execute(select(col(i.heading), col(i.column)).where(col(i.unit_id) == unit_id))
    return {str(heading): str(column) for heading, column in rows}
