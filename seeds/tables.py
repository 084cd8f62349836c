"""The invented world in the columns of the file contract, so that the engine can be tried on files."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from matcher.domain.facts import NeedColumns, NeedFacts, OfferColumns, OfferFacts
from seeds.world import World, to_columns

NOT_IN_FILES = frozenset({"covered"})
"""Facts that only the database knows."""


def cell(value: Any) -> str:
    """A fact as a file writes it: blank is unknown, several values are joined by `;`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, frozenset | tuple):
        return ";".join(sorted(cell(part) for part in value))
    return value.isoformat() if isinstance(value, date) else str(value)


def write_table(path: Path, header: Sequence[str], rows: Iterable[Any]) -> None:
    """Write rows of facts as CSV, UTF-8, one line each."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([cell(getattr(row, name)) for name in header] for row in rows)


def write_world(needs: NeedColumns, offers: OfferColumns, needs_path: Path, offers_path: Path) -> None:
    """Columns as the two files that `nuanliu match` reads."""
    write_table(needs_path, _names(NeedFacts), [needs.row(i) for i in range(len(needs))])
    write_table(offers_path, _names(OfferFacts), [offers.row(i) for i in range(len(offers))])


def _names(facts: type) -> list[str]:
    return [field.name for field in fields(facts) if field.name not in NOT_IN_FILES]


def some_of(world: World, needs: int, offers: int) -> tuple[NeedColumns, OfferColumns]:
    """The first open needs and a like number of offers spread over all categories, as columns."""
    all_needs, all_offers = to_columns(world)
    kept = sorted(range(len(all_needs)), key=lambda i: (_turn(all_needs.category, i), i))[:needs]
    given = sorted(range(len(all_offers)), key=lambda i: (_turn(all_offers.category, i), i))[:offers]
    return (
        NeedColumns.of([all_needs.row(i) for i in sorted(kept)]),
        OfferColumns.of([all_offers.row(i) for i in sorted(given)]),
    )


def _turn(categories: Sequence[Any], i: int) -> int:
    """How many earlier rows have the same category."""
    return sum(category == categories[i] for category in categories[:i])
