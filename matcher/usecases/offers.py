"""Offers: registering, changing, accepting, returning, closing and taking back what donors give (R23, R43).

Whoever registers, an offer waits as 待审核 until union staff accept it (H12); unknown never means yes. Changing
conditions raises the version, so that proposals made from the old ones cannot be confirmed. What families were
promised is never touched: taking an offer back ends only what nobody has promised yet.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from matcher.clock import business_date
from matcher.domain import lifecycle
from matcher.domain.access import DONOR_ROLES, Action, Actor, Reach, may, within
from matcher.domain.terms import (
    DonorStatus,
    OfferReturnReason,
    OfferStatus,
    OfferWithdrawReason,
    ProposalAction,
    ProposalStatus,
)
from matcher.domain.uscc import uscc_is_valid
from matcher.errors import FieldProblem, InvalidFields, NotFound, NotPermitted, WrongState
from matcher.store import stock
from matcher.store.tables import Division, Donor, Household, Offer, Proposal, ProposalStep, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.offer_input import OfferInput, columns_of, offer_problems

EDITABLE = frozenset({OfferStatus.DRAFT, OfferStatus.PENDING, OfferStatus.OPEN})
FIXED = ("category", "unit")
"""What cannot change once families count on the offer."""


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
        donor = _donor(uow, donor_id if by.donor_id is None else by.donor_id)
        _require(by, Action.EDIT_OFFERS, _reach(uow, donor.unit_id, donor.id))
        if donor.status is DonorStatus.SUSPENDED:
            raise WrongState(state=donor.status.value, wanted="register")
        _check(offer, donor, by=by, uow=uow, now=now)
        row = Offer(
            **columns_of(offer),
            excluded_households=_excluded(offer, by, uow),
            code=uuid.uuid4().hex,
            donor_id=_id(donor),
            unit_id=donor.unit_id,
            status=OfferStatus.PENDING,
            created_at=now,
            updated_at=now,
        )
        uow.add(row)
        row.code = f"ZY{now:%y%m}-{row.id:05d}"
        uow.record(by, "offer:register", row, at=now)
        _tell_union(uow, "offer_registered", row, now)
        uow.commit()
        return _card(row)


def edit_offer(
    offer_id: int, offer: OfferInput, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime
) -> OfferCard:
    """Change what was said. A donor's change to an accepted offer waits for the union again.

    Raises InvalidFields, NotFound, NotPermitted, StaleVersion or WrongState.
    """
    with uow:
        row, donor = _locked(uow, offer_id, by, Action.EDIT_OFFERS)
        _in_state(row, EDITABLE, "edit")
        _check(offer, donor, by=by, uow=uow, now=now, row=row)
        uow.touch(row, seen_version=seen_version, at=now)
        changed = [name for name, value in columns_of(offer).items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, columns_of(offer)[name])
        if by.role not in DONOR_ROLES:
            row.excluded_households = _excluded(offer, by, uow)
        if by.role in DONOR_ROLES or row.status is OfferStatus.DRAFT:
            row.status = OfferStatus.PENDING
            _tell_union(uow, "offer_registered", row, now)
        uow.record(by, "offer:edit", row, at=now, fields=changed)
        uow.commit()
        return _card(row)


def accept_offer(
    offer_id: int, *, seen_version: int, vet_donor: bool = False, by: Actor, uow: UnitOfWork, now: datetime
) -> OfferCard:
    """Let an offer into matching (H12). The first offer of a new donor also asks for the donor to be vetted.

    `vet_donor` says that its papers were seen; it counts only with a valid credit code, and nothing is written
    otherwise. Raises InvalidFields("vet_donor"), NotFound, NotPermitted, StaleVersion or WrongState.
    """
    with uow:
        row, donor = _locked(uow, offer_id, by, Action.VET_OFFERS)
        _in_state(row, {OfferStatus.PENDING}, "accept")
        if donor.status is DonorStatus.SUSPENDED:
            raise WrongState(state=donor.status.value, wanted="accept")
        if donor.status is DonorStatus.PENDING:
            _vet(donor, vet_donor, by=by, uow=uow, now=now)
        uow.touch(row, seen_version=seen_version, at=now)
        row.status, row.vetted_by, row.vetted_at = OfferStatus.OPEN, by.account_id, now
        uow.record(by, "offer:accept", row, at=now)
        _tell_donor(uow, "offer_accepted", row, now)
        uow.commit()
        return _card(row)


def return_offer(
    offer_id: int, *, reason: OfferReturnReason, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime
) -> OfferCard:
    """Send an offer back to its donor to complete it (退回补充); handing it in again makes it 待审核 again.

    Raises NotFound, NotPermitted, StaleVersion or WrongState.
    """
    with uow:
        row, _ = _locked(uow, offer_id, by, Action.VET_OFFERS)
        _in_state(row, {OfferStatus.PENDING}, "return")
        uow.touch(row, seen_version=seen_version, at=now)
        row.status = OfferStatus.DRAFT
        uow.record(by, "offer:return", row, at=now, reason=reason.value)
        _tell_donor(uow, "offer_returned", row, now, reason=reason.value)
        uow.commit()
        return _card(row)


def withdraw_offer(
    offer_id: int, *, reason: OfferWithdrawReason, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime
) -> OfferCard:
    """Take back what nobody was promised. Undecided proposals end; confirmed and delivered ones stay as they are.

    Raises NotFound, NotPermitted, StaleVersion or WrongState.
    """
    with uow:
        row, _ = _locked(uow, offer_id, by, Action.EDIT_OFFERS)
        _in_state(row, EDITABLE, "withdraw")
        uow.touch(row, seen_version=seen_version, at=now)
        row.status = OfferStatus.WITHDRAWN
        ended = _end_undecided(uow, row, by, now)
        uow.record(by, "offer:withdraw", row, at=now, reason=reason.value, ended=ended)
        _tell_union(uow, "offer_withdrawn", row, now, reason=reason.value)
        uow.commit()
        return _card(row, ended)


def close_offer(offer_id: int, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime) -> OfferCard:
    """End an offer that is used up or over, as union staff; what was promised is still handed over.

    Raises NotFound, NotPermitted, StaleVersion or WrongState.
    """
    with uow:
        row, _ = _locked(uow, offer_id, by, Action.VET_OFFERS)
        _in_state(row, {OfferStatus.OPEN}, "close")
        uow.touch(row, seen_version=seen_version, at=now)
        row.status = OfferStatus.CLOSED
        ended = _end_undecided(uow, row, by, now)
        uow.record(by, "offer:close", row, at=now, ended=ended)
        _tell_donor(uow, "offer_closed", row, now)
        uow.commit()
        return _card(row, ended)


# ── who and what ───────────────────────────────────────────────────────────────────────────────────────────────


def _id(row: Donor | Offer) -> int:
    assert row.id is not None
    return row.id


def _reach(uow: UnitOfWork, unit_id: int, donor_id: int | None) -> Reach:
    return Reach(unit_path=uow.get(Unit, unit_id).path, donor_id=donor_id)


def _require(by: Actor, action: Action, reach: Reach) -> None:
    """Outside one's reach it does not exist; within it, the role decides."""
    if not within(by, reach):
        raise NotFound()
    if not may(by, action, reach):
        raise NotPermitted()


