"""Households with the head of their hardship file. What identifies a person is encrypted."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, String
from sqlmodel import Field

from matcher.domain.surnames import LONGEST, surname_key
from matcher.domain.terms import FileLevel, FileStatus, HardshipClass, PayoutChannel
from matcher.store.columns import Code, RecordKey, Sealed, one_of
from matcher.store.tables.base import Versioned, json_field


def _key_of_head(context: Any) -> str:
    """The sort key of a row that is being inserted."""
    return surname_key(context.get_current_parameters().get("head_name") or "")


class Household(Versioned, table=True):
    """A family, the unit of filing (一户一档). Every fact left empty is unknown, never yes."""

    __tablename__ = "household"
    __table_args__ = (
        one_of("hardship_class", HardshipClass),
        one_of("file_level", FileLevel),
        one_of("file_status", FileStatus),
        one_of("payout", PayoutChannel),
        CheckConstraint("size >= 1", name="size_positive"),
        CheckConstraint("file_status <> 'active' OR file_approved_on IS NOT NULL", name="active_was_approved"),
        Index("ix_household_surname_key", "surname_key", "case_code"),
    )

    id: int | None = Field(default=None, primary_key=True)
    record_name: str | None = Field(default=None, max_length=16, unique=True, index=True)
    record_key: str | None = Field(default=None, sa_type=RecordKey())  # before what it opens; NULL: destroyed
    erased_at: datetime | None = None
    case_code: str = Field(unique=True, max_length=24)  # 武陟-0417: what people say instead of a name
    unit_id: int = Field(foreign_key="unit.id", index=True)
    division_code: str = Field(max_length=6, index=True)
    township: str = Field(default="", max_length=40)
    head_name: str = Field(sa_type=Sealed("household.head_name", of="id"))
    surname_key: str | None = Field(
        default=None, sa_column=Column(String(LONGEST), default=_key_of_head, nullable=False, server_default="")
    )  # lists in the order of pinyin; lists show the family name anyway
    id_card: str | None = Field(default=None, sa_type=Sealed("household.id_card", of="id"))
    id_card_index: str | None = Field(default=None, max_length=90, index=True)
    phone: str | None = Field(default=None, sa_type=Sealed("household.phone", of="id"))
    address: str | None = Field(default=None, sa_type=Sealed("household.address", of="id"))
    diagnosis: str | None = Field(default=None, sa_type=Sealed("household.diagnosis", of="id"))
    bank_card: str | None = Field(default=None, sa_type=Sealed("household.bank_card", of="id"))
    bank_card_index: str | None = Field(default=None, max_length=90, index=True)
    size: int = 1
    situation: str = Field(default="", max_length=120)  # coarse and screened: "4 口，老伴卧床"
    hardship_class: HardshipClass = Field(default=HardshipClass.NONE, sa_type=Code(HardshipClass))
    file_status: FileStatus = Field(default=FileStatus.NONE, sa_type=Code(FileStatus))
    file_level: FileLevel | None = Field(default=None, sa_type=Code(FileLevel))
    file_number: str | None = Field(default=None, max_length=40)
    file_approved_on: date | None = None
    causes: list[str] = json_field(list)
    groups: list[str] = json_field(list)  # codes of matcher.domain.terms.Group
    consent: list[str] = json_field(list)  # donor types; empty: none recorded, so none given
    is_member: bool | None = None
    is_real_name: bool | None = None
    is_excluded: bool | None = None
    is_stopped: bool = False
    relation_months: int | None = None
    payout: PayoutChannel | None = Field(default=None, sa_type=Code(PayoutChannel))
    contact_account_id: int | None = None

    def __repr__(self) -> str:
        return f"Household(id={self.id})"

    def __str__(self) -> str:
        return repr(self)

    def __rich_repr__(self) -> Any:
        yield "id", self.id
