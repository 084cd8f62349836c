"""Reading the plan of one family. Names of families come masked from here."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from matcher.domain.access import Actor
from matcher.domain.file_life import takes_contact
from matcher.domain.identity import masked_name
from matcher.domain.network_terms import ContactEnd, Entitlement, EntitlementState, MeasureStatus
from matcher.domain.terms import Category, FileStatus, HardshipClass, Role, Tier
from matcher.store.queries.caseloads import RUNNING
from matcher.store.queries.network import in_reach
from matcher.store.queries.reach import of_cases
from matcher.store.tables import (
    Account,
    ContactAssignment,
    EntitlementCheck,
    HardshipFile,
    Household,
    PlanMeasure,
    Unit,
)


@dataclass(frozen=True, slots=True)
class ContactLine:
    username: str
    name: str
    began_at: datetime
    ended_at: datetime | None
    end_reason: ContactEnd | None
    note: str


@dataclass(frozen=True, slots=True)
class MeasureLine:
    id: int
    version: int
    title: str
    category: Category | None
    tier: Tier
    owner_id: int
    owner: str
    due_on: date
    status: MeasureStatus
    outcome: str
    done_on: date | None

    def is_late(self, today: date) -> bool:
        return self.status in RUNNING and self.due_on < today


@dataclass(frozen=True, slots=True)
class EntitlementLine:
    """What is known of one state entitlement, and since when."""

    state: EntitlementState
    checked_on: date
    version: int


@dataclass(frozen=True, slots=True)
class FamilyPlan:
    """One family's contact persons and measures."""

    household_id: int
    case_code: str
    masked_name: str
    situation: str
    hardship_class: HardshipClass
    file_status: FileStatus
    file_id: int | None
    takes_contact: bool
    unit_name: str
    contact_id: int | None
    contacts: list[ContactLine]
    measures: list[MeasureLine]
    people: list[tuple[int, str]]  # who may look after it: account id and user name
    entitlements: dict[Entitlement, EntitlementLine]  # those somebody has looked at


def find_plan(session: Session, actor: Actor, household_id: int) -> FamilyPlan | None:
    """The plan of a family in reach; None outside it, exactly as for one that does not exist."""
    row = session.exec(
        select(Household, Unit)
        .join(Unit, col(Unit.id) == Household.unit_id)
        .where(Household.id == household_id, of_cases(actor))
    ).first()
    if row is None:
        return None
    household, home = row
    file = session.exec(select(HardshipFile).where(HardshipFile.household_id == household_id)).first()
    contacts = session.exec(
        select(ContactAssignment, Account)
        .join(Account, col(Account.id) == ContactAssignment.account_id)
        .where(ContactAssignment.household_id == household_id)
        .order_by(col(ContactAssignment.id).desc())
    ).all()
    measures = session.exec(
        select(PlanMeasure, Account.username)
        .join(Account, col(Account.id) == PlanMeasure.owner_id)
        .where(PlanMeasure.household_id == household_id)
        .order_by(~col(PlanMeasure.status).in_(RUNNING), col(PlanMeasure.due_on), col(PlanMeasure.id))
    ).all()
    return FamilyPlan(
        household_id=household_id,
        case_code=household.case_code,
        masked_name=masked_name(household.head_name),
        situation=household.situation,
        hardship_class=household.hardship_class,
        file_status=household.file_status,
        file_id=file.id if file else None,
        takes_contact=takes_contact(household.file_status, file.state if file else None),
        unit_name=home.name,
        contact_id=next((c.account_id for c, _a in contacts if c.ended_at is None), None),
        contacts=[ContactLine(a.username, a.display_name, c.began_at, c.ended_at, c.end_reason, c.note)
                  for c, a in contacts],
        measures=[
            MeasureLine(m.id or 0, m.version, m.title, m.category, m.tier, m.owner_id, owner, m.due_on, m.status,
                        m.outcome, m.done_on)
            for m, owner in measures
        ],
        people=_people(session, actor, home),
        entitlements=_entitlements(session, household_id),
    )  # fmt: skip


def _people(session: Session, actor: Actor, home: Unit) -> list[tuple[int, str]]:
    """Contact persons and caseworkers in the actor's reach who can see a family of this unit."""
    ids = [int(part) for part in home.path.strip("/").split("/")]
    query = (
        select(Account.id, Account.username)
        .join(Unit, col(Unit.id) == Account.unit_id)
        .where(col(Unit.id).in_(ids), in_reach(actor), col(Account.is_active).is_(True))
        .where(col(Account.role).in_((Role.CONTACT, Role.CASEWORKER)))
        .order_by(func.length(Unit.path).desc(), col(Account.username))
    )
    return [(id_ or 0, name) for id_, name in session.exec(query)]


def _entitlements(session: Session, household_id: int) -> dict[Entitlement, EntitlementLine]:
    rows = session.exec(select(EntitlementCheck).where(EntitlementCheck.household_id == household_id))
    return {row.entitlement: EntitlementLine(row.state, row.checked_on, row.version) for row in rows}
