"""Backups: one file with every table, a manifest and fingerprints. Works while the product is in use.

The file is a ZIP with `manifest.json` and either `database.sqlite3` (copied by SQLite's own online backup) or one
`tables/NAME.copy` a table (PostgreSQL's COPY out of one snapshot). Encrypted columns stay encrypted: the keys are
not in the file, only their ids, so that whoever keeps the backup knows which keys to keep elsewhere.
"""

import hashlib
import json
import os
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, text
from sqlmodel import SQLModel

from matcher.errors import SetupProblem
from matcher.store import migrate
from matcher.store.chain import unguarded
from matcher.store.session import Database

FORMAT = 1
DAMAGE = (OSError, ValueError, KeyError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)  # of a ZIP
MANIFEST, WHOLE = "manifest.json", "database.sqlite3"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: rows and fingerprint (SHA-256 of the rows in order of their key) of each table."""

    format: int
    kind: str  # sqlite or postgresql
    revision: str
    made_at: str
    key_ids: tuple[str, ...]
    rows: dict[str, int]
    fingerprints: dict[str, str]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def write_backup(database: Database, path: Path, *, key_ids: tuple[str, ...], now: datetime) -> Manifest:
    """Write a backup that only its owner may read, then check it. Raises SetupProblem."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
        draft = Path(folder) / "draft.zip"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bag:
            pack = _pack_sqlite if database.is_sqlite else _pack_postgres
            rows, prints = pack(database, bag, Path(folder))
            revision = migrate.current(database) or ""
            kind = database.url.get_backend_name()
            manifest = Manifest(FORMAT, kind, revision, now.isoformat(), key_ids, rows, prints)
            bag.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True))
        if read_manifest(draft).fingerprints != prints:
            raise SetupProblem("backup_broken", path=path.name)
        os.replace(draft, path)
    return manifest


def read_manifest(path: Path) -> Manifest:
    """What a file holds. Raises SetupProblem when it is not one of our backups, or damaged."""
    try:
        with zipfile.ZipFile(path) as bag:
            body = json.loads(bag.read(MANIFEST))
            if bag.testzip() is not None or body.get("format") != FORMAT:
                raise SetupProblem("backup_broken", path=path.name)
    except DAMAGE:
        raise SetupProblem("backup_broken", path=path.name) from None
    return Manifest(**{**body, "key_ids": tuple(body["key_ids"])})


def read_back(database: Database, path: Path, *, force: bool) -> Manifest:
    """Put a backup into a database, and check every row. Raises SetupProblem; then the database is as before,
    unless it says `restore_differs`."""
    manifest = read_manifest(path)
    kind = database.url.get_backend_name()
    if manifest.kind != kind:
        raise SetupProblem("backup_other_kind", kind=manifest.kind, wanted=kind)
    if not migrate.is_known(manifest.revision):
        raise SetupProblem("database_newer", revision=manifest.revision)
    if not force and _has_rows(database):
        raise SetupProblem("database_not_empty")
    if database.is_sqlite:
        _unpack_sqlite(database, path)
    else:
        _unpack_postgres(database, path, manifest)
    with database.reader.connect() as connection:
        found = {name: _digest(connection, name, database.is_sqlite)[1] for name in manifest.rows}
    if found != manifest.fingerprints:
        raise SetupProblem("restore_differs")
    return manifest


def _tables() -> list[Table]:
    return list(SQLModel.metadata.sorted_tables)


def _has_rows(database: Database) -> bool:
    if migrate.current(database) is None:
        return False
    with database.reader.connect() as connection:
        return any(
            connection.execute(text(f"SELECT 1 FROM {table.name} LIMIT 1")).first() is not None for table in _tables()
        )


def _digest(connection: Connection, name: str, is_sqlite: bool) -> tuple[int, str]:
    """Rows of a table and the SHA-256 of them all, in order of the primary key."""
    digest, rows = hashlib.sha256(), 0
    for chunk in _sqlite_rows(connection, name) if is_sqlite else _copied(connection, name):
        digest.update(chunk)
        rows += chunk.count(b"\n")
    return rows, digest.hexdigest()


# ── SQLite ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _sqlite_rows(connection: Connection, name: str) -> Iterator[bytes]:
    order = ", ".join(SQLModel.metadata.tables[name].primary_key.columns.keys())
    for row in connection.exec_driver_sql(f"SELECT * FROM {name} ORDER BY {order}"):
        yield (repr(tuple(row)).replace("\n", " ") + "\n").encode()


