"""Reference data into the store: divisions and the union network, as often as one likes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert, select, update
from sqlmodel import Session, col

from matcher.clock import business_date
from matcher.store import ownership
from matcher.store.tables import Division, Installation, Unit
from seeds import reference
from seeds.reference import UnitRow

BATCH = 1_000


def load_reference(session: Session, *, now: datetime, is_demo: bool = False) -> tuple[int, int]:
    """Insert what is missing and correct what differs; nothing is removed. Returns (divisions, units) of the data.

    The caller commits. Makes the installation's own row when there is none; `is_demo` counts only then.
    """
    if session.get(Installation, 1) is None:
        session.add(Installation(id=1, is_demo=is_demo, set_up_on=business_date(now)))
    return _divisions(session), _units(session, now)


def _divisions(session: Session) -> int:
    rows = reference.division_rows()
    known = {d.code: (d.name, d.parent_code) for d in session.execute(select(table_of(Division)))}
    fresh = [_division(*row) for row in rows if row[0] not in known]
    changed = [_division(*row) for row in rows if row[0] in known and known[row[0]] != (row[1], row[2] or None)]
    put(session, table_of(Division), fresh)
    for values in changed:
        session.execute(update(Division).where(col(Division.code) == values["code"]).values(**values))
    return len(rows)


def _division(code: str, name: str, parent: str) -> dict[str, Any]:
    return {"code": code, "name": name, "parent_code": parent or None}


def _units(session: Session, now: datetime) -> int:
    known = {unit.code: unit for unit in session.execute(select(Unit)).scalars()}
    for row in reference.network():
        parent = known[row.parent_code] if row.parent_code else None
        unit = known.get(row.code)
        if unit is None:
            known[row.code] = _new_unit(session, row, parent, now)
        elif (unit.name, unit.short_name, unit.division_code) != (row.name, row.short_name, row.division_code):
            unit.name, unit.short_name, unit.division_code = row.name, row.short_name, row.division_code
            unit.version, unit.updated_at = unit.version + 1, now
    session.flush()
    return len(reference.network())


def _new_unit(session: Session, row: UnitRow, parent: Unit | None, now: datetime) -> Unit:
    unit = Unit(
        code=row.code,
        name=row.name,
        short_name=row.short_name,
        level=row.level,
        parent_id=parent.id if parent else None,
        path="/",
        division_code=row.division_code,
        created_at=now,
        updated_at=now,
    )
    session.add(unit)
    session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    return unit


def table_of(model: Any) -> Table:
    found: Table = model.__table__
    return found


def put(session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows in batches through the columns' own types, so that what must be encrypted is."""
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        ownership.own(session.connection(), table, part)
        session.execute(insert(table), part)
