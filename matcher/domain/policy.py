"""Matching rules that are data: weights, minimum useful amounts, caps, clocks.

A policy file is TOML (`seeds/policy/*.toml`). Every entry of a dated list carries `jurisdiction`,
`valid_from` and `valid_to`; `Policy.effective` keeps those in force on a day. Nothing here is a constant of
the code: four localities and three periods of the sources give different numbers.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from matcher.domain.network_terms import Entitlement, ResponseLane
from matcher.domain.regions import contains, pairs_of
from matcher.domain.response import STAGES, UNITS, Calendar, office_hours
from matcher.domain.terms import Category, FileLevel, FundSource, HardshipClass, PayoutChannel, ScorePart

MOST_URGENT = 5


@dataclass(frozen=True, slots=True)
class Cap:
    """Most that one household may receive of a category in a year (H6), in `unit`, under `source`."""

    category: Category
    amount: int
    unit: str
    hardship_classes: frozenset[HardshipClass] = frozenset()  # empty: all classes
    funds: frozenset[FundSource] = frozenset()  # empty: all fund sources
    article: str = ""


@dataclass(frozen=True, slots=True)
class FundRule:
    """What a fund source asks of a household and of the use (H1–H5)."""

    fund: FundSource
    file_levels: frozenset[FileLevel] = frozenset()  # empty: no file needed; else one of these
    real_name: bool = False
    channels: frozenset[PayoutChannel] = frozenset()  # empty: any
    uses: frozenset[Category] = frozenset()  # empty: any
    member: bool = False
    migrant_relation: bool = False  # H14 applies
    institution_first: bool = False  # not while an entitlement is known to be due (R42)
    article: str = ""


@dataclass(frozen=True, slots=True)
class Guarantees:
    """What holds before the total counts (R26, R44). `county_gap`, `class_gap`: how far the share of families reached
    in one county, or of one hardship class, may lie below that of all families, in [0, 1]; None: not looked at.
    `emergency_reserve`: share of every scarce stock that only emergencies may touch, in [0, 1]."""

    county_gap: float | None = None
    class_gap: float | None = None
    emergency_reserve: float = 0.0
    emergency_urgency: int = MOST_URGENT  # from this urgency on a need is an emergency

    def __bool__(self) -> bool:
        return self.county_gap is not None or self.class_gap is not None or self.emergency_reserve > 0


class PolicyProblem(ValueError):
    """A policy file that cannot be used; `key` says where, `problem` what is wrong (a code)."""

    def __init__(self, key: str, problem: str, value: object = None) -> None:
        super().__init__(f"{key}: {problem}")
        self.key, self.problem, self.value = key, problem, value


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy in force on one day; `body` is the effective mapping in full, as reported with a run."""

    name: str
    jurisdiction: str
    weights: Mapping[ScorePart, int]  # thousandths, sum 1000: the greatest value of each part
    class_weights: Mapping[HardshipClass, int]  # objective (i): weight of reaching a household of this class
    minimum_useful: Mapping[Category, int]  # least amount that counts as reached (R27)
    caps: tuple[Cap, ...]
    one_project_only: frozenset[HardshipClass]  # H17
    migrant_relation_months: int  # H14
    text_floor: float  # least text closeness in [0, 1] when a category had to be inferred
    waiting_full_days: int  # waiting this long earns the full waiting part
    undo_minutes: int
    clocks: Mapping[str, int]  # hours or working days, names end in their unit
    body: Mapping[str, Any]
    funds: Mapping[FundSource, FundRule] = field(default_factory=dict)
    no_repeat: frozenset[Category] = frozenset()  # H16: one such thing a year
    response: Mapping[ResponseLane, Mapping[str, int]] = field(default_factory=dict)  # clocks of referrals
    office_hours: tuple[tuple[int, int], ...] = Calendar().hours  # minutes of the day
    guarantees: Guarantees = Guarantees()
    institution_first: Mapping[Category, tuple[Entitlement, ...]] = field(default_factory=dict)  # R20, R42
    lookahead_days: int = 30  # how early an offer that has not begun is proposed to a need without a deadline

    @property
    def version(self) -> str:
        """Short fingerprint of the effective rules."""
        text = json.dumps(self.body, ensure_ascii=False, sort_keys=True, default=str)
        return f"{self.name}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"

    def entitlements(self, category: Category | None) -> tuple[Entitlement, ...]:
        """What the state may give for such a need, in the order of the checklist."""
        return self.institution_first.get(category, ()) if category else ()

    @classmethod
    def effective(cls, mapping: Mapping[str, Any], *, as_of: date, jurisdiction: str | None = None) -> "Policy":
        """The rules in force in a place on a day, from a parsed policy file.

        `jurisdiction` is a division code; the file's own by default. Of entries that say the same thing the
        most local, then the latest one counts; caps all hold together. Raises PolicyProblem.
        """
        place = jurisdiction or _text(mapping, "jurisdiction")
        keep = Entries(mapping, jurisdiction=place, as_of=as_of)
        weights = _numbers(keep.one("weights"), ScorePart, "weights")
        if set(weights) != set(ScorePart) or sum(weights.values()) != 1000:
            raise PolicyProblem("weights", "must_sum_to_1000", sum(weights.values()))
        engine, clocks = keep.one("engine"), _plain(keep.one("clocks"))
        return cls(
            name=_text(mapping, "name"),
            jurisdiction=place,
            weights=weights,
            class_weights=_numbers(keep.one("class_weights"), HardshipClass, "class_weights"),
            minimum_useful=_numbers(keep.one("minimum_useful"), Category, "minimum_useful"),
            caps=tuple(_cap(entry) for entry in keep.all("caps")),
            one_project_only=codes_of(keep.one("one_project"), "hardship_classes", HardshipClass),
            migrant_relation_months=whole_of(keep.one("migrant"), "relation_months"),
            text_floor=_share(engine, "text_floor"),
            waiting_full_days=whole_of(engine, "waiting_full_days"),
            undo_minutes=whole_of(clocks, "undo_minutes"),
            clocks={key: whole_of(clocks, key) for key in clocks},
            body=keep.body(),
            funds={rule.fund: rule for rule in map(_fund_rule, keep.by("funds", "fund"))},
            no_repeat=codes_of(keep.one("no_repeat"), "categories", Category),
            lookahead_days=whole_of(engine, "lookahead_days"),
            response=dict(map(_response, keep.by("response", "lane"))),
            office_hours=_office(keep.all("office")),
            guarantees=_guarantees(keep.all("guarantees")),
            institution_first=_entitlements(keep.all("institution_first")),
        )

    @classmethod
    def from_report(cls, body: Mapping[str, Any], *, as_of: date) -> "Policy":
        """The policy that a report shows in full (`body`, dates as text, with its `version`).

        Raises PolicyProblem, also when the rules shown do not have the fingerprint shown.
        """
        mapping = {key: _undated(value) for key, value in body.items() if key != "version"}
        policy = cls.effective(mapping, as_of=as_of)
        if policy.version != body.get("version", policy.version):
            raise PolicyProblem("version", "fingerprint_differs", body.get("version"))
        return policy


