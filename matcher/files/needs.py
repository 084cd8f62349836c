"""Needs from a file, as the contract names their columns; Chinese headers are accepted as well."""

from datetime import date
from pathlib import Path
from typing import Any

from matcher.domain.facts import NeedColumns
from matcher.domain.regions import Places
from matcher.domain.screening import screen
from matcher.domain.terms import DonorType
from matcher.files import values as read
from matcher.files import words
from matcher.files.reading import Field, ReadResult, RowReader, recogniser
from matcher.files.table import Table, read_table
from matcher.files.words import codebook

TEXT_LIMIT = 20_000
ALL_DONORS = frozenset(DonorType)
_DONORS = codebook(words.DONOR_TYPES)


def _consent(value: str) -> frozenset[DonorType]:
    if read.folded(value).lower() in words.NOBODY:
        return frozenset()
    return read.many_of(_DONORS, "unknown_donor_type")(value)


def need_fields(places: Places) -> tuple[Field, ...]:
    """The columns of a needs file."""
    short = read.text_of(200)
    return (
        Field("need_id", ("需求编号", "编号"), read.text_of(64), required=True),
        Field("text", ("需求内容", "需求", "内容", "需求描述", "困难说明"), read.text_of(TEXT_LIMIT), required=True),
        Field("household_id", ("户编号", "家庭编号", "档案编号"), read.text_of(64)),
        Field("category", ("类别", "需求类别"), read.one_of(codebook(words.CATEGORIES), "unknown_category")),
        Field("region", ("地区", "所在地区", "行政区划", "区划代码"), read.Region(places).one),
        Field("quantity", ("数量", "需求数量", "金额"), read.amount),
        Field("unit", ("单位", "计量单位"), read.text_of(12)),
        Field("urgency", ("紧急程度", "紧急度"), read.urgency),
        Field("created_on", ("登记日期", "提出日期"), read.day),
        Field("deadline", ("需要日期", "截止日期", "最晚日期"), read.day),
        Field("on_file", ("是否建档", "建档", "在档"), read.yes_no),
        Field("file_level", ("档案级别", "建档级别"), read.one_of(codebook(words.FILE_LEVELS), "unknown_file_level")),
        Field(
            "hardship_class",
            ("困难类别", "困难分类"),
            read.one_of(codebook(words.HARDSHIP_CLASSES), "unknown_hardship_class"),
        ),
        Field("target_groups", ("对象群体", "群体"), read.split_list, blank=()),
        Field("member", ("是否会员", "工会会员"), read.yes_no),
        Field("real_name", ("是否实名", "实名"), read.yes_no),
        Field("payout", ("发放渠道", "发放方式"), read.one_of(codebook(words.PAYOUTS), "unknown_payout")),
        Field("divisible", ("可拆分", "可否拆分"), read.yes_no),
        Field("self_paid_left", ("自付余额", "个人自付剩余"), read.whole()),
        Field("helped_this_year", ("今年已帮扶", "本年已帮扶"), read.whole()),
        Field("consent", ("同意公开范围", "授权范围"), _consent, blank=ALL_DONORS),
        Field("stopped", ("是否停发", "停发"), read.yes_no),
        Field("excluded", ("排除条件", "是否排除"), read.yes_no),
        Field("relation_months", ("劳动关系月数",), read.whole(0, 1200)),
        Field("union_unit", ("所属工会",), short),
        Field("projects_this_year", ("今年享受项目数", "本年项目数"), read.whole(0, 1000)),
        Field(
            "entitlements_due",
            ("未申请的国家待遇", "该申请未申请"),
            read.many_of(codebook(words.ENTITLEMENTS), "unknown_entitlement"),
            blank=frozenset(),
        ),
        Field("age", ("年龄",), read.whole(0, 130)),
        Field("school_stage", ("学段",), read.one_of(codebook(words.SCHOOL_STAGES), "unknown_school_stage")),
        Field("route_from", ("出发地", "起点"), short),
        Field("route_to", ("目的地", "终点"), short),
    )


def read_needs(source: Path | bytes | Table, *, places: Places, as_of: date, name: str = "") -> ReadResult[NeedColumns]:
    """Read needs from CSV or XLSX. Raises RefusedInput when the file as a whole cannot be used.

    A blank household is a household of its own, blank consent means all donor types, every other blank is unknown.
    """
    fields = need_fields(places)
    reader = RowReader(read_table(source, name, is_header=recogniser(fields)), fields)
    values: dict[str, list[Any]] = {"need_id": reader.read_ids("need_id")}
    values["quantity"], values["unit"] = reader.quantities(low=1)
    values["groups"] = reader.groups("target_groups", codebook(words.GROUPS))
    done = {*values, "target_groups"}
    values.update({f.name: reader.column(f.name) for f in fields if f.name not in done})
    values["household_id"] = [
        household or f"need:{need_id}"
        for household, need_id in zip(values["household_id"], values["need_id"], strict=True)
    ]
    values["text"] = [screen(text) if text else "" for text in values["text"]]
    reader.warn_regions("region", read.Region(places))
    _warn_dates(reader, values, as_of)
    return reader.result(NeedColumns, values, _notes)


def _warn_dates(reader: RowReader, values: dict[str, list[Any]], as_of: date) -> None:
    for k, (created, deadline) in enumerate(zip(values["created_on"], values["deadline"], strict=True)):
        if created is not None and deadline is not None and deadline < created:
            reader.warning(k, "deadline", "deadline_before_created")
        if created is not None and created > as_of:
            reader.warning(k, "created_on", "created_in_future")


def _notes(rows: NeedColumns) -> dict[str, int]:
    return {
        "category_not_given": sum(1 for c in rows.category if c is None),
        "amount_unknown": sum(1 for q in rows.quantity if q is None),
        "unit_blank": sum(1 for u in rows.unit if u is None),
        "region_unknown": sum(1 for r in rows.region if r is None),
    }
