"""Tables out: types, harmless cells, the demo mark, and equality after reading them again."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import python_calamine
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st

from matcher.files.cells import is_active, neutral, plain
from web.exports import Column, Kind, write_csv, write_xlsx

COLUMNS = [Column("编号"), Column("数量", Kind.NUMBER), Column("金额", Kind.MONEY), Column("日期", Kind.DATE)]
DANGEROUS = ["=1+1", "+8613800000000", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠A1", "'=1", "''-x"]


def in_context(write, rows, *, demo=False, columns=COLUMNS):
    app = Flask(__name__)
    Babel(app, default_locale="zh_Hans_CN")
    with app.test_request_context():
        return write(columns, rows, title="需求", demo=demo)


def csv_rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def xlsx_rows(data: bytes) -> list[list[object]]:
    book = python_calamine.load_workbook(io.BytesIO(data))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


@given(st.text(max_size=12))
def test_a_neutral_cell_comes_back_as_it_was(text):
    assert plain(neutral(text)) == text


@given(st.text(alphabet="'=+-@\t＝a1", max_size=6))
def test_a_neutral_cell_is_never_active_in_a_spreadsheet(text):
    assert not is_active(text) or neutral(text).startswith("'")


def test_csv_has_bom_crlf_and_no_active_cell():
    data = in_context(write_csv, [(text, 1, None, None) for text in DANGEROUS])
    assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data
    cells = [row[0] for row in csv_rows(data)[1:]]
    assert all(cell.startswith("'") for cell in cells)
    assert [plain(cell) for cell in cells] == DANGEROUS


def test_xlsx_keeps_dangerous_text_as_text_and_holds_no_formula():
    data = in_context(write_xlsx, [(text, 1, None, None) for text in DANGEROUS])
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert [row[0] for row in xlsx_rows(data)[1:]][:4] == DANGEROUS[:4]


def test_types_survive():
    row = ("武陟-0418", 12, Decimal("1200.50"), date(2019, 1, 16))
    assert csv_rows(in_context(write_csv, [row]))[1] == ["武陟-0418", "12", "1200.50", "2019-01-16"]
    assert xlsx_rows(in_context(write_xlsx, [row]))[1] == ["武陟-0418", 12.0, 1200.5, date(2019, 1, 16)]


def test_moments_are_written_in_local_time_and_long_numbers_as_text():
    columns = [Column("时间", Kind.MOMENT), Column("卡号")]
    row = (datetime(2019, 1, 9, 1, 0, tzinfo=UTC), 6222020000000000000)
    assert csv_rows(in_context(write_csv, [row], columns=columns))[1] == ["2019-01-09 09:00", "6222020000000000000"]
    assert xlsx_rows(in_context(write_xlsx, [row], columns=columns))[1] == [
        datetime(2019, 1, 9, 9, 0),
        "6222020000000000000",
    ]


def test_demo_data_says_so_in_every_row_and_in_the_sheet_name():
    row = ("a", 1, None, None)
    assert csv_rows(in_context(write_csv, [row, row], demo=True))[1][-1] == "演示数据"
    data = in_context(write_xlsx, [row, row], demo=True)
    assert [line[-1] for line in xlsx_rows(data)] == ["演示数据"] * 3
    assert python_calamine.load_workbook(io.BytesIO(data)).sheet_names == ["演示数据 需求"]


def test_an_empty_table_still_has_its_header():
    assert csv_rows(in_context(write_csv, [])) == [["编号", "数量", "金额", "日期"]]
    assert xlsx_rows(in_context(write_xlsx, [])) == [["编号", "数量", "金额", "日期"]]


def test_a_cell_longer_than_the_format_allows_is_shortened_visibly():
    data = in_context(write_xlsx, [("字" * 40_000, 1, None, None)])
    assert str(xlsx_rows(data)[1][0]).endswith("…")
