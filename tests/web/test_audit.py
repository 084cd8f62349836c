"""The trail over HTTP: what was done, in words and in both languages, and nothing personal."""

from collections.abc import Callable
from typing import Any

import pytest

from matcher.domain.terms import Role
from matcher.store import chain
from matcher.store.session import Database
from matcher.store.unit_of_work import write_down
from tests import factories as make
from tests.factories import NOW
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
