"""What organisations give, in the words institutions use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from matcher.domain.terms import (
    Category,
    DonorStatus,
    FundSource,
    Group,
    HandOverMode,
    OfferStatus,
    PayoutChannel,
    SchoolStage,
    UnitLevel,
)
from seeds import reference
from seeds.donors import CHARITY_1, DonorRecord
from seeds.kin import HOMES
from seeds.needs import NeedRecord, kinds_of
from seeds.wording import Dealer, fill, scenario

PLENTY: Mapping[Category, tuple[float, int]] = {
    Category.LIV: (0.55, 46),
    Category.EDU: (0.7, 60),
    Category.MED: (0.5, 44),
    Category.JOB: (1.6, 34),
    Category.TRN: (3.0, 24),
    Category.LAW: (2.0, 14),
    Category.ARR: (1.5, 10),
    Category.TRV: (2.0, 20),
    Category.HOU: (0.6, 16),
    Category.PSY: (2.5, 14),
    Category.FOO: (4.0, 30),
    Category.WIN: (1.6, 36),
    Category.AID: (0.7, 22),
    Category.MUT: (7.0, 10),
    Category.CAR: (0.65, 18),
    Category.STA: (7.0, 8),
    Category.CUL: (5.0, 12),
    Category.WEL: (4.0, 18),
    Category.HEA: (8.0, 12),
    Category.POL: (3.0, 10),
}
"""Of each category: how much is given for what is asked, and how many offers of every 458 there are.
Money, care, housing and aids are short; things that many can share are plenty."""

GROUP_WORDS = {group: row["zh"] for group, row in zip(Group, reference.rows("groups"), strict=True)}
GOODS = frozenset({Category.FOO, Category.WIN, Category.AID, Category.WEL})


@dataclass(slots=True, kw_only=True)
class OfferRecord:
    """One offer as the store keeps it; `donor` and `unit_code` are codes, `excluded` numbers of families."""

    code: str
    donor: str
    unit_code: str
    title: str
    text: str
    category: Category
    regions: tuple[str, ...]
    quantity: int
    unit: str
    per_case_min: int
    per_case_max: int
    cap_per_household_year: int | None
    valid_from: date
    valid_to: date
    shelf_life_until: date | None
    fund_source: FundSource
    payout: PayoutChannel | None
    hand_over: HandOverMode | None
    eligible_groups: frozenset[Group]
    school_stages: frozenset[SchoolStage]
    age_min: int | None
    age_max: int | None
    route_from: str | None
    route_to: str | None
    issuing_unit: str | None
    intention: str
    unit_value_fen: int | None
    status: OfferStatus
    excluded: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """One way to word an offer, from a line `title | text | fund key=value …` of a category's file."""

    title: str
    text: str
    category: Category
    kind: str
    unit: str
    fund: FundSource
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def givers(self) -> tuple[str, ...]:
        return tuple(self.options["by"].split(","))


def forms_of(category: Category) -> list[Form]:
    found = []
    for kind in kinds_of(category):
        for line in kind["offers"]:
            title, text, rest = (part.strip() for part in line.split("|"))
            fund, *pairs = rest.split()
            options = dict(pair.split("=") for pair in pairs)
            name = kind.get("name", category.value)
            found.append(Form(title, text, category, name, kind["unit"], FundSource(fund), options))
    return found


def make_offers(
    count: int, donors: Sequence[DonorRecord], needs: Sequence[NeedRecord], today: date, rng: Random
) -> list[OfferRecord]:
    """`count` offers over all categories; stock follows what the needs ask for, by the ratios of `SUPPLY`."""
    drafts: list[tuple[Form, DonorRecord]] = []
    busy: dict[str, int] = {}
    every = sum(share for _, share in PLENTY.values())
    for category, (_, share) in PLENTY.items():
        drafts += _drafts(category, max(1, round(count * share / every)), donors, busy, rng)
    while len(drafts) < count:
        drafts += _drafts(rng.choice(list(Category)), 1, donors, busy, rng)
    stock = _stock(drafts, needs, rng)
    tails = Dealer(rng)
    return [
        _offer(number, form, donor, quantity, today, tails)
        for number, ((form, donor), quantity) in enumerate(zip(drafts[:count], stock, strict=False), 1)
    ]


def _drafts(
    category: Category, count: int, donors: Sequence[DonorRecord], busy: dict[str, int], rng: Random
) -> list[tuple[Form, DonorRecord]]:
    """Forms of a category in turn, each with one of the least busy donors that make such offers."""
    forms = forms_of(category)
    rng.shuffle(forms)
    chosen = []
    for n in range(count):
        form = forms[n % len(forms)]
        givers = [donor for donor in donors if donor.kind in form.givers]
        if not givers:
            continue
        least = min(busy.get(donor.code, 0) for donor in givers)
        donor = rng.choice([donor for donor in givers if busy.get(donor.code, 0) == least])
        busy[donor.code] = least + 1
        chosen.append((form, donor))
    return chosen


def _stock(drafts: Sequence[tuple[Form, DonorRecord]], needs: Sequence[NeedRecord], rng: Random) -> list[int]:
    """What each offer has: the demand of its category and unit times the supply ratio, shared unevenly."""
    asked: dict[tuple[Category, str], int] = {}
    for need in needs:
        key = need.category, need.unit
        asked[key] = asked.get(key, 0) + need.quantity
    shares = [rng.uniform(0.5, 1.8) * _typical(form) for form, _ in drafts]
    total: dict[tuple[Category, str], float] = {}
    for (form, _), share in zip(drafts, shares, strict=True):
        total[form.category, form.unit] = total.get((form.category, form.unit), 0) + share
    stock = []
    for (form, _), share in zip(drafts, shares, strict=True):
        key = form.category, form.unit
        wanted = asked.get(key, 0) * PLENTY[form.category][0] * share / total[key]
        stock.append(_rounded(max(wanted, int(form.options["min"])), form))
    return stock


def _typical(form: Form) -> float:
    low, _, high = form.options["qty"].partition("/")[0].partition("-")
    return (int(low) + int(high)) / 2


def _rounded(amount: float, form: Form) -> int:
    step = 500 if form.unit == "元" else 5 if amount >= 25 else 1
    return max(int(form.options["min"]), step, round(amount / step) * step)


def _offer(number: int, form: Form, donor: DonorRecord, quantity: int, today: date, tails: Dealer) -> OfferRecord:
    rng = tails.rng
    regions = () if form.category is Category.TRV and donor.kind != "union" else _regions(donor, rng)
    groups = _groups(form, rng)
    start, end = _window(today, rng)
    most = min(int(form.options["max"]), quantity)
    money = form.unit == "元"
    route = rng.choice(HOMES)[:2] if "route" in form.options else None
    words: dict[str, str | tuple[str, ...]] = {
        "总量": tuple(f"{word}{quantity}{_measure(form.unit)}" for word in ("共", "总计", "", "首批", "限额")),
        "量": f"{quantity}{_measure(form.unit)}",
        "最高": f"{most}{_measure(form.unit)}",
        "区": _area_words(regions),
        "人群": "、".join(sorted(GROUP_WORDS[g] for g in groups)) or "困难职工家庭",
        "起": f"{start.month}月{start.day}日",
        "止": f"{end.month}月{end.day}日",
        "线路": f"焦作至{route}" if route else "",
    }
    text = fill(form.text.replace("，{量}", "，{总量}"), words, rng)
    if rng.random() < 0.65:
        sort = "money" if money else "goods" if form.category in GOODS else "service"
        tail = tails.deal(scenario("common")["tails"], frozenset({sort, "local"} if regions else {sort}))
        text += fill(tail.text, words, rng) if tail else ""
    low, _, high = form.options.get("age", "").partition("-")
    return OfferRecord(
        code=f"O{number:06d}",
        donor=donor.code,
        unit_code=donor.unit_code,
        title=form.title,
        text=text,
        category=form.category,
        regions=regions,
        quantity=quantity,
        unit=form.unit,
        per_case_min=min(int(form.options["min"]), most),
        per_case_max=most,
        cap_per_household_year=most * 2 if not money and rng.random() < 0.15 else None,
        valid_from=start,
        valid_to=end,
        shelf_life_until=_shelf_life(form, end, rng),
        fund_source=form.fund,
        payout=PayoutChannel.BANK_CARD if money else None,
        hand_over=None if money else _hand_over(form, rng),
        eligible_groups=groups,
        school_stages=frozenset(SchoolStage(s) for s in form.options.get("stages", "").split(",") if s),
        age_min=int(low) if low else None,
        age_max=int(high) if high else None,
        route_from="焦作" if route else None,
        route_to=route,
        issuing_unit=donor.unit_code if form.fund is FundSource.WELFARE else None,
        intention=_intention(form, donor, words, rng),
        unit_value_fen=int(form.options["value"]) * 100 if "value" in form.options else None,
        status=_status(donor, rng),
    )


