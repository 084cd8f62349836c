"""The present moment and the calendar, always handed in and never read inside a rule."""

from collections.abc import Container
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment, aware, in UTC. Doors call it once per request or task and hand it on."""
    return datetime.now(UTC)


def business_date(moment: datetime, zone: ZoneInfo = SHANGHAI) -> date:
    """The date people in the union's offices write at this moment."""
    return moment.astimezone(zone).date()


def add_working_days(day: date, count: int, holidays: Container[date] = (), workdays: Container[date] = ()) -> date:
    """The working day `count` working days after `day`. `workdays` are weekend days that are worked (调休)."""
    while count > 0:
        day += timedelta(days=1)
        weekend = day.weekday() >= 5 and day not in workdays
        if not weekend and day not in holidays:
            count -= 1
    return day
