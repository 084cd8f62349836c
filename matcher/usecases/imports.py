"""Tables in and out: what was exported is written down; uploads are previewed, then written row by row or not."""

from datetime import datetime

from matcher.domain.access import Actor
from matcher.domain.terms import ImportKind
from matcher.store.tables import AuditEvent
from matcher.store.unit_of_work import UnitOfWork

OBJECTS = {ImportKind.FAMILIES: "household", ImportKind.NEEDS: "need", ImportKind.OFFERS: "offer"}


def note_export(kind: ImportKind, count: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """Write down that a list went out as a file, and how long it was."""
    with uow:
        uow.session.add(
            AuditEvent(
                at=now,
                account_id=by.account_id,
                unit_id=by.unit_id,
                action=f"{OBJECTS[kind]}:export",
                object_type=OBJECTS[kind],
                details={"rows": count},
            )
        )
        uow.commit()
