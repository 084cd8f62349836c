"""One proposal in full: the family's side, the offer's side, the score, the trail. A fixed number of statements."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from matcher.clock import SHANGHAI
from matcher.domain.access import Actor
from matcher.domain.terms import (
    Category,
    ContactOutcome,
    DonorStatus,
    DonorType,
    FileStatus,
    FundSource,
    HandOverMode,
    HardshipClass,
    NeedStatus,
    PayoutChannel,
    ProposalAction,
    ProposalStatus,
    Role,
    Tier,
)
from matcher.errors import NotFound
from matcher.store.facts import within
from matcher.store.tables import Account, ContactNote, Delivery, Donor, Household, Need, Offer, Proposal, Unit
from matcher.store.tables import ProposalStep as Step


@dataclass(frozen=True, slots=True)
class NeedSide:
    """What the page says of the need. `text` is the screened one."""

    id: int
    title: str
    text: str
    category: Category | None
    tier: Tier
    quantity: int
    unit: str
    promised: int
    urgency: int
    created_on: date
    deadline: date | None
    status: NeedStatus
    self_paid_left: int | None
    division_code: str


@dataclass(frozen=True, slots=True)
class FamilySide:
    """The household; the head's name is masked by the page until it is revealed."""

    id: int
    case_code: str
    head_name: str
    size: int
    situation: str
    township: str
    division_code: str
    hardship_class: HardshipClass
    file_status: FileStatus
    payout: PayoutChannel | None
    is_real_name: bool | None


@dataclass(frozen=True, slots=True)
class OfferSide:
    id: int
    title: str
    text: str
    quantity: int
    reserved: int
    delivered: int
    unit: str
    regions: list[str]
    eligible_groups: list[str]
    per_case_min: int
    per_case_max: int | None
    valid_from: date | None
    valid_to: date | None
    shelf_life_until: date | None
    hand_over: HandOverMode | None
    fund_source: FundSource
    requires_file: bool
    payout: PayoutChannel | None
    donor_name: str
    donor_type: DonorType
    donor_status: DonorStatus


@dataclass(frozen=True, slots=True)
class ProposalSide:
    id: int
    version: int
    status: ProposalStatus
    quantity: int
    proposed_quantity: int
    unit: str
    is_money: bool
    score: int
    parts: dict[str, int]
    maxima: dict[str, int]
    reasons: list[dict[str, Any]]
    against: dict[str, Any] | None
    alternatives: list[dict[str, Any]]
    decided_by: int | None
    decided_at: datetime | None
    hold_until: date | None
    undo_until: datetime | None
    unit_id: int
    is_stale: bool  # a side was edited after the proposal was made
    unit_name: str
    unit_path: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    at: datetime
    outcome: ContactOutcome
    note: str | None
    by_name: str
    by_role: Role


@dataclass(frozen=True, slots=True)
class StepRow:
    at: datetime
    action: ProposalAction
    to_status: ProposalStatus
    quantity: int
    reason: str | None
    note: str | None
    by_name: str | None  # None: the timetable
    by_role: Role | None


@dataclass(frozen=True, slots=True)
class Helped:
    """Help of this year: handed over, or confirmed and on its way."""

    category: Category | None
    unit: str
    times: int
    quantity: int
    last_on: date


@dataclass(frozen=True, slots=True)
class Other:
    """A next-best offer and why it was not chosen."""

    offer_id: int
    code: str
    title: str
    donor_name: str
    score: int
    why_not: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProposalDetail:
    proposal: ProposalSide
    need: NeedSide
    family: FamilySide
    offer: OfferSide
    notes: list[NoteRow]
    steps: list[StepRow]
    helped: list[Helped]
    others: list[Other]
    waiting_families: int  # of the same union with an open need of this kind, this one left out
    reviewers: list[str]  # names of those who may approve its money
    delivery_id: int | None


_NEED = (
    "id", "title", "text", "category", "tier", "quantity", "unit", "promised", "urgency", "created_on", "deadline",
    "status", "self_paid_left", "division_code",
)  # fmt: skip
_FAMILY = (
    "id", "case_code", "head_name", "size", "situation", "township", "division_code", "hardship_class", "file_status",
    "payout", "is_real_name",
)  # fmt: skip
_OFFER = (
    "id", "title", "text", "quantity", "reserved", "delivered", "unit", "regions", "eligible_groups", "per_case_min",
    "per_case_max", "valid_from", "valid_to", "shelf_life_until", "hand_over", "fund_source", "requires_file",
    "payout",
)  # fmt: skip
_PROPOSAL = (
    "id", "version", "status", "quantity", "proposed_quantity", "unit", "is_money", "score", "parts", "maxima",
    "reasons", "against", "alternatives", "decided_by", "decided_at", "hold_until", "undo_until", "unit_id",
)  # fmt: skip


