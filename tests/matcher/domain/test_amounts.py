from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.amounts import canonical, convertible, is_money, same_unit, usual

_WORDS = "元 万元 千元 斤 公斤 克 吨 升 毫升 个 只 箱 盒 件 份 套 副 双 人 名额"
UNITS = _WORDS.split(" ")


@pytest.mark.parametrize(
    ("a", "b", "factor"),
    [
        ("万元", "元", 10_000),
        ("公斤", "斤", 2),
        ("KG", "公斤", 1),
        ("只", "个", 1),
        ("副", "双", 1),
        ("人次", "名额", 1),
        ("0.5g/支", "支", 1),
        (None, "箱", 1),
        ("", None, 1),
        ("只", "箱", None),
        ("箱", "件", None),
        ("盒", "箱", None),
        ("元", "份", None),
        ("公斤", "升", None),
        ("件", "个", None),
        ("小箱", "箱", None),
    ],
)
def test_only_what_is_known_to_count_the_same_is_converted(a, b, factor):
    assert convertible(a, b) == factor
    assert same_unit(a, b) == (factor == 1)


@given(st.sampled_from(UNITS), st.sampled_from(UNITS), st.sampled_from(UNITS))
def test_conversion_goes_both_ways_and_through(a, b, c):
    there, back = convertible(a, b), convertible(b, a)
    assert (there is None) == (back is None)
    if there is not None:
        assert there * back == 1
        onward = convertible(b, c)
        if onward is not None:
            assert convertible(a, c) == there * onward


@given(st.integers(1, 10**6), st.sampled_from(UNITS))
def test_keeping_an_amount_changes_neither_its_worth_nor_itself_again(quantity, unit):
    kept, name = canonical(quantity, unit)
    assert kept * convertible(name, unit) == quantity
    assert canonical(kept, name) == (kept, name)


def test_amounts_that_are_not_whole_in_the_base_keep_their_unit():
    assert canonical(300, "克") == (300, "克") and canonical(Fraction(3, 10), "万元") == (3000, "元")


def test_money_is_recognised_in_all_its_spellings():
    assert all(map(is_money, ("元", "万元", "RMB", "￥"))) and not any(map(is_money, ("份", None, "")))


def test_a_blank_unit_is_unknown():
    assert usual(" ") is None and usual(None) is None
