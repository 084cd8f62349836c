"""Money takes two people (R45, R60, H20)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from matcher.domain.reasons import ReasonCode
from matcher.domain.terms import DeclineReason, ProposalStatus, Role
from matcher.errors import InvalidFields, NotEligible, NotFound, NotPermitted, StaleVersion, WrongState
from matcher.store.session import Database
from matcher.store.tables import Household
from matcher.usecases.approvals import approve_money, return_money
from matcher.usecases.proposals import confirm_proposal, undo
from tests import factories as make
from tests.matcher.usecases.deciding import Office, a_money_office


@pytest.fixture
def office(database: Database, now: datetime) -> Office:
    """3,000 元 that the caseworker has confirmed."""
    office = a_money_office(database)
    confirm_proposal(office.proposal_id, **office.acts(now))
    return office


def test_one_person_promises_nothing(office: Office) -> None:
    assert office.proposal().status is ProposalStatus.AWAITING_APPROVAL
    assert office.books() == (3000, 0, 3000, 0), "the money is kept while the second person looks at it"
    assert office.deliveries() == [] and office.notices() == []


def test_the_second_person_makes_it_a_promise(office: Office, now: datetime) -> None:
    card = approve_money(office.proposal_id, **office.acts(now, by=office.reviewer))
    row = office.proposal()
    assert (card.status, row.approved_by) == (ProposalStatus.CONFIRMED, office.reviewer.account_id)
    assert [d.quantity for d in office.deliveries()] == [3000]
    assert len(office.notices()) == 2
    assert office.books() == (3000, 0, 3000, 0)


def test_the_same_person_is_refused(office: Office, now: datetime) -> None:
    """Even when the caseworker's role was changed to reviewer meanwhile."""
    turned = replace(office.caseworker, role=Role.REVIEWER)
    with pytest.raises(NotEligible) as caught:
        approve_money(office.proposal_id, **office.acts(now, by=turned))
    assert [r.reason.code for r in caught.value.verdict.blocking if r.reason] == [ReasonCode.SAME_PERSON_TWICE]
    assert office.proposal().approved_by is None and office.notices() == []


def test_the_database_itself_refuses_the_same_person(office: Office) -> None:
    with pytest.raises(IntegrityError), office.database.write() as session:
        session.execute(text("UPDATE proposal SET status = 'confirmed', approved_by = decided_by"))
        session.commit()


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.CITY, Role.FINANCE])
def test_only_a_reviewer_approves(office: Office, now: datetime, role: Role) -> None:
    with office.database.write() as session:
        other = make.an_actor(session, role)
        session.commit()
    with pytest.raises(NotPermitted):
        approve_money(office.proposal_id, **office.acts(now, by=other))


def test_a_reviewer_of_another_county(office: Office, now: datetime) -> None:
    with office.database.write() as session:
        other = make.an_actor(session, Role.REVIEWER, unit=make.a_county(session, "410825"))
        session.commit()
    with pytest.raises(NotFound):
        approve_money(office.proposal_id, **office.acts(now, by=other))


def test_rules_are_asked_once_more(office: Office, now: datetime) -> None:
    office.change(Household, office.more["household"], is_stopped=True)
    with pytest.raises(NotEligible):
        approve_money(office.proposal_id, **office.acts(now, by=office.reviewer))
    with pytest.raises(StaleVersion):
        office.change(Household, office.more["household"], is_stopped=False)
        approve_money(office.proposal_id, **office.acts(now, by=office.reviewer, seen=1))


def test_goods_are_not_approved(office: Office, now: datetime) -> None:
    approve_money(office.proposal_id, **office.acts(now, by=office.reviewer))
    with pytest.raises(WrongState):
        approve_money(office.proposal_id, **office.acts(now, by=office.reviewer))


def test_giving_it_back_needs_a_reason_and_frees_the_money(office: Office, now: datetime) -> None:
    with pytest.raises(InvalidFields):
        return_money(office.proposal_id, None, **office.acts(now, by=office.reviewer))
    return_money(office.proposal_id, DeclineReason.PAPERS_MISSING, **office.acts(now, by=office.reviewer))
    row = office.proposal()
    assert (row.status, row.decided_by) == (ProposalStatus.PROPOSED, office.caseworker.account_id)
    assert office.books() == (0, 0, 0, 0)
    confirm_proposal(office.proposal_id, **office.acts(now))
    assert office.proposal().status is ProposalStatus.AWAITING_APPROVAL


def test_the_approver_takes_it_back(office: Office, now: datetime) -> None:
    approve_money(office.proposal_id, **office.acts(now, by=office.reviewer))
    undo(office.proposal_id, by=office.reviewer, uow=office.uow(), now=now + timedelta(minutes=5))
    row = office.proposal()
    assert (row.status, row.approved_by) == (ProposalStatus.AWAITING_APPROVAL, None)
    assert row.decided_by == office.caseworker.account_id
    assert office.deliveries() == [] and all(stopped for _, stopped in office.notices())


def test_the_first_person_cannot_undo_past_the_second(office: Office, now: datetime) -> None:
    approve_money(office.proposal_id, **office.acts(now, by=office.reviewer))
    with pytest.raises(NotPermitted):
        undo(office.proposal_id, by=office.caseworker, uow=office.uow(), now=now)


def test_the_first_person_undoes_before_the_second_looked(office: Office, now: datetime) -> None:
    undo(office.proposal_id, by=office.caseworker, uow=office.uow(), now=now)
    assert office.proposal().status is ProposalStatus.PROPOSED and office.books() == (0, 0, 0, 0)
