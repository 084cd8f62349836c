"""A large run in shards: each is a job of its own, taken by whoever is free, redone alone when its worker dies.

The run's own worker takes shards too, so a run ends even if nobody else ever does. What was solved stays until the run
is written: a run that is taken up again asks only for what is missing.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from time import sleep
from typing import TYPE_CHECKING

from sqlmodel import col, delete, select, update

from matcher.domain.terms import JobKind, RunStatus
from matcher.errors import Cancelled, Conflict
from matcher.store.tables import Job, MatchRun, Shard
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.jobs import LIVE, Lease, finish_in, queue_job

if TYPE_CHECKING:
    from matcher.engine.allocate import Allocation
    from matcher.engine.problem import Problem

POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class ShardSolver:
    """Solves the shards of one run as jobs. `call` wakes other workers for a job, `perform` does one here if it still
    waits, `check` raises when the run itself should stop."""

    run_id: int
    uow: UnitOfWork
    clock: Callable[[], datetime]
    call: Callable[[int], object]
    perform: Callable[[int], object]
    check: Callable[[], None]

    def solve(self, _function: object, pieces: "Iterable[Problem]") -> "Iterable[Allocation]":
        """Answers in the order of the pieces. Raises Conflict when a shard failed for good, and what `check` raises."""
        from matcher.engine.shard_bytes import answer_of, problem_bytes

        packed = [problem_bytes(piece) for piece in pieces]
        jobs = spread(self.run_id, packed, uow=self.uow, now=self.clock())
        for job_id in jobs[1:]:
            self.call(job_id)
        while waiting := _unanswered(self.run_id, self.uow):
            self.check()
            if not any(self.perform(job_id) for job_id in waiting):
                sleep(POLL_SECONDS)
        with self.uow.database.read() as session:
            answers = select(Shard.answer).where(Shard.run_id == self.run_id).order_by(col(Shard.number))
            return [answer_of(answer or b"") for answer in session.exec(answers)]


def spread(run_id: int, packed: list[bytes], *, uow: UnitOfWork, now: datetime) -> list[int]:
    """Put the shards of a run into the database, each with a job; jobs that are still to be done.

    What an earlier attempt at the same run has solved stays, if it is the same problem to the byte.
    """
    marks = [hashlib.sha256(problem).hexdigest() for problem in packed]
    with uow:
        run = uow.get(MatchRun, run_id, lock=True)
        known = {row.number: row for row in uow.session.exec(select(Shard).where(Shard.run_id == run_id))}
        if [known[number].fingerprint for number in sorted(known)] != marks:
            uow.session.exec(delete(Shard).where(col(Shard.run_id) == run_id))
            known = {}
        todo = []
        for number, (mark, problem) in enumerate(zip(marks, packed, strict=True)):
            row = known.get(number)
            if row is not None and (row.answer is not None or uow.get(Job, row.job_id).status in LIVE):
                todo += [row.job_id] if row.answer is None else []
                continue
            job = queue_job(JobKind.SHARD, unit_id=run.unit_id, by=None, payload={}, uow=uow, now=now)
            if row is None:
                row = uow.add(
                    Shard(run_id=run_id, number=number, job_id=job.id or 0, fingerprint=mark, problem=problem)
                )
            row.job_id, job.payload = job.id or 0, {"shard_id": row.id}
            todo.append(job.id or 0)
        uow.commit()
    return todo


def solve_shard(shard_id: int, *, lease: Lease, uow: UnitOfWork, now: Callable[[], datetime]) -> None:
    """Solve one shard and keep its answer together with the end of its job.

    Raises Cancelled when the run is over or began anew, LeaseLost; then nothing is kept.
    """
    from matcher.engine.allocate import allocate
    from matcher.engine.shard_bytes import answer_bytes, problem_of

    with uow.database.read() as session:
        query = select(Shard.problem).where(Shard.id == shard_id, Shard.job_id == lease.job_id)
        problem = session.exec(query).first()
    if problem is None:
        raise Cancelled()
    answer = answer_bytes(allocate(problem_of(problem)))
    with uow:
        finish_in(lease, uow=uow, now=now())
        mine = (col(Shard.id) == shard_id, col(Shard.job_id) == lease.job_id)
        uow.session.exec(update(Shard).where(*mine).values(answer=answer))
        uow.commit()


def drop_shards(run_id: int, *, uow: UnitOfWork) -> None:
    """Forget the shards of a run that was written or stopped; jobs that are still at one keep nothing."""
    with uow:
        uow.session.exec(delete(Shard).where(col(Shard.run_id) == run_id))
        uow.commit()


def _unanswered(run_id: int, uow: UnitOfWork) -> list[int]:
    """Jobs of shards without an answer. Raises Conflict when one of them has failed for good."""
    with uow.database.read() as session:
        query = (
            select(Job.id, Job.status, Job.error_code)
            .join(Shard, col(Shard.job_id) == Job.id)
            .where(Shard.run_id == run_id, col(Shard.answer).is_(None))
            .order_by(col(Shard.number))
        )
        rows = session.exec(query).all()
    for _job_id, status, code in rows:
        if status in (RunStatus.FAILED, RunStatus.CANCELLED):
            raise Conflict("shard_failed", reason=code or str(status))
    return [job_id or 0 for job_id, _status, _code in rows]
