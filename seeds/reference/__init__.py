"""Reference data as Python values, read once and kept: `places()`, `categories()`, `network()`, `policy(day)` …

What each file holds and where it comes from is told in the README beside this file.
"""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.domain.file_rules import FileRules, WorkCalendar
from matcher.domain.policy import Policy
from matcher.domain.regions import Places
from matcher.domain.retention import RetentionRules
from matcher.domain.terms import Category, FundSource, Tier, UnitLevel
from matcher.domain.tiers import TierRules

if TYPE_CHECKING:
    from matcher.engine.language import Language
    from matcher.engine.lexicon import Lexicon
    from matcher.engine.place_names import PlaceNames

JURISDICTION = "410800"
"""焦作市: the city the built-in network and rules are for."""


@dataclass(frozen=True, slots=True)
class CategoryFacts:
    """What is known of a category before anybody needs it. The first unit is the usual one."""

    code: Category
    zh: str
    en: str
    units: tuple[str, ...]
    tiers: tuple[Tier, ...]
    may_be_paid_by: frozenset[FundSource]
    evidence_zh: str
    evidence_en: str


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A union organisation of the network file. `sector` is the trade of an enterprise's union."""

    code: str
    name: str
    short_name: str
    level: UnitLevel
    parent_code: str | None
    division_code: str
    township: str
    sector: str


