"""How unions are called in tables: a county by its place (武陟县), every other one by its short name."""

from collections.abc import Iterable

from sqlalchemy import and_, func, select
from sqlmodel import Session, SQLModel

from matcher.domain.terms import UnitLevel
from matcher.store.facts import UNIT

DIVISION = SQLModel.metadata.tables["division"]


def names_of(session: Session, unit_ids: Iterable[int]) -> dict[int, str]:
    """Unit id to the name for a table; the demonstration zone lies in a district and keeps its short name."""
    named_after_it = UNIT.c.name.like(DIVISION.c.name.op("||")("%"))
    place = and_(DIVISION.c.code == UNIT.c.division_code, UNIT.c.level == UnitLevel.COUNTY, named_after_it)
    query = select(UNIT.c.id, func.coalesce(DIVISION.c.name, UNIT.c.short_name)).select_from(
        UNIT.outerjoin(DIVISION, place)
    )
    return {row[0]: row[1] for row in session.execute(query.where(UNIT.c.id.in_(list(unit_ids))))}


def taking_units(session: Session) -> list[tuple[int, str]]:
    """(id, name) of every union that may take a file over: counties and industries first, then those below them."""
    below_city = UNIT.c.level != UnitLevel.CITY
    query = select(UNIT.c.id, UNIT.c.name).where(UNIT.c.is_active, below_city)
    return [(int(row[0]), row[1]) for row in session.execute(query.order_by(func.length(UNIT.c.path), UNIT.c.path))]
