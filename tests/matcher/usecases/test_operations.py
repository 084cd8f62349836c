"""Backup and restore lose nothing; the check of the books finds every figure that was tampered with."""

import sqlite3
import stat
import struct
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlmodel import select

from matcher.domain.terms import DeliveryStatus, DutyKind, NeedStatus, ProposalStatus, RunStatus, Tier
from matcher.errors import SetupProblem
from matcher.settings import Settings
from matcher.store import stock
from matcher.store.backup import read_manifest
from matcher.store.crypto import Keyring
from matcher.store.session import Database
from matcher.store.tables import Delivery, Household, Job, Offer
from matcher.usecases import operations
from tests import factories as make
from tests.conftest import KEYRING
from tests.factories import TODAY


def settings_of(database: Database, keyring: Keyring = KEYRING) -> Settings:
    import base64

    keys = ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in keyring.keys.items())
    return Settings(database_url=database.url.render_as_string(hide_password=False), encryption_keys=SecretStr(keys))


@pytest.fixture
def filled(database: Database) -> Database:
    with database.write() as session:
        need, offer = make.a_need(session), make.an_offer(session)
        confirmed = make.a_proposal(session, need=need, offer=offer, status=ProposalStatus.CONFIRMED)
        stock.take(session, need_id=need.id, offer_id=offer.id, quantity=1)
        session.add(
            Delivery(
                proposal_id=confirmed.id,
                household_id=need.household_id,
                need_id=need.id,
                offer_id=offer.id,
                unit_id=need.unit_id,
                quantity=1,
                tier=Tier.T2,
                duty=DutyKind.SERVICE,
                unit="份",
                confirmed_on=TODAY,
                created_at=make.NOW,
                updated_at=make.NOW,
            )
        )
        make.a_proposal(session)
        session.commit()
    return database


def emptied(database: Database) -> None:
    """As on a new machine: no table at all."""
    if database.is_sqlite:
        database.dispose()
        for file in Path(database.url.database).parent.glob("nuanliu.sqlite3*"):
            file.unlink()
        return
    with database.writer.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


def test_what_was_backed_up_comes_back(filled: Database, tmp_path: Path, now: datetime):
    made = operations.backup(tmp_path / "b.zip", settings=settings_of(filled), now=now)
    emptied(filled)
    operations.restore(tmp_path / "b.zip", settings=settings_of(filled))
    again = operations.backup(tmp_path / "c.zip", settings=settings_of(filled), now=now)
    assert again == made and made.total > 10
    with filled.read() as session:
        assert session.exec(select(Household.head_name)).first() == "李志远"


def test_the_product_goes_on_counting_after_a_restore(filled: Database, tmp_path: Path, now: datetime):
    operations.backup(tmp_path / "b.zip", settings=settings_of(filled), now=now)
    emptied(filled)
    operations.restore(tmp_path / "b.zip", settings=settings_of(filled))
    with filled.write() as session:
        highest = max(session.exec(select(Offer.id)))
        assert make.an_offer(session).id > highest
        session.commit()


def test_a_database_with_data_is_only_replaced_by_force(filled: Database, tmp_path: Path, now: datetime):
    operations.backup(tmp_path / "b.zip", settings=settings_of(filled), now=now)
    with filled.write() as session:
        extra = make.an_offer(session).id
        session.commit()
    with pytest.raises(SetupProblem) as refused:
        operations.restore(tmp_path / "b.zip", settings=settings_of(filled))
    assert refused.value.code == "database_not_empty"
    with filled.read() as session:
        assert session.get(Offer, extra) is not None
    operations.restore(tmp_path / "b.zip", settings=settings_of(filled), force=True)
    with filled.read() as session:
        assert session.get(Offer, extra) is None


def test_a_backup_is_for_its_owner_and_holds_no_name_and_no_key(filled: Database, tmp_path: Path, now: datetime):
    file = tmp_path / "b.zip"
    made = operations.backup(file, settings=settings_of(filled), now=now)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert made.key_ids == tuple(KEYRING.keys)
    with zipfile.ZipFile(file) as bag:
        everything = b"".join(bag.read(name) for name in bag.namelist())
    assert "李志远".encode() not in everything
    assert next(iter(KEYRING.keys.values())) not in everything
    assert [p.name for p in tmp_path.glob(".backup-*")] == []


def test_without_the_right_keys_nothing_is_restored(filled: Database, tmp_path: Path, now: datetime):
    operations.backup(tmp_path / "b.zip", settings=settings_of(filled), now=now)
    with pytest.raises(SetupProblem) as refused:
        operations.restore(tmp_path / "b.zip", settings=settings_of(filled, Keyring.parse(Keyring.fresh())), force=True)
    assert refused.value.code == "unknown_encryption_key"


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])


