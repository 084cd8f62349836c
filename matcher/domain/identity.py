"""Numbers that name people and accounts: normalised, checked, masked. Standard library only.

A check says what is wrong as a code, or None. Only what is certainly wrong refuses; an unknown area code or a
card that fails Luhn is a warning, because withdrawn area codes stand on living people's cards and old passbooks
never followed Luhn. Measured reason for not using a library's gate for resident numbers: it demands that the
county's code existed in the year of birth and so rejects people who were born before their county was renamed.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
OLDEST = 120
"""Years; an older date of birth is a slip of the pen."""

PROVINCES = frozenset(
    [
        f"{n}"
        for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65))
        for n in range(first, last + 1)
    ]
    + ["71", "81", "82", "83", "91"]
)
"""First two digits ever issued (GB/T 2260; 71, 81–83 residence permits, 91 foreigners' permits)."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A number in its normal form, what refuses it and what is only odd about it (codes)."""

    value: str
    problem: str | None = None
    warning: str | None = None
    born_on: date | None = None


def normal(text: str) -> str:
    """Half-width, upper case, without blanks and dashes."""
    return re.sub(r"[\s\-‐-―_.]+", "", unicodedata.normalize("NFKC", text)).upper()


def check_character(first17: str) -> str:
    """The 18th character of a resident number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def resident_id(text: str, *, today: date, areas: frozenset[str] | None = None) -> Checked:
    """A resident number: 18 characters, a real date of birth, the right last character (GB 11643-1999).

    A number of the first generation (15 digits, until 1999) is brought to its 18-character form, so that one
    person keeps one key. `areas` are known six-digit codes, today's and former ones; without them only the
    province is looked at. Problems: id_number_form (a number a spreadsheet has rounded), id_length,
    id_characters, id_date, id_check. Warnings: id_area, id_first_generation.
    """
    value = id_key(text)
    if re.fullmatch(r"\d+E\+?\d+", value):
        return Checked(value, "id_number_form")
    if len(value) != 18:
        return Checked(value, "id_length")
    if not re.fullmatch(r"\d{17}[\dX]", value, re.ASCII):
        return Checked(value, "id_characters")
    born_on = _date(value[6:14])
    if born_on is None or born_on > today or today.year - born_on.year > OLDEST:
        return Checked(value, "id_date")
    if check_character(value[:17]) != value[17]:
        return Checked(value, "id_check", born_on=born_on)
    known = value[:6] in areas if areas else value[:2] in PROVINCES
    warning = None if known else "id_area"
    return Checked(value, None, "id_first_generation" if len(normal(text)) == 15 else warning, born_on)


def id_key(text: str) -> str:
    """The form under which a person is known: normalised, a first-generation number in its 18-character form."""
    value = normal(text)
    if re.fullmatch(r"\d{15}", value, re.ASCII):
        value = value[:6] + "19" + value[6:]
        value += check_character(value)
    return value


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def age_on(born_on: date, day: date) -> int:
    """Full years lived on a day."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def luhn_holds(digits: str) -> bool:
    """The check of bank cards (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def bank_card(text: str) -> Checked:
    """A card or passbook number: 10–32 digits; a card has 15–19. Problems: card_number_form, card_characters.
    Warning: card_luhn (old passbooks fail it too)."""
    value = normal(text)
    if re.fullmatch(r"\d+E\+?\d+", value):
        return Checked(value, "card_number_form")
    if not re.fullmatch(r"\d{10,32}", value, re.ASCII):
        return Checked(value, "card_characters")
    is_card = 15 <= len(value) <= 19 and luhn_holds(value)
    return Checked(value, None, None if is_card else "card_luhn")


def phone(text: str) -> Checked:
    """A mobile (11 digits from 13 to 19) or a landline with its area code (0391-1234567). Problem: phone_form."""
    value = re.sub(r"^(?:\+|00)86", "", normal(text))
    mobile = re.fullmatch(r"1[3-9]\d{9}", value, re.ASCII)
    landline = re.fullmatch(r"0\d{2,3}\d{7,8}", value, re.ASCII)
    return Checked(value, None if mobile or landline else "phone_form")


def masked_id(value: str | None) -> str:
    """4108**********001X"""
    return _masked(value, 4, 4)


def masked_phone(value: str | None) -> str:
    """138****1234"""
    return _masked(value, 3, 4)


def masked_card(value: str | None) -> str:
    """**** 1234"""
    return f"**** {value[-4:]}" if value else ""


def masked_name(value: str | None) -> str:
    """张**; the family name stays, however long the rest is."""
    return f"{value[0]}**" if value else ""


def _masked(value: str | None, head: int, tail: int) -> str:
    if not value:
        return ""
    hidden = max(len(value) - head - tail, 4)
    return value[:head] + "*" * hidden + value[-tail:]
