"""Worker, timetable, and all processes of a small installation together."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from subprocess import DEVNULL, Popen, TimeoutExpired
from time import monotonic, sleep

from sqlmodel import col, func, select

from matcher.domain.terms import RunStatus
from matcher.settings import Settings
from matcher.store.tables import Job
from workers import broker, doors
from workers.supervise import Supervisor, start_child

log = logging.getLogger("nuanliu.run")
WORKER = (sys.executable, "-m", "workers", "worker")
BEAT = (sys.executable, "-m", "workers", "beat")
GOODBYE_SECONDS = 30


def run_worker(settings: Settings | None = None) -> None:
    """Work until told to stop (SIGTERM or Ctrl-C lets what is being done finish)."""
    found = settings or doors.settings()
    _log_plainly(found)
    app = broker.make_app(found)
    app.Worker(
        loglevel=found.log_level, hostname=f"nuanliu-{os.getpid()}@%h", without_gossip=True, without_mingle=True,
        without_heartbeat=True, send_events=False, quiet=True,
    ).start()  # fmt: skip


def run_beat(settings: Settings | None = None) -> None:
    """Call tasks by the timetable until told to stop."""
    found = settings or doors.settings()
    _log_plainly(found)
    found.data_dir.mkdir(parents=True, exist_ok=True)
    broker.make_app(found).Beat(loglevel=found.log_level, quiet=True).run()


def run_up(web: Sequence[str], settings: Settings | None = None) -> int:
    """Web, worker and timetable together until SIGTERM or Ctrl-C; one that dies is started again. Returns 0."""
    _log_plainly(settings or doors.settings())
    return Supervisor({"web": tuple(web), "worker": WORKER, "timetable": BEAT}).run()


def run_pending(
    settings: Settings | None = None,
    *,
    tell: Callable[[str, float], None] = lambda stage, share: None,
    patience_seconds: float = 600,
) -> bool:
    """Start a worker process, let it do every waiting job, and stop it. `tell` hears stage and share in [0, 1].

    False when jobs are still waiting after `patience_seconds`, or when one of them failed.
    """
    found = settings or doors.settings()
    waiting = _live_jobs(found)
    with worker_process(found):
        for job_id in waiting:
            broker.wake(job_id, found)
        end = monotonic() + patience_seconds
        while (live := _live_jobs(found)) and monotonic() < end:
            tell(*_progress(found, live[0]))
            sleep(0.2)
    return not live and not _failed(found, waiting)


@contextmanager
def worker_process(settings: Settings) -> Iterator[Popen[bytes]]:
    """A worker of its own process for as long as the block lasts."""
    child = start_child(WORKER, environment(settings), stdout=DEVNULL)  # it says good-bye there
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(timeout=GOODBYE_SECONDS)
        except TimeoutExpired:  # still at a job: the job is taken up again by whoever starts next
            child.kill()
            child.wait()


def environment(settings: Settings) -> dict[str, str]:
    """The environment in which a child process reads the same settings."""
    values = {
        "NUANLIU_DATABASE_URL": settings.database_url,
        "NUANLIU_BROKER_URL": settings.broker_url,
        "NUANLIU_DATA_DIR": str(settings.data_dir.resolve()),
        "NUANLIU_SECRET_KEY": settings.secret_key.get_secret_value(),
        "NUANLIU_ENCRYPTION_KEYS": settings.encryption_keys.get_secret_value(),
        "NUANLIU_AUDIT_DIR": str(settings.audit_dir.resolve()) if settings.audit_dir else "",
        "NUANLIU_POLICY": str(settings.policy.resolve()) if settings.policy else "",
        "NUANLIU_TIMEZONE": settings.timezone,
        "NUANLIU_JOB_LEASE_SECONDS": str(settings.job_lease_seconds),
        "NUANLIU_MATCH_SHARDS": str(settings.match_shards),
        "NUANLIU_MATCH_SHARDS_FROM": str(settings.match_shards_from),
        "NUANLIU_NIGHTLY_MATCH_AT": settings.nightly_match_at,
        "NUANLIU_NIGHTLY_LEARNING_AT": settings.nightly_learning_at,
        "NUANLIU_LOG_LEVEL": settings.log_level,
    }
    return {**os.environ, **{name: value for name, value in values.items() if value}}


def _live_jobs(settings: Settings) -> list[int]:
    with doors.uow(settings).database.read() as session:
        live = col(Job.status).in_((RunStatus.QUEUED, RunStatus.RUNNING))
        return [job_id for job_id in session.exec(select(Job.id).where(live).order_by(col(Job.id))) if job_id]


def _progress(settings: Settings, job_id: int) -> tuple[str, float]:
    with doors.uow(settings).database.read() as session:
        stage, share = session.exec(select(Job.stage, Job.share).where(Job.id == job_id)).one()
        return stage, share


def _failed(settings: Settings, job_ids: Sequence[int]) -> int:
    with doors.uow(settings).database.read() as session:
        ended_badly = col(Job.status).in_((RunStatus.FAILED, RunStatus.CANCELLED))
        return session.exec(select(func.count()).where(col(Job.id).in_(job_ids), ended_badly)).one()


def _log_plainly(settings: Settings) -> None:
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
