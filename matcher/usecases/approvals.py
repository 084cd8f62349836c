"""The second person for money (R45, R60, H20): approve it, or give it back with a reason."""

from datetime import datetime

from matcher.domain import lifecycle
from matcher.domain.access import Action, Actor
from matcher.domain.eligibility import Confirmation, confirmation_verdict
from matcher.domain.terms import DeclineReason
from matcher.domain.terms import ProposalAction as Act
from matcher.errors import NotEligible
from matcher.store.tables import Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.casework import Case, ProposalCard, check_again, open_case, require_fit, screened_note, take_step
from matcher.usecases.family_names import names_of
from matcher.usecases.ladder import ask_for_file_after_early_help
from matcher.usecases.proposals import require_reason
from matcher.usecases.rules import Rules


def approve_money(
    proposal_id: int, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime, rules: Rules
) -> ProposalCard:
    """Approve money a colleague confirmed: only now is it promised, told and listed for handing out.

    All rules are checked once more. Money for an emergency ahead of the file asks for the file. Raises NotEligible
    (H20) for the person who confirmed it, and everything `confirm_proposal` raises.
    """
    with uow:
        case = _open(uow, proposal_id, by)
        p = case.proposal
        to = lifecycle.move(p.status, Act.APPROVE)
        require_fit(check_again(uow, case, quantity=p.quantity, rules=rules, now=now), p.quantity)
        p.approved_by, p.approved_at = by.account_id, now
        minutes = rules.policy.undo_minutes
        take_step(uow, case, Act.APPROVE, to=to, by=by, at=now, seen_version=seen_version, undo_minutes=minutes)
        ask_for_file_after_early_help(uow, p, case.need, case.offer, case.household, rules=rules.tiers, by=by, at=now)
        uow.commit()
        return case.card()


def return_money(
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
    """Give money back to the colleague who confirmed it, with a reason; the stock is free again (退回)."""
    with uow:
        case = _open(uow, proposal_id, by)
        chosen = require_reason(reason, note)
        to = lifecycle.move(case.proposal.status, Act.RETURN)
        minutes = rules.policy.undo_minutes
        words = screened_note(note, names=names_of(uow, case.household))
        take_step(
            uow, case, Act.RETURN, to=to, by=by, at=now, seen_version=seen_version, undo_minutes=minutes,
            reason=chosen, note=words,
        )  # fmt: skip
        uow.commit()
        return case.card()


def _open(uow: UnitOfWork, proposal_id: int, by: Actor) -> Case:
    """The case, for a second person of the competent union who is not the first."""
    case = open_case(uow, proposal_id, by=by, action=Action.APPROVE_MONEY)
    act = Confirmation(
        actor_id=by.account_id,
        actor_unit_path=by.unit_path,
        need_unit_path=uow.get(Unit, case.proposal.unit_id).path,
        is_approval=True,
        confirmed_by=case.proposal.decided_by,
    )
    verdict = confirmation_verdict(act)
    if not verdict.allowed:
        raise NotEligible(verdict)
    return case
