"""The trail is a chain: whatever is done to it behind the product's back is found, and the first bad entry named."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from matcher.domain.terms import TrailFault as Fault
from matcher.store import anchor, chain, crypto, migrate
from matcher.store.session import Database
from matcher.store.trail_check import check, walk
from matcher.store.unit_of_work import UnitOfWork
from tests.conftest import KEYRING, copied_file, copied_on_server
from tests.factories import NOW

TRIGGERS = ("audit_event_added", "audit_event_kept", "audit_event_stays")


@pytest.fixture
def anchors(tmp_path: Path) -> Iterator[Path]:
    """A folder for the head of this test's chain."""
    with anchored_in(tmp_path / "anchors"):
        yield tmp_path / "anchors"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Twelve entries and their anchor in a database for many tests, each of which undoes what it did."""
    where = tmp_path_factory.mktemp("kept")
    wanted = request.getfixturevalue
    copy = (
        copied_file(wanted("sqlite_template"), where)
        if request.param == "sqlite"
        else copied_on_server(wanted("postgres_server"), wanted("postgres_template"))
    )
    with copy as database, anchored_in(where / "anchors"):
        act(database, *range(1, 13))
        yield database


@contextmanager
def anchored_in(where: Path) -> Iterator[None]:
    before = anchor.folder()
    anchor.use_folder(where)
    yield
    anchor.use_folder(before)


@pytest.fixture
def trail(database: Database, anchors: Path) -> Database:
    return twelve(database)


def twelve(database: Database) -> Database:
    """Twelve entries in three units of work."""
    for first in (1, 5, 9):
        act(database, *range(first, first + 4))
    return database


def act(database: Database, *objects: int) -> None:
    with UnitOfWork(database) as uow:
        for number in objects:
            uow.note(None, "need:edit", "need", number, at=NOW + timedelta(seconds=number), fields=["quantity"])
        uow.commit()


def found(database: Database, ring: crypto.Keyring = KEYRING) -> tuple[Fault | None, int, int]:
    finding = check(database, ring)
    return finding.fault, finding.entry, finding.until


@contextmanager
def meddling(database: Database) -> Iterator[Connection]:
    """Someone at the database itself, who has taken the triggers away."""
    with database.writer.begin() as connection:
        if database.is_sqlite:
            for name in TRIGGERS:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql("DROP TRIGGER audit_head_forward")
        else:
            for table in ("audit_event", "audit_head"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield connection


def copied(connection: Connection, number: int, to: int, **changes: Any) -> None:
    row = dict(connection.execute(text("SELECT * FROM audit_event WHERE id = :n"), {"n": number}).mappings().one())
    row |= {"id": to, **changes}
    row["details"] = row["details"] if isinstance(row["details"], str) else json.dumps(row["details"])
    names = ", ".join(row)
    connection.execute(text(f"INSERT INTO audit_event ({names}) VALUES ({', '.join(':' + n for n in row)})"), row)


def test_an_untouched_trail_is_whole(kept: Database):
    finding = check(kept, KEYRING)
    assert (finding.fault, finding.entries, finding.last_id, finding.anchored) == (None, 12, 12, 12)


Tampering = Callable[[Connection], None]


def statement(*statements: str) -> Tampering:
    def go(connection: Connection) -> None:
        for one in statements:
            connection.exec_driver_sql(one)

    return go


def moved(*pairs: tuple[int, int]) -> Tampering:
    """Give entries other numbers, all at once."""

    def go(connection: Connection) -> None:
        for old, new in pairs:
            connection.exec_driver_sql(f"UPDATE audit_event SET id = {new + 1000} WHERE id = {old}")
        connection.exec_driver_sql("UPDATE audit_event SET id = id - 1000 WHERE id > 1000")

    return go


def inserted_between(connection: Connection) -> None:
    moved(*((number, number + 1) for number in range(6, 13)))(connection)
    copied(connection, 5, 6, object_id=99)


def details_swapped(connection: Connection) -> None:
    connection.exec_driver_sql("UPDATE audit_event SET object_id = 15 - object_id WHERE id IN (7, 8)")
    copied_at = "(SELECT b.at FROM audit_event b WHERE b.id = 15 - audit_event.id)"
    connection.exec_driver_sql(
        f"UPDATE audit_event SET at = CASE id WHEN 7 THEN {copied_at} WHEN 8 THEN {copied_at} END WHERE id IN (7, 8)"
    )


TAMPERINGS: dict[str, tuple[Tampering, tuple[Fault, int, int]]] = {
    "another object": (statement("UPDATE audit_event SET object_id = 99 WHERE id = 6"), (Fault.ALTERED, 6, 6)),
    "another person": (statement("UPDATE audit_event SET unit_id = 3 WHERE id = 6"), (Fault.ALTERED, 6, 6)),
    "other details": (statement("""UPDATE audit_event SET details = '{}' WHERE id = 12"""), (Fault.ALTERED, 12, 12)),
    "another seal": (statement("UPDATE audit_event SET seal = 'zz' WHERE id = 1"), (Fault.ALTERED, 1, 1)),
    "one deleted": (statement("DELETE FROM audit_event WHERE id = 6"), (Fault.DELETED, 6, 6)),
    "three deleted": (statement("DELETE FROM audit_event WHERE id BETWEEN 6 AND 8"), (Fault.DELETED, 6, 8)),
    "the first deleted": (statement("DELETE FROM audit_event WHERE id = 1"), (Fault.DELETED, 1, 1)),
    "deleted, numbers closed up": (
        lambda c: (statement("DELETE FROM audit_event WHERE id = 6")(c), moved(*((n, n - 1) for n in range(7, 13)))(c)),
        (Fault.DELETED, 6, 6),
    ),
    "inserted, numbers moved up": (inserted_between, (Fault.INSERTED, 6, 6)),
    "added at the end": (lambda c: copied(c, 12, 13), (Fault.INSERTED, 13, 13)),
    "two added at the end": (lambda c: (copied(c, 12, 13), copied(c, 3, 14)), (Fault.INSERTED, 13, 13)),
    "two exchanged": (moved((6, 7), (7, 6)), (Fault.REORDERED, 6, 6)),
    "two far apart exchanged": (moved((3, 11), (11, 3)), (Fault.REORDERED, 3, 3)),
    "one moved to the end": (moved((4, 13)), (Fault.REORDERED, 4, 4)),
    "a round of three": (moved((4, 6), (5, 4), (6, 5)), (Fault.REORDERED, 4, 4)),
    "contents exchanged": (details_swapped, (Fault.REORDERED, 7, 7)),
    "the tail cut": (statement("DELETE FROM audit_event WHERE id > 9"), (Fault.CUT, 10, 12)),
    "everything deleted": (statement("DELETE FROM audit_event"), (Fault.CUT, 1, 12)),
    "the tail cut and the head moved back": (
        statement(
            "DELETE FROM audit_event WHERE id > 9",
            "UPDATE audit_head SET last_id = 9, last_seal = (SELECT seal FROM audit_event WHERE id = 9)",
        ),
        (Fault.OLD_COPY, 10, 12),
    ),
    "everything deleted, begun anew": (
        statement("DELETE FROM audit_event", "UPDATE audit_head SET last_id = 0, last_seal = ''"),
        (Fault.OLD_COPY, 1, 12),
    ),
    "the head moved back alone": (statement("UPDATE audit_head SET last_id = 9"), (Fault.HEAD_WRONG, 12, 12)),
    "a key that is not known": (
        statement("UPDATE audit_event SET key_id = 'k9' WHERE id = 5"),
        (Fault.KEY_CHANGED, 5, 5),
    ),
    "another chain's name": (statement("UPDATE audit_head SET chain = 'other'"), (Fault.ALTERED, 1, 1)),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found_and_the_first_bad_entry_named(kept: Database, name: str):
    tamper, expected = TAMPERINGS[name]
    sealer = chain.Sealer(KEYRING)
    head = anchor.read(check(kept, KEYRING).chain, anchor.folder(), sealer)
    with pytest.raises(Undone), meddling(kept) as connection:
        tamper(connection)
        finding = walk(connection, sealer, head)
        assert (finding.fault, finding.entry, finding.until) == expected
        raise Undone
    assert check(kept, KEYRING).is_whole


class Undone(Exception):
    """Takes back what a test did to a database that others use."""


@pytest.mark.parametrize(
    "cell",
    ["at = 'yesterday'", "details = '{'", "object_id = 'seven'", "seal = X'00'", "follows = 7", "action = X'ff'"],
)
def test_a_cell_that_cannot_be_read_counts_as_altered(sqlite_database: Database, anchors: Path, cell: str):
    act(sqlite_database, *range(1, 9))
    with meddling(sqlite_database) as connection:
        connection.exec_driver_sql(f"UPDATE audit_event SET {cell} WHERE id = 6")
    assert found(sqlite_database) == (Fault.ALTERED, 6, 6)


def test_another_known_key_id_is_named_with_the_true_one(sqlite_database: Database, anchors: Path):
    trail = twelve(sqlite_database)
    ring = crypto.Keyring({**KEYRING.keys, "k2": b"2" * 32})
    with meddling(trail) as connection:
        connection.exec_driver_sql("UPDATE audit_event SET key_id = 'k2' WHERE id = 6")
    finding = check(trail, ring)
    assert (finding.fault, finding.entry, finding.key_id) == (Fault.KEY_CHANGED, 6, KEYRING.current)


def test_an_old_copy_put_back_is_found_also_after_work_went_on(sqlite_database: Database, anchors: Path):
    act(sqlite_database, 1, 2, 3)
    path = Path(sqlite_database.url.database or "")
    with sqlite_database.writer.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    old = path.read_bytes()
    act(sqlite_database, 4, 5)
    sqlite_database.dispose()
    for end in ("-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    path.write_bytes(old)
    assert found(sqlite_database) == (Fault.OLD_COPY, 4, 5)
    act(sqlite_database, *range(6, 16))
    assert found(sqlite_database) == (Fault.OLD_COPY, 5, 5)


def test_a_missing_or_changed_anchor_is_found(sqlite_database: Database, anchors: Path):
    trail = twelve(sqlite_database)
    (file,) = anchors.glob("*.json")
    body = json.loads(file.read_text())
    file.write_text(json.dumps(body | {"last_id": 3}))
    assert found(trail)[0] is Fault.ANCHOR_FORGED
    file.write_text("{")
    assert found(trail)[0] is Fault.ANCHOR_FORGED
    act(trail, 13)
    assert file.read_text() == "{"  # what bears witness is not written over
    file.unlink()
    act(trail, 14)
    assert found(trail)[0] is Fault.ANCHOR_MISSING  # and it is not made anew by itself


def test_an_anchor_that_stayed_behind_catches_up(sqlite_database: Database, anchors: Path):
    trail = twelve(sqlite_database)
    (file,) = anchors.glob("*.json")
    old = file.read_bytes()
    act(trail, 13, 14)
    file.write_bytes(old)
    assert check(trail, KEYRING).fault is None
    act(trail, 15)
    assert check(trail, KEYRING).anchored == 15


def test_an_anchor_that_cannot_be_written_stops_nobody(
    sqlite_database: Database, tmp_path: Path, anchors: Path, caplog
):
    (tmp_path / "anchors").write_text("a file, not a folder")
    act(sqlite_database, 1)
    assert found(sqlite_database)[0] in (Fault.ANCHOR_FORGED, Fault.ANCHOR_MISSING) and "anchored" in caplog.text


def test_entries_keep_their_key_when_keys_change(sqlite_database: Database, anchors: Path):
    trail = twelve(sqlite_database)
    both = crypto.Keyring({"k2": b"2" * 32, **KEYRING.keys})
    crypto.use_keyring(both)
    try:
        act(trail, 13)
    finally:
        crypto.use_keyring(KEYRING)
    assert check(trail, both).key_ids == (KEYRING.current, "k2") and check(trail, both).is_whole
    without_the_old = crypto.Keyring({"k2": b"2" * 32})
    assert found(trail, without_the_old)[:2] == (Fault.KEY_UNKNOWN, 1)


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE audit_event SET object_id = 99 WHERE id = 6",
        "DELETE FROM audit_event WHERE id = 6",
        "INSERT INTO audit_event (at, action, object_type, details) VALUES ('2019-01-09 01:00:00', 'a', 'b', '{}')",
        "UPDATE audit_head SET last_id = 3",
        "UPDATE audit_head SET chain = 'other'",
        "DELETE FROM audit_head",
    ],
)
def test_the_database_itself_only_lets_sealed_entries_be_added(kept: Database, attempt: str):
    with pytest.raises(DBAPIError, match="audit_"), kept.writer.begin() as raw:
        raw.exec_driver_sql(attempt)
    assert check(kept, KEYRING).is_whole


def test_replacing_is_refused(sqlite_database: Database, anchors: Path):
    act(sqlite_database, 1, 2)
    replacing = "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event WHERE id = 2"
    with pytest.raises(DBAPIError, match="audit_event"), sqlite_database.writer.begin() as raw:
        raw.exec_driver_sql(replacing)


@pytest.mark.postgres
def test_truncating_is_refused(postgres_database: Database, anchors: Path):
    act(postgres_database, 1, 2)
    for table in ("audit_event", "audit_head"):
        with pytest.raises(DBAPIError, match="audit_"), postgres_database.writer.begin() as raw:
            raw.exec_driver_sql(f"TRUNCATE {table}")


def test_several_writers_at_once_make_one_chain(database: Database, anchors: Path):
    failures: list[Exception] = []

    def fifteen(first: int) -> None:
        for number in range(first, first + 15):
            try:
                act(database, number, number)
            except Exception as error:  # collected and asserted below
                failures.append(error)

    threads = [threading.Thread(target=fifteen, args=(100 * n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    finding = check(database, KEYRING)
    assert (failures, finding.fault, finding.entries, finding.anchored) == ([], None, 120, 120)


def test_what_was_not_committed_leaves_no_entry_and_no_gap(trail: Database):
    with UnitOfWork(trail) as uow:
        uow.note(None, "need:edit", "need", 1, at=NOW)
    act(trail, 13)
    assert check(trail, KEYRING).last_id == 13


@pytest.mark.parametrize(
    "value", ["李明", "Li Ming", "410823199001014999", "19900001234", 19900001234, ["赵"], {"赵": 1}]
)
def test_an_entry_cannot_hold_names_or_numbers_of_people(sqlite_database: Database, value: Any):
    with UnitOfWork(sqlite_database) as uow, pytest.raises(ValueError, match="codes"):
        uow.note(None, "need:edit", "need", 1, at=NOW, reason=value)


def test_entries_from_before_the_chain_become_its_beginning(database: Database, anchors: Path):
    migrate.downgrade(database, "0002")
    with database.writer.begin() as connection:
        for number in (1, 2, 4):
            connection.exec_driver_sql(
                "INSERT INTO audit_event (id, at, action, object_type, details)"
                f" VALUES ({number}, '2018-12-01 01:00:00', 'need:edit', 'need', '{{}}')"
            )
    migrate.upgrade(database)
    assert check(database, KEYRING).waiting == 3
    act(database, 9)
    finding = check(database, KEYRING)
    assert (finding.fault, finding.entries, finding.last_id, finding.waiting) == (None, 4, 5, 0)
    with meddling(database) as connection:
        connection.exec_driver_sql("UPDATE audit_event SET object_id = 3 WHERE id = 2")
    assert found(database) == (Fault.ALTERED, 2, 2)


def test_checking_costs_one_seal_an_entry(kept: Database, monkeypatch: pytest.MonkeyPatch):
    """The time of 100,000 entries is 100,000 seals; nothing is worked out twice while entries fit."""
    counted = []
    seal = chain.Sealer.seal
    monkeypatch.setattr(chain.Sealer, "seal", lambda self, *said: counted.append(1) or seal(self, *said))
    assert check(kept, KEYRING).is_whole and len(counted) == 12
