"""What somebody says about a need, and what is wrong with it: one problem per field, with a remedy.

The same record comes from the form and from a file. Quantities are whole numbers of `unit` (money in whole 元),
dates are business dates, codes are those of `matcher.domain.terms`. `None` is not told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from matcher.domain.amounts import canonical, is_money, usual
from matcher.domain.kinds import usual_unit
from matcher.domain.terms import Category, SchoolStage, Tier
from matcher.errors import FieldProblem

MOST = 100_000_000
LONGEST = {"title": 40, "story": 5000, "unit": 12, "route_from": 60, "route_to": 60}
SHORTEST_STORY = 4
FURTHEST_YEARS = 3
"""A date this far ahead is a slip of the pen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedInput:
    """A need as told. `story` is the original wording: it is sealed, and matching reads its screened form."""

    story: str
    title: str = ""
    category: Category | None = None
    tier: Tier | None = None
    quantity: int | None = None
    unit: str = ""
    is_divisible: bool = True
    urgency: int = 3
    deadline: date | None = None
    division_code: str | None = None  # None: where the household lives
    self_paid_left: int | None = None  # 元, H7
    age: int | None = None
    school_stage: SchoolStage | None = None
    route_from: str = ""
    route_to: str = ""


Problems = Iterator[FieldProblem]


def need_problems(need: NeedInput, *, today: date, known_deadline: date | None = None) -> tuple[FieldProblem, ...]:
    """Everything wrong with a need that can be said without the database, at most one problem a field.

    `known_deadline` is the one already stored: it may lie in the past, a new one may not.
    """
    found: dict[str, FieldProblem] = {}
    for part in (_words, _amounts, _person):
        for problem in part(need):
            found.setdefault(problem.field, problem)
    if need.deadline != known_deadline or known_deadline is None:
        for problem in _deadline(need.deadline, today):
            found.setdefault(problem.field, problem)
    return tuple(found.values())


def _words(need: NeedInput) -> Problems:
    told = need.story.strip()
    if not told:
        yield FieldProblem("story", "required")
    elif len(told) < SHORTEST_STORY:
        yield FieldProblem("story", "too_short", {"least": SHORTEST_STORY})
    for name, longest in LONGEST.items():
        if len(getattr(need, name).strip()) > longest:
            yield FieldProblem(name, "too_long", {"most": longest})


def _amounts(need: NeedInput) -> Problems:
    if not need.unit.strip():
        yield FieldProblem("unit", "required")
    if need.quantity is None:
        yield FieldProblem("quantity", "money_required" if is_money(need.unit) else "required")
    elif need.quantity < 1:
        yield FieldProblem("quantity", "not_whole")
    elif need.quantity > MOST or amount_of(need)[0] > MOST:
        yield FieldProblem("quantity", "too_big")
    if not 1 <= need.urgency <= 5:
        yield FieldProblem("urgency", "urgency_range")
    if need.self_paid_left is not None and not 0 <= need.self_paid_left <= MOST:
        yield FieldProblem("self_paid_left", "too_big" if need.self_paid_left > 0 else "not_negative")


def _person(need: NeedInput) -> Problems:
    if need.age is not None and not 0 <= need.age <= 120:
        yield FieldProblem("age", "age_range")


def _deadline(deadline: date | None, today: date) -> Problems:
    if deadline is None:
        return
    if deadline < today:
        yield FieldProblem("deadline", "date_past")
    elif deadline.year > today.year + FURTHEST_YEARS:
        yield FieldProblem("deadline", "date_far", {"years": FURTHEST_YEARS})


def amount_of(need: NeedInput) -> tuple[int, str]:
    """Quantity and unit as kept: 2 万元 is 20000 元. An unknown quantity is one unit (contract: blank)."""
    unit = usual(need.unit) or usual_unit(need.category)
    quantity, kept = canonical(Fraction(need.quantity if need.quantity is not None else 1), unit)
    if quantity is None or Fraction(quantity).denominator != 1:
        return need.quantity or 1, unit
    return int(quantity), kept or unit
