"""Which rows belong to which household, so that what they say is sealed under its key and erased with it.

A column of `Sealed(…, of=…)` names the way: straight to the household, or to a row that belongs to one. Objects are
given their household's key as they are written, rows of a bulk insert by `own`.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, event, inspect, select, update
from sqlalchemy.orm import Mapper
from sqlmodel import SQLModel

from matcher.errors import Conflict
from matcher.store import record_keys
from matcher.store.columns import Sealed
from matcher.store.record_keys import OfRecord

AT_ONCE = 500


@cache
def owned(table_name: str) -> tuple[str, tuple[str, ...]]:
    """The column that leads to the household, and the columns sealed under its key; ("", ()) where there are none."""
    found = {
        column.name: column.type.of
        for column in SQLModel.metadata.tables[table_name].columns
        if isinstance(column.type, Sealed) and column.type.of
    }
    assert len(set(found.values())) <= 1, table_name
    return next(iter(found.values()), ""), tuple(found)


def household() -> Table:
    return SQLModel.metadata.tables["household"]


def way(table: Table, of: str) -> tuple[Column[Any], Select[Any]]:
    """The key column that `of` points to, and a query of it with its household's id and the name of its key."""
    home = household()
    if table is home:
        return home.c.id, select(home.c.id, home.c.id, home.c.record_name, home.c.erased_at)
    target = next(iter(table.c[of].foreign_keys)).column
    found = select(target, home.c.id, home.c.record_name, home.c.erased_at)
    return target, found if target.table is home else found.join_from(
        target.table, home, target.table.c.household_id == home.c.id
    )


def own(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Prepare the rows of one insert: texts that belong to a household are marked with it.

    Raises Conflict (`family_erased`) for a family whose data were erased.
    """
    of, columns = owned(table.name)
    if table is household():
        for row in rows:
            row["record_name"], row["record_key"] = record_keys.fresh()
            _mark(row, columns, row["record_name"])
        return
    if not columns:
        return
    names = names_of(connection, table, of, {row[of] for row in rows if any(row.get(name) for name in columns)})
    for row in rows:
        if row[of] in names:
            _mark(row, columns, names[row[of]])


def names_of(connection: Connection, table: Table, of: str, keys: Iterable[int]) -> dict[int, str]:
    """Names of the household keys behind values of the column `of`. Families from before there were keys get theirs.

    Raises Conflict (`family_erased`).
    """
    target, query = way(table, of)
    wanted, names = sorted(keys), {}
    for start in range(0, len(wanted), AT_ONCE):
        for key, household_id, name, erased in connection.execute(
            query.where(target.in_(wanted[start : start + AT_ONCE]))
        ).all():
            if erased is not None:
                raise Conflict("family_erased")
            names[key] = name or give_key(connection, household_id)
    return names


def give_key(connection: Connection, household_id: int) -> str:
    """The name of a household's key; a new one if it has none yet. What was sealed before stays as it is."""
    home, (name, told) = household(), record_keys.fresh()
    none_yet = (home.c.id == household_id, home.c.record_name.is_(None))
    connection.execute(update(home).where(*none_yet).values(record_name=name, record_key=told))
    query = select(home.c.record_key, home.c.record_name).where(home.c.id == household_id)
    return str(connection.execute(query).one().record_name)


def _mark(row: dict[str, Any], columns: Iterable[str], record: str) -> None:
    for name in columns:
        if row.get(name) is not None:
            row[name] = OfRecord(row[name], record)


@event.listens_for(Mapper, "before_insert")
@event.listens_for(Mapper, "before_update")
def _seal_as_owned(mapper: Mapper[Any], connection: Connection, target: Any) -> None:
    """Texts of an object that were set or changed are marked with the household the object belongs to."""
    table = mapper.local_table
    if not isinstance(table, Table) or table.name not in SQLModel.metadata.tables:
        return
    of, columns = owned(table.name)
    if not columns:
        return
    state = inspect(target)
    changed = [
        name
        for name in columns
        if isinstance(getattr(target, name), str)
        and not isinstance(getattr(target, name), OfRecord)
        and (not state.has_identity or state.attrs[name].history.has_changes())
    ]
    if table is household() and target.record_name is None and not state.has_identity:
        target.record_name, target.record_key = record_keys.fresh()
    if not changed:
        return
    if table is household() and target.record_name and target.erased_at is None:
        record = target.record_name
    else:
        record = names_of(connection, table, of, [getattr(target, of)])[getattr(target, of)]
    for name in changed:
        setattr(target, name, OfRecord(getattr(target, name), record))
