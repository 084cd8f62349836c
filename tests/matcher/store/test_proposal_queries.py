"""What the work queue reads: order, reach, what can be taken back, one proposal in full; on both databases."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from matcher.domain.access import Actor
from matcher.domain.terms import ContactOutcome, DeclineReason, NeedStatus, ProposalStatus, Role, UnitLevel
from matcher.errors import NotFound
from matcher.store.queries import proposals as reading
from matcher.store.session import Database
from matcher.store.tables import Account, Household, Need, Proposal
from matcher.usecases.deliveries import mark_delivered
from matcher.usecases.notes import note_contact
from matcher.usecases.proposal_page import look_at_proposal
from matcher.usecases.proposals import confirm_proposal, decline_proposal, hold_proposal, undo
from tests import factories as make
from tests.matcher.usecases.deciding import RULES, Office, a_money_office, an_office

TODAY = date(2019, 1, 9)


@pytest.fixture
def office(database: Database) -> Office:
    return an_office(database)


def order(office: Office, by: Actor | None = None, *status: ProposalStatus) -> list[int]:
    wanted = frozenset(status) or reading.OPEN
    with office.database.read() as session:
        return [place.id for place in reading.queue_order(session, by or office.caseworker, wanted)]


def more(office: Office, **needs: int | date | None) -> int:
    with office.database.write() as session:
        made = make.a_proposal(session, need=make.a_need(session, **needs))
        session.commit()
    return made.id or 0


def test_most_urgent_first_then_nearest_date_then_best_score(office: Office) -> None:
    urgent = more(office, urgency=5, deadline=None)
    soon = more(office, urgency=4, deadline=date(2019, 1, 12))
    calm = more(office, urgency=2, deadline=None)
    dated = more(office, urgency=2, deadline=date(2019, 3, 1))
    assert order(office) == [urgent, soon, office.proposal_id, dated, calm]


def test_what_is_decided_or_no_longer_needed_leaves_the_queue(office: Office, now: datetime) -> None:
    closed = more(office)
    with office.database.read() as session:
        need_id = session.get_one(Proposal, closed).need_id
    office.change(Need, need_id, status=NeedStatus.WITHDRAWN)
    assert order(office) == [office.proposal_id]
    hold_proposal(office.proposal_id, date(2019, 1, 11), **office.acts(now))
    assert order(office) == []
    assert order(office, None, ProposalStatus.HELD) == [office.proposal_id]


def test_what_went_to_a_township_waits_there_alone(office: Office) -> None:
    with office.database.write() as session:
        county = make.a_county(session)
        township = make.a_unit(session, parent=county, level=UnitLevel.GRASSROOTS)
        colleague = make.an_actor(session, unit=township)
        session.commit()
    office.change(Proposal, office.proposal_id, status=ProposalStatus.HANDED_OVER, unit_id=township.id)
    assert (order(office), order(office, colleague)) == ([], [office.proposal_id])


def test_another_county_sees_nothing(office: Office) -> None:
    with office.database.write() as session:
        other = make.an_actor(session, unit=make.a_county(session, "410825"))
        session.commit()
    assert order(office, other) == []
    with office.database.read() as session, pytest.raises(NotFound):
        look_at_proposal(office.proposal_id, by=other, session=session, as_of=TODAY, rules=RULES)


def test_cards_carry_what_is_left_of_the_offer(office: Office, now: datetime) -> None:
    second = more(office)
    confirm_proposal(office.proposal_id, **office.acts(now))
    with office.database.read() as session:
        rows = reading.queue_rows(session, [second, office.proposal_id])
    assert [(row.id, row.offer_left, row.head_name) for row in rows] == [
        (second, 300, "李志远"),
        (office.proposal_id, 299, "李志远"),
    ]


def test_done_today_counts_what_was_not_taken_back(office: Office, now: datetime) -> None:
    second = more(office)
    confirm_proposal(office.proposal_id, **office.acts(now))
    arguments = office.acts(now, seen=1)
    decline_proposal(second, DeclineReason.ALREADY_HAS, **arguments)
    undo(second, by=office.caseworker, uow=office.uow(), now=now)
    with office.database.read() as session:
        assert reading.count_done(session, office.caseworker, since=now) == 1
        assert reading.count_done(session, office.caseworker, since=now + timedelta(hours=1)) == 0
        acts = reading.last_acts(session, office.caseworker, now=now)
    assert [(act.proposal_id, act.action.value, act.quantity) for act in acts] == [(office.proposal_id, "confirm", 1)]
    with office.database.read() as session:
        assert reading.last_acts(session, office.reviewer, now=now) == []
        assert reading.last_acts(session, office.caseworker, now=now + timedelta(minutes=11)) == []


def test_one_proposal_in_full(office: Office, now: datetime) -> None:
    note_contact(
        office.proposal_id,
        ContactOutcome.REACHED,
        "要一份",
        by=office.caseworker,
        uow=office.uow(),
        now=now,
        rules=RULES,
    )
    with office.database.write() as session:
        household_need = make.a_need(session, household=_home(session, office))
        other = make.a_proposal(session, need=household_need)
        row = session.get_one(Proposal, office.proposal_id)
        row.alternatives = [{"offer_id": other.offer_id, "score": 611, "why_not": {"code": "OUT_OF_STOCK"}}]
        session.commit()
    page = look(office)
    assert page.verdict.allowed and (page.room.minimum, page.room.maximum, page.room.why) == (1, 1, "per_case")
    detail = page.detail
    assert [(n.outcome.value, n.note, n.by_role) for n in detail.notes] == [("reached", "要一份", Role.CASEWORKER)]
    assert [(o.title, o.score) for o in detail.others] == [("米面油礼包", 611)]
    assert (detail.helped, detail.steps, detail.delivery_id, detail.proposal.is_stale) == ([], [], None, False)
    assert detail.waiting_families == 0, "another need of the same family is not another family"


def _home(session: Session, office: Office) -> Household:
    return session.get_one(Household, office.more["household"])


def look(office: Office, by: Actor | None = None):
    with office.database.read() as session:
        return look_at_proposal(
            office.proposal_id, by=by or office.caseworker, session=session, as_of=TODAY, rules=RULES
        )


def test_help_of_this_year_is_told(office: Office, now: datetime) -> None:
    with office.database.write() as session:
        need = make.a_need(session, household=_home(session, office), category="LIV", unit="元", quantity=600)
        offer = make.an_offer(session, category="LIV", unit="元", quantity=5000, per_case_max=None)
        earlier = make.a_proposal(session, need=need, offer=offer, quantity=600, is_money=False)
        session.commit()
    confirm_proposal(earlier.id, **office.acts(now, seen=1))
    row = office.deliveries()[0]
    mark_delivered(row.id, TODAY, "赵敏", seen_version=1, by=office.caseworker, uow=office.uow(), now=now)
    assert [(h.category.value, h.times, h.quantity, h.last_on) for h in look(office).detail.helped if h.category] == [
        ("LIV", 1, 600, TODAY)
    ]


def test_an_edited_side_is_told(office: Office) -> None:
    office.change(Need, office.need_id, version=2)
    assert look(office).detail.proposal.is_stale


def test_money_names_its_second_person_and_refuses_the_first(database: Database, now: datetime) -> None:
    office = a_money_office(database)
    confirm_proposal(office.proposal_id, **office.acts(now))
    assert look(office).verdict.allowed, "the caseworker sees it; only approving is another's"
    assert look(office, office.reviewer).verdict.allowed
    with database.read() as session:
        name = session.exec(select(Account.display_name).where(col(Account.role) == Role.REVIEWER)).one()
    assert look(office).detail.reviewers == [name]


def test_a_page_asks_the_database_a_fixed_number_of_times(office: Office) -> None:
    def asked() -> int:
        counted: list[str] = []
        engine = office.database.reader

        def count(_connection, _cursor, statement, *_rest) -> None:
            counted.append(statement)

        event.listen(engine, "before_cursor_execute", count)
        try:
            with office.database.read() as session:
                ids = [place.id for place in reading.queue_order(session, office.caseworker)]
                reading.queue_rows(session, ids)
                look_at_proposal(office.proposal_id, by=office.caseworker, session=session, as_of=TODAY, rules=RULES)
        finally:
            event.remove(engine, "before_cursor_execute", count)
        return len(counted)

    few = asked()
    for _ in range(12):
        more(office)
    assert asked() == few <= 12
