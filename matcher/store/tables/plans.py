"""Who looks after a family, and what is planned for it (R21-R24)."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from matcher.domain.network_terms import ContactEnd, Entitlement, EntitlementState, MeasureStatus
from matcher.domain.terms import Category, DutyKind, Tier
from matcher.store.columns import Code, one_of
from matcher.store.tables.base import Versioned

OPEN_CONTACT = text("ended_at IS NULL")


class ContactAssignment(SQLModel, table=True):
    """A family's primary contact person (帮扶联系人) for a time. The database itself allows one at a time."""

    __tablename__ = "contact_assignment"
    __table_args__ = (
        one_of("end_reason", ContactEnd),
        Index(
            "uq_contact_assignment_household_open",
            "household_id",
            unique=True,
            sqlite_where=OPEN_CONTACT,
            postgresql_where=OPEN_CONTACT,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    began_at: datetime
    ended_at: datetime | None = None
    end_reason: ContactEnd | None = Field(default=None, sa_type=Code(ContactEnd))
    handed_to_id: int | None = Field(default=None, foreign_key="account.id")
    note: str = Field(default="", max_length=500)  # screened
    by_account_id: int | None = Field(default=None, foreign_key="account.id")


class PlanMeasure(Versioned, table=True):
    """One measure of a family's plan (一户一策): what, who answers for it, by when."""

    __tablename__ = "plan_measure"
    __table_args__ = (
        one_of("category", Category),
        one_of("tier", Tier),
        one_of("duty", DutyKind),
        one_of("status", MeasureStatus),
    )

    id: int | None = Field(default=None, primary_key=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    category: Category | None = Field(default=None, sa_type=Code(Category))
    tier: Tier = Field(default=Tier.T1, sa_type=Code(Tier))
    duty: DutyKind = Field(default=DutyKind.SERVICE, sa_type=Code(DutyKind))
    title: str = Field(max_length=80)  # screened
    owner_id: int = Field(foreign_key="account.id", index=True)
    due_on: date = Field(index=True)
    status: MeasureStatus = Field(default=MeasureStatus.PLANNED, sa_type=Code(MeasureStatus), index=True)
    outcome: str = Field(default="", max_length=500)  # screened
    done_on: date | None = None


class EntitlementCheck(Versioned, table=True):
    """What is known of one state entitlement of a family (R20). No row: nobody has looked yet."""

    __tablename__ = "entitlement_check"
    __table_args__ = (
        one_of("entitlement", Entitlement),
        one_of("state", EntitlementState),
        UniqueConstraint("household_id", "entitlement"),
    )

    id: int | None = Field(default=None, primary_key=True)
    household_id: int = Field(foreign_key="household.id")
    entitlement: Entitlement = Field(sa_type=Code(Entitlement))
    state: EntitlementState = Field(sa_type=Code(EntitlementState))
    checked_on: date
    by_account_id: int | None = Field(default=None, foreign_key="account.id")
