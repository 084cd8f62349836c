"""Sealing everything anew under the current key, row by row, while others read and write.

Columns are found by their type: each `Sealed` one, and the blind index `X_index` beside a sealed column X. What belongs
to a household is sealed under the household's own key, so there only that key is sealed anew; what dates from before
households had keys is brought under theirs. A row is only changed if it still holds what was read, so nothing that
somebody writes meanwhile is lost; such a row is looked at again in the next pass. Batches are short transactions: a
writer waits for one of them at most.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Column, CursorResult, Integer, LargeBinary, MetaData, String, Table, select, update
from sqlmodel import SQLModel

import matcher.store.tables  # noqa: F401  so that every table is known
from matcher.store import ownership, record_keys
from matcher.store.columns import Sealed
from matcher.store.crypto import Keyring
from matcher.store.record_keys import OfRecord
from matcher.store.session import Database

BATCH = 200
PASSES = 10
"""Old values come back only where a process still seals under the old key."""
INDEX = "_index"


@dataclass(frozen=True, slots=True)
class Use:
    """How many values one key id seals or signs in one table."""

    table: str
    key_id: str
    values: int


@dataclass(frozen=True, slots=True)
class _Sealing:
    """One table as it is stored, sealed columns as bytes: what is sealed for which purpose, and the blind indexes."""

    table: Table
    purposes: dict[str, str]  # by sealed column
    owned: tuple[str, ...]  # those sealed under the household's key
    of: str  # the column that leads to the household, "" where nothing is owned
    indexes: dict[str, str]  # blind index column by the sealed column it is made of

    @property
    def kept(self) -> list[str]:
        """All sealed columns and blind indexes, those made of a value that is not kept included."""
        return [column.name for column in self.table.columns if column.name not in ("id", self.of)]


def uses(database: Database) -> list[Use]:
    """Which keys are needed to read and to find what is stored, by table; empty tables are left out."""
    found: list[Use] = []
    for sealing in _sealings():
        counts: dict[str, int] = {}
        for row in (row for rows in _batches(database, sealing.table) for row in rows):
            for key_id in filter(None, (_key_of(row[name]) for name in sealing.kept)):
                counts[key_id] = counts.get(key_id, 0) + 1
        found += [Use(sealing.table.name, key_id, n) for key_id, n in sorted(counts.items())]
    return found


def rotate(
    database: Database, ring: Keyring, *, tell: Callable[[str, int], None] = lambda table, rows: None
) -> dict[str, int]:
    """Seal under `ring.current` whatever another key of the ring sealed: rows changed by table, tables without any left
    out. `tell` hears the table and the rows so far after each batch. Raises SetupProblem for a key that is not in the
    ring; what was sealed anew by then stays so.
    """
    changed: dict[str, int] = {}
    for sealing in _sealings():
        for _ in range(PASSES):
            found, done = 0, 0
            for rows in _batches(database, sealing.table):
                stale = [row for row in rows if _stale(row, sealing, ring)]
                found += len(stale)
                done += _write(database, sealing, stale, ring) if stale else 0
                if stale:
                    tell(sealing.table.name, changed.get(sealing.table.name, 0) + done)
            if done:
                changed[sealing.table.name] = changed.get(sealing.table.name, 0) + done
            if found == done:
                break
    return changed


def _sealings() -> Iterator[_Sealing]:
    for table in SQLModel.metadata.sorted_tables:
        purposes = {column.name: column.type.purpose for column in table.columns if isinstance(column.type, Sealed)}
        prints = [column.name for column in table.columns if column.name.endswith(INDEX)]
        if purposes or prints:
            of, owned = ownership.owned(table.name)
            raw: list[Column[Any]] = [Column("id", Integer, primary_key=True)]
            raw += [Column(of, Integer)] if of not in ("", "id") else []
            raw += [Column(name, LargeBinary) for name in purposes]
            raw += [Column(name, String) for name in prints]
            yield _Sealing(
                Table(table.name, MetaData(), *raw),
                purposes,
                owned,
                of,
                {name: name + INDEX for name in purposes if name + INDEX in prints},
            )


def _batches(database: Database, table: Table) -> Iterator[list[dict[str, Any]]]:
    """All rows in the order of their ids, as stored."""
    last = 0
    while True:
        with database.read() as session:
            some = session.execute(select(table).where(table.c.id > last).order_by(table.c.id).limit(BATCH))
            rows = [dict(row) for row in some.mappings()]
        if not rows:
            return
        yield rows
        last = rows[-1]["id"]


def _key_of(value: bytes | str | None) -> str:
    """The id of the key of the ring that a sealed value or a blind index was made with; "" for none of the ring."""
    if not value:
        return ""
    if isinstance(value, str):
        return value.partition(":")[0]
    return bytes(value[1 : 1 + value[0]]).decode()


def _stale(row: dict[str, Any], sealing: _Sealing, ring: Keyring) -> list[str]:
    """The columns to be made anew: under another key of the ring, or under the ring instead of the household's key."""
    indexes = [index for name, index in sealing.indexes.items() if row[name]]
    return [
        name
        for name in (*sealing.purposes, *indexes)
        if (key_id := _key_of(row[name])) and (name in sealing.owned or key_id != ring.current)
    ]


def _anew(row: dict[str, Any], sealing: _Sealing, ring: Keyring, record: str) -> dict[str, Any]:
    """New values of the columns that another key made."""
    values: dict[str, Any] = {}
    stale = _stale(row, sealing, ring)
    for name, purpose in sealing.purposes.items():
        index = sealing.indexes.get(name, "")
        if name not in stale and index not in stale:
            continue
        blob = bytes(row[name])
        text = record_keys.unseal(blob, purpose) if record_keys.record_of(blob) else ring.decrypt(blob, purpose)
        if name in stale:
            of_record = OfRecord(text, record)
            values[name] = (
                record_keys.seal(of_record, purpose) if name in sealing.owned else ring.encrypt(text, purpose)
            )
        if index in stale:
            values[index] = ring.index(text, purpose)
    return values


def _write(database: Database, sealing: _Sealing, rows: list[dict[str, Any]], ring: Keyring) -> int:
    """How many of the rows were changed; those that somebody else changed since are left."""
    table, done = sealing.table, 0
    with database.write() as session:
        mixed = [row[sealing.of] for row in rows if any(name in sealing.owned for name in _stale(row, sealing, ring))]
        real = SQLModel.metadata.tables[table.name]
        names = ownership.names_of(session.connection(), real, sealing.of, mixed) if mixed else {}
        for row in rows:
            values = _anew(row, sealing, ring, names.get(row[sealing.of], "") if sealing.of else "")
            as_read = [table.c[name] == row[name] for name in values]
            result = session.execute(update(table).where(table.c.id == row["id"], *as_read).values(values))
            done += cast("CursorResult[Any]", result).rowcount
        session.commit()
    return done
