"""The columns of tables of hardship files in words: for the template, and for whoever says what a heading means."""

from flask_babel import gettext as _

from matcher.domain.file_terms import FileState, Section
from matcher.files.hardship_words import CODES, HEADINGS, MEMBER_HEADINGS
from matcher.usecases.file_columns import MEMBER_COLUMNS, OWN, REQUIRED, TAKEN_OVER
from matcher.usecases.file_fields import FIELDS, MEMBER, Kind
from matcher.usecases.file_fields import Field as Box
from web.exports import Column
from web.exports import Kind as CellKind
from web.i18n import language
from web.labels import label
from web.template_columns import Template

IN_TEMPLATE = 2
"""So many members have columns in the template; more may be added by their names (家庭成员3姓名)."""


def column_words() -> dict[str, str]:
    """Column → what it is called, in the order of the form."""
    own = (*OWN, *(box.name for section in FIELDS.values() for box in section))
    words = {name: _title(name) for name in own}
    for place, columns in enumerate(MEMBER_COLUMNS):
        words |= {column: _member_title(place, column, name) for column, name in columns}
    return words


def export_columns() -> list[Column]:
    """The columns of an export: as the import names them."""
    return [Column(title.removesuffix(_("（必填）"))) for title in column_words().values()]


def grouped_titles() -> dict[str, list[str]]:
    """What columns are called, by the step of the form they belong to; one family member stands for all."""
    groups = {_("档案本身"): [_title(name) for name in OWN]}
    for section, boxes in FIELDS.items():
        titles = [_title(box.name) for box in boxes]
        if section is Section.MEMBERS:
            titles = [_member_title(0, column, name) for column, name in MEMBER_COLUMNS[0]]
        groups[label(section)] = titles
    return groups


def file_template() -> Template:
    """What one fills in to import files, and a row that shows how."""
    choices = {"file_state": (FileState, TAKEN_OVER)}
    hints = {
        "household_id": _("原来系统里的编号，不要重复；同一个号再传一次不会重复建档。"),
        "union_unit": _("写单位名称；空着就是您自己的单位。"),
        "file_state": _("草稿；市级接收别的系统已批准的档案时写 在档。"),
        "approved_on": _("只有在档的才写：原来哪天批准的。"),
        "hardship_class": _("只有在档的才写；草稿由系统按收入支出算。"),
        "national_number": _("全国系统里的档案号；没有就空着。"),
        "id_card": _("18 位；这一列已设为文本，末几位不会丢。"),
    }
    columns = [Column(_title(name), hint=hints.get(name, ""), choices=_chosen(choices.get(name))) for name in OWN]
    for section in FIELDS.values():
        columns += [_column(box, _title(box.name), hints.get(box.name, "")) for box in section]
    for place in range(IN_TEMPLATE):
        columns += [
            _column(box, _member_title(place, column, box.name))
            for (column, _name), box in zip(MEMBER_COLUMNS[place], MEMBER, strict=True)
        ]
    example = {"household_id": _("示例-1"), "name": "王秀兰", "id_card": "410823196801010023"}
    names = [*OWN, *(box.name for section in FIELDS.values() for box in section)]
    return columns, [[example.get(name, "") for name in names]]


def _title(name: str) -> str:
    written = name if language() == "en" else HEADINGS[name][0]
    return f"{written}{_('（必填）')}" if name in REQUIRED else written


def _member_title(place: int, column: str, name: str) -> str:
    return column if language() == "en" else f"家庭成员{place + 1}{MEMBER_HEADINGS[name][0]}"


def _column(box: Box, title: str, hint: str = "") -> Column:
    if box.kind is Kind.DATE:
        return Column(title, CellKind.DATE, hint=hint or _("例如 2019-01-09"))
    if box.kind is Kind.MONEY:
        return Column(title, hint=hint or _("多少元"))
    if box.kind is Kind.YES_NO:
        return Column(title, hint=hint, choices=("yes", "no") if language() == "en" else ("是", "否"))
    if box.kind is Kind.MANY:
        return Column(title, hint=hint or _("几项之间用分号隔开"))
    codes = (box.codes, tuple(CODES[box.codes])) if box.codes else None
    return Column(title, hint=hint, choices=_chosen(codes))


def _chosen(codes: "tuple[type, tuple] | None") -> tuple[str, ...]:  # type: ignore[type-arg]
    """The words of these codes, as cells may hold them."""
    if codes is None:
        return ()
    kind, members = codes
    return tuple(code.value if language() == "en" else CODES[kind][code][0] for code in members)
