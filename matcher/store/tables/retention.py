"""Erasures of what is known of families: announced, held, done."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from matcher.domain.retention import ErasureCause, ErasureState
from matcher.store.columns import Code, one_of
from matcher.store.tables.base import Versioned

OPEN = text("state IN ('announced', 'held')")


class Erasure(Versioned, table=True):
    """One family whose data are to be erased on a day, or were. The database itself allows one open a family."""

    __tablename__ = "erasure"
    __table_args__ = (
        one_of("cause", ErasureCause),
        one_of("state", ErasureState),
        CheckConstraint("state <> 'done' OR done_at IS NOT NULL", name="done_has_time"),
        CheckConstraint("state <> 'held' OR held_until IS NOT NULL", name="held_has_end"),
        Index("uq_erasure_household_open", "household_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: int | None = Field(default=None, primary_key=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    cause: ErasureCause = Field(sa_type=Code(ErasureCause))
    state: ErasureState = Field(default=ErasureState.ANNOUNCED, sa_type=Code(ErasureState), index=True)
    announced_on: date
    erase_on: date = Field(index=True)
    held_until: date | None = None
    note: str = Field(default="", max_length=200)  # screened: why it is held
    by_account_id: int | None = Field(default=None, foreign_key="account.id")  # who held it, or agreed to a request
    done_at: datetime | None = None
