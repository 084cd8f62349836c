"""What came of calling a family (联系记录): most caseworkers phone first and decide then."""

from dataclasses import dataclass
from datetime import datetime

from matcher.domain import lifecycle
from matcher.domain.access import Action, Actor
from matcher.domain.terms import ContactOutcome, DeclineReason, NeedStatus, ProposalStatus
from matcher.domain.terms import ProposalAction as Act
from matcher.errors import FieldProblem, InvalidFields
from matcher.store import stock
from matcher.store.tables import ContactNote
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.casework import Case, ProposalCard, open_case, screened_note, take_step
from matcher.usecases.family_names import names_of
from matcher.usecases.rules import Rules

ENDS = {ProposalStatus.CONFIRMED: Act.WITHDRAW, ProposalStatus.AWAITING_APPROVAL: Act.WITHDRAW}
"""How 本人不需要 ends a proposal that was confirmed already; all others are declined."""


@dataclass(frozen=True, slots=True)
class NoteCard:
    """The note that was written, and the proposal after it."""

    note_id: int
    outcome: ContactOutcome
    proposal: ProposalCard


def note_contact(
    proposal_id: int,
    outcome: ContactOutcome | None,
    note: str,
    *,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    rules: Rules,
) -> NoteCard:
    """Write down what a call brought. 本人不需要 also ends the proposal and closes the need; an undo of that step
    opens both again, the note stays.

    The note is screened and encrypted. Raises InvalidFields without an outcome, WrongState when the help was
    handed over already.
    """
    with uow:
        case = open_case(uow, proposal_id, by=by, action=Action.EDIT_NEEDS)
        if outcome is None:
            raise InvalidFields([FieldProblem("outcome", "choose_outcome")])
        words = screened_note(note, names=names_of(uow, case.household))
        row = uow.add(
            ContactNote(
                household_id=case.proposal.household_id,
                proposal_id=proposal_id,
                outcome=outcome,
                note=words,
                by_account_id=by.account_id,
                at=now,
            )
        )
        uow.record(by, "proposal:contact", case.proposal, at=now, outcome=outcome.value, note_id=row.id)
        if outcome is ContactOutcome.NOT_WANTED and case.proposal.status not in lifecycle.FINAL:
            _not_wanted(uow, case, by, now, rules)
        uow.commit()
        return NoteCard(row.id or 0, outcome, case.card())


def _not_wanted(uow: UnitOfWork, case: Case, by: Actor, now: datetime, rules: Rules) -> None:
    p = case.proposal
    act = ENDS.get(p.status, Act.DECLINE)
    to = lifecycle.move(p.status, act)
    p.decline_reason = DeclineReason.NOT_WANTED
    if act is Act.DECLINE:
        p.decided_by, p.decided_at = by.account_id, now
    minutes = rules.policy.undo_minutes
    take_step(uow, case, act, to=to, by=by, at=now, undo_minutes=minutes, reason=DeclineReason.NOT_WANTED)
    stock.close_need(uow.session, p.need_id, NeedStatus.NOT_WANTED)
