"""The union network and those who sign in."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field, SQLModel

from matcher.domain.network_terms import UnitAct
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
    is_centre: bool = False  # of level station: a 帮扶中心 rather than a 站点
    closed_on: date | None = None
    successor_id: int | None = None  # where the cases of a closed unit went


class UnitStep(SQLModel, table=True):
    """One event in the history of a unit (组织沿革); rows are added and never changed."""

    __tablename__ = "unit_step"
    __table_args__ = (one_of("action", UnitAct),)

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    action: UnitAct = Field(sa_type=Code(UnitAct))
    name_before: str | None = Field(default=None, max_length=80)
    name_after: str | None = Field(default=None, max_length=80)
    parent_before_id: int | None = Field(default=None, foreign_key="unit.id")
    parent_after_id: int | None = Field(default=None, foreign_key="unit.id")
    successor_id: int | None = Field(default=None, foreign_key="unit.id")
    document: str = Field(default="", max_length=60)  # number of the paper that orders it
    households: int = 0  # how many families went to the successor
    needs: int = 0
    by_account_id: int | None = Field(default=None, foreign_key="account.id")
    at: datetime


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
    person_index: str | None = Field(default=None, max_length=90, index=True)  # one person, whatever the account
    must_change_password: bool = False
    totp_secret: str | None = Field(default=None, sa_type=Sealed("account.totp_secret"))
    totp_since: datetime | None = None  # None: not in use, or not yet confirmed
    totp_last_step: int | None = None  # a code counts once
    recovery_codes: list[str] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )  # fingerprints of those not used yet


class FormerPassword(SQLModel, table=True):
    """Hashes of passwords no longer in use, so that the `dengbao` profile can refuse them."""

    __tablename__ = "former_password"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    password_hash: str = Field(max_length=200)
    until: datetime


class Invitation(SQLModel, table=True):
    """A link that opens one account, once. Only a fingerprint of its token is stored."""

    __tablename__ = "invitation"
    __table_args__ = (one_of("role", Role),)

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    role: Role = Field(sa_type=Code(Role))
    display_name: str = Field(sa_type=Sealed("invitation.display_name"))
    person_index: str | None = Field(default=None, max_length=90, index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    donor_id: int | None = Field(default=None, foreign_key="donor.id", index=True)
    household_id: int | None = Field(default=None, foreign_key="household.id", index=True)
    by_account_id: int | None = Field(default=None, foreign_key="account.id")
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    cancelled_at: datetime | None = None
    account_id: int | None = Field(default=None, foreign_key="account.id")


class SignIn(SQLModel, table=True):
    """One signed-in browser. Only a fingerprint of its token is stored; ending it here ends it everywhere."""

    __tablename__ = "sign_in"

    token_hash: str = Field(primary_key=True, max_length=64)
    account_id: int = Field(foreign_key="account.id", index=True)
    device: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})  # Chrome Windows
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
