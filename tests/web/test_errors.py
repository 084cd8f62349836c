"""Errors become pages that say what happened, whether anything was lost, and what to do."""

import pytest
from sqlalchemy.exc import OperationalError

from matcher.domain.reasons import Outcome, Reason, ReasonCode, RuleResult, Verdict
from matcher.domain.terms import Role
from matcher.errors import (
    FieldProblem,
    InvalidFields,
    NotEligible,
    NotFound,
    NotPermitted,
    OfferExhausted,
    RefusedInput,
    StaleVersion,
    WrongState,
)
from web.auth import public

REFUSAL = Verdict((RuleResult("H1", Outcome.FAILED, Reason(ReasonCode.NO_HARDSHIP_FILE, {})),))


@pytest.fixture
def raising(app):
    """A page that raises what it is given."""

    def page():
        raise app.extensions["raises"]

    app.add_url_rule("/raises", "raises", public(page), methods=["GET", "POST"])
    client = app.test_client()

    def visit(error, **options):
        app.extensions["raises"] = error
        return client.get("/raises", **options)

    return visit


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (NotFound(), 404, "没有找到这一页"),
        (NotPermitted(), 403, "这一步不归您办"),
        (StaleVersion(), 409, "这一项刚被别人改过"),
        (OfferExhausted(left=0, asked=1, unit="份"), 409, "这份资源刚被用掉了"),
        (WrongState(state="declined", wanted="proposed"), 409, "这一项刚被别人办了"),
        (NotEligible(REFUSAL), 422, "按规定这一步办不了"),
        (InvalidFields([FieldProblem("quantity", "not_positive")]), 422, "请写大于 0 的数"),
        (RefusedInput("required"), 400, "请填写这一栏"),
        (OperationalError("UPDATE", {}, Exception("database is locked")), 503, "现在有点忙"),
        (ValueError("a name that must not show"), 500, "系统出了问题"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_each_error_is_a_page_with_a_sentence(raising, error, status, words):
    answer = raising(error)
    assert answer.status_code == status
    assert words in answer.text
    assert "R-" in answer.text and f">{status}<" in answer.text
    assert "a name that must not show" not in answer.text


def test_a_hard_rule_that_refuses_is_named(raising):
    assert "档" in raising(NotEligible(REFUSAL)).text.split("<ul>")[1].split("</ul>")[0]


def test_a_busy_database_says_when_to_come_back(raising):
    answer = raising(OperationalError("UPDATE", {}, Exception("database is locked")))
    assert answer.headers["Retry-After"] == "5"


def test_json_when_asked_for(raising):
    answer = raising(StaleVersion(), headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert answer.json["error"] == "stale_version" and answer.json["title"] == "这一项刚被别人改过"
    assert set(answer.json) == {"error", "title", "detail", "number"}


def test_in_english_too(raising):
    text = raising(OfferExhausted(left=0), headers={"Accept-Language": "en"}).text
    assert "This offer has just been used up" in text


def test_absent_and_foreign_look_the_same(visitor_as, raising):
    absent = visitor_as(Role.CITY).get("/accounts/nobody")
    assert absent.status_code == 404 and "没有找到这一页" in absent.text


def test_wrong_method_and_too_big_a_file(app, visitor):
    wrong = visitor.get("/logout")
    assert wrong.status_code == 405 and "POST" in wrong.headers["Allow"]
    app.config["MAX_CONTENT_LENGTH"] = 1000
    big = visitor.post("/login", data={"username": "x" * 2000})
    assert big.status_code == 413 and "文件太大了" in big.text


def test_healthy_and_ready(visitor):
    assert visitor.get("/healthz").text == "ok\n"
    ready = visitor.get("/readyz")
    assert ready.status_code == 200 and ready.json == {"status": "ok", "database": "ok", "broker": "ok"}


def test_a_database_behind_is_not_ready(visitor, sqlite_database):
    with sqlite_database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'made_by_a_newer_release'")
    ready = visitor.get("/readyz")
    assert ready.status_code == 503 and ready.json["database"] == "database_newer"


@pytest.mark.parametrize("path", ["/deliveries", "/deliveries/sheet", "/offers"])
def test_words_of_ours_in_the_address_bar_break_no_link(visitor_as, path):
    """A filter of the reader named like an argument of ours once made the page of deliveries fail."""
    answer = visitor_as(Role.CASEWORKER).get(path + "?kind=csv&endpoint=x&_scheme=ftp&_external=1&status=all&self=1")
    assert answer.status_code == 200 and "ftp:" not in answer.text