@dataclass(frozen=True, slots=True)
class Holidays:
    """Days off and worked weekend days of one year."""

    days: frozenset[date]
    workdays: frozenset[date]
    is_announced: bool  # False: the yearly notice is not known here, only fixed dates are listed


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one file beside this module, without its ending."""
    text = resources.files(__package__).joinpath(f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def division_rows() -> tuple[tuple[str, str, str], ...]:
    """`(code, name, parent_code)` of every division, former ones included; ordered by code."""
    read = rows("divisions") + rows("divisions_former")
    return tuple(sorted((row["code"], row["name"], row["parent_code"]) for row in read))


@cache
def places() -> Places:
    """All divisions of the country down to county, to look places up in."""
    return Places(division_rows())


def policy(as_of: date, path: Path | None = None) -> Policy:
    """The matching rules in force on a day: the built-in ones for Jiaozuo, or those of a TOML file.

    Raises OSError, tomllib.TOMLDecodeError or PolicyProblem for a file that cannot be used.
    """
    if path is None:
        return Policy.effective(_built_in(), as_of=as_of)
    return Policy.effective(tomllib.loads(path.read_text("utf-8")), as_of=as_of)


@cache
def _built_in() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("seeds").joinpath("policy", "jiaozuo.toml").read_text("utf-8"))


@cache
def file_rules(as_of: date, jurisdiction: str = JURISDICTION) -> FileRules:
    """What the hardship file goes by in a division on a day: classes, clocks, working days. Raises PolicyProblem."""
    text = resources.files("seeds").joinpath("policy", "hardship_files.toml").read_text("utf-8")
    return FileRules.effective(
        tomllib.loads(text), as_of=as_of, jurisdiction=jurisdiction, calendar=calendar(as_of.year)
    )


@cache
def tier_rules(as_of: date, jurisdiction: str = JURISDICTION) -> TierRules:
    """What the ladder of help goes by in a division on a day (R42). Raises PolicyProblem."""
    text = resources.files("seeds").joinpath("policy", "tiers.toml").read_text("utf-8")
    return TierRules.effective(tomllib.loads(text), as_of=as_of, jurisdiction=jurisdiction)


@cache
def retention_rules(as_of: date, jurisdiction: str = JURISDICTION) -> RetentionRules:
    """How long what is known of families is kept in a division on a day. Raises PolicyProblem."""
    text = resources.files("seeds").joinpath("policy", "retention.toml").read_text("utf-8")
    return RetentionRules.effective(tomllib.loads(text), as_of=as_of, jurisdiction=jurisdiction)


@cache
def calendar(year: int) -> WorkCalendar:
    """Working days of a year and the one after it."""
    known = [holidays(year), holidays(year + 1)]
    return WorkCalendar(frozenset().union(*(y.days for y in known)), frozenset().union(*(y.workdays for y in known)))


@cache
def categories() -> Mapping[Category, CategoryFacts]:
    """All categories, in the order of the taxonomy."""
    return {Category(row["code"]): _category(row) for row in rows("categories")}


def _category(row: Mapping[str, str]) -> CategoryFacts:
    return CategoryFacts(
        code=Category(row["code"]),
        zh=row["zh"],
        en=row["en"],
        units=_listed(row["units"]),
        tiers=tuple(Tier(code) for code in _listed(row["tiers"])),
        may_be_paid_by=frozenset(FundSource(code) for code in _listed(row["may_be_paid_by"])),
        evidence_zh=row["evidence_zh"],
        evidence_en=row["evidence_en"],
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


@cache
def network() -> tuple[UnitRow, ...]:
    """The union network of Jiaozuo; parents come before their children."""
    return tuple(
        UnitRow(
            code=row["code"],
            name=row["name"],
            short_name=row["short_name"],
            level=UnitLevel(row["level"]),
            parent_code=row["parent_code"] or None,
            division_code=row["division_code"],
            township=row["township"],
            sector=row["sector"],
        )
        for row in rows("network_jiaozuo")
    )


@cache
def holidays(year: int) -> Holidays:
    """Public holidays of a year; fixed dates only when the yearly notice is not in the data."""
    listed = [row for row in rows("holidays") if row["date"].startswith(f"{year}-")]
    days = {date.fromisoformat(row["date"]) for row in listed if row["kind"] == "holiday"}
    worked = {date.fromisoformat(row["date"]) for row in listed if row["kind"] == "workday"}
    fixed = {date(year, 1, 1), date(year, 5, 1), date(year, 10, 1), date(year, 10, 2), date(year, 10, 3)}
    return Holidays(frozenset(days or fixed), frozenset(worked), bool(listed))


@cache
def spring_festival(year: int) -> date | None:
    """The first day of the lunar year, None outside the years of the table."""
    found = [row["day"] for row in rows("festival_days") if row["festival"] == "SPRING" and row["year"] == str(year)]
    return date.fromisoformat(found[0]) if found else None


@cache
def spring_festivals() -> Mapping[int, date]:
    """The first day of the lunar year, by year, for all years of the table."""
    days = (row for row in rows("festival_days") if row["festival"] == "SPRING")
    return {int(row["year"]): date.fromisoformat(row["day"]) for row in days}


@cache
def lexicon() -> "Lexicon":
    """Concepts, words and phrases. Raises LexiconProblem for a line that cannot be used."""
    from matcher.engine.lexicon import build

    phrases = (row for code in Category for row in rows(f"lexicon/phrases/{code.value}"))
    return build(rows("lexicon/concepts"), rows("lexicon/words"), phrases, rows("lexicon/audiences"))


@cache
def concept_words() -> Mapping[str, tuple[str, str]]:
    """What each concept of the lexicon is called, (Chinese, English), by its code."""
    return {row["concept"]: (row["zh"], row["en"]) for row in rows("lexicon/concepts")}


@cache
def place_names() -> "PlaceNames":
    """Names of divisions as they stand in running text; those of this city first."""
    from matcher.engine.place_names import PlaceNames

    return PlaceNames(places(), [(code, name) for code, name, _ in division_rows()], JURISDICTION)


def language(encoder: str = "", *, vectors: Path | None = None, learned: Path | None = None) -> "Language":
    """What the engine knows of language: the lexicon, what was learned from it (kept in the folder `learned`), names of
    places, and the encoder of that name, its vectors kept in the folder `vectors`. Raises SetupProblem for an encoder
    that cannot be used.

    Loads the numeric libraries, which is why nothing of the engine is imported above.
    """
    return _language(encoder, vectors if encoder else None, learned)


@cache
def _language(encoder: str, vectors: Path | None, learned: Path | None) -> "Language":
    from matcher.engine.encoder import open_encoder
    from matcher.engine.language import Language

    return Language(lexicon(), place_names(), spring_festivals(), open_encoder(encoder, cache=vectors), learned)


FORMER_AREAS = frozenset(
    ["410824", "410826", "410827", "410881", "412221", "412222", "412224", "412225", "412226", "412227"]
)  # Jiaozuo before 1986 and 1989: still on people's cards


@cache
def known_areas() -> frozenset[str]:
    """Area codes of today and of former times that stand on people's resident cards."""
    return frozenset(code for code, _name, _parent in division_rows()) | FORMER_AREAS
