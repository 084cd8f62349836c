"""The offer form: text as typed on one side, `OfferInput` on the other; what cannot be read is said beside it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from matcher.domain.access import DONOR_ROLES, Actor
from matcher.domain.amounts import is_money
from matcher.domain.terms import (
    Category,
    DonorType,
    FundSource,
    Group,
    HandOverMode,
    PayoutChannel,
    SchoolStage,
)
from matcher.errors import FieldProblem, InvalidFields
from matcher.store.tables import Offer
from matcher.usecases.offer_input import GIFT_ONLY, OfferInput
from matcher.usecases.offer_sentence import Found

SEVERAL = ("regions", "eligible_groups", "school_stages")
SINGLE = (
    "text", "title", "category", "quantity", "unit", "per_case_min", "per_case_max", "cap_per_household_year",
    "valid_from", "valid_to", "shelf_life_until", "hand_over", "unit_value_fen", "intention", "age_min", "age_max",
    "route_from", "route_to", "fund_source", "requires_file", "payout", "excluded_cases", "donor_id",
)  # fmt: skip
FOLDED = (
    "per_case_min", "cap_per_household_year", "valid_from", "school_stages", "age_min", "age_max", "route_from",
    "route_to", "fund_source", "requires_file", "payout", "excluded_cases",
)  # fmt: skip
"""Fields under 更多条件; the fold stands open when one of them is filled or wrong."""
PRESET = {"unit": "份", "per_case_max": "1"}
"""What a blank form has in it before anybody wrote anything."""
UNITS = ("份", "件", "床", "台", "袋", "桶", "套", "箱", "张", "座", "人", "个名额", "小时", "元")
_DATE = re.compile(r"^(?:(\d{4})\s*[-./年]\s*)?(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:[（(].*[）)])?$")
_YUAN = re.compile(r"^\d{1,9}(?:\.\d{1,2})?$")
Codes = TypeVar("Codes", bound=StrEnum)


@dataclass
class OfferForm:
    """What stands in the fields, as text; `problems` are those of reading it."""

    values: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, list[str]] = field(default_factory=dict)
    problems: list[FieldProblem] = field(default_factory=list)
    read_out: set[str] = field(default_factory=set)

    @classmethod
    def blank(cls, actor: Actor, donor_type: DonorType | None, today: date) -> "OfferForm":
        fund = FundSource.UNION if donor_type is DonorType.UNION else FundSource.DONATION
        return cls({**PRESET, "valid_from": today.isoformat(), "fund_source": fund.value})

    @classmethod
    def typed(cls, form: "MultiDict[str, str]") -> "OfferForm":
        values = {name: unicodedata.normalize("NFC", form.get(name, "")) for name in SINGLE}
        return cls(values, {name: form.getlist(name) for name in SEVERAL})

    @classmethod
    def of(cls, offer: Offer, cases: Iterable[str] = ()) -> "OfferForm":
        values = {name: _text(getattr(offer, name, None)) for name in SINGLE}
        if offer.unit_value_fen is not None:
            values["unit_value_fen"] = f"{Decimal(offer.unit_value_fen) / 100:f}"
        values["requires_file"] = "yes" if offer.requires_file else ""
        values["excluded_cases"] = "、".join(cases)
        return cls(values, {name: list(getattr(offer, name)) for name in SEVERAL})

    def fill_from(self, found: Iterable[Found]) -> None:
        """Put what was read into fields that are blank, or stand as the blank form has them; `read_out` names them."""
        for part in found:
            if part.field in SEVERAL:
                if not self.chosen.get(part.field) or part.field in self.read_out:
                    self.chosen.setdefault(part.field, []).append(part.value)
                    self.read_out.add(part.field)
            elif self.values.get(part.field, "") in ("", PRESET.get(part.field)):
                self.values[part.field] = part.value
                self.read_out.add(part.field)
        if is_money(self.values.get("unit", "")) and "per_case_max" not in self.read_out:
            typed = self.values.get("per_case_max", "")
            self.values["per_case_max"] = "" if typed == PRESET["per_case_max"] else typed  # 1 yuan each is not meant

    def is_folded(self, errors: Iterable[str]) -> bool:
        """Whether 更多条件 may stay shut."""
        if set(errors) & set(FOLDED) or self.values.get("category") in (Category.TRV, Category.EDU):
            return False
        quiet = {"per_case_min": "1", "fund_source": FundSource.DONATION.value}
        asked = [n for n in FOLDED if n != "valid_from" and self.values.get(n, "") not in ("", quiet.get(n))]
        return not asked and not self.chosen.get("school_stages")

    def read(self, today: date) -> OfferInput:
        """The offer as told. Unreadable fields are None and stand in `problems`."""
        v = self.values
        self.problems.clear()
        return OfferInput(
            title=v["title"],
            text=v["text"],
            category=self._code("category", Category),
            regions=tuple(self.chosen["regions"]),
            quantity=self._whole("quantity"),
            unit=v["unit"],
            per_case_min=self._whole("per_case_min") or 1,
            per_case_max=self._whole("per_case_max"),
            cap_per_household_year=self._whole("cap_per_household_year"),
            valid_from=self._date("valid_from", today),
            valid_to=self._date("valid_to", today),
            shelf_life_until=self._date("shelf_life_until", today),
            fund_source=self._code("fund_source", FundSource) or FundSource.DONATION,
            requires_file=v["requires_file"] == "yes",
            payout=self._code("payout", PayoutChannel) if is_money(v["unit"]) else None,
            hand_over=self._code("hand_over", HandOverMode),
            eligible_groups=self._codes("eligible_groups", Group),
            school_stages=self._codes("school_stages", SchoolStage),
            age_min=self._whole("age_min", zero=True),
            age_max=self._whole("age_max", zero=True),
            route_from=v["route_from"] or None,
            route_to=v["route_to"] or None,
            intention=v["intention"],
            unit_value_fen=self._fen("unit_value_fen"),
            excluded_cases=tuple(filter(None, re.split(r"[\s,;，；、]+", v["excluded_cases"]))),
        )

    def with_unread(self, error: InvalidFields) -> InvalidFields:
        """What could not be read together with what else is wrong: one problem a field, in the form's order."""
        found = {p.field: p for p in (*error.problems, *self.problems)}
        order = {name: place for place, name in enumerate((*SINGLE[:8], *SEVERAL, *SINGLE[8:]))}
        return InvalidFields(sorted(found.values(), key=lambda p: order.get(p.field, 99)))

    def _wrong(self, name: str, code: str) -> None:
        self.problems.append(FieldProblem(name, code))

    def _plain(self, name: str) -> str:
        return unicodedata.normalize("NFKC", self.values.get(name, "")).strip()

    def _whole(self, name: str, *, zero: bool = False) -> int | None:
        text = self._plain(name).replace(",", "").replace(" ", "")
        if not text:
            return None
        if not re.fullmatch(r"\d{1,12}", text) or (int(text) == 0 and not zero):
            self._wrong(name, "age_range" if zero else "not_whole")
            return None
        return int(text)

    def _fen(self, name: str) -> int | None:
        text = self._plain(name).replace(",", "").removesuffix("元").strip()
        if not text:
            return None
        if not _YUAN.match(text):
            self._wrong(name, "not_money_pattern")
            return None
        return int(Decimal(text) * 100)

    def _date(self, name: str, today: date) -> date | None:
        text = self._plain(name)
        if not text:
            return None
        try:
            return read_date(text, today)
        except ValueError:
            self._wrong(name, "not_a_date")
            return None

    def _code(self, name: str, codes: type[Codes]) -> Codes | None:
        text = self._plain(name)
        if not text:
            return None
        if text not in set(codes):
            self._wrong(name, "unknown_choice")
            return None
        return codes(text)

    def _codes(self, name: str, codes: type[Codes]) -> tuple[Codes, ...]:
        known = [code for code in self.chosen[name] if code in set(codes)]
        if len(known) < len(self.chosen[name]):
            self._wrong(name, "unknown_choice")
        return tuple(codes(code) for code in known)


def read_date(text: str, today: date) -> date:
    """2019-01-20, 2019年1月20日（周日）, 1月20日: a day without a year is the next one. Raises ValueError."""
    found = _DATE.match(text)
    if not found:
        raise ValueError(text)
    year, month, day_ = (int(part) if part else None for part in found.groups())
    assert month and day_
    if year:
        return date(year, month, day_)
    this = date(today.year, month, day_)
    return this if this >= today else date(today.year + 1, month, day_)


def funds_for(donor_type: DonorType | None) -> tuple[FundSource, ...]:
    """Fund sources a donor of this kind may name."""
    if donor_type in GIFT_ONLY:
        return (FundSource.DONATION,)
    if donor_type is DonorType.UNION:
        return tuple(fund for fund in FundSource if fund is not FundSource.DONATION)
    return tuple(FundSource)


def may_name_families(actor: Actor) -> bool:
    """Interested families are named by case code, by union staff only (H11)."""
    return actor.role not in DONOR_ROLES


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case StrEnum():
            return value.value
        case date():
            return value.isoformat()
        case _:
            return str(value)
