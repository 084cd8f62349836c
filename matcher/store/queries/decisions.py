"""Decisions as learning reads them: what stands of every proposal that somebody decided, with what they saw."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import Session, SQLModel

from matcher.domain.decisions import Decision, is_about_match
from matcher.domain.lifecycle import HOLDING
from matcher.domain.terms import ProposalAction, ProposalStatus
from matcher.store.facts import NEED, PROPOSAL, key

STEP = SQLModel.metadata.tables["proposal_step"]
ACCEPTED = HOLDING - {ProposalStatus.HELD}
MOST_DECISIONS = 20_000
"""The newest ones; what was decided before them is history."""


@dataclass(frozen=True, slots=True)
class LoggedDecision:
    """A decision that stands. `signals` are empty where they were not kept; `division_code` is where the need is."""

    step_id: int
    need_id: int
    offer_id: int
    is_accepted: bool
    reason: str | None
    at: datetime
    signals: Mapping[str, float]
    division_code: str

    @property
    def decision(self) -> Decision:
        about = self.is_accepted or is_about_match(self.reason)
        return Decision(key(self.need_id), key(self.offer_id), self.is_accepted, about)


def list_decisions(session: Session, *, before: datetime) -> list[LoggedDecision]:
    """The newest decisions that stand and were made before a moment, oldest first.

    Confirmed, awaiting approval and delivered count as accepted, declined and withdrawn as refused. What was undone,
    held, handed over, superseded or expired is no decision about the pair.
    """
    p, s = PROPOSAL.c, STEP.c
    last = (
        select(func.max(s.id))
        .join(PROPOSAL, p.id == s.proposal_id)
        .where(_decides(), s.at < before)
        .group_by(s.proposal_id)
    )
    query = (
        select(s.id, p.need_id, p.offer_id, p.status, s.reason, s.at, s.signals, NEED.c.division_code)
        .join(PROPOSAL, p.id == s.proposal_id)
        .join(NEED, NEED.c.id == p.need_id)
        .where(s.id.in_(last))
        .order_by(s.id.desc())
        .limit(MOST_DECISIONS)
    )
    return [
        LoggedDecision(
            row.id, row.need_id, row.offer_id, row.status in ACCEPTED, row.reason, row.at, row.signals or {},
            row.division_code or "",
        )
        for row in reversed(session.execute(query).all())
    ]  # fmt: skip


def count_decisions(session: Session) -> int:
    """How many proposals have a decision that stands."""
    p, s = PROPOSAL.c, STEP.c
    query = select(func.count(p.id.distinct())).join(STEP, s.proposal_id == p.id).where(_decides())
    return int(session.execute(query).scalar_one())


def _decides() -> ColumnElement[bool]:
    """Whether a step is of the kind that brought its proposal where it stands."""
    p, s = PROPOSAL.c, STEP.c
    return or_(
        and_(p.status.in_(ACCEPTED), s.action.in_((ProposalAction.CONFIRM, ProposalAction.ADJUST))),
        and_(p.status == ProposalStatus.DECLINED, s.action == ProposalAction.DECLINE),
        and_(p.status == ProposalStatus.WITHDRAWN, s.action == ProposalAction.WITHDRAW),
    )
