"""Pages of referrals."""

from datetime import timedelta

from sqlalchemy import update

from matcher.domain.terms import Role, UnitLevel
from matcher.store.tables import Referral
from tests import factories as make


def offices(database, visitor_as):
    """Caseworkers of two counties, and a need of a family in a town of the first."""
    with database.write() as session:
        city = make.the_city(session)
        east = make.a_unit(session, parent=city, name="东县总工会")
        west = make.a_unit(session, parent=city, name="西县总工会")
        town = make.a_unit(session, parent=east, level=UnitLevel.GRASSROOTS, name="甲镇工会")
        need = make.a_need(session, household=make.a_household(session, unit=town, phone="19912345678"))
        session.commit()
    return visitor_as(Role.CASEWORKER, unit=east), visitor_as(Role.CASEWORKER, unit=west), west.id, need.id


def test_a_need_is_referred_accepted_and_then_open_to_the_other_county(visitor_as, sqlite_database):
    east, west, west_id, need_id = offices(sqlite_database, visitor_as)
    assert "转给别的单位" in east.get(f"/needs/{need_id}").text
    page = east.get(f"/needs/{need_id}/refer").text
    assert "西县总工会（转介）" in page and "甲镇工会（" not in page
    sent = east.send(f"/needs/{need_id}/refer", to_unit=str(west_id), reason="lives_there", lane="ordinary")
    path = sent.headers["Location"]
    assert west.get(f"/needs/{need_id}").status_code == 404
    page = west.get(path).text
    assert "接收以后" in page and "19912345678" not in page
    assert west.send(f"{path}/accept", version="1").status_code == 303
    assert west.get(f"/needs/{need_id}").status_code == 200
    assert "19912345678" in west.send(f"/needs/{need_id}/reveal", purpose="contact").text
    assert east.get(f"/needs/{need_id}").status_code == 404 and east.get(path).status_code == 200


def test_what_is_missing_stands_beside_the_field(visitor_as, sqlite_database):
    east, _west, west_id, need_id = offices(sqlite_database, visitor_as)
    answer = east.send(f"/needs/{need_id}/refer", to_unit=str(west_id))
    assert answer.status_code == 422 and "请选一个理由" in answer.text


def test_the_queue_shows_what_is_late(visitor_as, sqlite_database):
    east, west, west_id, need_id = offices(sqlite_database, visitor_as)
    east.send(f"/needs/{need_id}/refer", to_unit=str(west_id), reason="closer", lane="emergency")
    assert "转来的，待办（1）" in west.get("/referrals").text
    with sqlite_database.write() as session:
        session.execute(update(Referral).values(due_at=make.NOW - timedelta(minutes=5)))
        session.commit()
    assert "超时" in west.get("/referrals").text
    assert "转出的，待办（1）" in east.get("/referrals").text


def test_a_step_that_does_not_exist_is_not_found(visitor_as, sqlite_database):
    east, _west, _west_id, _need_id = offices(sqlite_database, visitor_as)
    assert east.send("/referrals/1/forget").status_code == 404
    assert east.get(f"/referrals/{2**40}").status_code == 404
