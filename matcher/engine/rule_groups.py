"""Grouping rows that agree in some facts, so that a rule is asked once per pair of groups."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.domain.facts import NeedColumns, OfferColumns

Ints = npt.NDArray[np.int64]
NONE = np.iinfo(np.int64).min
"""Stands for an unknown number in an array."""


class Grouped:
    """Columns with each used fact numbered by its different values."""

    def __init__(self, columns: NeedColumns | OfferColumns) -> None:
        self._columns = columns
        self._extra: dict[str, Sequence[Hashable]] = {}
        self._numbered: dict[str, tuple[Ints, list[Any]]] = {}
        self._groups: dict[tuple[str, ...], tuple[Ints, Ints]] = {}
        self._numbers: dict[str, Ints] = {}

    def add(self, name: str, values: Sequence[Hashable]) -> None:
        """A fact derived from others, one value per row."""
        self._extra[name] = values

    def row(self, i: int) -> Any:
        return self._columns.row(i)

    def column(self, name: str) -> Sequence[Any]:
        return self._extra[name] if name in self._extra else getattr(self._columns, name)

    def numbers(self, name: str) -> Ints:
        """(n,) int64 of a numeric fact; unknown is NONE."""
        if name not in self._numbers:
            self._numbers[name] = np.array([NONE if v is None else v for v in self.column(name)], dtype=np.int64)
        return self._numbers[name]

    def days(self, name: str) -> Ints:
        """(n,) int64 ordinals of a date; unknown is NONE."""
        if name not in self._numbers:
            values = [NONE if v is None else v.toordinal() for v in self.column(name)]
            self._numbers[name] = np.array(values, dtype=np.int64)
        return self._numbers[name]

    def numbered(self, name: str) -> tuple[Ints, list[Any]]:
        """Number of each row's value, (n,) int64, and the values."""
        if name not in self._numbered:
            seen: dict[Hashable, int] = {}
            numbers = [seen.setdefault(value, len(seen)) for value in self.column(name)]
            self._numbered[name] = (np.array(numbers, dtype=np.int64), list(seen))
        return self._numbered[name]

    def groups(self, facts: tuple[str, ...]) -> tuple[Ints, Ints]:
        """Group of each row by these facts, (n,) int64, and one row of each group."""
        if facts not in self._groups:
            mixed = np.zeros(len(self._columns), dtype=np.int64)
            for name in facts:
                numbers, values = self.numbered(name)
                mixed = mixed * len(values) + numbers if len(values) else mixed
                _, mixed = np.unique(mixed, return_inverse=True)
            _, first, inverse = np.unique(mixed, return_index=True, return_inverse=True)
            self._groups[facts] = (inverse.astype(np.int64), first.astype(np.int64))
        return self._groups[facts]

    def table(
        self,
        facts: tuple[str, ...],
        other: "Grouped",
        other_facts: tuple[str, ...],
        rows: Ints,
        other_rows: Ints,
        answer: Callable[[int, int], int],
    ) -> Ints:
        """`answer` of every pair, (n_pairs,) int64, asked once per pair of groups that occurs."""
        mine, first = self.groups(facts)
        theirs, other_first = other.groups(other_facts)
        cell = mine[rows] * len(other_first) + theirs[other_rows]
        cells = len(first) * len(other_first)
        dense = cells <= 4 * len(cell) + 1024
        used = _present(cell, cells) if dense else np.unique(cell)
        answers = np.zeros(len(used), dtype=np.int64)
        for k, at in enumerate(used):
            i, j = divmod(int(at), len(other_first))
            answers[k] = answer(int(first[i]), int(other_first[j]))
        if not answers.any():
            return np.zeros(len(cell), dtype=np.int64)
        if not dense:
            return answers[np.searchsorted(used, cell)]
        table = np.zeros(cells, dtype=np.int64)
        table[used] = answers
        found: Ints = table[cell]
        return found


def _present(cell: Ints, cells: int) -> Ints:
    """The cells that occur, in order."""
    present = np.zeros(cells, dtype=bool)
    present[cell] = True
    return np.flatnonzero(present).astype(np.int64)
