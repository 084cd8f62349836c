"""How long what is known of a family is kept, by what happened with it."""

from datetime import date

import pytest

from matcher.domain.policy import PolicyProblem
from matcher.domain.retention import FamilyTimes, RetentionRules, Running, earliest
from seeds.reference import retention_rules

DAY = date(2019, 1, 9)
RULES = retention_rules(DAY)
YEARS = {
    "left_years": 10,
    "unfiled_years": 3,
    "help_years": 10,
    "roster_years": 3,
    "announced_days": 30,
    "asked_days": 7,
}


@pytest.mark.parametrize(
    ("times", "by_itself", "when_asked"),
    [
        (FamilyTimes(DAY), date(2022, 1, 9), DAY),
        (FamilyTimes(DAY, left_on=date(2015, 6, 30)), date(2025, 6, 30), DAY),
        (
            FamilyTimes(DAY, left_on=date(2015, 6, 30), helped_on=date(2016, 2, 29)),
            date(2026, 2, 28),
            date(2026, 2, 28),
        ),
        (FamilyTimes(DAY, helped_on=date(2018, 2, 1)), date(2028, 2, 1), date(2028, 2, 1)),
        (FamilyTimes(date(2030, 1, 1), helped_on=date(2018, 2, 1)), date(2033, 1, 1), date(2028, 2, 1)),
        *((FamilyTimes(DAY, running=frozenset({one})), None, None) for one in Running if one is not Running.REQUEST),
        (FamilyTimes(DAY, running=frozenset({Running.REQUEST})), None, DAY),
    ],
)
def test_the_first_day(times: FamilyTimes, by_itself: date | None, when_asked: date | None) -> None:
    assert earliest(times, RULES) == by_itself
    assert earliest(times, RULES, asked=True) == when_asked


def test_the_rules_that_came_with_the_product() -> None:
    assert {name: getattr(RULES, name) for name in YEARS} == YEARS


@pytest.mark.parametrize("name", sorted(YEARS))
def test_a_time_of_nothing_is_refused_and_named(name: str) -> None:
    entry = {"jurisdiction": "000000", "valid_from": date(2018, 1, 1), **YEARS, name: 0}
    with pytest.raises(PolicyProblem, match=name):
        RetentionRules.effective({"keep": [entry]}, as_of=DAY, jurisdiction="410800")
