"""One family, one plan (一户一策): measures with an owner and a day (R24).

A contact person writes the plans of their own families only.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from matcher.clock import business_date
from matcher.domain.access import Action, Actor
from matcher.domain.kinds import duty_of, proposed_tier
from matcher.domain.network_terms import MeasureStatus
from matcher.domain.screening import screen
from matcher.domain.terms import Category, Tier
from matcher.errors import FieldProblem, InvalidFields
from matcher.store.tables import Account, Household, PlanMeasure, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.casework import screened_note
from matcher.usecases.family_names import names_of
from matcher.usecases.guard import reach_of_family, require

LONGEST_DAYS = 730
ENDED = frozenset({MeasureStatus.DONE, MeasureStatus.DROPPED})


@dataclass(frozen=True, slots=True)
class MeasureInput:
    """What is told about a measure. `owner_id` is an account."""

    title: str
    owner_id: int | None
    due_on: date | None
    category: Category | None = None
    tier: Tier | None = None


def add_measure(household_id: int, told: MeasureInput, *, by: Actor, uow: UnitOfWork, now: datetime) -> int:
    """Add a measure to a family's plan; returns its id. Raises InvalidFields, NotFound or NotPermitted."""
    with uow:
        household = uow.get(Household, household_id)
        home = editable_home(uow, household, by)
        problems = _problems(uow, told, home, business_date(now))
        if problems or told.owner_id is None or told.due_on is None:
            raise InvalidFields(problems)
        row = uow.add(
            PlanMeasure(
                household_id=household_id,
                category=told.category,
                tier=told.tier or (proposed_tier(told.category, on_file=True) if told.category else Tier.T1),
                duty=duty_of(told.category),
                title=_screened(told.title, household),
                owner_id=told.owner_id,
                due_on=told.due_on,
                created_at=now,
                updated_at=now,
            )
        )
        uow.record(by, "plan:add", row, at=now, owner=told.owner_id)
        uow.commit()
        return row.id or 0


def change_measure(
    measure_id: int,
    status: MeasureStatus | None,
    *,
    outcome: str = "",
    due_on: date | None = None,
    owner_id: int | None = None,
    seen_version: int,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> int:
    """Say how a measure stands, or give it another day or owner; returns the family's id.

    One that ends says what came of it. Raises InvalidFields, NotFound, NotPermitted or StaleVersion.
    """
    with uow:
        row = uow.get(PlanMeasure, measure_id, lock=True)
        household = uow.get(Household, row.household_id)
        home = editable_home(uow, household, by)
        told = MeasureInput(row.title, owner_id or row.owner_id, due_on or row.due_on)
        problems = _problems(uow, told, home, business_date(now), was_due=row.due_on)
        if status is None:
            problems.append(FieldProblem("status", "unknown_choice"))
        if status in ENDED and not outcome.strip():
            problems.append(FieldProblem("outcome", "required"))
        if problems or status is None:
            raise InvalidFields(problems)
        uow.touch(row, seen_version=seen_version, at=now)
        row.status, row.owner_id, row.due_on = status, told.owner_id or row.owner_id, told.due_on or row.due_on
        row.outcome = screened_note(outcome, names=names_of(uow, household)) or ""
        row.done_on = business_date(now) if status is MeasureStatus.DONE else None
        uow.record(by, "plan:change", row, at=now, to=status.value, owner=row.owner_id)
        uow.commit()
        return row.household_id


def editable_home(uow: UnitOfWork, household: Household, by: Actor) -> Unit:
    home = uow.get(Unit, household.unit_id)
    require(by, Action.EDIT_PLANS, reach_of_family(household, home))
    return home


def _problems(
    uow: UnitOfWork, told: MeasureInput, home: Unit, today: date, *, was_due: date | None = None
) -> list[FieldProblem]:
    problems = []
    if len(told.title.strip()) < 2:
        problems.append(FieldProblem("title", "required"))
    elif len(told.title.strip()) > 80:
        problems.append(FieldProblem("title", "too_long"))
    if told.due_on is None:
        problems.append(FieldProblem("due_on", "required"))
    elif told.due_on < today and told.due_on != was_due:
        problems.append(FieldProblem("due_on", "date_past"))
    elif told.due_on > today + timedelta(days=LONGEST_DAYS):
        problems.append(FieldProblem("due_on", "date_far", {"years": 2}))
    owner = uow.session.get(Account, told.owner_id) if told.owner_id else None
    place = uow.session.get(Unit, owner.unit_id) if owner and owner.unit_id else None
    if owner is None or place is None or not owner.is_active or not home.path.startswith(place.path):
        problems.append(FieldProblem("owner", "choose_contact"))
    return problems


def _screened(title: str, household: Household) -> str:
    words = screen(title.strip())
    return words.replace(household.head_name, household.head_name[0] + "**")[:80]
