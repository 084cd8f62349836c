"""Reading the ladder of help: what is known of a family's entitlements, how a need moved, who should have a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import func
from sqlmodel import Session, col, select

from matcher.domain.access import Actor
from matcher.domain.file_terms import FileState, FilingReason, FilingState
from matcher.domain.identity import masked_name
from matcher.domain.network_terms import Entitlement, EntitlementState
from matcher.domain.terms import Category, DonorStatus, FundSource, OfferStatus, Tier, TierReason
from matcher.store.facts import near
from matcher.store.queries.reach import of_cases
from matcher.store.tables import (
    Account,
    Donor,
    EntitlementCheck,
    FilingTask,
    HardshipFile,
    Household,
    Offer,
    TierStep,
    Unit,
)

MOST = 200


@dataclass(frozen=True, slots=True)
class MovedLine:
    """One move of a need. `by_name` None: it followed the family's file."""

    at: datetime
    from_tier: Tier
    to_tier: Tier
    reason: TierReason
    by_name: str | None


@dataclass(frozen=True, slots=True)
class FilingLine:
    """A family that should have a file. `file_id`: the draft that was begun, if any."""

    household_id: int
    version: int
    case_code: str
    masked_name: str
    unit_name: str
    reason: FilingReason
    due_on: date
    note: str
    file_id: int | None
    file_state: FileState | None


def known_entitlements(session: Session, household_id: int) -> Mapping[Entitlement, EntitlementState]:
    """What somebody found out; an entitlement nobody looked at is missing."""
    query = select(EntitlementCheck.entitlement, EntitlementCheck.state).where(
        EntitlementCheck.household_id == household_id
    )
    return {Entitlement(code): EntitlementState(state) for code, state in session.exec(query)}


def open_filing_task(session: Session, household_id: int) -> FilingTask | None:
    """The open task of a family, if any."""
    query = select(FilingTask).where(FilingTask.household_id == household_id, FilingTask.state == FilingState.OPEN)
    return session.exec(query).first()


def count_filing_tasks(session: Session, actor: Actor, *, today: date) -> tuple[int, int]:
    """How many families in reach should have a file, and for how many the day is past."""
    query = (
        sa.select(func.count(), func.count().filter(col(FilingTask.due_on) < today))
        .select_from(FilingTask)
        .join(Household, col(Household.id) == FilingTask.household_id)
        .join(Unit, col(Unit.id) == Household.unit_id)
        .where(col(FilingTask.state) == FilingState.OPEN, of_cases(actor))
    )
    total, late = session.execute(query).one()
    return int(total), int(late)


def list_filing_tasks(session: Session, actor: Actor) -> list[FilingLine]:
    """Families in reach that should have a file, the nearest day first; at most 200."""
    query = (
        sa.select(FilingTask, Household, col(Unit.short_name), col(HardshipFile.id), col(HardshipFile.state))
        .select_from(FilingTask)
        .join(Household, col(Household.id) == FilingTask.household_id)
        .join(Unit, col(Unit.id) == Household.unit_id)
        .outerjoin(HardshipFile, col(HardshipFile.household_id) == Household.id)
        .where(col(FilingTask.state) == FilingState.OPEN, of_cases(actor))
        .order_by(col(FilingTask.due_on), col(FilingTask.id))
        .limit(MOST)
    )
    return [
        FilingLine(
            household_id=task.household_id,
            version=task.version,
            case_code=household.case_code,
            masked_name=masked_name(household.head_name),
            unit_name=unit,
            reason=task.reason,
            due_on=task.due_on,
            note=task.note,
            file_id=file_id,
            file_state=FileState(state) if state else None,
        )
        for task, household, unit, file_id, state in session.execute(query)
    ]


def moves_of_need(session: Session, need_id: int) -> list[MovedLine]:
    """How a need moved on the ladder, newest first. The caller has asked whether it is in reach."""
    query = (
        sa.select(
            col(TierStep.at), col(TierStep.from_tier), col(TierStep.to_tier), col(TierStep.reason),
            col(Account.display_name),
        )
        .select_from(TierStep)
        .outerjoin(Account, col(Account.id) == TierStep.by_account_id)
        .where(col(TierStep.need_id) == need_id)
        .order_by(col(TierStep.id).desc())
    )  # fmt: skip
    return [MovedLine(*row) for row in session.execute(query)]


def count_social_offers(session: Session, actor: Actor, category: Category | None) -> int:
    """Donations of a kind near the actor's union that still have something to give, from donors that were let in."""
    if category is None:
        return 0
    query = (
        select(func.count())
        .select_from(Offer)
        .join(Donor, col(Donor.id) == Offer.donor_id)
        .join(Unit, col(Unit.id) == Offer.unit_id)
        .where(
            near(actor.unit_path or "-"),
            Offer.category == category,
            Offer.fund_source == FundSource.DONATION,
            Offer.status == OfferStatus.OPEN,
            Donor.status == DonorStatus.VETTED,
            col(Offer.reserved) < col(Offer.quantity),
        )
    )
    return int(session.exec(query).one())
