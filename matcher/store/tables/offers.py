"""Who gives, and what."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from matcher.domain.terms import (
    Category,
    DonorStatus,
    DonorType,
    FundSource,
    HandOverMode,
    OfferStatus,
    PayoutChannel,
)
from matcher.store.columns import Code, Sealed, one_of
from matcher.store.tables.base import Versioned, json_field


class Donor(Versioned, table=True):
    """A charity, enterprise, institution, public body or union that gives (爱心单位/捐赠方)."""

    __tablename__ = "donor"
    __table_args__ = (one_of("donor_type", DonorType), one_of("status", DonorStatus))

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=32)
    name: str = Field(max_length=80)
    donor_type: DonorType = Field(sa_type=Code(DonorType))
    uscc: str | None = Field(default=None, max_length=18, index=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)  # the union that looks after this donor
    division_code: str | None = Field(default=None, max_length=6)
    status: DonorStatus = Field(default=DonorStatus.PENDING, sa_type=Code(DonorStatus))
    contact_name: str | None = Field(default=None, sa_type=Sealed("donor.contact_name"))
    contact_phone: str | None = Field(default=None, sa_type=Sealed("donor.contact_phone"))


class Offer(Versioned, table=True):
    """One thing given by one donor. `reserved` is promised to households, `delivered` handed over."""

    __tablename__ = "offer"
    __table_args__ = (
        one_of("category", Category),
        one_of("fund_source", FundSource),
        one_of("payout", PayoutChannel),
        one_of("hand_over", HandOverMode),
        one_of("status", OfferStatus),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("reserved >= 0 AND reserved <= quantity", name="reserved_within"),
        CheckConstraint("delivered >= 0 AND delivered <= reserved", name="delivered_within"),
        CheckConstraint("per_case_min >= 1", name="case_min_positive"),
        CheckConstraint("per_case_max IS NULL OR per_case_max >= per_case_min", name="case_max_over_min"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="window_in_order"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=32)
    donor_id: int = Field(foreign_key="donor.id", index=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    title: str = Field(max_length=40)
    text: str = Field(max_length=5000)
    category: Category | None = Field(default=None, sa_type=Code(Category), index=True)
    regions: list[str] = json_field(list)  # division codes; empty: the whole city
    quantity: int
    unit: str = Field(max_length=12)
    reserved: int = 0
    delivered: int = 0
    per_case_min: int = 1
    per_case_max: int | None = None
    cap_per_household_year: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    shelf_life_until: date | None = None
    fund_source: FundSource = Field(sa_type=Code(FundSource))
    requires_file: bool = False  # 先建档、后帮扶, by the donor's wish
    payout: PayoutChannel | None = Field(default=None, sa_type=Code(PayoutChannel))
    hand_over: HandOverMode | None = Field(default=None, sa_type=Code(HandOverMode))
    eligible_groups: list[str] = json_field(list)
    excluded_households: list[int] = json_field(list)  # interested parties of the donor, H11
    school_stages: list[str] = json_field(list)
    age_min: int | None = None
    age_max: int | None = None
    route_from: str | None = Field(default=None, max_length=60)
    route_to: str | None = Field(default=None, max_length=60)
    issuing_unit_id: int | None = Field(default=None, foreign_key="unit.id")
    intention: str = Field(default="", max_length=200)  # 捐赠意向, in the donor's words
    unit_value_fen: int | None = None  # 每份折价
    status: OfferStatus = Field(default=OfferStatus.PENDING, sa_type=Code(OfferStatus), index=True)
    vetted_by: int | None = Field(default=None, foreign_key="account.id")
    vetted_at: datetime | None = None

    @property
    def left(self) -> int:
        return self.quantity - self.reserved
