"""Marking what reached the families (发放): date, 经手人, and back again when it was a mistake.

Money is recorded here too, by the caseworker with date and 经手人; payment orders and bank files are not made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from matcher.clock import business_date
from matcher.domain import lifecycle
from matcher.domain.access import Action, Actor, may
from matcher.domain.terms import DeliveryStatus, RevealPurpose
from matcher.domain.terms import ProposalAction as Act
from matcher.errors import FieldProblem, InvalidFields, NotPermitted, NuanliuError, WrongState
from matcher.store import stock
from matcher.store.queries.deliveries import heads_of
from matcher.store.tables import Delivery, Household, Proposal, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.casework import Case, lock_sides, screened_note, take_step
from matcher.usecases.family_names import names_of
from matcher.usecases.guard import reach_of_family, require

LONGEST_HANDLER = 40


@dataclass(frozen=True, slots=True)
class DeliveryCard:
    delivery_id: int
    version: int
    status: DeliveryStatus
    case_code: str
    item: str
    quantity: int
    unit: str


@dataclass(frozen=True, slots=True)
class MarkedTogether:
    """What became of marking several at once: each stands for itself."""

    done: tuple[DeliveryCard, ...]
    failed: tuple[tuple[int, NuanliuError], ...]


def mark_delivered(
    delivery_id: int,
    delivered_on: date | None,
    handler: str,
    *,
    seen_version: int,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> DeliveryCard:
    """Handed over on a day by somebody: the need counts as met, the offer as delivered.

    Raises InvalidFields beside date (not ahead, not before the confirmation) and handler, NotFound, NotPermitted,
    StaleVersion, WrongState when it was marked before.
    """
    with uow:
        row, case = _open(uow, delivery_id, by)
        day, name = _checked(row, delivered_on, handler, business_date(now))
        to = lifecycle.move(case.proposal.status, Act.DELIVER)
        uow.touch(row, seen_version=seen_version, at=now)
        row.status, row.delivered_on, row.handler = DeliveryStatus.DELIVERED, day, name
        row.marked_by, row.marked_at = by.account_id, now
        take_step(uow, case, Act.DELIVER, to=to, by=by, at=now)
        _move(uow, row, handed_out=True)
        uow.commit()
        return _card(row, case)


def unmark_delivered(
    delivery_id: int, reason: str, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime
) -> DeliveryCard:
    """Marked by mistake: back to 未发放, with a word about why in the trail. Raises InvalidFields without one."""
    with uow:
        row, case = _open(uow, delivery_id, by)
        if not reason.strip():
            raise InvalidFields([FieldProblem("reason", "say_why")])
        to = lifecycle.move(case.proposal.status, Act.UNDELIVER)
        uow.touch(row, seen_version=seen_version, at=now)
        row.status, row.delivered_on, row.handler = DeliveryStatus.PENDING, None, None
        row.marked_by = row.marked_at = None
        words = screened_note(reason, names=names_of(uow, case.household))
        _move(uow, row, handed_out=False)
        take_step(uow, case, Act.UNDELIVER, to=to, by=by, at=now, note=words)
        uow.commit()
        return _card(row, case)


def mark_several(
    seen: Sequence[tuple[int, int]],
    delivered_on: date | None,
    handler: str,
    *,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> MarkedTogether:
    """Mark many with one date and one 经手人; `seen` are (delivery id, version). Each is its own transaction.

    Raises InvalidFields when nothing was chosen, or when the date or the 经手人 is missing for all of them.
    """
    if not seen:
        raise InvalidFields([FieldProblem("chosen", "choose_rows")])
    done: list[DeliveryCard] = []
    failed: list[tuple[int, NuanliuError]] = []
    for delivery_id, version in seen:
        try:
            done.append(
                mark_delivered(delivery_id, delivered_on, handler, seen_version=version, by=by, uow=uow, now=now)
            )
        except NuanliuError as error:
            failed.append((delivery_id, error))
    first = next((error for _, error in failed if isinstance(error, InvalidFields)), None)
    if first is not None and not done:
        raise first
    return MarkedTogether(tuple(done), tuple(failed))


def reveal_names(delivery_ids: list[int], *, by: Actor, uow: UnitOfWork, now: datetime) -> dict[int, str]:
    """Full names for the 发放签领表, by delivery id; that each was looked at is written down. Raises NotPermitted."""
    if not may(by, Action.REVEAL_PERSON):
        raise NotPermitted()
    with uow:
        found = heads_of(uow.session, by, delivery_ids)
        for delivery_id, household in found:
            purpose = RevealPurpose.HAND_OVER.value
            uow.record(by, "household:reveal", household, at=now, delivery_id=delivery_id, purpose=purpose)
        uow.commit()
        return {delivery_id: household.head_name for delivery_id, household in found}


def _open(uow: UnitOfWork, delivery_id: int, by: Actor) -> tuple[Delivery, Case]:
    """The row with its case, locked. The proposal is locked first, as everywhere."""
    proposal_id = uow.get(Delivery, delivery_id).proposal_id
    proposal = uow.get(Proposal, proposal_id, lock=True)
    row = uow.get(Delivery, delivery_id, lock=True)
    household = uow.get(Household, row.household_id)
    require(by, Action.RECORD_DELIVERY, reach_of_family(household, uow.get(Unit, row.unit_id)))
    return row, lock_sides(uow, proposal)


def _checked(row: Delivery, day: date | None, handler: str, today: date) -> tuple[date, str]:
    problems: list[FieldProblem] = []
    name = handler.strip()
    if row.status is DeliveryStatus.DELIVERED:
        raise WrongState(state=row.status.value, wanted=Act.DELIVER.value)
    if day is None:
        problems.append(FieldProblem("delivered_on", "choose_date"))
    elif day > today:
        problems.append(FieldProblem("delivered_on", "date_ahead"))
    elif day < row.confirmed_on:
        problems.append(FieldProblem("delivered_on", "date_before_confirmed", {"since": row.confirmed_on.isoformat()}))
    if not name:
        problems.append(FieldProblem("handler", "name_handler"))
    elif len(name) > LONGEST_HANDLER:
        problems.append(FieldProblem("handler", "too_long"))
    if problems or day is None:
        raise InvalidFields(problems)
    return day, name


def _move(uow: UnitOfWork, row: Delivery, *, handed_out: bool) -> None:
    act = stock.hand_out if handed_out else stock.take_back
    act(uow.session, need_id=row.need_id, offer_id=row.offer_id, quantity=row.quantity)


def _card(row: Delivery, case: Case) -> DeliveryCard:
    return DeliveryCard(
        row.id or 0, row.version, row.status, case.household.case_code, case.offer.title, row.quantity, row.unit
    )
