"""Reading proposals for deciding: the queue in its order, one page of it, last steps, what is due.

Queues are read in two strokes: first the order of everything (ids and the few codes filters need), then the
rows of one page with names and words. Nothing here is read once per row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session, col

from matcher.domain.access import Actor
from matcher.domain.lifecycle import OPEN
from matcher.domain.terms import Category, HardshipClass, NeedStatus, ProposalAction, ProposalStatus, Role, Tier
from matcher.store.facts import within
from matcher.store.tables import Account, Donor, Household, Need, Offer, Proposal, ProposalStep, Unit

SERVICES = frozenset(
    {
        Category.JOB, Category.TRN, Category.LAW, Category.ARR, Category.TRV, Category.PSY, Category.MUT,
        Category.CAR, Category.STA, Category.CUL, Category.HEA, Category.POL,
    }
)  # fmt: skip
DECISIONS = (
    ProposalAction.CONFIRM,
    ProposalAction.ADJUST,
    ProposalAction.DECLINE,
    ProposalAction.HAND_OVER,
    ProposalAction.APPROVE,
    ProposalAction.RETURN,
)


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """One proposal in the order of the queue, with what filters ask for."""

    id: int
    urgency: int
    deadline: date | None
    category: Category | None
    is_money: bool
    offer_id: int

    @property
    def kind(self) -> str:
        """money, service or goods (资金、服务、物资)."""
        if self.is_money:
            return "money"
        return "service" if self.category in SERVICES else "goods"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One card of the queue. The head's name is masked by the page."""

    id: int
    version: int
    status: ProposalStatus
    quantity: int
    unit: str
    is_money: bool
    reasons: list[dict[str, Any]]
    hold_until: date | None
    decided_by: int | None
    decided_at: datetime | None
    need_title: str
    urgency: int
    deadline: date | None
    created_on: date
    tier: Tier
    case_code: str
    head_name: str
    size: int
    hardship_class: HardshipClass
    offer_id: int
    item: str
    offer_left: int
    offer_quantity: int
    offer_unit: str
    donor_name: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class LastAct:
    """One's own act that can still be taken back."""

    proposal_id: int
    action: ProposalAction
    case_code: str
    item: str
    quantity: int
    unit: str
    undo_until: datetime


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A union one may hand over to: below one's own, or above it."""

    unit_id: int
    name: str
    is_above: bool


def queue_order(session: Session, actor: Actor, status: frozenset[ProposalStatus] = OPEN) -> list[QueuePlace]:
    """Everything that waits within the actor's reach, most urgent first, then nearest date, then best score.

    Undecided ones show while their need is open; what was handed over shows only at the union it went to.
    """
    query = (
        select(
            col(Proposal.id), col(Need.urgency), col(Need.deadline), col(Need.category), col(Proposal.is_money),
            col(Proposal.offer_id),
        )
        .join(Need, col(Need.id) == Proposal.need_id)
        .join(Unit, col(Unit.id) == Proposal.unit_id)
        .where(within(col(Unit.path), actor.unit_path or "-"), _waiting(actor, status))
        .order_by(
            col(Need.urgency).desc(), col(Need.deadline).is_(None), col(Need.deadline), col(Proposal.score).desc(),
            col(Proposal.id),
        )
    )  # fmt: skip
    return [QueuePlace(*row) for row in session.execute(query)]


def _waiting(actor: Actor, status: frozenset[ProposalStatus]) -> ColumnElement[bool]:
    proposal_status, wanted = col(Proposal.status), []
    if ProposalStatus.PROPOSED in status:
        wanted.append(and_(proposal_status == ProposalStatus.PROPOSED, col(Need.status) == NeedStatus.OPEN))
    if ProposalStatus.HANDED_OVER in status:
        here = col(Proposal.unit_id) == actor.unit_id
        wanted.append(and_(proposal_status == ProposalStatus.HANDED_OVER, here, col(Need.status) == NeedStatus.OPEN))
    wanted.append(proposal_status.in_(status - OPEN))
    return or_(*wanted)


def offer_has_place(session: Session, actor: Actor, offer_id: int) -> bool:
    """Whether any proposal of this offer, in whatever state, lies within the actor's reach."""
    query = select(col(Proposal.id)).join(Unit, col(Unit.id) == Proposal.unit_id)
    query = query.where(col(Proposal.offer_id) == offer_id, within(col(Unit.path), actor.unit_path or "-"))
    return session.execute(query.limit(1)).first() is not None


def queue_rows(session: Session, ids: Sequence[int]) -> list[QueueRow]:
    """The cards of these proposals, in the order given. Whoever calls has found the ids within reach."""
    if not ids:
        return []
    found = {row.id: QueueRow(*row[1:]) for row in session.execute(_cards().where(col(Proposal.id).in_(ids)))}
    return [found[id_] for id_ in ids if id_ in found]


def _cards() -> Select[Any]:
    p, n, h, o = Proposal, Need, Household, Offer
    return (
        select(
            col(h.record_key), col(p.id), col(p.version), col(p.status), col(p.quantity), col(p.unit), col(p.is_money),
            col(p.reasons), col(p.hold_until), col(p.decided_by), col(p.decided_at), col(n.title), col(n.urgency),
            col(n.deadline), col(n.created_on), col(n.tier), col(h.case_code), col(h.head_name), col(h.size),
            col(h.hardship_class),
            col(o.id).label("offer_id"), col(o.title).label("item"), (col(o.quantity) - col(o.reserved)),
            col(o.quantity).label("of"), col(o.unit).label("offer_unit"), col(Donor.name), col(Unit.name).label("unit"),
        )
        .join(n, col(n.id) == p.need_id)
        .join(h, col(h.id) == p.household_id)
        .join(o, col(o.id) == p.offer_id)
        .join(Donor, col(Donor.id) == o.donor_id)
        .join(Unit, col(Unit.id) == p.unit_id)
    )  # fmt: skip


