"""The work queue over HTTP: who gets in, what is kept, what a lost race and a wrong form answer."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlmodel import select

from matcher.domain.terms import ProposalStatus, Role
from matcher.store.session import Database
from matcher.store.tables import Offer, Proposal, UnmetNeed
from tests import factories as make
from tests.factories import NOW
from tests.web.conftest import Visitor

VisitorAs = Callable[..., Visitor]
SEEING = {Role.CASEWORKER, Role.REVIEWER, Role.CITY}


@pytest.fixture
def proposal_id(app: Flask, sqlite_database: Database) -> int:
    with sqlite_database.write() as session:
        made = make.a_proposal(session)
        session.commit()
    return made.id or 0


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.WORKER, Role.CHARITY, Role.ENTERPRISE}])
def test_who_sees_the_queue(visitor_as: VisitorAs, proposal_id: int, role: Role) -> None:
    visitor = visitor_as(role)
    wanted = 200 if role in SEEING else 403
    assert [visitor.get(path).status_code for path in ("/proposals", "/proposals?show=urgent&page=9")] == [wanted] * 2


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CITY, Role.FINANCE, Role.CONTACT])
@pytest.mark.parametrize("act", ["confirm", "adjust", "decline", "hold", "hand-over", "withdraw"])
def test_who_may_not_decide(visitor_as: VisitorAs, proposal_id: int, role: Role, act: str) -> None:
    assert visitor_as(role).send(f"/proposals/{proposal_id}/{act}", page="/account").status_code == 403


def test_without_a_form_token_nothing_happens(
    visitor_as: VisitorAs, sqlite_database: Database, proposal_id: int
) -> None:
    answer = visitor_as(Role.CASEWORKER).post(f"/proposals/{proposal_id}/confirm", data={"seen_version": 1})
    assert answer.status_code == 400
    with sqlite_database.read() as session:
        assert session.get_one(Proposal, proposal_id).status is ProposalStatus.PROPOSED


def test_outside_ones_county_it_does_not_exist(
    visitor_as: VisitorAs, sqlite_database: Database, proposal_id: int
) -> None:
    with sqlite_database.write() as session:
        other = make.a_county(session, "410825", name="温县总工会")
        session.commit()
    visitor = visitor_as(Role.CASEWORKER, unit=other)
    here, nowhere = visitor.get(f"/proposals/{proposal_id}"), visitor.get("/proposals/999999")
    assert (here.status_code, nowhere.status_code) == (404, 404)
    assert visitor.send(f"/proposals/{proposal_id}/confirm", page="/account", seen_version=1).status_code == 404


def test_filters_survive_an_act(visitor_as: VisitorAs, proposal_id: int) -> None:
    answer = visitor_as(Role.CASEWORKER).send(
        f"/proposals/{proposal_id}/confirm", page="/account", seen_version=1, show="goods"
    )
    assert (answer.status_code, answer.location) == (303, "/proposals?show=goods")


def test_a_stale_page_is_told_so(visitor_as: VisitorAs, proposal_id: int) -> None:
    visitor = visitor_as(Role.CASEWORKER)
    answer = visitor.send(f"/proposals/{proposal_id}/confirm", page="/account", seen_version=4)
    assert answer.status_code == 409 and "这一项刚被别人改过" in answer.text


@pytest.mark.parametrize("quantity", ["", "0", "-1", "1.5", "一", "9" * 12, "１", "1e3", "nan"])
def test_quantities_that_are_none(visitor_as: VisitorAs, proposal_id: int, quantity: str) -> None:
    visitor = visitor_as(Role.CASEWORKER)
    answer = visitor.send(f"/proposals/{proposal_id}/adjust", page="/account", seen_version=1, quantity=quantity)
    assert answer.status_code == 422 and 'class="nl-error"' in answer.text
    assert f'value="{quantity or 1}"' in answer.text, "what was typed stays"


@pytest.mark.parametrize(
    ("act", "fields", "told"),
    [
        ("decline", {}, "请选择不采纳的理由"),
        ("decline", {"reason": "other", "note": " "}, "请写一句为什么"),
        ("hold", {}, "请选一天"),
        ("hold", {"until": "2019-01-09"}, "请选明天或以后的日子"),
        ("hold", {"until": "2019-02-30"}, "请选一天"),
        ("hand-over", {"to_unit": "77"}, "请从列出的单位里选一个"),
        ("note", {"outcome": "nonsense"}, "请选这次联系的结果"),
    ],
)
def test_what_is_missing_is_said_beside_it(
    visitor_as: VisitorAs, proposal_id: int, act: str, fields: dict[str, str], told: str
) -> None:
    answer = visitor_as(Role.CASEWORKER).send(
        f"/proposals/{proposal_id}/{act}", page="/account", seen_version=1, **fields
    )
    assert answer.status_code == 422 and told in answer.text


def test_undoing_too_late(app: Flask, visitor_as: VisitorAs, proposal_id: int) -> None:
    visitor = visitor_as(Role.CASEWORKER)
    visitor.send(f"/proposals/{proposal_id}/confirm", page="/account", seen_version=1)
    assert "可撤销，还剩 10 分 0 秒" in visitor.get("/proposals").text
    app.extensions["nuanliu"].clock = lambda: NOW + timedelta(minutes=11)
    assert "可撤销" not in visitor.get("/proposals").text
    assert visitor.send(f"/proposals/{proposal_id}/undo").status_code == 409


def test_a_rule_that_refuses_is_shown_and_hides_the_button(
    visitor_as: VisitorAs, sqlite_database: Database, proposal_id: int
) -> None:
    with sqlite_database.write() as session:
        offer = session.exec(select(Offer)).one()
        offer.valid_to = NOW.date() - timedelta(days=1)
        session.commit()
    visitor = visitor_as(Role.CASEWORKER)
    text = visitor.get(f"/proposals/{proposal_id}").text
    assert "条规则没有通过" in text and "资源已经结束" in text and "现在不能确认" in text
    answer = visitor.send(f"/proposals/{proposal_id}/confirm", seen_version=1)
    assert answer.status_code == 422 and "资源已经结束" in answer.text


def test_need_words_cannot_break_the_page(visitor_as: VisitorAs, sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        need = make.a_need(session, text="米<script>alert(1)</script>面 & 油", title="<b>米</b>")
        reasons = [{"code": "WORDS_SHARED", "params": {"words": ["<script>", "米", "("]}}]
        made = make.a_proposal(session, need=need, reasons=reasons)
        session.commit()
    text = visitor_as(Role.CASEWORKER).get(f"/proposals/{made.id}").text
    assert "<script>alert" not in text and "<b>米</b>" not in text
    assert "<mark>米</mark><mark>&lt;script&gt;</mark>alert(1)" in text.replace("<mark>(</mark>", "(")


def test_names_and_numbers_stay_masked(visitor_as: VisitorAs, proposal_id: int) -> None:
    text = visitor_as(Role.CASEWORKER).get(f"/proposals/{proposal_id}").text
    assert "李志远" not in text and "1990000" not in text and "李**" in text


def offered(database: Database, **fields: Any) -> str:
    with database.write() as session:
        offer = make.an_offer(session, **fields)
        session.commit()
    return offer.code


def test_words_of_both_sides_are_marked_and_three_reasons_come_first(
    visitor_as: VisitorAs, sqlite_database: Database
) -> None:
    said = {"concept": "FOO.package", "need_words": ["米缸面缸"], "offer_words": ["春节礼包"]}
    reasons = [{"code": "SAME_CONCEPT", "params": said}]
    reasons += [{"code": code, "params": {}} for code in ("SAME_COUNTY", "URGENT", "WAITED_DAYS", "SAME_CATEGORY")]
    with sqlite_database.write() as session:
        made = make.a_proposal(session, reasons=reasons)
        session.commit()
    visitor = visitor_as(Role.CASEWORKER)
    text = visitor.get(f"/proposals/{made.id}").text
    assert "<mark>米缸面缸</mark>都见底了" in text and "<mark>春节礼包</mark>：大米" in text
    assert "说的是一件事：米面油礼包。这户说“米缸面缸”，资源写“春节礼包”" in text
    assert "还有 2 条理由" in text
    english = visitor.get(f"/proposals/{made.id}?lang=en").text
    assert "Both speak of the same thing: parcels of rice" in english


def test_why_not_another_offer(visitor_as: VisitorAs, sqlite_database: Database, proposal_id: int) -> None:
    code = offered(sqlite_database, title="给解放区的礼包", regions=["410802"])
    visitor = visitor_as(Role.CASEWORKER)
    assert "给解放区的礼包（禾暖粮油，余 300" in visitor.get(f"/proposals/{proposal_id}").text
    text = visitor.get(f"/proposals/{proposal_id}/why-not?offer={code}").text
    assert "为什么不是“给解放区的礼包”？" in text and "有 1 条规则不合" in text
    assert "这户在武陟县，资源只给解放区" in text and "依据：捐赠意向中的地域" in text
    assert "请捐赠方放宽适用地区，加上武陟县" in text
    english = visitor.get(f"/proposals/{proposal_id}/why-not?code={code.lower()}&lang=en").text
    assert "1 rule forbids it." in english and "The smallest step" in english


@pytest.mark.parametrize("asked", ["", "?offer=", "?code=O999999", "?code=%27%22%3Cb%3E", "?offer=" + "x" * 400])
def test_an_offer_nobody_knows_is_said_beside_the_field(visitor_as: VisitorAs, proposal_id: int, asked: str) -> None:
    answer = visitor_as(Role.CASEWORKER).get(f"/proposals/{proposal_id}/why-not{asked}")
    assert answer.status_code == 404 and 'id="ask-error"' in answer.text and "<b>'" not in answer.text


def test_asking_outside_ones_county(visitor_as: VisitorAs, sqlite_database: Database, proposal_id: int) -> None:
    code = offered(sqlite_database)
    with sqlite_database.write() as session:
        other = make.a_county(session, "410825", name="温县总工会")
        need_id = session.exec(select(Proposal.need_id)).one()
        session.commit()
    visitor = visitor_as(Role.CASEWORKER, unit=other)
    for path in (f"/proposals/{proposal_id}", f"/needs/{need_id}"):
        answer = visitor.get(f"{path}/why-not?offer={code}")
        assert answer.status_code == 404 and "ask-error" not in answer.text
    assert visitor_as(Role.CONTACT).get(f"/needs/{need_id}/why-not?offer={code}").status_code == 403


def test_an_open_need_tells_its_nearest_offer_and_can_be_asked_about(
    visitor_as: VisitorAs, sqlite_database: Database
) -> None:
    with sqlite_database.write() as session:
        need, offer = make.a_need(session), make.an_offer(session, title="老人礼包", age_min=60, status="pending")
        change = {"code": "CHANGE_VET_DONOR", "params": {"obstacles": 2, "others": 1}}
        unmet = UnmetNeed(
            run_id=make.a_run(session).id or 0, need_id=need.id or 0, remaining=1, main_reason="DONOR_NOT_VETTED",
            blocking=[["DONOR_NOT_VETTED", 1]], nearest_offer_id=offer.id, smallest_change=change,
        )  # fmt: skip
        session.add(unmet)
        session.commit()
    visitor = visitor_as(Role.CASEWORKER)
    text = visitor.get(f"/needs/{need.id}").text.replace("\u00a0", " ")
    assert "最接近的一份：老人礼包（禾暖粮油）" in text and "；还有另外 1 处不合" in text
    answer = visitor.get(f"/needs/{need.id}/why-not?offer={offer.code}").text
    assert "为什么不是“老人礼包”？" in answer and "捐赠方或资源还没有通过审核" in answer
    contact = visitor_as(Role.CONTACT)
    with sqlite_database.write() as session:
        make.looks_after(session, contact.account_id, need.household_id)
        session.commit()
    page = contact.get(f"/needs/{need.id}").text
    assert "这户人家" in page and "为什么不是别的资源" not in page
