"""Numbers, dates and durations as people write them, in both languages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.factories import NOW
from web import formatters as f

NB = "\u00a0"


@pytest.fixture
def zh(app):
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        yield


@pytest.fixture
def en(app):
    with app.test_request_context(headers={"Accept-Language": "en-GB"}):
        yield


def test_money_in_chinese(zh):
    assert f.money(12345.6) == f"12,345.60{NB}元"
    assert f.money(0) == f"0.00{NB}元"
    assert f.money(Decimal("0.005")) == f"0.01{NB}元"
    assert f.fen(1234560) == f"12,345.60{NB}元"
    assert f.money(None) == "—"


def test_ten_thousands_in_chinese(zh):
    assert f.wan(32_000) == f"3.2{NB}万元"
    assert f.wan(9_999) == f"9,999{NB}元"
    assert f.wan(123_456_789) == f"12,345.7{NB}万元"


def test_money_in_english(en):
    assert f.money(12345.6) == f"12,345.60{NB}yuan"
    assert f.wan(32_000) == f"32,000{NB}yuan"


def test_amounts_never_part_from_their_unit(zh):
    assert f.amount(38, "份") == f"38{NB}份"
    assert f.amount(1200, "公斤") == f"1,200{NB}公斤"
    assert f.amount(8000, "元") == f"8,000.00{NB}元"
    assert f.amount(3, None) == "3"
    assert f.amount(None, "份") == "—"


def test_units_in_english_where_they_are_known(en):
    assert f.amount(2, "床") == f"2{NB}quilts"
    assert f.amount(2, "大礼包") == f"2{NB}大礼包"


def test_days_in_chinese(zh):
    assert f.day_text(date(2019, 1, 16)) == "2019年1月16日（周三）"
    assert f.short_day_text(date(2019, 1, 16)) == "1月16日"
    assert f.short_day_text(date(2018, 12, 31)) == "2018年12月31日"
    assert str(f.day(date(2019, 1, 16))) == '<span class="nb">2019年1月16日（周三）</span>'
    assert f.day(None) == "—"


def test_days_in_english(en):
    assert f.day_text(date(2019, 1, 16)) == "Wed 16 Jan 2019"
    assert f.short_day_text(date(2019, 1, 16)) == "16 Jan"


def test_moments_are_shown_in_local_time(zh):
    late = datetime(2019, 1, 15, 18, 7, tzinfo=UTC)  # after midnight in Jiaozuo
    assert "1月16日 02:07" in f.moment(late)
    assert f.day_text(late) == "2019年1月16日（周三）"


@pytest.mark.parametrize(
    ("day", "zh_words", "en_words"),
    [
        (12, "还剩 3 天", "3 days left"),
        (10, "还剩 1 天", "1 day left"),
        (9, "今天到期", "due today"),
        (7, "过期 2 天", "2 days late"),
    ],
)
def test_time_left(app, day, zh_words, en_words):
    with app.test_request_context():
        assert f.left(date(2019, 1, day)).replace(NB, " ") == zh_words
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert f.left(date(2019, 1, day)).replace(NB, " ") == en_words


def test_days_waited(zh):
    assert f.ago_days(date(2018, 12, 17)) == f"23{NB}天"
    assert f.ago_days(NOW) == f"0{NB}天"


def test_shares(zh):
    assert f.percent(0.757) == f"75.7{NB}%"
    assert f.percent(1, 0) == f"100{NB}%"
    assert f.percent(None) == "—"


@pytest.mark.parametrize(
    ("urgency", "deadline", "level"),
    [
        (5, None, "urgent"),
        (3, date(2019, 1, 10), "urgent"),
        (4, None, "soon"),
        (3, date(2019, 1, 16), "soon"),
        (3, date(2019, 1, 17), ""),
        (None, None, ""),
    ],
)
def test_urgency_by_degree_or_by_days(zh, urgency, deadline, level):
    assert f.urgency_level(urgency, deadline) == level


def test_names_are_masked():
    assert f.masked("李志远") == "李**"
    assert f.masked("") == ""
