"""Contact persons (帮扶联系人): every family on file has exactly one, and a hand-over loses nothing (R21, R22)."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from matcher.domain.access import Action, Actor, Reach
from matcher.domain.file_life import takes_contact
from matcher.domain.network_terms import ContactEnd
from matcher.domain.terms import FileStatus, Role
from matcher.errors import Conflict, FieldProblem, InvalidFields, NotFound
from matcher.store.tables import Account, ContactAssignment, HardshipFile, Household, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.casework import screened_note
from matcher.usecases.family_names import names_of
from matcher.usecases.guard import reach_of_family, require

LOOKING_AFTER = frozenset({Role.CONTACT, Role.CASEWORKER})


@dataclass(frozen=True, slots=True)
class Handed:
    """How many families went from one contact person to another."""

    families: int


def assign_contact(
    household_id: int,
    account_id: int | None,
    *,
    reason: ContactEnd | None = None,
    note: str = "",
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> None:
    """Give a family its contact person. Whoever it was until now ends with a reason; the row stays.

    Raises InvalidFields beside `account` or `reason`, Conflict for a family neither on file nor on the way to
    it, NotFound or NotPermitted.
    """
    with uow:
        household = uow.get(Household, household_id, lock=True)
        home = uow.get(Unit, household.unit_id)
        require(by, Action.ASSIGN_CONTACTS, reach_of_family(household, home))
        file = uow.session.exec(select(HardshipFile).where(HardshipFile.household_id == household_id)).first()
        if not takes_contact(household.file_status, file.state if file else None):
            raise Conflict("not_on_file")
        chosen = _fit(uow, account_id, home)
        before = open_assignment(uow, household_id)
        if before is not None and before.account_id == chosen.id:
            raise InvalidFields([FieldProblem("account", "same_contact")])
        if before is not None and reason is None:
            raise InvalidFields([FieldProblem("reason", "choose_reason")])
        words = screened_note(note, names=names_of(uow, household)) or ""
        _give(uow, household, before, chosen, reason, words, by, now)
        uow.commit()


def hand_over_all(
    account_id: int, to_id: int | None, reason: ContactEnd | None, *, by: Actor, uow: UnitOfWork, now: datetime
) -> Handed:
    """Hand all families of one person within the actor's reach to another, all or none.

    Raises InvalidFields beside `account` (also when the other cannot see one of the families) or `reason`.
    """
    with uow:
        rows = uow.session.exec(
            select(ContactAssignment, Household, Unit)
            .join(Household, col(Household.id) == ContactAssignment.household_id)
            .join(Unit, col(Unit.id) == Household.unit_id)
            .where(ContactAssignment.account_id == account_id, col(ContactAssignment.ended_at).is_(None))
            .where(col(Unit.path).startswith(by.unit_path or "-", autoescape=True))
            .order_by(col(Household.id))
        ).all()
        if not rows:
            raise NotFound()
        require(by, Action.ASSIGN_CONTACTS, Reach(unit_path=rows[0][2].path))
        if reason is None:
            raise InvalidFields([FieldProblem("reason", "choose_reason")])
        for assignment, household, home in rows:
            chosen = _fit(uow, to_id, home)
            if chosen.id == account_id:
                raise InvalidFields([FieldProblem("account", "same_contact")])
            _give(uow, household, assignment, chosen, reason, "", by, now)
        uow.commit()
        return Handed(len(rows))


def begin_contact(uow: UnitOfWork, household: Household, by: Actor, now: datetime) -> None:
    """Whoever opens a family's file looks after it until somebody else is named; others leave it on the gap list.

    A contact person looks after every family they register, on file or not: they would not see it otherwise.
    """
    if by.role is Role.CONTACT or (by.role in LOOKING_AFTER and household.file_status is FileStatus.ACTIVE):
        _give(uow, household, None, uow.get(Account, by.account_id), None, "", by, now)


def end_contact_out_of_reach(uow: UnitOfWork, household: Household, home: Unit, by: Actor, now: datetime) -> None:
    """A family that moves to another union keeps its contact person only if that person sees it there too.

    Otherwise the assignment ends and the family stands on the new union's list of families without one.
    """
    before = open_assignment(uow, household.id or 0)
    account = uow.get(Account, before.account_id) if before else None
    place = uow.session.get(Unit, account.unit_id) if account and account.unit_id else None
    if before is None or (place is not None and home.path.startswith(place.path)):
        return
    before.ended_at, before.end_reason = now, ContactEnd.HANDED_ON
    household.contact_account_id = None
    uow.record(by, "household:contact", household, at=now, reason=ContactEnd.HANDED_ON.value)


def open_assignment(uow: UnitOfWork, household_id: int) -> ContactAssignment | None:
    query = select(ContactAssignment).where(
        ContactAssignment.household_id == household_id, col(ContactAssignment.ended_at).is_(None)
    )
    return uow.session.exec(query.with_for_update()).first()


def _fit(uow: UnitOfWork, account_id: int | None, home: Unit) -> Account:
    """An active contact person or caseworker who can see the family."""
    account = uow.session.get(Account, account_id) if account_id is not None else None
    place = uow.session.get(Unit, account.unit_id) if account and account.unit_id else None
    if account is None or place is None or not account.is_active or account.role not in LOOKING_AFTER:
        raise InvalidFields([FieldProblem("account", "choose_contact")])
    if not home.path.startswith(place.path):
        raise InvalidFields([FieldProblem("account", "contact_elsewhere")])
    return account


def _give(
    uow: UnitOfWork,
    household: Household,
    before: ContactAssignment | None,
    chosen: Account,
    reason: ContactEnd | None,
    note: str,
    by: Actor,
    now: datetime,
) -> None:
    if before is not None:
        before.ended_at, before.end_reason, before.handed_to_id, before.note = now, reason, chosen.id, note
        uow.session.flush()
    uow.add(
        ContactAssignment(
            household_id=household.id or 0,
            account_id=chosen.id or 0,
            unit_id=household.unit_id,
            began_at=now,
            by_account_id=by.account_id,
        )
    )
    household.contact_account_id = chosen.id
    told = {"account": chosen.id, "reason": reason.value if reason else None}
    uow.record(by, "household:contact", household, at=now, **{k: v for k, v in told.items() if v is not None})
