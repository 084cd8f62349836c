"""Response clocks: by when a case must be accepted, the family contacted, help proposed and delivered (R46).

How long is policy data, by lane; the unit stands in the name: `accept_working_hours`, `contact_working_days`,
`deliver_days`, `propose_hours`. Working time is counted in the office hours of the policy, on working days of the
calendar; hours and days without "working" run through nights and holidays.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from matcher.clock import SHANGHAI, add_working_days
from matcher.domain.network_terms import ReferralAct, ReferralStatus

STAGES: dict[ReferralStatus, str] = {
    ReferralStatus.SENT: "accept",
    ReferralStatus.ACCEPTED: "contact",
    ReferralStatus.CONTACTED: "propose",
    ReferralStatus.PROPOSED: "deliver",
}
"""The stage whose clock runs while a referral stands there; the others have none."""
UNITS = ("working_hours", "working_days", "hours", "days")
MOVES: dict[tuple[ReferralStatus, ReferralAct], ReferralStatus] = {
    (ReferralStatus.SENT, ReferralAct.ACCEPT): ReferralStatus.ACCEPTED,
    (ReferralStatus.ACCEPTED, ReferralAct.CONTACT): ReferralStatus.CONTACTED,
    (ReferralStatus.CONTACTED, ReferralAct.PROPOSE): ReferralStatus.PROPOSED,
    (ReferralStatus.PROPOSED, ReferralAct.DELIVER): ReferralStatus.DELIVERED,
    (ReferralStatus.SENT, ReferralAct.RETURN): ReferralStatus.RETURNED,
    (ReferralStatus.ACCEPTED, ReferralAct.RETURN): ReferralStatus.RETURNED,
    (ReferralStatus.CONTACTED, ReferralAct.RETURN): ReferralStatus.RETURNED,
    (ReferralStatus.SENT, ReferralAct.WITHDRAW): ReferralStatus.WITHDRAWN,
}
"""Every step there is; no stage can be skipped (R45)."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When people are in the office. `hours` are minutes of the day, in order; `workdays` are worked weekend days."""

    hours: tuple[tuple[int, int], ...] = ((480, 720), (870, 1080))
    days_off: frozenset[date] = field(default_factory=frozenset)
    workdays: frozenset[date] = field(default_factory=frozenset)
    zone: ZoneInfo = SHANGHAI

    def is_working(self, day: date) -> bool:
        return (day.weekday() < 5 or day in self.workdays) and day not in self.days_off


@dataclass(frozen=True, slots=True)
class Clock:
    """So much time of one kind."""

    amount: int
    unit: str  # one of UNITS


def clock_for(status: ReferralStatus, entry: Mapping[str, int]) -> Clock | None:
    """The clock that runs in a state, from one lane of the policy; None where none runs or none is set."""
    stage = STAGES.get(status)
    named = {name.partition("_")[2]: amount for name, amount in entry.items() if name.partition("_")[0] == stage}
    return next((Clock(amount, unit) for unit, amount in named.items() if unit in UNITS), None)


def due(start: datetime, clock: Clock, calendar: Calendar) -> datetime:
    """The moment a clock that starts at `start` (aware) has run out; in the zone of `start`.

    A working day ends with the office hours of its last day, whatever the hour it began.
    """
    local = start.astimezone(calendar.zone)
    if clock.unit == "hours":
        return start + timedelta(hours=clock.amount)
    if clock.unit == "days":
        return (local + timedelta(days=clock.amount)).astimezone(start.tzinfo)
    if clock.unit == "working_days":
        last = add_working_days(local.date(), clock.amount, calendar.days_off, calendar.workdays)
        return _at(last, calendar.hours[-1][1], calendar).astimezone(start.tzinfo)
    return _after_office_time(local, timedelta(hours=clock.amount), calendar).astimezone(start.tzinfo)


def _after_office_time(start: datetime, wanted: timedelta, calendar: Calendar) -> datetime:
    for begin, end in _spans(start, calendar):
        if wanted <= end - begin:
            return begin + wanted
        wanted -= end - begin
    raise ValueError("no working time within a year")


def _spans(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Stretches of office time from `start` on."""
    for offset in range(366):
        day = start.date() + timedelta(days=offset)
        if not calendar.is_working(day):
            continue
        for begins, ends in calendar.hours:
            begin, end = _at(day, begins, calendar), _at(day, ends, calendar)
            if end > start:
                yield max(begin, start), end


def _at(day: date, minutes: int, calendar: Calendar) -> datetime:
    return datetime.combine(day, time(minutes // 60, minutes % 60), calendar.zone)


def office_hours(texts: object) -> tuple[tuple[int, int], ...]:
    """`["08:00-12:00", "14:30-18:00"]` as minutes of the day. Raises ValueError when they are not in order."""
    if not isinstance(texts, list) or not texts:
        raise ValueError("not_a_list")
    spans = tuple((_minutes(a), _minutes(b)) for a, _, b in (str(text).partition("-") for text in texts))
    flat = [minute for span in spans for minute in span]
    if flat != sorted(set(flat)):
        raise ValueError("not_in_order")
    return spans


def _minutes(text: str) -> int:
    moment = time.fromisoformat(text.strip())
    return moment.hour * 60 + moment.minute
