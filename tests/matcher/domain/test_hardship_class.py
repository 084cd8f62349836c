"""The class of a household, case by case. Amounts in 元 here; the subsistence line is 520 元 a head and month."""

from datetime import date

import pytest

from matcher.domain.file_rules import months_after
from matcher.domain.file_terms import Exclusion, Scheme
from matcher.domain.hardship_class import Means, classify, steadily_above
from matcher.domain.terms import Cause
from matcher.domain.terms import HardshipClass as C
from seeds.reference import calendar, file_rules

ILL, SCHOOL, LAID_OFF = frozenset({Cause.ILLNESS}), frozenset({Cause.SCHOOLING}), frozenset({Cause.LAID_OFF})
LINE = 520
YEAR_AT_LINE = LINE * 12  # one head


def means(people=1, income=0, **fields):
    """Means with amounts in 元."""
    money = {"aid", "hardship", "accident", "compensation", "savings", "rigid", "job_cost"}
    given = {f"{name}_fen" if name in money else name: round(v * 100) if name in money else v
             for name, v in fields.items()}  # fmt: skip
    return Means(people=people, income_fen=round(income * 100), **given)


def rules(day=date(2019, 1, 9), place="410823"):
    return file_rules(day, place).classes


CASES_2016 = [
    # 低保户: below the line for six months and not aided yet, or still below it with the aid
    ("below for six months", means(3, 15_000, months_below=6), C.SUBSISTENCE),
    ("below for five months only", means(3, 15_000, months_below=5), C.NONE),
    ("nothing at all", means(1, 0, months_below=12), C.SUBSISTENCE),
    ("one fen below", means(1, YEAR_AT_LINE - 0.01, months_below=6), C.SUBSISTENCE),
    ("exactly at the line", means(1, YEAR_AT_LINE, months_below=6), C.NONE),
    ("aided and still below", means(2, 6_000, aid=4_000, is_aided=True), C.SUBSISTENCE),
    ("aided up to the line", means(2, 6_000, aid=6_480, is_aided=True), C.NONE),
    ("aided above the line", means(2, 6_000, aid=9_000, is_aided=True), C.NONE),
    # 低保边缘户: up to 1.5 lines, and what hardship leaves is within the line, for a listed cause
    ("ill, within 1.5 lines", means(3, 27_000, hardship=9_000, causes=ILL), C.MARGINAL),
    ("exactly 1.5 lines", means(1, 9_360, hardship=3_120, causes=ILL), C.MARGINAL),
    ("one fen above 1.5 lines", means(1, 9_360.01, hardship=9_000, causes=ILL), C.NONE),
    ("what is left is one fen too much", means(1, 9_360, hardship=3_119.88, causes=ILL), C.NONE),
    ("schooling", means(4, 36_000, hardship=12_000, causes=SCHOOL), C.MARGINAL),
    ("single parent", means(2, 18_000, hardship=6_000, is_single_parent=True), C.MARGINAL),
    ("a cause that is not listed", means(3, 27_000, hardship=9_000, causes=LAID_OFF), C.NONE),
    ("no cause told", means(3, 27_000, hardship=9_000), C.NONE),
    ("ill but not costly", means(3, 27_000, hardship=1_000, causes=ILL), C.NONE),
    ("costs more than it has", means(3, 27_000, hardship=80_000, causes=ILL), C.MARGINAL),
    ("below for a short time, and ill", means(3, 15_000, months_below=2, hardship=100, causes=ILL), C.MARGINAL),
    # 意外致困户: up to 3 lines by what is left, above that with savings counted in
    ("accident within three lines", means(3, 45_000, accident=30_000), C.ACCIDENT),
    ("exactly three lines", means(1, 18_720, accident=12_480), C.ACCIDENT),
    ("accident, too little loss", means(3, 45_000, accident=20_000), C.NONE),
    ("insurance paid most of it", means(3, 45_000, accident=30_000, compensation=20_000), C.NONE),
    ("insurance paid more than all", means(3, 45_000, accident=30_000, compensation=40_000), C.NONE),
    ("rich, savings eaten up", means(3, 90_000, savings=50_000, accident=130_000), C.ACCIDENT),
    ("rich, savings carry it", means(3, 90_000, savings=80_000, accident=130_000), C.NONE),
    ("rich, no savings", means(3, 90_000, accident=80_000), C.ACCIDENT),
    ("within three lines, savings do not count", means(3, 45_000, savings=99_000, accident=30_000), C.ACCIDENT),
    # gates
    ("two homes", means(3, 15_000, months_below=6, exclusions=frozenset({Exclusion.HOMES})), C.NONE),
    ("a shop", means(3, 15_000, months_below=6, exclusions=frozenset({Exclusion.BUSINESS})), C.NONE),
    ("migrant, member for a year", means(2, 9_000, months_below=6, is_migrant=True, is_member=True,
                                         relation_months=12), C.SUBSISTENCE),
    ("migrant for eleven months", means(2, 9_000, months_below=6, is_migrant=True, is_member=True,
                                        relation_months=11), C.NONE),
    ("migrant, not a member", means(2, 9_000, months_below=6, is_migrant=True, relation_months=40), C.NONE),
]  # fmt: skip

