"""Sharing out the families nobody looks after yet (结对帮扶全覆盖, R22)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select, update

from matcher.domain.access import Action, Actor, Reach
from matcher.domain.terms import FileStatus
from matcher.errors import FieldProblem, InvalidFields
from matcher.store.tables import Account, ContactAssignment, Household, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.contacts import LOOKING_AFTER
from matcher.usecases.guard import require


@dataclass(frozen=True, slots=True)
class Shared:
    """Families that got a contact person, among how many people, and those whom none of the chosen can see."""

    families: int
    people: int
    left: int


def share_out(account_ids: Sequence[int], *, by: Actor, uow: UnitOfWork, now: datetime) -> Shared:
    """Give every family on file within reach that has no contact person one of the chosen people.

    The nearest unit comes first, then whoever has fewest families, so the load is even. All or none.
    Raises InvalidFields beside `accounts` when nobody was chosen or one of them cannot look after families.
    """
    require(by, Action.ASSIGN_CONTACTS, Reach(unit_path=by.unit_path))
    with uow:
        people = _people(uow, account_ids, by)
        loads = _families_of(uow, [id_ for id_, _path in people])
        given: dict[int, list[int]] = {id_: [] for id_, _path in people}
        left = 0
        for household_id, path, unit_id in _uncovered(uow, by):
            fits = [(-len(place), loads[id_], id_) for id_, place in people if path.startswith(place)]
            if not fits:
                left += 1
                continue
            chosen = min(fits)[2]
            loads[chosen] += 1
            given[chosen].append(household_id)
            uow.session.add(
                ContactAssignment(
                    household_id=household_id, account_id=chosen, unit_id=unit_id, began_at=now,
                    by_account_id=by.account_id,
                )
            )  # fmt: skip
        _write_contacts(uow, given)
        families, helpers = sum(map(len, given.values())), sum(map(bool, given.values()))
        uow.note(by, "household:share_out", "contact_assignment", None, at=now, families=families, people=helpers)
        uow.commit()
        return Shared(families, helpers, left)


def _people(uow: UnitOfWork, account_ids: Sequence[int], by: Actor) -> list[tuple[int, str]]:
    query = (
        select(Account.id, Unit.path)
        .join(Unit, col(Unit.id) == Account.unit_id)
        .where(col(Account.id).in_(account_ids), col(Account.is_active).is_(True))
        .where(col(Account.role).in_(LOOKING_AFTER), col(Unit.path).startswith(by.unit_path or "-", autoescape=True))
    )
    found = [(id_ or 0, path) for id_, path in uow.session.exec(query)]
    if not found or len(found) < len(set(account_ids)):
        raise InvalidFields([FieldProblem("accounts", "choose_contacts")])
    return found


def _families_of(uow: UnitOfWork, account_ids: list[int]) -> Counter[int]:
    query = (
        select(ContactAssignment.account_id, func.count())
        .where(col(ContactAssignment.account_id).in_(account_ids), col(ContactAssignment.ended_at).is_(None))
        .group_by(col(ContactAssignment.account_id))
    )
    return Counter(dict(uow.session.exec(query).all()))


def _uncovered(uow: UnitOfWork, by: Actor) -> list[tuple[int, str, int]]:
    looked_after = select(ContactAssignment.household_id).where(col(ContactAssignment.ended_at).is_(None))
    query = (
        select(Household.id, Unit.path, Household.unit_id)
        .join(Unit, col(Unit.id) == Household.unit_id)
        .where(Household.file_status == FileStatus.ACTIVE, col(Household.id).not_in(looked_after))
        .where(col(Unit.path).startswith(by.unit_path or "-", autoescape=True))
        .order_by(col(Household.id))
    )
    return [(id_ or 0, path, unit_id) for id_, path, unit_id in uow.session.exec(query)]


def _write_contacts(uow: UnitOfWork, given: dict[int, list[int]]) -> None:
    """What the family's own row says, 500 families a statement."""
    uow.session.flush()
    for account_id, families in given.items():
        for start in range(0, len(families), 500):
            some = col(Household.id).in_(families[start : start + 500])
            uow.session.execute(update(Household).where(some).values(contact_account_id=account_id))
