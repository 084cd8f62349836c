"""What the contact person of the demo looks after: families on file, some with a plan and a checklist begun."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from matcher.clock import business_date
from matcher.domain.kinds import duty_of
from matcher.domain.network_terms import Entitlement, EntitlementState, MeasureStatus
from matcher.domain.terms import Category, FileStatus
from matcher.store.tables import ContactAssignment, EntitlementCheck, Household, PlanMeasure

CONTACT_FAMILIES = 25
MEASURES: tuple[tuple[str, Category | None, int], ...] = (
    ("带家里的病人去评残，办残疾证", Category.POL, 12),
    ("问清孩子下学期能不能减免杂费", Category.EDU, -3),
    ("陪着去职工服务中心报技能班", Category.TRN, 30),
)
"""What is to be done, what it belongs to, and in how many days it is due."""


def give_families_to_contact(session: Session, account_id: int, unit_id: int, now: datetime) -> None:
    """The first families on file of one union, the first three of them with a measure and a look at medical aid."""
    mine = select(col(Household.id)).where(
        col(Household.unit_id) == unit_id, col(Household.file_status) == FileStatus.ACTIVE
    )
    chosen = [
        int(id_ or 0) for id_ in session.execute(mine.order_by(col(Household.id)).limit(CONTACT_FAMILIES)).scalars()
    ]
    session.execute(update(Household).where(col(Household.id).in_(chosen)).values(contact_account_id=account_id))
    for household_id in chosen:
        session.add(ContactAssignment(household_id=household_id, account_id=account_id, unit_id=unit_id, began_at=now))
    today = business_date(now)
    for household_id, (title, category, days) in zip(chosen, MEASURES, strict=False):
        stamps = {"household_id": household_id, "created_at": now, "updated_at": now}
        session.add(
            PlanMeasure(
                **stamps, title=title, category=category, duty=duty_of(category), owner_id=account_id,
                due_on=today + timedelta(days=days), status=MeasureStatus.DOING if days < 0 else MeasureStatus.PLANNED,
            )
        )  # fmt: skip
        session.add(
            EntitlementCheck(
                **stamps, entitlement=Entitlement.MEDICAL, state=EntitlementState.DUE, checked_on=today,
                by_account_id=account_id,
            )
        )  # fmt: skip
    session.flush()
