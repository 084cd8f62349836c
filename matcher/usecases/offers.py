"""Offers: registering, changing, accepting, returning, closing and taking back what donors give (R23, R43).

Whoever registers, an offer waits as 待审核 until union staff accept it (H12); unknown never means yes. Changing
conditions raises the version, so that proposals made from the old ones cannot be confirmed. What families were
promised is never touched: taking an offer back ends only what nobody has promised yet.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from matcher.domain.access import DONOR_ROLES, Action, Actor
from matcher.domain.terms import DonorStatus, OfferReturnReason, OfferStatus, OfferWithdrawReason
from matcher.errors import WrongState
from matcher.store.tables import Offer
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.offer_input import OfferInput, columns_of
from matcher.usecases.offer_steps import (
    check,
    donor_named,
    end_undecided,
    excluded_households,
    id_of,
    lock_undecided,
    locked,
    reach_of,
    require,
    require_state,
    tell_donor,
    tell_union,
    vet_donor_of,
)

EDITABLE = frozenset({OfferStatus.DRAFT, OfferStatus.PENDING, OfferStatus.OPEN})


@dataclass(frozen=True, slots=True)
class OfferCard:
    """An offer after an act: what a door needs to say so."""

    id: int
    code: str
    title: str
    status: OfferStatus
    version: int
    quantity: int
    unit: str
    reserved: int
    delivered: int
    ended_proposals: int = 0  # proposals nobody had decided, ended by this act


def register_offer(
    offer: OfferInput, *, donor_id: int | None = None, by: Actor, uow: UnitOfWork, now: datetime
) -> OfferCard:
    """Write down what somebody wants to give; it waits for the union's look.

    `donor_id` is for union staff who write for a donor in their reach; a donor writes for itself.
    Raises InvalidFields, NotFound (a donor out of reach) or NotPermitted.
    """
    with uow:
        donor = donor_named(uow, donor_id if by.donor_id is None else by.donor_id)
        require(by, Action.EDIT_OFFERS, reach_of(uow, donor.unit_id, donor.id))
        if donor.status is DonorStatus.SUSPENDED:
            raise WrongState(state=donor.status.value, wanted="register")
        check(offer, donor, by=by, uow=uow, now=now)
        row = Offer(
            **columns_of(offer),
            excluded_households=excluded_households(offer, by, uow),
            code=uuid.uuid4().hex,
            donor_id=id_of(donor),
            unit_id=donor.unit_id,
            status=OfferStatus.PENDING,
            created_at=now,
            updated_at=now,
        )
        uow.add(row)
        row.code = f"ZY{now:%y%m}-{row.id:05d}"
        uow.record(by, "offer:register", row, at=now)
        tell_union(uow, "offer_registered", row, now)
        uow.commit()
        return card_of(row)


def edit_offer(
    offer_id: int, offer: OfferInput, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime
) -> OfferCard:
    """Change what was said. A donor's change to an accepted offer waits for the union again.

    Raises InvalidFields, NotFound, NotPermitted, StaleVersion or WrongState.
    """
    with uow:
        row, donor = locked(uow, offer_id, by, Action.EDIT_OFFERS)
        require_state(row, EDITABLE, "edit")
        check(offer, donor, by=by, uow=uow, now=now, row=row)
        uow.touch(row, seen_version=seen_version, at=now)
        changed = [name for name, value in columns_of(offer).items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, columns_of(offer)[name])
        if by.role not in DONOR_ROLES:
            row.excluded_households = excluded_households(offer, by, uow)
        if by.role in DONOR_ROLES or row.status is OfferStatus.DRAFT:
            row.status = OfferStatus.PENDING
            tell_union(uow, "offer_registered", row, now)
        uow.record(by, "offer:edit", row, at=now, fields=changed)
        uow.commit()
        return card_of(row)


def accept_offer(
    offer_id: int, *, seen_version: int, vet_donor: bool = False, by: Actor, uow: UnitOfWork, now: datetime
) -> OfferCard:
    """Let an offer into matching (H12). The first offer of a new donor also asks for the donor to be vetted.

    `vet_donor` says that its papers were seen; it counts only with a valid credit code, and nothing is written
    otherwise. Raises InvalidFields("vet_donor"), NotFound, NotPermitted, StaleVersion or WrongState.
    """
    with uow:
        row, donor = locked(uow, offer_id, by, Action.VET_OFFERS)
        require_state(row, {OfferStatus.PENDING}, "accept")
        if donor.status is DonorStatus.SUSPENDED:
            raise WrongState(state=donor.status.value, wanted="accept")
        if donor.status is DonorStatus.PENDING:
            vet_donor_of(donor, vet_donor, by=by, uow=uow, now=now)
        uow.touch(row, seen_version=seen_version, at=now)
        row.status, row.vetted_by, row.vetted_at = OfferStatus.OPEN, by.account_id, now
        uow.record(by, "offer:accept", row, at=now)
        tell_donor(uow, "offer_accepted", row, now)
        uow.commit()
        return card_of(row)


def return_offer(
    offer_id: int, *, reason: OfferReturnReason, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime
) -> OfferCard:
    """Send an offer back to its donor to complete it (退回补充); handing it in again makes it 待审核 again.

    Raises NotFound, NotPermitted, StaleVersion or WrongState.
    """
    with uow:
        row, _ = locked(uow, offer_id, by, Action.VET_OFFERS)
        require_state(row, {OfferStatus.PENDING}, "return")
        uow.touch(row, seen_version=seen_version, at=now)
        row.status = OfferStatus.DRAFT
        uow.record(by, "offer:return", row, at=now, reason=reason.value)
        tell_donor(uow, "offer_returned", row, now, reason=reason.value)
        uow.commit()
        return card_of(row)


def withdraw_offer(
    offer_id: int, *, reason: OfferWithdrawReason, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime
) -> OfferCard:
    """Take back what nobody was promised. Undecided proposals end; confirmed and delivered ones stay as they are.

    Raises NotFound, NotPermitted, StaleVersion or WrongState.
    """
    with uow:
        undecided = lock_undecided(uow, offer_id)
        row, _ = locked(uow, offer_id, by, Action.EDIT_OFFERS)
        require_state(row, EDITABLE, "withdraw")
        uow.touch(row, seen_version=seen_version, at=now)
        row.status = OfferStatus.WITHDRAWN
        ended = end_undecided(uow, row, undecided, by=by, at=now)
        uow.record(by, "offer:withdraw", row, at=now, reason=reason.value, ended=ended)
        tell_union(uow, "offer_withdrawn", row, now, reason=reason.value)
        uow.commit()
        return card_of(row, ended)


def close_offer(offer_id: int, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime) -> OfferCard:
    """End an offer that is used up or over, as union staff; what was promised is still handed over.

    Raises NotFound, NotPermitted, StaleVersion or WrongState.
    """
    with uow:
        undecided = lock_undecided(uow, offer_id)
        row, _ = locked(uow, offer_id, by, Action.VET_OFFERS)
        require_state(row, {OfferStatus.OPEN}, "close")
        uow.touch(row, seen_version=seen_version, at=now)
        row.status = OfferStatus.CLOSED
        ended = end_undecided(uow, row, undecided, by=by, at=now)
        uow.record(by, "offer:close", row, at=now, ended=ended)
        tell_donor(uow, "offer_closed", row, now)
        uow.commit()
        return card_of(row, ended)


def card_of(row: Offer, ended: int = 0) -> OfferCard:
    return OfferCard(
        id_of(row),
        row.code,
        row.title,
        row.status,
        row.version,
        row.quantity,
        row.unit,
        row.reserved,
        row.delivered,
        ended,
    )
