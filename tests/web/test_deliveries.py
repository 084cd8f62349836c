"""Deliveries over HTTP: who sees them, what is exported, the sheet to sign, marking and taking back."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlmodel import select

from matcher.domain.terms import Category, DeliveryStatus, FundSource, Role
from matcher.store.session import Database
from matcher.store.tables import AuditEvent, Delivery
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.approvals import approve_money
from matcher.usecases.proposals import confirm_proposal
from tests import factories as make
from tests.factories import NOW
from tests.matcher.usecases.deciding import RULES
from tests.web.conftest import Visitor

VisitorAs = Callable[..., Visitor]
SEEING = {Role.CASEWORKER, Role.REVIEWER, Role.CITY, Role.CONTACT, Role.FINANCE, Role.AUDITOR}


@pytest.fixture
def confirmed(app: Flask, sqlite_database: Database) -> list[Delivery]:
    """A parcel named like a formula, and 3,000 元 approved by a second person."""
    with sqlite_database.write() as session:
        parcel = make.a_proposal(session, offer=make.an_offer(session, title="=1+1 礼包"))
        money = {"category": Category.LIV, "unit": "元"}
        fund = make.an_offer(
            session, title="临时救助金", quantity=9000, per_case_max=None, fund_source=FundSource.DONATION, **money
        )
        need = make.a_need(session, quantity=3000, household=make.a_household(session, township="木城街道"), **money)
        help_ = make.a_proposal(session, need=need, offer=fund, quantity=3000)
        caseworker, reviewer = make.an_actor(session), make.an_actor(session, Role.REVIEWER)
        session.commit()
    arguments = {"uow": UnitOfWork(sqlite_database), "now": NOW, "rules": RULES}
    for proposal in (parcel, help_):
        confirm_proposal(proposal.id or 0, seen_version=1, by=caseworker, **arguments)
    approve_money(help_.id or 0, seen_version=2, by=reviewer, **arguments)
    return rows(sqlite_database)


def rows(database: Database) -> list[Delivery]:
    with database.read() as session:
        return list(session.exec(select(Delivery).order_by(Delivery.id)))  # type: ignore[arg-type]


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.WORKER, Role.CHARITY, Role.ENTERPRISE}])
def test_who_sees_them(visitor_as: VisitorAs, confirmed: list[Delivery], role: Role) -> None:
    visitor = visitor_as(role)
    wanted = 200 if role in SEEING else 403
    paths = ("/deliveries", "/deliveries/sheet", "/deliveries/export", "/deliveries/export?kind=csv")
    assert [visitor.get(path).status_code for path in paths] == [wanted] * 4


def test_what_waits_is_seen_first_and_what_is_done_is_one_press_away(
    visitor_as: VisitorAs, confirmed: list[Delivery]
) -> None:
    visitor, waiting = visitor_as(Role.CASEWORKER), confirmed[0]
    page = visitor.get("/deliveries").text
    assert "未发放 2</a>" in page and "已发放 0</a>" in page
    for row in confirmed:
        chosen = {"chosen": f"{row.id}:{row.version}", "delivered_on": NOW.date().isoformat(), "handler": "周敏"}
        visitor.send("/deliveries/mark", **chosen)
    page = visitor.get("/deliveries").text
    assert "都发放完了" in page and "已发放 2</a>" in page
    assert "礼包" in visitor.get("/deliveries?status=delivered").text and waiting.id


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CITY, Role.FINANCE, Role.AUDITOR])
def test_who_may_not_mark(visitor_as: VisitorAs, confirmed: list[Delivery], role: Role) -> None:
    visitor = visitor_as(role)
    assert "打勾的记为已发放" not in visitor.get("/deliveries").text
    chosen = f"{confirmed[0].id}:1"
    assert visitor.send("/deliveries/mark", page="/account", chosen=chosen).status_code == 403


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"礼包", "临时救助金"}),
        ("?category=LIV", {"临时救助金"}),
        ("?township=大虹桥乡", {"礼包"}),
        ("?status=delivered", set()),
        ("?since=2019-01-10", set()),
        ("?until=2019-01-09", {"礼包", "临时救助金"}),
        ("?since=not-a-day&category=XXX&offer=abc&page=-3", {"礼包", "临时救助金"}),
    ],
)
def test_filters_and_the_export_agree(
    visitor_as: VisitorAs, confirmed: list[Delivery], query: str, shown: set[str]
) -> None:
    visitor = visitor_as(Role.CASEWORKER)
    listed = visitor.get(f"/deliveries{query}").text.partition("<tbody>")[2]
    exported = visitor.get(f"/deliveries/export{query}{'&' if query else '?'}kind=csv").data.decode("utf-8-sig")
    for item in ("礼包", "临时救助金"):
        assert (item in listed, item in exported) == (item in shown, item in shown)


def test_the_export_is_text_masked_and_marked(visitor_as: VisitorAs, confirmed: list[Delivery]) -> None:
    answer = visitor_as(Role.CASEWORKER).get("/deliveries/export")
    assert "attachment" in answer.headers["Content-Disposition"]
    table = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    by_item = {line[3]: line for line in table[1:]}
    assert set(by_item) == {"=1+1 礼包", "临时救助金"} and table[0][-1] == "演示数据"
    assert by_item["临时救助金"][1] == "李**" and by_item["临时救助金"][6] == 3000
    assert by_item["临时救助金"][8] == "待财务发放" and by_item["=1+1 礼包"][8] == "未发放"
    as_csv = visitor_as(Role.CASEWORKER).get("/deliveries/export?kind=csv").data
    assert b"\n=1" not in as_csv and b",=1" not in as_csv


def test_full_names_only_by_post_and_written_down(
    visitor_as: VisitorAs, sqlite_database: Database, confirmed: list[Delivery]
) -> None:
    visitor = visitor_as(Role.CASEWORKER)
    masked = visitor.get("/deliveries/sheet").text
    assert "李志远" not in masked and "领取人签字" in masked
    assert "李志远" in visitor.send("/deliveries/sheet", page="/account").text
    with sqlite_database.read() as session:
        looked = session.exec(select(AuditEvent).where(AuditEvent.action == "household:reveal")).all()
    assert sorted(event.details["delivery_id"] for event in looked) == [row.id for row in confirmed]
    assert visitor_as(Role.FINANCE).send("/deliveries/sheet", page="/account").status_code == 403


def test_marking_and_taking_back(visitor_as: VisitorAs, sqlite_database: Database, confirmed: list[Delivery]) -> None:
    visitor, first = visitor_as(Role.CASEWORKER), confirmed[0]
    fields = {"chosen": f"{first.id}:1", "delivered_on": "2019-01-09", "handler": "赵敏"}
    assert (
        visitor.send("/deliveries/mark?status=pending", page="/account", **fields).location
        == "/deliveries?status=pending"
    )
    assert rows(sqlite_database)[0].status is DeliveryStatus.DELIVERED
    again = visitor.send("/deliveries/mark", **fields)
    assert again.status_code == 409 and "1 项没有办成" in again.text
    path = f"/deliveries/{first.id}/unmark"
    assert visitor.send(path, seen_version=2, reason="").status_code == 422
    assert visitor.send(path, seen_version=1, reason="记错了").status_code == 409
    assert visitor.send(path, seen_version=2, reason="记错了").status_code == 303
    assert rows(sqlite_database)[0].status is DeliveryStatus.PENDING


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"delivered_on": "2019-01-10"}, "发放日期不能晚于今天"),
        ({"delivered_on": "2018-12-31"}, "不能早于确认的日子"),
        ({"delivered_on": "soon"}, "请选一天"),
        ({"handler": " "}, "请写经手人"),
        ({"chosen": ""}, "请先在清单里打勾"),
        ({"chosen": "x:y"}, "请先在清单里打勾"),
    ],
)
def test_what_is_wrong_is_said(
    visitor_as: VisitorAs, confirmed: list[Delivery], fields: dict[str, str], told: str
) -> None:
    given = {"chosen": f"{confirmed[0].id}:1", "delivered_on": "2019-01-09", "handler": "赵敏"} | fields
    answer = visitor_as(Role.CASEWORKER).send("/deliveries/mark", page="/account", **given)
    assert answer.status_code == 422 and told in answer.text


def test_another_county_cannot_reach_it(
    visitor_as: VisitorAs, sqlite_database: Database, confirmed: list[Delivery]
) -> None:
    with sqlite_database.write() as session:
        other = make.a_county(session, "410825")
        session.commit()
    visitor = visitor_as(Role.CASEWORKER, unit=other)
    assert "还没有要发放的" in visitor.get("/deliveries").text
    path = f"/deliveries/{confirmed[0].id}/unmark"
    assert visitor.send(path, page="/account", seen_version=1, reason="记错了").status_code == 404