def count_waiting(session: Session, actor: Actor, status: frozenset[ProposalStatus] = OPEN) -> int:
    """How many wait in the actor's queue, for the navigation."""
    query = (
        select(func.count())
        .select_from(Proposal)
        .join(Need, col(Need.id) == Proposal.need_id)
        .join(Unit, col(Unit.id) == Proposal.unit_id)
        .where(within(col(Unit.path), actor.unit_path or "-"), _waiting(actor, status))
    )
    return int(session.execute(query).scalar_one())


def count_done(session: Session, actor: Actor, *, since: datetime) -> int:
    """Proposals this person decided since a moment and did not take back."""
    kinds = select(col(ProposalStep.action), func.count()).where(
        col(ProposalStep.by_account_id) == actor.account_id,
        col(ProposalStep.at) >= since,
        col(ProposalStep.action).in_((*DECISIONS, ProposalAction.UNDO)),
    )
    counts = {act: int(count) for act, count in session.execute(kinds.group_by(col(ProposalStep.action)))}
    return max(0, sum(counts.values()) - 2 * counts.get(ProposalAction.UNDO, 0))


def last_acts(session: Session, actor: Actor, *, now: datetime, limit: int = 3) -> list[LastAct]:
    """Acts this person can still take back, newest first."""
    newest = (
        select(func.max(col(ProposalStep.id)))
        .where(col(ProposalStep.proposal_id) == Proposal.id)
        .correlate(Proposal)
        .scalar_subquery()
    )
    query = (
        select(
            col(Proposal.id), col(ProposalStep.action), col(Household.case_code), col(Offer.title),
            col(ProposalStep.quantity), col(Proposal.unit), col(Proposal.undo_until),
        )
        .join(ProposalStep, col(ProposalStep.id) == newest)
        .join(Household, col(Household.id) == Proposal.household_id)
        .join(Offer, col(Offer.id) == Proposal.offer_id)
        .where(col(ProposalStep.by_account_id) == actor.account_id, col(Proposal.undo_until) >= now)
        .order_by(col(ProposalStep.id).desc())
        .limit(limit)
    )  # fmt: skip
    return [LastAct(*row) for row in session.execute(query)]


def last_steps(session: Session, proposal_id: int, *, count: int) -> list[ProposalStep]:
    """The newest steps of a proposal, newest first."""
    query = select(ProposalStep).where(col(ProposalStep.proposal_id) == proposal_id)
    return list(session.execute(query.order_by(col(ProposalStep.id).desc()).limit(count)).scalars())


def hand_over_units(session: Session, actor: Actor, current_id: int) -> list[UnitChoice]:
    """Unions below the actor's and above it where somebody can decide (an active 经办人), nearest first.

    The union that has the proposal now is left out.
    """
    mine = actor.unit_path or "-"
    above = ["/" + "/".join(mine.strip("/").split("/")[:n]) + "/" for n in range(1, mine.strip("/").count("/") + 1)]
    can_decide = (
        select(col(Account.id))
        .where(col(Account.unit_id) == Unit.id, col(Account.role) == Role.CASEWORKER, col(Account.is_active).is_(True))
        .exists()
    )
    query = (
        select(col(Unit.id), col(Unit.name), col(Unit.path))
        .where(or_(within(col(Unit.path), mine), col(Unit.path).in_(above)))
        .where(col(Unit.id) != current_id, col(Unit.is_active).is_(True), can_decide)
        .order_by(func.length(col(Unit.path)), col(Unit.id))
    )
    return [UnitChoice(id_, name, path in above) for id_, name, path in session.execute(query)]


def due_holds(session: Session, *, on: date) -> list[int]:
    """Held proposals whose day has come."""
    query = select(col(Proposal.id)).where(col(Proposal.status) == ProposalStatus.HELD, col(Proposal.hold_until) <= on)
    return list(session.execute(query.order_by(col(Proposal.id))).scalars())


def overdue_proposals(session: Session, *, on: date, oldest: datetime) -> list[tuple[int, str]]:
    """Undecided and held proposals that can no longer be, each with its reason: deadline, offer_ended,
    need_closed or too_old. Held ones do not age."""
    late = col(Need.deadline) < on
    ended = col(Offer.valid_to) < on
    undecided = col(Proposal.status).in_(OPEN)
    closed = and_(undecided, col(Need.status) != NeedStatus.OPEN)
    old = and_(undecided, col(Proposal.created_at) < oldest, col(Proposal.updated_at) < oldest)
    query = (
        select(col(Proposal.id), late, ended, closed)
        .join(Need, col(Need.id) == Proposal.need_id)
        .join(Offer, col(Offer.id) == Proposal.offer_id)
        .where(col(Proposal.status).in_(OPEN | {ProposalStatus.HELD}), or_(late, ended, closed, old))
        .order_by(col(Proposal.id))
    )
    names = ("deadline", "offer_ended", "need_closed")
    return [
        (id_, next((name for name, holds in zip(names, why, strict=True) if holds), "too_old"))
        for id_, *why in session.execute(query)
    ]
