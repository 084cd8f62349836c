"""The ladder of help in the store: how needs moved on it, and which families should have a file."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from matcher.domain.file_terms import FilingReason, FilingState
from matcher.domain.terms import Tier, TierReason
from matcher.store.columns import Code, one_of
from matcher.store.tables.base import Versioned

OPEN_TASK = text("state = 'open'")


class TierStep(SQLModel, table=True):
    """One move of one need from a tier to another. Nobody's account: it followed the family's file."""

    __tablename__ = "tier_step"
    __table_args__ = (one_of("from_tier", Tier), one_of("to_tier", Tier), one_of("reason", TierReason))

    id: int | None = Field(default=None, primary_key=True)
    need_id: int = Field(foreign_key="need.id", index=True)
    from_tier: Tier = Field(sa_type=Code(Tier))
    to_tier: Tier = Field(sa_type=Code(Tier))
    reason: TierReason = Field(sa_type=Code(TierReason))
    by_account_id: int | None = Field(default=None, foreign_key="account.id")
    at: datetime


class FilingTask(Versioned, table=True):
    """A family that should have a file by a day (补建档). The database itself allows one open task a family."""

    __tablename__ = "filing_task"
    __table_args__ = (
        one_of("reason", FilingReason),
        one_of("state", FilingState),
        CheckConstraint("state = 'open' OR closed_at IS NOT NULL", name="closed_has_time"),
        Index(
            "uq_filing_task_household_open",
            "household_id",
            unique=True,
            sqlite_where=OPEN_TASK,
            postgresql_where=OPEN_TASK,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    proposal_id: int | None = Field(default=None, foreign_key="proposal.id", index=True)
    reason: FilingReason = Field(sa_type=Code(FilingReason))
    state: FilingState = Field(default=FilingState.OPEN, sa_type=Code(FilingState), index=True)
    due_on: date = Field(index=True)
    note: str = Field(default="", max_length=500)  # screened
    by_account_id: int | None = Field(default=None, foreign_key="account.id")
    closed_at: datetime | None = None
