"""Offers from a file, as the contract names their columns; Chinese headers are accepted as well."""

from datetime import date
from pathlib import Path
from typing import Any

from matcher.domain.facts import OfferColumns
from matcher.domain.regions import Places
from matcher.domain.screening import screen
from matcher.files import values as read
from matcher.files import words
from matcher.files.needs import TEXT_LIMIT
from matcher.files.reading import Field, ReadResult, RowReader, recogniser
from matcher.files.table import Table, read_table
from matcher.files.words import codebook


def offer_fields(places: Places) -> tuple[Field, ...]:
    """The columns of an offers file."""
    short = read.text_of(200)
    return (
        Field("offer_id", ("资源编号", "编号"), read.text_of(64), required=True),
        Field("text", ("资源内容", "资源", "内容", "资源说明", "捐赠内容"), read.text_of(TEXT_LIMIT), required=True),
        Field("donor", ("捐赠方", "爱心单位", "捐赠单位"), short),
        Field("donor_type", ("捐赠方类型", "单位类型"), read.one_of(codebook(words.DONOR_TYPES), "unknown_donor_type")),
        Field("category", ("类别", "资源类别"), read.one_of(codebook(words.CATEGORIES), "unknown_category")),
        Field("regions", ("适用地区", "地区", "范围"), read.Region(places).several, blank=()),
        Field("quantity", ("数量", "资源数量", "金额"), read.amount),
        Field("unit", ("单位", "计量单位"), read.text_of(12)),
        Field("per_case_min", ("每户起点", "每户最少"), read.whole(1)),
        Field("per_case_max", ("每户上限", "每户最多"), read.whole(1)),
        Field("valid_from", ("开始日期", "有效期起"), read.day),
        Field("valid_to", ("结束日期", "有效期止"), read.day),
        Field("fund_source", ("资金来源",), read.one_of(codebook(words.FUND_SOURCES), "unknown_fund_source")),
        Field("requires_file", ("只给建档户", "先建档"), read.yes_no),
        Field("eligible_groups", ("适用群体", "对象群体"), read.split_list, blank=()),
        Field("excluded_households", ("排除户", "利害关系户"), read.names, blank=frozenset()),
        Field("payout", ("发放渠道", "发放方式"), read.one_of(codebook(words.PAYOUTS), "unknown_payout")),
        Field("vetted", ("是否审核", "已审核"), read.yes_no, blank=True),
        Field("cap_per_household_year", ("每户每年上限", "年度上限"), read.whole()),
        Field("issuing_union", ("发放工会",), short),
        Field(
            "school_stages",
            ("适用学段", "学段"),
            read.many_of(codebook(words.SCHOOL_STAGES), "unknown_school_stage"),
            blank=frozenset(),
        ),
        Field("age_min", ("最小年龄",), read.whole(0, 130)),
        Field("age_max", ("最大年龄",), read.whole(0, 130)),
        Field("route_from", ("出发地", "起点"), short),
        Field("route_to", ("目的地", "终点"), short),
        Field("shelf_life_until", ("保质期至", "保质期"), read.day),
    )


def read_offers(
    source: Path | bytes | Table, *, places: Places, as_of: date, name: str = ""
) -> ReadResult[OfferColumns]:
    """Read offers from CSV or XLSX. Raises RefusedInput when the file as a whole cannot be used.

    Blank or `*` regions mean anywhere, blank `vetted` means yes, every other blank is unknown.
    """
    fields = offer_fields(places)
    reader = RowReader(read_table(source, name, is_header=recogniser(fields)), fields)
    values: dict[str, list[Any]] = {"offer_id": reader.read_ids("offer_id")}
    values["quantity"], values["unit"] = reader.quantities(low=0)
    values["eligible_groups"] = reader.groups("eligible_groups", codebook(words.GROUPS))
    values.update({f.name: reader.column(f.name) for f in fields if f.name not in values})
    values["text"] = [screen(text) if text else "" for text in values["text"]]
    reader.warn_regions("regions", read.Region(places))
    _check_order(reader, values, "valid_from", "valid_to", "window_reversed")
    _check_order(reader, values, "per_case_min", "per_case_max", "case_reversed")
    _check_order(reader, values, "age_min", "age_max", "age_reversed")
    return reader.result(OfferColumns, values, lambda rows: _notes(rows, as_of))


def _check_order(reader: RowReader, values: dict[str, list[Any]], low: str, high: str, code: str) -> None:
    for k, (first, last) in enumerate(zip(values[low], values[high], strict=True)):
        if first is not None and last is not None and last < first:
            reader.problem(k, high, code)


def _notes(rows: OfferColumns, as_of: date) -> dict[str, int]:
    return {
        "category_not_given": sum(1 for c in rows.category if c is None),
        "unlimited_one_per_need": sum(1 for q in rows.quantity if q is None),
        "unit_blank": sum(1 for u in rows.unit if u is None),
        "ended": sum(1 for end in rows.valid_to if end is not None and end < as_of),
    }
