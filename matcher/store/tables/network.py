"""The union network and those who sign in."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from matcher.domain.terms import Role, UnitLevel
from matcher.store.columns import Code, Sealed, one_of
from matcher.store.tables.base import Versioned


class Division(SQLModel, table=True):
    """Administrative divisions, GB/T 2260, six-digit codes down to county."""

    __tablename__ = "division"

    code: str = Field(primary_key=True, max_length=6)
    name: str = Field(max_length=60)
    parent_code: str | None = Field(default=None, max_length=6, index=True)


class Unit(Versioned, table=True):
    """A union organisation. Its code is its own, not a division code (the demonstration zone has none)."""

    __tablename__ = "unit"
    __table_args__ = (one_of("level", UnitLevel),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=24)
    name: str = Field(max_length=80)
    short_name: str = Field(max_length=24)
    level: UnitLevel = Field(sa_type=Code(UnitLevel))
    parent_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    path: str = Field(max_length=120, index=True)  # "/1/4/": the ids from the root to here
    division_code: str | None = Field(default=None, max_length=6, index=True)
    is_active: bool = True


class Account(Versioned, table=True):
    """Someone who signs in, in one role at one unit, donor or household."""

    __tablename__ = "account"
    __table_args__ = (one_of("role", Role),)

    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(unique=True, max_length=40)
    password_hash: str = Field(max_length=200)
    role: Role = Field(sa_type=Code(Role))
    display_name: str = Field(sa_type=Sealed("account.display_name"))
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    donor_id: int | None = Field(default=None, foreign_key="donor.id", index=True)
    household_id: int | None = Field(default=None, foreign_key="household.id", index=True)
    locale: str = Field(default="zh", max_length=5)
    is_active: bool = True
    is_demo: bool = False
    failed_tries: int = 0
    locked_until: datetime | None = None
    password_changed_at: datetime
    last_sign_in_at: datetime | None = None


class SignIn(SQLModel, table=True):
    """One signed-in browser. Only a fingerprint of its token is stored; ending it here ends it everywhere."""

    __tablename__ = "sign_in"

    token_hash: str = Field(primary_key=True, max_length=64)
    account_id: int = Field(foreign_key="account.id", index=True)
    started_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


class Installation(SQLModel, table=True):
    """Facts about this installation: one row."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: int = Field(default=1, primary_key=True)
    is_demo: bool = False
    jurisdiction: str = Field(default="410800", max_length=6)
    set_up_on: date
