"""What all tables share: names for constraints (SQLite cannot drop unnamed ones) and the metadata."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def json_field(factory: type[list[Any]] | type[dict[str, Any]]) -> Any:
    """A JSON column that is never null."""
    return Field(default_factory=factory, sa_type=JSON, nullable=False)


class Versioned(SQLModel):
    """Rows that people edit: `version` rises with every change and is checked against what was shown."""

    version: int = Field(default=1, nullable=False)
    created_at: datetime
    updated_at: datetime
