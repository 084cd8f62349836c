"""The trail as a chain: every entry is sealed, and its seal covers the seal of the entry before it.

A seal is HMAC-SHA-256 over one canonical JSON text: form, chain, key id, the seal before, and the entry's own
fields in a fixed order with its moment in UTC. The key is derived from the encryption key of that id, so an entry
can only be made or changed unnoticed by whoever holds the keys, and not by whoever holds the database.

Entries are added at the very end of a unit of work: the row of `audit_head` is locked only for the moment in which
numbers and seals are given out, and no other lock is taken after it.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Text, cast, func, insert, select, text, update
from sqlmodel import Session, SQLModel

from matcher.domain.access import Actor
from matcher.errors import SetupProblem
from matcher.store.crypto import Keyring, keyring
from matcher.store.tables import AuditEvent, AuditHead

FORM = 1
EVENT, HEAD = (SQLModel.metadata.tables[str(t.__tablename__)] for t in (AuditEvent, AuditHead))
FIELDS = ("id", "at", "account_id", "unit_id", "action", "object_type", "object_id", "details")
CODE = re.compile(r"[A-Za-z0-9_.:+-]{0,64}")
MANY_DIGITS = re.compile(r"\d{9}")
LARGEST = 10**9

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: its random name, the number of the last entry and that entry's seal."""

    chain: str
    last_id: int
    last_seal: str


@dataclass(frozen=True, slots=True)
class Added:
    """What one unit of work added: the head before and after it."""

    before: Head
    after: Head


class Sealer:
    """Seals entries under any key of a ring; derived keys are worked out once."""

    def __init__(self, ring: Keyring) -> None:
        self.ring = ring
        self._derived = {name: ring.derived(name, b"nuanliu audit chain") for name in ring.keys}

    def seal(self, chain: str, key_id: str, follows: str, entry: Mapping[str, Any]) -> str:
        """64 hex digits. Raises KeyError for a key id that is not in the ring."""
        said = canonical([FORM, chain, key_id, follows, *(entry[name] for name in FIELDS)])
        return hmac.digest(self._derived[key_id], said, hashlib.sha256).hex()

    def seal_text(self, key_id: str, said: Sequence[Any]) -> str:
        """The same over anything else, such as an anchor."""
        return hmac.digest(self._derived[key_id], canonical(said), hashlib.sha256).hex()


def canonical(said: Sequence[Any]) -> bytes:
    """One text for one content: sorted keys, no spaces, ASCII, moments in UTC to the microsecond."""
    return json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=_moment).encode()


def _moment(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError(type(value).__name__)
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def entry(
    by: Actor | None, action: str, object_type: str, object_id: int | None, *, at: datetime, details: dict[str, Any]
) -> Entry:
    """An entry that waits for its number and seal. Raises ValueError when its details could hold personal data."""
    if not _is_codes(details):
        raise ValueError(f"{action}: details of the trail are codes, ids and small numbers only")
    who = {"account_id": by.account_id if by else None, "unit_id": by.unit_id if by else None}
    return {
        "at": at.astimezone(UTC), **who, "action": action, "object_type": object_type, "object_id": object_id,
        "details": json.loads(json.dumps(details)),
    }  # fmt: skip


def _is_codes(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int | float):
        return abs(value) < LARGEST
    if isinstance(value, str):
        return CODE.fullmatch(value) is not None and MANY_DIGITS.search(value) is None
    if isinstance(value, dict):
        return all(_is_codes(part) for pair in value.items() for part in pair)
    return isinstance(value, list | tuple) and all(_is_codes(part) for part in value)


def add(session: Session, entries: Sequence[Entry]) -> Added | None:
    """Number, seal and write entries, as the last thing before a commit. None when there are none.

    Raises SetupProblem when the head is gone or no key is there: what leaves no trail is not done.
    """
    if not entries:
        return None
    sealer = Sealer(keyring())
    before = start = _locked_head(session)
    if before.last_id == 0:
        start = _seal_older(session, sealer, before)
    number = max(start.last_id, session.execute(select(func.max(EVENT.c.id))).scalar() or 0)
    numbered = [{"id": number + place, **waiting} for place, waiting in enumerate(entries, 1)]
    after, rows = _sealed(sealer, start, numbered)
    session.execute(insert(EVENT), rows)
    session.execute(update(HEAD).values(last_id=after.last_id, last_seal=after.last_seal))
    return Added(before, after)


def _locked_head(session: Session) -> Head:
    row = session.execute(select(HEAD.c.chain, HEAD.c.last_id, HEAD.c.last_seal).with_for_update()).first()
    if row is None:
        raise SetupProblem("audit_head_gone")
    return Head(row[0], row[1], row[2])


def _sealed(sealer: Sealer, head: Head, entries: Iterable[Entry]) -> tuple[Head, list[Entry]]:
    rows, key_id = [], sealer.ring.current
    for row in entries:
        seal = sealer.seal(head.chain, key_id, head.last_seal, row)
        rows.append({**row, "key_id": key_id, "follows": head.last_seal, "seal": seal})
        head = Head(head.chain, row["id"], seal)
    return head, rows


def _seal_older(session: Session, sealer: Sealer, head: Head) -> Head:
    """Entries from before there was a chain become its beginning, in their order."""
    older = [row for row in stored(session.connection()) if row["seal"] is None]
    head, rows = _sealed(sealer, head, older)
    for row in rows:
        given = {name: row[name] for name in ("key_id", "follows", "seal")}
        session.execute(update(EVENT).where(EVENT.c.id == row["id"]).values(given))
    return head


def stored(connection: Connection) -> Iterator[Entry]:
    """All entries as the database holds them, in order of their number. What cannot be read comes as its raw text."""
    c = EVENT.c
    sqlite = connection.dialect.name == "sqlite"
    at = cast(c.at, Text) if sqlite else c.at
    columns = [at if name == "at" else cast(c.details, Text) if name == "details" else c[name] for name in FIELDS]
    names = (*FIELDS, "key_id", "follows", "seal")
    query = select(*columns, c.key_id, c.follows, c.seal).order_by(c.id)
    for row in connection.execute(query.execution_options(yield_per=2_000)):
        found = dict(zip(names, row, strict=True))
        found["details"] = _read(json.loads, found["details"])
        if sqlite:
            found["at"] = _read(datetime.fromisoformat, found["at"])
        yield found


def _read(read: Any, value: Any) -> Any:
    try:
        return read(value)
    except (ValueError, TypeError):
        return str(value)


@contextmanager
def unguarded(connection: Connection) -> Iterator[None]:
    """Without the triggers of PostgreSQL, within one transaction: only for putting a whole backup back."""
    for name in (EVENT.name, HEAD.name):
        connection.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
    yield
    for name in (EVENT.name, HEAD.name):
        connection.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))
