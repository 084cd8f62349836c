"""Lists that leave the house as files."""

from datetime import datetime

from matcher.domain.access import Actor
from matcher.store.unit_of_work import UnitOfWork


def note_export(of: str, count: int, *, by: Actor | None, uow: UnitOfWork, now: datetime) -> None:
    """Write down that a list (`of` needs, deliveries: a type of object) went out as a file, and how long it was."""
    with uow:
        uow.note(by, f"{of}:export", of, None, at=now, rows=count)
        uow.commit()
