"""REL7: a worker killed with -9 in the middle of a run. The run finishes by itself, and nothing is proposed twice."""

# ruff: noqa: F811  fixtures are imported by name

import signal
import sys
from collections import Counter
from subprocess import Popen

import psutil
import pytest
from sqlmodel import select

from matcher import clock
from matcher.domain.terms import RunStatus
from matcher.settings import Settings
from matcher.store.session import Database
from matcher.store.tables import Job, MatchRun, Proposal, UnmetNeed
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.matching import start_run
from tests.workers.conftest import (
    Processes,
    city_id,  # noqa: F401
    processes,  # noqa: F401
    redis_server,  # noqa: F401
    settings,  # noqa: F401
    status_of,
    until,
    uow,  # noqa: F401
)
from workers import broker

STAND_IN = (sys.executable, "-c", "import signal; signal.pause()")
UP = f"from workers.run import run_up; raise SystemExit(run_up({STAND_IN!r}))"


def children(up: Popen[bytes], word: str) -> list[psutil.Process]:
    return [child for child in psutil.Process(up.pid).children() if word in child.cmdline()]


def kill_tree(process: psutil.Process) -> None:
    for one in [*process.children(recursive=True), process]:
        one.kill()


@pytest.mark.slow
def test_a_run_survives_the_death_of_its_worker(
    settings: Settings, sqlite_database: Database, processes: Processes, uow: UnitOfWork, city_id: int
):
    up = processes.start(sys.executable, "-c", UP)
    assert until(lambda: bool(children(up, "worker")))
    started = start_run(city_id, by=None, uow=uow, now=clock.now())
    broker.wake(started.job_id, settings)
    assert until(lambda: status_of(sqlite_database, started.job_id) is RunStatus.RUNNING)

    first = children(up, "worker")[0]
    kill_tree(first)

    assert until(lambda: status_of(sqlite_database, started.job_id) is RunStatus.DONE, 60)
    with sqlite_database.read() as session:
        job = session.exec(select(Job)).one()
        pairs = Counter((p.need_id, p.offer_id) for p in session.exec(select(Proposal)))
        assert job.attempts == 2 and job.fence >= 3
        assert len(pairs) == 3 and set(pairs.values()) == {1}
        assert session.exec(select(MatchRun.status)).all() == [RunStatus.DONE]
        assert session.exec(select(UnmetNeed)).all() == []
    assert children(up, "worker")[0].pid != first.pid

    family = psutil.Process(up.pid).children(recursive=True)
    up.send_signal(signal.SIGTERM)
    assert up.wait(timeout=25) == 0
    assert not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
