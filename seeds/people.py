"""Invented families: who lives there, what befell them, what their papers say. Nobody here exists.

Identity numbers carry a wrong check digit on purpose, phones are of an unreachable block, bank cards fail
their check digit: none of them can be mistaken for a real person's.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from matcher.domain.terms import Cause, DonorType, FileLevel, FileStatus, Group, HardshipClass, PayoutChannel
from seeds.kin import Kin, kin_of
from seeds.reference import UnitRow
from seeds.wording import scenario

PERSONAS = {
    "illness": 25,
    "schooling": 14,
    "laidoff": 15,
    "injury": 6,
    "widow": 6,
    "migrant": 10,
    "elders": 10,
    "outdoor": 6,
    "young": 5,
    "disaster": 3,
}
"""What brought a family to the union, in a hundred."""

CAUSES = {
    "illness": Cause.ILLNESS,
    "schooling": Cause.SCHOOLING,
    "laidoff": Cause.LAID_OFF,
    "injury": Cause.WORK_INJURY,
    "migrant": Cause.OTHER,
    "elders": Cause.NO_ABILITY,
    "outdoor": Cause.UNINSURED,
    "young": Cause.OTHER,
}
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ALL_DONORS = tuple(DonorType)


@dataclass(slots=True, kw_only=True)
class Family:
    """One household with the head of its file, as the store keeps it, and what texts need to know."""

    number: int
    case_code: str
    unit_code: str
    county_code: str  # of the county union
    division: str
    township: str
    head_name: str
    id_card: str
    phone: str
    address: str
    diagnosis: str | None
    bank_card: str | None
    persona: str
    kin: Kin
    situation: str
    hardship_class: HardshipClass
    file_status: FileStatus
    file_level: FileLevel | None
    file_number: str | None
    approved_on: date | None
    causes: list[Cause]
    groups: frozenset[Group]
    consent: frozenset[DonorType]
    is_member: bool | None
    is_real_name: bool | None
    is_excluded: bool | None
    is_stopped: bool
    relation_months: int | None
    payout: PayoutChannel | None
    registered_on: date
    tags: frozenset[str]
    words: dict[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Papers:
    """What the file says, and where it is silent."""

    status: FileStatus
    level: FileLevel | None
    hardship_class: HardshipClass
    approved_on: date | None
    real_name: bool | None
    payout: PayoutChannel | None
    excluded: bool | None


def wrong_id_card(rng: Random, division: str, born: date, is_man: bool) -> str:
    """Eighteen characters with a check digit that is never the right one (GB 11643)."""
    serial = rng.randrange(10, 99) * 10 + rng.randrange(0, 5) * 2 + is_man
    body = f"{division}{born:%Y%m%d}{serial:03d}"
    right = sum(int(d) * w for d, w in zip(body, _ID_WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[(right + rng.randint(1, 10)) % 11]


def wrong_bank_card(number: int) -> str:
    """Nineteen digits that fail the Luhn check; the issuer part stands for no bank."""
    body = f"620000{number:012d}"
    total = sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(body))
    return body + str((10 - total % 10 + 1) % 10)


def draw(rng: Random, table: dict[str, int]) -> str:
    return rng.choices(list(table), list(table.values()))[0]


def make_family(number: int, county: UnitRow, unit: UnitRow, sector: str, today: date, rng: Random) -> Family:
    """One family that a county's union looks after; `number` is unique and makes phone, card and file numbers."""
    persona = draw(rng, PERSONAS)
    kin = kin_of(persona, sector, today, rng)
    registered = today - timedelta(days=rng.randint(100, 1_400))
    papers = _papers(persona, kin, registered, today, rng)
    groups = _groups(persona, kin, papers, rng)
    member = _member(persona, kin, unit, rng)
    names = scenario("names")
    born = _birthday(kin.age, today, rng)
    home = unit.township or county.township
    return Family(
        number=number,
        case_code=f"{county.short_name}-{number:04d}",
        unit_code=unit.code,
        county_code=county.code,
        division=county.division_code,
        township=home,
        head_name=rng.choice(names["surnames"]) + rng.choice(names["men" if kin.is_man else "women"]),
        id_card=wrong_id_card(rng, county.division_code, born, kin.is_man),
        phone=f"1990000{number % 10_000:04d}" if number < 10_000 else f"199000{number % 100_000:05d}",
        address=_address(home, rng),
        diagnosis=kin.illness,
        bank_card=wrong_bank_card(number) if papers.payout is PayoutChannel.BANK_CARD else None,
        persona=persona,
        kin=kin,
        situation=kin.situation(),
        hardship_class=papers.hardship_class,
        file_status=papers.status,
        file_level=papers.level,
        file_number=f"DEMO{number:07d}" if papers.status is FileStatus.ACTIVE else None,
        approved_on=papers.approved_on,
        causes=_causes(persona, kin, rng),
        groups=groups,
        consent=_consent(rng),
        is_member=member,
        is_real_name=papers.real_name,
        is_excluded=papers.excluded,
        is_stopped=rng.random() < 0.008,
        relation_months=_relation(persona, kin, rng),
        payout=papers.payout,
        registered_on=registered,
        tags=_tags(kin, papers, groups, member, sector),
        words=_words(kin, county, home, sector),
    )


