"""Beginning a family's file. All people and numbers are invented; numbers get their last character computed."""

from datetime import date

import pytest
from sqlmodel import col, func, select

from matcher.domain.identity import check_character
from matcher.domain.terms import (
    DonorType,
    FileLevel,
    FileStatus,
    HardshipClass,
    PayoutChannel,
    RevealPurpose,
    Role,
    UnitLevel,
)
from matcher.errors import InvalidFields, NotFound, NotPermitted
from matcher.store.tables import AuditEvent, Household
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.household_input import HouseholdInput
from matcher.usecases.households import register_household, reveal_person
from tests.factories import a_county, a_household, a_unit, an_actor, the_city

WENXIAN = "410825"


def a_number(order: str = "001", area: str = "410823") -> str:
    first = area + "19620317" + order
    return first + check_character(first)


def a_family(**fields) -> HouseholdInput:
    return HouseholdInput(
        **{"head_name": "赵长河", "phone": "19900001234", "township": "木城街道", "size": 3, **fields}
    )


@pytest.fixture
def caseworker(database):
    with database.write() as session:
        a_county(session)
        actor = an_actor(session)
        session.commit()
    return actor


def register(database, actor, now, household=None, **more):
    return register_household(household or a_family(), by=actor, uow=UnitOfWork(database), now=now, **more)


def stored(database, household_id):
    with database.read() as session:
        return session.get(Household, household_id)


def problems_of(database, actor, now, **fields):
    with pytest.raises(InvalidFields) as refused:
        register(database, actor, now, a_family(**fields))
    return {problem.field: problem.code for problem in refused.value.problems}


def test_case_codes_follow_each_other_per_county(database, caseworker, now):
    assert [register(database, caseworker, now).case_code for _ in range(2)] == ["武陟-0001", "武陟-0002"]
    with database.write() as session:
        a_household(session, case_code="武陟-0417")
        a_household(session, case_code="武陟-临时9999")
        session.commit()
    assert register(database, caseworker, now).case_code == "武陟-0418"


def test_a_grassroots_union_counts_with_its_county(database, caseworker, now):
    with database.write() as session:
        union = a_unit(
            session, parent=a_county(session), level=UnitLevel.GRASSROOTS, short_name="木城", division_code=None
        )
        actor = an_actor(session, unit=union)
        session.commit()
    card = register(database, actor, now)
    assert card.case_code.startswith("武陟-")
    assert stored(database, card.id).division_code == "410823"


def test_what_is_not_told_stays_unknown(database, caseworker, now):
    row = stored(database, register(database, caseworker, now).id)
    assert (row.consent, row.is_member, row.is_real_name, row.payout) == ([], None, None, None)
    assert (row.file_status, row.hardship_class, row.file_level) == (FileStatus.NONE, HardshipClass.NONE, None)


def test_numbers_are_kept_in_one_form_and_sealed(database, caseworker, now):
    number = a_number()
    card = register(
        database, caseworker, now, a_family(id_card=f" {number[:6]} {number[6:]} ".lower(), is_real_name=True)
    )
    assert stored(database, card.id).id_card == number
    with database.read() as session:
        raw = session.connection().exec_driver_sql("SELECT id_card, head_name, phone FROM household").one()
    assert number.encode() not in bytes(raw[0]) and "赵长河".encode() not in bytes(raw[1])


def test_situation_is_screened(database, caseworker, now):
    card = register(database, caseworker, now, a_family(situation="3 口，联系 19900005678"))
    assert "19900005678" not in stored(database, card.id).situation


def test_one_person_has_one_file_in_ones_own_reach(database, caseworker, now):
    first = register(database, caseworker, now, a_family(id_card=a_number()))
    with pytest.raises(InvalidFields) as refused:
        register(database, caseworker, now, a_family(id_card=a_number().lower()))
    (problem,) = refused.value.problems
    assert (problem.field, problem.code, problem.params) == (
        "id_card",
        "id_on_file_here",
        {"case_code": first.case_code},
    )


def test_the_first_generation_number_is_the_same_person(database, caseworker, now):
    register(database, caseworker, now, a_family(id_card=a_number()))
    old = a_number()[:6] + a_number()[8:17]
    assert problems_of(database, caseworker, now, id_card=old) == {"id_card": "id_on_file_here"}


