"""How long a great table of hardship files takes, and how fast its lists are: `python -m tests.measure_files 100000`.

Not a test, nothing is asserted: a table of so many generated files, every fiftieth with a wrong cell, is read, written
and read again, as a worker does it, and lists of what was written are asked for over HTTP in this process, with the
statements counted, beside the simplest page of the same run.
"""

import resource
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import event, text

from matcher.domain.access import Actor
from matcher.domain.terms import Role
from matcher.settings import Settings
from matcher.store import anchor, migrate
from matcher.store.crypto import Keyring, use_keyring
from matcher.store.session import Database
from matcher.store.tables import SignIn
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.file_import import confirm_files, receive_files, show_files, work_on_files
from matcher.usecases.file_import_rows import FileReference
from matcher.usecases.jobs import claim_job
from matcher.usecases.signing_in import token_hash
from seeds import reference
from tests import factories as make
from tests.file_tables import a_table
from web import create_app

NOW = datetime(2019, 1, 9, 1, tzinfo=UTC)
COUNTED = ("household", "hardship_file", "file_section", "person_key", "duplicate_case")
LISTS = {
    "trivial page (/account)": "/account",
    "newest": "/files",
    "by pinyin": "/files?sort=name",
    "by class and pinyin, page 200": "/files?class=none&sort=name&page=200",
    "by state": "/files?state=draft",
    "search": "/files?q=0417",
}
REQUESTS = 100


def main(rows: int) -> None:
    keys = Keyring.fresh()
    use_keyring(Keyring.parse(keys))
    with tempfile.TemporaryDirectory() as folder:
        anchor.use_folder(Path(folder) / "anchors")
        database = Database(f"sqlite:///{folder}/files.sqlite3")
        migrate.upgrade(database)
        with database.write() as session:
            make.an_installation(session, is_demo=True)
            county = make.a_county(session)
            by = make.an_actor(session, unit=county)
            session.commit()
        _import(database, by, county.name, rows)
        secret = {"secret_key": SecretStr(secrets.token_hex()), "encryption_keys": SecretStr(keys)}
        _lists(database, Settings(data_dir=Path(folder), **secret))


def _import(database: Database, by: Actor, unit: str, rows: int) -> None:
    known = FileReference(reference.places(), reference.file_rules(date(2019, 1, 9)), reference.known_areas())
    table = a_table(rows, unit=unit, bad_every=50)
    data = table.csv()
    print(f"{rows:,} rows, {len(data) / 1e6:.1f} MB, {len(table.wrong):,} wrong cells planted")
    for round_ in ("first", "second"):
        before = _counts(database)
        number, job = receive_files(data, "files.csv", by=by, uow=UnitOfWork(database), now=NOW)
        _work(database, by, known, number, job, f"{round_} upload, check")
        seen = show_files(number, by=by, uow=UnitOfWork(database))
        named = {(problem.row, problem.column): problem.code for problem in seen.problems}
        right = sum(named.get(place) == code for place, code in table.wrong.items())
        print(f"  good {seen.good:,}, known {seen.known:,}, refused {seen.refused:,}, wrong cells named {right:,}")
        job = confirm_files(number, by=by, uow=UnitOfWork(database), now=NOW)
        _work(database, by, known, number, job, f"{round_} upload, write")
        print("  rows more:", {name: count - before[name] for name, count in _counts(database).items()})


def _work(database: Database, by: Actor, known: FileReference, number: int, job: int, what: str) -> None:
    lease = claim_job(job, lease_seconds=3600, uow=UnitOfWork(database), now=NOW)
    assert lease is not None
    began, cpu = time.perf_counter(), time.process_time()
    work_on_files(
        number, lease=lease, by=by, reference=known, uow=UnitOfWork(database), clock=lambda: NOW,
        progress=lambda stage, share: None,
    )  # fmt: skip
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(f"{what}: {wall:.1f} s, CPU {cpu:.1f} s, peak so far {peaks[0]:.0f} MB, of a child {peaks[1]:.0f} MB")


def _counts(database: Database) -> dict[str, int]:
    with database.read() as session:
        counted = {name: session.connection().execute(text(f"SELECT count(*) FROM {name}")) for name in COUNTED}
        return {name: int(result.scalar_one()) for name, result in counted.items()}


def _lists(database: Database, settings: Settings) -> None:
    token, said = secrets.token_urlsafe(), []
    with database.write() as session:
        account = make.an_account(session, Role.CITY)
        session.add(
            SignIn(
                token_hash=token_hash(token), account_id=account.id or 0, started_at=NOW, seen_at=NOW,
                expires_at=NOW + timedelta(hours=12),
            )
        )  # fmt: skip
        session.commit()
    app = create_app(settings, database)
    app.extensions["nuanliu"].clock = lambda: NOW
    for engine in {database.reader, database.writer, database.keys}:
        event.listen(engine, "before_cursor_execute", lambda *told: said.append(told[2]))
    client = app.test_client()
    with client.session_transaction() as cookies:
        cookies["sign_in"] = token
    _timed(client, LISTS, said.clear, lambda: len(said))


def _timed(
    client: FlaskClient, pages: dict[str, str], begin: Callable[[], None], statements: Callable[[], int]
) -> None:
    for name, path in pages.items():
        times = []
        for _ in range(REQUESTS):
            begin()
            began = time.perf_counter()
            answer = client.get(path)
            times.append(1000 * (time.perf_counter() - began))
            assert answer.status_code == 200, (path, answer.status_code)
        times.sort()
        middle, last = statistics.median(times), times[int(0.99 * len(times)) - 1]
        print(f"{name}: p50 {middle:.1f} ms, p99 {last:.1f} ms, statements {statements()}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
