"""Match runs, what they proposed, what they could not, and every step people took."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from matcher.domain.learning import HAND
from matcher.domain.terms import ContactOutcome, DeclineReason, ProposalAction, ProposalStatus, RunStatus
from matcher.store.columns import Code, Sealed, one_of
from matcher.store.tables.base import Versioned, json_field


class MatchRun(SQLModel, table=True):
    """One run of the engine over the open needs and offers of a unit's subtree (对接批次)."""

    __tablename__ = "match_run"
    __table_args__ = (one_of("status", RunStatus),)

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    as_of: date
    trigger: str = Field(max_length=16)  # nightly, manual, demo
    started_by: int | None = Field(default=None, foreign_key="account.id")
    job_id: int | None = Field(default=None, foreign_key="job.id", index=True)
    status: RunStatus = Field(default=RunStatus.QUEUED, sa_type=Code(RunStatus))
    policy_version: str = Field(default="", max_length=60)
    report: dict[str, Any] = json_field(dict)  # figures as the engine reports them, policy in full
    proposals: int = 0
    households_in_need: int = 0
    households_reached: int = 0
    created_at: datetime
    finished_at: datetime | None = None


class Proposal(Versioned, table=True):
    """A pairing the engine proposes and a caseworker decides (对接建议)."""

    __tablename__ = "proposal"
    __table_args__ = (
        UniqueConstraint("run_id", "need_id", "offer_id"),
        one_of("status", ProposalStatus),
        one_of("decline_reason", DeclineReason),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("score BETWEEN 0 AND 1000", name="score_range"),
        CheckConstraint("approved_by IS NULL OR approved_by <> decided_by", name="four_eyes"),
    )

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="match_run.id", index=True)
    need_id: int = Field(foreign_key="need.id", index=True)
    offer_id: int = Field(foreign_key="offer.id", index=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)  # who decides; changes when handed over
    quantity: int  # proposed; after a decision what was confirmed
    proposed_quantity: int
    unit: str = Field(max_length=12)
    is_money: bool = False
    score: int
    parts: dict[str, int] = json_field(dict)  # ScorePart → thousandths
    maxima: dict[str, int] = json_field(dict)  # ScorePart → greatest possible
    reasons: list[Any] = json_field(list)  # [{code, params}], strongest first
    against: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    alternatives: list[Any] = json_field(list)  # [{offer_id, score, why_not: {code, params}}]
    signals: dict[str, float] = json_field(dict)  # what the texts say of the pair, by signal, in [0, 1]
    model: str = Field(default=HAND, max_length=32)  # the weights that judged it
    status: ProposalStatus = Field(default=ProposalStatus.PROPOSED, sa_type=Code(ProposalStatus), index=True)
    rank: int  # place in the queue of the run when shown, 1 = first
    need_version: int  # what the engine saw
    offer_version: int
    decided_by: int | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = None
    approved_by: int | None = Field(default=None, foreign_key="account.id")
    approved_at: datetime | None = None
    decline_reason: DeclineReason | None = Field(default=None, sa_type=Code(DeclineReason))
    hold_until: date | None = None
    undo_until: datetime | None = None


class ProposalStep(SQLModel, table=True):
    """Every step of a proposal, never changed: who, what, from where to where. An undo is a step too.

    A person's step also keeps what they had before them, because a later run may judge an undecided pair anew: the
    run, the place in the queue, the signals, and the model and policy that judged. Learning reads it here.
    """

    __tablename__ = "proposal_step"
    __table_args__ = (one_of("action", ProposalAction),)

    id: int | None = Field(default=None, primary_key=True)
    proposal_id: int = Field(foreign_key="proposal.id", index=True)
    action: ProposalAction = Field(sa_type=Code(ProposalAction))
    from_status: ProposalStatus = Field(sa_type=Code(ProposalStatus))
    to_status: ProposalStatus = Field(sa_type=Code(ProposalStatus))
    quantity: int
    reason: str | None = Field(default=None, max_length=32)
    note: str | None = Field(
        default=None, sa_type=Sealed("proposal_step.note", of="proposal_id")
    )  # screened, in the person's words
    from_unit_id: int | None = None
    to_unit_id: int | None = None
    by_account_id: int | None = Field(default=None, foreign_key="account.id", index=True)  # None: the timetable
    at: datetime = Field(index=True)
    run_id: int | None = Field(default=None, foreign_key="match_run.id")
    rank_shown: int | None = None
    signals: dict[str, float] | None = Field(default=None, sa_type=JSON)
    model: str | None = Field(default=None, max_length=32)
    policy_version: str | None = Field(default=None, max_length=60)


class UnmetNeed(SQLModel, table=True):
    """Why a need got nothing, or not all, in a run."""

    __tablename__ = "unmet_need"
    __table_args__ = (UniqueConstraint("run_id", "need_id"),)

    id: int | None = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="match_run.id", index=True)
    need_id: int = Field(foreign_key="need.id", index=True)
    remaining: int
    main_reason: str = Field(max_length=32)
    blocking: list[Any] = json_field(list)  # [[code, count]], most frequent first
    nearest_offer_id: int | None = Field(default=None, foreign_key="offer.id")
    smallest_change: dict[str, Any] = json_field(dict)  # {code, params}


class ContactNote(SQLModel, table=True):
    """What came of calling a family (联系记录). The note itself is encrypted."""

    __tablename__ = "contact_note"
    __table_args__ = (one_of("outcome", ContactOutcome),)

    id: int | None = Field(default=None, primary_key=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    proposal_id: int | None = Field(default=None, foreign_key="proposal.id", index=True)
    outcome: ContactOutcome = Field(sa_type=Code(ContactOutcome))
    note: str | None = Field(default=None, sa_type=Sealed("contact_note.note", of="household_id"))
    by_account_id: int = Field(foreign_key="account.id")
    at: datetime
