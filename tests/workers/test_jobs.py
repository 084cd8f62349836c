"""The life of a job: claimed once, kept alive, taken over when its worker is gone, given up after too many deaths."""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlmodel import select

from matcher.domain.terms import JobKind, RunStatus
from matcher.errors import Cancelled, LeaseLost
from matcher.store.session import Database
from matcher.store.tables import Job
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.jobs import (
    MAX_ATTEMPTS,
    ask_to_stop,
    claim_job,
    end_job,
    keep_alive,
    queue_job,
    reconcile_jobs,
)

LEASE = 60


@pytest.fixture
def uow(database: Database) -> UnitOfWork:
    return UnitOfWork(database)


@pytest.fixture
def job_id(uow: UnitOfWork, now: datetime) -> int:
    with uow:
        job = queue_job(JobKind.MATCH, unit_id=None, by=None, payload={"run_id": 1}, uow=uow, now=now)
        uow.commit()
    return job.id or 0


def the_job(uow: UnitOfWork, job_id: int) -> Job:
    with uow.database.read() as session:
        return session.exec(select(Job).where(Job.id == job_id)).one()


def test_a_job_is_claimed_once(uow: UnitOfWork, job_id: int, now: datetime):
    lease = claim_job(job_id, lease_seconds=LEASE, uow=uow, now=now)
    assert (lease.fence, lease.payload) == (1, {"run_id": 1})
    assert claim_job(job_id, lease_seconds=LEASE, uow=uow, now=now) is None


def test_of_eight_claims_at_once_one_succeeds(database: Database, job_id: int, now: datetime):
    start, leases = Barrier(8), []

    def claim() -> None:
        start.wait()
        leases.append(claim_job(job_id, lease_seconds=LEASE, uow=UnitOfWork(database), now=now))

    threads = [Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(lease is not None for lease in leases) == 1 and len(leases) == 8


def test_a_report_renews_the_lease(uow: UnitOfWork, job_id: int, now: datetime):
    lease = claim_job(job_id, lease_seconds=LEASE, uow=uow, now=now)
    later = now + timedelta(seconds=50)
    keep_alive(lease, lease_seconds=LEASE, uow=uow, now=later, stage="allocate", share=0.64)
    job = the_job(uow, job_id)
    assert (job.stage, job.share, job.lease_until) == ("allocate", 0.64, later + timedelta(seconds=LEASE))
    keep_alive(lease, lease_seconds=LEASE, uow=uow, now=later)
    assert the_job(uow, job_id).stage == "allocate"


def test_a_live_lease_is_left_alone(uow: UnitOfWork, job_id: int, now: datetime):
    claim_job(job_id, lease_seconds=LEASE, uow=uow, now=now)
    assert reconcile_jobs(uow=uow, now=now + timedelta(seconds=59)).requeued == ()


def test_a_lapsed_lease_is_put_back_and_its_holder_shut_out(uow: UnitOfWork, job_id: int, now: datetime):
    lease = claim_job(job_id, lease_seconds=LEASE, uow=uow, now=now)
    later = now + timedelta(seconds=61)
    found = reconcile_jobs(uow=uow, now=later)
    assert found.requeued == found.waiting == (job_id,)
    with pytest.raises(LeaseLost):
        keep_alive(lease, lease_seconds=LEASE, uow=uow, now=later)
    assert end_job(lease, RunStatus.FAILED, error_code="x", uow=uow, now=later) is False
    assert the_job(uow, job_id).status is RunStatus.QUEUED


def test_a_job_whose_workers_keep_dying_is_given_up_with_a_code(uow: UnitOfWork, job_id: int, now: datetime):
    moment = now
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert claim_job(job_id, lease_seconds=LEASE, uow=uow, now=moment) is not None
        moment += timedelta(seconds=61)
        found = reconcile_jobs(uow=uow, now=moment)
        assert bool(found.given_up) is (attempt == MAX_ATTEMPTS)
    job = the_job(uow, job_id)
    assert (job.status, job.error_code, job.attempts) == (RunStatus.FAILED, "gave_up", MAX_ATTEMPTS)


def test_a_call_that_was_lost_is_made_again(uow: UnitOfWork, job_id: int, now: datetime):
    assert reconcile_jobs(uow=uow, now=now + timedelta(seconds=5)).waiting == ()
    assert reconcile_jobs(uow=uow, now=now + timedelta(seconds=10)).waiting == (job_id,)


def test_a_job_stopped_while_its_worker_died_ends_as_stopped(uow: UnitOfWork, job_id: int, now: datetime):
    lease = claim_job(job_id, lease_seconds=LEASE, uow=uow, now=now)
    with uow:
        ask_to_stop(uow.get(Job, job_id), uow=uow, now=now)
        uow.commit()
    with pytest.raises(Cancelled):
        keep_alive(lease, lease_seconds=LEASE, uow=uow, now=now)
    reconcile_jobs(uow=uow, now=now + timedelta(seconds=61))
    assert the_job(uow, job_id).status is RunStatus.CANCELLED


def test_reconciling_twice_changes_nothing_more(uow: UnitOfWork, job_id: int, now: datetime):
    claim_job(job_id, lease_seconds=LEASE, uow=uow, now=now)
    later = now + timedelta(seconds=61)
    reconcile_jobs(uow=uow, now=later)
    fence = the_job(uow, job_id).fence
    assert reconcile_jobs(uow=uow, now=later).requeued == ()
    assert the_job(uow, job_id).fence == fence