def in_force(entry: Mapping[str, Any], *, jurisdiction: str, as_of: date) -> bool:
    """Whether a dated entry applies to a place on a day; a code of "000000" applies everywhere."""
    return (
        contains(str(entry.get("jurisdiction", "000000")), jurisdiction)
        and entry.get("valid_from", date.min) <= as_of
        and as_of <= entry.get("valid_to", date.max)
    )


class Entries:
    """The dated lists of a policy file, as far as they are in force."""

    def __init__(self, mapping: Mapping[str, Any], *, jurisdiction: str, as_of: date) -> None:
        self._head = {key: value for key, value in mapping.items() if not isinstance(value, list)}
        self._head["jurisdiction"] = jurisdiction
        self._lists: dict[str, list[Mapping[str, Any]]] = {}
        for key, entries in mapping.items():
            if isinstance(entries, list):
                kept = [e for e in entries if _dated(e, key) and in_force(e, jurisdiction=jurisdiction, as_of=as_of)]
                self._lists[key] = sorted(kept, key=_precedence)

    def all(self, key: str) -> list[Mapping[str, Any]]:
        return self._lists.get(key, [])

    def one(self, key: str) -> Mapping[str, Any]:
        """The entry that counts: the most local, then the latest."""
        if not self.all(key):
            raise PolicyProblem(key, "not_in_force")
        return self.all(key)[-1]

    def by(self, key: str, name: str) -> Iterable[Mapping[str, Any]]:
        """For each value of `name` the entry that counts."""
        return {entry.get(name): entry for entry in self.all(key)}.values()

    def body(self) -> dict[str, Any]:
        lists = {key: [_jsonable(entry) for entry in entries] for key, entries in self._lists.items()}
        return {**_jsonable(self._head), **lists}


C = TypeVar("C", bound=StrEnum)
_DATING = frozenset({"jurisdiction", "valid_from", "valid_to", "article"})


def _dated(entry: Any, key: str) -> bool:
    if not isinstance(entry, Mapping):
        raise PolicyProblem(key, "not_a_table")
    for name in ("valid_from", "valid_to"):
        if name in entry and type(entry[name]) is not date:
            raise PolicyProblem(f"{key}.{name}", "not_a_date", entry[name])
    return True


def _precedence(entry: Mapping[str, Any]) -> tuple[int, date]:
    return len(pairs_of(str(entry.get("jurisdiction", "000000")))), entry.get("valid_from", date.min)


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in _DATING}


