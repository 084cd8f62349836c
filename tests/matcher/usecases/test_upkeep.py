"""What happens in time by itself: notices go out once, needs and offers end with their day."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from matcher.domain.terms import NeedStatus, OfferStatus
from matcher.store.session import Database
from matcher.store.tables import AuditEvent, Household, Need, Offer, Outbox
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.notices import send_due_notices
from matcher.usecases.upkeep import expire_needs_and_offers, sort_families_by_name
from tests import factories as make
from tests.factories import TODAY


def a_notice(number: int, send_after: datetime, **fields: datetime) -> Outbox:
    return Outbox(kind="x", dedupe=f"x:{number}", created_at=send_after, send_after=send_after, **fields)


def test_a_notice_goes_out_once_when_its_undo_window_is_over(database: Database, uow: UnitOfWork, now: datetime):
    with database.write() as session:
        session.add(a_notice(1, now - timedelta(minutes=1)))
        session.add(a_notice(2, now + timedelta(minutes=1)))
        session.add(a_notice(3, now - timedelta(minutes=5), cancelled_at=now))
        session.commit()
    assert send_due_notices(uow=uow, now=now) == 1
    assert send_due_notices(uow=uow, now=now) == 0
    with database.read() as session:
        sent = session.exec(select(Outbox.sent_at).order_by(col(Outbox.id))).all()
    assert sent == [now, None, None]


def test_a_notice_keeps_the_moment_it_first_went_out(database: Database, uow: UnitOfWork, now: datetime):
    with database.write() as session:
        session.add(a_notice(1, now))
        session.commit()
    send_due_notices(uow=uow, now=now)
    send_due_notices(uow=uow, now=now + timedelta(hours=1))
    with database.read() as session:
        assert session.exec(select(Outbox.sent_at)).one() == now


def test_needs_end_on_the_day_after_their_date(database: Database, uow: UnitOfWork, now: datetime):
    with database.write() as session:
        late = make.a_need(session, deadline=TODAY - timedelta(days=1)).id
        last_day = make.a_need(session, deadline=TODAY).id
        timeless = make.a_need(session, deadline=None).id
        promised = make.a_need(session, deadline=TODAY - timedelta(days=1), promised=1, status=NeedStatus.PROMISED).id
        session.commit()
    assert expire_needs_and_offers(uow=uow, now=now).needs == (late,)
    assert expire_needs_and_offers(uow=uow, now=now).needs == ()
    with database.read() as session:
        states = {need.id: need.status for need in session.exec(select(Need))}
        assert session.exec(select(AuditEvent.action)).all() == ["need:expire"]
    assert states == {
        late: NeedStatus.EXPIRED,
        last_day: NeedStatus.OPEN,
        timeless: NeedStatus.OPEN,
        promised: NeedStatus.PROMISED,
    }


@pytest.mark.parametrize("field", ["valid_to", "shelf_life_until"])
def test_offers_close_after_their_window_or_shelf_life(database: Database, uow: UnitOfWork, now: datetime, field: str):
    with database.write() as session:
        over = make.an_offer(session, **{field: TODAY - timedelta(days=1)}).id
        make.an_offer(session, **{field: TODAY})
        session.commit()
    assert expire_needs_and_offers(uow=uow, now=now).offers == (over,)
    with database.read() as session:
        assert session.get(Offer, over).status is OfferStatus.CLOSED


def test_what_the_database_refuses_is_not_repeated_in_the_error(database: Database):
    with pytest.raises(IntegrityError) as refused, database.write() as session:
        session.execute(
            text("INSERT INTO division (code, name) VALUES (:code, :name)"), [{"code": "1", "name": "李志远"}] * 2
        )
    assert "李志远" not in str(refused.value)


def test_families_from_before_there_was_an_order_of_names_get_their_place(database):
    with database.write() as session:
        ids = [make.a_household(session, head_name=name).id for name in ("张守田", "曾小兰", "阿依古丽")]
        session.execute(update(Household).values(surname_key=""))
        session.commit()
    assert sort_families_by_name(uow=UnitOfWork(database), most=2) == 2
    assert sort_families_by_name(uow=UnitOfWork(database)) == 1
    assert sort_families_by_name(uow=UnitOfWork(database)) == 0
    with database.read() as session:
        ordered = session.exec(select(Household.id).order_by(col(Household.surname_key))).all()
    assert ordered == [ids[2], ids[1], ids[0]]
