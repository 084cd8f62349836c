"""Numbers, dates and durations as people write them; numbers and units never part (U+00A0)."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from flask import Flask
from markupsafe import Markup, escape

from matcher.domain.terms import MONEY_UNIT
from web import doors
from web.i18n import language
from web.unit_words import english_unit

NBSP = "\u00a0"
WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Number = int | float | Decimal


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        money=money, wan=wan, amount=amount, number=number, day=day, short_day=short_day, moment=moment,
        clock=clock, left=left, ago_days=ago_days, percent=percent, masked=masked, unit_word=unit_word,
    )  # fmt: skip
    app.jinja_env.globals.update(urgency_level=urgency_level)


def _rounded(value: Number, places: int) -> Decimal:
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def money(yuan: Number | None) -> str:
    """12,345.60 元"""
    return "—" if yuan is None else f"{_rounded(yuan, 2):,}{NBSP}{unit_word(MONEY_UNIT)}"


def fen(amount_fen: int | None) -> str:
    return "—" if amount_fen is None else money(Decimal(amount_fen) / 100)


def wan(yuan: Number | None) -> str:
    """3.2 万元 in Chinese, 32,000 yuan in English; small sums stay whole."""
    if yuan is None:
        return "—"
    if abs(yuan) < 10_000 or language() == "en":
        return f"{_rounded(yuan, 0):,}{NBSP}{unit_word(MONEY_UNIT)}"
    return f"{_rounded(Decimal(str(yuan)) / 10_000, 1):,}{NBSP}万元"


def number(value: Number | None) -> str:
    return "—" if value is None else f"{value:,}"


def amount(quantity: Number | None, unit: str | None = None) -> str:
    """38 份; money with two decimals."""
    if quantity is None:
        return "—"
    if unit == MONEY_UNIT:
        return money(quantity)
    return f"{quantity:,}{NBSP}{unit_word(unit, quantity)}" if unit else f"{quantity:,}"


def unit_word(unit: str | None, quantity: Number = 2) -> str:
    """A unit of quantity in the reader's language; unknown units stay as they were written."""
    if not unit:
        return ""
    return english_unit(unit, quantity) if language() == "en" else unit


def local(value: datetime) -> datetime:
    return value.astimezone(doors.zone())


def _date(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def _nb(text: str) -> Markup:
    return Markup('<span class="nb">{}</span>').format(text)


def day_text(value: date | datetime) -> str:
    """2019年1月16日（周三） / Wed 16 Jan 2019"""
    d = _date(value)
    if language() == "en":
        return f"{WEEKDAYS_EN[d.weekday()]} {d.day} {MONTHS_EN[d.month - 1]} {d.year}"
    return f"{d.year}年{d.month}月{d.day}日（周{WEEKDAYS_ZH[d.weekday()]}）"


def day(value: date | datetime | None) -> str:
    return "—" if value is None else _nb(day_text(value))


def short_day_text(value: date | datetime) -> str:
    d = _date(value)
    same_year = d.year == doors.today().year
    if language() == "en":
        return f"{d.day} {MONTHS_EN[d.month - 1]}" + ("" if same_year else f" {d.year}")
    return ("" if same_year else f"{d.year}年") + f"{d.month}月{d.day}日"


def short_day(value: date | datetime | None) -> str:
    """1月16日; the year only when it is another one."""
    return "—" if value is None else _nb(short_day_text(value))


def clock(value: datetime | None) -> str:
    return "—" if value is None else local(value).strftime("%H:%M")


def moment(value: datetime | None) -> str:
    """1月16日 14:07, in local time"""
    return "—" if value is None else _nb(f"{short_day_text(value)} {clock(value)}")


def left_text(value: date) -> str:
    """还剩 3 天, 今天到期, 过期 2 天"""
    days = (value - doors.today()).days
    english = language() == "en"
    if days == 0:
        return "due today" if english else "今天到期"
    if days < 0:
        late = "1 day late" if days == -1 else f"{-days} days late"
        return late if english else f"过期{NBSP}{-days}{NBSP}天"
    rest = "1 day left" if days == 1 else f"{days} days left"
    return rest.replace(" ", NBSP) if english else f"还剩{NBSP}{days}{NBSP}天"


def left(value: date | None) -> str:
    return "" if value is None else left_text(value)


def ago_days(value: date | datetime | None) -> str:
    """等了 23 天 counts from here: the number of days with its word."""
    if value is None:
        return "—"
    days = max(0, (doors.today() - _date(value)).days)
    if language() == "en":
        return f"{days}{NBSP}day" + ("" if days == 1 else "s")
    return f"{days}{NBSP}天"


def percent(rate: float | None, places: int = 1) -> str:
    """0.757 → 75.7 %"""
    return "—" if rate is None else f"{_rounded(rate * 100, places)}{NBSP}%"


def masked(name: str | None) -> str:
    """李** for a person's name; the family name stays."""
    if not name:
        return ""
    return str(escape(name[0])) + "**"


def urgency_level(urgency: int | None, deadline: date | None = None) -> str:
    """ "urgent", "soon" or "": by the degree given (5 and 4) or by the days left (1 and 7)."""
    days = (deadline - doors.today()).days if deadline else None
    if urgency == 5 or (days is not None and days <= 1):
        return "urgent"
    return "soon" if urgency == 4 or (days is not None and days <= 7) else ""
