"""What the rules and the engine know of a need and of an offer.

One row is a `NeedFacts` or `OfferFacts`; many rows travel as `NeedColumns` / `OfferColumns` (one list per
fact), so that files and the database hand over columns and never one object per row.

`None` always means *unknown*, never yes. Whoever makes facts decides what a blank means at that door
(file contract: no consent column = all donor types; database: no consent recorded = none).
Dates are business dates in Asia/Shanghai. Quantities are whole numbers of `unit`; money is whole 元.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Self

from matcher.domain.network_terms import Entitlement
from matcher.domain.terms import (
    Category,
    DonorType,
    FileLevel,
    FundSource,
    Group,
    HardshipClass,
    PayoutChannel,
    SchoolStage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFacts:
    need_id: str
    household_id: str  # a need without one is a household of its own
    text: str  # screened: names and numbers already masked
    category: Category | None = None  # None: not given, compared with every category
    region: str | None = None  # GB/T 2260 code, six digits, any level
    quantity: int | None = None  # None: amount unknown, one unit wanted
    unit: str | None = None
    urgency: int | None = None  # 1–5, 5 most urgent
    created_on: date | None = None
    deadline: date | None = None
    on_file: bool | None = None
    file_level: FileLevel | None = None
    hardship_class: HardshipClass | None = None
    groups: frozenset[Group] = frozenset()
    member: bool | None = None
    real_name: bool | None = None
    payout: PayoutChannel | None = None
    divisible: bool | None = None
    self_paid_left: int | None = None  # 元, H7
    helped_this_year: int | None = None  # 元 or units already received in this category, H6/H16
    covered: int | None = None  # of it, what this very need was promised already (its quantity is the rest)
    consent: frozenset[DonorType] = frozenset()  # donor types the need may be shown to, H19
    stopped: bool | None = None
    excluded: bool | None = None
    relation_months: int | None = None
    union_unit: str | None = None
    projects_this_year: int | None = None
    entitlements_due: frozenset[Entitlement] = frozenset()  # of the state: known to be due, not applied for, R42
    age: int | None = None
    school_stage: SchoolStage | None = None
    route_from: str | None = None
    route_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferFacts:
    offer_id: str
    text: str
    donor: str | None = None
    donor_type: DonorType | None = None
    category: Category | None = None
    regions: tuple[str, ...] = ()  # empty: anywhere
    quantity: int | None = None  # what is left; None: unlimited, but at most one per need
    unit: str | None = None
    per_case_min: int | None = None
    per_case_max: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    fund_source: FundSource | None = None
    requires_file: bool | None = None  # the donor wants a file to stand first
    eligible_groups: frozenset[Group] = frozenset()  # empty: everybody
    excluded_households: frozenset[str] = frozenset()
    payout: PayoutChannel | None = None
    vetted: bool | None = None
    cap_per_household_year: int | None = None
    issuing_union: str | None = None
    school_stages: frozenset[SchoolStage] = frozenset()
    age_min: int | None = None
    age_max: int | None = None
    route_from: str | None = None
    route_to: str | None = None
    shelf_life_until: date | None = None


@dataclass(slots=True)
class Columns:
    """Base of both tables: one list per fact, all of the same length."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def ordered(self) -> Self:
        """The same rows ordered by id, so that nothing later depends on the order of a file."""
        ids: list[str] = getattr(self, fields(self)[0].name)
        return self.chosen(sorted(range(len(ids)), key=ids.__getitem__))

    def chosen(self, rows: Sequence[int]) -> Self:
        """These rows, in this order."""
        return type(self)(**{f.name: [getattr(self, f.name)[i] for i in rows] for f in fields(self)})

    def _values(self, i: int) -> dict[str, Any]:
        return {f.name: getattr(self, f.name)[i] for f in fields(self)}

    @classmethod
    def _lists(cls, rows: list[Any]) -> dict[str, list[Any]]:
        return {f.name: [getattr(row, f.name) for row in rows] for f in fields(cls)}


