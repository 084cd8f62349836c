"""What the acts on offers share: who may touch which, what is checked, and what follows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from matcher.clock import business_date
from matcher.domain import lifecycle
from matcher.domain.access import DONOR_ROLES, Action, Actor, Reach, may, within
from matcher.domain.terms import DonorStatus, OfferStatus, ProposalAction, ProposalStatus
from matcher.domain.uscc import uscc_is_valid
from matcher.errors import FieldProblem, InvalidFields, NotFound, NotPermitted, WrongState
from matcher.store import stock
from matcher.store.tables import Division, Donor, Household, Offer, Proposal, ProposalStep, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.offer_input import OfferInput, columns_of, offer_problems

FIXED = ("category", "unit")
"""What cannot change once families count on the offer."""


def id_of(row: Donor | Offer) -> int:
    assert row.id is not None
    return row.id


def reach_of(uow: UnitOfWork, unit_id: int, donor_id: int | None) -> Reach:
    return Reach(unit_path=uow.get(Unit, unit_id).path, donor_id=donor_id)


def require(by: Actor, action: Action, reach: Reach) -> None:
    """Outside one's reach it does not exist; within it, the role decides."""
    if not within(by, reach):
        raise NotFound()
    if not may(by, action, reach):
        raise NotPermitted()


def donor_named(uow: UnitOfWork, donor_id: int | None) -> Donor:
    """The donor somebody writes for. Raises InvalidFields when none is named, NotFound."""
    if donor_id is None:
        raise InvalidFields([FieldProblem("donor_id", "required")])
    return uow.get(Donor, donor_id)


def locked(uow: UnitOfWork, offer_id: int, by: Actor, action: Action) -> tuple[Offer, Donor]:
    """The offer, locked, and its donor. Raises NotFound outside one's reach, NotPermitted within it."""
    row = uow.get(Offer, offer_id, lock=True)
    require(by, action, reach_of(uow, row.unit_id, row.donor_id))
    return row, uow.get(Donor, row.donor_id)


def require_state(row: Offer, allowed: set[OfferStatus] | frozenset[OfferStatus], wanted: str) -> None:
    if row.status not in allowed:
        raise WrongState(state=row.status.value, wanted=wanted)


def vet_donor_of(donor: Donor, asked: bool, *, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """Accept a new donor: only when asked explicitly, and only with a valid credit code (H12)."""
    if not asked:
        raise InvalidFields([FieldProblem("vet_donor", "donor_not_vetted")])
    if not uscc_is_valid(donor.uscc):
        raise InvalidFields([FieldProblem("vet_donor", "uscc_invalid")])
    uow.touch(donor, seen_version=None, at=now)
    donor.status = DonorStatus.VETTED
    uow.record(by, "donor:vet", donor, at=now)


def check(
    offer: OfferInput, donor: Donor, *, by: Actor, uow: UnitOfWork, now: datetime, row: Offer | None = None
) -> None:
    """Raise InvalidFields with everything wrong; `row` is the stored offer when it is being changed."""
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


def excluded_households(offer: OfferInput, by: Actor, uow: UnitOfWork) -> list[int]:
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


def lock_undecided(uow: UnitOfWork, offer_id: int) -> Sequence[Proposal]:
    """Proposals of an offer that nobody has promised yet, locked. Comes before locking the offer, in the order in
    which deciding locks them, so that the two never wait for each other."""
    query = select(Proposal).where(Proposal.offer_id == offer_id, col(Proposal.status).in_(_ENDS))
    return uow.session.exec(query.order_by(col(Proposal.id)).with_for_update()).all()


def end_undecided(uow: UnitOfWork, offer: Offer, rows: Sequence[Proposal], *, by: Actor, at: datetime) -> int:
    """End these proposals and give back what they held; the number of them."""
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
                at=at,
            )
        )
        uow.touch(proposal, seen_version=None, at=at)
        proposal.status = after
    uow.session.flush()
    uow.session.refresh(offer)
    return len(rows)


def tell_union(uow: UnitOfWork, kind: str, row: Offer, now: datetime, **params: Any) -> None:
    _tell(uow, kind, row, now, params, to_unit_id=row.unit_id)


def tell_donor(uow: UnitOfWork, kind: str, row: Offer, now: datetime, **params: Any) -> None:
    _tell(uow, kind, row, now, params, to_donor_id=row.donor_id)


def _tell(uow: UnitOfWork, kind: str, row: Offer, now: datetime, params: dict[str, Any], **to: int) -> None:
    dedupe = f"{kind}:{row.id}:{row.version}"
    uow.tell(kind, dedupe=dedupe, at=now, send_after=now, params={"offer_id": row.id, **params}, **to)
