"""Contact notes: what came of a call, and 本人不需要 that ends the matter."""

from datetime import datetime

import pytest
from sqlalchemy import text
from sqlmodel import select

from matcher.domain.terms import ContactOutcome, NeedStatus, ProposalStatus, Role
from matcher.errors import InvalidFields, NotFound, NotPermitted, WrongState
from matcher.store.session import Database
from matcher.store.tables import ContactNote
from matcher.usecases.deliveries import mark_delivered
from matcher.usecases.notes import note_contact
from matcher.usecases.proposals import confirm_proposal, undo
from tests import factories as make
from tests.matcher.usecases.deciding import RULES, Office, an_office


@pytest.fixture
def office(database: Database) -> Office:
    return an_office(database)


def write(office: Office, now: datetime, outcome: str | None, note: str = "", by=None):
    chosen = ContactOutcome(outcome) if outcome else None
    who = by or office.caseworker
    return note_contact(office.proposal_id, chosen, note, by=who, uow=office.uow(), now=now, rules=RULES)


@pytest.mark.parametrize("outcome", ["reached", "no_answer", "recheck"])
def test_a_note_changes_nothing_else(office: Office, now: datetime, outcome: str) -> None:
    write(office, now, outcome, "本人要 1 份，儿媳可到乡工会取。")
    assert office.proposal().status is ProposalStatus.PROPOSED and office.proposal().version == 1
    with office.database.read() as session:
        note = session.exec(select(ContactNote)).one()
    assert (note.outcome.value, note.note) == (outcome, "本人要 1 份，儿媳可到乡工会取。")


def test_names_and_numbers_do_not_stay(office: Office, now: datetime) -> None:
    write(office, now, "reached", "李志远的卡号 6222 0000 1111 2222，身份证 410823196001010019")
    with office.database.read() as session:
        assert session.exec(select(ContactNote)).one().note == "李**的卡号 〔卡号〕，身份证 〔证件号〕"
        stored = session.execute(text("SELECT note FROM contact_note")).scalar_one()
    assert "李" not in bytes(stored).decode("utf-8", errors="ignore")


def test_a_note_needs_an_outcome(office: Office, now: datetime) -> None:
    with pytest.raises(InvalidFields) as caught:
        write(office, now, None, "打过了")
    assert [(p.field, p.code) for p in caught.value.problems] == [("outcome", "choose_outcome")]


def test_not_wanted_ends_it_and_undo_brings_it_back(office: Office, now: datetime) -> None:
    write(office, now, "not_wanted", "亲戚送来了")
    assert office.proposal().status is ProposalStatus.DECLINED
    assert office.need().status is NeedStatus.NOT_WANTED
    undo(office.proposal_id, by=office.caseworker, uow=office.uow(), now=now)
    assert office.proposal().status is ProposalStatus.PROPOSED
    assert office.need().status is NeedStatus.OPEN
    with office.database.read() as session:
        assert session.exec(select(ContactNote)).one().outcome is ContactOutcome.NOT_WANTED, "the call was made"


def test_not_wanted_after_confirming_takes_the_promise_back(office: Office, now: datetime) -> None:
    confirm_proposal(office.proposal_id, **office.acts(now))
    write(office, now, "not_wanted")
    assert office.proposal().status is ProposalStatus.WITHDRAWN
    assert office.books() == (0, 0, 0, 0) and office.need().status is NeedStatus.NOT_WANTED
    undo(office.proposal_id, by=office.caseworker, uow=office.uow(), now=now)
    assert office.books() == (1, 0, 1, 0) and office.need().status is NeedStatus.PROMISED


def test_what_was_handed_over_is_not_unwanted(office: Office, now: datetime) -> None:
    confirm_proposal(office.proposal_id, **office.acts(now))
    row = office.deliveries()[0]
    mark_delivered(row.id, now.date(), "赵敏", seen_version=1, by=office.caseworker, uow=office.uow(), now=now)
    with pytest.raises(WrongState):
        write(office, now, "not_wanted")
    with office.database.read() as session:
        assert session.exec(select(ContactNote)).all() == []


def test_who_may_write_notes(office: Office, now: datetime) -> None:
    with office.database.write() as session:
        contact, city = make.an_actor(session, Role.CONTACT), make.an_actor(session, Role.CITY)
        elsewhere = make.an_actor(session, unit=make.a_county(session, "410825"))
        session.commit()
    with pytest.raises(NotFound):
        write(office, now, "reached", by=contact)
    with office.database.write() as session:
        make.looks_after(session, contact.account_id, office.proposal().household_id)
        session.commit()
    write(office, now, "reached", by=contact)
    with pytest.raises(NotPermitted):
        write(office, now, "reached", by=city)
    with pytest.raises(NotFound):
        write(office, now, "reached", by=elsewhere)
