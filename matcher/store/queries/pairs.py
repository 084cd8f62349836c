"""What a question about one need and one offer looks up: offers that can be asked about, who takes an offer, what a
need is given instead, how scarce an offer was. Other families appear as class, urgency and count within one's reach."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session, SQLModel

from matcher.domain.access import Actor
from matcher.domain.kinds import answers
from matcher.domain.lifecycle import HOLDING, OPEN
from matcher.domain.terms import Category, HardshipClass, OfferStatus, ProposalStatus, RunStatus
from matcher.store.facts import DONOR, HOUSEHOLD, NEED, OFFER, PROPOSAL, UNIT, USABLE, near, within

RUN = SQLModel.metadata.tables["match_run"]
MOST_CHOICES = 60
_TAKING = OPEN | HOLDING


@dataclass(frozen=True, slots=True)
class AskedOffer:
    """An offer one may ask about."""

    id: int
    code: str
    title: str
    donor_name: str
    category: Category | None
    left: int
    unit: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Taker:
    """A need that an offer is proposed or promised to. Class and urgency are known within one's reach only."""

    quantity: int
    is_waiting: bool  # proposed, not decided yet: holds no stock
    is_here: bool
    hardship_class: HardshipClass
    urgency: int


@dataclass(frozen=True, slots=True)
class Instead:
    """What a need is proposed or promised."""

    offer_id: int
    title: str
    quantity: int
    unit: str
    score: int
    status: ProposalStatus
    alternatives: list[dict[str, Any]]


def offers_to_ask(session: Session, actor: Actor, category: Category | None) -> tuple[AskedOffer, ...]:
    """Offers near the actor's union that may answer a category (all when it is not known), at most sixty, by title."""
    wanted: list[ColumnElement[bool]] = [near(actor.unit_path or "-"), OFFER.c.status.in_(USABLE)]
    if category is not None:
        wanted.append(OFFER.c.category.in_(answers(category)))
    query = _asked().where(*wanted).order_by(OFFER.c.title, OFFER.c.id).limit(MOST_CHOICES)
    return tuple(AskedOffer(*row) for row in session.execute(query))


def find_asked_offer(session: Session, unit_path: str, code: str) -> AskedOffer | None:
    """The offer of this number near a union, in any state but a draft."""
    mine = and_(near(unit_path), OFFER.c.status != OfferStatus.DRAFT, func.upper(OFFER.c.code) == code.strip().upper())
    row = session.execute(_asked().where(mine)).first()
    return AskedOffer(*row) if row else None


def _asked() -> Any:
    o = OFFER.c
    columns = (o.id, o.code, o.title, DONOR.c.name, o.category, o.quantity - o.reserved, o.unit, o.created_at)
    joined = OFFER.join(DONOR, DONOR.c.id == o.donor_id).join(UNIT, UNIT.c.id == o.unit_id)
    return select(*columns).select_from(joined)


def takers_of(session: Session, offer_id: int, unit_path: str, *, without_need: int) -> tuple[Taker, ...]:
    """Who else an offer is proposed or promised to."""
    p = PROPOSAL.c
    query = (
        select(p.quantity, p.status, within(UNIT.c.path, unit_path), HOUSEHOLD.c.hardship_class, NEED.c.urgency)
        .join(NEED, NEED.c.id == p.need_id)
        .join(HOUSEHOLD, HOUSEHOLD.c.id == p.household_id)
        .join(UNIT, UNIT.c.id == NEED.c.unit_id)
        .where(p.offer_id == offer_id, p.need_id != without_need, p.status.in_(_TAKING))
        .order_by(p.id)
    )
    return tuple(
        Taker(quantity, status in OPEN, True, kind, urgency)
        if is_here
        else Taker(quantity, status in OPEN, False, HardshipClass.NONE, 0)
        for quantity, status, is_here, kind, urgency in session.execute(query)
    )


def given_to(session: Session, need_id: int) -> tuple[Instead, ...]:
    """What a need is proposed or promised at present."""
    p = PROPOSAL.c
    query = (
        select(p.offer_id, OFFER.c.title, p.quantity, p.unit, p.score, p.status, p.alternatives)
        .join(OFFER, OFFER.c.id == p.offer_id)
        .where(p.need_id == need_id, p.status.in_(_TAKING))
        .order_by(p.id)
    )
    return tuple(Instead(*row) for row in session.execute(query))


def was_declined(session: Session, need_id: int, offer_id: int, reasons: tuple[str, ...]) -> str | None:
    """The lasting reason for which this very pair was declined, as long as neither side was edited since."""
    p = PROPOSAL.c
    query = (
        select(p.decline_reason)
        .join(NEED, NEED.c.id == p.need_id)
        .join(OFFER, OFFER.c.id == p.offer_id)
        .where(
            p.need_id == need_id,
            p.offer_id == offer_id,
            p.status.in_((ProposalStatus.DECLINED, ProposalStatus.WITHDRAWN)),
            p.decline_reason.in_(reasons),
            p.need_version == NEED.c.version,
            p.offer_version == OFFER.c.version,
        )
        .order_by(p.id.desc())
        .limit(1)
    )
    return session.execute(query).scalar()


def last_prices(session: Session, unit_path: str) -> tuple[datetime, dict[str, dict[str, float]]] | None:
    """When the latest finished run over a union began, and its prices by offer (none where some was left)."""
    ids = [int(part) for part in unit_path.strip("/").split("/")]
    query = (
        select(RUN.c.created_at, RUN.c.report)
        .where(RUN.c.unit_id.in_(ids), RUN.c.status == RunStatus.DONE)
        .order_by(RUN.c.id.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return (row.created_at, dict((row.report or {}).get("prices", {}))) if row else None