def _birthday(age: int, today: date, rng: Random) -> date:
    """A birthday that makes someone exactly this old today."""
    month, day = rng.randint(1, 12), rng.randint(1, 28)
    return date(today.year - age - ((month, day) > (today.month, today.day)), month, day)


def _address(home: str, rng: Random) -> str:
    names = scenario("names")
    if home.endswith("街道"):
        road, house, door = rng.choice(names["streets"]), rng.randint(1, 28), rng.randint(1, 4)
        return f"{home}{road}路小区{house}号楼{door}单元{rng.randint(1, 6)}0{rng.randint(1, 3)}"
    return f"{home}{rng.choice(names['villages'])}村{rng.randint(1, 9)}组{rng.randint(1, 90)}号"


def _papers(persona: str, kin: Kin, registered: date, today: date, rng: Random) -> Papers:
    on_file = {"migrant": 0.42, "outdoor": 0.3, "young": 0.25}.get(persona, 0.86)
    roll = rng.random()
    if roll >= on_file:
        status = FileStatus.DRAFT if roll < on_file + 0.08 else FileStatus.NONE
        return Papers(status, None, HardshipClass.NONE, None, rng.choice((True, True, None)), _payout(rng, 0.6), None)
    approved = min(registered + timedelta(days=rng.randint(20, 75)), today - timedelta(days=5))
    level = rng.choices(tuple(FileLevel), (58, 20, 22))[0]
    return Papers(
        FileStatus.ACTIVE,
        level,
        _class(persona, kin, today, rng),
        approved,
        rng.choices((True, None, False), (91, 6, 3))[0],
        _payout(rng, 0.9),
        rng.choices((False, None, True), (94, 4, 2))[0],
    )


def _payout(rng: Random, known: float) -> PayoutChannel | None:
    if rng.random() > known:
        return None
    return rng.choices((PayoutChannel.BANK_CARD, PayoutChannel.PASSBOOK, PayoutChannel.CASH), (86, 11, 3))[0]


def _class(persona: str, kin: Kin, today: date, rng: Random) -> HardshipClass:
    """Classes of the scheme of the day: RS-2016 before 2020, RS-2020 since."""
    accident, deep, mild = (
        (HardshipClass.ACCIDENT, HardshipClass.SUBSISTENCE, HardshipClass.MARGINAL)
        if today.year < 2020
        else (HardshipClass.ACCIDENT, HardshipClass.DEEP, HardshipClass.RELATIVE)
    )
    if persona in ("disaster", "injury"):
        return rng.choices((accident, deep, mild), (60, 22, 18))[0]
    heavy = 0.55 if kin.illness or kin.bedridden else 0.3
    return rng.choices((deep, mild, accident), (heavy, 0.9 - heavy, 0.1))[0]


