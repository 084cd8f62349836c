from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.screening import is_personal, screen
from seeds.world import build_world


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


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("儿子赵小满今年高二，学费还差", "儿子〔姓名〕今年高二，学费还差"),
        ("我丈夫王磊在外地打工", "我丈夫〔姓名〕在外地打工"),
        ("工友刘大海的工钱也没有发", "工友〔姓名〕的工钱也没有发"),
        ("邻居张婶，天天来帮忙", "邻居〔姓名〕，天天来帮忙"),
    ],
)
def test_a_name_behind_a_word_of_kinship_is_masked(text, masked):
    assert screen(text) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("找王秀英就行", "找〔姓名〕就行"),
        ("厂长马国庆欠我们半年工资", "厂长〔姓名〕欠我们半年工资"),
        ("老伴王桂兰卧床", "老伴〔姓名〕卧床"),
        ("陈思远今年考上大学", "〔姓名〕今年考上大学"),
        ("我是棉纺厂职工何秀珍", "我是棉纺厂职工〔姓名〕"),
        ("何秀珍同志确有困难", "〔姓名〕同志确有困难"),
        ("张建国、李梅两口子都下岗", "〔姓名〕、〔姓名〕两口子都下岗"),
        ("车间主任高峰证明", "车间主任〔姓名〕证明"),
        ("经手人：田野", "经手人：〔姓名〕"),
        ("欠王建国5000元", "欠〔姓名〕5000元"),
        ("本人黄金荣，下岗三年", "本人〔姓名〕，下岗三年"),
    ],
)
def test_a_name_is_masked_where_it_stands_like_one(text, masked):
    assert screen(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "家住和平街道张庄村",
        "需要王老吉两箱",
        "白云山板蓝根、金银花",
        "石家庄市平安医院",
        "万家豪酒店捐赠棉被",
        "黄梅天我们蹲在工棚",
        "高铁票两张，马上要",
        "成立三年的合作社",
        "女职工安康保障",
    ],
)
def test_places_firms_and_things_stay(text):
    assert screen(text) == text


SENTENCES = (
    "找{}就行",
    "{}今年考上大学",
    "厂长{}欠我们工资",
    "职工{}，妻子瘫痪",
    "和{}一起去的",
    "{}同志确有困难",
    "联系人：{}",
)


def test_nine_names_in_ten_of_an_invented_county_are_found():
    """The names are those of the demo, in seven sentences each."""
    names = sorted({family.head_name for family in build_world(families=400, today=date(2019, 1, 9)).families})
    told = [(name, sentence.format(name)) for name in names for sentence in SENTENCES]
    assert sum(name not in screen(text) for name, text in told) >= 0.9 * len(told)


@pytest.mark.parametrize(
    "text",
    [
        "孩子高三，没有钱",
        "也不好意思总向孩子张口，",
        "母亲白内障，",
        "孩子马上，",
        "老伴常年卧床，",
        "丈夫单位，",
        "儿子成人，",
    ],
)
def test_words_that_begin_like_a_family_name_stay(text):
    assert screen(text) == text


def test_known_names_are_masked_wherever_they_stand():
    names = ("王秀兰", "赵国庆", "欧阳小满", "")
    assert screen("王秀兰说，国庆以前要还钱", names) == "〔姓名〕说，国庆以前要还钱"
    assert (
        screen("儿子国庆考上了，欧阳小满也考上了，孩子小满", names)
        == "儿子〔姓名〕考上了，〔姓名〕也考上了，孩子〔姓名〕"
    )
    assert screen(screen("赵国庆找王秀兰", names), names) == "〔姓名〕找〔姓名〕"
