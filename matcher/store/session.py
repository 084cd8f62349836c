"""Connections. Readers and writers go separate ways, because SQLite lets only one writer in at a time.

A SQLite writer begins with BEGIN IMMEDIATE: a transaction that first reads and then wants to write would fail at
once otherwise, whatever the busy timeout says. PostgreSQL needs no such thing and uses row locks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from matcher.errors import SetupProblem

BUSY_TIMEOUT_MS = 15_000
KEY_CONNECTIONS = 2
_opened: "WeakSet[Database]" = WeakSet()


class Database:
    """One database: `read()` for pages and reports, `write()` for use cases.

    Raises SetupProblem for an address that cannot be used, and when the folder of an SQLite file cannot be made.
    """

    def __init__(self, url: str) -> None:
        self.url = _understood(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.writer = _engine(url, immediate=True)
        self.reader = _engine(url, immediate=False) if self.is_sqlite else self.writer
        _opened.add(self)

    @cached_property
    def keys(self) -> Engine:
        """Connections for looking up the keys of records while another one is in the middle of its rows: whoever
        holds one of these waits for nobody."""
        return _engine(self.url, immediate=False, size=KEY_CONNECTIONS)

    @contextmanager
    def read(self) -> Iterator[Session]:
        _opened.add(self)
        with Session(self.reader, expire_on_commit=False) as session:
            yield session

    def write(self) -> Session:
        _opened.add(self)
        return Session(self.writer, expire_on_commit=False)

    def scrub(self, table: str) -> None:
        """Let go of what was overwritten in a table: SQLite's log is emptied into the file, which zeroes what it frees;
        PostgreSQL drops dead rows. Whoever is in the middle of something is not disturbed."""
        if self.is_sqlite:
            raw = self.keys.raw_connection()
            try:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                raw.close()
            return
        with self.writer.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(f"VACUUM {table}")

    def dispose(self) -> None:
        _opened.discard(self)
        self.writer.dispose()
        self.reader.dispose()
        if "keys" in vars(self):
            self.keys.dispose()


def opened() -> list[Database]:
    """The databases this process has open; more than one in tests only."""
    return list(_opened)


def _understood(url: str) -> URL:
    """The parts of an address of a kind we speak. Raises SetupProblem."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SetupProblem("bad_database_url") from None
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise SetupProblem("bad_database_url")
    return parsed


def _engine(url: str | URL, *, immediate: bool, size: int = 10) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        try:
            return create_engine(
                parsed, pool_pre_ping=True, pool_size=size, max_overflow=2 * size, hide_parameters=True
            )
        except ImportError:
            raise SetupProblem("postgres_driver_missing") from None
    if parsed.database and parsed.database != ":memory:":
        folder = Path(parsed.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            raise SetupProblem("data_dir_read_only", path=folder) from None
    waits = {"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
    engine = create_engine(parsed, connect_args=waits, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine
