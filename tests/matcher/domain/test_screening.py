import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.screening import is_personal, screen


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("身份证410823199001011234，请帮忙", "身份证〔证件号〕，请帮忙"),
        ("证号41082319900101123x", "证号〔证件号〕"),
        ("打19900001234找我", "打〔电话〕找我"),
        ("199 0000 1234", "〔电话〕"),
        ("+86 199-0000-1234", "〔电话〕"),
        ("单位电话0391-0000000", "单位电话〔电话〕"),
        ("卡号6222 0000 0000 0000 000", "卡号〔卡号〕"),
        ("写信到someone@example.org", "写信到〔邮箱〕"),
        ("我叫李秀兰，家里困难", "我叫〔姓名〕，家里困难"),
        ("联系人：王建国 19900001234", "联系人：〔姓名〕 〔电话〕"),
        ("张三（19900001234）", "〔姓名〕（〔电话〕）"),
    ],
)
def test_numbers_and_introduced_names_are_masked(text, masked):
    assert screen(text) == masked and is_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "医用防护口罩（GB 19083-2010，建议3M 1860/1870/9123）",
        "医用外科口罩（YY 0469-2010）20000只",
        "癸甲溴铵溶液 5L*4瓶/件",
        "2019年1月16日前要4000元",
        "王店村房顶漏雨",
        "化疗自己要掏4000多",
    ],
)
def test_standards_sizes_dates_and_amounts_stay(text):
    assert screen(text) == text and not is_personal(text)


@given(st.text(alphabet="0123456789xX -张三我叫，药@a.", max_size=60))
def test_screening_twice_changes_nothing_more(text):
    once = screen(text)
    assert screen(once) == once
