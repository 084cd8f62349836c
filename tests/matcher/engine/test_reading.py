"""What is read out of a text: figures, units, people, stages, days, places, journeys, conditions."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.terms import Group, SchoolStage
from matcher.engine.numerals import numbers_in
from matcher.engine.reading import Told
from matcher.engine.text import normalise
from seeds.reference import language

WINTER = date(2019, 1, 9)


def read(text: str, *, is_offer: bool) -> dict[Told, list]:
    found: dict[Told, list] = {}
    for fact in language().read(normalise(text), is_offer=is_offer, as_of=WINTER).facts:
        value = (fact.value, fact.unit) if fact.unit else fact.value
        if value not in found.setdefault(fact.told, []):
            found[fact.told].append(value)
    return found


@pytest.mark.parametrize(
    ("text", "value", "is_about"),
    [
        ("一年七千多", 7000, True), ("5,000元", 5000, False), ("1.5万元", 15000, False), ("三百套", 300, False),
        ("一万二", 12000, False), ("两千五", 2500, False), ("三万五千", 35000, False), ("三五千", 3000, True),
        ("十来万", 100000, True), ("四十八岁", 48, False), ("十五六岁", 15, True), ("二〇一九年", 2019, False),
        ("俩孙子", 2, False), ("一千零五十", 1050, False),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text, value, is_about):
    assert any((n.value, n.is_about) == (value, is_about) for n in numbers_in(text))


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(text):
    for is_offer in (False, True):
        for fact in language().read(normalise(text), is_offer=is_offer, as_of=WINTER).facts:
            assert 0 <= fact.start <= fact.end and 0 < fact.confidence <= 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("米面油各两袋", {Told.QUANTITY: [(2, "袋")]}),
        ("一家四口，两床被子就中", {Told.PEOPLE: [(4, "人")], Told.QUANTITY: [(2, "床")]}),
        ("每个月化疗自己要掏四千多", {Told.MONEY: [(4000, "元")]}),
        ("孩子九岁，上三年级", {Told.AGE: [9], Told.STAGE: [SchoolStage.PRIMARY]}),
        ("我七十九，一个人过", {Told.AGE: [79]}),
        ("闺女今年考上省外本科", {Told.STAGE: [SchoolStage.COLLEGE]}),
        ("只有小学文化，想找活干", {}),
        ("在焦作干保洁，老家四川达州", {Told.ROUTE_FROM: ["410800"], Told.ROUTE_TO: ["511700"]}),
        ("腊月二十六放假", {Told.ON: [date(2019, 1, 31)]}),
        ("初八动身去厂里", {Told.ON: [date(2019, 2, 12)]}),
        ("在护校念书", {Told.STAGE: [SchoolStage.VOCATIONAL]}),
        ("退了十二年，厂里没人来看过", {Told.AGES: [(50, 110)]}),
        ("1月15号前要", {Told.BY: [date(2019, 1, 15)]}),
    ],
)
def test_a_need_is_read(text, told):
    found = read(text, is_offer=False)
    for what, values in told.items():
        assert found[what] == values
    if not told:
        assert Told.STAGE not in found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "大米10公斤装500份，限解放区和山阳区低保户，1月20日前送完",
            {Told.LIMITED_TO: ["410802", "410811"], Told.GROUP: [Group.SUBSISTENCE], Told.BY: [date(2019, 1, 20)]},
        ),
        ("定向捐给孟州的棉被200床", {Told.LIMITED_TO: ["410883"], Told.QUANTITY: [(200, "床")]}),
        ("大病救助，每户最高2万元", {Told.PER_CASE: [(20000, "元")]}),
        ("资助应届高校新生，每生5000元", {Told.STAGE: [SchoolStage.COLLEGE], Told.PER_CASE: [(5000, "元")]}),
        ("女职工两癌筛查，35至64岁", {Told.AGES: [(35, 64)]}),
        ("托育园接收6个月至3岁婴幼儿", {Told.AGES: [(0, 3)]}),
        ("骑手防寒护膝", {Told.AGES: [(16, 65)]}),
        ("65周岁以上老年人免费体检", {Told.AGES: [(65, 120)]}),
        (
            "1月28日由广州、东莞开往达州、南充",
            {Told.ROUTE_FROM: ["440100", "441900"], Told.ROUTE_TO: ["511700", "511300"], Told.ON: [date(2019, 1, 28)]},
        ),
        ("面粉保质期至2019年3月1日", {Told.SHELF_LIFE: [date(2019, 3, 1)]}),
        ("正月初八返岗专车", {Told.ON: [date(2019, 2, 12)]}),
    ],
)
def test_an_offer_is_read(text, told):
    found = read(text, is_offer=True)
    for what, values in told.items():
        assert found[what] == values


def test_a_year_at_school_is_no_day_of_the_moon():
    found = read("儿子初二，天天不想上学", is_offer=False)
    assert found[Told.STAGE] == [SchoolStage.JUNIOR] and Told.ON not in found


def test_what_was_read_stands_where_it_says():
    text = normalise("大米10公斤装500份，限解放区低保户")
    spans = {f.told: text[f.start : f.end] for f in language().read(text, is_offer=True, as_of=WINTER).facts}
    assert spans[Told.LIMITED_TO] == "解放区" and spans[Told.GROUP] == "低保户" and spans[Told.QUANTITY] == "500份"


def test_names_that_are_ordinary_words_are_no_places():
    assert Told.PLACE not in read("博爱基金会同社区一起发放，平安健康", is_offer=True)