def flip_a_byte(file: Path) -> None:
    with zipfile.ZipFile(file) as bag:
        member = max(bag.infolist(), key=lambda part: part.compress_size)
    data_starts = member.header_offset + 30 + len(member.filename.encode())
    body = bytearray(file.read_bytes())
    body[data_starts + member.compress_size // 2] ^= 0xFF
    file.write_bytes(bytes(body))


def something_else(file: Path) -> None:
    file.write_text("not a backup")


@pytest.mark.parametrize("damage", [cut_off, flip_a_byte, something_else])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    filled: Database, tmp_path: Path, now: datetime, damage: Callable[[Path], None]
):
    file = tmp_path / "b.zip"
    operations.backup(file, settings=settings_of(filled), now=now)
    damage(file)
    with pytest.raises(SetupProblem) as refused:
        operations.restore(file, settings=settings_of(filled), force=True)
    assert refused.value.code == "backup_broken"
    with filled.read() as session:
        assert session.exec(select(Offer.id)).first() is not None


def content_of(file: Path) -> list[int]:
    """Where the bytes of the members' content stand; what lies between are marks of the zip itself."""
    with zipfile.ZipFile(file) as bag:
        members = [member for member in bag.infolist() if member.file_size]
    body, places = file.read_bytes(), []
    for member in members:
        name, extra = struct.unpack_from("<HH", body, member.header_offset + 26)
        start = member.header_offset + 30 + name + extra
        places += range(start, start + member.compress_size)
    return places


def members_of(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as bag:
        return {name: bag.read(name) for name in bag.namelist()}


def test_whatever_byte_is_damaged_a_backup_is_whole_or_refused(filled: Database, tmp_path: Path, now: datetime):
    """Either it is refused, or every member reads back byte for byte: a mark of the zip, like the time of a member, a
    table without rows, another way to pack the same."""
    file = tmp_path / "b.zip"
    made = operations.backup(file, settings=settings_of(filled), now=now)
    body, content, whole = file.read_bytes(), content_of(file), members_of(file)
    places = {*range(0, len(body), max(1, len(body) // 150)), *content[:: max(1, len(content) // 150)]}
    refused = set()
    for place in sorted(places):
        file.write_bytes(body[:place] + bytes([body[place] ^ 0xFF]) + body[place + 1 :])
        try:
            assert read_manifest(file) == made
        except SetupProblem as problem:
            assert problem.code == "backup_broken"
            refused.add(place)
        else:
            assert members_of(file) == whole
    assert len(refused) > 100


def test_a_sqlite_backup_is_taken_while_somebody_writes(sqlite_database: Database, tmp_path: Path, now: datetime):
    with sqlite_database.write() as session:
        make.an_offer(session)
        session.commit()
        make.an_offer(session)  # not committed while the backup is taken
        made = operations.backup(tmp_path / "b.zip", settings=settings_of(sqlite_database), now=now)
        session.rollback()
    assert made.rows["offer"] == 1
    with zipfile.ZipFile(tmp_path / "b.zip") as bag:
        bag.extract("database.sqlite3", tmp_path)
    assert sqlite3.connect(tmp_path / "database.sqlite3").execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_books_that_agree(filled: Database, now: datetime):
    books = operations.reconcile(database=filled, now=now)
    assert books.agree, books.differences
    assert books.checked["proposals"] == 2 and books.checked["deliveries"] == 1


TAMPERINGS = {
    "offer.reserved": "UPDATE offer SET reserved = reserved + 1 WHERE id = (SELECT min(id) FROM offer)",
    "need.promised": "UPDATE need SET promised = 0, status = 'open' WHERE promised = 1",
    "need.status": "UPDATE need SET status = 'open' WHERE promised = 1",
    "offer.delivered": "UPDATE offer SET delivered = 1 WHERE reserved = 1",
    "delivery.status": "DELETE FROM delivery",
    "delivery.quantity": "UPDATE delivery SET quantity = 7",
}


@pytest.mark.parametrize("book", sorted(TAMPERINGS))
def test_every_tampering_is_found_and_named(filled: Database, now: datetime, book: str):
    with filled.write() as session:
        session.execute(text(TAMPERINGS[book]))
        session.commit()
    found = operations.reconcile(database=filled, now=now)
    assert book in {difference.book for difference in found.differences}
    assert found.as_json()["agree"] is False


def test_a_job_without_a_live_lease_and_a_run_apart_from_its_job_are_named(database: Database, now: datetime):
    with database.write() as session:
        job = Job(kind="match", status=RunStatus.RUNNING, created_at=now, lease_until=now - timedelta(seconds=1))
        session.add(job)
        session.flush()
        make.a_run(session, job_id=job.id, status=RunStatus.DONE)
        session.commit()
    found = {d.book: (d.expected, d.found) for d in operations.reconcile(database=database, now=now).differences}
    assert found == {"job.lease": ("live", "lapsed"), "run.status": ("running", "done")}


def test_a_met_need_needs_its_deliveries(filled: Database, now: datetime):
    with filled.write() as session:
        delivery = session.exec(select(Delivery)).one()
        stock.hand_out(session, need_id=delivery.need_id, offer_id=delivery.offer_id, quantity=1)
        delivery.status, delivery.delivered_on = DeliveryStatus.DELIVERED, TODAY
        session.commit()
    books = {d.book for d in operations.reconcile(database=filled, now=now).differences}
    assert books == {"offer.delivered", "need.met", "delivery.status"}
    assert NeedStatus.MET.value == "met"