def _pack_sqlite(database: Database, bag: zipfile.ZipFile, folder: Path) -> tuple[dict[str, int], dict[str, str]]:
    copy = folder / WHOLE
    with closing(sqlite3.connect(_file_of(database))) as source, closing(sqlite3.connect(copy)) as target:
        os.chmod(copy, 0o600)
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        if target.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise SetupProblem("backup_broken", path=copy.name)
    copied = Database(f"sqlite:///{copy}")
    with copied.reader.connect() as connection:
        found = {table.name: _digest(connection, table.name, True) for table in _tables()}
    copied.dispose()
    with closing(sqlite3.connect(copy)) as target:
        target.execute("PRAGMA journal_mode=DELETE")
    bag.write(copy, WHOLE)
    return {name: rows for name, (rows, _) in found.items()}, {name: print_ for name, (_, print_) in found.items()}


def _unpack_sqlite(database: Database, path: Path) -> None:
    target_path = Path(_file_of(database))
    target_path.parent.mkdir(parents=True, exist_ok=True)
    database.dispose()
    with tempfile.TemporaryDirectory(dir=target_path.parent, prefix=".restore-") as folder:
        with zipfile.ZipFile(path) as bag:
            bag.extract(WHOLE, folder)
        with (
            closing(sqlite3.connect(Path(folder) / WHOLE)) as source,
            closing(sqlite3.connect(target_path)) as target,
        ):
            source.backup(target)


def _file_of(database: Database) -> str:
    return database.url.database or ""


# ── PostgreSQL ─────────────────────────────────────────────────────────────────────────────────────────────────


def _copied(connection: Connection, name: str) -> Iterator[bytes]:
    order = ", ".join(SQLModel.metadata.tables[name].primary_key.columns.keys())
    columns = ", ".join(f'"{column.name}"' for column in SQLModel.metadata.tables[name].columns)
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(f"COPY (SELECT {columns} FROM {name} ORDER BY {order}) TO STDOUT") as out:
        for chunk in out:
            yield bytes(chunk)


def _pack_postgres(database: Database, bag: zipfile.ZipFile, folder: Path) -> tuple[dict[str, int], dict[str, str]]:
    rows, prints = {}, {}
    with _snapshot(database) as connection:
        for table in _tables():
            digest, count = hashlib.sha256(), 0
            with bag.open(f"tables/{table.name}.copy", "w", force_zip64=True) as file:
                for chunk in _copied(connection, table.name):
                    file.write(chunk)
                    digest.update(chunk)
                    count += chunk.count(b"\n")
            rows[table.name], prints[table.name] = count, digest.hexdigest()
    return rows, prints


@contextmanager
def _snapshot(database: Database) -> Iterator[Connection]:
    with database.writer.connect() as connection:
        yield connection.execution_options(isolation_level="REPEATABLE READ")


def _unpack_postgres(database: Database, path: Path, manifest: Manifest) -> None:
    """All tables in one transaction: either the whole backup is there afterwards, or what was there before."""
    if migrate.current(database) is None:
        migrate.upgrade(database, manifest.revision)
    if migrate.current(database) != manifest.revision:
        raise SetupProblem("backup_other_revision", revision=manifest.revision)
    with zipfile.ZipFile(path) as bag, database.writer.begin() as connection, unguarded(connection):
        names = ", ".join(table.name for table in _tables())
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
        raw: Any = connection.connection.driver_connection
        for table in _tables():
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            with (
                bag.open(f"tables/{table.name}.copy") as file,
                raw.cursor() as cursor,
                cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as into,
            ):
                while chunk := file.read(1 << 20):
                    into.write(chunk)
            if "id" in table.columns and str(table.columns["id"].type) == "INTEGER":
                _go_on_counting(connection, table.name)


def _go_on_counting(connection: Connection, name: str) -> None:
    sequence = connection.execute(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": name}).scalar()
    if sequence:
        last = connection.execute(text(f"SELECT max(id) FROM {name}")).scalar()
        if last:
            connection.execute(
                text("SELECT setval(CAST(:sequence AS regclass), :last)"), {"sequence": sequence, "last": last}
            )
