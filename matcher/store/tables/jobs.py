"""Work on a clock. The database owns the job; a broker only wakes the worker up."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from matcher.domain.terms import JobKind, RunStatus
from matcher.store.columns import Code, one_of
from matcher.store.tables.base import json_field


class Job(SQLModel, table=True):
    """A piece of work with a lease: whoever holds the newest `fence` may write its results, nobody else."""

    __tablename__ = "job"
    __table_args__ = (
        one_of("kind", JobKind),
        one_of("status", RunStatus),
        CheckConstraint("share >= 0 AND share <= 1", name="share_range"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: JobKind = Field(sa_type=Code(JobKind))
    status: RunStatus = Field(default=RunStatus.QUEUED, sa_type=Code(RunStatus), index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    created_by: int | None = Field(default=None, foreign_key="account.id")
    payload: dict[str, Any] = json_field(dict)  # ids and codes only
    stage: str = Field(default="", max_length=24)
    share: float = 0.0
    attempts: int = 0
    fence: int = 0
    lease_until: datetime | None = Field(default=None, index=True)
    cancel_asked: bool = False
    error_code: str | None = Field(default=None, max_length=40)
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


class Outbox(SQLModel, table=True):
    """A notice written in the same transaction as the fact it tells; sent after the undo window.

    `dedupe` makes a second copy impossible. Params are codes, ids and numbers, never a need's words.
    """

    __tablename__ = "outbox"

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=40)
    dedupe: str = Field(unique=True, max_length=80)
    to_unit_id: int | None = Field(default=None, foreign_key="unit.id")
    to_donor_id: int | None = Field(default=None, foreign_key="donor.id")
    to_household_id: int | None = Field(default=None, foreign_key="household.id")
    proposal_id: int | None = Field(default=None, foreign_key="proposal.id", index=True)
    params: dict[str, Any] = json_field(dict)
    created_at: datetime
    send_after: datetime = Field(index=True)
    sent_at: datetime | None = Field(default=None, index=True)
    cancelled_at: datetime | None = None