def _donor(uow: UnitOfWork, donor_id: int | None) -> Donor:
    if donor_id is None:
        raise InvalidFields([FieldProblem("donor_id", "required")])
    return uow.get(Donor, donor_id)


def _locked(uow: UnitOfWork, offer_id: int, by: Actor, action: Action) -> tuple[Offer, Donor]:
    row = uow.get(Offer, offer_id, lock=True)
    _require(by, action, _reach(uow, row.unit_id, row.donor_id))
    return row, uow.get(Donor, row.donor_id)


def _in_state(row: Offer, allowed: set[OfferStatus] | frozenset[OfferStatus], wanted: str) -> None:
    if row.status not in allowed:
        raise WrongState(state=row.status.value, wanted=wanted)


def _vet(donor: Donor, asked: bool, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    if not asked:
        raise InvalidFields([FieldProblem("vet_donor", "donor_not_vetted")])
    if not uscc_is_valid(donor.uscc):
        raise InvalidFields([FieldProblem("vet_donor", "uscc_invalid")])
    uow.touch(donor, seen_version=None, at=now)
    donor.status = DonorStatus.VETTED
    uow.record(by, "donor:vet", donor, at=now)


def _check(
    offer: OfferInput, donor: Donor, *, by: Actor, uow: UnitOfWork, now: datetime, row: Offer | None = None
) -> None:
    found = {p.field: p for p in offer_problems(offer, donor_type=donor.donor_type, today=business_date(now))}
    known = set(uow.session.exec(select(Division.code).where(col(Division.code).in_(offer.regions))))
    if set(offer.regions) - known:
        found.setdefault("regions", FieldProblem("regions", "unknown_choice"))
    if row is not None and row.reserved:
        if offer.quantity is not None and offer.quantity < row.reserved:
            found["quantity"] = FieldProblem("quantity", "below_reserved", {"reserved": row.reserved})
        for name in FIXED:
            if columns_of(offer)[name] != getattr(row, name):
                found[name] = FieldProblem(name, "fixed_by_promises")
    if offer.excluded_cases and by.role not in DONOR_ROLES:
        missing = set(offer.excluded_cases) - set(_cases(offer, by, uow))
        if missing:
            words = {"codes": "、".join(sorted(missing))}
            found["excluded_cases"] = FieldProblem("excluded_cases", "unknown_cases", words)
    if found:
        raise InvalidFields(list(found.values()))


def _cases(offer: OfferInput, by: Actor, uow: UnitOfWork) -> dict[str, int]:
    """Households in the actor's reach by case code."""
    query = (
        select(Household.case_code, Household.id)
        .join(Unit, col(Unit.id) == Household.unit_id)
        .where(col(Household.case_code).in_(offer.excluded_cases), col(Unit.path).like(f"{by.unit_path}%"))
    )
    return {code: int(household or 0) for code, household in uow.session.exec(query)}


def _excluded(offer: OfferInput, by: Actor, uow: UnitOfWork) -> list[int]:
    """H11. A donor names no families: what it sends in this field is not read."""
    if by.role in DONOR_ROLES or not offer.excluded_cases:
        return []
    return sorted(_cases(offer, by, uow).values())


# ── what follows ───────────────────────────────────────────────────────────────────────────────────────────────

_ENDS = {
    ProposalStatus.PROPOSED: ProposalAction.SUPERSEDE,
    ProposalStatus.HANDED_OVER: ProposalAction.SUPERSEDE,
    ProposalStatus.HELD: ProposalAction.EXPIRE,
    ProposalStatus.AWAITING_APPROVAL: ProposalAction.WITHDRAW,
}
"""How a proposal ends that nobody has promised to a family, when its offer goes."""


def _end_undecided(uow: UnitOfWork, offer: Offer, by: Actor, now: datetime) -> int:
    query = select(Proposal).where(Proposal.offer_id == offer.id, col(Proposal.status).in_(_ENDS))
    rows = uow.session.exec(query.order_by(col(Proposal.id)).with_for_update()).all()
    uow.session.flush()
    for proposal in rows:
        act = _ENDS[proposal.status]
        before, after = proposal.status, lifecycle.move(proposal.status, act)
        if before in lifecycle.HOLDING:
            stock.give_back(
                uow.session, need_id=proposal.need_id, offer_id=proposal.offer_id, quantity=proposal.quantity
            )
        uow.add(
            ProposalStep(
                proposal_id=proposal.id or 0,
                action=act,
                from_status=before,
                to_status=after,
                quantity=proposal.quantity,
                reason="offer_gone",
                by_account_id=by.account_id,
                at=now,
            )
        )
        uow.touch(proposal, seen_version=None, at=now)
        proposal.status = after
    uow.session.flush()
    uow.session.refresh(offer)
    return len(rows)


def _tell_union(uow: UnitOfWork, kind: str, row: Offer, now: datetime, **params: Any) -> None:
    _tell(uow, kind, row, now, params, to_unit_id=row.unit_id)


def _tell_donor(uow: UnitOfWork, kind: str, row: Offer, now: datetime, **params: Any) -> None:
    _tell(uow, kind, row, now, params, to_donor_id=row.donor_id)


def _tell(uow: UnitOfWork, kind: str, row: Offer, now: datetime, params: dict[str, Any], **to: int) -> None:
    dedupe = f"{kind}:{row.id}:{row.version}"
    uow.tell(kind, dedupe=dedupe, at=now, send_after=now, params={"offer_id": row.id, **params}, **to)


def _card(row: Offer, ended: int = 0) -> OfferCard:
    return OfferCard(
        _id(row),
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
