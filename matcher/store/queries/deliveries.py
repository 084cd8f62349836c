"""Reading what is to be handed out and what was (发放签领表)."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from matcher.domain.access import Actor
from matcher.domain.terms import Category, DeliveryStatus, DutyKind, HandOverMode, PayoutChannel, Tier
from matcher.store.queries.reach import of_money
from matcher.store.tables import Delivery, Donor, Household, Need, Offer, Unit

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """What the address bar says. None or empty: everything. Dates are days of confirming, both included."""

    status: DeliveryStatus | None = None
    category: Category | None = None
    township: str = ""
    offer_id: int | None = None
    since: date | None = None
    until: date | None = None
    case_code: str = ""  # part of one


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One row of the list and of the sheet to sign. The page masks the name."""

    id: int
    version: int
    proposal_id: int
    case_code: str
    head_name: str
    township: str
    item: str
    donor_name: str
    quantity: int
    unit: str
    category: Category | None
    status: DeliveryStatus
    confirmed_on: date
    delivered_on: date | None
    handler: str | None
    marked_at: datetime | None
    hand_over: HandOverMode | None
    payout: PayoutChannel | None
    offer_id: int
    unit_name: str
    tier: Tier
    duty: DutyKind


@dataclass(frozen=True, slots=True)
class DeliveryList:
    """One page of the list, how many there are in all, and what can be chosen in the filters.

    `pending` and `delivered` count under the same filters but the status.
    """

    rows: list[DeliveryRow]
    total: int
    pending: int
    delivered: int
    townships: list[str] = field(default_factory=list)
    offers: list[tuple[int, str]] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)


def list_deliveries(
    session: Session, actor: Actor, chosen: DeliveryFilter, *, page: int | None = 1, size: int = PAGE
) -> DeliveryList:
    """Deliveries within the actor's reach, not yet handed out first. `page` None: all."""
    conditions = [of_money(actor), *_conditions(chosen)]
    query = _rows().where(*conditions).order_by(
        col(Delivery.status).desc(), col(Delivery.confirmed_on).desc(), col(Household.township), col(Delivery.id)
    )  # fmt: skip
    if page is not None:
        query = query.limit(size).offset((page - 1) * size)
    rows = [DeliveryRow(*row[1:]) for row in session.execute(query)]
    regardless = [of_money(actor), *_conditions(replace(chosen, status=None))]
    counts = {status: int(count) for status, count in session.execute(_count(regardless))}
    townships, offers, categories = _choices(session, actor)
    pending, delivered = counts.get(DeliveryStatus.PENDING, 0), counts.get(DeliveryStatus.DELIVERED, 0)
    total = counts.get(chosen.status, 0) if chosen.status else pending + delivered
    return DeliveryList(rows, total, pending, delivered, townships, offers, categories)


def find_delivery_of(session: Session, proposal_id: int) -> Delivery | None:
    """The row that a confirmed proposal stands with."""
    return session.execute(select(Delivery).where(col(Delivery.proposal_id) == proposal_id)).scalars().first()


def heads_of(session: Session, actor: Actor, ids: list[int]) -> list[tuple[int, Household]]:
    """The households of these deliveries within reach, for showing their names."""
    query = (
        select(col(Delivery.id), Household)
        .join(Household, col(Household.id) == Delivery.household_id)
        .join(Unit, col(Unit.id) == Delivery.unit_id)
        .where(of_money(actor), col(Delivery.id).in_(ids))
        .order_by(col(Delivery.id))
    )
    return [(id_, household) for id_, household in session.execute(query)]


def _conditions(chosen: DeliveryFilter) -> list[ColumnElement[bool]]:
    pairs: list[tuple[Any, ColumnElement[bool]]] = [
        (chosen.status, col(Delivery.status) == chosen.status),
        (chosen.category, col(Need.category) == chosen.category),
        (chosen.township, col(Household.township) == chosen.township),
        (chosen.offer_id, col(Delivery.offer_id) == chosen.offer_id),
    ]
    if chosen.case_code:
        pairs.append((True, col(Household.case_code).contains(chosen.case_code, autoescape=True)))
    if chosen.since:
        pairs.append((True, col(Delivery.confirmed_on) >= chosen.since))
    if chosen.until:
        pairs.append((True, col(Delivery.confirmed_on) <= chosen.until))
    return [condition for given, condition in pairs if given]


def _joined(query: Any) -> Any:
    return (
        query.join(Household, col(Household.id) == Delivery.household_id)
        .join(Need, col(Need.id) == Delivery.need_id)
        .join(Offer, col(Offer.id) == Delivery.offer_id)
        .join(Donor, col(Donor.id) == Offer.donor_id)
        .join(Unit, col(Unit.id) == Delivery.unit_id)
    )


def _rows() -> Any:
    d, h, o = Delivery, Household, Offer
    return _joined(
        select(
            col(h.record_key), col(d.id), col(d.version), col(d.proposal_id), col(h.case_code), col(h.head_name),
            col(h.township), col(o.title), col(Donor.name), col(d.quantity), col(d.unit), col(Need.category),
            col(d.status), col(d.confirmed_on), col(d.delivered_on), col(d.handler), col(d.marked_at), col(o.hand_over),
            col(h.payout), col(o.id).label("offer"), col(Unit.name).label("unit_name"), col(d.tier), col(d.duty),
        ).select_from(d)
    )  # fmt: skip


def _count(conditions: list[ColumnElement[bool]]) -> Any:
    counted = _joined(select(col(Delivery.status), func.count()).select_from(Delivery))
    return counted.where(*conditions).group_by(col(Delivery.status))


def _choices(session: Session, actor: Actor) -> tuple[list[str], list[tuple[int, str]], list[Category]]:
    """Townships, offers and categories that occur, for the filters: one statement."""
    query = _joined(
        select(col(Household.township), col(Offer.id), col(Offer.title), col(Need.category)).select_from(Delivery)
    )
    found = session.execute(query.where(of_money(actor)).distinct()).all()
    townships = sorted({township for township, *_ in found if township})
    offers = sorted({(offer_id, title) for _, offer_id, title, _ in found}, key=lambda pair: (pair[1], pair[0]))
    return townships, offers, sorted({category for *_, category in found if category})
