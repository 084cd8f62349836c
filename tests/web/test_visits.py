"""Pages of help without a file: rosters, visits to enterprises, counts of stations."""

import io

import pytest
from sqlmodel import select

from matcher.domain.terms import Role
from matcher.store.tables import AuditEvent, EnterpriseVisit, RosterEntry, StationCount
from tests import factories as make

ENTERPRISE = {
    "enterprise": "怀川机械厂", "difficulty": "capacity", "visited_on": "2019-01-08", "operation": "只开一条线",
    "causes": "订单少", "resettlement": "轮休，没有裁员", "policies": "稳岗补贴没有申请", "affected_workers": "120",
}  # fmt: skip


def rows(database, table):
    with database.read() as session:
        return session.exec(select(table).order_by(table.id)).all()


def test_a_roster_is_pasted_visited_and_looked_at_with_a_trace(visitor_as, sqlite_database):
    visitor = visitor_as(Role.CASEWORKER)
    people = "陈大山 怀川纺织厂 19900000001\n韩春梅，棉纺车间，困难\n\n陈大山 怀川纺织厂\n陈大山 怀川纺织厂 19900000002"
    assert visitor.send("/visits/roster/add", group="model", year="2019", people=people).status_code == 303
    assert visitor.send("/visits/roster/add", group="model", year="2019", people=people).status_code == 303
    stored = rows(sqlite_database, RosterEntry)
    assert [(r.name, r.employer, r.phone, r.is_hardship) for r in stored] == [
        ("陈大山", "怀川纺织厂", "19900000001", False),
        ("韩春梅", "棉纺车间", None, True),
        ("陈大山", "怀川纺织厂", "19900000002", False),
    ], "once each, however often it is sent"
    page = visitor.get("/visits/roster?group=model&year=2019").text
    assert "陈**" in page or "陈*" in page
    assert "陈大山" not in page and "19900000001" not in page
    shown = visitor.send("/visits/roster/names", group="model", year="2019").text
    assert "陈大山" in shown and "19900000001" in shown and "已经记下" in shown
    marked = visitor.send(
        "/visits/roster/visited", group="model", year="2019", chosen=str(stored[0].id), visited_on="2019-01-08",
        given="米面油一份", amount="500",
    )  # fmt: skip
    assert marked.status_code == 303
    assert "米面油一份" in visitor.get("/visits/roster?group=model&year=2019").text
    again = visitor.send(
        "/visits/roster/visited", group="model", year="2019", chosen=str(stored[0].id), visited_on="2019-01-07"
    )
    assert again.status_code == 303 and rows(sqlite_database, RosterEntry)[0].visited_on.day == 8


def sent_table(visitor, content: bytes, name: str):
    visitor.get("/visits/roster?group=model&year=2019")
    return visitor.send("/visits/roster/read", group="model", year="2019", file=(io.BytesIO(content), name))


