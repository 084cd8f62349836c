"""Notices leave the outbox: from then on the other side sees them, and taking the act back tells them so."""

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select

from matcher.store.tables import Outbox
from matcher.store.unit_of_work import UnitOfWork

AT_ONCE = 500


def send_due_notices(*, uow: UnitOfWork, now: datetime) -> int:
    """Send what is due and was not taken back; returns how many.

    Idempotent: a notice gets its `sent_at` once, in the statement that finds it unsent, so two workers or a
    repeated call never send it twice, and one cancelled in the meantime stays cancelled.
    """
    with uow:
        due = (
            select(Outbox.id)
            .where(col(Outbox.sent_at).is_(None), col(Outbox.cancelled_at).is_(None), col(Outbox.send_after) <= now)
            .order_by(col(Outbox.send_after), col(Outbox.id))
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        ids = list(uow.session.exec(due))
        still_unsent = (col(Outbox.id).in_(ids), col(Outbox.sent_at).is_(None), col(Outbox.cancelled_at).is_(None))
        uow.session.execute(update(Outbox).where(*still_unsent).values(sent_at=now))
        uow.commit()
    return len(ids)