def _regions(donor: DonorRecord, rng: Random) -> tuple[str, ...]:
    """The whole city, one county, or a few neighbours."""
    if donor.county_code is not None:
        return (donor.division,)
    divisions = sorted({u.division_code for u in reference.network() if u.level is UnitLevel.COUNTY})
    if rng.random() < 0.55:
        return ()
    return tuple(sorted(rng.sample(divisions, rng.choice((1, 2, 2, 3, 4)))))


def _groups(form: Form, rng: Random) -> frozenset[Group]:
    named = form.options.get("groups")
    if named:
        return frozenset(Group(code) for code in named.split(","))
    if form.fund in (FundSource.CENTRAL, FundSource.PROVINCIAL, FundSource.LOCAL) or rng.random() < 0.2:
        return frozenset({Group.HARDSHIP})
    return frozenset({Group.HARDSHIP, Group.SUBSISTENCE}) if rng.random() < 0.06 else frozenset()


def _window(today: date, rng: Random) -> tuple[date, date]:
    start = (
        today - timedelta(days=rng.randint(5, 60))
        if rng.random() < 0.92
        else today + timedelta(days=rng.randint(3, 20))
    )
    return start, max(start, today) + timedelta(days=rng.choice((4, 10, 21, 35, 60, 60, 90, 120)))


def _measure(unit: str) -> str:
    return {"床位": "个床位", "个岗位": "个岗位"}.get(unit, unit)


def _area_words(regions: tuple[str, ...]) -> str:
    return "、".join(reference.places().name(code) or code for code in regions) or "全市"


def _shelf_life(form: Form, end: date, rng: Random) -> date | None:
    low, _, high = form.options.get("shelf", "").partition("-")
    return end + timedelta(days=rng.randint(int(low), int(high))) if low else None


def _hand_over(form: Form, rng: Random) -> HandOverMode:
    if form.category not in GOODS:
        return HandOverMode.PICKED_UP
    return rng.choice((HandOverMode.DELIVERED, HandOverMode.DELIVERED, HandOverMode.COLLECTED))


def _intention(form: Form, donor: DonorRecord, words: Mapping[str, str | tuple[str, ...]], rng: Random) -> str:
    if form.fund is not FundSource.DONATION or rng.random() < 0.4:
        return ""
    return fill(
        rng.choice(
            ("给最需要的家庭", "优先老人和孩子", "希望用于{区}", "按工会意见安排", "优先重病家庭", "不必回访我单位")
        ),
        words,
        rng,
    )


def _status(donor: DonorRecord, rng: Random) -> OfferStatus:
    if donor.status is not DonorStatus.VETTED:
        return OfferStatus.PENDING
    if donor.name == CHARITY_1:
        return OfferStatus.OPEN
    return rng.choices((OfferStatus.OPEN, OfferStatus.PENDING, OfferStatus.WITHDRAWN), (95, 4, 1))[0]
