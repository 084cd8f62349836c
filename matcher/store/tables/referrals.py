"""Cases referred along the tree, each with the clocks that run on it."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from matcher.domain.network_terms import ReferralAct, ReferralReason, ReferralStatus, ReferralWay, ResponseLane
from matcher.store.columns import Code, one_of
from matcher.store.tables.base import Versioned


class Referral(Versioned, table=True):
    """One need referred from one unit to another (上报、交办、转介). `due_at` is the clock of the next stage.

    Until it is accepted the receiving unit sees what stands here and nothing of the family's file.
    """

    __tablename__ = "referral"
    __table_args__ = (
        one_of("way", ReferralWay),
        one_of("status", ReferralStatus),
        one_of("reason", ReferralReason),
        one_of("lane", ResponseLane),
        CheckConstraint("from_unit_id <> to_unit_id", name="two_units"),
        CheckConstraint("escalations >= 0", name="escalations_counted"),
    )

    id: int | None = Field(default=None, primary_key=True)
    need_id: int = Field(foreign_key="need.id", index=True)
    from_unit_id: int = Field(foreign_key="unit.id", index=True)
    to_unit_id: int = Field(foreign_key="unit.id", index=True)
    way: ReferralWay = Field(sa_type=Code(ReferralWay))
    lane: ResponseLane = Field(default=ResponseLane.ORDINARY, sa_type=Code(ResponseLane))
    reason: ReferralReason = Field(sa_type=Code(ReferralReason))
    status: ReferralStatus = Field(default=ReferralStatus.SENT, sa_type=Code(ReferralStatus), index=True)
    note: str = Field(default="", max_length=500)  # screened: it crosses organisations
    rules: str = Field(max_length=64)  # the version of the policy whose clocks run here
    due_at: datetime | None = Field(default=None, index=True)
    sent_at: datetime
    accepted_at: datetime | None = None
    contacted_at: datetime | None = None
    proposed_at: datetime | None = None
    delivered_at: datetime | None = None
    escalations: int = 0
    escalate_at: datetime | None = Field(default=None, index=True)  # the next unit above hears of it then
    watch_unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)  # who has heard of it last


class ReferralStep(SQLModel, table=True):
    """One step of a referral; rows are added and never changed."""

    __tablename__ = "referral_step"
    __table_args__ = (one_of("action", ReferralAct), one_of("reason", ReferralReason))

    id: int | None = Field(default=None, primary_key=True)
    referral_id: int = Field(foreign_key="referral.id", index=True)
    action: ReferralAct = Field(sa_type=Code(ReferralAct))
    unit_id: int = Field(foreign_key="unit.id")  # who acted, or who heard of it
    reason: ReferralReason | None = Field(default=None, sa_type=Code(ReferralReason))
    note: str = Field(default="", max_length=500)  # screened
    late_minutes: int = 0  # by how much the clock had run over
    by_account_id: int | None = Field(default=None, foreign_key="account.id")
    at: datetime
