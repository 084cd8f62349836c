import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

from matcher.domain.policy import Policy, PolicyProblem, in_force
from matcher.domain.terms import Category, FundSource, HardshipClass

BUILT_IN = tomllib.loads((Path(__file__).parents[3] / "seeds/policy/jiaozuo.toml").read_text(encoding="utf-8"))
DAY = date(2020, 2, 20)


def changed(key, index=0, **values):
    return {**BUILT_IN, key: [{**entry, **values} if k == index else entry for k, entry in enumerate(BUILT_IN[key])]}


def test_the_day_decides_which_entries_hold():
    before, after = (Policy.effective(BUILT_IN, as_of=day) for day in (date(2019, 1, 9), DAY))
    assert before.one_project_only == frozenset() and after.one_project_only == {HardshipClass.RELATIVE}
    assert len(before.caps) < len(after.caps)


def test_the_place_decides_as_well():
    shandong = Policy.effective(BUILT_IN | {"clocks": [], **_everywhere()}, as_of=DAY, jurisdiction="370100")
    assert any(cap.funds == {FundSource.UNION} for cap in shandong.caps)
    assert not any(cap.funds == {FundSource.UNION} for cap in Policy.effective(BUILT_IN, as_of=DAY).caps)


def _everywhere():
    keys = [key for key, value in BUILT_IN.items() if isinstance(value, list)]
    return {key: [{"jurisdiction": "000000", **e} | _place(e) for e in BUILT_IN[key]] for key in keys}


def _place(entry):
    return {"jurisdiction": "000000"} if entry.get("jurisdiction") == "410800" else {}


def test_the_more_local_entry_counts_then_the_later_one():
    wider = {**BUILT_IN["migrant"][0], "relation_months": 6}
    local = {**wider, "jurisdiction": "410000", "relation_months": 18}
    later = {**wider, "valid_from": date(2020, 1, 1), "relation_months": 24}
    assert Policy.effective(BUILT_IN | {"migrant": [local, later]}, as_of=DAY).migrant_relation_months == 18
    assert Policy.effective(BUILT_IN | {"migrant": [wider, later]}, as_of=DAY).migrant_relation_months == 24


def test_a_report_gives_the_same_policy_back_and_notices_a_change():
    policy = Policy.effective(BUILT_IN, as_of=DAY)
    shown = json.loads(json.dumps({"version": policy.version, **policy.body}))
    assert Policy.from_report(shown, as_of=DAY) == policy
    shown["caps"][0]["amount"] += 1
    with pytest.raises(PolicyProblem, match="version"):
        Policy.from_report(shown, as_of=DAY)


def test_every_entry_names_its_article():
    for key, entries in BUILT_IN.items():
        if isinstance(entries, list):
            assert all(entry.get("article") and entry.get("valid_from") for entry in entries), key


def test_every_category_has_a_minimum_useful_amount():
    assert set(Policy.effective(BUILT_IN, as_of=DAY).minimum_useful) == set(Category)


@pytest.mark.parametrize(
    ("mapping", "key"),
    [
        (changed("weights", content=500), "weights"),
        (changed("weights", content=-1), "content"),
        (changed("weights", beauty=0), "weights"),
        (changed("caps", amount="much"), "amount"),
        (changed("caps", category="XYZ"), "caps.category"),
        (changed("funds", fund="F12"), "funds.fund"),
        (changed("funds", institution_first="yes"), "institution_first"),
        (changed("institution_first", MED=["nothing"]), "MED"),
        (changed("caps", valid_from="2020-01-01"), "caps.valid_from"),
        ({**BUILT_IN, "weights": []}, "weights"),
        ({**BUILT_IN, "name": ""}, "name"),
    ],
)
def test_a_policy_that_cannot_be_used_says_where(mapping, key):
    with pytest.raises(PolicyProblem) as error:
        Policy.effective(mapping, as_of=DAY)
    assert error.value.key == key


def test_dates_include_both_ends():
    entry = {"valid_from": DAY, "valid_to": DAY}
    assert in_force(entry, jurisdiction="410800", as_of=DAY)
    assert not in_force(entry, jurisdiction="410800", as_of=date(2020, 2, 21))
