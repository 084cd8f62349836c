"""One person, one file: what is asked when two files share a number, who decides it, and what comes of it."""

import pytest
from sqlmodel import col, select

from matcher.domain.file_terms import DuplicateState, FileState, KeyKind, Section
from matcher.domain.terms import FileStatus
from matcher.errors import NotFound, WrongState
from matcher.store.tables import DuplicateCase, Household
from matcher.usecases import duplicates, filing
from matcher.usecases.file_case import NotYet
from tests.factories import NOW, a_household, an_actor
from tests.filing import WANG, WRITTEN, Filing

pytestmark = pytest.mark.usefixtures("keyring")


@pytest.fixture
def house(database):
    return Filing(database)


def rows(house, table, *where):
    with house.database.read() as session:
        return session.exec(select(table).where(*where).order_by(col(table.id))).all()


def test_the_same_family_in_a_second_county_is_a_question_for_whoever_stands_above(house):
    first = house.to(FileState.ACTIVE)
    second = house.draft(by=house.other_clerk)
    assert second != first
    case = rows(house, DuplicateCase)[0]
    assert (case.file_id, case.state) == (second, DuplicateState.OPEN)
    assert duplicates.list_pairs(by=house.reviewer, uow=house.uow, now=NOW) == []
    pair = duplicates.list_pairs(by=house.city, uow=house.uow, now=NOW)[0]
    assert (pair.mine.unit_name, pair.other.unit_name) == ("温县总工会", "怀川纺织工会")
    with pytest.raises(NotFound):
        decide(house, case, house.reviewer)
    house.fill(second, by=house.other_clerk)
    house.submit(second, by=house.other_clerk)
    with house.database.write() as session:
        colleague = an_actor(session, unit=house.other_county)
        session.commit()
    with pytest.raises(NotYet) as caught:
        house.passes(second, colleague)
    assert caught.value.code == "duplicate_open" and caught.value.params == {}


def decide(house, case, by, decision=DuplicateState.SAME):
    return duplicates.decide_duplicate(case.id, decision, "身份证和户口本一致", by=by, uow=house.uow, now=NOW)


def test_a_merge_withdraws_the_second_file_and_can_be_taken_back(house):
    house.to(FileState.ACTIVE)
    second = house.draft(by=house.other_clerk)
    case = rows(house, DuplicateCase)[0]
    decide(house, case, house.city)
    assert house.file(second).state is FileState.WITHDRAWN
    with pytest.raises(WrongState):
        decide(house, case, house.city)
    duplicates.undo_duplicate(case.id, by=house.city, uow=house.uow, now=NOW)
    assert house.file(second).state is FileState.DRAFT
    decide(house, case, house.city, DuplicateState.DIFFERENT)
    assert house.file(second).state is FileState.DRAFT


def test_an_active_household_goes_off_file_when_its_file_is_merged_away_and_comes_back_with_an_undo(database, house):
    file_id = house.to(FileState.ACTIVE)
    with database.write() as session:
        other = a_household(session, unit=house.other_county)
        case = DuplicateCase(file_id=file_id, other_household_id=other.id, kind=KeyKind.CARD, found_at=NOW)
        session.add(case)
        session.commit()

    def status():
        with database.read() as session:
            return session.get_one(Household, house.file(file_id).household_id).file_status

    assert status() is FileStatus.ACTIVE
    decide(house, case, house.city)
    assert status() is FileStatus.CLOSED
    duplicates.undo_duplicate(case.id, by=house.city, uow=house.uow, now=NOW)
    assert status() is FileStatus.ACTIVE


def test_a_number_that_was_corrected_is_no_question_any_more(house):
    house.draft()
    second = house.draft(by=house.other_clerk)
    right = WRITTEN[Section.PERSON] | {"id_card": "410823199003073615"}
    filing.save_section(second, Section.PERSON, right, seen_revision=1, by=house.other_clerk, uow=house.uow, now=NOW)
    assert rows(house, DuplicateCase)[0].state is DuplicateState.DIFFERENT


def test_lower_case_and_full_width_are_the_same_person(house):
    house.draft()
    wide = "".join(chr(ord(char) + 0xFEE0) for char in WANG)
    house.draft(by=house.other_clerk, id_card=wide)
    assert len(rows(house, DuplicateCase)) == 1


def test_a_member_who_heads_another_file_is_found_too(house):
    house.draft()
    second = house.draft(by=house.other_clerk, id_card="410823199003073615")
    member = {"members": [{"name": "王秀兰", "relation": "spouse", "id_card": WANG}]}
    filing.save_section(second, Section.MEMBERS, member, seen_revision=0, by=house.other_clerk, uow=house.uow, now=NOW)
    assert [case.file_id for case in rows(house, DuplicateCase)] == [second]
