"""Numbers as people write them in Chinese text: 5,000 · 1.5万 · 七千多 · 一万二 · 三五千 · 十来万 · 俩."""

import re
from dataclasses import dataclass

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3}
_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_NUMBER = re.compile(
    r"(?P<arabic>(?<![\d.a-z])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?P<powers>[百千万亿]*)"
    r"|(?P<chinese>[零一二三四五六七八九〇两十百千](?:[零一二三四五六七八九〇两十百千万亿]|[来几多](?=[百千万亿]))*|[俩仨])"
)
_ABOUT = re.compile(r"多|来|几|余|左右|上下")
MOST = 10**9


@dataclass(frozen=True, slots=True)
class Number:
    """A number and where it stands in the text. `is_about`: 七千多, 五六个 (the lower end), 十来万."""

    value: float
    start: int
    end: int
    is_about: bool = False


def numbers_in(text: str) -> list[Number]:
    """All numbers of a normalised text from left to right; signs that make no number (万万) are left out."""
    found = []
    for match in _NUMBER.finditer(text):
        if match["arabic"]:
            value: float | None = float(match["arabic"].replace(",", ""))
            for sign in match["powers"]:
                value = (value or 0.0) * _POWERS[sign]
            is_about = False
        else:
            value, is_about = chinese_number(match["chinese"])
        if value is None or value > MOST:
            continue
        about = _ABOUT.match(text, match.end())
        found.append(Number(value, match.start(), about.end() if about else match.end(), bool(about) or is_about))
    return found


def chinese_number(text: str) -> tuple[float | None, bool]:
    """The value of numerals, and whether they are a range or a rough figure (五六, 三五千: the lower end).

    A last digit without its power is one step below the power before it (一万二 is 12,000); digits in a row are
    read one by one (二〇一九). None if the signs make no number.
    """
    if len(text) >= 3 and all(sign in _DIGITS for sign in text):
        return float("".join(str(_DIGITS[sign]) for sign in text)), False
    total = section = 0
    digit: int | None = None
    last, is_about = 1, False
    for sign in text:
        if sign in "来几多":
            is_about = True
        elif sign in _DIGITS:
            is_about = is_about or bool(digit)
            digit = digit or _DIGITS[sign]
            last = 1 if not _DIGITS[sign] else last
        else:
            power = _POWERS[sign]
            section += (digit or 0) if power >= 10**4 else (1 if digit is None else digit) * power
            if power >= 10**4:
                if not section:
                    return None, False
                total, section = total + section * power, 0
            digit, last = None, power
    step = last // 10 if last >= 100 else 1
    return float(total + section + (digit or 0) * step), is_about
