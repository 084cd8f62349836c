import pytest

from matcher.domain.regions import Located, Places, city_of, contains, county_of
from tests.places import places


@pytest.mark.parametrize(
    ("written", "code", "how"),
    [
        ("410823", "410823", Located.EXACT),
        ("4108", "410800", Located.EXACT),
        ("湖北省/武汉市/江岸区", "420102", Located.EXACT),
        ("湖北省/武汉市", "420100", Located.EXACT),
        ("湖北省/恩施州/来凤县", "422827", Located.EXACT),
        ("恩施州", "422800", Located.EXACT),
        ("湖北省/宜昌市/宜昌市", "420500", Located.EXACT),
        ("湖北省/仙桃市/仙桃市", "429004", Located.EXACT),
        ("湖南省/长沙市-岳麓区", "430104", Located.EXACT),
        ("四川省/泸州市-泸  县", "510521", Located.EXACT),
        ("北京市/市辖区/朝阳区", "110105", Located.EXACT),
        ("河南省焦作市武陟县", "410823", Located.EXACT),
        ("河南 焦作 温县", "410825", Located.EXACT),
        ("武陟县", "410823", Located.EXACT),
        ("武陟", "410823", Located.EXACT),
        ("云南省/丽江市-宁蒗县", "530724", Located.EXACT),
        ("湖北省/武汉市/高新区", "420100", Located.PARENT),
        ("湖南省/各区县疾控中心", "430000", Located.PARENT),
        ("410871", "410800", Located.PARENT),
        ("湖北省/宜昌市/天门市", None, Located.CONTRADICTORY),
        ("湖北省/宜昌市/武汉市", None, Located.CONTRADICTORY),
        ("鼓楼区", None, Located.AMBIGUOUS),
        ("999999", None, Located.UNKNOWN),
        ("火星", None, Located.UNKNOWN),
        ("", None, Located.UNKNOWN),
    ],
)
def test_what_people_write_is_found_or_refused(written, code, how):
    found = places().locate(written)
    assert (found.code, found.how) == (code, how)
    assert places().find(written) == code and found.is_warned == (how is Located.PARENT)


def test_every_place_is_found_by_its_full_name():
    table = places()
    for code in ("110101", "410802", "429004", "500101", "540102", "659001"):
        name = table.full_name(code)
        assert table.find(name) == code, name


@pytest.mark.parametrize(
    ("area", "place", "inside"),
    [
        ("410800", "410802", True),
        ("410000", "410882", True),
        ("410802", "410800", False),
        ("410800", "411002", False),
        ("000000", "110101", True),
        ("500000", "510100", False),
        ("110000", "110105", True),
    ],
)
def test_containment_by_pairs_of_digits(area, place, inside):
    assert contains(area, place) is inside


def test_counties_and_cities():
    assert [county_of(c) for c in ("410823", "410800")] == ["410823", None]
    assert [city_of(c) for c in ("410823", "410000", "429004", "110105", "500229")] == [
        "410800",
        None,
        "429004",
        "110000",
        "500000",
    ]


def test_places_are_what_their_rows_say():
    tiny = Places([("990000", "云省", ""), ("990100", "海市", "990000"), ("990101", "甲县", "990100")])
    assert len(tiny) == 3 and "990101" in tiny and tiny.name("990101") == "甲县"
    assert tiny.find("云省/海市/甲县") == "990101" and tiny.full_name("990101") == "云省海市甲县"
