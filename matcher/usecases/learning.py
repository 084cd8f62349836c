"""Learning every night from what people decided; what was learned is used only under the rules of `domain/learning`.

Decisions older than a month teach; those of the last month judge. What was learned is kept either way, with its figures
and the reason, so that anybody can see why a model was taken or not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from matcher.clock import business_date
from matcher.domain.access import Actor
from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.learning import TEST_TIME, model_name, promotion_verdict
from matcher.domain.regions import county_of
from matcher.domain.terms import JobKind, ModelVerdict, RunStage, RunStatus
from matcher.engine.plan import Progress
from matcher.store.facts import key, needs_of, offers_of
from matcher.store.queries.decisions import LoggedDecision, list_decisions
from matcher.store.queries.models import model_in_use, newest_model, rolled_back_at, root_unit
from matcher.store.tables import Job, ModelVersion
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases import jobs, models
from matcher.usecases.jobs import Lease

if TYPE_CHECKING:
    from matcher.engine.language import Language
    from matcher.engine.learn import Learned
    from matcher.engine.trial import Comparison


@dataclass(frozen=True, slots=True)
class LearningCard:
    """What a night of learning came to; `model_id` is None when there was nothing new to learn from."""

    model_id: int | None
    verdict: ModelVerdict | None
    trained: int
    tested: int


@dataclass(frozen=True, slots=True)
class Lessons:
    """Decisions that teach, decisions that judge, and the texts they are about."""

    teach: list[LoggedDecision]
    judge: list[LoggedDecision]
    needs: NeedColumns
    offers: OfferColumns
    until: datetime

    @property
    def newest_step_id(self) -> int:
        return max((one.step_id for one in (*self.teach, *self.judge)), default=0)

    @property
    def n_about_match(self) -> int:
        """Decisions of the last month that say something about the pair."""
        return sum(one.decision.about_match for one in self.judge)


def start_learning(*, by: Actor | None, uow: UnitOfWork, now: datetime) -> int | None:
    """Queue a job that learns from all decisions so far; its id. One that is still going is returned instead.

    `by` None is the timetable: once a day, and None when today's was made already or there is no union yet. Raises
    NotPermitted. The caller wakes the worker with the job id.
    """
    with uow:
        unit = root_unit(uow.session)
        if by is not None:
            models.require_change(uow.session, by)
        if unit is None:
            return None
        uow.get(type(unit), unit.id, lock=True)
        going = _learning_job(uow.session, col(Job.status).in_(jobs.LIVE))
        if going is not None:
            return going.id
        if by is None and _was_made(uow.session, now):
            return None
        job = jobs.queue_job(JobKind.LEARN, unit_id=unit.id, by=by, payload={}, uow=uow, now=now)
        uow.record(by, "model:ask", job, at=now)
        uow.commit()
        return job.id


def _learning_job(session: Session, condition: Any) -> Job | None:
    return session.exec(select(Job).where(Job.kind == JobKind.LEARN, condition).order_by(col(Job.id).desc())).first()


def _was_made(session: Session, now: datetime) -> bool:
    last = _learning_job(session, col(Job.status).not_in((RunStatus.FAILED, RunStatus.CANCELLED)))
    return last is not None and business_date(last.created_at) == business_date(now)


def learn_from_decisions(
    *, lease: Lease, language: "Language", uow: UnitOfWork, clock: Callable[[], datetime], progress: Progress
) -> LearningCard:
    """Learn, compare with the model in use, keep the result, and take it if the rules allow.

    Nothing is kept where nothing teaches, or where last time's decisions are still all there are. Raises Cancelled,
    LeaseLost; then nothing is written.
    """
    now = clock()
    progress(RunStage.READ, 0.0)
    with uow.database.read() as session:
        lessons = _read(session, now)
        last, current = newest_model(session), model_in_use(session)
    if not lessons.teach or _is_old_news(last, lessons, language.version):
        return _end(lessons, None, lease, uow, now)
    progress(RunStage.UNDERSTAND, 0.0)
    found = _learn(lessons, language, now)
    if found is None:
        return _end(lessons, None, lease, uow, now)
    progress(RunStage.CANDIDATES, 0.0)
    with uow.database.read() as session:
        old = models.made_ready(session, current, language=language, as_of=business_date(now))
    compared = _compare(lessons, old, found, language, now)
    progress(RunStage.WRITE, 0.0)
    tried = _tried(lessons, found, compared, model_name(current.id if current else None), language.version, now)
    return _end(lessons, tried, lease, uow, now, compared)


def _read(session: Session, now: datetime) -> Lessons:
    decisions = list_decisions(session, before=now)
    since = now - TEST_TIME
    teach = models.newest_needs([one for one in decisions if one.at < since])
    judge = models.newest_needs([one for one in decisions if one.at >= since])
    both = [*teach, *judge]
    needs = needs_of(session, [one.need_id for one in both])
    return Lessons(teach, judge, needs, offers_of(session, [one.offer_id for one in both]), since)


def _is_old_news(last: ModelVersion | None, lessons: Lessons, lexicon: str) -> bool:
    """Whether the last model was learned and judged by the very same decisions, read with the same lexicon."""
    return last is not None and (last.newest_step_id, last.tested, last.lexicon_version) == (
        lessons.newest_step_id,
        len(lessons.judge),
        lexicon,
    )


def _learn(lessons: Lessons, language: "Language", now: datetime) -> "Learned | None":
    from matcher.engine.learn import learn

    taught_of = frozenset(key(one.offer_id) for one in lessons.teach)
    offers = lessons.offers.chosen([k for k, one in enumerate(lessons.offers.offer_id) if one in taught_of])
    decisions = [one.decision for one in lessons.teach]
    return learn(lessons.needs, offers, decisions, language=language, as_of=business_date(now))


def _compare(
    lessons: Lessons, old: "Learned | None", new: "Learned", language: "Language", now: datetime
) -> "Comparison":
    from matcher.engine.trial import compare

    return compare(
        lessons.needs,
        lessons.offers,
        [one.decision for one in lessons.judge],
        old=old,
        new=new,
        language=language,
        as_of=business_date(now),
        district_of={key(one.need_id): county_of(one.division_code) or one.division_code for one in lessons.judge},
    )


def _tried(
    lessons: Lessons, found: "Learned", compared: "Comparison", compared_with: str, lexicon: str, now: datetime
) -> ModelVersion:
    """The row of a model; its verdict is spoken when it is written."""
    from matcher.engine.learn import KEPT
    from matcher.engine.trial import drift

    signals = ([one.signals for one in some if one.signals] for some in (lessons.teach, lessons.judge))
    return ModelVersion(
        weights=dict(found.weights.values),
        bias=found.weights.bias,
        has_memory=found.weights.name != KEPT,
        known_until=lessons.until,
        trained=found.trained,
        tested=len(lessons.judge),
        newest_step_id=lessons.newest_step_id,
        aside=dict(found.aside),
        compared_with=compared_with,
        figures=compared.as_json() | {"drift": drift(*signals)},
        verdict=ModelVerdict.TOO_FEW,
        lexicon_version=lexicon,
        created_at=now,
    )


def _end(
    lessons: Lessons,
    tried: ModelVersion | None,
    lease: Lease,
    uow: UnitOfWork,
    now: datetime,
    compared: "Comparison | None" = None,
) -> LearningCard:
    """End the job, and keep what was learned with its verdict, in one transaction."""
    with uow:
        jobs.finish_in(lease, uow=uow, now=now)
        if tried is not None:
            tried.verdict = promotion_verdict(
                compared.trial if compared else None,
                decisions=tried.trained + lessons.n_about_match,
                is_new=tried.has_memory,
                rolled_back_at=rolled_back_at(uow.session),
                now=now,
            )
            tried.job_id = lease.job_id
            uow.add(tried)
            uow.record(None, "model:train", tried, at=now, verdict=tried.verdict.value, decisions=tried.trained)
            if tried.verdict is ModelVerdict.PROMOTED:
                models.promote(uow, tried, now)
        uow.commit()
    return LearningCard(
        tried.id if tried else None, tried.verdict if tried else None, len(lessons.teach), len(lessons.judge)
    )