def _groups(persona: str, kin: Kin, papers: Papers, rng: Random) -> frozenset[Group]:
    heavy = papers.hardship_class in (HardshipClass.DEEP, HardshipClass.SUBSISTENCE)
    facts = {
        Group.HARDSHIP: papers.status is FileStatus.ACTIVE,
        Group.SUBSISTENCE: heavy and rng.random() < 0.7,
        Group.MIGRANT: persona == "migrant",
        Group.OUTDOOR: kin.is_outdoor,
        Group.FRONTLINE: kin.state == "working" and rng.random() < 0.25,
        Group.WORKER: kin.state in ("working", "laidoff"),
        Group.WOMAN: not kin.is_man,
        Group.YOUNG: kin.age <= 35,
        Group.CHILD: any(age <= 14 for age in kin.children),
        Group.STUDENT: kin.stage is not None,
        Group.ELDER: kin.elder is not None or kin.age >= 60,
        Group.DISABLED: "injured" in kin.tags or kin.bedridden,
        Group.BEREAVED: kin.died_on_duty,
        Group.MODEL: rng.random() < 0.012,
        Group.CRAFTSMAN: rng.random() < 0.006,
    }
    return frozenset(group for group, holds in facts.items() if holds)


def _member(persona: str, kin: Kin, unit: UnitRow, rng: Random) -> bool | None:
    odds = 0.97 if unit.sector else {"migrant": 0.55, "outdoor": 0.5}.get(persona, 0.82)
    return rng.choices((True, False, None), (odds, (1 - odds) * 0.6, (1 - odds) * 0.4))[0]


def _relation(persona: str, kin: Kin, rng: Random) -> int | None:
    if kin.state in ("retired",) or rng.random() < 0.12:
        return None
    return rng.randint(3, 60) if persona == "migrant" else rng.randint(14, max(15, (kin.age - 19) * 12))


def _consent(rng: Random) -> frozenset[DonorType]:
    roll = rng.random()
    if roll < 0.80:
        return frozenset(_ALL_DONORS)
    if roll < 0.93:
        return frozenset({DonorType.UNION, DonorType.PUBLIC, rng.choice((DonorType.CHARITY, DonorType.INSTITUTION))})
    return frozenset()


def _causes(persona: str, kin: Kin, rng: Random) -> list[Cause]:
    if persona == "widow":
        return [Cause.DIED_ON_DUTY if kin.died_on_duty else Cause.OTHER]
    if persona == "disaster":
        return [Cause.DISASTER if "disaster" in kin.tags else Cause.ACCIDENT]
    main = [CAUSES[persona]]
    if kin.illness and main[0] is not Cause.ILLNESS:
        main.append(Cause.ILLNESS)
    elif kin.stage in ("senior", "college") and main[0] is not Cause.SCHOOLING and rng.random() < 0.6:
        main.append(Cause.SCHOOLING)
    return main


def _tags(kin: Kin, papers: Papers, groups: frozenset[Group], member: bool | None, sector: str) -> frozenset[str]:
    facts = {
        "nofile": papers.status is FileStatus.NONE,
        "subsist": Group.SUBSISTENCE in groups,
        "member": member is True,
        sector: True,
    }
    return kin.tags | {tag for tag, holds in facts.items() if holds}


def _words(kin: Kin, county: UnitRow, home: str, sector: str) -> dict[str, str | tuple[str, ...]]:
    trade = scenario("sectors")[sector]
    return {
        **kin.words(),
        "单位": trade["at"],
        "停": tuple(trade["stops"]),
        "停短": ("厂子停产", "活停了", "进项断了", "家里没进项"),
        "县": county.short_name,
        "镇": home,
        "停外": ("在外打工", "去了南方", "常年跑车", "在外地厂里"),
        "数控或护理": ("数控", "护理", "汽修", "幼师", "电商", "烹饪"),
        "三十五或四十": ("三十五", "四十", "四十五"),
        "八九": ("八", "九"),
        "早晚": ("上午", "下午", "晚上", "中午"),
    }
