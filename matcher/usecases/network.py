"""The union network: open, rename, move, merge and close units. Nothing is deleted, everything leaves a step.

A unit that closes hands what it answers for to a successor: its families, their needs, what is proposed and handed
out, offers, donors, referrals and the units below it. Its accounts stop; the security administrator decides who
goes on elsewhere. Its own row, code and history stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import col, func, select

from matcher.clock import business_date
from matcher.domain import network
from matcher.domain.access import Action, Actor, Reach, may, within
from matcher.domain.network import Place
from matcher.domain.network_terms import ReferralStatus, UnitAct
from matcher.domain.terms import UnitLevel
from matcher.errors import Conflict, FieldProblem, InvalidFields, NotFound, NotPermitted
from matcher.store.tables import (
    Account,
    ContactAssignment,
    Delivery,
    Division,
    Donor,
    Household,
    Need,
    Offer,
    Proposal,
    Referral,
    SignIn,
    Unit,
    UnitStep,
)
from matcher.store.unit_of_work import UnitOfWork

CASES = (Household, Need, Proposal, Delivery, Offer, Donor)
UNDER_WAY = (ReferralStatus.SENT, ReferralStatus.ACCEPTED, ReferralStatus.CONTACTED, ReferralStatus.PROPOSED)


@dataclass(frozen=True, slots=True)
class NewUnit:
    """What is told about a unit that opens."""

    code: str
    name: str
    short_name: str
    level: UnitLevel
    division_code: str = ""
    is_centre: bool = False
    document: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """What went to a successor."""

    successor_id: int
    households: int
    needs: int
    units: int
    accounts: int


def open_unit(told: NewUnit, *, parent_id: int, by: Actor, uow: UnitOfWork, now: datetime) -> int:
    """Open a unit under another one in the actor's reach; returns its id.

    Raises NotFound, NotPermitted or InvalidFields.
    """
    with uow:
        parent = _editable(uow, parent_id, by)
        code = told.code.strip().upper()
        problems = _word_problems(told.name, told.short_name, told.document)
        if not network.UNIT_CODE.fullmatch(code):
            problems.append(FieldProblem("code", "unit_code_form"))
        elif uow.session.exec(select(Unit.id).where(Unit.code == code)).first() is not None:
            problems.append(FieldProblem("code", "unit_code_taken"))
        if not network.may_stand_under(told.level, parent.level):
            problems.append(FieldProblem("level", "level_not_under"))
        if not parent.is_active:
            problems.append(FieldProblem("parent", "unit_is_closed"))
        division = told.division_code.strip()
        if division and uow.session.get(Division, division) is None:
            problems.append(FieldProblem("division_code", "place_unknown"))
        if problems:
            raise InvalidFields(problems)
        unit = uow.add(
            Unit(
                code=code,
                name=told.name.strip(),
                short_name=told.short_name.strip(),
                level=told.level,
                parent_id=parent.id,
                path="/",
                division_code=division or parent.division_code,
                is_centre=told.is_centre and told.level is UnitLevel.STATION,
                created_at=now,
                updated_at=now,
            )
        )
        unit.path = f"{parent.path}{unit.id}/"
        if len(unit.path) > network.LONGEST_PATH:
            raise InvalidFields([FieldProblem("parent", "path_too_long")])
        _step(uow, unit, UnitAct.OPEN, by, now, name_after=unit.name, parent_after_id=parent.id, document=told.document)
        uow.commit()
        return unit.id or 0


def rename_unit(
    unit_id: int,
    name: str,
    short_name: str,
    *,
    document: str = "",
    seen_version: int,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """Give a unit another name; the old one stays in its history. Raises InvalidFields, NotFound, StaleVersion."""
    with uow:
        unit = _editable(uow, unit_id, by)
        problems = _word_problems(name, short_name, document)
        if problems:
            raise InvalidFields(problems)
        before, unit.name, unit.short_name = unit.name, name.strip(), short_name.strip()
        uow.touch(unit, seen_version=seen_version, at=now)
        _step(uow, unit, UnitAct.RENAME, by, now, name_before=before, name_after=unit.name, document=document)
        uow.commit()


def move_unit(
    unit_id: int,
    parent_id: int | None,
    *,
    document: str = "",
    seen_version: int,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """Put a unit with all below it under another one. Whoever sat above no longer sees it, from now on.

    Raises InvalidFields beside `parent`, NotFound, NotPermitted or StaleVersion.
    """
    with uow:
        unit = _editable(uow, unit_id, by)
        parent = _chosen(uow, parent_id, by, "parent")
        problem = network.move_problem(_place(unit), _place(parent))
        if problem or unit.parent_id is None:
            raise InvalidFields([FieldProblem("parent", problem or "top_stays")])
        before = unit.parent_id
        _put_under(uow, unit, parent, now)
        uow.touch(unit, seen_version=seen_version, at=now)
        _step(uow, unit, UnitAct.MOVE, by, now, parent_before_id=before, parent_after_id=parent.id, document=document)
        uow.commit()


def close_unit(
    unit_id: int,
    successor_id: int | None,
    *,
    document: str = "",
    seen_version: int,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> Handed:
    """Close a unit; a successor takes over everything it answers for. Raises InvalidFields beside `successor`."""
    with uow:
        unit = _editable(uow, unit_id, by)
        successor = _chosen(uow, successor_id, by, "successor")
        uow.touch(unit, seen_version=seen_version, at=now)
        handed = _hand_over(uow, unit, successor, UnitAct.CLOSE, document, by, now)
        uow.commit()
        return handed


def merge_units(
    unit_ids: Sequence[int], into_id: int | None, *, document: str = "", by: Actor, uow: UnitOfWork, now: datetime
) -> list[Handed]:
    """Merge units into another one, all or none. Raises InvalidFields beside `successor`, NotFound, NotPermitted."""
    with uow:
        into = _chosen(uow, into_id, by, "successor")
        handed = []
        for unit_id in sorted(set(unit_ids)):
            unit = _editable(uow, unit_id, by)
            uow.touch(unit, seen_version=None, at=now)
            handed.append(_hand_over(uow, unit, into, UnitAct.MERGE, document, by, now))
        if not handed:
            raise InvalidFields([FieldProblem("units", "required")])
        uow.commit()
        return handed


def _hand_over(
    uow: UnitOfWork, unit: Unit, successor: Unit, act: UnitAct, document: str, by: Actor, now: datetime
) -> Handed:
    problem = network.succession_problem(_place(unit), _place(successor))
    if problem or unit.parent_id is None:
        raise InvalidFields([FieldProblem("successor", problem or "top_stays")])
    if len(document.strip()) > 60:
        raise InvalidFields([FieldProblem("document", "too_long")])
    children = uow.session.exec(
        select(Unit).where(Unit.parent_id == unit.id, col(Unit.is_active).is_(True)).with_for_update()
    ).all()
    for child in children:
        problem = network.move_problem(_place(child), _place(successor))
        if problem:
            raise InvalidFields([FieldProblem("successor", "children_do_not_fit")])
        _put_under(uow, child, successor, now)
        _step(uow, child, UnitAct.MOVE, by, now, parent_before_id=unit.id, parent_after_id=successor.id)
    moved = {table: _give(uow, table, unit, successor) for table in CASES}
    _give_referrals(uow, unit, successor)
    uow.session.execute(
        update(ContactAssignment)
        .where(col(ContactAssignment.unit_id) == unit.id, col(ContactAssignment.ended_at).is_(None))
        .values(unit_id=successor.id)
    )
    accounts = _stop_accounts(uow, unit, by, now)
    unit.is_active, unit.closed_on, unit.successor_id = False, business_date(now), successor.id
    households, needs = moved[Household], moved[Need]
    _step(
        uow, unit, act, by, now, name_before=unit.name, parent_before_id=unit.parent_id, successor_id=successor.id,
        document=document, households=households, needs=needs,
    )  # fmt: skip
    return Handed(successor.id or 0, households, needs, len(children), accounts)


def _give(uow: UnitOfWork, table: Any, unit: Unit, successor: Unit) -> int:
    """Give all rows of a table to the successor; how many."""
    total = uow.session.exec(select(func.count()).select_from(table).where(table.unit_id == unit.id)).one()
    uow.session.execute(update(table).where(table.unit_id == unit.id).values(unit_id=successor.id))
    return int(total)


def _give_referrals(uow: UnitOfWork, unit: Unit, successor: Unit) -> None:
    """Referrals under way follow the cases; one that would then be between a unit and itself is over."""
    rows = uow.session.exec(
        select(Referral).where(
            (col(Referral.from_unit_id) == unit.id) | (col(Referral.to_unit_id) == unit.id),
            col(Referral.status).in_(UNDER_WAY),
        )
    ).all()
    for row in rows:
        other = row.to_unit_id if row.from_unit_id == unit.id else row.from_unit_id
        if other == successor.id:
            row.status, row.due_at, row.escalate_at = ReferralStatus.WITHDRAWN, None, None
        elif row.from_unit_id == unit.id:
            row.from_unit_id = successor.id or 0
        else:
            row.to_unit_id = successor.id or 0


def _stop_accounts(uow: UnitOfWork, unit: Unit, by: Actor, now: datetime) -> int:
    rows = uow.session.exec(select(Account).where(Account.unit_id == unit.id, col(Account.is_active).is_(True))).all()
    if any(row.id == by.account_id for row in rows):
        raise Conflict("own_unit_stays")
    for row in rows:
        row.is_active = False
        uow.session.execute(
            update(SignIn).where(col(SignIn.account_id) == row.id, col(SignIn.ended_at).is_(None)).values(ended_at=now)
        )
        uow.record(by, "account:stop", row, at=now)
    return len(rows)


def _put_under(uow: UnitOfWork, unit: Unit, parent: Unit, now: datetime) -> None:
    old, new = unit.path, f"{parent.path}{unit.id}/"
    rows = uow.session.exec(select(Unit).where(col(Unit.path).startswith(old, autoescape=True)).with_for_update()).all()
    try:
        for row in rows:
            row.path, row.updated_at = network.moved(row.path, old, new), now
    except ValueError:
        raise InvalidFields([FieldProblem("parent", "path_too_long")]) from None
    unit.parent_id = parent.id
    uow.session.flush()


def _step(uow: UnitOfWork, unit: Unit, act: UnitAct, by: Actor, now: datetime, **fields: Any) -> None:
    fields["document"] = str(fields.get("document", "")).strip()
    uow.add(UnitStep(unit_id=unit.id or 0, action=act, by_account_id=by.account_id, at=now, **fields))
    told = {
        "parent": fields.get("parent_after_id"),
        "successor": fields.get("successor_id"),
        "households": fields.get("households"),
        "needs": fields.get("needs"),
    }
    uow.record(by, f"unit:{act.value}", unit, at=now, **{name: value for name, value in told.items() if value})


def _word_problems(name: str, short_name: str, document: str) -> list[FieldProblem]:
    problems = []
    for field, value, most in (("name", name, 80), ("short_name", short_name, 24), ("document", document, 60)):
        value = value.strip()
        if len(value) > most:
            problems.append(FieldProblem(field, "too_long"))
        elif field != "document" and len(value) < network.LEAST_WORD:
            problems.append(FieldProblem(field, "too_short", {"least": network.LEAST_WORD}))
    return problems


def _editable(uow: UnitOfWork, unit_id: int, by: Actor) -> Unit:
    """The unit, locked. Raises NotFound outside one's reach, NotPermitted for those who only look."""
    unit = uow.get(Unit, unit_id, lock=True)
    reach = Reach(unit_path=unit.path)
    if not within(by, reach):
        raise NotFound()
    if not may(by, Action.EDIT_NETWORK, reach):
        raise NotPermitted()
    if not unit.is_active:
        raise Conflict("unit_is_closed")
    return unit


def _chosen(uow: UnitOfWork, unit_id: int | None, by: Actor, field: str) -> Unit:
    """A unit chosen in a form: one in reach, else a problem beside the field."""
    unit = uow.session.get(Unit, unit_id) if unit_id is not None else None
    if unit is None or not within(by, Reach(unit_path=unit.path)):
        raise InvalidFields([FieldProblem(field, "choose_unit")])
    return unit


def _place(unit: Unit) -> Place:
    return Place(unit.id or 0, unit.path, unit.level, unit.is_active)
