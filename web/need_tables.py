"""The columns of needs and families as files: what is exported can be imported again, and templates agree."""

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row

from matcher.domain.terms import FileStatus
from web.exports import Cell, Column, Kind
from web.i18n import language
from web.labels import label

NEED_COLUMNS: tuple[tuple[str, str, Kind], ...] = (
    ("need_id", "需求编号", Kind.TEXT),
    ("text", "需求内容", Kind.TEXT),
    ("household_id", "户编号", Kind.TEXT),
    ("category", "类别", Kind.TEXT),
    ("region", "地区", Kind.TEXT),
    ("quantity", "数量", Kind.NUMBER),
    ("unit", "单位", Kind.TEXT),
    ("urgency", "紧急程度", Kind.NUMBER),
    ("created_on", "登记日期", Kind.DATE),
    ("deadline", "需要日期", Kind.DATE),
    ("on_file", "是否建档", Kind.TEXT),
    ("file_level", "档案级别", Kind.TEXT),
    ("hardship_class", "困难类别", Kind.TEXT),
    ("target_groups", "对象群体", Kind.TEXT),
    ("member", "是否会员", Kind.TEXT),
    ("real_name", "是否实名", Kind.TEXT),
    ("payout", "发放渠道", Kind.TEXT),
    ("divisible", "可拆分", Kind.TEXT),
    ("self_paid_left", "自付余额", Kind.NUMBER),
    ("consent", "同意公开范围", Kind.TEXT),
    ("stopped", "是否停发", Kind.TEXT),
    ("excluded", "排除条件", Kind.TEXT),
    ("relation_months", "劳动关系月数", Kind.NUMBER),
    ("union_unit", "所属工会", Kind.TEXT),
    ("age", "年龄", Kind.NUMBER),
    ("school_stage", "学段", Kind.TEXT),
    ("route_from", "出发地", Kind.TEXT),
    ("route_to", "目的地", Kind.TEXT),
)
"""Contract names with their Chinese headings; the reader accepts both."""


def heading(name: str, zh: str, *, required: bool = False) -> str:
    """A column's heading in the reader's language: Chinese words or the contract's name."""
    star = _("（必填）") if required else ""
    return (name if language() == "en" else zh) + star


def export_columns() -> list[Column]:
    """The contract's columns, and behind them what is only to be read."""
    columns = [Column(heading(name, zh), kind) for name, zh, kind in NEED_COLUMNS]
    extra = (
        Column(_("需求名称")), Column(_("状态")), Column(_("已承诺"), Kind.NUMBER), Column(_("已发放"), Kind.NUMBER),
        Column(_("乡镇")), Column(_("经办单位")),
    )  # fmt: skip
    return columns + list(extra)


def export_cells(rows: Iterable[Row[Any]]) -> Iterator[list[Cell]]:
    """Rows of `export_rows` as cells; words are screened, names are not in them."""
    for row in rows:
        yield [
            row.code, row.text, row.case_code, row.category, row.division_code, row.quantity, row.unit, row.urgency,
            row.created_on, row.deadline, row.file_status == FileStatus.ACTIVE, row.file_level, row.hardship_class,
            ";".join(row.groups), row.is_member, row.is_real_name, row.payout, row.is_divisible, row.self_paid_left,
            ";".join(row.consent) or "none", row.is_stopped, row.is_excluded, row.relation_months, row.union_unit,
            row.age, row.school_stage, row.route_from, row.route_to,
            row.title, label(row.status), row.promised, row.met, row.township, row.short_name,
        ]  # fmt: skip
