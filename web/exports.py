"""Tables out: XLSX and CSV for every list, with text that stays text.

    write_xlsx([Column("编号"), Column("数量", Kind.NUMBER)], rows, title="需求", demo=False)

Rows are sequences in the order of the columns. `None` is an empty cell, bool is yes/no as in the file contract,
dates and moments become real dates, whole numbers and amounts become numbers, all else is text. In demo each
row says so in a last column, and so do the sheet's name and its printed head.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import xlsxwriter
from flask import Response, send_file
from flask_babel import gettext as _

from matcher.clock import SHANGHAI
from matcher.files.cells import is_active, neutral

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELL_LIMIT = 32_767  # characters in one cell, by the format
SAMPLE = 300  # rows looked at for column widths
NARROWEST, WIDEST = 8, 48


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"  # 元, two decimals
    DATE = "date"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, what stands in it, and (for templates) a hint and what may be chosen."""

    title: str
    kind: Kind = Kind.TEXT
    width: int | None = None
    hint: str = ""
    choices: tuple[str, ...] = ()


Cell = str | int | float | bool | Decimal | date | datetime | None
Row = Sequence[Cell]


def demo_mark() -> str:
    return _("演示数据")


def write_csv(columns: Sequence[Column], rows: Iterable[Row], *, title: str = "", demo: bool) -> bytes:
    """The table as CSV with BOM and CRLF, as Excel expects it. `title` is not written: row one is the header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    mark = [demo_mark()] if demo else []
    writer.writerow([neutral(column.title) for column in columns] + mark)
    for row in rows:
        writer.writerow([neutral(_as_text(cell)) if isinstance(cell, str) else _as_text(cell) for cell in row] + mark)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _as_text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case datetime():
            return _local(cell).strftime("%Y-%m-%d %H:%M")
        case date():
            return cell.isoformat()
        case Decimal():
            return f"{cell:f}"
        case _:
            return str(cell)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI).replace(tzinfo=None) if moment.tzinfo else moment


def write_xlsx(columns: Sequence[Column], rows: Iterable[Row], *, title: str, demo: bool) -> bytes:
    """The table as one sheet: bold header that stays in view, filters, widths, printed on landscape A4."""
    out = io.BytesIO()
    shown = [*columns, Column(demo_mark(), width=12)] if demo else list(columns)
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(sheet_name(title, demo))
        _Sheet(book, sheet, shown).fill(rows, [demo_mark()] if demo else [])
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_header(f"&L{_printed(title)}&R{demo_mark() if demo else ''}")
        sheet.set_footer("&C&P / &N")
    return out.getvalue()


def sheet_name(title: str, demo: bool) -> str:
    """At most 31 characters, without the seven that Excel forbids."""
    clean = re.sub(r"[\[\]:*?/\\']", " ", f"{demo_mark()} {title}" if demo else title).strip()
    return clean[:31] or "1"


def _printed(title: str) -> str:
    return title.replace("&", "&&")[:120]


class _Sheet:
    """Writes cells with the right type and remembers how wide they are."""

    def __init__(self, book: Any, sheet: Any, columns: Sequence[Column]) -> None:
        self.sheet, self.columns = sheet, columns
        self.head = book.add_format(
            {"bold": True, "bg_color": "#F3EFE7", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self.formats = {
            Kind.TEXT: book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
            Kind.NUMBER: book.add_format({"num_format": "#,##0", "valign": "top"}),
            Kind.MONEY: book.add_format({"num_format": "#,##0.00", "valign": "top"}),
            Kind.DATE: book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
            Kind.MOMENT: book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"}),
        }
        self.quoted = book.add_format({"num_format": "@", "quote_prefix": True, "text_wrap": True, "valign": "top"})
        self.widths = [_width(column.title) + 3 for column in columns]

    def fill(self, rows: Iterable[Row], tail: list[Cell]) -> None:
        for place, column in enumerate(self.columns):
            self.sheet.write_string(0, place, column.title, self.head)
        last = 0
        for last, row in enumerate(rows, 1):
            for place, cell in enumerate([*row, *tail]):
                self._write(last, place, cell)
                if last <= SAMPLE:
                    self.widths[place] = max(self.widths[place], _width(_as_text(cell)) + 1)
        for place, column in enumerate(self.columns):
            width = column.width or min(max(self.widths[place], NARROWEST), WIDEST)
            self.sheet.set_column(place, place, width)
        self.sheet.freeze_panes(1, 0)
        self.sheet.autofilter(0, 0, last, len(self.columns) - 1)

    def _write(self, row: int, place: int, cell: Cell) -> None:
        kind = self.columns[place].kind
        match cell:
            case None | "":
                self.sheet.write_blank(row, place, None, self.formats[kind])
            case datetime() if cell.year >= 1900:
                self.sheet.write_datetime(row, place, _local(cell), self.formats[Kind.MOMENT])
            case date() if cell.year >= 1900:
                self.sheet.write_datetime(row, place, cell, self.formats[Kind.DATE])
            case int() | float() | Decimal() if not isinstance(cell, bool) and abs(cell) < 10**15:
                number = kind if kind in (Kind.NUMBER, Kind.MONEY) else Kind.NUMBER
                self.sheet.write_number(row, place, cell, self.formats[number])
            case _:
                text = _fitting(_as_text(cell))
                self.sheet.write_string(row, place, text, self.quoted if is_active(text) else self.formats[Kind.TEXT])


def _fitting(text: str) -> str:
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - 1] + "…"


def _width(text: str) -> int:
    """Columns of Latin width that the longest line takes."""
    lines = text.splitlines() or [""]
    return max(sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line[:WIDEST]) for line in lines)


def download(
    columns: Sequence[Column], rows: Iterable[Row], *, kind: str, name: str, title: str, demo: bool
) -> Response:
    """The table as an attachment `name.xlsx` or `name.csv`; never cached."""
    write, mimetype = (write_csv, "text/csv; charset=utf-8") if kind == "csv" else (write_xlsx, XLSX_TYPE)
    body = io.BytesIO(write(columns, rows, title=title, demo=demo))
    suffix = "csv" if kind == "csv" else "xlsx"
    response = send_file(body, mimetype, as_attachment=True, download_name=f"{name}.{suffix}", max_age=0)
    response.headers["Cache-Control"] = "no-store"
    return response
