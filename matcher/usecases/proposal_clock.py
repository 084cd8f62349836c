"""What the timetable does to proposals: holds that are due come back, what is too late or too old expires."""

from datetime import datetime, timedelta

from matcher.clock import business_date
from matcher.domain import lifecycle
from matcher.domain.terms import ProposalAction as Act
from matcher.errors import Conflict
from matcher.store.queries.proposals import due_holds, overdue_proposals
from matcher.store.tables import Proposal
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.casework import lock_sides, take_step
from matcher.usecases.rules import Rules

KEEP_DAYS = 7
"""Days a proposal waits without a decision where the policy names none (`proposal_days` among its clocks)."""


def release_due_holds(*, uow: UnitOfWork, now: datetime) -> int:
    """Put proposals whose hold is over back into their queue; the stock is free again. Returns how many."""
    with uow:
        ids = due_holds(uow.session, on=business_date(now))
    return sum(_step_alone(uow, proposal_id, Act.RELEASE, now, None) for proposal_id in ids)


def expire_proposals(*, uow: UnitOfWork, now: datetime, rules: Rules) -> int:
    """End undecided and held proposals whose need's date or offer's window has passed or whose need is closed,
    and undecided ones nobody looked at for the policy's days. Returns how many."""
    today = business_date(now)
    oldest = now - timedelta(days=rules.policy.clocks.get("proposal_days", KEEP_DAYS))
    with uow:
        overdue = overdue_proposals(uow.session, on=today, oldest=oldest)
    return sum(_step_alone(uow, proposal_id, Act.EXPIRE, now, reason) for proposal_id, reason in overdue)


def _step_alone(uow: UnitOfWork, proposal_id: int, act: Act, now: datetime, reason: str | None) -> int:
    """One proposal, one transaction; one that somebody decided meanwhile is left to them."""
    try:
        with uow:
            proposal = uow.get(Proposal, proposal_id, lock=True)
            to = lifecycle.move(proposal.status, act)
            take_step(uow, lock_sides(uow, proposal), act, to=to, by=None, at=now, reason=reason)
            proposal.hold_until = None
            if act is Act.RELEASE:
                proposal.decided_by = proposal.decided_at = None
            uow.commit()
    except Conflict:
        return 0
    return 1
