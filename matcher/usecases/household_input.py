"""What is told about a family when its file is begun, and what is wrong with it: one problem per field.

`None` and empty mean not told, and not told is never yes: without consent nothing is shown to any donor.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from matcher.domain import identity
from matcher.domain.terms import (
    Cause,
    DonorType,
    FileLevel,
    Group,
    HardshipClass,
    PayoutChannel,
)
from matcher.errors import FieldProblem

LONGEST = {
    "head_name": 40, "township": 40, "address": 200, "situation": 120, "diagnosis": 500, "file_number": 40,
    "case_code": 24,
}  # fmt: skip
LARGEST_FAMILY = 30
WITH_CARD = frozenset({PayoutChannel.BANK_CARD, PayoutChannel.PASSBOOK})


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseholdInput:
    """The head of a hardship file. Dates are business dates; `id_card`, `phone`, `bank_card` as written."""

    head_name: str
    id_card: str = ""
    phone: str = ""
    case_code: str = ""  # blank: given by the system, per county
    township: str = ""
    address: str = ""
    division_code: str | None = None  # None: the unit's
    size: int | None = None
    situation: str = ""
    diagnosis: str = ""
    hardship_class: HardshipClass = HardshipClass.NONE
    on_file: bool = False
    file_level: FileLevel | None = None
    file_number: str = ""
    file_approved_on: date | None = None
    causes: tuple[Cause, ...] = ()
    groups: tuple[Group, ...] = ()
    consent: tuple[DonorType, ...] = ()
    is_member: bool | None = None
    is_real_name: bool | None = None
    is_excluded: bool | None = None
    relation_months: int | None = None
    payout: PayoutChannel | None = None
    bank_card: str = ""


Problems = Iterator[FieldProblem]


def household_problems(
    household: HouseholdInput, *, today: date, areas: frozenset[str] | None = None
) -> tuple[FieldProblem, ...]:
    """Everything wrong that can be said without the database, at most one problem a field."""
    found: dict[str, FieldProblem] = {}
    for problems in (_words(household), _numbers(household, today, areas), _file(household, today), _money(household)):
        for problem in problems:
            found.setdefault(problem.field, problem)
    return tuple(found.values())


def warnings(household: HouseholdInput, *, today: date, areas: frozenset[str] | None = None) -> tuple[str, ...]:
    """What is odd but accepted, as codes: an unknown area, a first-generation number, a card that fails Luhn."""
    odd = []
    if household.id_card.strip():
        odd.append(identity.resident_id(household.id_card, today=today, areas=areas).warning)
    if household.bank_card.strip():
        odd.append(identity.bank_card(household.bank_card).warning)
    return tuple(code for code in odd if code)


def _words(household: HouseholdInput) -> Problems:
    if not household.head_name.strip():
        yield FieldProblem("head_name", "required")
    elif any(char.isdigit() for char in household.head_name):
        yield FieldProblem("head_name", "name_has_digits")
    for name, longest in LONGEST.items():
        if len(getattr(household, name).strip()) > longest:
            yield FieldProblem(name, "too_long", {"most": longest})
    if household.size is not None and not 1 <= household.size <= LARGEST_FAMILY:
        yield FieldProblem("size", "size_range", {"most": LARGEST_FAMILY})
    if household.relation_months is not None and not 0 <= household.relation_months <= 720:
        yield FieldProblem("relation_months", "months_range")


def _numbers(household: HouseholdInput, today: date, areas: frozenset[str] | None) -> Problems:
    if household.id_card.strip():
        checked = identity.resident_id(household.id_card, today=today, areas=areas)
        if checked.problem:
            yield FieldProblem("id_card", checked.problem, {"length": len(checked.value)})
    elif household.is_real_name:
        yield FieldProblem("id_card", "id_for_real_name")
    if household.phone.strip() and (problem := identity.phone(household.phone).problem):
        yield FieldProblem("phone", problem)


def _file(household: HouseholdInput, today: date) -> Problems:
    """R58: what is on file says where and since when; nothing is on file without it."""
    if not household.on_file:
        if household.hardship_class is not HardshipClass.NONE and household.file_approved_on:
            yield FieldProblem("on_file", "file_date_without_file")
        return
    if household.file_level is None:
        yield FieldProblem("file_level", "required")
    if household.hardship_class is HardshipClass.NONE:
        yield FieldProblem("hardship_class", "class_for_file")
    if household.file_approved_on is None:
        yield FieldProblem("file_approved_on", "required")
    elif household.file_approved_on > today:
        yield FieldProblem("file_approved_on", "date_future")


def _money(household: HouseholdInput) -> Problems:
    if household.bank_card.strip():
        if problem := identity.bank_card(household.bank_card).problem:
            yield FieldProblem("bank_card", problem)
        elif household.payout not in WITH_CARD:
            yield FieldProblem("payout", "payout_for_card")
