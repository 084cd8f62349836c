"""A real worker process on a real broker does the work."""

import signal
from datetime import UTC, datetime
from time import sleep

import pytest
from sqlmodel import func, select

from matcher import clock
from matcher.domain.terms import ModelVerdict, Role, RunStatus
from matcher.settings import Settings
from matcher.store.session import Database
from matcher.store.tables import Job, MatchRun, ModelVersion, Outbox, Proposal
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.matching import start_run, stop_run
from tests import factories as make
from tests.decided import a_winter
from tests.workers.conftest import Processes, status_of, until
from workers import broker, doors, run
from workers.names import TaskName


def test_a_worker_does_the_job_it_is_called_for(
    settings: Settings, sqlite_database: Database, processes: Processes, uow: UnitOfWork, city_id: int
):
    processes.start()
    started = start_run(city_id, by=None, uow=uow, now=clock.now())
    assert broker.wake(started.job_id, settings)
    assert until(lambda: status_of(sqlite_database, started.job_id) is RunStatus.DONE)
    with sqlite_database.read() as session:
        assert session.exec(select(func.count()).select_from(Proposal)).one() == 3
        assert session.exec(select(MatchRun.status)).one() is RunStatus.DONE


def test_a_job_called_twice_is_done_once(settings: Settings, sqlite_database: Database, uow: UnitOfWork, city_id: int):
    started = start_run(city_id, by=None, uow=uow, now=clock.now())
    assert doors.perform(started.job_id, settings) is RunStatus.DONE
    assert doors.perform(started.job_id, settings) is None
    with sqlite_database.read() as session:
        assert session.exec(select(Job.attempts)).one() == 1


def test_a_job_that_cannot_be_done_fails_with_a_code(embedded_settings, sqlite_database, uow, city_id):
    started = start_run(city_id, by=None, uow=uow, now=clock.now())
    with sqlite_database.write() as session:
        session.get(Job, started.job_id).payload = {"run_id": 404}
        session.commit()
    assert doors.perform(started.job_id, embedded_settings) is RunStatus.FAILED
    with sqlite_database.read() as session:
        assert session.exec(select(Job.error_code)).one() == "not_found"
        assert session.exec(select(MatchRun.status)).one() is RunStatus.FAILED


def test_the_demo_way_starts_a_worker_waits_and_stops_it(embedded_settings, sqlite_database, uow, city_id):
    started = start_run(city_id, by=None, uow=uow, now=clock.now(), trigger="demo")
    heard: list[tuple[str, float]] = []
    assert run.run_pending(embedded_settings, tell=lambda stage, share: heard.append((stage, share)))
    assert status_of(sqlite_database, started.job_id) is RunStatus.DONE
    assert heard and all(0.0 <= share <= 1.0 for _, share in heard)


def test_upkeep_tasks_run_in_a_worker(settings: Settings, sqlite_database: Database, processes: Processes):
    early = datetime(2019, 1, 1, tzinfo=UTC)
    with sqlite_database.write() as session:
        session.add(Outbox(kind="x", dedupe="x:1", created_at=early, send_after=early))
        session.commit()
    processes.start()
    broker.make_app(settings).send_task(TaskName.SEND_NOTICES)

    def sent() -> bool:
        with sqlite_database.read() as session:
            return session.exec(select(Outbox.sent_at)).one() is not None

    assert until(sent)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_stops_when_it_is_asked_to(embedded_settings: Settings, number: signal.Signals):
    with run.worker_process(embedded_settings) as child:
        sleep(2)
        child.send_signal(number)
        assert until(lambda: child.poll() is not None, 15)


def test_a_run_is_stopped_by_a_person_while_a_worker_does_it(
    settings: Settings, sqlite_database: Database, processes: Processes, uow: UnitOfWork, city_id: int
):
    with sqlite_database.write() as session:
        city = make.an_actor(session, Role.CITY)
        session.commit()
    started = start_run(city_id, by=city, uow=uow, now=clock.now())
    broker.wake(started.job_id, settings)
    processes.start()
    assert until(lambda: status_of(sqlite_database, started.job_id) is RunStatus.RUNNING)
    stop_run(started.run_id, by=city, uow=uow, now=clock.now())
    assert until(lambda: status_of(sqlite_database, started.job_id) is RunStatus.CANCELLED)
    with sqlite_database.read() as session:
        assert session.exec(select(func.count()).select_from(Proposal)).one() == 0


def test_a_worker_learns_at_night_from_what_was_decided(embedded_settings: Settings, sqlite_database: Database):
    with sqlite_database.write() as session:
        a_winter(session, taught=10, tested=0)
        session.commit()

    def verdicts() -> list[ModelVerdict]:
        with sqlite_database.read() as session:
            return list(session.exec(select(ModelVersion.verdict)))

    with run.worker_process(embedded_settings):
        broker.make_app(embedded_settings).send_task(TaskName.NIGHTLY_LEARNING)
        assert until(lambda: verdicts() == [ModelVerdict.TOO_FEW], 60)
