"""One unit of work: all of it is written, or nothing. Leaving without `commit()` rolls back.

What is recorded waits until the commit, is then sealed and written with everything else, and its head is anchored.
"""

from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlmodel import Session, SQLModel, select

from matcher.domain.access import Actor
from matcher.errors import NotFound, StaleVersion
from matcher.store import anchor, chain
from matcher.store.session import Database
from matcher.store.tables import Outbox
from matcher.store.tables.base import Versioned

Row = TypeVar("Row", bound=SQLModel)


class UnitOfWork:
    """Holds the writing session between `with` and `commit()`."""

    session: Session

    def __init__(self, database: Database) -> None:
        self.database = database
        self.trail: list[chain.Entry] = []

    def __enter__(self) -> Self:
        self.session = self.database.write()
        self.trail = []
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.session.rollback()
        self.session.close()

    def commit(self) -> None:
        write_down(self.database, self.session, self.trail)
        self.trail = []

    def add(self, row: Row) -> Row:
        """Add a row and give it its id."""
        self.session.add(row)
        self.session.flush()
        return row

    def get(self, table: type[Row], key: Any, *, lock: bool = False) -> Row:
        """The row, locked against other writers when asked (PostgreSQL; SQLite has one writer). Raises NotFound."""
        query = select(table).where(table.__mapper__.primary_key[0] == key)  # type: ignore[attr-defined]
        row = self.session.exec(query.with_for_update() if lock else query).first()
        if row is None:
            raise NotFound()
        return row

    def touch(self, row: Versioned, *, seen_version: int | None, at: datetime) -> None:
        """Check the version a person saw and raise it by one. Raises StaleVersion when someone was faster."""
        if seen_version is not None and row.version != seen_version:
            raise StaleVersion()
        row.version += 1
        row.updated_at = at

    def record(self, by: Actor | None, action: str, row: SQLModel, *, at: datetime, **details: Any) -> None:
        """Write the trail: who did what to which object. `details` are codes, ids and numbers only, else ValueError."""
        self.note(by, action, str(row.__tablename__), getattr(row, "id", None), at=at, **details)

    def note(
        self, by: Actor | None, action: str, object_type: str, object_id: int | None, *, at: datetime, **details: Any
    ) -> None:
        """The same where there is no row at hand: many at once, or a list as a whole."""
        self.trail.append(chain.entry(by, action, object_type, object_id, at=at, details=details))

    def tell(self, kind: str, *, dedupe: str, at: datetime, send_after: datetime, **fields: Any) -> Outbox:
        """Put a notice into the outbox; it goes out only if this unit of work is committed."""
        params = fields.pop("params", {})
        return self.add(Outbox(kind=kind, dedupe=dedupe, created_at=at, send_after=send_after, params=params, **fields))


def write_down(database: Database, session: Session, entries: list[chain.Entry]) -> None:
    """Commit a session together with what it did, then move the anchor."""
    added = chain.add(session, entries)
    session.commit()
    if added is None or anchor.folder() is None:
        return

    def seal_of(number: int) -> str | None:
        with database.read() as store:
            return store.execute(
                chain.EVENT.select().with_only_columns(chain.EVENT.c.seal).where(chain.EVENT.c.id == number)
            ).scalar()

    anchor.advance(added, seal_of, at=entries[-1]["at"])
