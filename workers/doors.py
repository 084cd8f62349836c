"""What a task needs from outside: settings, database, the moment, the rules; and the one way to do a job.

`perform` is the only place that claims, keeps alive and ends jobs, so tasks and use cases stay free of it.
"""

import logging
import traceback
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from sqlalchemy.exc import OperationalError

from matcher import clock
from matcher.domain.retention import RetentionRules
from matcher.domain.terms import JobKind, RunStage, RunStatus
from matcher.errors import Cancelled, LeaseLost, NuanliuError
from matcher.settings import Settings, load_settings
from matcher.store import anchor
from matcher.store.crypto import Keyring, use_keyring
from matcher.store.session import Database
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.file_import import actor_of_import, work_on_files
from matcher.usecases.file_import_rows import FileReference
from matcher.usecases.jobs import Lease, claim_job, end_job, keep_alive
from matcher.usecases.learning import learn_from_decisions
from matcher.usecases.matching import run_matching
from matcher.usecases.rules import Rules
from matcher.usecases.shards import ShardSolver, drop_shards, solve_shard
from seeds import reference

if TYPE_CHECKING:
    from matcher.engine.language import Language
    from matcher.engine.shards import Sharding

log = logging.getLogger("nuanliu.worker")
REPORT_SECONDS = 0.4
SHARES: dict[RunStage, tuple[float, float]] = {
    RunStage.READ: (0.0, 0.05),
    RunStage.UNDERSTAND: (0.05, 0.30),
    RunStage.CANDIDATES: (0.30, 0.55),
    RunStage.ALLOCATE: (0.55, 0.92),
    RunStage.WRITE: (0.92, 1.0),
}
"""Where each stage begins and ends on the bar of the whole run."""


@lru_cache(maxsize=1)
def settings() -> Settings:
    found = load_settings()
    keys = found.encryption_keys.get_secret_value()
    if keys:
        use_keyring(Keyring.parse(keys))
    anchor.use_folder(found.effective_audit_dir)
    return found


@lru_cache(maxsize=4)
def database_of(url: str) -> Database:
    return Database(url)


def uow(found: Settings | None = None) -> UnitOfWork:
    return UnitOfWork(database_of((found or settings()).effective_database_url))


def now() -> datetime:
    return clock.now()


def today(found: Settings | None = None) -> date:
    return clock.business_date(now(), ZoneInfo((found or settings()).timezone))


def load_rules(found: Settings, *, as_of: date) -> Rules:
    """The policy in force on a day and the places, from the reference data or the policy file of the settings.

    Kept per day: an edited policy file counts from the next start, so one process never mixes two.
    """
    return _rules(found.policy, as_of)


@lru_cache(maxsize=4)
def _rules(policy_file: Path | None, as_of: date) -> Rules:
    years = [reference.holidays(year) for year in (as_of.year, as_of.year + 1)]
    return Rules(
        policy=reference.policy(as_of, policy_file),
        places=reference.places(),
        days_off=frozenset().union(*(year.days for year in years)),
        workdays=frozenset().union(*(year.workdays for year in years)),
        tiers=reference.tier_rules(as_of),
    )


def rules() -> Rules:
    return load_rules(settings(), as_of=today())


def retention_rules() -> RetentionRules:
    """How long what is known of families is kept, as of today."""
    return reference.retention_rules(today())


def load_language(found: Settings) -> "Language":
    """The lexicon and the encoder of the settings, once a process. Raises SetupProblem for one that cannot be used."""
    return reference.language(found.encoder, vectors=found.vectors_dir, learned=found.learned_dir)


# ── doing a job ────────────────────────────────────────────────────────────────────────────────────────────────


def perform(job_id: int, found: Settings | None = None) -> RunStatus | None:
    """Do one job to its end, whoever calls. None when it is not waiting: done, stopped, or in other hands."""
    found = found or settings()
    lease = claim_job(job_id, lease_seconds=found.job_lease_seconds, uow=uow(found), now=now())
    if lease is None:
        return None
    log.info("job %s begins, fence %s", lease.job_id, lease.fence)
    try:
        with Pulse(lease, found) as pulse:
            WORK[lease.kind](lease, pulse, found)
    except LeaseLost:
        log.warning("job %s was taken over, fence %s writes nothing", lease.job_id, lease.fence)
        return None
    except OperationalError:
        log.warning("job %s: database did not answer, the reconciler will call again", lease.job_id)
        return None
    except Cancelled:
        return _end(lease, RunStatus.CANCELLED, None, found)
    except Exception as error:
        log.error("job %s failed: %s\n%s", lease.job_id, type(error).__name__, _where(error))
        return _end(lease, RunStatus.FAILED, error.code if isinstance(error, NuanliuError) else "unexpected", found)
    log.info("job %s done, fence %s", lease.job_id, lease.fence)
    return RunStatus.DONE


