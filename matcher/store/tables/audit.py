"""What was done and what was looked at: ids and codes only, never the data itself.

Entries are written by `matcher.store.chain`, which seals each and ties it to the one before; triggers of the
database refuse every other way of adding, and all ways of changing or deleting.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from matcher.store.tables.base import json_field


class AuditEvent(SQLModel, table=True):
    """One act (操作留痕), written in the same transaction as what it tells of. `id` is its number in the chain."""

    __tablename__ = "audit_event"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    unit_id: int | None = Field(default=None, index=True)
    action: str = Field(max_length=40, index=True)  # "proposal:confirm"
    object_type: str = Field(max_length=24)
    object_id: int | None = None
    details: dict[str, Any] = json_field(dict)
    key_id: str | None = Field(default=None, max_length=16)  # the key that sealed it; None: older than the chain
    follows: str | None = Field(default=None, max_length=64)  # the seal of the entry before
    seal: str | None = Field(default=None, max_length=64)


class AuditHead(SQLModel, table=True):
    """Where the chain ends: one row, locked by whoever adds an entry."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: int = Field(default=1, primary_key=True)
    chain: str = Field(max_length=32)  # a random name, sealed into every entry
    last_id: int = 0
    last_seal: str = Field(default="", max_length=64)
