"""The fields of the hardship file, group by group as on the paper form, and what is wrong with what was written.

Values come typed from the door: text, ISO dates, integer 分, whole numbers, booleans, codes and lists of codes. A
blank is not told. A step can be saved with blanks; sending the file in asks for what is marked required.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from matcher.domain import file_terms as ft
from matcher.domain import identity
from matcher.domain import terms as t
from matcher.domain.file_terms import Section
from matcher.errors import FieldProblem

Values = dict[str, Any]
LARGEST_FAMILY = 30
LARGEST_FEN = 10**12


class Kind(StrEnum):
    TEXT = "text"
    LONG = "long"  # several lines
    NAME = "name"
    ID = "id"
    PHONE = "phone"
    CARD = "card"
    DATE = "date"
    MONEY = "money"
    WHOLE = "whole"
    YES_NO = "yes_no"
    ONE = "one"
    MANY = "many"


@dataclass(frozen=True, slots=True)
class Field:
    """One box of the form. `most` is the longest text, the largest number, or the greatest count of choices."""

    name: str
    kind: Kind = Kind.TEXT
    codes: type[StrEnum] | None = None
    is_required: bool = False
    most: int | None = None


def _one(name: str, codes: type[StrEnum], *, required: bool = False) -> Field:
    return Field(name, Kind.ONE, codes, required)


def _money(name: str, *, required: bool = False) -> Field:
    return Field(name, Kind.MONEY, None, required)


def _yes_no(name: str, *, required: bool = False) -> Field:
    return Field(name, Kind.YES_NO, None, required)


FIELDS: dict[Section, tuple[Field, ...]] = {
    Section.PERSON: (
        Field("name", Kind.NAME, is_required=True, most=40),
        Field("id_card", Kind.ID, is_required=True),
        _one("gender", ft.Gender),
        Field("ethnicity", most=20),
        Field("politics", most=20),
        _one("marriage", ft.Marriage),
        Field("education", most=20),
        Field("phone", Kind.PHONE, is_required=True),
        Field("other_contact", most=60),
        Field("township", most=40),
        Field("address", is_required=True, most=200),
        Field("postcode", most=6),
        _one("registration", ft.Registration),
        Field("registered_at", most=60),
    ),
    Section.WORK: (
        _one("work_state", ft.WorkState, required=True),
        Field("employer", most=80),
        Field("employer_kind", most=40),
        Field("employer_state", most=40),
        Field("industry", most=40),
        Field("began_work_on", Kind.DATE),
        Field("contract_from", Kind.DATE),
        Field("contract_until", Kind.DATE),
        Field("model_worker", most=40),
        _yes_no("is_member", required=True),
        _yes_no("is_migrant"),
        Field("relation_months", Kind.WHOLE, most=720),
    ),
    Section.HEALTH: (
        _one("health", ft.Health, required=True),
        Field("diagnosis", Kind.LONG, most=500),
        Field("disability", most=40),
        _yes_no("is_insured"),
        _one("housing", ft.Housing, required=True),
        _one("floor_area", ft.FloorArea),
    ),
    Section.MEMBERS: (),
    Section.MONEY: (
        _money("monthly_income"),
        _money("income_year", required=True),
        _yes_no("is_aided", required=True),
        _money("aid_year"),
        Field("months_below", Kind.WHOLE, most=600),
        _money("hardship_year"),
        _money("rigid_year"),
        _money("job_cost_year"),
        _money("accident"),
        _money("compensation"),
        _money("savings"),
        Field("exclusions", Kind.MANY, ft.Exclusion),
        _one("chosen_class", t.HardshipClass),
        Field("override_reason", Kind.LONG, most=300),
    ),
    Section.CAUSE: (
        _one("main_cause", t.Cause, required=True),
        Field("other_causes", Kind.MANY, t.Cause, most=3),
        Field("other_text", most=200),
        _yes_no("is_single_parent"),
        _yes_no("is_without_work"),
        _yes_no("can_help_itself"),
        Field("situation", most=120),
        Field("story", Kind.LONG, most=2000),
    ),
    Section.BANK: (
        _one("payout", t.PayoutChannel),
        Field("bank", most=60),
        Field("branch", most=80),
        Field("bank_card", Kind.CARD),
        Field("consent", Kind.MANY, t.DonorType),
        _yes_no("has_authorised", required=True),
        _yes_no("has_consented", required=True),
    ),
}
MEMBER: tuple[Field, ...] = (
    Field("name", Kind.NAME, is_required=True, most=40),
    _one("relation", ft.Relation, required=True),
    Field("id_card", Kind.ID),
    Field("born_on", Kind.DATE),
    _one("health", ft.Health),
    _one("work_state", ft.WorkState),
    _money("monthly_income"),
    Field("place", most=80),
    _one("school_stage", t.SchoolStage),
)
"""One family member; the section holds them as a list under `members`."""


def section_problems(
    section: Section,
    values: Mapping[str, Any],
    *,
    today: date,
    areas: frozenset[str] | None = None,
    known_id: str | None = None,
) -> tuple[FieldProblem, ...]:
    """What is wrong with what was written in a step, at most one problem a field. Members are named m0_name …

    `known_id` is the number the household was registered with: it was judged then and is not judged again.
    """
    found: dict[str, FieldProblem] = {}
    for problem in _problems(section, values, today, areas):
        if problem.field == "id_card" and known_id and identity.id_key(values["id_card"]) == known_id:
            continue
        found.setdefault(problem.field, problem)
    return tuple(found.values())


def missing(sections: Mapping[Section, Mapping[str, Any]]) -> tuple[tuple[Section, str], ...]:
    """What must still be told before the file can be sent in: (step, field)."""
    return tuple(
        (section, field.name)
        for section, fields in FIELDS.items()
        for field in fields
        if field.is_required and sections.get(section, {}).get(field.name) in (None, "", [])
    )


def warnings(section: Section, values: Mapping[str, Any], *, today: date, areas: frozenset[str] | None) -> list[str]:
    """What is odd but accepted, as codes: an unknown area, a first-generation number, a card that fails Luhn."""
    odd = []
    if section is Section.PERSON and values.get("id_card"):
        odd.append(identity.resident_id(values["id_card"], today=today, areas=areas).warning)
    if section is Section.BANK and values.get("bank_card"):
        odd.append(identity.bank_card(values["bank_card"]).warning)
    return [code for code in odd if code]


def normalised(section: Section, values: Mapping[str, Any]) -> Values:
    """The values as they are stored: numbers in their normal form, blanks left out."""
    kept = {field.name: _normal(field, values.get(field.name)) for field in FIELDS[section]}
    if section is Section.MEMBERS:
        kept["members"] = [
            {field.name: _normal(field, row.get(field.name)) for field in MEMBER} for row in values.get("members", [])
        ]
    return {name: value for name, value in kept.items() if value not in (None, "")}


def _normal(field: Field, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    value = value.strip()
    if field.kind is Kind.ID and value:
        return identity.id_key(value)
    if field.kind in (Kind.CARD, Kind.PHONE) and value:
        return identity.phone(value).value if field.kind is Kind.PHONE else identity.normal(value)
    return value


Problems = Iterator[FieldProblem]


def _problems(section: Section, values: Mapping[str, Any], today: date, areas: frozenset[str] | None) -> Problems:
    for field in FIELDS[section]:
        yield from _field(field, values.get(field.name), today, areas)
    if section is Section.MEMBERS:
        yield from _members(values.get("members", []), today, areas)
    if section is Section.BANK and values.get("bank_card") and values.get("payout") not in ("bank_card", "passbook"):
        yield FieldProblem("payout", "payout_for_card")
    if section is Section.CAUSE and values.get("main_cause") in (values.get("other_causes") or []):
        yield FieldProblem("other_causes", "main_cause_again")
    if section is Section.MONEY:
        if values.get("chosen_class") and not values.get("override_reason"):
            yield FieldProblem("override_reason", "override_without_reason")
        if values.get("compensation") and not values.get("accident"):
            yield FieldProblem("accident", "compensation_without_accident")
        if values.get("aid_year") and not values.get("is_aided"):
            yield FieldProblem("is_aided", "aid_without_aided")
    first, last = values.get("contract_from"), values.get("contract_until")
    if first and last and last < first:
        yield FieldProblem("contract_until", "ends_before_start")


def _members(rows: list[Mapping[str, Any]], today: date, areas: frozenset[str] | None) -> Problems:
    seen: set[str] = set()
    if len(rows) > LARGEST_FAMILY - 1:
        yield FieldProblem("members", "size_range", {"most": LARGEST_FAMILY})
    for place, row in enumerate(rows):
        for field in MEMBER:
            named = f"m{place}_{field.name}"
            if field.is_required and not row.get(field.name):
                yield FieldProblem(named, "member_needs_" + field.name)
            for problem in _field(field, row.get(field.name), today, areas):
                yield FieldProblem(named, problem.code, problem.params)
        number = identity.id_key(row.get("id_card") or "")
        if number and number in seen:
            yield FieldProblem(f"m{place}_id_card", "member_twice")
        seen.add(number)
        checked = identity.resident_id(number, today=today, areas=areas) if number else None
        born = date.fromisoformat(row["born_on"]) if row.get("born_on") else None
        if born and (born > today or identity.age_on(born, today) > identity.OLDEST):
            yield FieldProblem(f"m{place}_born_on", "born_range", {"most": identity.OLDEST})
        elif born and checked and checked.born_on and checked.born_on != born:
            yield FieldProblem(f"m{place}_born_on", "born_differs")


def _field(field: Field, value: Any, today: date, areas: frozenset[str] | None) -> Problems:
    if value in (None, "", []):
        return
    if field.kind in (Kind.TEXT, Kind.LONG, Kind.NAME) and field.most and len(value) > field.most:
        yield FieldProblem(field.name, "too_long", {"most": field.most})
    if field.kind is Kind.NAME and any(char.isdigit() for char in value):
        yield FieldProblem(field.name, "name_has_digits")
    if field.kind is Kind.ID:
        checked = identity.resident_id(value, today=today, areas=areas)
        if checked.problem:
            yield FieldProblem(field.name, checked.problem, {"length": len(checked.value)})
    if field.kind is Kind.PHONE and (problem := identity.phone(value).problem):
        yield FieldProblem(field.name, problem)
    if field.kind is Kind.CARD and (problem := identity.bank_card(value).problem):
        yield FieldProblem(field.name, problem)
    if field.kind is Kind.MONEY and value < 0:
        yield FieldProblem(field.name, "money_negative")
    if field.kind is Kind.MONEY and value > LARGEST_FEN:
        yield FieldProblem(field.name, "too_big")
    if field.kind is Kind.WHOLE and not 0 <= value <= (field.most or LARGEST_FEN):
        yield FieldProblem(field.name, "whole_range", {"most": field.most})
    if field.kind is Kind.MANY and field.most and len(value) > field.most:
        yield FieldProblem(field.name, "too_many_choices", {"most": field.most})