def _end(lease: Lease, status: RunStatus, code: str | None, found: Settings) -> RunStatus | None:
    held = end_job(lease, status, error_code=code, uow=uow(found), now=now())
    log.info("job %s ends: %s", lease.job_id, status.value)
    return status if held else None


def _where(error: Exception) -> str:
    """The places in the code, without the message: messages may repeat what people wrote."""
    return "".join(traceback.format_tb(error.__traceback__))


class Pulse:
    """Keeps a lease alive from a thread of its own while the work goes on, and tells the work when to stop."""

    def __init__(self, lease: Lease, found: Settings) -> None:
        self.lease, self.found = lease, found
        self._end = Event()
        self._stop: NuanliuError | None = None
        self._reported: tuple[str, float] = ("", 0.0)
        self._thread = Thread(target=self._beat, name=f"pulse-{lease.job_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._end.set()
        self._thread.join()

    def report(self, stage: RunStage, share: float) -> None:
        """Progress for the page. Raises Cancelled or LeaseLost when the work should stop."""
        begin, end = SHARES[stage]
        self.advance(stage.value, begin + (end - begin) * min(max(share, 0.0), 1.0))

    def advance(self, stage: str, share: float) -> None:
        """The same for work with steps of its own: `share` is that of the whole job."""
        if self._stop is not None:
            raise self._stop
        if stage == self._reported[0] and monotonic() - self._reported[1] < REPORT_SECONDS:
            return
        self._reported = (stage, monotonic())
        self._renew(stage, share)

    def _beat(self) -> None:
        while not self._end.wait(self.found.job_lease_seconds / 4):
            try:
                self._renew(None, 0.0)
            except (Cancelled, LeaseLost) as stop:
                self._stop = stop
                return
            except OperationalError:
                log.warning("job %s: lease not renewed, database did not answer", self.lease.job_id)

    def _renew(self, stage: str | None, share: float) -> None:
        keep_alive(
            self.lease,
            lease_seconds=self.found.job_lease_seconds,
            uow=uow(self.found),
            now=now(),
            stage=stage,
            share=share,
        )


def _match(lease: Lease, pulse: Pulse, found: Settings) -> None:
    run_id = int(lease.payload["run_id"])
    try:
        run_matching(
            run_id,
            lease=lease,
            rules=load_rules(found, as_of=today(found)),
            language=load_language(found),
            uow=uow(found),
            clock=now,
            progress=pulse.report,
            shards=_sharding(run_id, pulse, found) if found.match_shards > 1 else None,
        )
    except LeaseLost:
        raise  # whoever took the run over goes on with its shards
    except Exception:
        drop_shards(run_id, uow=uow(found))
        raise
    if found.match_shards > 1:
        drop_shards(run_id, uow=uow(found))


def _sharding(run_id: int, pulse: Pulse, found: Settings) -> "Sharding":
    from matcher.engine.shards import Sharding
    from workers.broker import wake

    solver = ShardSolver(
        run_id,
        uow(found),
        now,
        call=lambda job_id: wake(job_id, found),
        perform=lambda job_id: perform(job_id, found),
        check=lambda: pulse.report(RunStage.ALLOCATE, 0.0),
    )
    return Sharding(found.match_shards, found.match_shards_from, solver.solve)


def _shard(lease: Lease, _pulse: Pulse, found: Settings) -> None:
    solve_shard(int(lease.payload["shard_id"]), lease=lease, uow=uow(found), now=now)


def _learn(lease: Lease, pulse: Pulse, found: Settings) -> None:
    learn_from_decisions(lease=lease, language=load_language(found), uow=uow(found), clock=now, progress=pulse.report)


def file_reference(found: Settings) -> FileReference:
    """What reading a table of hardship files needs: places, what files go by today, area codes of all times."""
    return FileReference(reference.places(), reference.file_rules(today(found)), reference.known_areas())


def _import(lease: Lease, pulse: Pulse, found: Settings) -> None:
    import_id = int(lease.payload["import_id"])
    work_on_files(
        import_id,
        lease=lease,
        by=actor_of_import(import_id, uow=uow(found)),
        reference=file_reference(found),
        uow=uow(found),
        clock=now,
        progress=pulse.advance,
    )


WORK: dict[JobKind, Callable[[Lease, Pulse, Settings], None]] = {
    JobKind.MATCH: _match,
    JobKind.LEARN: _learn,
    JobKind.IMPORT: _import,
    JobKind.SHARD: _shard,
}
