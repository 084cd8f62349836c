"""What a match run needs besides facts: heads of needs and offers, and the proposals nobody has decided yet."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Table, select
from sqlmodel import Session, SQLModel

import matcher.store.tables  # noqa: F401  fills the metadata
from matcher.domain.lifecycle import OPEN
from matcher.domain.terms import NeedStatus, ProposalStatus
from matcher.store.facts import NEED, OFFER, PROPOSAL, UNIT, within

UNMET: Table = SQLModel.metadata.tables["unmet_need"]


@dataclass(frozen=True, slots=True)
class NeedHead:
    """What a proposal takes over from its need, and what it is checked against when it is written."""

    household_id: int
    unit_id: int
    version: int
    left: int
    unit: str
    urgency: int
    deadline: date | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class OfferHead:
    version: int
    left: int
    unit: str
    status: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal nobody has decided yet."""

    id: int
    need_id: int
    offer_id: int
    quantity: int
    need_version: int
    offer_version: int
    status: ProposalStatus


def need_heads(session: Session, unit_path: str) -> dict[int, NeedHead]:
    n = NEED.c
    query = select(
        n.id, n.household_id, n.unit_id, n.version, n.quantity, n.promised, n.unit, n.urgency, n.deadline, n.status
    )
    rows = session.execute(query.join(UNIT, UNIT.c.id == n.unit_id).where(within(UNIT.c.path, unit_path)))
    return {
        r.id: NeedHead(
            r.household_id, r.unit_id, r.version, r.quantity - r.promised, r.unit, r.urgency, r.deadline,
            r.status == NeedStatus.OPEN,
        )
        for r in rows
    }  # fmt: skip


def offer_heads(session: Session) -> dict[int, OfferHead]:
    o = OFFER.c
    rows = session.execute(select(o.id, o.version, o.quantity, o.reserved, o.unit, o.status))
    return {r.id: OfferHead(r.version, r.quantity - r.reserved, r.unit, r.status) for r in rows}


def waiting_proposals(session: Session, unit_path: str) -> list[Waiting]:
    """Proposals without a decision for needs of a unit's subtree, ordered by id."""
    p = PROPOSAL.c
    query = (
        select(p.id, p.need_id, p.offer_id, p.quantity, p.need_version, p.offer_version, p.status)
        .join(NEED, NEED.c.id == p.need_id)
        .join(UNIT, UNIT.c.id == NEED.c.unit_id)
        .where(p.status.in_(OPEN), within(UNIT.c.path, unit_path))
        .order_by(p.id)
    )
    return [Waiting(*row) for row in session.execute(query)]
