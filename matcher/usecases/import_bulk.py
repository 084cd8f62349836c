"""Writing thousands of judged rows at once: columns, not objects. Same columns and trail as the single acts.

Everything a form would refuse was refused when the rows were judged; what the database itself still refuses makes
the caller go row by row instead.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, SQLModel

from matcher.clock import business_date
from matcher.domain.access import Actor
from matcher.store import ownership
from matcher.store.facts import NEED
from matcher.store.queries.imports import World
from matcher.store.queries.needs import lock_registration
from matcher.store.tables import Household, Need, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases import households, needs
from matcher.usecases.family_names import family_names
from matcher.usecases.household_input import HouseholdInput
from matcher.usecases.import_rows import Prepared
from matcher.usecases.need_input import NeedInput


def insert_needs(made: Sequence[Prepared], world: World, *, by: Actor, uow: UnitOfWork, now: datetime) -> list[int]:
    """Register needs of known families; ids in the order of the rows."""
    today, rows = business_date(now), []
    names = family_names(uow, {world.households[row.household].id for row in made})
    for row in made:
        assert isinstance(row.record, NeedInput)
        home = world.households[row.household]
        rows.append(
            {
                **needs.columns_of(row.record, home, names[home.id]),
                "code": uuid.uuid4().hex,
                "household_id": home.id,
                "unit_id": home.unit_id,
                "created_on": row.created_on or today,
                "last_confirmed_on": today,
            }
        )
    ids = insert_rows(uow.session, Need, rows, now)
    codes = [{"row": need_id, "new": needs.code_of(need_id, now)} for need_id in ids]
    if codes:
        numbered = update(NEED).where(NEED.c.id == bindparam("row")).values(code=bindparam("new"))
        uow.session.connection().execute(numbered, codes)
    _trail(uow, "need:register", "need", ids, by, now)
    return ids


def insert_families(made: Sequence[Prepared], world: World, *, by: Actor, uow: UnitOfWork, now: datetime) -> list[int]:
    """Begin files of families whose numbers and codes are free; ids in the order of the rows."""
    lock_registration(uow.session)
    today, rows = business_date(now), []
    homes: dict[int, tuple[Unit, Unit]] = {}
    for row in made:
        assert isinstance(row.record, HouseholdInput)
        unit_id = world.units[row.union_unit] if row.union_unit else by.unit_id or 0
        if unit_id not in homes:
            unit = uow.get(Unit, unit_id)
            homes[unit_id] = unit, households.county_above(uow, unit)
        columns = households.columns_of(row.record, *homes[unit_id], today=today)
        rows.append({**columns, "case_code": row.record.case_code.strip(), "unit_id": unit_id})
    ids = insert_rows(uow.session, Household, rows, now)
    _trail(uow, "household:register", "household", ids, by, now)
    return ids


def insert_rows(session: Session, model: type[SQLModel], rows: list[dict[str, Any]], now: datetime) -> list[int]:
    """Insert rows at once; what a row does not say has the model's default. Ids in the order of the rows."""
    if not rows:
        return []
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    usual = defaults_of(model) | {name: now for name in ("created_at", "updated_at") if name in table.c}
    whole = [usual | row for row in rows]
    ownership.own(session.connection(), table, whole)
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return [int(row_id) for row_id in session.execute(statement, whole).scalars()]


def defaults_of(model: type[SQLModel]) -> dict[str, Any]:
    """What a row of this table has where nobody says anything; not its id."""
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in model.model_fields.items()
        if name != "id" and not field.is_required()
    }


def _trail(uow: UnitOfWork, action: str, kind: str, ids: list[int], by: Actor, now: datetime) -> None:
    for row_id in ids:
        uow.note(by, action, kind, row_id, at=now)
