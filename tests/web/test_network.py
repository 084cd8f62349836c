"""Pages of the union network."""

from matcher.domain.terms import Role, UnitLevel
from matcher.store.tables import Unit
from tests import factories as make


def planted(database):
    with database.write() as session:
        city = make.the_city(session)
        east = make.a_unit(session, parent=city, name="东县总工会")
        town = make.a_unit(session, parent=east, level=UnitLevel.GRASSROOTS, name="甲镇工会", short_name="甲镇")
        make.a_household(session, unit=town)
        session.commit()
        return city.id, east.id, town.id


def test_the_city_sees_the_whole_tree_a_county_its_own(visitor_as, sqlite_database):
    city, east, town = planted(sqlite_database)
    assert "东县总工会" in visitor_as(Role.CITY).get("/network").text
    with sqlite_database.read() as session:
        own = session.get(Unit, east)
    visitor = visitor_as(Role.CASEWORKER, unit=own)
    assert "甲镇工会" in visitor.get("/network").text
    assert visitor.get(f"/network/{city}").status_code == 404
    assert visitor.get(f"/network/{town}").status_code == 200
    assert "焦作市总工会" not in visitor.get("/network?q=工会").text


def test_the_system_administrator_opens_and_closes_without_seeing_cases(visitor_as, sqlite_database):
    _city, east, town = planted(sqlite_database)
    visitor = visitor_as(Role.SYSADMIN)
    assert "1 户" not in visitor.get(f"/network/{town}").text.replace("\xa0", " ")
    made = visitor.send(
        f"/network/{east}/open", level="centre", code="JZ-9-F1", name="东县职工服务中心", short_name="东县中心"
    )
    assert made.status_code == 303
    page = visitor.get(made.headers["Location"]).text
    assert "帮扶中心" in page and "新设" in page
    closed = visitor.send(f"/network/{town}/close", version="1", successor=str(east))
    assert closed.status_code == 303
    page = visitor.get(f"/network/{town}").text
    assert "已撤销" in page or "撤销" in page
    assert "甲镇工会" not in visitor.get(f"/network/{east}").text
    assert "甲镇工会" in visitor.get(f"/network/{east}?closed=1").text


def test_what_is_wrong_stands_beside_the_field(visitor_as, sqlite_database):
    _city, east, _town = planted(sqlite_database)
    visitor = visitor_as(Role.SYSADMIN)
    answer = visitor.send(f"/network/{east}/open", level="grassroots", code="?", name="乙镇工会", short_name="乙镇")
    assert answer.status_code == 422 and "组织代码用大写字母" in answer.text and "乙镇工会" in answer.text


def test_those_who_look_do_not_change(visitor_as, sqlite_database):
    _city, east, _town = planted(sqlite_database)
    visitor = visitor_as(Role.SECADMIN)
    assert visitor.get("/network").status_code == 200
    assert visitor.send(f"/network/{east}/rename", name="改名总工会", short_name="改名").status_code == 403
