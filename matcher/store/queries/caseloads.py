"""Reading who looks after which families. Names of families come masked from here."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, case, col, func, select

from matcher.domain.access import Actor
from matcher.domain.identity import masked_name
from matcher.domain.network_terms import MeasureStatus
from matcher.domain.terms import FileStatus, HardshipClass, Role
from matcher.store.queries.network import in_reach
from matcher.store.tables import Account, ContactAssignment, Household, PlanMeasure, Unit

RUNNING = (MeasureStatus.PLANNED, MeasureStatus.DOING)


@dataclass(frozen=True, slots=True)
class Load:
    """One contact person: how many families, how many measures are open and late."""

    account_id: int
    username: str
    name: str
    role: Role
    unit_name: str
    is_active: bool
    families: int
    measures: int
    late: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Families on file in reach, and those nobody looks after (R22)."""

    active: int
    uncovered: int


def list_loads(session: Session, actor: Actor, *, today: date) -> list[Load]:
    """Everybody who looks after families in reach, the heaviest load first."""
    families = dict(
        session.exec(
            select(ContactAssignment.account_id, func.count())
            .join(Household, col(Household.id) == ContactAssignment.household_id)
            .join(Unit, col(Unit.id) == Household.unit_id)
            .where(in_reach(actor), col(ContactAssignment.ended_at).is_(None))
            .group_by(col(ContactAssignment.account_id))
        ).all()
    )
    late = func.sum(case((col(PlanMeasure.due_on) < today, 1), else_=0))
    measures = {
        owner: (count, int(over or 0))
        for owner, count, over in session.exec(
            select(PlanMeasure.owner_id, func.count(), late)
            .join(Household, col(Household.id) == PlanMeasure.household_id)
            .join(Unit, col(Unit.id) == Household.unit_id)
            .where(in_reach(actor), col(PlanMeasure.status).in_(RUNNING))
            .group_by(col(PlanMeasure.owner_id))
        )
    }
    people = session.exec(
        select(Account, Unit.short_name)
        .join(Unit, col(Unit.id) == Account.unit_id)
        .where(in_reach(actor), (col(Account.role) == Role.CONTACT) | col(Account.id).in_(list(families)))
    )
    loads = [
        Load(a.id or 0, a.username, a.display_name, a.role, unit, a.is_active, families.get(a.id or 0, 0),
             *measures.get(a.id or 0, (0, 0)))
        for a, unit in people
        if a.is_active or a.id in families
    ]  # fmt: skip
    return sorted(loads, key=lambda load: (-load.families, load.username))


def coverage(session: Session, actor: Actor) -> Coverage:
    query = (
        select(func.count(), func.count(col(ContactAssignment.id)))
        .select_from(Household)
        .join(Unit, col(Unit.id) == Household.unit_id)
        .outerjoin(
            ContactAssignment,
            (col(ContactAssignment.household_id) == Household.id) & col(ContactAssignment.ended_at).is_(None),
        )
        .where(in_reach(actor), Household.file_status == FileStatus.ACTIVE)
    )
    active, covered = session.exec(query).one()
    return Coverage(active, active - covered)


@dataclass(frozen=True, slots=True)
class FamilyLine:
    """One family in a caseload."""

    household_id: int
    case_code: str
    masked_name: str
    hardship_class: HardshipClass
    unit_name: str
    township: str
    measures: int
    late: int
    next_due: date | None


def list_families(
    session: Session, actor: Actor, *, account_id: int | None, today: date, limit: int = 50, offset: int = 0
) -> tuple[list[FamilyLine], int]:
    """Families of one contact person, or those on file that have none; late measures first. And how many."""
    open_one = (
        select(ContactAssignment.account_id)
        .where(ContactAssignment.household_id == Household.id, col(ContactAssignment.ended_at).is_(None))
        .scalar_subquery()
    )
    conditions = [in_reach(actor), open_one == account_id if account_id is not None else open_one.is_(None)]
    if account_id is None:
        conditions.append(col(Household.file_status) == FileStatus.ACTIVE)
    joined = select(func.count()).select_from(Household).join(Unit, col(Unit.id) == Household.unit_id)
    total = session.exec(joined.where(*conditions)).one()
    mine = (col(PlanMeasure.household_id) == Household.id, col(PlanMeasure.status).in_(RUNNING))
    count = select(func.count()).select_from(PlanMeasure).where(*mine).scalar_subquery()
    late = select(func.count()).select_from(PlanMeasure).where(*mine, col(PlanMeasure.due_on) < today).scalar_subquery()
    due = select(func.min(PlanMeasure.due_on)).where(*mine).scalar_subquery()
    query = (
        select(Household, Unit.short_name)
        .add_columns(count, late, due)
        .join(Unit, col(Unit.id) == Household.unit_id)
        .where(*conditions)
        .order_by(late.desc(), due.is_(None), due, col(Household.case_code))
        .limit(limit)
        .offset(offset)
    )
    lines = [
        FamilyLine(
            h.id, h.case_code, masked_name(h.head_name), h.hardship_class, unit, h.township, measures, over, next_due
        )
        for h, unit, measures, over, next_due in session.execute(query)
    ]
    return lines, total


def people_to_choose(session: Session, actor: Actor, *, without: int) -> list[tuple[int, str]]:
    """Contact persons and caseworkers in reach, but one."""
    query = (
        select(Account.id, Account.username)
        .join(Unit, col(Unit.id) == Account.unit_id)
        .where(in_reach(actor), col(Account.is_active).is_(True), Account.id != without)
        .where(col(Account.role).in_((Role.CONTACT, Role.CASEWORKER)))
        .order_by(col(Account.username))
    )
    return [(id_ or 0, name) for id_, name in session.exec(query)]


def find_load(session: Session, actor: Actor, account_id: int, *, today: date) -> Load | None:
    return next((load for load in list_loads(session, actor, today=today) if load.account_id == account_id), None)
