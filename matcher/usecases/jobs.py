"""Jobs: work that goes on after the page has answered. The database owns a job, a broker only wakes a worker.

    QUEUED ──claim──► RUNNING ──finish──► DONE
       ▲                 │ ├──fail────► FAILED
       └──reconcile──────┘ └──cancel──► CANCELLED

A claim gives a lease and a fence. While the lease is renewed nobody else touches the job; once it has lapsed the
reconciler puts the job back with a higher fence, so that a former holder who wakes up late can write nothing.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Update, update
from sqlmodel import col, select

from matcher.domain.access import Actor
from matcher.domain.terms import JobKind, RunStatus
from matcher.errors import Cancelled, LeaseLost
from matcher.store.tables import Job, MatchRun
from matcher.store.unit_of_work import UnitOfWork

MAX_ATTEMPTS = 5
"""So many workers may die over one job before it is given up (`gave_up`)."""
RECALL_AFTER = timedelta(seconds=10)
"""A job that waits longer than this is called out again: its first call may have been lost."""
LIVE = (RunStatus.QUEUED, RunStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a job: only the holder of the newest fence may report or write."""

    job_id: int
    fence: int
    kind: JobKind
    created_by: int | None
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Job ids to call out, and those given up."""

    waiting: tuple[int, ...]
    requeued: tuple[int, ...]
    given_up: tuple[int, ...]


def queue_job(
    kind: JobKind, *, unit_id: int | None, by: Actor | None, payload: dict[str, Any], uow: UnitOfWork, now: datetime
) -> Job:
    """Add a waiting job inside the caller's unit of work. `payload` holds ids and codes only."""
    account_id = by.account_id if by else None
    return uow.add(Job(kind=kind, unit_id=unit_id, created_by=account_id, payload=payload, created_at=now))


def claim_job(job_id: int, *, lease_seconds: int, uow: UnitOfWork, now: datetime) -> Lease | None:
    """Take a waiting job, or None when it is not waiting (any more). Two claims never both succeed."""
    with uow:
        claim = update(Job).where(col(Job.id) == job_id, col(Job.status) == RunStatus.QUEUED)
        taken = _changed(
            uow,
            claim.values(
                status=RunStatus.RUNNING,
                fence=Job.fence + 1,
                attempts=Job.attempts + 1,
                lease_until=now + timedelta(seconds=lease_seconds),
                started_at=now,
                stage="",
                share=0.0,
            ),
        )
        if not taken:
            return None
        job = uow.get(Job, job_id)
        lease = Lease(job_id, job.fence, job.kind, job.created_by, dict(job.payload))
        _follow(uow, job_id, RunStatus.RUNNING, None)
        uow.commit()
    return lease


def keep_alive(
    lease: Lease, *, lease_seconds: int, uow: UnitOfWork, now: datetime, stage: str | None = None, share: float = 0.0
) -> None:
    """Renew the lease and, when a stage is named, report it with the share of the whole job done in [0, 1].

    Raises LeaseLost when somebody else holds the job, Cancelled when a person asked to stop.
    """
    values: dict[str, Any] = {"lease_until": now + timedelta(seconds=lease_seconds)}
    if stage is not None:
        values |= {"stage": stage, "share": min(max(share, 0.0), 1.0)}
    with uow:
        if not _changed(uow, _held(lease).values(**values)):
            raise LeaseLost()
        asked = uow.session.exec(select(Job.cancel_asked).where(Job.id == lease.job_id)).one()
        uow.commit()
    if asked:
        raise Cancelled()


def finish_in(lease: Lease, *, uow: UnitOfWork, now: datetime) -> None:
    """Mark a job done inside the unit of work that writes its results: both are written or neither.

    Locks the job's row first, so no reconciler can slip in between. Raises LeaseLost or Cancelled.
    """
    done = _held(lease).where(col(Job.cancel_asked).is_(False))
    if _changed(uow, done.values(status=RunStatus.DONE, share=1.0, lease_until=None, finished_at=now)):
        return
    asked = uow.session.exec(select(Job.cancel_asked).where(Job.id == lease.job_id, Job.fence == lease.fence)).first()
    raise Cancelled() if asked else LeaseLost()


def end_job(lease: Lease, status: RunStatus, *, error_code: str | None, uow: UnitOfWork, now: datetime) -> bool:
    """End a held job as FAILED (with a code) or CANCELLED. False when it was taken over meanwhile."""
    with uow:
        values = {"status": status, "error_code": error_code, "lease_until": None, "finished_at": now}
        held = _changed(uow, _held(lease).values(**values))
        if held:
            _follow(uow, lease.job_id, status, now)
        uow.commit()
    return held


def ask_to_stop(job: Job, *, uow: UnitOfWork, now: datetime) -> RunStatus:
    """Inside the caller's unit of work: end a waiting job at once, ask the worker of a running one."""
    if job.status is RunStatus.QUEUED:
        job.status, job.finished_at = RunStatus.CANCELLED, now
        _follow(uow, job.id or 0, RunStatus.CANCELLED, now)
    elif job.status is RunStatus.RUNNING:
        job.cancel_asked = True
    uow.session.add(job)
    return job.status


def reconcile_jobs(*, uow: UnitOfWork, now: datetime) -> Reconciled:
    """Put back every running job whose lease has lapsed, give up those that failed too often, and name all that
    have waited too long for a worker. Safe to run at any time and by several at once."""
    requeued: list[int] = []
    given_up: list[int] = []
    with uow:
        lapsed = select(Job).where(Job.status == RunStatus.RUNNING, col(Job.lease_until) < now)
        for job in uow.session.exec(lapsed.order_by(col(Job.id)).with_for_update(skip_locked=True)):
            status, code = _verdict(job)
            job.status, job.error_code, job.fence, job.lease_until = status, code, job.fence + 1, None
            job.finished_at = None if status is RunStatus.QUEUED else now
            _follow(uow, job.id or 0, status, job.finished_at)
            (requeued if status is RunStatus.QUEUED else given_up).append(job.id or 0)
        uow.session.flush()
        idle = select(Job.id).where(Job.status == RunStatus.QUEUED, col(Job.created_at) <= now - RECALL_AFTER)
        waiting = {job_id for job_id in uow.session.exec(idle) if job_id is not None} | set(requeued)
        uow.commit()
    return Reconciled(tuple(sorted(waiting)), tuple(requeued), tuple(given_up))


def _verdict(job: Job) -> tuple[RunStatus, str | None]:
    if job.cancel_asked:
        return RunStatus.CANCELLED, None
    if job.attempts >= MAX_ATTEMPTS:
        return RunStatus.FAILED, "gave_up"
    return RunStatus.QUEUED, None


def _held(lease: Lease) -> Update:
    return update(Job).where(
        col(Job.id) == lease.job_id, col(Job.fence) == lease.fence, col(Job.status) == RunStatus.RUNNING
    )


def _changed(uow: UnitOfWork, statement: Update) -> bool:
    result = uow.session.execute(statement, execution_options={"synchronize_session": False})
    return isinstance(result, CursorResult) and result.rowcount == 1


def _follow(uow: UnitOfWork, job_id: int, status: RunStatus, finished_at: datetime | None) -> None:
    """The match run of a job is in the job's state."""
    follow = update(MatchRun).where(col(MatchRun.job_id) == job_id).values(status=status, finished_at=finished_at)
    uow.session.execute(follow, execution_options={"synchronize_session": False})
