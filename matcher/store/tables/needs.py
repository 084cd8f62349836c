"""What households need."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from matcher.domain.terms import Category, DutyKind, NeedStatus, SchoolStage, Tier, WithdrawReason
from matcher.store.columns import Code, Sealed, one_of
from matcher.store.tables.base import Versioned


class Need(Versioned, table=True):
    """One need of one household. `promised` counts what confirmed proposals cover, `met` what was handed over."""

    __tablename__ = "need"
    __table_args__ = (
        one_of("category", Category),
        one_of("tier", Tier),
        one_of("duty", DutyKind),
        one_of("status", NeedStatus),
        one_of("school_stage", SchoolStage),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("promised >= 0 AND promised <= quantity", name="promised_within"),
        CheckConstraint("met >= 0 AND met <= promised", name="met_within"),
        CheckConstraint("urgency BETWEEN 1 AND 5", name="urgency_range"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=32)
    household_id: int = Field(foreign_key="household.id", index=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    category: Category | None = Field(default=None, sa_type=Code(Category), index=True)
    tier: Tier = Field(sa_type=Code(Tier))
    duty: DutyKind = Field(default=DutyKind.SERVICE, sa_type=Code(DutyKind))
    title: str = Field(max_length=40)  # a few words, screened
    text: str = Field(max_length=5000)  # screened: what matching and caseworkers read
    story: str | None = Field(default=None, sa_type=Sealed("need.story", of="household_id"))
    division_code: str = Field(max_length=6, index=True)
    quantity: int
    unit: str = Field(max_length=12)
    is_divisible: bool = True
    promised: int = 0
    met: int = 0
    urgency: int = 3
    created_on: date
    deadline: date | None = Field(default=None, index=True)
    status: NeedStatus = Field(default=NeedStatus.OPEN, sa_type=Code(NeedStatus), index=True)
    last_confirmed_on: date | None = None  # somebody asked and it is still needed
    withdraw_reason: WithdrawReason | None = Field(default=None, sa_type=Code(WithdrawReason))
    self_paid_left: int | None = None  # 元, H7
    age: int | None = None
    school_stage: SchoolStage | None = Field(default=None, sa_type=Code(SchoolStage))
    route_from: str | None = Field(default=None, max_length=60)
    route_to: str | None = Field(default=None, max_length=60)

    def __repr__(self) -> str:
        return f"Need(id={self.id})"

    def __str__(self) -> str:
        return repr(self)

    def __rich_repr__(self) -> Any:
        yield "id", self.id
