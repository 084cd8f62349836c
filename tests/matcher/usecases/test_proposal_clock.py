"""What the timetable does: holds come back, what is too late or too old ends."""

from datetime import date, datetime, timedelta

import pytest

from matcher.domain.terms import NeedStatus, ProposalStatus
from matcher.store.session import Database
from matcher.store.tables import Need, Offer, Proposal
from matcher.usecases.proposal_clock import expire_proposals, release_due_holds
from matcher.usecases.proposals import confirm_proposal, hold_proposal
from tests.matcher.usecases.deciding import RULES, Office, an_office


@pytest.fixture
def office(database: Database) -> Office:
    return an_office(database)


def test_a_hold_comes_back_on_its_day(office: Office, now: datetime) -> None:
    hold_proposal(office.proposal_id, date(2019, 1, 11), **office.acts(now))
    assert release_due_holds(uow=office.uow(), now=now + timedelta(days=1)) == 0
    assert release_due_holds(uow=office.uow(), now=now + timedelta(days=2)) == 1
    row = office.proposal()
    assert (row.status, row.hold_until, row.decided_by) == (ProposalStatus.PROPOSED, None, None)
    assert office.books() == (0, 0, 0, 0)
    assert office.steps()[-1] == ("release", "held", "proposed")


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (Need, {"deadline": date(2019, 1, 8)}),
        (Offer, {"valid_to": date(2019, 1, 8)}),
        (Need, {"status": NeedStatus.WITHDRAWN}),
        (
            Proposal,
            {"created_at": datetime(2018, 12, 1).astimezone(), "updated_at": datetime(2018, 12, 1).astimezone()},
        ),
    ],
    ids=["past its date", "offer over", "need closed", "too old"],
)
def test_what_can_no_longer_be_expires(office: Office, now: datetime, table: type, values: dict) -> None:
    ids = {Need: office.need_id, Offer: office.offer_id, Proposal: office.proposal_id}
    office.change(table, ids[table], **values)
    assert expire_proposals(uow=office.uow(), now=now, rules=RULES) == 1
    assert office.proposal().status is ProposalStatus.EXPIRED
    assert expire_proposals(uow=office.uow(), now=now, rules=RULES) == 0


def test_fresh_ones_stay(office: Office, now: datetime) -> None:
    assert expire_proposals(uow=office.uow(), now=now + timedelta(days=6), rules=RULES) == 0


def test_a_held_one_gives_its_stock_back(office: Office, now: datetime) -> None:
    hold_proposal(office.proposal_id, date(2019, 1, 14), **office.acts(now))
    assert expire_proposals(uow=office.uow(), now=now + timedelta(days=8), rules=RULES) == 1
    assert office.books() == (0, 0, 0, 0)


def test_confirmed_ones_are_never_touched(office: Office, now: datetime) -> None:
    confirm_proposal(office.proposal_id, **office.acts(now))
    assert expire_proposals(uow=office.uow(), now=now + timedelta(days=90), rules=RULES) == 0
    assert office.books() == (1, 0, 1, 0)
