"""The trail over HTTP: what was done, in words and in both languages, and nothing personal."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.terms import Role, TrailFault
from matcher.store import anchor, chain
from matcher.store.session import Database
from matcher.store.unit_of_work import write_down
from tests import factories as make
from tests.factories import NOW
from web import audit_words
from web.trail_words import told


@pytest.fixture
def a_trail(app: Any, sqlite_database: Database) -> None:
    done = [
        ("account:create", "account", {"role": "caseworker"}),
        ("run:finish", "match_run", {"proposals": 1380, "superseded": 0}),
        (
            "proposal:decline",
            "proposal",
            {"from": "proposed", "to": "declined", "quantity": 1, "reason": "unreachable"},
        ),
        ("proposal:hold", "proposal", {"from": "proposed", "to": "held", "reason": "2019-01-11"}),
        ("need:edit", "need", {"fields": ["quantity", "unit"]}),
    ]
    with sqlite_database.write() as session:
        unit = make.the_city(session)
        by = make.an_actor(session, Role.CITY, unit=unit)
        said = [chain.entry(by, action, kind, 7, at=NOW, details=details) for action, kind, details in done]
        write_down(sqlite_database, session, said)


def test_details_are_words(visitor_as: Callable[..., Any], a_trail: None):
    page = visitor_as(Role.AUDITOR).get("/audit").text.replace("\u00a0", " ")
    for words in (
        "岗位 经办人",
        "建议 1,380",
        "原来 待确认",
        "现在 不采纳",
        "理由 联系不上",
        "理由 1月11日",
        "改了 数量、单位",
    ):
        assert words in page, words
    assert "焦作市总工会" in page and "=" not in "".join(told({"role": "city", "trigger": "demo"}))


def test_details_are_english_words_too(visitor_as: Callable[..., Any], a_trail: None):
    page = visitor_as(Role.AUDITOR).get("/audit?lang=en").text.replace("\u00a0", " ")
    assert "role Caseworker" in page and "changed quantity, unit" in page and "proposals 1,380" in page


@pytest.fixture
def anchors(tmp_path: Path) -> Iterator[None]:
    before = anchor.folder()
    anchor.use_folder(tmp_path / "anchors")
    yield
    anchor.use_folder(before)


def test_an_auditor_checks_the_trail_and_reads_the_result(visitor_as: Callable[..., Any], anchors: None, a_trail: None):
    auditor = visitor_as(Role.AUDITOR)
    assert "还没有人核对过" in auditor.get("/audit").text
    answer = auditor.send("/audit/verify", page="/audit")
    assert (answer.status_code, answer.location) == (302, "/audit")
    page = auditor.get("/audit").text
    assert "留痕完整：5 条记录一条不少" in page and "末端锚记到第 5 条" in page and "核对留痕" in page
    assert "none of 5 entries is missing" in auditor.get("/audit?lang=en").text


def test_the_page_names_the_first_bad_entry(
    visitor_as: Callable[..., Any], anchors: None, a_trail: None, sqlite_database: Database
):
    with sqlite_database.writer.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_event_kept")
        connection.exec_driver_sql("UPDATE audit_event SET object_id = 8 WHERE id = 3")
    auditor = visitor_as(Role.AUDITADMIN)
    auditor.send("/audit/verify", page="/audit")
    assert "第 3 条被改动过" in auditor.get("/audit").text.replace("\u00a0", " ")


def test_others_may_not_check(visitor_as: Callable[..., Any]):
    assert visitor_as(Role.CASEWORKER).send("/audit/verify", page="/proposals").status_code == 403


@pytest.mark.parametrize("fault", list(TrailFault))
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_fault_is_a_sentence_with_its_entry(fault: TrailFault, locale: str):
    figures = {"entries": 1200, "last": 1200, "anchored": 1300, "fault": fault.value, "entry": 1201, "until": 1300}
    said = audit_words.told(figures | {"key_id": "k7"}, locale=locale)
    assert "{" not in said and ("1,201" in said or "1,200" in said)