@dataclass(slots=True, kw_only=True)
class NeedColumns(Columns):
    """Needs as columns; same names and meanings as `NeedFacts`."""

    need_id: list[str] = field(default_factory=list)
    household_id: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    category: list[Category | None] = field(default_factory=list)
    region: list[str | None] = field(default_factory=list)
    quantity: list[int | None] = field(default_factory=list)
    unit: list[str | None] = field(default_factory=list)
    urgency: list[int | None] = field(default_factory=list)
    created_on: list[date | None] = field(default_factory=list)
    deadline: list[date | None] = field(default_factory=list)
    on_file: list[bool | None] = field(default_factory=list)
    file_level: list[FileLevel | None] = field(default_factory=list)
    hardship_class: list[HardshipClass | None] = field(default_factory=list)
    groups: list[frozenset[Group]] = field(default_factory=list)
    member: list[bool | None] = field(default_factory=list)
    real_name: list[bool | None] = field(default_factory=list)
    payout: list[PayoutChannel | None] = field(default_factory=list)
    divisible: list[bool | None] = field(default_factory=list)
    self_paid_left: list[int | None] = field(default_factory=list)
    helped_this_year: list[int | None] = field(default_factory=list)
    covered: list[int | None] = field(default_factory=list)
    consent: list[frozenset[DonorType]] = field(default_factory=list)
    stopped: list[bool | None] = field(default_factory=list)
    excluded: list[bool | None] = field(default_factory=list)
    relation_months: list[int | None] = field(default_factory=list)
    union_unit: list[str | None] = field(default_factory=list)
    projects_this_year: list[int | None] = field(default_factory=list)
    entitlements_due: list[frozenset[Entitlement]] = field(default_factory=list)
    age: list[int | None] = field(default_factory=list)
    school_stage: list[SchoolStage | None] = field(default_factory=list)
    route_from: list[str | None] = field(default_factory=list)
    route_to: list[str | None] = field(default_factory=list)

    def row(self, i: int) -> NeedFacts:
        return NeedFacts(**self._values(i))

    @classmethod
    def of(cls, rows: list[NeedFacts]) -> "NeedColumns":
        return cls(**cls._lists(rows))


@dataclass(slots=True, kw_only=True)
class OfferColumns(Columns):
    """Offers as columns; same names and meanings as `OfferFacts`."""

    offer_id: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    donor: list[str | None] = field(default_factory=list)
    donor_type: list[DonorType | None] = field(default_factory=list)
    category: list[Category | None] = field(default_factory=list)
    regions: list[tuple[str, ...]] = field(default_factory=list)
    quantity: list[int | None] = field(default_factory=list)
    unit: list[str | None] = field(default_factory=list)
    per_case_min: list[int | None] = field(default_factory=list)
    per_case_max: list[int | None] = field(default_factory=list)
    valid_from: list[date | None] = field(default_factory=list)
    valid_to: list[date | None] = field(default_factory=list)
    fund_source: list[FundSource | None] = field(default_factory=list)
    requires_file: list[bool | None] = field(default_factory=list)
    eligible_groups: list[frozenset[Group]] = field(default_factory=list)
    excluded_households: list[frozenset[str]] = field(default_factory=list)
    payout: list[PayoutChannel | None] = field(default_factory=list)
    vetted: list[bool | None] = field(default_factory=list)
    cap_per_household_year: list[int | None] = field(default_factory=list)
    issuing_union: list[str | None] = field(default_factory=list)
    school_stages: list[frozenset[SchoolStage]] = field(default_factory=list)
    age_min: list[int | None] = field(default_factory=list)
    age_max: list[int | None] = field(default_factory=list)
    route_from: list[str | None] = field(default_factory=list)
    route_to: list[str | None] = field(default_factory=list)
    shelf_life_until: list[date | None] = field(default_factory=list)

    def row(self, i: int) -> OfferFacts:
        return OfferFacts(**self._values(i))

    @classmethod
    def of(cls, rows: list[OfferFacts]) -> "OfferColumns":
        return cls(**cls._lists(rows))
