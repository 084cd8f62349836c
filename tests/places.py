"""The national table of places, read once for all tests."""

import csv
from functools import cache
from pathlib import Path

from matcher.domain.regions import Places

_TABLE = Path(__file__).parents[1] / "seeds" / "reference" / "divisions.csv"


@cache
def places() -> Places:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return Places((row["code"], row["name"], row["parent_code"]) for row in csv.DictReader(file))
