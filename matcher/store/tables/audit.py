"""What was done and what was looked at: ids and codes only, never the data itself."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from matcher.store.tables.base import json_field


class AuditEvent(SQLModel, table=True):
    """One act (操作留痕), written in the same transaction as what it tells of."""

    __tablename__ = "audit_event"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    unit_id: int | None = Field(default=None, index=True)
    action: str = Field(max_length=40, index=True)  # "proposal:confirm"
    object_type: str = Field(max_length=24)
    object_id: int | None = None
    details: dict[str, Any] = json_field(dict)
