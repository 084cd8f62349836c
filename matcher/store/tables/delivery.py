"""Handing over what was confirmed (发放)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from matcher.domain.terms import DeliveryStatus, DutyKind, Tier
from matcher.store.columns import Code, Sealed, one_of
from matcher.store.tables.base import Versioned


class Delivery(Versioned, table=True):
    """One row of the 发放签领表: made when a proposal is finally confirmed, marked when it reached the family."""

    __tablename__ = "delivery"
    __table_args__ = (
        one_of("status", DeliveryStatus),
        one_of("tier", Tier),
        one_of("duty", DutyKind),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("status <> 'delivered' OR delivered_on IS NOT NULL", name="delivered_has_date"),
    )

    id: int | None = Field(default=None, primary_key=True)
    proposal_id: int = Field(foreign_key="proposal.id", unique=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    need_id: int = Field(foreign_key="need.id", index=True)
    offer_id: int = Field(foreign_key="offer.id", index=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    quantity: int
    unit: str = Field(max_length=12)
    tier: Tier = Field(sa_type=Code(Tier))  # as the need stood when it was promised
    duty: DutyKind = Field(sa_type=Code(DutyKind))
    status: DeliveryStatus = Field(default=DeliveryStatus.PENDING, sa_type=Code(DeliveryStatus), index=True)
    confirmed_on: date = Field(index=True)
    delivered_on: date | None = Field(default=None, index=True)
    handler: str | None = Field(default=None, sa_type=Sealed("delivery.handler"))
    marked_by: int | None = Field(default=None, foreign_key="account.id")
    marked_at: datetime | None = None
