"""What is wrong with a row: where, the value (shortened, masked if it looks personal), a code and its params.

`web/file_messages.py` gives each code Chinese and English sentences that say the remedy.
"""

from dataclasses import dataclass, field
from typing import Any

from matcher.domain.screening import screen

SHOWN_CHARACTERS = 40


def shown(value: str) -> str:
    """A cell's value as it may be printed: masked, on one line, shortened."""
    head = " ".join(screen(value[:400]).split())
    head = "".join(c if c.isprintable() else "·" for c in head)
    return head if len(head) <= SHOWN_CHARACTERS else head[:SHOWN_CHARACTERS] + "…"


class CellProblem(ValueError):
    """A value that cannot be used; `code` says why."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing about one cell. `row` counts from 1 as spreadsheets do, the header included."""

    row: int
    row_id: str  # need_id or offer_id as read, masked; may be empty
    column: str
    value: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For reports: named by id, because row numbers change with the order of the file."""
        where: dict[str, Any] = {"id": self.row_id} if self.row_id else {"row": self.row}
        return {**where, "column": self.column, "value": self.value, "code": self.code, "params": self.params}
