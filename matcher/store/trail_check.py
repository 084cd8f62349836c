"""Walking the chain of the trail from its first entry: is it whole, and if not, which entry is the first bad one.

One pass, one HMAC an entry. Only the first entry that does not fit is looked at more closely, to say what was done.
"""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from matcher.domain.terms import TrailFault as Fault
from matcher.store import anchor as anchors
from matcher.store.anchor import Anchor
from matcher.store.chain import EVENT, HEAD, Entry, Head, Sealer, stored
from matcher.store.crypto import Keyring
from matcher.store.session import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`entries` is how many fit, up to and with `last_id`. Of a bad entry: its number, and the last of several.

    `anchored` is the entry the anchor names (0 without one), `waiting` how many older entries have no seal yet:
    they get one with the next act.
    """

    chain: str
    entries: int
    last_id: int
    last_seal: str
    last_at: datetime | None
    key_ids: tuple[str, ...]
    anchored: int = 0
    waiting: int = 0
    fault: Fault | None = None
    entry: int = 0
    until: int = 0
    key_id: str = ""  # of KEY_CHANGED: the key that really sealed it; of KEY_UNKNOWN: the one that is missing

    @property
    def is_whole(self) -> bool:
        return self.fault is None


def check(database: Database, ring: Keyring) -> Finding:
    """Look only. The anchor is read before the entries, so that acts going on meanwhile do no harm."""
    sealer = Sealer(ring)
    with database.reader.connect() as connection:
        name = connection.execute(select(HEAD.c.chain)).scalar() or ""
    anchor = anchors.read(name, anchors.folder(), sealer)
    with database.reader.connect() as connection:
        if not database.is_sqlite:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        return walk(connection, sealer, anchor)


def walk(connection: Connection, sealer: Sealer, anchor: Anchor | None) -> Finding:
    """The same within a transaction: the entries as this connection sees them, beside an anchor."""
    row = connection.execute(select(HEAD.c.chain, HEAD.c.last_id, HEAD.c.last_seal)).first()
    head = Head(*row) if row else Head("", 0, "")
    return _Walk(connection, sealer, head, anchor).finding()


class _Walk:
    """The state of one pass: the last entry that fits, and what the anchor should find on the way."""

    def __init__(self, connection: Connection, sealer: Sealer, head: Head, anchor: Anchor | None) -> None:
        self.connection, self.sealer, self.head, self.anchor = connection, sealer, head, anchor
        self.last, self.last_at, self.entries, self.waiting = Head(head.chain, 0, ""), None, 0, 0
        self.key_ids: dict[str, None] = {}
        self.seal_at_anchor: str | None = "" if anchor is None or anchor.last_id == 0 else None

    def finding(self) -> Finding:
        rows = stored(self.connection)
        for row in rows:
            if row["seal"] is None and self.head.last_id == 0 and not self.entries:
                self.waiting += 1
            elif self._fits(row):
                self._step(row)
            else:
                return self._bad(row, next(rows, None))
        return self._end()

    def _fits(self, row: Entry) -> bool:
        return row["follows"] == self.last.last_seal and self._is_intact(row)

    def _is_intact(self, row: Entry, *, number: int | None = None, key_id: str | None = None) -> bool:
        """Whether an entry is as it was sealed, taken as the entry of another number or under another key."""
        named = key_id or row["key_id"]
        if named not in self.sealer.ring.keys or not isinstance(row["follows"], str):
            return False
        said = row if number is None else {**row, "id": number}
        try:
            return hmac.compare_digest(self.sealer.seal(self.head.chain, named, row["follows"], said), str(row["seal"]))
        except TypeError:  # a cell holds bytes, or letters beyond ASCII where a seal should be
            return False

    def _step(self, row: Entry) -> None:
        self.last, self.last_at = Head(self.head.chain, row["id"], row["seal"]), row["at"]
        self.entries += 1
        self.key_ids[row["key_id"]] = None
        if self.anchor and row["id"] == self.anchor.last_id:
            self.seal_at_anchor = row["seal"]

    def _so_far(self) -> Finding:
        return Finding(
            chain=self.head.chain, entries=self.entries, last_id=self.last.last_id, last_seal=self.last.last_seal,
            last_at=self.last_at, key_ids=tuple(self.key_ids), waiting=self.waiting,
            anchored=self.anchor.last_id if self.anchor else 0,
        )  # fmt: skip

    def _found(self, fault: Fault, entry: int, until: int = 0, key_id: str = "") -> Finding:
        return replace(self._so_far(), fault=fault, entry=entry, until=until or entry, key_id=key_id)

    # ── the end ────────────────────────────────────────────────────────────────────────────────────────────────

    def _end(self) -> Finding:
        """Every entry fits; is it also the end that the database and the anchor remember?"""
        last, head, anchor = self.last.last_id, self.head, self.anchor
        if head.last_id > last:
            return self._found(Fault.CUT, last + 1, head.last_id)
        if (head.last_id, head.last_seal) != (last, self.last.last_seal) or not head.chain:
            return self._found(Fault.HEAD_WRONG, last)
        if anchor is None:
            return self._found(Fault.ANCHOR_MISSING, last) if last else self._so_far()
        if not anchor.is_ours:
            return self._found(Fault.ANCHOR_FORGED, last)
        if anchor.last_id > last:
            return self._found(Fault.OLD_COPY, last + 1, anchor.last_id)
        if self.seal_at_anchor != anchor.last_seal:
            return self._found(Fault.OLD_COPY, anchor.last_id)
        return self._so_far()

    # ── the first bad entry ────────────────────────────────────────────────────────────────────────────────────

    def _bad(self, row: Entry, after: Entry | None) -> Finding:
        number, expected = row["id"], self.last.last_id + 1
        if self._is_intact(row):  # so entries before it are missing, or were put elsewhere
            if row["follows"] in self._seals_from(number):
                return self._found(Fault.REORDERED, min(expected, number))
            if number > expected:
                return self._found(Fault.DELETED, expected, number - 1)
            return self._found(Fault.ALTERED, self.last.last_id or number)
        key_id = next((k for k in self.sealer.ring.keys if self._is_intact(row, key_id=k)), "")
        if key_id:
            return self._found(Fault.KEY_CHANGED, number, key_id=key_id)
        if row["seal"] is None or number > self.head.last_id:
            return self._found(Fault.INSERTED, number)
        moved = self._displaced(row)
        if moved is None and self._is_new(after):
            return self._found(Fault.INSERTED, number)
        return moved or self._unreadable(row)

    def _unreadable(self, row: Entry) -> Finding:
        """Altered; or sealed under a key that is not there, or said to be."""
        number, expected = row["id"], self.last.last_id + 1
        if row["key_id"] not in self.sealer.ring.keys:
            return self._found(Fault.KEY_UNKNOWN, number, key_id=str(row["key_id"]))
        if number > expected and row["follows"] != self.last.last_seal:
            return self._found(Fault.DELETED, expected, number - 1)
        return self._found(Fault.ALTERED, number)

    def _is_new(self, following: Entry | None) -> bool:
        """Whether the chain goes on behind it as if it were not there, also when numbers were moved up by one."""
        if following is None or following["follows"] != self.last.last_seal:
            return False
        return any(self._is_intact(following, number=following["id"] - moved) for moved in (0, 1))

    def _displaced(self, row: Entry) -> Finding | None:
        """Whether it is another entry's content: moved with its seal, or copied over this one's."""
        number = row["id"]
        if self._is_intact(row, number=number + 1) and row["follows"] not in self._seals_from(number):
            return self._found(Fault.DELETED, number)  # and the numbers behind it were moved down
        for other in stored(self.connection):
            seal = {name: other[name] for name in ("id", "key_id", "follows", "seal")}
            elsewhere = other["id"] > number
            if elsewhere and (self._is_intact(row, number=other["id"]) or self._is_intact({**row, **seal})):
                return self._found(Fault.REORDERED, number)
        return None

    def _seals_from(self, number: int) -> set[str | None]:
        return set(self.connection.execute(select(EVENT.c.seal).where(EVENT.c.id >= number)).scalars())
