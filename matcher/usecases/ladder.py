"""What follows on the ladder of help (梯度帮扶, R42) when something else happens; acts of people are in `tiers.py`.

A need follows its family's file. An emergency may be helped first; then the file is made up by a day (补建档). Nothing
is committed here.
"""

from datetime import datetime, timedelta

from sqlmodel import col, select

from matcher.clock import business_date
from matcher.domain.access import Actor
from matcher.domain.file_terms import FilingReason, FilingState
from matcher.domain.terms import MONEY_UNIT, FileStatus, NeedStatus, Tier, TierReason
from matcher.domain.tiers import TierRules, settled_tier
from matcher.store.queries.ladder import open_filing_task
from matcher.store.tables import Delivery, FilingTask, Household, Need, Offer, Proposal, TierStep
from matcher.store.unit_of_work import UnitOfWork

MOVABLE = frozenset({NeedStatus.OPEN, NeedStatus.EXPIRED})


def move_tier(uow: UnitOfWork, need: Need, tier: Tier, reason: TierReason, by: Actor | None, now: datetime) -> None:
    """Put a need on another tier, with its line of history and its entry of the trail."""
    uow.add(
        TierStep(
            need_id=need.id or 0,
            from_tier=need.tier,
            to_tier=tier,
            reason=reason,
            by_account_id=by.account_id if by else None,
            at=now,
        )
    )
    uow.record(by, "need:tier", need, at=now, **{"from": need.tier.value, "to": tier.value, "reason": reason.value})
    need.tier, need.updated_at = tier, now


def needs_follow_file(uow: UnitOfWork, household: Household, *, by: Actor | None, at: datetime) -> int:
    """Open needs of a family that came on file go to T1, those of a family that left it to T2 (visits go on).
    Returns how many moved."""
    on_file = household.file_status is FileStatus.ACTIVE
    query = select(Need).where(Need.household_id == household.id, col(Need.status).in_(MOVABLE)).order_by(col(Need.id))
    moved = 0
    for need in uow.session.exec(query):
        tier = settled_tier(need.tier, need.category, household.file_status)
        if tier is not need.tier:
            move_tier(uow, need, tier, TierReason.ON_FILE if on_file else TierReason.OFF_FILE, by, at)
            moved += 1
    return moved


def ask_for_file(
    uow: UnitOfWork,
    household: Household,
    reason: FilingReason,
    rules: TierRules,
    by: Actor | None,
    now: datetime,
    *,
    note: str = "",
    proposal_id: int | None = None,
) -> FilingTask:
    """Write down that a family should have a file by the day that holds here."""
    task = FilingTask(
        household_id=household.id or 0,
        proposal_id=proposal_id,
        reason=reason,
        due_on=business_date(now) + timedelta(days=rules.filing_days),
        note=note,
        by_account_id=by.account_id if by else None,
        created_at=now,
        updated_at=now,
    )
    uow.add(task)
    uow.record(by, "filing:ask", task, at=now, reason=reason.value, until=task.due_on.isoformat())
    return task


def close_task(
    uow: UnitOfWork, task: FilingTask, state: FilingState, by: Actor | None, now: datetime, *, note: str = ""
) -> None:
    """Done or dropped."""
    task.state, task.closed_at, task.updated_at = state, now, now
    task.note = note or task.note
    uow.record(by, f"filing:{state.value}", task, at=now)


def ask_for_file_after_early_help(
    uow: UnitOfWork,
    proposal: Proposal,
    need: Need,
    offer: Offer,
    household: Household,
    *,
    rules: TierRules,
    by: Actor,
    at: datetime,
) -> None:
    """Money for an emergency went ahead of the file: the file is due, dated, in the list."""
    is_money = proposal.unit == MONEY_UNIT
    if not rules.is_early_help(offer.fund_source, need.urgency, household.file_status, is_money=is_money):
        return
    task = open_filing_task(uow.session, household.id or 0)
    if task is None:
        ask_for_file(uow, household, FilingReason.EARLY_HELP, rules, by, at, proposal_id=proposal.id)
    elif task.reason is FilingReason.LASTING:
        task.reason, task.proposal_id = FilingReason.EARLY_HELP, proposal.id
        task.due_on = min(task.due_on, business_date(at) + timedelta(days=rules.filing_days))
        uow.touch(task, seen_version=None, at=at)


def early_help_was_taken_back(uow: UnitOfWork, proposal_id: int, *, at: datetime) -> None:
    """The money did not go after all: the task that came with it goes too, unless other money went as well or
    somebody had suggested the file before."""
    query = select(FilingTask).where(FilingTask.proposal_id == proposal_id, FilingTask.state == FilingState.OPEN)
    task = uow.session.exec(query).first()
    if task is None:
        return
    others = select(Delivery.proposal_id).where(
        Delivery.household_id == task.household_id, Delivery.unit == MONEY_UNIT, Delivery.proposal_id != proposal_id,
        Delivery.created_at >= task.created_at,
    )  # fmt: skip
    task.proposal_id = uow.session.exec(others).first()
    if task.proposal_id is None and task.note:
        task.reason = FilingReason.LASTING
    elif task.proposal_id is None:
        close_task(uow, task, FilingState.DROPPED, None, at)


def file_was_sent_in(uow: UnitOfWork, household_id: int, *, by: Actor | None, at: datetime) -> None:
    """The file that was asked for is on its way, or stands already."""
    task = open_filing_task(uow.session, household_id)
    if task is not None:
        close_task(uow, task, FilingState.DONE, by, at)