def _undated(value: Any) -> Any:
    """Entries with their dates read back from text."""
    if isinstance(value, list):
        return [_undated(entry) for entry in value]
    if isinstance(value, Mapping):
        return {
            key: date.fromisoformat(item) if key in ("valid_from", "valid_to") and isinstance(item, str) else item
            for key, item in value.items()
        }
    return value


def _jsonable(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in entry.items()}


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise PolicyProblem(key, "missing")
    return value


def whole_of(entry: Mapping[str, Any], key: str) -> int:
    value = entry.get(key)
    if type(value) is not int or value < 0:
        raise PolicyProblem(key, "not_a_whole_number", value)
    return value


def _share(entry: Mapping[str, Any], key: str) -> float:
    value = entry.get(key, 0.0)
    if type(value) not in (int, float) or not 0 <= value <= 1:
        raise PolicyProblem(key, "not_a_share", value)
    return float(value)


def _flag(entry: Mapping[str, Any], key: str) -> bool:
    value = entry.get(key, False)
    if type(value) is not bool:
        raise PolicyProblem(key, "not_true_or_false", value)
    return value


def code_of(value: object, kind: Callable[[str], C], key: str) -> C:
    try:
        return kind(str(value))
    except ValueError:
        raise PolicyProblem(key, "unknown_code", value) from None


def codes_of(entry: Mapping[str, Any], key: str, kind: Callable[[str], C]) -> frozenset[C]:
    values = entry.get(key, [])
    if not isinstance(values, list):
        raise PolicyProblem(key, "not_a_list", values)
    return frozenset(code_of(value, kind, key) for value in values)


def _numbers(entry: Mapping[str, Any], kind: Callable[[str], C], key: str) -> dict[C, int]:
    values = _plain(entry)
    return {code_of(name, kind, key): whole_of(values, name) for name in values}


def _cap(entry: Mapping[str, Any]) -> Cap:
    return Cap(
        category=code_of(entry.get("category"), Category, "caps.category"),
        amount=whole_of(entry, "amount"),
        unit=_text(entry, "unit"),
        hardship_classes=codes_of(entry, "hardship_classes", HardshipClass),
        funds=codes_of(entry, "funds", FundSource),
        article=str(entry.get("article", "")),
    )


def _fund_rule(entry: Mapping[str, Any]) -> FundRule:
    return FundRule(
        fund=code_of(entry.get("fund"), FundSource, "funds.fund"),
        file_levels=codes_of(entry, "file_levels", FileLevel),
        real_name=_flag(entry, "real_name"),
        channels=codes_of(entry, "channels", PayoutChannel),
        uses=codes_of(entry, "uses", Category),
        member=_flag(entry, "member"),
        migrant_relation=_flag(entry, "migrant_relation"),
        institution_first=_flag(entry, "institution_first"),
        article=str(entry.get("article", "")),
    )


def _entitlements(entries: list[Mapping[str, Any]]) -> dict[Category, tuple[Entitlement, ...]]:
    """By category, in the order of the checklist; a place without an entry looks at none."""
    found: dict[Category, tuple[Entitlement, ...]] = {}
    for name in _plain(entries[-1]) if entries else ():
        codes = codes_of(entries[-1], name, Entitlement)
        category = code_of(name, Category, "institution_first")
        found[category] = tuple(entitlement for entitlement in Entitlement if entitlement in codes)
    return found


def _response(entry: Mapping[str, Any]) -> tuple[ResponseLane, dict[str, int]]:
    clocks = {name: whole_of(entry, name) for name in _plain(entry) if name != "lane"}
    for name in clocks:
        stage, _, unit = name.partition("_")
        if stage not in STAGES.values() or unit not in UNITS:
            raise PolicyProblem(f"response.{name}", "unknown_code", name)
    return code_of(entry.get("lane"), ResponseLane, "response.lane"), clocks


def _office(entries: list[Mapping[str, Any]]) -> tuple[tuple[int, int], ...]:
    try:
        return office_hours(entries[-1].get("hours")) if entries else Calendar().hours
    except ValueError as error:
        raise PolicyProblem("office.hours", "unknown_code", entries[-1].get("hours")) from error


def _guarantees(entries: list[Mapping[str, Any]]) -> Guarantees:
    """The guarantees in force; a place without any has none."""
    if not entries:
        return Guarantees()
    entry = entries[-1]
    gaps = {key: _share(entry, key) if key in entry else None for key in ("county_gap", "class_gap")}
    urgency = whole_of(entry, "emergency_urgency") if "emergency_urgency" in entry else MOST_URGENT
    return Guarantees(**gaps, emergency_reserve=_share(entry, "emergency_reserve"), emergency_urgency=urgency)
