"""What every act on a proposal has in common: open the case, check again, take the step.

A step is one place for all its consequences: stock and need, the row of the 发放签领表, the notices in the
outbox, the trail. So no act can forget one of them.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import select

from matcher.clock import business_date
from matcher.domain.access import Action, Actor
from matcher.domain.eligibility import pair_verdict
from matcher.domain.facts import NeedFacts, OfferFacts
from matcher.domain.lifecycle import HOLDING
from matcher.domain.limits import cap_left, case_bounds, self_paid_applies
from matcher.domain.reasons import Verdict
from matcher.domain.rulebook import Setting
from matcher.domain.screening import screen
from matcher.domain.terms import ProposalAction, ProposalStatus
from matcher.errors import (
    Conflict,
    FieldProblem,
    InvalidFields,
    NotEligible,
    OfferExhausted,
    StaleVersion,
)
from matcher.store import stock
from matcher.store.facts import need_facts, offer_facts
from matcher.store.queries.deliveries import find_delivery_of
from matcher.store.queries.notices import cancel_unsent_notices, was_told
from matcher.store.tables import Delivery, Household, MatchRun, Need, Offer, Proposal, ProposalStep, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.guard import reach_of_family, require
from matcher.usecases.ladder import early_help_was_taken_back
from matcher.usecases.persons import require_impartial
from matcher.usecases.rules import Rules


@dataclass(frozen=True, slots=True)
class ProposalCard:
    """What the page says after an act: codes and numbers; the case code instead of a name."""

    proposal_id: int
    version: int
    status: ProposalStatus
    case_code: str
    need_title: str
    item: str
    quantity: int
    unit: str
    is_money: bool
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class Case:
    """A proposal with both its sides, locked against other writers."""

    proposal: Proposal
    need: Need
    offer: Offer
    household: Household

    @property
    def own(self) -> int:
        """What this proposal itself holds of the stock."""
        return self.proposal.quantity if self.proposal.status in HOLDING else 0

    def card(self) -> ProposalCard:
        p = self.proposal
        return ProposalCard(
            p.id or 0, p.version, p.status, self.household.case_code, self.need.title, self.offer.title,
            p.quantity, p.unit, p.is_money, p.undo_until,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Room:
    """Least and most this pair may be confirmed with, and what sets the most:
    need, stock, per_case, cap or self_paid."""

    minimum: int
    maximum: int
    why: str


def open_case(uow: UnitOfWork, proposal_id: int, *, by: Actor, action: Action) -> Case:
    """The case, locked. Raises NotFound outside one's reach, NotPermitted when this person may only look, Conflict
    for one's own family or a case one has acted on from another account."""
    proposal = uow.get(Proposal, proposal_id, lock=True)
    unit = uow.get(Unit, proposal.unit_id)
    require(by, action, reach_of_family(uow.get(Household, proposal.household_id), unit))
    case = lock_sides(uow, proposal)
    require_impartial(uow, proposal, case.household, by)
    return case


def lock_sides(uow: UnitOfWork, proposal: Proposal) -> Case:
    """Household before need before offer, always: two acts on one family or one offer wait, and never deadlock."""
    household = uow.get(Household, proposal.household_id, lock=True)
    need = uow.get(Need, proposal.need_id, lock=True)
    offer = uow.get(Offer, proposal.offer_id, lock=True)
    return Case(proposal, need, offer, household)


def fresh_facts(uow: UnitOfWork, case: Case, as_of: date) -> tuple[NeedFacts, OfferFacts]:
    """Both sides as they are now, with what this proposal itself holds counted as free."""
    p = case.proposal
    need = need_facts(uow.session, p.need_id, as_of, without_proposal=p.id)
    offer = offer_facts(uow.session, p.offer_id)
    need = replace(need, quantity=(need.quantity or 0) + case.own)
    return need, replace(offer, quantity=None if offer.quantity is None else offer.quantity + case.own)


