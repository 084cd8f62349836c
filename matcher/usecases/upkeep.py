"""What must happen in time although nobody presses a button: needs and offers whose day has passed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select, update

from matcher.clock import business_date
from matcher.domain.surnames import surname_key
from matcher.domain.terms import NeedStatus, OfferStatus
from matcher.store.facts import HOUSEHOLD, NEED, OFFER
from matcher.store.tables import Need, Offer
from matcher.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Expired:
    """Ids of what was closed."""

    needs: tuple[int, ...]
    offers: tuple[int, ...]


def expire_needs_and_offers(*, uow: UnitOfWork, now: datetime) -> Expired:
    """Close open needs whose date has passed, and open offers past their window or shelf life (H9).

    What is promised stays promised: a family still gets what was confirmed in time. Safe to run at any time.
    """
    today = business_date(now)
    n, o = NEED.c, OFFER.c
    late = and_(n.status == NeedStatus.OPEN, n.deadline < today)
    over = and_(o.status == OfferStatus.OPEN, or_(o.valid_to < today, o.shelf_life_until < today))
    with uow:
        session = uow.session
        needs = tuple(session.execute(select(n.id).where(late).order_by(n.id).with_for_update()).scalars())
        offers = tuple(session.execute(select(o.id).where(over).order_by(o.id).with_for_update()).scalars())
        session.execute(update(NEED).where(late).values(status=NeedStatus.EXPIRED, updated_at=now))
        session.execute(update(OFFER).where(over).values(status=OfferStatus.CLOSED, updated_at=now))
        for need_id in needs:
            uow.record(None, "need:expire", uow.get(Need, need_id), at=now)
        for offer_id in offers:
            uow.record(None, "offer:close", uow.get(Offer, offer_id), at=now)
        uow.commit()
    return Expired(needs, offers)


def sort_families_by_name(*, uow: UnitOfWork, most: int = 20_000) -> int:
    """Give families that were registered before lists had an order of names their place in it; how many there were.

    Names are sealed, so the database cannot do it by itself. Changes nothing that anybody reads, hence no trail.
    """
    with uow:
        query = select(HOUSEHOLD.c.id, HOUSEHOLD.c.head_name).where(HOUSEHOLD.c.surname_key == "").limit(most)
        found = uow.session.execute(query).all()
        for household_id, name in found:
            key = {"surname_key": surname_key(name) or "~"}
            uow.session.execute(update(HOUSEHOLD).where(HOUSEHOLD.c.id == household_id).values(key))
        uow.commit()
    return len(found)
