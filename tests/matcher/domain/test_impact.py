"""Small numbers stay hidden: an attacker with linear bounds tries whole histories of published pages."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from matcher.domain.impact import LEAST_K, Regional, by_county, in_steps, rounded_down, told_between

START = datetime(2018, 12, 1, tzinfo=UTC)
COUNTIES = ("410802", "410803", "410804", "410811", "410821", "410823")


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def days(*numbers: int) -> list[datetime]:
    return [day(number) for number in numbers]


def test_a_county_is_told_once_k_families_are_reached() -> None:
    assert in_steps(days(*range(9)), 10) == ()
    assert in_steps(days(*range(10)), 10) == ((day(9), 10),)
    assert in_steps(days(*range(25)), 10) == ((day(9), 10), (day(19), 20))


def test_families_marked_together_are_told_together() -> None:
    assert in_steps(days(0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2), 5) == ((day(1), 9), (day(2), 15))


def test_k_never_goes_below_the_floor() -> None:
    assert in_steps(days(0, 0, 0, 0), 1) == ()
    assert rounded_down(4, 1) == 0


def test_the_picture_of_one_winter() -> None:
    reached = {
        "410802": days(*[3] * 52),
        "410811": days(*[5] * 47),
        "410823": days(*[7] * 4),
        "410821": days(*[8] * 3),
        "410804": days(*[9] * 3),
    }
    winter = by_county(reached, COUNTIES, k=5, end=day(60))
    assert winter == Regional((("410802", 52), ("410811", 47)), others=4, rest_at_least=5)
    assert winter.at_least == 104


def test_a_pool_that_few_counties_share_is_not_mentioned() -> None:
    reached = {"410802": days(*[1] * 9), "410811": days(*[1] * 9)}
    assert by_county(reached, ["410802", "410811"], k=10, end=day(9)).at_least == 0
    assert by_county(reached, COUNTIES, k=10, end=day(9)).rest_at_least == 10


def test_waiting_families_are_told_in_whole_steps() -> None:
    assert [rounded_down(n, 10) for n in (0, 9, 10, 64, 70)] == [0, 0, 10, 60, 70]


histories = st.dictionaries(
    st.sampled_from(COUNTIES), st.lists(st.integers(0, 5), max_size=30), min_size=1, max_size=len(COUNTIES)
).map(lambda raw: {county: [day(number) for number in numbers] for county, numbers in raw.items()})


@settings(max_examples=300)
@given(histories, st.sampled_from([5, 7, 10]))
def test_every_difference_between_two_days_is_zero_or_k(history: dict[str, list[datetime]], k: int) -> None:
    pages = [dict(by_county(history, COUNTIES, k=k, end=day(n)).shown) for n in range(7)]
    for early in range(7):
        for late in range(early, 7):
            for county in COUNTIES:
                difference = pages[late].get(county, 0) - pages[early].get(county, 0)
                assert difference == 0 or difference >= k
                steps = in_steps(history.get(county, []), k)
                assert told_between(steps, day(early), day(late)) == difference


@settings(max_examples=300)
@given(histories, st.sampled_from([5, 7, 10]), st.integers(0, 6))
def test_nothing_is_told_that_did_not_happen(history: dict[str, list[datetime]], k: int, until: int) -> None:
    page = by_county(history, COUNTIES, k=k, end=day(until))
    true = {county: sum(at < day(until) for at in moments) for county, moments in history.items()}
    assert all(0 < count <= true[county] for county, count in page.shown)
    assert page.at_least <= sum(true.values())


class Attacker:
    """Knows every page from the first day to the last, the rule, k, and which counties are in the area.

    Unknown: families reached in each county by each day. For each it asks a linear programme for the smallest and
    the largest value that all pages together allow.
    """

    def __init__(self, pages: list[Regional], area: tuple[str, ...], k: int) -> None:
        self.area, self.size = area, len(area) * len(pages)
        self.rows: list[np.ndarray] = []
        self.limits: list[float] = []
        self.bounds: list[tuple[float, float]] = []
        for number, page in enumerate(pages):
            told = dict(page.shown)
            self.bounds += [(told.get(c, 0), told.get(c, 0) + k - 1) for c in area]  # else it would have moved
            here = {self.place(c, number): 1.0 for c in area}
            if page.rest_at_least:
                self.know(dict.fromkeys(here, -1.0), -page.at_least)
            elif len(area) >= 3:
                self.know(here, page.at_least + k - 1)
            for county in area if number else ():
                self.know({self.place(county, number - 1): 1.0, self.place(county, number): -1.0}, 0.0)

    def place(self, county: str, page: int) -> int:
        return page * len(self.area) + self.area.index(county)

    def know(self, row: dict[int, float], limit: float) -> None:
        full = np.zeros(self.size)
        for place, factor in row.items():
            full[place] = factor
        self.rows.append(full)
        self.limits.append(limit)

    def range_of(self, county: str, page: int) -> tuple[int, int]:
        aim = np.zeros(self.size)
        aim[self.place(county, page)] = 1.0
        ends = []
        for sign in (1, -1):
            found = linprog(sign * aim, A_ub=np.array(self.rows), b_ub=self.limits, bounds=self.bounds)
            assert found.success, "the pages contradict each other"
            ends.append(sign * found.fun)
        return int(np.ceil(ends[0] - 1e-6)), int(np.floor(ends[1] + 1e-6))


def crowded(*sizes: int) -> dict[str, list[datetime]]:
    """Everybody but the last family of each county on day 0, the last ones on day 2."""
    return {county: [*[day(0)] * (size - 1), day(2)] for county, size in zip(COUNTIES, sizes, strict=False) if size}


@settings(max_examples=1000, deadline=None)
@given(histories, st.sampled_from([5, 7, 10]), st.integers(1, len(COUNTIES)), st.data())
@example(crowded(5, 5, 5, 5, 5, 5), 5, 6, None)
@example(crowded(10, 10, 10), 10, 3, None)
@example(crowded(9, 9, 9, 1, 0, 0), 10, 6, None)
def test_no_hidden_remainder_can_be_worked_out(
    history: dict[str, list[datetime]], k: int, size: int, data: st.DataObject | None
) -> None:
    area = COUNTIES[:size]
    history = {county: moments for county, moments in history.items() if county in area}
    pages = [by_county(history, area, k=k, end=day(n)) for n in range(1, 7)]
    attacker = Attacker(pages, area, k)
    county = data.draw(st.sampled_from(area)) if data else area[0]
    number = data.draw(st.integers(0, len(pages) - 1)) if data else 0
    low, high = attacker.range_of(county, number)
    true = sum(at < day(number + 1) for at in history.get(county, []))
    assert low <= true <= high
    assert high - low >= k - 2


@pytest.mark.parametrize("k", [5, 10])
def test_the_attacker_is_no_straw_man(k: int) -> None:
    """With plain totals beside the same pages it finds the family it looks for."""
    history = crowded(k - 1, 1)
    pages = [by_county(history, COUNTIES[:3], k=k, end=day(n)) for n in (1, 3)]
    attacker = Attacker(pages, COUNTIES[:3], k)
    for number, total in enumerate((k - 2, k)):
        here = {attacker.place(c, number): 1.0 for c in COUNTIES[:3]}
        attacker.know(here, total)
        attacker.know(dict.fromkeys(here, -1.0), -total)
    attacker.know({attacker.place(COUNTIES[0], 1): -1.0}, -(k - 1))
    low, high = attacker.range_of(COUNTIES[0], 1)
    assert (low, high) == (k - 1, k - 1)
    assert k >= LEAST_K
