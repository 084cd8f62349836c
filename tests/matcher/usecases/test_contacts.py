"""Every family on file has one contact person; what is handed over is not lost (R21, R22)."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from matcher.domain.network_terms import ContactEnd
from matcher.domain.terms import FileStatus, Role, UnitLevel
from matcher.errors import Conflict, InvalidFields, NotFound, NotPermitted
from matcher.store.queries.caseloads import coverage, list_families, list_loads
from matcher.store.queries.plans import find_plan
from matcher.store.tables import Account, ContactAssignment, Household, Unit
from matcher.usecases.contacts import assign_contact, hand_over_all
from matcher.usecases.share_out import share_out
from tests import factories as make


@pytest.fixture
def town(database):
    """A county with two towns; one contact person in each and a caseworker in the county; three families."""
    with database.write() as session:
        county = make.a_county(session)
        first = make.a_unit(session, parent=county, level=UnitLevel.GRASSROOTS, name="甲镇工会")
        other = make.a_unit(session, parent=county, level=UnitLevel.GRASSROOTS, name="乙镇工会")
        found = {
            "by": make.an_actor(session, Role.CASEWORKER),
            "near": make.an_account(session, Role.CONTACT, unit=first).id,
            "far": make.an_account(session, Role.CONTACT, unit=other).id,
            "families": [make.a_household(session, unit=unit).id for unit in (first, first, county)],
            "county": county.id,
        }
        session.commit()
        return found


def problem_of(caught):
    return caught.value.problems[0].field, caught.value.problems[0].code


def test_the_first_needs_no_reason_the_second_does_and_the_first_stays_in_the_book(database, town, uow, now, today):
    family, by = town["families"][0], town["by"]
    assign_contact(family, town["near"], by=by, uow=uow, now=now)
    with pytest.raises(InvalidFields) as caught:
        assign_contact(family, by.account_id, by=by, uow=uow, now=now)
    assert problem_of(caught) == ("reason", "choose_reason")
    assign_contact(family, by.account_id, reason=ContactEnd.LEFT, note="钥匙在13800001111", by=by, uow=uow, now=now)
    with database.read() as session:
        plan = find_plan(session, by, family)
        assert [(c.end_reason, c.ended_at is None) for c in plan.contacts] == [(None, True), (ContactEnd.LEFT, False)]
        assert "13800001111" not in plan.contacts[1].note and plan.contacts[1].note.startswith("钥匙在")
        assert session.get(Household, family).contact_account_id == by.account_id == plan.contact_id
        assert coverage(session, by).uncovered == 2


def test_who_cannot_see_the_family_cannot_look_after_it(database, town, uow, now):
    with pytest.raises(InvalidFields) as caught:
        assign_contact(town["families"][0], town["far"], by=town["by"], uow=uow, now=now)
    assert problem_of(caught) == ("account", "contact_elsewhere")
    with database.write() as session:
        reviewer = make.an_account(session, Role.REVIEWER).id
        session.commit()
    with pytest.raises(InvalidFields) as caught:
        assign_contact(town["families"][0], reviewer, by=town["by"], uow=uow, now=now)
    assert problem_of(caught) == ("account", "choose_contact")


def test_only_families_on_file_and_in_reach_only_by_those_who_assign(database, town, uow, now):
    with database.write() as session:
        session.get(Household, town["families"][1]).file_status = FileStatus.DRAFT
        elsewhere = make.an_actor(session, Role.CASEWORKER, unit=make.a_county(session, "410825", name="温县总工会"))
        contact = session.get(Account, town["near"])
        home = session.get(Unit, contact.unit_id)
        make.looks_after(session, contact.id, town["families"][0])
        session.commit()
        myself = make.Actor(account_id=contact.id, role=Role.CONTACT, unit_id=home.id, unit_path=home.path)
    with pytest.raises(Conflict):
        assign_contact(town["families"][1], town["near"], by=town["by"], uow=uow, now=now)
    with pytest.raises(NotFound):
        assign_contact(town["families"][0], town["near"], by=elsewhere, uow=uow, now=now)
    with pytest.raises(NotPermitted):
        assign_contact(town["families"][0], town["near"], by=myself, uow=uow, now=now)


def test_the_database_itself_refuses_a_second_contact_person(database, town, now):
    with database.write() as session:
        for _ in range(2):
            session.add(
                ContactAssignment(
                    household_id=town["families"][0], account_id=town["near"], unit_id=town["county"], began_at=now
                )
            )
        with pytest.raises(IntegrityError):
            session.flush()


def test_all_families_of_one_person_go_together_or_not_at_all(database, town, uow, now, today):
    by = town["by"]
    for family in town["families"][:2]:
        assign_contact(family, town["near"], by=by, uow=uow, now=now)
    with pytest.raises(InvalidFields):
        hand_over_all(town["near"], town["far"], ContactEnd.LEFT, by=by, uow=uow, now=now)
    assert hand_over_all(town["near"], by.account_id, ContactEnd.LEFT, by=by, uow=uow, now=now).families == 2
    with database.read() as session:
        loads = {load.account_id: load.families for load in list_loads(session, by, today=today)}
        assert loads == {by.account_id: 2, town["near"]: 0, town["far"]: 0}
        assert len(session.exec(select(ContactAssignment)).all()) == 4


def test_sharing_out_goes_to_the_nearest_then_the_least_burdened_and_says_what_is_left(database, town, uow, now, today):
    by = town["by"]
    shared = share_out([town["near"], town["far"]], by=by, uow=uow, now=now)
    assert (shared.families, shared.people, shared.left) == (2, 1, 1)
    assert share_out([by.account_id, town["near"]], by=by, uow=uow, now=now).families == 1
    with database.read() as session:
        lines, total = list_families(session, by, account_id=town["near"], today=today)
        assert total == 2 and all(line.masked_name == "李**" for line in lines)
        assert coverage(session, by).uncovered == 0
        assert session.get(Household, town["families"][2]).contact_account_id == by.account_id


def test_sharing_out_to_nobody_or_to_somebody_elsewhere_is_refused(town, uow, now):
    for chosen in ([], [town["near"], 10**6]):
        with pytest.raises(InvalidFields) as caught:
            share_out(chosen, by=town["by"], uow=uow, now=now)
        assert problem_of(caught) == ("accounts", "choose_contacts")
