"""Reading the union network: the tree within reach, one unit, and what happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from matcher.domain.access import Action, Actor, may
from matcher.domain.network_terms import UnitAct
from matcher.domain.terms import UnitLevel
from matcher.store.tables import Account, Household, Unit, UnitStep


def find_unit(session: Session, code: str = "") -> Unit | None:
    """The union with this code, or the topmost one; None when there is none."""
    wanted = Unit.code == code if code else col(Unit.parent_id).is_(None)
    return session.exec(select(Unit).where(wanted).order_by(col(Unit.id))).first()


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit in the tree. Numbers of families only for those who see cases, None for everybody else."""

    id: int
    code: str
    name: str
    short_name: str
    level: UnitLevel
    is_centre: bool
    division_code: str | None
    path: str
    depth: int
    is_active: bool
    closed_on: date | None
    successor_id: int | None
    version: int
    below: int
    households: int | None


def in_reach(actor: Actor) -> ColumnElement[bool]:
    """The subtree of the actor's unit; nothing for those who have none."""
    return col(Unit.path).startswith(actor.unit_path or "-", autoescape=True)


def list_units(
    session: Session, actor: Actor, *, under: int | None = None, words: str = "", closed: bool = False, limit: int = 500
) -> list[UnitLine]:
    """Units in reach in the order of the tree: the children of one unit, or those whose name or code has `words`."""
    query = select(Unit).where(in_reach(actor))
    if words:
        query = query.where(
            col(Unit.name).contains(words, autoescape=True) | col(Unit.code).contains(words.upper(), autoescape=True)
        )
    elif under is not None:
        query = query.where(Unit.parent_id == under)
    if not closed:
        query = query.where(col(Unit.is_active).is_(True))
    rows = session.exec(query.order_by(col(Unit.code)).limit(limit)).all()
    return _lines(session, actor, rows)


def find_line(session: Session, actor: Actor, unit_id: int) -> UnitLine | None:
    """One unit in reach; None outside it, exactly as for one that does not exist."""
    row = session.exec(select(Unit).where(Unit.id == unit_id, in_reach(actor))).first()
    return _lines(session, actor, [row])[0] if row else None


def line_above(session: Session, actor: Actor, line: UnitLine) -> list[tuple[int, str]]:
    """Ids and names from the actor's own unit down to the one above this."""
    ids = [int(part) for part in line.path.strip("/").split("/")][:-1]
    rows = session.exec(select(Unit).where(col(Unit.id).in_(ids), in_reach(actor)).order_by(func.length(Unit.path)))
    return [(row.id or 0, row.short_name) for row in rows]


def _lines(session: Session, actor: Actor, units: Sequence[Unit]) -> list[UnitLine]:
    ids = [unit.id for unit in units]
    below = dict(
        session.exec(
            select(Unit.parent_id, func.count())
            .where(col(Unit.parent_id).in_(ids), col(Unit.is_active).is_(True))
            .group_by(col(Unit.parent_id))
        ).all()
    )
    sees_cases = may(actor, Action.SEE_NEEDS)
    families = _families(session, actor) if sees_cases else []
    return [
        UnitLine(
            id=unit.id or 0,
            code=unit.code,
            name=unit.name,
            short_name=unit.short_name,
            level=unit.level,
            is_centre=unit.is_centre,
            division_code=unit.division_code,
            path=unit.path,
            depth=unit.path.count("/") - 2,
            is_active=unit.is_active,
            closed_on=unit.closed_on,
            successor_id=unit.successor_id,
            version=unit.version,
            below=below.get(unit.id, 0),
            households=sum(n for path, n in families if path.startswith(unit.path)) if sees_cases else None,
        )
        for unit in units
    ]


def _families(session: Session, actor: Actor) -> list[tuple[str, int]]:
    """Path of a unit in reach and how many families it looks after itself."""
    query = select(Unit.path, func.count()).join(Household, col(Household.unit_id) == Unit.id)
    return list(session.exec(query.where(in_reach(actor)).group_by(col(Unit.path))).all())


@dataclass(frozen=True, slots=True)
class StepLine:
    """One event in a unit's history."""

    at: datetime
    action: UnitAct
    name_before: str | None
    name_after: str | None
    parent_before: str | None
    parent_after: str | None
    successor: str | None
    document: str
    households: int | None
    needs: int | None
    username: str | None


def list_steps(session: Session, actor: Actor, unit_id: int) -> list[StepLine]:
    """What happened to a unit, newest first. Names of units outside the actor's reach are left out."""
    steps = session.exec(select(UnitStep).where(UnitStep.unit_id == unit_id).order_by(col(UnitStep.id).desc())).all()
    ids = {i for s in steps for i in (s.parent_before_id, s.parent_after_id, s.successor_id) if i}
    names = dict(session.exec(select(Unit.id, Unit.name).where(col(Unit.id).in_(ids), in_reach(actor))).all())
    people = dict(
        session.exec(
            select(Account.id, Account.username).where(col(Account.id).in_([s.by_account_id for s in steps]))
        ).all()
    )
    sees_cases = may(actor, Action.SEE_NEEDS)
    return [
        StepLine(
            at=s.at,
            action=s.action,
            name_before=s.name_before,
            name_after=s.name_after,
            parent_before=names.get(s.parent_before_id),
            parent_after=names.get(s.parent_after_id),
            successor=names.get(s.successor_id),
            document=s.document,
            households=s.households if sees_cases else None,
            needs=s.needs if sees_cases else None,
            username=people.get(s.by_account_id),
        )
        for s in steps
    ]


def units_to_choose(session: Session, actor: Actor, *, without: str = "") -> list[tuple[int, str]]:
    """Living units in reach that hold cases, for a list to choose from; a subtree may be left out."""
    query = select(Unit).where(in_reach(actor), col(Unit.is_active).is_(True), Unit.level != UnitLevel.STATION)
    rows = session.exec(query.order_by(func.length(Unit.path), col(Unit.code)))
    return [(row.id or 0, row.name) for row in rows if not (without and row.path.startswith(without))]