CASES_2020 = [
    ("rigid spending below the line", means(3, 40_000, rigid=22_000), C.DEEP),
    ("no income", means(2, 0), C.DEEP),
    ("one fen below", means(1, 10_000, rigid=10_000 - YEAR_AT_LINE + 0.01), C.DEEP),
    ("exactly at the line is relative", means(1, 10_000, rigid=10_000 - YEAR_AT_LINE), C.RELATIVE),
    ("aid counts as income", means(2, 10_000, aid=6_000), C.RELATIVE),
    ("below two lines", means(3, 36_000), C.RELATIVE),
    ("below two lines after job costs", means(3, 40_000, job_cost=3_000), C.RELATIVE),
    ("exactly two lines", means(1, 12_480), C.NONE),
    ("well off", means(3, 120_000), C.NONE),
    ("accident, still short", means(3, 60_000, accident=50_000), C.ACCIDENT),
    ("accident, insured", means(3, 60_000, accident=50_000, compensation=45_000), C.NONE),
    ("accident with rigid spending", means(3, 80_000, rigid=30_000, accident=32_000), C.ACCIDENT),
    ("a car in regular use", means(3, 0, exclusions=frozenset({Exclusion.CAR})), C.NONE),
    ("migrant without the months", means(1, 0, is_migrant=True, is_member=True, relation_months=3), C.NONE),
]


@pytest.mark.parametrize(("said", "household", "expected"), CASES_2016, ids=[c[0] for c in CASES_2016])
def test_classes_of_2016(said, household, expected):
    verdict = classify(household, rules())
    assert (verdict.scheme, verdict.hardship_class) == (Scheme.S2016, expected)


@pytest.mark.parametrize(("said", "household", "expected"), CASES_2020, ids=[c[0] for c in CASES_2020])
def test_classes_of_2020(said, household, expected):
    verdict = classify(household, rules(date(2021, 3, 1)))
    assert (verdict.scheme, verdict.hardship_class) == (Scheme.S2020, expected)


def test_there_are_at_least_forty_cases():
    assert len(CASES_2016) + len(CASES_2020) >= 40


def test_a_share_of_income_decides_in_shandong():
    hit, spared = means(3, 60_000, accident=48_000.01), means(3, 60_000, accident=48_000)
    there = rules(date(2021, 3, 1), "370102")
    assert classify(hit, there).hardship_class is C.ACCIDENT
    assert classify(spared, there).hardship_class is C.NONE


def test_a_wider_local_rule_is_marked_as_local():
    wide = classify(means(1, LINE * 24), rules(date(2019, 3, 1), "410402"))
    assert wide.hardship_class is C.MARGINAL and wide.is_local
    assert classify(means(1, LINE * 24), rules()).hardship_class is C.NONE


def test_the_arithmetic_is_kept_line_by_line():
    verdict = classify(means(3, 27_000, hardship=9_000, causes=ILL), rules())
    by_code = {line.code: line for line in verdict.lines}
    assert dict(by_code["a_head"].parts) == {"income": 2_700_000, "people": 3} and by_code["a_head"].result == 75_000
    assert by_code["below_line"].passed is False
    assert dict(by_code["within_marginal"].parts) == {"value": 75_000, "ceiling": 78_000}
    assert by_code["marginal_cause"].grounds == ("6",)
    assert by_code["less_hardship"].result == 50_000 and by_code["rest_within_line"].passed


def test_an_exclusion_is_named_and_ends_it():
    verdict = classify(means(3, 0, exclusions=frozenset({Exclusion.HOMES})), rules())
    assert [line.code for line in verdict.lines] == ["exclusions"] and verdict.lines[0].grounds == ("homes",)


@pytest.mark.parametrize("household", [means(0, 100), means(1, -1), means(1, 1, rigid=-1)])
def test_nobody_and_negative_amounts_are_refused(household):
    with pytest.raises(ValueError):
        classify(household, rules())


@pytest.mark.parametrize(
    ("months", "passes"),
    [([1_700] * 6, True), ([1_700] * 5, False), ([1_700] * 5 + [1_560], False), ([100] * 6 + [1_700] * 6, True),
     ([1_700] * 6 + [100], False)],
)  # fmt: skip
def test_six_months_in_a_row_above_the_line(months, passes):
    lines = steadily_above([m * 100 for m in months], 3, line_fen=52_000, months=6)
    assert lines[-1].passed is passes


@pytest.mark.parametrize(
    ("began", "ends"),
    [
        (date(2019, 1, 9), date(2019, 1, 16)),
        (date(2019, 1, 31), date(2019, 2, 12)),
        (date(2019, 9, 27), date(2019, 10, 10)),
    ],
    ids=["plain week", "Spring Festival with worked weekend", "National Day with worked weekend"],
)
def test_five_working_days(began, ends):
    assert calendar(began.year).after(began, 5) == ends


def test_months_end_where_they_end():
    assert months_after(date(2019, 1, 31), 1) == date(2019, 2, 28)
    assert months_after(date(2019, 12, 15), 12) == date(2020, 12, 15)
    assert months_after(date(2019, 11, 30), 1) == date(2019, 12, 30)
