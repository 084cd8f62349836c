"""Reading what became of a donor's giving: the donor's own totals, and days from promise to door."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import Session

from matcher.clock import SHANGHAI
from matcher.domain.access import Actor
from matcher.domain.terms import Category, DeliveryStatus, OfferStatus, ProposalStatus
from matcher.store.facts import DONOR, OFFER, PROPOSAL, UNIT, within
from matcher.store.queries.offers import DELIVERY
from matcher.store.tables import Offer


@dataclass(frozen=True, slots=True)
class Given:
    """Totals of one offer within a period. `promised` is the offer itself and has no period; `confirmed` is what was
    handed over in the period or was promised and waiting at its end, so it is never less than `delivered`."""

    offer_id: int
    title: str
    category: Category | None
    unit: str
    promised: int
    confirmed: int
    delivered: int
    unit_value_fen: int | None
    regions: tuple[str, ...]


def given_by(session: Session, donor_id: int, *, start: datetime | None, end: datetime) -> tuple[Given, ...]:
    """The donor's accepted offers with what was confirmed and handed over in `[start, end)`; one statement.

    Offers registered after the period, and offers taken back before anybody had any of them, are left out.
    """
    handed = (
        select(
            DELIVERY.c.offer_id,
            func.sum(case((_confirmed(start, end), DELIVERY.c.quantity), else_=0)).label("confirmed"),
            func.sum(case((_delivered(start, end), DELIVERY.c.quantity), else_=0)).label("delivered"),
        )
        .join(PROPOSAL, PROPOSAL.c.id == DELIVERY.c.proposal_id)
        .where(PROPOSAL.c.status.in_((ProposalStatus.CONFIRMED, ProposalStatus.DELIVERED)))
        .group_by(DELIVERY.c.offer_id)
        .subquery()
    )
    query = (
        select(Offer, func.coalesce(handed.c.confirmed, 0), func.coalesce(handed.c.delivered, 0))
        .outerjoin(handed, handed.c.offer_id == OFFER.c.id)
        .where(
            OFFER.c.donor_id == donor_id,
            OFFER.c.created_at < end,
            or_(OFFER.c.status.in_((OfferStatus.OPEN, OfferStatus.CLOSED)), OFFER.c.reserved > 0),
        )
        .order_by(OFFER.c.category, OFFER.c.id)
    )
    return tuple(
        Given(
            offer.id or 0,
            offer.title,
            offer.category,
            offer.unit,
            offer.quantity,
            int(confirmed),
            int(delivered),
            offer.unit_value_fen,
            tuple(offer.regions),
        )
        for offer, confirmed, delivered in session.execute(query)
    )


def days_to_door(session: Session, donor_id: int, *, start: datetime | None, end: datetime) -> tuple[int, int]:
    """Days from confirming to handing over, summed, and the number of deliveries they belong to."""
    query = (
        select(DELIVERY.c.confirmed_on, DELIVERY.c.delivered_on)
        .join(OFFER, OFFER.c.id == DELIVERY.c.offer_id)
        .where(OFFER.c.donor_id == donor_id, _delivered(start, end))
    )
    days = [(given - promised).days for promised, given in session.execute(query) if given is not None]
    return sum(days), len(days)


def donors_with_offers(session: Session, actor: Actor) -> tuple[tuple[int, str], ...]:
    """Donors in the reach of union staff that have given something, by name."""
    query = (
        select(DONOR.c.id, DONOR.c.name)
        .join(UNIT, UNIT.c.id == DONOR.c.unit_id)
        .join(OFFER, OFFER.c.donor_id == DONOR.c.id)
        .where(within(UNIT.c.path, actor.unit_path or "none"), OFFER.c.reserved > 0)
        .distinct()
        .order_by(DONOR.c.name)
    )
    return tuple((donor_id or 0, name) for donor_id, name in session.execute(query))


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _confirmed(start: datetime | None, end: datetime) -> ColumnElement[bool]:
    """On the books within the period: handed over in it, or promised and still waiting at its end."""
    given = DELIVERY.c.delivered_on
    promised = DELIVERY.c.confirmed_on < _day(end)
    return and_(promised, or_(given.is_(None), given >= _day(start))) if start else promised


def _delivered(start: datetime | None, end: datetime) -> ColumnElement[bool]:
    on = DELIVERY.c.delivered_on
    handed = DELIVERY.c.status == DeliveryStatus.DELIVERED
    return and_(handed, on < _day(end), *([on >= _day(start)] if start else []))