def get_proposal(session: Session, actor: Actor, proposal_id: int, *, as_of: date) -> ProposalDetail:
    """One proposal within the actor's reach. Raises NotFound."""
    edited = or_(col(Need.version) != col(Proposal.need_version), col(Offer.version) != col(Proposal.offer_version))
    columns = [
        *(getattr(Proposal, name) for name in _PROPOSAL), edited, Unit.name, Unit.path,
        *(getattr(Need, name) for name in _NEED),
        *(getattr(Household, name) for name in _FAMILY),
        *(getattr(Offer, name) for name in _OFFER), Donor.name, Donor.donor_type, Donor.status,
        Delivery.id,
    ]  # fmt: skip
    labelled = [column.label(f"c{place}") for place, column in enumerate(columns)]
    query = (
        select(*labelled)
        .select_from(Proposal)
        .join(Need, col(Need.id) == Proposal.need_id)
        .join(Household, col(Household.id) == Proposal.household_id)
        .join(Offer, col(Offer.id) == Proposal.offer_id)
        .join(Donor, col(Donor.id) == Offer.donor_id)
        .join(Unit, col(Unit.id) == Proposal.unit_id)
        .outerjoin(Delivery, col(Delivery.proposal_id) == Proposal.id)
        .where(col(Proposal.id) == proposal_id, within(col(Unit.path), actor.unit_path or "-"))
        .where(col(Household.erased_at).is_(None))
    )
    row = session.execute(query).first()
    if row is None:
        raise NotFound()
    values = iter(row)
    proposal = ProposalSide(*islice(values, len(_PROPOSAL) + 3))
    need, family = NeedSide(*islice(values, len(_NEED))), FamilySide(*islice(values, len(_FAMILY)))
    offer = OfferSide(*islice(values, len(_OFFER) + 3))
    return ProposalDetail(
        proposal, need, family, offer,
        notes=_notes(session, family.id),
        steps=_steps(session, proposal_id),
        helped=_helped(session, family.id, proposal_id, as_of),
        others=_others(session, proposal.alternatives),
        waiting_families=_waiting(session, need, family.id, proposal.unit_path),
        reviewers=_reviewers(session, proposal.unit_path) if proposal.is_money else [],
        delivery_id=next(values),
    )  # fmt: skip


def _notes(session: Session, household_id: int) -> list[NoteRow]:
    query = (
        select(
            col(ContactNote.at), col(ContactNote.outcome), col(ContactNote.note), col(Account.display_name),
            col(Account.role),
        )
        .join(Account, col(Account.id) == ContactNote.by_account_id)
        .where(col(ContactNote.household_id) == household_id)
        .order_by(col(ContactNote.id).desc())
        .limit(8)
    )  # fmt: skip
    return [NoteRow(*row) for row in session.execute(query)]


def _steps(session: Session, proposal_id: int) -> list[StepRow]:
    query = (
        select(
            col(Step.at), col(Step.action), col(Step.to_status), col(Step.quantity), col(Step.reason), col(Step.note),
            col(Account.display_name), col(Account.role),
        )
        .outerjoin(Account, col(Account.id) == Step.by_account_id)
        .where(col(Step.proposal_id) == proposal_id)
        .order_by(col(Step.id).desc())
        .limit(20)
    )  # fmt: skip
    return [StepRow(*row) for row in session.execute(query)]


def _helped(session: Session, household_id: int, proposal_id: int, as_of: date) -> list[Helped]:
    """By category and unit, newest first; this proposal itself left out."""
    since = datetime.combine(date(as_of.year, 1, 1), time(), SHANGHAI).astimezone(UTC).date()
    last = func.max(func.coalesce(col(Delivery.delivered_on), col(Delivery.confirmed_on)))
    query = (
        select(col(Need.category), col(Delivery.unit), func.count(), func.sum(col(Delivery.quantity)), last)
        .select_from(Delivery)
        .join(Need, col(Need.id) == Delivery.need_id)
        .where(
            col(Delivery.household_id) == household_id,
            col(Delivery.confirmed_on) >= since,
            col(Delivery.proposal_id) != proposal_id,
        )
        .group_by(col(Need.category), col(Delivery.unit))
        .order_by(last.desc())
    )
    return [Helped(a, b, int(c), int(d), _as_date(e)) for a, b, c, d, e in session.execute(query)]


def _as_date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _others(session: Session, alternatives: list[dict[str, Any]]) -> list[Other]:
    ids = [other["offer_id"] for other in alternatives]
    if not ids:
        return []
    query = (
        select(col(Offer.id), col(Offer.code), col(Offer.title), col(Donor.name))
        .join(Donor, col(Donor.id) == Offer.donor_id)
        .where(col(Offer.id).in_(ids))
    )
    names = {id_: (code, title, donor) for id_, code, title, donor in session.execute(query)}
    return [
        Other(other["offer_id"], *names[other["offer_id"]], other["score"], other["why_not"])
        for other in alternatives
        if other["offer_id"] in names
    ]


def _waiting(session: Session, need: NeedSide, household_id: int, unit_path: str) -> int:
    query = (
        select(func.count(func.distinct(col(Need.household_id))))
        .join(Unit, col(Unit.id) == Need.unit_id)
        .where(
            col(Need.status) == NeedStatus.OPEN,
            col(Need.category) == need.category,
            col(Need.household_id) != household_id,
            within(col(Unit.path), unit_path),
        )
    )
    return int(session.execute(query).scalar_one())


def _reviewers(session: Session, unit_path: str) -> list[str]:
    """Second persons of the union that decides, and of those above it; the nearest first."""
    ids = [int(part) for part in unit_path.strip("/").split("/")]
    query = (
        select(col(Account.display_name))
        .join(Unit, col(Unit.id) == Account.unit_id)
        .where(col(Account.role) == Role.REVIEWER, col(Account.is_active).is_(True), col(Unit.id).in_(ids))
        .order_by(func.length(col(Unit.path)).desc(), col(Account.id))
    )
    return list(session.execute(query).scalars())
