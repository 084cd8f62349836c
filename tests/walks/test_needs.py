"""A caseworker registers a family and what it needs, changes it, and works with tables."""

import csv
import io

import pytest

from matcher.domain.terms import Role
from tests.factories import a_county, a_household

pytestmark = pytest.mark.browser
HEAD = "需求编号,户编号,需求内容,类别,数量,单位,紧急程度,需要日期\n"
GOOD = """A1,武陟-0401,过年想吃顿饺子家里没面了,米面油,1,份,4,2019-01-30
A2,武陟-0402,住院自付还差一万二,医疗,1.2,万元,5,
A3,武陟-0401,孩子手冻裂了想要床厚被子,棉被,2,床,4,2019-01-25
"""
BAD = """B1,武陟-9999,没有这户人家的一行,米面油,1,份,3,
B2,武陟-0402,数量写错了的一行,米面油,一百二,份,3,
B3,武陟-0402,日期过去了的一行,米面油,1,份,3,2019-01-02
B4,武陟-0402,类别写错了的一行,宠物,1,份,3,
"""


@pytest.fixture
def caseworker(live_app, signed_in_as):
    with live_app.database.write() as session:
        for code in ("武陟-0401", "武陟-0402"):
            a_household(session, unit=a_county(session), case_code=code)
        session.commit()
    return signed_in_as(Role.CASEWORKER)


def good_to_use(page) -> None:
    assert page.barriers() == []
    assert not page.scrolls_sideways()


def test_a_family_and_its_need(caseworker):
    page = caseworker.opens("/files").presses("登记一户")
    good_to_use(page)
    page.fills(head_name="赵长河", id_card="410823").presses("登记，接着写需要")
    assert page.errors == ["身份证号应是 18 位，现在是 6 位，请核对"]
    assert page.part("#head_name").input_value() == "赵长河"
    good_to_use(page)
    page.fills(id_card="").presses("登记，接着写需要")
    assert page.path.startswith("/needs/new?case=") and page.sees("已登记 武陟-0403")
    good_to_use(page)
    page.fills(story="米缸见底了，就想过年包顿饺子", quantity="一百二").picks("急").presses("登记", exact=True)
    assert page.errors == ["请写大于 0 的整数，例如 120", "请填写这一栏"]
    page.fills(quantity="2").chooses(category="FOO").presses("登记", exact=True)
    assert page.title == "米面油" and page.sees("2 份") and page.sees("赵**")
    good_to_use(page)
    page.presses("修改", exact=True).fills(quantity="3").presses("保存")
    assert page.sees("3 份") and page.sees("已保存")
    page.presses("问过了，仍然需要")
    assert page.sees("今天核实过")
    page.presses("联系本人")
    assert page.sees("赵长河") and page.sees("已经记下")
    page.opens("/needs").presses("米面油").presses("撤回这项需求").picks("已经解决").presses("撤回", exact=True)
    assert page.sees("已撤回") and page.sees("已经解决")


def test_a_table_in_twice_and_out_again(caseworker, tmp_path):
    file = tmp_path / "需求.csv"
    file.write_text(HEAD + GOOD + BAD, "gb18030")
    page = caseworker.opens("/needs").presses("用表格导入")
    good_to_use(page)
    page.presses("看一遍，先不写入")
    assert page.errors == ["请先选一个文件"]
    look_at(page, file)
    assert figures(page) == ["3", "0", "4", "7"]
    assert page.part(".nl-problems tbody tr").count() == 4
    assert page.sees("没有这个户编号") and page.sees("这一天已经过去")
    good_to_use(page)
    page.presses("确认写入 3 行")
    assert page.title == "需求已导入" and figures(page) == ["3", "0", "4", "7"]
    file.write_text(HEAD + GOOD, "utf-8")
    look_at(page.opens("/imports/needs"), file)
    assert figures(page) == ["0", "3", "0", "3"] and page.part('button:has-text("确认写入")').count() == 0
    page.opens("/needs")
    with page.page.expect_download() as download:
        page.page.get_by_role("link", name="导出 CSV").click()
    exported = download.value.path().read_bytes()
    rows = list(csv.DictReader(io.StringIO(exported.decode("utf-8-sig"))))
    assert {row["需求内容"] for row in rows} == {line.split(",")[2] for line in GOOD.splitlines()}
    file.write_bytes(exported)
    look_at(page.opens("/imports/needs"), file)
    assert figures(page) == ["0", "3", "0", "3"]


def look_at(page, file) -> None:
    page.part("#file").set_input_files(str(file))
    page.presses("看一遍，先不写入")


def figures(page) -> list[str]:
    return [text.split()[0] for text in page.part(".nl-importfigures dd").all_inner_texts()]


def test_on_a_phone(signed_in_as, phone_page, caseworker):
    page = signed_in_as(Role.CASEWORKER, page=phone_page, username="caseworker-on-the-road")
    for path in ("/needs", "/needs/new?case=武陟-0401", "/files", "/files/new", "/imports/needs"):
        page.opens(path)
        good_to_use(page)
        assert page.narrow_targets() == [], path
