"""Learned models: the one in use, how it came to be, and those that were tried lately."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from matcher.domain.terms import JobKind, ModelSwitch, RunStatus
from matcher.store.tables import Account, Job, ModelUse, ModelVersion, Unit


@dataclass(frozen=True, slots=True)
class UseRow:
    """One change of the model in use, for the page. `username` is None for the timetable."""

    id: int
    model_id: int | None
    before_id: int | None
    why: ModelSwitch
    username: str | None
    at: datetime


def root_unit(session: Session) -> Unit | None:
    """The union above all others."""
    return session.exec(select(Unit).where(col(Unit.parent_id).is_(None)).order_by(col(Unit.id))).first()


def newest_use(session: Session) -> ModelUse | None:
    return session.exec(select(ModelUse).order_by(col(ModelUse.id).desc()).limit(1)).first()


def model_in_use(session: Session) -> ModelVersion | None:
    """None while match runs go by the hand weights."""
    use = newest_use(session)
    return session.get(ModelVersion, use.model_id) if use and use.model_id is not None else None


def way_back(session: Session, model_id: int) -> int | None:
    """The model that was in use before this one was taken; None for the hand weights."""
    query = select(ModelUse.before_id).where(ModelUse.model_id == model_id, ModelUse.why == ModelSwitch.PROMOTED)
    return session.exec(query.order_by(col(ModelUse.id).desc())).first()


def newest_model(session: Session) -> ModelVersion | None:
    return session.exec(select(ModelVersion).order_by(col(ModelVersion.id).desc()).limit(1)).first()


def rolled_back_at(session: Session) -> datetime | None:
    """When a person went back to an older model, if that was the last change."""
    use = newest_use(session)
    return use.at if use and use.why is ModelSwitch.ROLLED_BACK else None


def list_models(session: Session, *, limit: int = 14) -> list[ModelVersion]:
    """The newest models that were tried, newest first."""
    return list(session.exec(select(ModelVersion).order_by(col(ModelVersion.id).desc()).limit(limit)))


def is_learning(session: Session) -> bool:
    """Whether a learning job waits or is running."""
    live = select(Job.id).where(Job.kind == JobKind.LEARN, col(Job.status).in_((RunStatus.QUEUED, RunStatus.RUNNING)))
    return session.exec(live).first() is not None


def list_uses(session: Session, *, limit: int = 10) -> list[UseRow]:
    """The newest changes of the model in use, newest first."""
    query = (
        select(ModelUse, Account.username)
        .join(Account, col(Account.id) == ModelUse.by_account_id, isouter=True)
        .order_by(col(ModelUse.id).desc())
        .limit(limit)
    )
    return [
        UseRow(use.id or 0, use.model_id, use.before_id, use.why, username, use.at)
        for use, username in session.exec(query)
    ]
