"""Stock, moved only by conditional updates: whoever comes too late changes nothing and is told what is left.

`reserved` of an offer and `promised` of a need rise and fall together; so do `delivered` and `met`. Versions stay
as they are: reserving is not editing.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, select, update
from sqlmodel import Session

from matcher.domain.terms import NeedStatus, OfferStatus
from matcher.errors import Conflict, OfferExhausted
from matcher.store.facts import NEED, OFFER


def take(session: Session, *, need_id: int, offer_id: int, quantity: int) -> None:
    """Reserve `quantity` of the offer and promise it to the need, both counted in the same unit (H8).

    Raises OfferExhausted or Conflict("need_covered"); whoever calls then leaves without commit.
    """
    if quantity < 1:
        raise ValueError(quantity)
    o, n = OFFER.c, NEED.c
    enough = and_(o.id == offer_id, o.status == OfferStatus.OPEN, o.reserved + quantity <= o.quantity)
    if not _changed(session, update(OFFER).where(enough).values(reserved=o.reserved + quantity)):
        left = session.execute(select(o.quantity - o.reserved, o.unit).where(o.id == offer_id)).one()
        raise OfferExhausted(left=int(left[0]), asked=quantity, unit=left[1])
    open_ = and_(n.id == need_id, n.status.in_(_LIVING), n.promised + quantity <= n.quantity)
    if not _changed(session, update(NEED).where(open_).values(promised=n.promised + quantity)):
        raise Conflict("need_covered", asked=quantity)
    _settle_need(session, need_id)


def give_back(session: Session, *, need_id: int, offer_id: int, quantity: int) -> None:
    """Undo `take`: the offer has it again, the need lacks it again."""
    o, n = OFFER.c, NEED.c
    _changed_one(session, update(OFFER).where(o.id == offer_id).values(reserved=o.reserved - quantity))
    _changed_one(session, update(NEED).where(n.id == need_id).values(promised=n.promised - quantity))
    _settle_need(session, need_id)


def hand_out(session: Session, *, need_id: int, offer_id: int, quantity: int) -> None:
    """What was promised reached the family; an offer that is all handed out is closed."""
    o, n = OFFER.c, NEED.c
    _changed_one(session, update(OFFER).where(o.id == offer_id).values(delivered=o.delivered + quantity))
    _changed_one(session, update(NEED).where(n.id == need_id).values(met=n.met + quantity))
    all_out = and_(o.id == offer_id, o.status == OfferStatus.OPEN, o.delivered >= o.quantity)
    session.execute(update(OFFER).where(all_out).values(status=OfferStatus.CLOSED))
    _settle_need(session, need_id)


def take_back(session: Session, *, need_id: int, offer_id: int, quantity: int) -> None:
    """Undo `hand_out`: marked by mistake. An offer closed because all was handed out is open again."""
    o, n = OFFER.c, NEED.c
    again = and_(o.id == offer_id, o.status == OfferStatus.CLOSED, o.delivered >= o.quantity)
    session.execute(update(OFFER).where(again).values(status=OfferStatus.OPEN))
    _changed_one(session, update(OFFER).where(o.id == offer_id).values(delivered=o.delivered - quantity))
    _changed_one(session, update(NEED).where(n.id == need_id).values(met=n.met - quantity))
    _settle_need(session, need_id)


def close_need(session: Session, need_id: int, status: NeedStatus) -> bool:
    """The rest of a need is not wanted or too late. False when it was closed before."""
    return _changed(session, update(NEED).where(NEED.c.id == need_id, NEED.c.status.in_(_LIVING)).values(status=status))


def reopen_need(session: Session, need_id: int, status: NeedStatus) -> None:
    """Undo `close_need` when the need still is in that state."""
    mine = and_(NEED.c.id == need_id, NEED.c.status == status)
    session.execute(update(NEED).where(mine).values(status=NeedStatus.OPEN))
    _settle_need(session, need_id)


_LIVING = (NeedStatus.OPEN, NeedStatus.PROMISED, NeedStatus.MET)


def _settle_need(session: Session, need_id: int) -> None:
    """待对接, 已承诺 or 已发放, by the figures; a need that was withdrawn, refused or expired stays so."""
    n = NEED.c
    by_figures: ColumnElement[Any] = case(
        (n.met >= n.quantity, NeedStatus.MET.value),
        (n.promised >= n.quantity, NeedStatus.PROMISED.value),
        else_=NeedStatus.OPEN.value,
    )
    session.execute(update(NEED).where(n.id == need_id, n.status.in_(_LIVING)).values(status=by_figures))


def _changed(session: Session, statement: Any) -> bool:
    return bool(session.execute(statement).rowcount == 1)  # type: ignore[attr-defined]


def _changed_one(session: Session, statement: Any) -> None:
    if not _changed(session, statement):
        raise Conflict("books_differ")
