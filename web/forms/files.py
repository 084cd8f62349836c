"""The steps of the hardship file as forms, and the filters of the list of files."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from matcher.domain.file_terms import FileState, Section
from matcher.domain.terms import HardshipClass
from matcher.store.queries.hardship_files import FileFilter, FileSort
from matcher.usecases.file_fields import FIELDS, LARGEST_FAMILY, MEMBER, Field, Kind, Values
from matcher.usecases.file_visits import FINDINGS
from web.forms.reading import Told

MORE_ROWS = 1
NO_FILE = "none"


def read_section(section: Section, told: Told) -> Values:
    """One step as the form tells it. Rows of members without any word are left out."""
    values = {field.name: _read(field, field.name, told) for field in FIELDS[section]}
    if section is Section.MEMBERS:
        rows = range(_rows_sent(told.form))
        values["members"] = [{f.name: _read(f, f"m{n}_{f.name}", told) for f in MEMBER} for n in rows]
    return values


def _read(field: Field, name: str, told: Told) -> Any:
    if field.kind is Kind.MONEY:
        return told.fen(name)
    if field.kind is Kind.WHOLE:
        return told.whole(name, problem="not_negative")
    if field.kind is Kind.DATE:
        day = told.day(name)
        return day.isoformat() if day else None
    if field.kind is Kind.YES_NO:
        return told.yes_no(name)
    if field.kind is Kind.ONE and field.codes:
        code = told.one(name, field.codes)
        return code.value if code else None
    if field.kind is Kind.MANY and field.codes:
        return [code.value for code in told.many(name, field.codes)]
    return told.text(name) or None


def without_blank_rows(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """The form with its rows of members moved together, so that a problem names the row people see."""
    kept = [n for n in range(_rows_sent(form)) if any(form.get(f"m{n}_{f.name}", "").strip() for f in MEMBER)]
    moved = MultiDict([(k, v) for k, v in form.items(multi=True) if not _is_member_box(k)])
    for place, n in enumerate(kept):
        for field in MEMBER:
            moved[f"m{place}_{field.name}"] = form.get(f"m{n}_{field.name}", "")
    moved["rows"] = str(len(kept))
    return moved


def _is_member_box(name: str) -> bool:
    head, _line, _rest = name.partition("_")
    return name == "rows" or (head[:1] == "m" and head[1:].isdigit())


def _rows_sent(form: MultiDict[str, str]) -> int:
    return min(form.get("rows", 0, type=int) or 0, LARGEST_FAMILY + MORE_ROWS)


def as_form(section: Section, values: Values) -> MultiDict[str, str]:
    """A stored step as the form would have sent it."""
    form: MultiDict[str, str] = MultiDict()
    for field in FIELDS[section]:
        _fill(form, field, field.name, values.get(field.name))
    rows = values.get("members", [])
    for n, row in enumerate(rows):
        for field in MEMBER:
            _fill(form, field, f"m{n}_{field.name}", row.get(field.name))
    form["rows"] = str(len(rows))
    return form


def _fill(form: MultiDict[str, str], field: Field, name: str, value: Any) -> None:
    if field.kind is Kind.MANY:
        form.setlist(name, value or [])
    elif value is not None:
        form[name] = shown(field, value)


def shown(field: Field, value: Any) -> str:
    """A value as one types it."""
    if field.kind is Kind.MONEY:
        return f"{value // 100}" if value % 100 == 0 else f"{value / 100:.2f}"
    if field.kind is Kind.YES_NO:
        return "yes" if value else "no"
    return str(value)


def order_of(section: Section) -> list[str]:
    """The boxes of a step in the order of the page."""
    rows = [f"m{n}_{f.name}" for n in range(LARGEST_FAMILY) for f in MEMBER] if section is Section.MEMBERS else []
    return [field.name for field in FIELDS[section]] + rows


def read_findings(told: Told) -> dict[str, str]:
    return {name: told.text(name) for name in FINDINGS}


def read_months(told: Told, count: int) -> list[int]:
    """The household's income of each of the last months, 分, the latest last; months that are not told are left out."""
    read = [told.fen(f"month_{n}") for n in range(1, count + 1)]
    return [value for value in read if value is not None]


def read_filter(args: MultiDict[str, str]) -> FileFilter:
    """The filters of the address bar; what is not understood is left out."""
    told = Told(args)
    state, unit = told.text("state"), told.text("unit")
    return FileFilter(
        state=None if state == NO_FILE else told.one("state", FileState),
        has_file=False if state == NO_FILE else None,
        hardship_class=told.one("class", HardshipClass),
        unit_id=int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 10 else None,
        text=told.text("q")[:40],
        sort=told.one("sort", FileSort) or FileSort.NEWEST,
        page=min(max(told.whole("page") or 1, 1), 100_000),
    )


def filter_query(wanted: FileFilter, **changes: Any) -> str:
    """The filters as a query string, some of them changed; blank ones are left out."""
    values: dict[str, Any] = {
        "state": NO_FILE if wanted.has_file is False else wanted.state or "",
        "class": wanted.hardship_class or "",
        "unit": wanted.unit_id or "",
        "q": wanted.text,
        "sort": "" if wanted.sort is FileSort.NEWEST else wanted.sort,
        **changes,
    }
    return urlencode({name: str(value) for name, value in values.items() if value not in ("", None)})


def sort_words() -> dict[FileSort, str]:
    return {
        FileSort.NEWEST: _("新登记的在前"),
        FileSort.NAME: _("按姓氏拼音"),
        FileSort.CODE: _("按户编号"),
        FileSort.WAITING: _("等得久的在前"),
        FileSort.DUE: _("快到年度复核的在前"),
    }


def month_words(today: date, count: int) -> list[str]:
    """The last full months before a day, the latest last, as 2018-12."""
    months = [today.year * 12 + today.month - 1 - n for n in range(count, 0, -1)]
    return [f"{m // 12}-{m % 12 + 1:02d}" for m in months]
