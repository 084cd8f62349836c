"""One family's way so far (R8): file, contact persons, needs, help, plan. One short query a subject."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlmodel import Session, col, select

from matcher.clock import business_date
from matcher.domain.access import Actor
from matcher.domain.network_terms import FamilyEvent, MeasureStatus, ReferralAct
from matcher.domain.terms import ContactOutcome
from matcher.store.queries.reach import of_cases
from matcher.store.tables import (
    Account,
    ContactAssignment,
    ContactNote,
    Delivery,
    EntitlementCheck,
    Household,
    Need,
    Offer,
    PlanMeasure,
    Referral,
    ReferralStep,
    Unit,
)


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened on one day. `words` are already screened; `codes` are codes for words of the page."""

    on: date
    event: FamilyEvent
    words: str = ""
    codes: tuple[StrEnum, ...] = ()
    quantity: int | None = None
    unit: str = ""


def family_timeline(session: Session, actor: Actor, household_id: int) -> list[Happened]:
    """Everything that happened, newest first; nothing for a family outside one's reach."""
    household = session.exec(
        select(Household).join(Unit, col(Unit.id) == Household.unit_id).where(Household.id == household_id)
        .where(of_cases(actor))
    ).first()  # fmt: skip
    if household is None:
        return []
    found = [*_file(household), *_contacts(session, household_id), *_needs(session, household_id)]
    found += [*_help(session, household_id), *_plan(session, household_id), *_referrals(session, household_id)]
    return sorted(found, key=lambda happened: happened.on, reverse=True)


def _file(household: Household) -> Iterator[Happened]:
    if household.file_approved_on is not None:
        codes = (household.file_level,) if household.file_level else ()
        yield Happened(household.file_approved_on, FamilyEvent.FILED, codes=(*codes, household.hardship_class))


def _contacts(session: Session, household_id: int) -> Iterator[Happened]:
    given = (
        select(ContactAssignment.began_at, Account.username)
        .join(Account, col(Account.id) == ContactAssignment.account_id)
        .where(ContactAssignment.household_id == household_id)
    )
    for began_at, username in session.exec(given):
        yield Happened(business_date(began_at), FamilyEvent.CONTACT, username)
    notes = select(ContactNote.at, ContactNote.outcome).where(ContactNote.household_id == household_id)
    for at, outcome in session.exec(notes):
        yield Happened(business_date(at), FamilyEvent.SPOKE, codes=(ContactOutcome(outcome),))


def _needs(session: Session, household_id: int) -> Iterator[Happened]:
    for need in session.exec(select(Need).where(Need.household_id == household_id)):
        codes = (need.category,) if need.category else ()
        yield Happened(need.created_on, FamilyEvent.NEED, need.title, codes, need.quantity, need.unit)


def _help(session: Session, household_id: int) -> Iterator[Happened]:
    query = (
        select(Delivery, Offer.title)
        .join(Offer, col(Offer.id) == Delivery.offer_id)
        .where(Delivery.household_id == household_id)
    )
    for row, title in session.exec(query):
        yield Happened(row.confirmed_on, FamilyEvent.PROMISED, title, (), row.quantity, row.unit)
        if row.delivered_on is not None:
            yield Happened(row.delivered_on, FamilyEvent.DELIVERED, title, (), row.quantity, row.unit)


def _plan(session: Session, household_id: int) -> Iterator[Happened]:
    for measure in session.exec(select(PlanMeasure).where(PlanMeasure.household_id == household_id)):
        yield Happened(business_date(measure.created_at), FamilyEvent.PLANNED, measure.title)
        if measure.status is MeasureStatus.DONE and measure.done_on is not None:
            yield Happened(measure.done_on, FamilyEvent.DONE, measure.outcome or measure.title)
    for check in session.exec(select(EntitlementCheck).where(EntitlementCheck.household_id == household_id)):
        yield Happened(check.checked_on, FamilyEvent.CHECKED, codes=(check.entitlement, check.state))


def _referrals(session: Session, household_id: int) -> Iterator[Happened]:
    query = (
        select(ReferralStep.at, ReferralStep.action, Unit.short_name)
        .join(Referral, col(Referral.id) == ReferralStep.referral_id)
        .join(Need, col(Need.id) == Referral.need_id)
        .join(Unit, col(Unit.id) == ReferralStep.unit_id)
        .where(Need.household_id == household_id)
    )
    for at, action, unit in session.exec(query):
        yield Happened(business_date(at), FamilyEvent.REFERRED, unit, (ReferralAct(action),))
