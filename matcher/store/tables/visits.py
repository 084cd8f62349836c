"""Help without a file: rosters of visit groups, visits to enterprises, counts of stations."""

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from matcher.domain.visit_terms import EnterpriseDifficulty, StationService, VisitGroup
from matcher.store.columns import Code, Sealed, one_of
from matcher.store.tables.base import Versioned


class RosterEntry(Versioned, table=True):
    """One person on the roster (名册) of a union, a group and a year."""

    __tablename__ = "roster_entry"
    __table_args__ = (
        one_of("visit_group", VisitGroup),
        CheckConstraint("amount IS NULL OR amount >= 0", name="amount_not_negative"),
    )

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    visit_group: VisitGroup = Field(sa_type=Code(VisitGroup), index=True)
    year: int = Field(index=True)
    name: str = Field(sa_type=Sealed("roster_entry.name"))
    phone: str | None = Field(default=None, sa_type=Sealed("roster_entry.phone"))
    employer: str = Field(default="", max_length=60)
    is_hardship: bool = False  # 困难劳模 and the like
    visited_on: date | None = None
    given: str = Field(default="", max_length=80)  # screened: 米面油一份
    amount: int | None = None  # 元


class EnterpriseVisit(Versioned, table=True):
    """One visit to an enterprise: four things to find out (R14). Texts are screened."""

    __tablename__ = "enterprise_visit"
    __table_args__ = (
        one_of("difficulty", EnterpriseDifficulty),
        CheckConstraint("affected_workers >= 0", name="workers_not_negative"),
        CheckConstraint("amount IS NULL OR amount >= 0", name="amount_not_negative"),
    )

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    enterprise: str = Field(max_length=80)
    difficulty: EnterpriseDifficulty = Field(sa_type=Code(EnterpriseDifficulty))
    visited_on: date = Field(index=True)
    operation: str = Field(max_length=1000)  # 生产经营状况
    causes: str = Field(max_length=1000)  # 困难成因
    resettlement: str = Field(max_length=1000)  # 职工安置
    policies: str = Field(max_length=1000)  # 政策待遇落实
    affected_workers: int = 0
    given: str = Field(default="", max_length=80)
    amount: int | None = None  # 元
    by_account_id: int = Field(foreign_key="account.id")


class StationCount(Versioned, table=True):
    """How many people a station served on a day with one thing; no names."""

    __tablename__ = "station_count"
    __table_args__ = (
        one_of("service", StationService),
        UniqueConstraint("unit_id", "on", "service"),
        CheckConstraint("people >= 0", name="people_not_negative"),
    )

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    on: date = Field(index=True)
    service: StationService = Field(sa_type=Code(StationService))
    people: int