TABLE = """怀川区劳模名册,,,,
序号,职工姓名,工作单位,联系电话,是否困难
1,陈 大山,怀川 纺织厂,19900000001,否
2,韩春梅,棉纺车间,,是
"""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_table_is_read_into_the_box_and_nothing_is_written_before_somebody_looked(
    visitor_as, sqlite_database, encoding
):
    visitor = visitor_as(Role.CASEWORKER)
    page = sent_table(visitor, TABLE.encode(encoding), "劳模.csv")
    assert page.status_code == 200 and "读到 2 人" in page.text
    assert "陈大山 怀川纺织厂 19900000001\n韩春梅 棉纺车间 困难</textarea>" in page.text
    assert rows(sqlite_database, RosterEntry) == []
    people = page.text.split('name="people" rows="8"')[1].split(">\n", 1)[1].split("</textarea>")[0]
    assert visitor.send("/visits/roster/add", group="model", year="2019", people=people).status_code == 303
    assert [(r.name, r.is_hardship) for r in rows(sqlite_database, RosterEntry)] == [
        ("陈大山", False),
        ("韩春梅", True),
    ]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "", "选"),
        ("单位,电话\n怀川纺织厂,1\n".encode(), "a.csv", "姓名"),
        (b"PK\x03\x04 not a workbook", "a.xlsx", "打不开"),
        (("姓名\n" + "陈大山\n" * 501).encode(), "a.csv", "500"),
        (b"x", "a.pdf", "XLSX"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_in_words(visitor_as, sqlite_database, content, name, said):
    page = sent_table(visitor_as(Role.CASEWORKER), content, name)
    assert page.status_code == 422 and 'id="file-error"' in page.text
    assert said in page.text.split('id="file-error"')[1].split("</p>")[0]


def test_a_person_on_a_roster_becomes_a_family_with_what_is_known(visitor_as, sqlite_database):
    visitor = visitor_as(Role.CASEWORKER)
    visitor.send("/visits/roster/add", group="migrant", year="2019", people="陈大山 怀川纺织厂 19900000001")
    form = visitor.send("/visits/roster/1/family").text
    assert 'value="陈大山"' in form and 'value="19900000001"' in form and 'value="MIGRANT" checked' in form
    with sqlite_database.read() as session:
        assert session.exec(select(AuditEvent).where(AuditEvent.action == "roster:register")).one().object_id == 1
    assert visitor.send("/files/new", head_name="陈大山", phone="19900000001", groups="MIGRANT").status_code == 303
    assert visitor.send("/visits/roster/99/family").status_code == 404
    assert visitor.send(f"/visits/roster/{2**40}/family").status_code == 404


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ("", "一行一人"),
        ("陈大山\n1 号车间", "第 2 行"),
        ("陈大山 1990000", "第 1 行的电话不对"),
        ("\n".join(f"陈{chr(0x4E00 + i)}" for i in range(501)), "最多 500 人"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_nothing_is_written(visitor_as, sqlite_database, people, said):
    visitor = visitor_as(Role.CASEWORKER)
    answer = visitor.send("/visits/roster/add", group="model", year="2019", people=people)
    assert answer.status_code == 422 and said in answer.text and rows(sqlite_database, RosterEntry) == []


def test_mistakes_on_a_roster_are_mended_and_a_visit_is_never_lost_by_it(visitor_as, sqlite_database):
    visitor = visitor_as(Role.CASEWORKER)
    visitor.send("/visits/roster/add", group="model", year="2019", people="陈大山\n韩春梅")
    visitor.send("/visits/roster/visited", group="model", year="2019", chosen="1", visited_on="2019-01-08")
    assert visitor.send("/visits/roster/remove", group="model", year="2019").status_code == 422
    both = {"group": "model", "year": "2019", "chosen": ["1", "2"]}
    assert visitor.send("/visits/roster/remove", **both).status_code == 303
    assert [row.name for row in rows(sqlite_database, RosterEntry)] == ["陈大山"], "who was visited stays"
    assert visitor.send("/visits/roster/1/unvisited", group="model", year="2019").status_code == 303
    assert rows(sqlite_database, RosterEntry)[0].visited_on is None
    assert visitor.send("/visits/roster/99/unvisited").status_code == 404


def test_visiting_nobody_or_tomorrow_is_refused(visitor_as, sqlite_database):
    visitor = visitor_as(Role.CASEWORKER)
    assert visitor.send("/visits/roster/add", group="outdoor", year="2019", people="陈大山").status_code == 303
    none = visitor.send("/visits/roster/visited", group="outdoor", year="2019", visited_on="2019-01-08")
    assert none.status_code == 422 and "请先勾上" in none.text
    late = visitor.send("/visits/roster/visited", group="outdoor", year="2019", chosen="1", visited_on="2019-02-08")
    assert late.status_code == 422 and rows(sqlite_database, RosterEntry)[0].visited_on is None
    assert visitor.send("/visits/roster/visited", chosen="999", visited_on="2019-01-08").status_code == 404


def test_an_enterprise_is_visited_with_four_questions_and_corrected(visitor_as, sqlite_database):
    visitor = visitor_as(Role.CASEWORKER)
    missing = visitor.send("/visits/enterprises/new", **(ENTERPRISE | {"policies": "", "difficulty": ""}))
    assert missing.status_code == 422 and "只开一条线" in missing.text and rows(sqlite_database, EnterpriseVisit) == []
    assert visitor.send("/visits/enterprises/new", **ENTERPRISE).status_code == 303
    [row] = rows(sqlite_database, EnterpriseVisit)
    page = visitor.get("/visits").text
    assert "怀川机械厂" in page and "去产能任务重" in page and "稳岗补贴没有申请" in page
    assert "只开一条线" in visitor.get(f"/visits/enterprises/{row.id}").text
    changed = ENTERPRISE | {"policies": "已申请", "version": "1"}
    assert visitor.send(f"/visits/enterprises/{row.id}", **changed).status_code == 303
    stale = visitor.send(f"/visits/enterprises/{row.id}", **changed)
    assert stale.status_code == 409 and rows(sqlite_database, EnterpriseVisit)[0].policies == "已申请"
    assert visitor.get("/visits/enterprises/99999999999").status_code == 404


def test_a_station_counts_people_and_the_second_count_of_a_day_replaces_the_first(visitor_as, sqlite_database):
    visitor = visitor_as(Role.CASEWORKER)
    assert visitor.send("/visits/stations/count", on="2019-01-08").status_code == 422
    assert visitor.send("/visits/stations/count", on="2019-01-08", rest="30", water="12").status_code == 303
    assert visitor.send("/visits/stations/count", on="2019-01-08", rest="35").status_code == 303
    assert sorted((r.service.value, r.people) for r in rows(sqlite_database, StationCount)) == [
        ("rest", 35), ("water", 0),
    ]  # fmt: skip
    assert "35 人次" in visitor.get("/visits").text.replace("\xa0", " ")


def test_a_reviewer_reads_and_writes_nothing_and_a_contact_person_has_no_such_page(visitor_as, sqlite_database):
    with sqlite_database.write() as session:
        make.a_county(session)
        session.commit()
    assert visitor_as(Role.REVIEWER).send("/visits/stations/count", on="2019-01-08", rest="3").status_code == 403
    assert visitor_as(Role.CONTACT).get("/visits").status_code == 403
