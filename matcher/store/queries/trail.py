"""What the trail tells about itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from matcher.store.tables import Account, AuditEvent

CHECKED = "audit:verify"
ACCEPTED = "audit:accept"


@dataclass(frozen=True, slots=True)
class PastCheck:
    """A check of the trail, or a break that somebody answered for: when, by whom, with which figures."""

    entry: int
    at: datetime
    username: str | None
    details: dict[str, Any]


def last_of(store: Session, action: str) -> PastCheck | None:
    """The latest entry of one action."""
    query = (
        select(AuditEvent, Account.username)
        .outerjoin(Account, col(Account.id) == AuditEvent.account_id)
        .where(AuditEvent.action == action)
        .order_by(col(AuditEvent.id).desc())
        .limit(1)
    )
    found = store.exec(query).first()
    return PastCheck(found[0].id or 0, found[0].at, found[1], found[0].details) if found else None
