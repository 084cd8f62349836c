"""Tables of hardship files as another system exports them: invented people, and cells that are wrong on purpose."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from matcher.domain.identity import check_character, luhn_holds

HEADER = [
    "户编号", "所属工会", "档案状态", "困难类别", "建档日期", "姓名", "身份证号", "性别", "民族", "婚姻状况",
    "学历", "手机号", "乡镇街道", "家庭住址", "户口类型", "工作状态", "工作单位", "单位性质", "是否会员",
    "是否农民工", "健康状况", "病名", "是否参加医保", "住房类型", "建筑面积", "本人月收入", "家庭年收入",
    "是否低保", "年低保金额", "刚性支出", "致困支出", "主要致困原因", "次要致困原因", "是否单亲",
    "困难情况说明", "发放渠道", "开户银行", "银行卡号", "核对授权书", "知情同意书", "家庭成员1姓名",
    "家庭成员1关系", "家庭成员1身份证号", "家庭成员1健康状况", "家庭成员1月收入", "家庭成员2姓名",
    "家庭成员2关系", "家庭成员2出生日期", "家庭成员2学段",
]  # fmt: skip
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂"
BAD: dict[str, tuple[str, str]] = {
    "身份证号": ("41082319700101001", "id_length"),
    "手机号": ("12345", "phone_form"),
    "家庭年收入": ("-500", "negative"),
    "致困支出": ("三万多", "not_a_number"),
    "健康状况": ("不太好", "unknown_word"),
    "是否会员": ("也许", "not_yes_or_no"),
    "家庭成员2出生日期": ("2008-02-31", "impossible_date"),
    "家庭成员1身份证号": ("410823196801010000", "id_check"),
    "银行卡号": ("6222 abc", "card_characters"),
    "主要致困原因": ("倒霉", "unknown_word"),
    "姓名": ("王3", "name_has_digits"),
    "所属工会": ("没有这个工会", "unit_unknown"),
    "本人月收入": ("1200.505", "finer_than_fen"),
}
"""A wrong cell for some columns, and the code that names it."""


@dataclass(slots=True)
class Planted:
    """A table with what was planted in it: (row, column) → code."""

    rows: list[list[str]] = field(default_factory=list)
    wrong: dict[tuple[int, str], str] = field(default_factory=dict)

    def csv(self, encoding: str = "gb18030", header: list[str] | None = None) -> bytes:
        out = io.StringIO()
        csv.writer(out).writerows([header or HEADER, *self.rows])
        return out.getvalue().encode(encoding)


def a_number(place: int, born: str, area: str = "410823") -> str:
    """A resident number that nobody has: the same `place` and day give the same one."""
    first = f"{area}{born}{place % 1000:03d}"
    return first + check_character(first)


def a_card(place: int) -> str:
    """A card number that holds the check of bank cards."""
    digits = f"62282{place:013d}"
    return next(digits + last for last in "0123456789" if luhn_holds(digits + last))


def a_table(count: int, *, unit: str, bad_every: int = 0, seed: int = 7, code: str = "旧-") -> Planted:
    """`count` rows of drafts of one union; every `bad_every`-th row has one wrong cell, by turns."""
    random, table = Random(seed), Planted()
    kinds = list(BAD.items())
    for place in range(count):
        row = dict(zip(HEADER, _row(place, unit, random, code), strict=True))
        if bad_every and place % bad_every == bad_every - 1:
            column, (value, problem) = kinds[(place // bad_every) % len(kinds)]
            row[column] = value
            table.wrong[place + 2, column] = problem
        table.rows.append(list(row.values()))
    return table


def _row(place: int, unit: str, random: Random, code: str) -> Iterator[str]:
    def name() -> str:
        return random.choice(SURNAMES) + "".join(random.choices(GIVEN, k=2))

    head_born = f"{1955 + place // 1000 % 40}{1 + place // 40000 % 12:02d}{1 + place // 480000:02d}"
    spouse_born = f"{1955 + place // 1000 % 40}{1 + place // 40000 % 12:02d}15"
    income = random.randrange(4000, 30000)
    return iter([
        f"{code}{place:06d}", unit, "草稿", "", "", name(), a_number(place, head_born), random.choice("男女"), "汉族",
        random.choice(("已婚", "离异", "丧偶")), "初中", f"139{place:08d}", f"第{place % 13}乡",
        f"第{place % 400}村{place}号",
        "农业", random.choice(("在岗", "下岗", "退休", "农民工")), f"第{place % 90}工厂", "国有", "是", "否",
        random.choice(("良好", "恶性肿瘤", "高血压", "残疾")), "", "是",
        random.choice(("自购房", "租房", "无房")), "50-70",
        f"{income // 12}", f"{income}", "否", "", f"{random.randrange(0, 40000)}", f"{random.randrange(0, 60000)}",
        random.choice(("患重特大疾病", "子女上学", "下岗失业")), "其他", "否",
        f"第{place}户，家里有病人，花费多。", "银行卡",
        "县农商行", a_card(place), "是", "是",
        name(), "配偶", a_number(place, spouse_born), "良好", f"{random.randrange(0, 2000)}",
        name(), "子女", f"{2005 + place % 12}-0{1 + place % 9}-11", "初中",
    ])  # fmt: skip
