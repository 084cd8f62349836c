"""Tables from every encoding and spreadsheet people send, and refusals that say why."""

import io
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import RefusedInput
from matcher.files.table import LostDigits, read_table

CSV = "需求编号,需求内容\nN1,爱人住院，药费付不起\n"


def an_xlsx(*rows, merge=None):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    if merge:
        sheet.merge_range(*merge)
    sheet.write_blank(60, 4, None, book.add_format({"bg_color": "yellow"}))
    book.close()
    return out.getvalue()


def refusal(data, **options):
    with pytest.raises(RefusedInput) as error:
        read_table(data, "表.csv", **options)
    return error.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings_of_everyday_software_are_recognised(encoding):
    table = read_table(CSV.encode(encoding))
    assert table.header == ["需求编号", "需求内容"]
    assert table.rows == [(2, ["N1", "爱人住院，药费付不起"])]


def test_quotation_marks_that_close_or_stand_inside_a_cell_are_none_of_our_business():
    table = read_table(b'need_id,text\n1,"a\nb"\n2,5" pipe\n3,"3M" mask\n4,\x1e\n\x1e\n5,z')
    assert [cells[-1] for _, cells in table.rows] == ["a\nb", '5" pipe', "3M mask", "\x1e", "z"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_seen(delimiter):
    assert read_table(f"need_id{delimiter}text\n1{delimiter}棉被".encode()).rows == [(2, ["1", "棉被"])]


def test_row_numbers_are_those_of_the_spreadsheet_and_blank_rows_do_not_count_as_data():
    table = read_table("need_id,text\n\n1,棉被\n , \n2,大米\n".encode())
    assert [number for number, _ in table.rows] == [3, 5]


def test_a_title_above_the_header_is_passed_over():
    data = an_xlsx(["2019年困难需求表"], ["need_id", "text"], ["1", "棉被"])
    table = read_table(data, is_header=lambda row: {"need_id", "text"} <= set(row))
    assert table.header[:2] == ["need_id", "text"] and table.rows[0][0] == 3


def test_numbers_and_dates_of_a_spreadsheet_become_text():
    data = an_xlsx(["need_id", "text", "quantity", "share"], [7, "棉被", 300.0, 0.5])
    assert read_table(data).rows == [(2, ["7", "棉被", "300", "0.5"])]


def test_a_long_number_that_lost_its_digits_is_marked():
    (_, cells), *_ = read_table(an_xlsx(["need_id", "text"], [410823199001011234.0, "棉被"])).rows
    assert isinstance(cells[0], LostDigits)


def test_formatted_blank_rows_and_merged_cells_are_not_data():
    table = read_table(an_xlsx(["need_id", "text"], ["1", "棉被"], merge=(3, 0, 4, 1, "")))
    assert [number for number, _ in table.rows] == [2]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "file_empty"),
        (b"\x00" * 100, "file_empty"),
        (b"need_id,text\n", "no_rows"),
        (an_xlsx(["need_id", "text"]), "no_rows"),
        (b"PK\x03\x04 not a workbook", "spreadsheet_broken"),
        (b"\xd0\xcf\x11\xe0 not an old workbook", "spreadsheet_broken"),
        (bytes(range(128, 256)) * 8, "encoding_unknown"),
        ("need_id,text\n1,需要棉被和药品".encode("big5", "ignore"), "encoding_unknown"),
        ("näed,tëxt\n1,ünïcödé".encode("latin-1"), "encoding_unknown"),
        (b'need_id,text\n1,"abc\n2,def\n', "quote_open"),
        (b'need_id,text\n1,abc\n2,"', "quote_open"),
        (b"need\x00_id,text\n1,abc\n", "not_a_table"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(data, code):
    assert refusal(data) == code


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(RefusedInput) as missing:
        read_table(tmp_path / "没有.csv")
    with pytest.raises(RefusedInput) as folder:
        read_table(tmp_path)
    assert (missing.value.code, folder.value.code) == ("file_missing", "file_unreadable")


def test_a_cell_of_ten_megabytes_is_read_as_a_cell_and_not_as_a_crash(tmp_path):
    path = Path(tmp_path / "big.csv")
    path.write_text("need_id,text\n1," + "药" * 3_500_000 + "\n2,棉被\n", encoding="utf-8")
    table = read_table(path)
    assert [number for number, _ in table.rows] == [2, 3] and len(table.rows[0][1][1]) == 3_500_000


@given(st.binary(max_size=400))
def test_any_bytes_give_a_table_or_a_refusal(data):
    try:
        table = read_table(data)
    except RefusedInput as error:
        assert error.code
    else:
        assert table.header and table.rows
