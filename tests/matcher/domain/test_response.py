"""Response clocks run in office hours, on working days, or round the clock (R46)."""

from datetime import UTC, date, datetime

import pytest

from matcher.clock import SHANGHAI
from matcher.domain.network_terms import ReferralStatus, ResponseLane
from matcher.domain.response import Calendar, Clock, clock_for, due, office_hours
from tests.policies import the_policy

FESTIVAL = Calendar(
    days_off=frozenset(date(2019, 2, day) for day in range(4, 11)),
    workdays=frozenset({date(2019, 2, 2), date(2019, 2, 3)}),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "clock", "until"),
    [
        ("2019-01-09 09:00", Clock(2, "working_hours"), "2019-01-09 11:00"),
        ("2019-01-09 11:30", Clock(2, "working_hours"), "2019-01-09 16:00"),  # over the midday break
        ("2019-01-09 17:30", Clock(2, "working_hours"), "2019-01-10 09:30"),
        ("2019-01-09 22:00", Clock(2, "working_hours"), "2019-01-10 10:00"),
        ("2019-01-11 17:00", Clock(2, "working_hours"), "2019-01-14 09:00"),  # over a weekend
        ("2019-01-11 17:00", Clock(1, "working_days"), "2019-01-14 18:00"),
        ("2019-02-01 17:30", Clock(1, "working_hours"), "2019-02-02 08:30"),  # a worked Saturday
        ("2019-02-03 17:30", Clock(1, "working_hours"), "2019-02-11 08:30"),  # over the Spring Festival
        ("2019-02-03 09:00", Clock(3, "working_days"), "2019-02-13 18:00"),
        ("2019-02-05 23:00", Clock(24, "hours"), "2019-02-06 23:00"),
        ("2019-02-05 23:00", Clock(3, "days"), "2019-02-08 23:00"),
    ],
)
def test_when_a_clock_has_run_out(start, clock, until):
    assert due(at(start), clock, FESTIVAL) == at(until)


def test_moments_keep_the_zone_they_came_in():
    found = due(datetime(2019, 1, 9, 1, 0, tzinfo=UTC), Clock(2, "working_hours"), FESTIVAL)
    assert (found, found.tzinfo) == (datetime(2019, 1, 9, 3, 0, tzinfo=UTC), UTC)


def test_the_policy_of_the_day_says_how_long():
    lanes = the_policy(date(2019, 1, 9)).response
    assert clock_for(ReferralStatus.SENT, lanes[ResponseLane.ORDINARY]) == Clock(1, "working_days")
    assert clock_for(ReferralStatus.SENT, lanes[ResponseLane.EMERGENCY]) == Clock(2, "working_hours")
    assert clock_for(ReferralStatus.ACCEPTED, lanes[ResponseLane.EMERGENCY]) == Clock(24, "hours")
    assert clock_for(ReferralStatus.DELIVERED, lanes[ResponseLane.ORDINARY]) is None


@pytest.mark.parametrize("texts", [[], ["18:00-08:00"], ["08:00-12:00", "11:00-18:00"], ["8-12"], "08:00-12:00"])
def test_office_hours_that_make_no_day_are_refused(texts):
    with pytest.raises(ValueError):
        office_hours(texts)