def room_for(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Room:
    """How much may be confirmed now, and what limits it (H6, H7, H8, the donor's least and most per case)."""
    bounds = case_bounds(need, offer, setting)
    limits = {
        "per_case": offer.per_case_max,
        "cap": cap_left(need, offer, setting),
        "self_paid": need.self_paid_left if self_paid_applies(need, offer) else None,
        "stock": offer.quantity,
        "need": need.quantity,
    }
    why = next((name for name, most in limits.items() if most is not None and most <= bounds.maximum), "need")
    return Room(bounds.minimum, bounds.maximum, why)


def check_again(uow: UnitOfWork, case: Case, *, quantity: int, rules: Rules, now: datetime) -> Room:
    """Do all hard rules still hold, on the facts of this moment, for what the engine saw?

    Raises StaleVersion when a side was edited since, OfferExhausted or Conflict when others were first, NotEligible
    when a rule refuses. Returns the room there is for the quantity.
    """
    p = case.proposal
    if (case.need.version, case.offer.version) != (p.need_version, p.offer_version):
        raise StaleVersion("sides_changed")
    as_of = business_date(now)
    need, offer = fresh_facts(uow, case, as_of)
    if offer.quantity is not None and offer.quantity < min(quantity, case.offer.per_case_min):
        raise OfferExhausted(left=offer.quantity, asked=quantity, unit=p.unit)
    if not need.quantity:
        raise Conflict("need_covered", asked=quantity)
    verdict: Verdict = pair_verdict(need, offer, policy=rules.policy, as_of=as_of, places=rules.places)
    if not verdict.allowed:
        raise NotEligible(verdict)
    return room_for(need, offer, Setting(rules.policy, as_of, rules.places))


def require_fit(room: Room, quantity: int) -> None:
    """Raises InvalidFields beside the quantity, with the least or most and what sets it."""
    if quantity < room.minimum:
        raise InvalidFields([FieldProblem("quantity", "quantity_below_least", {"least": room.minimum})])
    if quantity > room.maximum:
        raise InvalidFields([FieldProblem("quantity", "quantity_above_most", {"most": room.maximum, "why": room.why})])


def take_step(
    uow: UnitOfWork,
    case: Case,
    act: ProposalAction,
    *,
    to: ProposalStatus,
    by: Actor | None,
    at: datetime,
    seen_version: int | None = None,
    undo_minutes: int | None = None,
    quantity: int | None = None,
    reason: str | None = None,
    note: str | None = None,
    to_unit_id: int | None = None,
) -> ProposalStep:
    """Take one step with all its consequences; nothing is committed here.

    Raises StaleVersion, OfferExhausted or Conflict; then nothing may be committed.
    """
    p, came_from = case.proposal, case.proposal.status
    uow.touch(p, seen_version=seen_version, at=at)
    after = quantity or p.quantity
    _move_stock(uow, case, (after if to in HOLDING else 0) - case.own)
    from_unit_id = p.unit_id
    p.status, p.quantity, p.unit_id = to, after, to_unit_id or p.unit_id
    p.undo_until = at + timedelta(minutes=undo_minutes) if undo_minutes else None
    step = ProposalStep(
        proposal_id=p.id or 0,
        action=act,
        from_status=came_from,
        to_status=to,
        quantity=after,
        reason=reason,
        note=note,
        from_unit_id=from_unit_id,
        to_unit_id=p.unit_id,
        by_account_id=by.account_id if by else None,
        at=at,
        **(_before_them(uow, p) if by else {}),
    )
    uow.add(step)
    _tell_and_list(uow, case, step)
    details: dict[str, Any] = {"from": came_from.value, "to": to.value, "quantity": after}
    uow.record(by, f"proposal:{act.value}", p, at=at, **details, **({"reason": reason} if reason else {}))
    return step


def _before_them(uow: UnitOfWork, proposal: Proposal) -> dict[str, Any]:
    """What the person who decides has before them; learning reads it from the step."""
    policy = uow.session.exec(select(MatchRun.policy_version).where(MatchRun.id == proposal.run_id)).one()
    return {
        "run_id": proposal.run_id,
        "rank_shown": proposal.rank,
        "signals": dict(proposal.signals),
        "model": proposal.model,
        "policy_version": policy,
    }


def _move_stock(uow: UnitOfWork, case: Case, change: int) -> None:
    p, amount = case.proposal, abs(change)
    if change > 0:
        stock.take(uow.session, need_id=p.need_id, offer_id=p.offer_id, quantity=amount)
    elif change < 0:
        stock.give_back(uow.session, need_id=p.need_id, offer_id=p.offer_id, quantity=amount)


def _tell_and_list(uow: UnitOfWork, case: Case, step: ProposalStep) -> None:
    """A finally confirmed proposal gets its row of the 发放签领表 and its notices; one that no longer is loses them."""
    p, came, went = case.proposal, step.from_status, step.to_status
    if went is ProposalStatus.CONFIRMED and came is not ProposalStatus.DELIVERED:
        uow.add(
            Delivery(
                proposal_id=p.id or 0,
                household_id=p.household_id,
                need_id=p.need_id,
                offer_id=p.offer_id,
                unit_id=case.need.unit_id,
                quantity=p.quantity,
                unit=p.unit,
                tier=case.need.tier,
                duty=case.need.duty,
                confirmed_on=business_date(step.at),
                created_at=step.at,
                updated_at=step.at,
            )
        )
        cancel_unsent_notices(uow.session, p.id or 0, at=step.at)
        if not was_told(uow.session, p.id or 0):
            _notify(uow, case, step, "confirmed")
    elif came is ProposalStatus.CONFIRMED and went is not ProposalStatus.DELIVERED:
        _drop_delivery(uow, p.id or 0)
        early_help_was_taken_back(uow, p.id or 0, at=step.at)
        cancel_unsent_notices(uow.session, p.id or 0, at=step.at)
        if was_told(uow.session, p.id or 0):
            _notify(uow, case, step, "withdrawn")


def _notify(uow: UnitOfWork, case: Case, step: ProposalStep, what: str) -> None:
    """One notice to the family, one to the donor; neither says what the other may not know."""
    p = case.proposal
    send_after = p.undo_until or step.at
    params = {"quantity": p.quantity, "unit": p.unit, "offer_id": p.offer_id}
    addresses = {"household": {"to_household_id": p.household_id}, "donor": {"to_donor_id": case.offer.donor_id}}
    for whom, address in addresses.items():
        uow.tell(
            f"proposal_{what}_to_{whom}",
            dedupe=f"{what}:{whom}:{p.id}:{step.id}",
            at=step.at,
            send_after=send_after,
            proposal_id=p.id,
            params=params,
            **address,
        )


def _drop_delivery(uow: UnitOfWork, proposal_id: int) -> None:
    row = find_delivery_of(uow.session, proposal_id)
    if row is not None:
        uow.session.delete(row)
        uow.session.flush()


_NUMBER = re.compile(r"(?<!\d)\d(?:[\s\-]?\d){6,}[Xx]?(?!\d)")


def screened_note(text: str, *, names: tuple[str, ...] = ()) -> str | None:
    """A remark without what it should not keep: screened as all texts are, the family's own names and any other
    number of seven digits or more masked too. None when nothing is left. At most 500 characters.
    """
    words = text.strip()
    for name in sorted(filter(None, names), key=len, reverse=True):
        words = words.replace(name, name[0] + "**")
    words = screen(words, names)
    return _NUMBER.sub("***", words)[:500] or None
