"""Notices of a proposal in the outbox: which went out, which can still be stopped."""

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from matcher.store.tables import Outbox


def cancel_unsent_notices(session: Session, proposal_id: int, *, at: datetime) -> None:
    """Stop what has not gone out yet; the rows stay."""
    unsent = (
        col(Outbox.proposal_id) == proposal_id,
        col(Outbox.sent_at).is_(None),
        col(Outbox.cancelled_at).is_(None),
    )
    session.execute(update(Outbox).where(*unsent).values(cancelled_at=at))


def was_told(session: Session, proposal_id: int) -> bool:
    """Whether the last notice that went out said 已确认, so that taking it back needs another one."""
    sent = (
        select(col(Outbox.kind))
        .where(col(Outbox.proposal_id) == proposal_id, col(Outbox.sent_at).is_not(None))
        .order_by(col(Outbox.id).desc())
        .limit(1)
    )
    kind = session.execute(sent).scalar()
    return kind is not None and kind.startswith("proposal_confirmed")
