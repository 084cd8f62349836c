"""What a family sees of its own needs: states and quantities, never who decides or why."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, or_, select

from matcher.domain.access import Actor
from matcher.domain.terms import Category, NeedStatus, ProposalStatus
from matcher.store.tables import Household, Need, Proposal


@dataclass(frozen=True, slots=True)
class OwnNeed:
    """One need of one's own. `promised` is certain: confirmed and past the moment of undoing."""

    need_id: int
    title: str
    category: Category | None
    quantity: int
    unit: str
    created_on: date
    deadline: date | None
    status: NeedStatus
    promised: int
    met: int


@dataclass(frozen=True, slots=True)
class OwnFile:
    case_code: str
    needs: tuple[OwnNeed, ...]


def find_own_file(store: Session, actor: Actor, *, at: datetime) -> OwnFile | None:
    """The household of the acting worker with its needs, newest first; None when no file is tied to the account.

    Help that still waits for a second person's approval is not shown: it must not be promised yet.
    """
    household = store.get(Household, actor.household_id) if actor.household_id is not None else None
    if household is None:
        return None
    certain = or_(
        col(Proposal.status) == ProposalStatus.DELIVERED,
        (col(Proposal.status) == ProposalStatus.CONFIRMED)
        & or_(col(Proposal.undo_until).is_(None), col(Proposal.undo_until) <= at),
    )
    sums: dict[int, dict[ProposalStatus, int]] = defaultdict(dict)
    rows = store.exec(
        select(Proposal.need_id, Proposal.status, func.sum(Proposal.quantity))
        .where(Proposal.household_id == household.id, certain)
        .group_by(col(Proposal.need_id), col(Proposal.status))
    )
    for need_id, status, quantity in rows:
        sums[need_id][ProposalStatus(status)] = int(quantity)
    needs = store.exec(
        select(Need).where(Need.household_id == household.id).order_by(col(Need.created_on).desc(), col(Need.id).desc())
    )
    return OwnFile(household.case_code, tuple(_own(need, sums[need.id or 0]) for need in needs))


def _own(need: Need, sums: dict[ProposalStatus, int]) -> OwnNeed:
    met = sums.get(ProposalStatus.DELIVERED, 0)
    return OwnNeed(
        need_id=need.id or 0,
        title=need.title,
        category=need.category,
        quantity=need.quantity,
        unit=need.unit,
        created_on=need.created_on,
        deadline=need.deadline,
        status=need.status,
        promised=met + sums.get(ProposalStatus.CONFIRMED, 0),
        met=met,
    )
