"""Uploads, and what a look at one says in words."""

from collections.abc import Iterable, Iterator

from flask import request
from flask_babel import gettext as _

from matcher.domain.terms import Category, ImportKind
from matcher.files.problems import RowProblem
from matcher.usecases.imports import Reference
from web.exports import Cell, Column, Kind
from web.file_messages import file_message, row_remedy
from web.i18n import language
from web.labels import code_text, label

ENDINGS = (".xlsx", ".xls", ".csv", ".txt", ".tsv")
COLUMNS = {
    "need_id": "需求编号", "household_id": "户编号", "text": "内容", "offer_id": "资源编号", "name": "姓名",
}  # fmt: skip
"""What required columns are called in Chinese files."""


def uploaded() -> tuple[bytes, str] | str:
    """The file that was chosen and its name, or the code of what is wrong."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return "file_required"
    name = sent.filename.replace("\\", "/").rsplit("/", 1)[-1][:120]
    if not name.lower().endswith(ENDINGS):
        return "file_type"
    return sent.stream.read(), name


def reference() -> Reference:
    """Places, names of categories and area codes, as reading a file needs them."""
    from seeds import reference as data
    from web.forms.needs import known_areas

    def title_of(category: Category) -> str:
        return label(category, locale="zh")

    return Reference(data.places(), title_of, known_areas())


def file_sentence(code: str, params: dict[str, object]) -> str:
    """What is wrong with a file as a whole, and what to do; columns are called as in our templates."""
    columns = params.get("columns")
    if isinstance(columns, list) and language() == "zh":
        params = {**params, "columns": [COLUMNS.get(name, name) for name in columns]}
    said = file_message(code, params, language()) or code_text(code, params)
    return said or _("这个文件用不了，请核对后再传")


def remedy(problem: RowProblem) -> str:
    """What is wrong with a cell, and what to do; the cell itself is named beside it."""
    said = row_remedy(problem, language()) or code_text(problem.code, problem.params)
    return said or code_text("invalid", {})


def problem_columns() -> list[Column]:
    return [
        Column(_("第几行"), Kind.NUMBER),
        Column(_("编号")),
        Column(_("列")),
        Column(_("写的是")),
        Column(_("怎么改"), width=60),
    ]


def problem_cells(problems: Iterable[RowProblem]) -> Iterator[list[Cell]]:
    for problem in problems:
        yield [problem.row, problem.row_id, problem.column, problem.value, remedy(problem)]


def kind_of(text: str) -> ImportKind | None:
    return ImportKind(text) if text in set(ImportKind) else None