def test_elsewhere_nothing_is_said_about_the_other_unit(database, caseworker, now):
    register(database, caseworker, now, a_family(id_card=a_number()))
    with database.write() as session:
        other = an_actor(session, unit=a_county(session, WENXIAN, name="温县总工会", short_name="温县"))
        session.commit()
    with pytest.raises(InvalidFields) as refused:
        register(database, other, now, a_family(id_card=a_number()))
    (problem,) = refused.value.problems
    assert (problem.code, problem.params) == ("id_on_file_elsewhere", {})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"head_name": " "}, {"head_name": "required"}),
        ({"head_name": "赵19900001234"}, {"head_name": "name_has_digits"}),
        ({"id_card": "410823"}, {"id_card": "id_length"}),
        ({"id_card": "410823196213400012"}, {"id_card": "id_date"}),
        ({"phone": "12345"}, {"phone": "phone_form"}),
        ({"size": 0}, {"size": "size_range"}),
        ({"is_real_name": True}, {"id_card": "id_for_real_name"}),
        (
            {"on_file": True},
            {"file_level": "required", "hardship_class": "class_for_file", "file_approved_on": "required"},
        ),
        ({"bank_card": "6222", "payout": PayoutChannel.BANK_CARD}, {"bank_card": "card_characters"}),
        ({"bank_card": "4111111111111111"}, {"payout": "payout_for_card"}),
        ({"division_code": "990000"}, {"division_code": "place_unknown"}),
        ({"head_name": "", "phone": "1"}, {"head_name": "required", "phone": "phone_form"}),
    ],
)
def test_each_slip_is_named_beside_its_field_and_nothing_is_written(database, caseworker, now, fields, expected):
    assert problems_of(database, caseworker, now, **fields) == expected
    with database.read() as session:
        assert session.exec(select(func.count(col(Household.id)))).one() == 0


def test_a_file_says_where_and_since_when(database, caseworker, now):
    told = a_family(
        on_file=True,
        file_level=FileLevel.NATIONAL,
        hardship_class=HardshipClass.SUBSISTENCE,
        file_approved_on=date(2018, 3, 1),
        consent=(DonorType.CHARITY, DonorType.ENTERPRISE),
    )
    row = stored(database, register(database, caseworker, now, told).id)
    assert row.file_status is FileStatus.ACTIVE and row.consent == ["charity", "enterprise"]


def test_a_file_of_tomorrow_is_refused(database, caseworker, now):
    told = {"on_file": True, "file_level": FileLevel.CITY, "hardship_class": HardshipClass.DEEP}
    found = problems_of(database, caseworker, now, **told, file_approved_on=date(2019, 1, 10))
    assert found == {"file_approved_on": "date_future"}


def test_an_odd_number_is_accepted_and_said(database, caseworker, now):
    card = register(database, caseworker, now, a_family(id_card=a_number(area="990101")))
    assert card.warnings == ("id_area",)


def test_a_unit_out_of_reach_does_not_exist(database, caseworker, now):
    with database.write() as session:
        other = a_county(session, WENXIAN, short_name="温县").id
        session.commit()
    with pytest.raises(NotFound):
        register(database, caseworker, now, unit_id=other)


def test_a_reviewer_may_look_but_not_register(database, caseworker, now):
    with database.write() as session:
        reviewer = an_actor(session, Role.REVIEWER)
        session.commit()
    with pytest.raises(NotPermitted):
        register(database, reviewer, now)


def test_looking_at_a_person_leaves_a_trace(database, caseworker, now):
    card = register(database, caseworker, now, a_family(id_card=a_number(), address="木城街道一号"))
    person = reveal_person(card.id, purpose=RevealPurpose.VISIT, by=caseworker, uow=UnitOfWork(database), now=now)
    assert (person.head_name, person.phone, person.address) == ("赵长河", "19900001234", "木城街道一号")
    with database.read() as session:
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "household:reveal")).one()
    assert (event.object_id, event.account_id, event.details) == (card.id, caseworker.account_id, {"purpose": "visit"})


def test_looking_at_somebody_elses_family_finds_nothing(database, caseworker, now):
    with database.write() as session:
        foreign = a_household(session, unit=a_county(session, WENXIAN, short_name="温县")).id
        city = an_actor(session, Role.CITY, unit=the_city(session))
        session.commit()
    with pytest.raises(NotFound):
        reveal_person(foreign, purpose=RevealPurpose.CHECK, by=caseworker, uow=UnitOfWork(database), now=now)
    with pytest.raises(NotPermitted):
        reveal_person(foreign, purpose=RevealPurpose.CHECK, by=city, uow=UnitOfWork(database), now=now)


def test_a_contact_person_looks_after_each_family_they_register(database, caseworker, now):
    with database.write() as session:
        mine, colleague = an_actor(session, Role.CONTACT), an_actor(session, Role.CONTACT)
        session.commit()
    with pytest.raises(NotFound):
        register(database, mine, now)
    card = register(database, mine, now, looks_after=True)
    assert stored(database, card.id).contact_account_id == mine.account_id
    assert (
        reveal_person(card.id, purpose=RevealPurpose.CHECK, by=mine, uow=UnitOfWork(database), now=now).head_name
        == "赵长河"
    )
    with pytest.raises(NotFound):
        reveal_person(card.id, purpose=RevealPurpose.CHECK, by=colleague, uow=UnitOfWork(database), now=now)
