"""The reference data is whole: no child without a parent, no place of the field missing."""

from collections import Counter
from datetime import date, timedelta

from matcher.domain.regions import Located
from matcher.domain.terms import Category, Cause, FundSource, Group, Tier, UnitLevel
from seeds import reference

JIAOZUO = [f"4108{n}" for n in ("00", "02", "03", "04", "11", "21", "22", "23", "25", "82", "83")]
HUBEI_CITIES = [f"42{n:02d}00" for n in (1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 28)]


def test_divisions_are_six_digits_unique_and_parent_closed():
    rows = reference.division_rows()
    codes = {code for code, _, _ in rows}
    assert len(codes) == len(rows) > 3_200
    assert all(len(code) == 6 and code.isdigit() and name for code, name, _ in rows)
    assert all(parent in codes and code[:2] == parent[:2] for code, _, parent in rows if parent)
    assert sum(not parent for _, _, parent in rows) == 34


def test_every_place_of_jiaozuo_and_hubei_is_there():
    places = reference.places()
    assert all(code in places for code in JIAOZUO + HUBEI_CITIES)
    assert {places.find(f"湖北省/{name}/{name}") for name in ("仙桃市", "潜江市", "天门市")} == {
        "429004",
        "429005",
        "429006",
    }
    assert places.find("湖北省/神农架林区") == "429021"
    assert places.find("湖北省/恩施州/来凤县") == "422827"


def test_names_on_older_papers_still_resolve():
    assert reference.places().locate("湖北省/荆州市/监利县").how is Located.EXACT
    assert reference.places().find("重庆市/渝北区") == "500112"


def test_code_lists_match_the_vocabulary():
    assert set(reference.categories()) == set(Category)
    for name, codes in (("groups", Group), ("causes", Cause), ("tiers", Tier), ("fund_sources", FundSource)):
        rows = reference.rows(name)
        assert [row["code"] for row in rows] == [code.value for code in codes]
        assert all(row["zh"] and row["en"] for row in rows)


def test_every_category_names_units_and_tiers():
    for facts in reference.categories().values():
        assert facts.units and facts.tiers and facts.evidence_zh and facts.evidence_en


def test_network_is_one_tree_from_the_city_down():
    seen: set[str | None] = {None}
    for unit in reference.network():
        assert unit.parent_code in seen, f"{unit.code} stands before its parent"
        assert unit.code not in seen
        seen.add(unit.code)
    assert [unit.code for unit in reference.network() if unit.parent_code is None] == ["JZ"]


def test_network_has_every_county_with_its_grassroots_and_stations():
    units = reference.network()
    counties = [unit for unit in units if unit.level is UnitLevel.COUNTY]
    assert {unit.division_code for unit in counties} == set(JIAOZUO[1:])
    assert len(counties) == 11  # ten and the demonstration zone, whose code is no division
    assert sum(unit.level is UnitLevel.INDUSTRY for unit in units) >= 4
    below = Counter((unit.parent_code, unit.level) for unit in units)
    for county in counties:
        assert below[county.code, UnitLevel.GRASSROOTS] >= 6
        assert below[county.code, UnitLevel.STATION] >= 2
    assert all(unit.division_code in reference.places() for unit in units)


def test_unit_names_fit_their_columns():
    for unit in reference.network():
        assert len(unit.name) <= 80 and len(unit.short_name) <= 24 and len(unit.code) <= 24


def test_spring_festival_of_2019_is_a_week_off_with_two_worked_weekend_days():
    year = reference.holidays(2019)
    week = [date(2019, 2, 4) + timedelta(days=n) for n in range(7)]
    assert year.is_announced and set(week) <= year.days
    assert date(2019, 2, 3) in year.workdays
    assert reference.spring_festival(2019) == date(2019, 2, 5)


def test_a_year_without_notice_says_so():
    year = reference.holidays(2035)
    assert not year.is_announced and date(2035, 1, 1) in year.days
    assert reference.spring_festival(2035) is None


def test_rules_of_a_day_are_those_in_force_then():
    assert reference.policy(date(2019, 1, 9)).jurisdiction == "410800"
