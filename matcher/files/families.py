"""Families from a file: the head of each hardship file. Chinese headers are accepted as well.

In the house a blank is unknown and never yes: blank consent is none.
"""

from dataclasses import dataclass
from typing import Any

from matcher.domain.regions import Places
from matcher.domain.terms import Cause, HardshipClass
from matcher.files import values as read
from matcher.files import words
from matcher.files.needs import _consent as consent
from matcher.files.problems import RowProblem
from matcher.files.reading import Field, RowReader
from matcher.files.table import Table
from matcher.files.words import codebook

CAUSES: dict[Cause, tuple[str, ...]] = {
    Cause.NO_ABILITY: ("无劳动能力",),
    Cause.UNEMPLOYED_ABLE: ("有劳动能力而未就业", "未就业"),
    Cause.LAID_OFF: ("下岗失业", "下岗", "失业"),
    Cause.UNINSURED: ("未参加社会保险", "没有社保"),
    Cause.INSURANCE_UNPAID: ("社保待遇落实不到位",),
    Cause.ILLNESS: ("患重特大疾病", "重病", "大病"),
    Cause.DISASTER: ("遭受自然灾害", "自然灾害"),
    Cause.ACCIDENT: ("遭受意外事故", "意外事故", "意外"),
    Cause.SCHOOLING: ("子女上学", "上学"),
    Cause.OTHER: ("其他",),
    Cause.WORK_INJURY: ("工伤与职业病致残", "工伤", "职业病"),
    Cause.DIED_ON_DUTY: ("因公牺牲",),
}


def family_fields(places: Places) -> tuple[Field, ...]:
    """The columns of a families file; `household_id` is the case code needs files refer to."""
    return (
        Field("household_id", ("户编号", "家庭编号", "档案编号"), read.text_of(24), required=True),
        Field("name", ("姓名", "户主", "户主姓名"), read.text_of(40), required=True),
        Field("id_card", ("身份证号", "身份证", "身份证号码"), read.text_of(40), blank=""),
        Field("phone", ("电话", "手机", "联系电话", "手机号"), read.text_of(40), blank=""),
        Field("region", ("地区", "所在地区", "区划代码"), read.Region(places).one),
        Field("township", ("乡镇", "街道", "乡镇街道"), read.text_of(40), blank=""),
        Field("address", ("住址", "地址"), read.text_of(200), blank=""),
        Field("size", ("人口", "家庭人口", "几口人"), read.whole(1, 30)),
        Field("situation", ("家庭情况", "情况"), read.text_of(120), blank=""),
        Field(
            "hardship_class",
            ("困难类别", "困难分类"),
            read.one_of(codebook(words.HARDSHIP_CLASSES), "unknown_hardship_class"),
            blank=HardshipClass.NONE,
        ),
        Field("on_file", ("是否建档", "建档", "在档"), read.yes_no, blank=False),
        Field("file_level", ("档案级别", "建档级别"), read.one_of(codebook(words.FILE_LEVELS), "unknown_file_level")),
        Field("file_number", ("档案号",), read.text_of(40), blank=""),
        Field("file_approved_on", ("建档日期", "批准日期"), read.day),
        Field("causes", ("致困原因",), read.many_of(codebook(CAUSES), "unknown_cause"), blank=frozenset()),
        Field("target_groups", ("对象群体", "群体"), read.split_list, blank=()),
        Field("member", ("是否会员", "工会会员"), read.yes_no),
        Field("real_name", ("是否实名", "实名"), read.yes_no),
        Field("excluded", ("排除条件", "是否排除"), read.yes_no),
        Field("relation_months", ("劳动关系月数",), read.whole(0, 720)),
        Field("payout", ("发放渠道", "发放方式"), read.one_of(codebook(words.PAYOUTS), "unknown_payout")),
        Field("bank_card", ("银行卡号", "卡号", "存折号"), read.text_of(40), blank=""),
        Field("consent", ("同意公开范围", "授权范围"), consent, blank=frozenset()),
        Field("union_unit", ("所属工会",), read.text_of(80), blank=""),
    )


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """One family as read: values by the names of the columns."""

    row: int
    values: dict[str, Any]


def read_families(table: Table, *, places: Places) -> tuple[list[FamilyRow], list[RowProblem], list[RowProblem]]:
    """Good rows in the order of the file, problems that refused a row, and warnings."""
    fields = family_fields(places)
    reader = RowReader(table, fields)
    columns: dict[str, list[Any]] = {"household_id": reader.read_ids("household_id")}
    columns["target_groups"] = reader.groups("target_groups", codebook(words.GROUPS))
    columns.update({f.name: reader.column(f.name) for f in fields if f.name not in columns})
    reader.warn_regions("region", read.Region(places))
    bad = {problem.row for problem in reader.problems}
    rows = [
        FamilyRow(number, {name: column[k] for name, column in columns.items()})
        for k, (number, _cells) in enumerate(table.rows)
        if number not in bad
    ]
    return rows, reader.problems, [warning for warning in reader.warnings if warning.row not in bad]
