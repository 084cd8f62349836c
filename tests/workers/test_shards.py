"""Shards as jobs: the same proposals however a run is cut, a killed shard redone alone, nobody waited for in vain."""

import signal
import sys
from subprocess import Popen
from threading import Thread

import pytest
from sqlmodel import col, select

from matcher import clock
from matcher.domain.terms import JobKind, RunStatus
from matcher.settings import Settings
from matcher.store.session import Database
from matcher.store.tables import Job, Proposal, Shard
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.jobs import reconcile_jobs
from matcher.usecases.matching import start_run
from tests import factories as make
from tests.workers.conftest import Processes, _settings, status_of, until
from workers import broker, doors

COUNTIES = ("410821", "410822", "410823", "410825", "410882", "410883")
STUCK = """
import signal, matcher.engine.allocate as engine
from workers import doors
engine.allocate = lambda problem: signal.pause()
doors.perform({job})
"""


def a_market(database: Database) -> int:
    """Six counties with a scarce offer each: parts that nothing ties together. The city's id."""
    with database.write() as session:
        city = make.the_city(session)
        for division in COUNTIES:
            county = make.a_county(session, division, name=f"{division}总工会", short_name=division)
            timeless = {"valid_from": None, "valid_to": None, "shelf_life_until": None}
            make.an_offer(session, regions=[division], quantity=3, **timeless)
            for urgency in (1, 2, 3, 4, 5):
                family = make.a_household(session, unit=county)
                make.a_need(session, household=family, urgency=urgency, deadline=None)
        session.commit()
        return city.id or 0


def cut(settings: Settings, shards: int) -> Settings:
    return settings.model_copy(update={"match_shards": shards, "match_shards_from": 1})


def run_of(city: int, database: Database) -> tuple[int, int]:
    started = start_run(city, by=None, uow=UnitOfWork(database), now=clock.now())
    return started.run_id, started.job_id


def proposals(database: Database) -> list[tuple[int, int, int, int, int]]:
    with database.read() as session:
        rows = session.exec(select(Proposal).where(Proposal.status == "proposed").order_by(col(Proposal.id))).all()
        return [(row.need_id, row.offer_id, row.quantity, row.score, row.rank) for row in rows]


def shard_jobs(database: Database) -> list[Job]:
    with database.read() as session:
        return list(session.exec(select(Job).where(Job.kind == JobKind.SHARD).order_by(col(Job.id))).all())


@pytest.mark.parametrize("shards", [4, 16])
def test_a_run_in_pieces_proposes_the_same(database: Database, tmp_path, shards: int):
    city = a_market(database)
    settings = _settings(database, tmp_path, "")
    _run, job = run_of(city, database)
    assert doors.perform(job, settings) is RunStatus.DONE
    whole = proposals(database)
    assert len(whole) == 18 and shard_jobs(database) == []
    _run, job = run_of(city, database)
    assert doors.perform(job, cut(settings, shards)) is RunStatus.DONE
    assert proposals(database) == whole
    assert [one.status for one in shard_jobs(database)] == [RunStatus.DONE] * min(shards, len(COUNTIES))
    with database.read() as session:
        assert session.exec(select(Shard)).all() == []


def test_other_workers_take_shards(settings: Settings, sqlite_database: Database, processes: Processes):
    city = a_market(sqlite_database)
    settings = cut(settings, 6)
    workers = Processes(settings)
    try:
        workers.start()
        _run, job = run_of(city, sqlite_database)
        broker.wake(job, settings)
        assert until(lambda: status_of(sqlite_database, job) is RunStatus.DONE, 60)
    finally:
        workers.end()
    assert len(proposals(sqlite_database)) == 18
    assert [one.attempts for one in shard_jobs(sqlite_database)] == [1] * 6


def test_a_shard_whose_worker_is_killed_is_redone_alone(embedded_settings: Settings, sqlite_database: Database):
    city = a_market(sqlite_database)
    settings = cut(embedded_settings, 6)
    workers, uow = Processes(settings), UnitOfWork(sqlite_database)
    _run, job = run_of(city, sqlite_database)
    held: list[Popen[bytes]] = []
    perform = doors.perform

    def take_one_away(job_id: int, found: Settings):
        """The first shard goes to another worker, which is in the middle of it for ever."""
        if not held:
            held.append(workers.start(sys.executable, "-c", STUCK.format(job=job_id)))
            assert until(lambda: status_of(sqlite_database, job_id) is RunStatus.RUNNING)
        return perform(job_id, found)

    doing = Thread(target=perform, args=(job, settings))
    try:
        doors.perform = take_one_away
        doing.start()
        assert until(lambda: sum(one.status is RunStatus.DONE for one in shard_jobs(sqlite_database)) == 5)
        assert status_of(sqlite_database, job) is RunStatus.RUNNING
        held[0].send_signal(signal.SIGKILL)
        held[0].wait(timeout=10)

        def ended() -> bool:
            reconcile_jobs(uow=uow, now=clock.now())
            return status_of(sqlite_database, job) is RunStatus.DONE

        assert until(ended, 40)
    finally:
        doors.perform = perform
        workers.end()
        doing.join(timeout=20)
    jobs = shard_jobs(sqlite_database)
    assert [one.attempts for one in jobs] == [2, 1, 1, 1, 1, 1]
    assert len(proposals(sqlite_database)) == 18


def test_a_run_that_begins_again_keeps_what_was_solved(embedded_settings: Settings, sqlite_database: Database):
    city = a_market(sqlite_database)
    settings = cut(embedded_settings, 6)
    _run, job = run_of(city, sqlite_database)
    perform, done = doors.perform, []

    def power_cut(job_id: int, found: Settings):
        if len(done) == 3:
            raise KeyboardInterrupt
        done.append(job_id)
        return perform(job_id, found)

    doors.perform = power_cut
    try:
        with pytest.raises(KeyboardInterrupt):
            perform(job, settings)
    finally:
        doors.perform = perform
    assert until(lambda: bool(reconcile_jobs(uow=UnitOfWork(sqlite_database), now=clock.now()).requeued), 20)
    assert doors.perform(job, settings) is RunStatus.DONE
    assert [one.attempts for one in shard_jobs(sqlite_database)] == [1] * 6
    assert len(proposals(sqlite_database)) == 18
