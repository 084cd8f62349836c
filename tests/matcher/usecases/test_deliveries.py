"""Handing out: marking, marking many, taking a mark back; the books follow."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from matcher.domain.terms import Category, DeclineReason, DeliveryStatus, NeedStatus, OfferStatus, ProposalStatus, Role
from matcher.errors import InvalidFields, NotFound, NotPermitted, StaleVersion, WrongState
from matcher.store.queries.deliveries import DeliveryFilter, list_deliveries
from matcher.store.session import Database
from matcher.store.tables import Delivery, ProposalStep
from matcher.usecases.deliveries import mark_delivered, mark_several, unmark_delivered
from matcher.usecases.proposals import confirm_proposal, undo, withdraw_proposal
from tests import factories as make
from tests.matcher.usecases.deciding import RULES, Office, an_office

DAY = date(2019, 1, 10)


@pytest.fixture
def office(database: Database, now: datetime) -> Office:
    """One confirmed parcel, the only one of its offer."""
    office = an_office(database, offer={"quantity": 1})
    confirm_proposal(office.proposal_id, **office.acts(now))
    return office


@pytest.fixture
def tomorrow(now: datetime) -> datetime:
    return now + timedelta(days=1)


def mark(office: Office, at: datetime, *, on: date | None = DAY, handler: str = "赵敏", seen: int = 1, by=None):
    row = office.deliveries()[0]
    return mark_delivered(
        row.id or 0, on, handler, seen_version=seen, by=by or office.caseworker, uow=office.uow(), now=at
    )


def test_marking_moves_the_books(office: Office, tomorrow: datetime) -> None:
    card = mark(office, tomorrow)
    assert (card.status, card.version) == (DeliveryStatus.DELIVERED, 2)
    assert office.books() == (1, 1, 1, 1)
    assert office.proposal().status is ProposalStatus.DELIVERED
    assert office.need().status is NeedStatus.MET
    assert office.offer().status is OfferStatus.CLOSED, "all of it reached somebody"
    row = office.deliveries()[0]
    assert (row.delivered_on, row.handler, row.marked_by) == (DAY, "赵敏", office.caseworker.account_id)


def test_a_mark_taken_back(office: Office, tomorrow: datetime) -> None:
    mark(office, tomorrow)
    row = office.deliveries()[0]
    arguments = {"seen_version": 2, "by": office.caseworker, "uow": office.uow(), "now": tomorrow}
    with pytest.raises(InvalidFields):
        unmark_delivered(row.id, " ", **arguments)
    unmark_delivered(row.id, "记错了人家，电话 19900001111", **arguments)
    assert office.books() == (1, 0, 1, 0)
    assert office.need().status is NeedStatus.PROMISED and office.offer().status is OfferStatus.OPEN
    assert office.proposal().status is ProposalStatus.CONFIRMED and len(office.deliveries()) == 1
    with office.database.read() as session:
        last = session.exec(select(ProposalStep)).all()[-1]
    assert (last.action.value, last.note) == ("undeliver", "记错了人家，电话 〔电话〕")
    assert [stopped for _, stopped in office.notices()] == [False, False], "nobody is told anything anew"


@pytest.mark.parametrize(
    ("on", "handler", "fields"),
    [
        (None, "", {"delivered_on": "choose_date", "handler": "name_handler"}),
        (date(2019, 1, 11), "赵敏", {"delivered_on": "date_ahead"}),
        (date(2019, 1, 8), "赵敏", {"delivered_on": "date_before_confirmed"}),
        (DAY, "赵" * 41, {"handler": "too_long"}),
    ],
)
def test_date_and_handler(office: Office, tomorrow: datetime, on: date | None, handler: str, fields: dict) -> None:
    with pytest.raises(InvalidFields) as caught:
        mark(office, tomorrow, on=on, handler=handler)
    assert {p.field: p.code for p in caught.value.problems} == fields
    assert office.books() == (1, 0, 1, 0)


def test_marked_twice(office: Office, tomorrow: datetime) -> None:
    mark(office, tomorrow)
    with pytest.raises(WrongState):
        mark(office, tomorrow, seen=2)
    assert office.books() == (1, 1, 1, 1)


def test_a_row_changed_since_it_was_shown(office: Office, tomorrow: datetime) -> None:
    with pytest.raises(StaleVersion):
        mark(office, tomorrow, seen=4)


def test_what_was_handed_over_is_neither_undone_nor_withdrawn(office: Office, now: datetime) -> None:
    mark(office, now, on=now.date())
    with pytest.raises(WrongState):
        undo(office.proposal_id, by=office.caseworker, uow=office.uow(), now=now)
    with pytest.raises(WrongState):
        withdraw_proposal(office.proposal_id, DeclineReason.FACTS_DIFFER, **office.acts(now))


def test_who_may_mark(office: Office, tomorrow: datetime) -> None:
    with office.database.write() as session:
        elsewhere = make.an_actor(session, unit=make.a_county(session, "410825"))
        finance, contact = make.an_actor(session, Role.FINANCE), make.an_actor(session, Role.CONTACT)
        session.commit()
    with pytest.raises(NotFound):
        mark(office, tomorrow, by=elsewhere)
    with pytest.raises(NotPermitted):
        mark(office, tomorrow, by=finance)
    with pytest.raises(NotFound):
        mark(office, tomorrow, by=contact)
    with office.database.write() as session:
        make.looks_after(session, contact.account_id, office.proposal().household_id)
        session.commit()
    mark(office, tomorrow, by=contact)


def three_more(office: Office, now: datetime) -> list[Delivery]:
    """Two quilts and one box of books, confirmed a day apart."""
    with office.database.write() as session:
        quilts = make.an_offer(session, title="棉被", category=Category.WIN, unit="床", quantity=5)
        books = make.an_offer(session, title="图书", category=Category.EDU, unit="箱", quantity=5)
        ids = []
        for offer, township in ((quilts, "大虹桥乡"), (quilts, "木城街道"), (books, "木城街道")):
            home = make.a_household(session, township=township)
            need = make.a_need(session, household=home, category=offer.category, unit=offer.unit)
            ids.append(make.a_proposal(session, need=need, offer=offer).id)
        session.commit()
    for place, proposal_id in enumerate(ids):
        arguments = {"seen_version": 1, "by": office.caseworker, "uow": office.uow(), "rules": RULES}
        confirm_proposal(proposal_id, now=now + timedelta(days=place), **arguments)
    return sorted(office.deliveries(), key=lambda row: row.id or 0)


def test_several_at_once(office: Office, now: datetime) -> None:
    rows = three_more(office, now)
    later = now + timedelta(days=3)
    seen = [(row.id or 0, row.version) for row in rows]
    seen[1] = (seen[1][0], 9)
    result = mark_several(seen, later.date(), "赵敏", by=office.caseworker, uow=office.uow(), now=later)
    assert [card.delivery_id for card in result.done] == [seen[0][0], seen[2][0], seen[3][0]]
    assert [(id_, type(error)) for id_, error in result.failed] == [(seen[1][0], StaleVersion)]


def test_several_need_something_to_mark(office: Office, now: datetime) -> None:
    arguments = {"by": office.caseworker, "uow": office.uow(), "now": now}
    with pytest.raises(InvalidFields) as caught:
        mark_several([], DAY, "赵敏", **arguments)
    assert caught.value.problems[0].field == "chosen"
    with pytest.raises(InvalidFields) as caught:
        mark_several([(office.deliveries()[0].id or 0, 1)], None, "", **arguments)
    assert [p.field for p in caught.value.problems] == ["delivered_on", "handler"]


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        (DeliveryFilter(), 4),
        (DeliveryFilter(status=DeliveryStatus.DELIVERED), 0),
        (DeliveryFilter(category=Category.WIN), 2),
        (DeliveryFilter(township="木城街道"), 2),
        (DeliveryFilter(township="木城街道", category=Category.WIN), 1),
        (DeliveryFilter(since=date(2019, 1, 10)), 2),
        (DeliveryFilter(until=date(2019, 1, 9)), 2),
    ],
)
def test_filters(office: Office, now: datetime, chosen: DeliveryFilter, count: int) -> None:
    three_more(office, now)
    with office.database.read() as session:
        found = list_deliveries(session, office.caseworker, chosen)
    assert (found.total, len(found.rows), found.townships) == (count, count, ["大虹桥乡", "木城街道"])
    assert [title for _, title in found.offers] == ["图书", "棉被", "米面油礼包"]


def test_another_county_has_its_own_list(office: Office) -> None:
    with office.database.write() as session:
        elsewhere = make.an_actor(session, unit=make.a_county(session, "410825"))
        session.commit()
    with office.database.read() as session:
        found = list_deliveries(session, elsewhere, DeliveryFilter())
    assert (found.rows, found.total, found.townships) == ([], 0, [])
