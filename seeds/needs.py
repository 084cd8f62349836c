"""What invented families need, in their own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from matcher.domain.terms import Category, DutyKind, FileStatus, NeedStatus, SchoolStage, Tier
from seeds import reference
from seeds.people import Family
from seeds.wording import Dealer, Line, counted, fill, fits, money, scenario

PATTERNS = (
    *("SW", "OSW", "CSW", "SCW", "OCSW", "SWE", "S", "WS", "WCS", "OCS", "STW", "CSTW", "OSTW", "TSW", "SCE"),
    *("SS", "SE", "CWS", "SSW", "OSWE", "CSE", "OSE", "OCW", "SWT", "WSE", "CS", "SCTW", "WOS"),
)
"""Shapes of a text: Opener, Cause, Situation, Tried, Wish, End."""

WANTS: Mapping[str, Mapping[str, int]] = {
    "illness": {"MED": 42, "LIV": 14, "FOO": 7, "AID": 10, "CAR": 9, "PSY": 4, "POL": 4, "EDU": 6, "WIN": 4, "HOU": 2},
    "schooling": {"EDU": 62, "LIV": 10, "AID": 5, "WIN": 7, "FOO": 6, "JOB": 4, "PSY": 3, "POL": 2, "CUL": 2},
    "laidoff": {"JOB": 24, "TRN": 16, "LIV": 20, "FOO": 10, "ARR": 6, "LAW": 6, "POL": 8, "PSY": 4, "EDU": 4, "WIN": 4},
    "injury": {"LAW": 20, "LIV": 18, "AID": 14, "PSY": 10, "JOB": 8, "POL": 8, "FOO": 8, "HOU": 4, "TRN": 6},
    "widow": {"PSY": 20, "LIV": 18, "EDU": 16, "FOO": 12, "WIN": 8, "HOU": 5, "LAW": 5, "CUL": 4, "POL": 5},
    "migrant": {"ARR": 22, "TRV": 34, "LAW": 7, "WIN": 10, "CUL": 5, "MUT": 6, "HEA": 4, "TRN": 5, "LIV": 4, "JOB": 4},
    "elders": {"FOO": 26, "WIN": 16, "HOU": 14, "AID": 12, "HEA": 10, "CAR": 6, "POL": 8, "EDU": 6, "CUL": 4, "LIV": 6},
    "outdoor": {"STA": 26, "WEL": 8, "CUL": 8, "HEA": 14, "MUT": 16, "CAR": 6, "TRN": 6, "WIN": 12, "ARR": 3},
    "young": {"CAR": 24, "CUL": 16, "TRN": 16, "MUT": 14, "HEA": 8, "WEL": 18, "PSY": 6},
    "disaster": {"HOU": 40, "WIN": 22, "LIV": 20, "FOO": 10, "POL": 4, "PSY": 4},
}
"""What families of a persona ask for, by weight."""

URGENCY = {Category.MED: 4, Category.LIV: 4, Category.ARR: 4, Category.HOU: 3, Category.CUL: 2, Category.WEL: 2}
RIGHTS = frozenset({Category.ARR, Category.LAW})
EXPENSIVE = {"MED": 16_000, "LIV": 4_000, "EDU": 8_000}


@dataclass(slots=True, kw_only=True)
class NeedRecord:
    """One need as the store keeps it; `family` is the family's number."""

    code: str
    family: int
    unit_code: str
    division: str
    category: Category
    kind: str
    tier: Tier
    duty: DutyKind
    title: str
    text: str
    quantity: int
    unit: str
    is_divisible: bool
    urgency: int
    created_on: date
    deadline: date | None
    status: NeedStatus = NeedStatus.OPEN
    self_paid_left: int | None = None
    age: int | None = None
    school_stage: SchoolStage | None = None
    route_from: str | None = None
    route_to: str | None = None


@cache
def kinds_of(category: Category) -> tuple[Mapping[str, Any], ...]:
    return tuple(scenario(f"categories/{category.value}")["kinds"])


def fitting_kinds(category: Category, tags: frozenset[str]) -> list[Mapping[str, Any]]:
    return [kind for kind in kinds_of(category) if fits(_asked(kind), tags)]


def _asked(kind: Mapping[str, Any]) -> list[str]:
    return [part for condition in kind.get("needs_tags", ()) for part in condition.split()]


def choose_category(family: Family, rng: Random, taken: frozenset[Category] = frozenset()) -> Category:
    """A category this family may need, by its persona, without those already taken."""
    wants = {
        code: weight
        for code, weight in WANTS[family.persona].items()
        if Category(code) not in taken and fitting_kinds(Category(code), family.tags)
    }
    return Category(rng.choices(list(wants), list(wants.values()))[0])


