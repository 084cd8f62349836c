"""Alembic's door into our tables. The connection is handed in by `matcher.store.migrate`."""

from typing import Any

from alembic import context
from sqlalchemy import types
from sqlmodel import SQLModel

import matcher.store.tables  # noqa: F401  fills the metadata


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own column types as the plain types they store, so that a migration never imports our code."""
    if kind != "type":
        return False
    if isinstance(item, types.TypeDecorator):
        item = item.impl_instance
    if isinstance(item, types.LargeBinary):
        return "sa.LargeBinary()"
    if isinstance(item, types.DateTime):
        return f"sa.DateTime(timezone={item.timezone})"
    if isinstance(item, types.String) and not isinstance(item, types.Text):
        return f"sa.String(length={item.length})" if item.length else "sa.Text()"
    return False


def compare_type(
    _context: Any, _inspected: Any, _metadata: Any, inspected_type: Any, metadata_type: Any
) -> bool | None:
    if isinstance(metadata_type, types.TypeDecorator):
        return False
    return None


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=compare_type,
)
with context.begin_transaction():
    context.run_migrations()
