"""Running the engine over the open needs and offers of a union's subtree (对接批次).

Reading takes one snapshot, computing holds no connection at all, and `plan_keeping` writes in one transaction. A run
goes by the model in use (`models.py`) and names it in its report.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import col, select

from matcher.clock import business_date
from matcher.domain import access
from matcher.domain.access import Action, Actor, Reach
from matcher.domain.terms import JobKind, RunStage, RunStatus
from matcher.engine.plan import Progress
from matcher.errors import NotFound, NotPermitted
from matcher.store.facts import barred_pairs, need_columns, offer_columns
from matcher.store.queries.matching import need_heads, offer_heads
from matcher.store.tables import Job, MatchRun, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases import jobs
from matcher.usecases.jobs import Lease
from matcher.usecases.models import load_model
from matcher.usecases.plan_keeping import Picture, RunCard, write_plan
from matcher.usecases.rules import Rules

if TYPE_CHECKING:
    from matcher.engine.language import Language
    from matcher.engine.shards import Sharding


@dataclass(frozen=True, slots=True)
class StartedRun:
    """A run on its way; `is_new` is False when one for the same union was already waiting or running."""

    run_id: int
    job_id: int
    is_new: bool


def start_run(unit_id: int, *, by: Actor | None, uow: UnitOfWork, now: datetime, trigger: str = "manual") -> StartedRun:
    """Queue a match run over a union's subtree: job and run are written together, or neither.

    `by` None is the timetable. A run of the same union that is still going is returned instead of a second one.
    Raises NotFound, NotPermitted. The caller wakes the worker with the job id.
    """
    with uow:
        unit = uow.get(Unit, unit_id, lock=True)
        _require(by, Action.START_RUN, unit)
        going = uow.session.exec(
            select(MatchRun, Job)
            .where(MatchRun.job_id == Job.id, MatchRun.unit_id == unit_id, col(Job.status).in_(jobs.LIVE))
            .order_by(col(MatchRun.id))
        ).first()
        if going is not None:
            return StartedRun(going[0].id or 0, going[1].id or 0, is_new=False)
        job = jobs.queue_job(JobKind.MATCH, unit_id=unit_id, by=by, payload={}, uow=uow, now=now)
        run = uow.add(
            MatchRun(
                unit_id=unit_id,
                as_of=business_date(now),
                trigger=trigger,
                started_by=by.account_id if by else None,
                job_id=job.id,
                created_at=now,
            )
        )
        job.payload = {"run_id": run.id}
        uow.record(by, "run:start", run, at=now, trigger=trigger)
        uow.commit()
    return StartedRun(run.id or 0, job.id or 0, is_new=True)


def start_nightly_run(*, uow: UnitOfWork, now: datetime) -> StartedRun | None:
    """The timetable's run over the whole network. None when tonight's was made already, or there is no union yet."""
    with uow.database.read() as session:
        root = session.exec(select(Unit.id).where(col(Unit.parent_id).is_(None)).order_by(col(Unit.id))).first()
        tonight = select(MatchRun.id).where(
            MatchRun.trigger == "nightly",
            MatchRun.as_of == business_date(now),
            col(MatchRun.status).not_in((RunStatus.FAILED, RunStatus.CANCELLED)),
        )
        if root is None or session.exec(tonight).first() is not None:
            return None
    return start_run(root, by=None, uow=uow, now=now, trigger="nightly")


def stop_run(run_id: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> RunStatus:
    """Stop a run that waits or is running; one that has ended stays as it is. Raises NotFound, NotPermitted.

    Returns the job's state: a running one stops at its next report and writes nothing.
    """
    with uow:
        run = uow.get(MatchRun, run_id)
        _require(by, Action.START_RUN, uow.get(Unit, run.unit_id))
        if run.job_id is None:
            return run.status
        status = jobs.ask_to_stop(uow.get(Job, run.job_id, lock=True), uow=uow, now=now)
        uow.record(by, "run:stop", run, at=now)
        uow.commit()
    return status


def _require(by: Actor | None, action: Action, unit: Unit) -> None:
    if by is None:
        return
    if not access.within(by, Reach(unit_path=unit.path)):
        raise NotFound()
    if not access.may(by, action):
        raise NotPermitted()


def run_matching(
    run_id: int,
    *,
    lease: Lease,
    rules: Rules,
    language: "Language",
    uow: UnitOfWork,
    clock: Callable[[], datetime],
    progress: Progress,
    shards: "Sharding | None" = None,
) -> RunCard:
    """Read, compute, write. `clock` is asked once, when writing; `progress` may raise Cancelled or LeaseLost. `shards`
    says how a large run is cut.

    Raises NotFound, Cancelled, LeaseLost; then nothing is written.
    """
    from matcher.engine.pipeline import match  # numeric libraries are loaded only where a run is made

    progress(RunStage.READ, 0.0)
    picture = read_picture(run_id, uow)
    with uow.database.read() as session:
        learned = load_model(session, language=language, as_of=picture.as_of)
    plan = match(
        picture.needs,
        picture.offers,
        policy=rules.policy,
        places=rules.places,
        language=language,
        as_of=picture.as_of,
        barred=picture.barred,
        progress=progress,
        learned=learned,
        shards=shards,
    )
    progress(RunStage.WRITE, 0.0)
    return write_plan(plan, picture, lease=lease, rules=rules, uow=uow, now=clock())


def read_picture(run_id: int, uow: UnitOfWork) -> Picture:
    """Everything a run looks at, from one snapshot. Raises NotFound."""
    with uow.database.read() as session:
        if not uow.database.is_sqlite:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        run = session.get(MatchRun, run_id)
        unit = session.get(Unit, run.unit_id) if run else None
        if run is None or unit is None:
            raise NotFound()
        path, as_of = unit.path, run.as_of
        return Picture(
            run_id=run_id,
            unit_id=run.unit_id,
            unit_path=path,
            as_of=as_of,
            needs=need_columns(session, path, as_of),
            offers=offer_columns(session, path),
            barred=barred_pairs(session, path),
            need_heads=need_heads(session, path),
            offer_heads=offer_heads(session),
        )
