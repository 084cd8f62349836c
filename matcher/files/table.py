"""Tables from CSV and XLSX, from disk or from an upload: a header and rows of text with their row numbers."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from matcher.errors import RefusedInput

MAX_BYTES = 512 * 1024 * 1024
MAX_CELL = 20_000  # characters
HEADER_SEARCH_ROWS = 10
_WHOLE_IN_FLOAT = 2**53
_NUMBERED = re.compile(r"[\d一二三四五六七八九十]$")
_END = "\x1e"  # a row of our own behind the last one: whoever swallows it has a quotation mark open
_GARBAGE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")


class LostDigits(str):
    """A number that a spreadsheet kept as a float and whose last digits are gone."""


@dataclass(slots=True)
class Table:
    """Header names as written, and rows of `(row number, cells)`; blank rows are left out."""

    name: str
    header: list[str]
    rows: list[tuple[int, list[str]]] = field(default_factory=list)


def read_table(
    source: "Path | bytes | Table",
    name: str = "",
    *,
    is_header: Callable[[list[str]], bool] | None = None,
    may_be_empty: bool = False,
) -> Table:
    """Read a table; one that was read already comes back as it is.

    `is_header` recognises the header among the first rows; the first row otherwise.

    Raises RefusedInput: file_missing, file_unreadable, file_empty, file_too_big, encoding_unknown, not_a_table,
    quote_open, no_rows. A lone row that is no header comes back without rows, for the reader to say what it lacks.
    """
    if isinstance(source, Table):
        return source
    data, name = _bytes(source), name or (source.name if isinstance(source, Path) else "")
    if not data.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise RefusedInput("file_empty", name=name)
    spreadsheet = data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
    numbered = _spreadsheet_rows(data, name) if spreadsheet else _csv_rows(data, name)
    rows = [(number, cells) for number, cells in numbered if any(cell.strip() for cell in cells)]
    if not rows:
        raise RefusedInput("file_empty", name=name)
    at, header = _header([cells for _, cells in rows[: HEADER_SEARCH_ROWS + 1]], is_header)
    if any(_GARBAGE.search(cell) for cell in header):
        raise RefusedInput("not_a_table", name=name)
    if len(rows) == at + 1 and not may_be_empty and (is_header is None or is_header(header)):
        raise RefusedInput("no_rows", name=name)
    return Table(name, header, rows[at + 1 :])


def _header(rows: list[list[str]], is_header: Callable[[list[str]], bool] | None) -> tuple[int, list[str]]:
    """The place of the header's last row and its names; two rows with merged cells are read as one header."""
    for k, cells in enumerate(rows[:HEADER_SEARCH_ROWS]):
        if is_header is None:
            break
        if k + 1 < len(rows) and (joined := _joined(cells, rows[k + 1])) and is_header(joined):
            return k + 1, joined
        if is_header(cells):
            return k, [cell.strip() for cell in cells]
    return 0, [cell.strip() for cell in rows[0]]


def _joined(upper: list[str], lower: list[str]) -> list[str] | None:
    """Two rows as one header: the upper one names groups of columns (a merged cell, then blanks), or a column whose
    cell reaches over both rows. A numbered group (家庭成员1) goes before the names below it, which stand in each such
    group. None when the upper row is no row of groups."""
    width = max(len(upper), len(lower))
    tops = [cell.strip() for cell in upper + [""] * (width - len(upper))]
    names = [cell.strip() for cell in lower + [""] * (width - len(lower))]
    if sum(map(bool, tops)) < 2 or not any(name and not top for top, name in zip(tops, names, strict=True)):
        return None
    group, joined = "", []
    for top, name in zip(tops, names, strict=True):
        group = top or group
        joined.append((group + name if _NUMBERED.search(group) else name) if name else top)
    return joined


def _bytes(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        data = source
    else:
        try:
            if source.stat().st_size > MAX_BYTES:
                raise RefusedInput("file_too_big", name=source.name, limit_mb=MAX_BYTES // 2**20)
            data = source.read_bytes()
        except FileNotFoundError:
            raise RefusedInput("file_missing", name=source.name) from None
        except OSError as error:
            raise RefusedInput("file_unreadable", name=source.name, problem=error.strerror) from None
    if len(data) > MAX_BYTES:
        raise RefusedInput("file_too_big", name="", limit_mb=MAX_BYTES // 2**20)
    return data


def _csv_rows(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    text = decode(data, name)
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 3))
    reader = csv.reader(io.StringIO(f"{text}\n{_END}\n", newline=""), delimiter=_delimiter(text))
    try:
        held: tuple[int, list[str]] = (1, [])
        for number, cells in enumerate(reader, start=1):
            yield held
            held = number, cells
    except csv.Error:
        raise RefusedInput("not_a_table", name=name, line=reader.line_num) from None
    if held[1] != [_END]:
        raise RefusedInput("quote_open", name=name, row=held[0])


def decode(data: bytes, name: str = "") -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM, or GB18030; anything else is refused."""
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "gb18030" or _reads_like_chinese(text):
            return text
    raise RefusedInput("encoding_unknown", name=name)


def _reads_like_chinese(text: str) -> bool:
    """Whether bytes that happen to be valid GB18030 make everyday characters."""
    foreign = [c for c in text[:20_000] if ord(c) > 127]
    everyday = sum(1 for c in foreign if _is_everyday(c))
    return not _GARBAGE.search(text[:20_000]) and everyday >= 0.9 * len(foreign)


def _is_everyday(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return "\u4e00" <= character <= "\u9fff" or "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uffef"


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=lambda mark: (first.count(mark), mark == ","))


def _spreadsheet_rows(data: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    try:
        if data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if sum(part.file_size for part in archive.infolist()) > MAX_BYTES:
                    raise RefusedInput("file_too_big", name=name, limit_mb=MAX_BYTES // 2**20)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, OSError, IndexError):
        raise RefusedInput("spreadsheet_broken", name=name) from None
    for number, cells in enumerate(rows, start=1):
        yield number, [_cell_text(cell) for cell in cells]


def _cell_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        if abs(cell) >= _WHOLE_IN_FLOAT:
            return LostDigits(f"{cell:.0f}")
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time | timedelta):
        return str(cell)
    return str(cell) if cell is not None else ""