def make_need(number: int, family: Family, category: Category, today: date, dealer: Dealer) -> NeedRecord:
    """A need of this category: amount, dates, title and text."""
    rng = dealer.rng
    kinds = fitting_kinds(category, family.tags)
    kind = rng.choices(kinds, [k.get("weight", 1) for k in kinds])[0]
    quantity = _quantity(kind, rng)
    words = family.words | {"Q": _said(category, quantity, kind["unit"], rng), "节": before_festival(today)}
    title, text = compose(kind, family, words, dealer)
    created = max(family.registered_on, today - timedelta(days=int(rng.triangular(1, 75, 12))))
    return NeedRecord(
        code=f"N{number:06d}",
        family=family.number,
        unit_code=family.unit_code,
        division=family.division,
        category=category,
        kind=kind.get("name", category.value),
        tier=_tier(category, family),
        duty=DutyKind.RIGHTS if category in RIGHTS else DutyKind.SERVICE,
        title=title,
        text=text,
        quantity=quantity,
        unit=kind["unit"],
        is_divisible=kind["unit"] == "元" or quantity > 1,
        urgency=min(5, max(1, URGENCY.get(category, 3) + rng.choice((-1, 0, 0, 0, 1)))),
        created_on=created,
        deadline=_deadline(today, rng),
        self_paid_left=_self_paid(category, quantity, rng),
        age=_age(category, family),
        school_stage=family.kin.stage if category is Category.EDU else None,
        route_from="焦作" if category is Category.TRV else None,
        route_to=family.kin.home if category is Category.TRV else None,
    )


def _age(category: Category, family: Family) -> int | None:
    """Of the pupil, of the patient when it is known who that is, else of the head of the family."""
    of_child = category is Category.EDU or (category is Category.MED and family.kin.ill == "child")
    if of_child:
        return family.kin.child
    return None if category is Category.MED and family.kin.ill != "self" else family.kin.age


def before_festival(today: date) -> str:
    """How people name the next big festival from where they stand in the year."""
    spring = reference.spring_festival(today.year)
    if (spring and today <= spring) or today.month >= 10:
        return "年前"
    return "端午前" if today.month <= 5 else "中秋前" if today.month <= 9 else "年前"


def compose(
    kind: Mapping[str, Any], family: Family, words: Mapping[str, str | tuple[str, ...]], dealer: Dealer
) -> tuple[str, str]:
    """Title and text, of one of many shapes; each sentence is dealt so that none is worn out."""
    common, rng = scenario("common"), dealer.rng
    sources = {
        "O": common["openers"],
        "C": common["causes"],
        "S": kind["situations"],
        "T": common["tried"],
        "W": kind["wishes"],
        "E": common["closers"],
    }
    chosen: list[Line] = []
    for part in rng.choice(PATTERNS):
        line = dealer.deal(sources[part], family.tags, but=chosen)
        if line is not None:
            chosen.append(line)
    brought = [line.title for line in chosen if line.title]
    general = dealer.deal(kind["titles"], family.tags)
    title = brought[0] if brought else general.text if general else chosen[0].text[:8]
    return fill(title, words, rng), _in_a_voice("".join(fill(line.text, words, rng) for line in chosen), rng)


def _in_a_voice(text: str, rng: Random) -> str:
    """Small habits of writing: run-on sentences, a missing full stop, the local 俺."""
    style = rng.randrange(10)
    if style == 0:
        text = text.replace("我", "俺")
    elif style == 1:
        text = text[:-1].replace("。", "，") + text[-1]
    elif style == 2:
        text = text.rstrip("。")
    elif style == 3:
        text = text.replace("。", "；", 1) if text.count("。") > 1 else text
    return text


def _quantity(kind: Mapping[str, Any], rng: Random) -> int:
    span, _, step = kind["amounts"].partition("/")
    low, _, high = span.partition("-")
    if not high:
        return int(low)
    size = int(step or 1)
    return int(rng.triangular(int(low), int(high), int(low) + (int(high) - int(low)) * 0.3)) // size * size or int(low)


def _said(category: Category, quantity: int, unit: str, rng: Random) -> str:
    if unit == "元":
        return money(quantity, rng)
    measure = {"人次": "个" if category is Category.HEA else "次", "床位": "个床位", "小时": "个小时"}.get(unit, unit)
    return f"{counted(quantity, rng)}{measure}"


def _tier(category: Category, family: Family) -> Tier:
    tiers = reference.categories()[category].tiers
    if family.file_status is FileStatus.ACTIVE or tiers[0] is not Tier.T1:
        return tiers[0]
    return tiers[-1]


def _deadline(today: date, rng: Random) -> date | None:
    roll = rng.random()
    if roll < 0.22:
        return None
    return today + timedelta(days=rng.randint(3, 12) if roll < 0.45 else rng.randint(13, 75))


def _self_paid(category: Category, quantity: int, rng: Random) -> int | None:
    """Self-paid bills left: usually more than asked for, sometimes the papers are missing."""
    if category is not Category.MED or rng.random() < 0.12:
        return None
    return int(quantity * rng.uniform(0.7, 2.2)) // 100 * 100
