"""Reading one cell: text in, a value or a CellProblem out. Blank cells never get here."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TypeVar

from matcher.domain.regions import ANYWHERE, Located, Places
from matcher.files import cells
from matcher.files.problems import CellProblem
from matcher.files.table import MAX_CELL, LostDigits
from matcher.files.words import NO, URGENCY, YES

T = TypeVar("T")
MOST = 1_000_000_000  # a quantity above this is a slip of the keyboard
_LIST = re.compile(r"[;；|、\n]+")
_DATE = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]\d.*)?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_SERIAL = re.compile(r"^[2-7]\d{4}$")
_NUMBER = re.compile(r"^([+-]?[\d,.]+(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf|infinity))\s*([^\d\s.,+-]\S*)?$", re.IGNORECASE)
_COMMAS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?|[+-]?\d{1,4}(,\d{4})+(\.\d*)?")
_WRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def plain(value: str) -> str:
    """The cell as text, without blanks around it and without the mark of our own exports. Raises CellProblem."""
    if isinstance(value, LostDigits):
        raise CellProblem("number_lost_digits")
    if len(value) > MAX_CELL:
        raise CellProblem("cell_too_long", length=len(value), limit=MAX_CELL)
    if _WRITABLE.search(value):
        raise CellProblem("control_character")
    return cells.plain(value.strip())


def folded(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip()


def split_list(value: str) -> list[str]:
    return [part for part in (p.strip() for p in _LIST.split(value)) if part]


def amount(value: str) -> tuple[Fraction, str | None]:
    """A quantity and the unit written behind it, if any (500, 1,000, 2万元)."""
    found = _NUMBER.match(folded(value))
    if not found or ("," in found[1] and not _COMMAS.fullmatch(found[1])):
        raise CellProblem("not_a_number")
    try:
        number = Decimal(found[1].replace(",", ""))
    except InvalidOperation:
        raise CellProblem("not_a_number") from None
    if not number.is_finite():
        raise CellProblem("not_a_number")
    if number < 0:
        raise CellProblem("negative")
    if number > MOST:
        raise CellProblem("too_large", limit=MOST)
    return Fraction(number), found[2]


def whole(low: int = 0, high: int = MOST) -> Callable[[str], int]:
    """A whole number from `low` to `high`."""

    def read(value: str) -> int:
        number, unit = amount(value)
        if unit not in (None, "元", "岁", "个月", "月", "次", "项"):
            raise CellProblem("not_a_number")
        if number.denominator != 1:
            raise CellProblem("not_whole")
        if not low <= number <= high:
            raise CellProblem("out_of_range", low=low, high=high)
        return int(number)

    return read


def day(value: str) -> date:
    """2020-02-19, 2020/2/19, 2020年2月19日, 20200219, or the day number of a spreadsheet."""
    text = folded(value)
    if _SERIAL.match(text):
        return date(1899, 12, 30) + timedelta(days=int(text))
    found = _DATE.match(text) or _COMPACT.match(text)
    if not found:
        raise CellProblem("not_a_date")
    year, month, number = (int(part) for part in found.groups()[:3])
    try:
        read = date(year, month, number)
    except ValueError:
        raise CellProblem("impossible_date") from None
    if not 1900 <= read.year <= 2100:
        raise CellProblem("impossible_date")
    return read


def yes_no(value: str) -> bool:
    text = folded(value).lower()
    if text in YES:
        return True
    if text in NO:
        return False
    raise CellProblem("not_yes_or_no")


def urgency(value: str) -> int:
    text = folded(value)
    return URGENCY[text] if text in URGENCY else whole(1, 5)(text)


def one_of(codebook: dict[str, T], code: str) -> Callable[[str], T]:
    """A code or its word; anything else is the problem `code`."""

    def read(value: str) -> T:
        found = codebook.get(folded(value).lower())
        if found is None:
            raise CellProblem(code)
        return found

    return read


def many_of(codebook: dict[str, T], code: str) -> Callable[[str], frozenset[T]]:
    """Several codes or words; one unknown word is the problem `code`."""
    single = one_of(codebook, code)
    return lambda value: frozenset(single(part) for part in split_list(value))


def text_of(limit: int) -> Callable[[str], str]:
    def read(value: str) -> str:
        if len(value) > limit:
            raise CellProblem("text_too_long", limit=limit, length=len(value))
        return value

    return read


def names(value: str) -> frozenset[str]:
    return frozenset(split_list(value))


class Region:
    """Reads places; remembers which values fell back to the place above."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def one(self, value: str) -> str:
        found = self._places.locate(value)
        if found.code is None:
            raise CellProblem(f"region_{found.how}")
        return found.code

    def several(self, value: str) -> tuple[str, ...]:
        """Codes in order; empty for anywhere."""
        parts = split_list(value)
        if any(folded(part).lower() in ANYWHERE for part in parts):
            return ()
        return tuple(sorted({self.one(part) for part in parts}))

    def fallback(self, value: str) -> str | None:
        """The official name of the place above, where the last part is unknown."""
        for part in split_list(value):
            found = self._places.locate(part)
            if found.how is Located.PARENT and found.code:
                return self._places.full_name(found.code)
        return None
