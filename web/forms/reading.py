"""What a form sent, as values: text in, a value or a problem out; nothing that was typed is lost.

`Told` keeps one problem per field, in the order of the page; a view shows them beside the fields.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from werkzeug.datastructures import MultiDict

from matcher.errors import FieldProblem
from matcher.files import values
from matcher.files.problems import CellProblem
from web.labels import problem_text

C = TypeVar("C", bound=StrEnum)
YES_NO = {"yes": True, "no": False}


class Told:
    """One submitted form."""

    def __init__(self, form: MultiDict[str, str]) -> None:
        self.form = form
        self.problems: dict[str, FieldProblem] = {}

    def text(self, name: str) -> str:
        """As typed, without blanks around it and without characters that cannot be stored."""
        typed = self.form.get(name, "").replace("\r\n", "\n").strip()
        return "".join(char for char in typed if char == "\n" or char.isprintable())

    def whole(self, name: str, *, problem: str = "not_whole") -> int | None:
        """A whole number; 1,200 and full-width digits are read as well."""
        typed = self.text(name)
        if not typed:
            return None
        try:
            return values.whole()(typed)
        except CellProblem as found:
            self.refuse(name, "too_big" if found.code in ("too_large", "out_of_range") else problem)
            return None

    def fen(self, name: str) -> int | None:
        """An amount of money in 分: 1,200, 0.5, 1.2万元."""
        typed = self.text(name)
        if not typed:
            return None
        try:
            amount, unit = values.amount(typed)
        except CellProblem as found:
            known = {"negative": "money_negative", "too_large": "too_big"}
            self.refuse(name, known.get(found.code, "not_money"))
            return None
        exact = amount * {None: 100, "元": 100, "万元": 1_000_000, "万": 1_000_000}.get(unit, 0)
        if (unit and not exact and amount) or exact.denominator != 1:
            self.refuse(name, "not_money")
            return None
        return int(exact)

    def day(self, name: str) -> date | None:
        """2019-01-20, 2019年1月20日 or 2019/1/20."""
        typed = self.text(name)
        if not typed:
            return None
        try:
            return values.day(typed)
        except CellProblem:
            self.refuse(name, "not_a_date")
            return None

    def one(self, name: str, kind: type[C]) -> C | None:
        """A code of a list; blank is none."""
        typed = self.text(name)
        if not typed:
            return None
        try:
            return kind(typed)
        except ValueError:
            self.refuse(name, "unknown_choice")
            return None

    def many(self, name: str, kind: type[C]) -> tuple[C, ...]:
        """Several codes of a list."""
        found = []
        for typed in self.form.getlist(name):
            try:
                found.append(kind(typed))
            except ValueError:
                self.refuse(name, "unknown_choice")
        return tuple(dict.fromkeys(found))

    def yes_no(self, name: str) -> bool | None:
        """yes, no, or not told."""
        typed = self.text(name)
        if typed and typed not in YES_NO:
            self.refuse(name, "unknown_choice")
        return YES_NO.get(typed)

    def refuse(self, name: str, code: str, **params: Any) -> None:
        self.problems.setdefault(name, FieldProblem(name, code, params))

    def errors(self, more: Iterable[FieldProblem] = (), order: Iterable[str] = ()) -> dict[str, str]:
        """What stands beside each field, in the order of the page. What could not even be read goes before what
        the rules say of the same field."""
        found = dict(self.problems)
        for problem in more:
            found.setdefault(problem.field, problem)
        return in_words(found, order)


def in_words(problems: Mapping[str, FieldProblem], order: Iterable[str] = ()) -> dict[str, str]:
    places = {name: place for place, name in enumerate(order)}
    names = sorted(problems, key=lambda name: places.get(name, len(places)))
    return {name: problem_text(problems[name]) for name in names}
