"""One plan for one family: measures with an owner and a day, state entitlements first, all in order (R20, R24)."""

from datetime import timedelta

import pytest

from matcher.domain.access import Actor
from matcher.domain.network_terms import Entitlement, EntitlementState, FamilyEvent, MeasureStatus
from matcher.domain.terms import Category, DutyKind, Role
from matcher.errors import InvalidFields, NotFound, StaleVersion
from matcher.store.queries.plans import find_plan
from matcher.store.queries.timeline import family_timeline
from matcher.store.tables import PlanMeasure, Unit
from matcher.usecases.contacts import assign_contact
from matcher.usecases.entitlements import Looked, check_entitlements
from matcher.usecases.plans import MeasureInput, add_measure, change_measure
from tests import factories as make


@pytest.fixture
def family(database):
    with database.write() as session:
        row = make.a_household(session)
        make.a_proposal(session, need=make.a_need(session, household=row, title="年前缺米面油"))
        by = make.an_actor(session, Role.CASEWORKER)
        contact = make.an_account(session, Role.CONTACT)
        home = session.get(Unit, contact.unit_id)
        session.commit()
        myself = Actor(account_id=contact.id, role=Role.CONTACT, unit_id=home.id, unit_path=home.path)
        return row.id, by, myself


@pytest.fixture
def measure(family, today):
    return MeasureInput("带李志远评残，办残疾证", family[1].account_id, today + timedelta(days=20), Category.LAW)


def fields_of(caught):
    return {problem.field: problem.code for problem in caught.value.problems}


def test_a_measure_has_an_owner_and_a_day_and_names_nobody(database, family, measure, uow, now):
    household, by, _contact = family
    made = add_measure(household, measure, by=by, uow=uow, now=now)
    with database.read() as session:
        row = session.get(PlanMeasure, made)
        assert (row.title, row.duty, row.status) == ("带李**评残，办残疾证", DutyKind.RIGHTS, MeasureStatus.PLANNED)


def test_what_is_missing_or_impossible_is_named(database, family, uow, now, today):
    household, by, _contact = family
    with pytest.raises(InvalidFields) as caught:
        add_measure(household, MeasureInput("", None, None), by=by, uow=uow, now=now)
    assert fields_of(caught) == {"title": "required", "due_on": "required", "owner": "choose_contact"}
    with pytest.raises(InvalidFields) as caught:
        past = MeasureInput("办证", by.account_id, today - timedelta(days=1))
        add_measure(household, past, by=by, uow=uow, now=now)
    assert fields_of(caught) == {"due_on": "date_past"}


def test_a_contact_person_writes_their_own_families_plan_only(family, measure, uow, now):
    household, by, contact = family
    with pytest.raises(NotFound):
        add_measure(household, measure, by=contact, uow=uow, now=now)
    assign_contact(household, contact.account_id, by=by, uow=uow, now=now)
    add_measure(household, measure, by=contact, uow=uow, now=now)


def test_what_ends_says_what_came_of_it_and_nobody_overwrites_a_colleague(database, family, measure, uow, now, today):
    household, by, _contact = family
    made = add_measure(household, measure, by=by, uow=uow, now=now)
    with pytest.raises(InvalidFields) as caught:
        change_measure(made, MeasureStatus.DONE, seen_version=1, by=by, uow=uow, now=now)
    assert fields_of(caught) == {"outcome": "required"}
    change_measure(made, MeasureStatus.DONE, outcome="办下来了", seen_version=1, by=by, uow=uow, now=now)
    with pytest.raises(StaleVersion):
        change_measure(made, MeasureStatus.DOING, seen_version=1, by=by, uow=uow, now=now)
    with database.read() as session:
        line = find_plan(session, by, household).measures[0]
        assert (line.done_on, line.is_late(today + timedelta(days=99))) == (today, False)


def test_the_checklist_keeps_what_somebody_found_out(database, family, uow, now, today):
    household, by, _contact = family
    found = {
        Entitlement.MEDICAL: Looked(EntitlementState.DUE),
        Entitlement.SUBSISTENCE: Looked(EntitlementState.RECEIVING),
    }
    assert check_entitlements(household, found, by=by, uow=uow, now=now) == 2
    assert check_entitlements(household, found, by=by, uow=uow, now=now) == 0
    applied = {Entitlement.MEDICAL: Looked(EntitlementState.APPLIED, seen_version=1)}
    assert check_entitlements(household, applied, by=by, uow=uow, now=now) == 1
    with pytest.raises(StaleVersion):
        late = {Entitlement.MEDICAL: Looked(EntitlementState.NOT_DUE, seen_version=1)}
        check_entitlements(household, late, by=by, uow=uow, now=now)
    with database.read() as session:
        known = find_plan(session, by, household).entitlements
        assert {code: line.state.value for code, line in known.items()} == {
            "medical": "applied",
            "subsistence": "receiving",
        }


def test_the_way_of_a_family_is_told_newest_first_and_only_within_reach(database, family, measure, uow, now):
    household, by, contact = family
    assign_contact(household, contact.account_id, by=by, uow=uow, now=now)
    add_measure(household, measure, by=by, uow=uow, now=now)
    with database.write() as session:
        elsewhere = make.an_actor(session, Role.CASEWORKER, unit=make.a_county(session, "410825", name="温县总工会"))
        session.commit()
    with database.read() as session:
        happened = family_timeline(session, by, household)
        assert [h.on for h in happened] == sorted((h.on for h in happened), reverse=True)
        assert {h.event for h in happened} == {
            FamilyEvent.FILED, FamilyEvent.CONTACT, FamilyEvent.NEED, FamilyEvent.PLANNED,
        }  # fmt: skip
        assert family_timeline(session, elsewhere, household) == []
        assert find_plan(session, elsewhere, household) is None
    with pytest.raises(NotFound):
        add_measure(household, measure, by=elsewhere, uow=uow, now=now)
