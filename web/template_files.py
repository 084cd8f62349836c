"""Excel templates to fill in: headings, hints, lists to choose from, two rows that show how.

The example rows have ids that begin with 示例; the import leaves them out, so they may stay.
"""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from web.exports import Cell, Column, Kind

ROWS_WITH_LISTS = 2000


def write_template(columns: Sequence[Column], examples: Sequence[Sequence[Cell]], *, title: str) -> bytes:
    """One sheet to fill in and one with the words to choose from."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, lists = book.add_worksheet(title[:31]), book.add_worksheet(_("可选的词"))
        head = book.add_format({"bold": True, "bg_color": "#F3EFE7", "bottom": 1, "text_wrap": True, "valign": "top"})
        text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
        example = book.add_format({"num_format": "@", "font_color": "#8A8A8A", "italic": True})
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.title, head)
            if column.hint:
                sheet.write_comment(0, place, column.hint, {"author": "", "x_scale": 1.6})
            sheet.set_column(place, place, column.width or 14, day if column.kind is Kind.DATE else text)
            if column.choices:
                _list(sheet, lists, place, column)
        for row, cells in enumerate(examples, 1):
            for place, cell in enumerate(cells):
                if cell not in (None, ""):
                    sheet.write_string(row, place, str(cell), example)
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def _list(sheet: Any, lists: Any, place: int, column: Column) -> None:
    """Words to choose from stand on the second sheet: a list in the cell itself may have 255 characters only."""
    lists.write_string(0, place, column.title)
    for row, word in enumerate(column.choices, 1):
        lists.write_string(row, place, word)
    letter = xlsxwriter.utility.xl_col_to_name(place)
    source = f"='{lists.get_name()}'!${letter}$2:${letter}${len(column.choices) + 1}"
    options = {"validate": "list", "source": source, "error_type": "warning", "error_title": column.title,
               "error_message": _("请从列出的词里选一个，或照说明写。")}  # fmt: skip
    sheet.data_validation(1, place, ROWS_WITH_LISTS, place, options)
