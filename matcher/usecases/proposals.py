"""The caseworker's day: confirm, adjust, decline, hold, hand over, undo, withdraw (R45, R46, H8, H20).

Every act is one transaction: the right person, the version that was seen, the rules once more on fresh facts, the
stock, the step and the notices; or nothing at all. Money is only half confirmed here (`approvals.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import select

from matcher.clock import business_date
from matcher.domain import lifecycle
from matcher.domain.access import Action, Actor, Reach, may, within
from matcher.domain.reasons import ReasonCode
from matcher.domain.terms import DeclineReason, NeedStatus, ProposalStatus
from matcher.domain.terms import ProposalAction as Act
from matcher.errors import FieldProblem, InvalidFields, NotFound, NotPermitted, NuanliuError, WrongState
from matcher.store import stock
from matcher.store.queries.proposals import hand_over_units, last_steps
from matcher.store.tables import Proposal, ProposalStep, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.casework import (
    Case,
    ProposalCard,
    check_again,
    lock_sides,
    open_case,
    require_fit,
    screened_note,
    take_step,
)
from matcher.usecases.family_names import names_of
from matcher.usecases.rules import Rules

LONGEST_HOLD_DAYS = 60


def confirm_proposal(
    proposal_id: int, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime, rules: Rules
) -> ProposalCard:
    """Confirm with the proposed quantity: goods become a promise and a row to hand out, money 拟帮扶·待审批.

    Raises NotFound, NotPermitted, StaleVersion, WrongState, OfferExhausted, Conflict, NotEligible, or InvalidFields
    when the quantity no longer fits; then nothing is written. Source: H8, H20.
    """
    return _confirm(proposal_id, Act.CONFIRM, None, seen_version=seen_version, by=by, uow=uow, now=now, rules=rules)


def adjust_proposal(
    proposal_id: int, quantity: int, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime, rules: Rules
) -> ProposalCard:
    """Confirm with another whole quantity (元 for money), within what the pair allows. Raises as `confirm_proposal`."""
    return _confirm(proposal_id, Act.ADJUST, quantity, seen_version=seen_version, by=by, uow=uow, now=now, rules=rules)


def decline_proposal(
    proposal_id: int,
    reason: DeclineReason | None,
    *,
    seen_version: int,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    rules: Rules,
    note: str = "",
) -> ProposalCard:
    """Do not take the proposal up, and say why. 本人不需要 closes the need as well; an undo opens it again.

    Raises InvalidFields without a reason, or for 其他 without a word about it.
    """
    with uow:
        case = open_case(uow, proposal_id, by=by, action=Action.DECIDE_PROPOSAL)
        chosen = require_reason(reason, note)
        to = lifecycle.move(case.proposal.status, Act.DECLINE)
        _decided(case, by, now, reason=chosen)
        _step(uow, case, Act.DECLINE, to, by, now, rules, seen_version, reason=chosen, note=note)
        if chosen is DeclineReason.NOT_WANTED:
            stock.close_need(uow.session, case.proposal.need_id, NeedStatus.NOT_WANTED)
        uow.commit()
        return case.card()


def hold_proposal(
    proposal_id: int, until: date | None, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime, rules: Rules
) -> ProposalCard:
    """Put it off until a day (暂缓); the stock is kept for the family until then.

    `until` lies after today, at most 60 days ahead and not after the need's date. Raises InvalidFields beside it.
    """
    with uow:
        case = open_case(uow, proposal_id, by=by, action=Action.DECIDE_PROPOSAL)
        day = _hold_day(until, business_date(now), case.need.deadline)
        to = lifecycle.move(case.proposal.status, Act.HOLD)
        if case.proposal.status is not ProposalStatus.HELD:
            require_fit(
                check_again(uow, case, quantity=case.proposal.quantity, rules=rules, now=now), case.proposal.quantity
            )
        _decided(case, by, now)
        case.proposal.hold_until = day
        _step(uow, case, Act.HOLD, to, by, now, rules, seen_version, reason=day.isoformat())
        uow.commit()
        return case.card()


def hand_over_proposal(
    proposal_id: int,
    to_unit_id: int | None,
    *,
    seen_version: int,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    rules: Rules,
) -> ProposalCard:
    """Give the decision to a unit below, or to a union above (转办); it appears in their queue.

    Only to units where somebody can decide. Raises InvalidFields beside the choice.
    """
    with uow:
        case = open_case(uow, proposal_id, by=by, action=Action.DECIDE_PROPOSAL)
        to = lifecycle.move(case.proposal.status, Act.HAND_OVER)
        offered = {unit.unit_id for unit in hand_over_units(uow.session, by, case.proposal.unit_id)}
        if to_unit_id not in offered:
            raise InvalidFields([FieldProblem("to_unit", "choose_unit")])
        _decided(case, by, now)
        _step(uow, case, Act.HAND_OVER, to, by, now, rules, seen_version, to_unit_id=to_unit_id)
        uow.commit()
        return case.card()


def undo(proposal_id: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> ProposalCard:
    """Take back one's own last act within the window (撤销): as if it had not been, but the trail keeps both.

    Raises NotFound, NotPermitted for a colleague's act, WrongState when the window is over or others went on.
    """
    with uow:
        proposal = uow.get(Proposal, proposal_id, lock=True)
        _require_sight(uow, proposal, by)
        last, before = _last_two(uow, proposal)
        _may_take_back(uow, proposal, last, by, now)
        case = lock_sides(uow, proposal)
        if last.reason == DeclineReason.NOT_WANTED:
            stock.reopen_need(uow.session, proposal.need_id, NeedStatus.NOT_WANTED)
        quantity = before.quantity if before else proposal.proposed_quantity
        _forget(proposal, last, before)
        take_step(
            uow, case, Act.UNDO, to=last.from_status, by=by, at=now, quantity=quantity, to_unit_id=last.from_unit_id
        )
        uow.commit()
        return case.card()


@dataclass(frozen=True, slots=True)
class ConfirmedTogether:
    """What became of confirming several at once: each stands for itself."""

    done: tuple[ProposalCard, ...]
    failed: tuple[tuple[int, NuanliuError], ...]


def confirm_several(
    seen: Sequence[tuple[int, int]], *, by: Actor, uow: UnitOfWork, now: datetime, rules: Rules
) -> ConfirmedTogether:
    """Confirm proposals one after the other, each in its own transaction; `seen` are (proposal id, version).

    Raises InvalidFields when nothing was chosen.
    """
    if not seen:
        raise InvalidFields([FieldProblem("chosen", "choose_rows")])
    done: list[ProposalCard] = []
    failed: list[tuple[int, NuanliuError]] = []
    for proposal_id, version in seen:
        try:
            done.append(confirm_proposal(proposal_id, seen_version=version, by=by, uow=uow, now=now, rules=rules))
        except NuanliuError as error:
            failed.append((proposal_id, error))
    return ConfirmedTogether(tuple(done), tuple(failed))


def withdraw_proposal(
    proposal_id: int,
    reason: DeclineReason | None,
    *,
    seen_version: int,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    rules: Rules,
    note: str = "",
) -> ProposalCard:
    """Take a promise back after the window, with a reason, as long as nothing was handed over (撤回).

    Whoever was told is told again. Raises WrongState for what is delivered or was never confirmed.
    """
    with uow:
        case = open_case(uow, proposal_id, by=by, action=Action.DECIDE_PROPOSAL)
        chosen = require_reason(reason, note)
        to = lifecycle.move(case.proposal.status, Act.WITHDRAW)
        case.proposal.decline_reason = chosen
        _step(uow, case, Act.WITHDRAW, to, by, now, rules, seen_version, reason=chosen, note=note)
        if chosen is DeclineReason.NOT_WANTED:
            stock.close_need(uow.session, case.proposal.need_id, NeedStatus.NOT_WANTED)
        uow.commit()
        return case.card()


def require_reason(reason: DeclineReason | None, note: str) -> DeclineReason:
    """A reason must be chosen, and 其他 must be said in words. Raises InvalidFields."""
    if reason is None:
        raise InvalidFields([FieldProblem("reason", "choose_decline_reason")])
    if reason is DeclineReason.OTHER and not note.strip():
        raise InvalidFields([FieldProblem("note", "say_why")])
    return reason


def _confirm(
    proposal_id: int,
    act: Act,
    quantity: int | None,
    *,
    seen_version: int,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    rules: Rules,
) -> ProposalCard:
    with uow:
        case = open_case(uow, proposal_id, by=by, action=Action.DECIDE_PROPOSAL)
        p = case.proposal
        to = lifecycle.move(p.status, act, is_money=p.is_money)
        amount = p.quantity if quantity is None else quantity
        require_fit(check_again(uow, case, quantity=amount, rules=rules, now=now), amount)
        _decided(case, by, now)
        _step(uow, case, act, to, by, now, rules, seen_version, quantity=amount)
        uow.commit()
        return case.card()


def _decided(case: Case, by: Actor, now: datetime, *, reason: DeclineReason | None = None) -> None:
    p = case.proposal
    p.decided_by, p.decided_at, p.decline_reason = by.account_id, now, reason


def _step(
    uow: UnitOfWork,
    case: Case,
    act: Act,
    to: ProposalStatus,
    by: Actor,
    now: datetime,
    rules: Rules,
    seen_version: int,
    *,
    quantity: int | None = None,
    reason: str | None = None,
    note: str = "",
    to_unit_id: int | None = None,
) -> ProposalStep:
    return take_step(
        uow,
        case,
        act,
        to=to,
        by=by,
        at=now,
        seen_version=seen_version,
        undo_minutes=rules.policy.undo_minutes,
        quantity=quantity,
        reason=reason,
        note=screened_note(note, names=names_of(uow, case.household)),
        to_unit_id=to_unit_id,
    )


def _hold_day(until: date | None, today: date, deadline: date | None) -> date:
    if until is None:
        raise InvalidFields([FieldProblem("until", "choose_date")])
    if until <= today:
        raise InvalidFields([FieldProblem("until", "date_not_ahead")])
    latest = min(today + timedelta(days=LONGEST_HOLD_DAYS), deadline or date.max)
    if until > latest:
        raise InvalidFields([FieldProblem("until", "date_too_late", {"latest": latest.isoformat()})])
    return until


def _last_two(uow: UnitOfWork, proposal: Proposal) -> tuple[ProposalStep, ProposalStep | None]:
    steps = last_steps(uow.session, proposal.id or 0, count=2)
    if not steps:
        raise WrongState(state=proposal.status.value, wanted=Act.UNDO.value)
    return steps[0], steps[1] if len(steps) > 1 else None


def _require_sight(uow: UnitOfWork, proposal: Proposal, by: Actor) -> None:
    """A proposal in reach, or one that this person acted on; any other does not exist for them."""
    if within(by, Reach(unit_path=uow.get(Unit, proposal.unit_id).path)) and may(by, Action.SEE_PROPOSALS):
        return
    mine = select(ProposalStep.id).where(
        ProposalStep.proposal_id == proposal.id, ProposalStep.by_account_id == by.account_id
    )
    if uow.session.exec(mine).first() is None:
        raise NotFound()


def _may_take_back(uow: UnitOfWork, proposal: Proposal, last: ProposalStep, by: Actor, now: datetime) -> None:
    """One's own act may be taken back even where handing over put it outside one's reach."""
    if last.by_account_id != by.account_id:
        raise NotPermitted(reason=ReasonCode.WRONG_UNIT_OR_PERSON.value)
    mine = lifecycle.may_undo(
        last.action, by_account_id=by.account_id, acted=last.by_account_id, until=proposal.undo_until, now=now
    )
    if not mine:
        raise WrongState("undo_over", state=proposal.status.value, wanted=Act.UNDO.value)


def _forget(proposal: Proposal, last: ProposalStep, before: ProposalStep | None) -> None:
    """What the act wrote on the proposal is as before."""
    proposal.decline_reason = None
    if last.action is Act.HOLD:
        earlier = before.reason if before and before.action is Act.HOLD else None
        proposal.hold_until = date.fromisoformat(earlier) if earlier else None
    if last.action is Act.APPROVE:
        proposal.approved_by = proposal.approved_at = None
    elif last.from_status in lifecycle.OPEN:
        proposal.decided_by = proposal.decided_at = None
