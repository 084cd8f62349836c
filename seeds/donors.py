"""Invented organisations that give: firms, foundations, institutions, and the unions of the network."""

from dataclasses import dataclass
from random import Random

from matcher.domain.terms import DonorStatus, DonorType, UnitLevel
from seeds import reference
from seeds.wording import scenario

ENTERPRISE_1 = "禾暖粮油"
CHARITY_1 = "暖坡公益基金会"
GRASSROOTS_DONORS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorRecord:
    """One organisation; `kind` says what sort of offers it makes, `unit_code` who looks after it."""

    code: str
    name: str
    donor_type: DonorType
    kind: str
    unit_code: str
    county_code: str | None  # union code of the county it works in, None: the whole city
    division: str
    status: DonorStatus


def make_donors(count: int, rng: Random) -> list[DonorRecord]:
    """The union network's own donors first, then invented organisations, `count` at most."""
    donors = _of_the_network() + _invented(rng)
    return donors[:count]


def _of_the_network() -> list[DonorRecord]:
    units = reference.network()
    tops = [u for u in units if u.level in (UnitLevel.CITY, UnitLevel.COUNTY)]
    givers = [(u, "union", DonorType.UNION, u.name) for u in tops]
    givers += [(u, "treasury", DonorType.PUBLIC, f"{u.short_name}困难职工帮扶中心") for u in tops]
    trades = [u for u in units if u.level is UnitLevel.GRASSROOTS and u.sector and u.code.count("-") == 2]
    counties = [u.code for u in tops if u.level is UnitLevel.COUNTY]
    chosen = sorted(
        (u for u in trades if u.parent_code in counties),
        key=lambda u: (sum(v.parent_code == u.parent_code and v.code < u.code for v in trades), u.code),
    )
    givers += [(u, "grassroots", DonorType.UNION, u.name) for u in chosen[:GRASSROOTS_DONORS]]
    return [
        DonorRecord(
            code=f"D{number:05d}",
            name=name,
            donor_type=donor_type,
            kind=kind,
            unit_code=unit.code,
            county_code=None if unit.level is UnitLevel.CITY else _county(unit),
            division=unit.division_code,
            status=DonorStatus.VETTED,
        )
        for number, (unit, kind, donor_type, name) in enumerate(givers, 1)
    ]


def _county(unit: reference.UnitRow) -> str:
    return unit.code if unit.level is UnitLevel.COUNTY else unit.parent_code or unit.code


def _invented(rng: Random) -> list[DonorRecord]:
    counties = [u for u in reference.network() if u.level is UnitLevel.COUNTY]
    named = [
        (name, kind, DonorType(listed["type"]))
        for kind, listed in scenario("donors").items()
        for name in listed["names"]
    ]
    named.sort(key=lambda row: row[0] not in (ENTERPRISE_1, CHARITY_1))
    donors = []
    for number, (name, kind, donor_type) in enumerate(named, 1_001):
        county = rng.choice(counties)
        is_known = name in (ENTERPRISE_1, CHARITY_1)
        is_local = not is_known and donor_type is not DonorType.CHARITY and rng.random() < 0.55
        donors.append(
            DonorRecord(
                code=f"D{number:05d}",
                name=name,
                donor_type=donor_type,
                kind=kind,
                unit_code=county.code if is_local else "JZ",
                county_code=county.code if is_local else None,
                division=county.division_code,
                status=DonorStatus.PENDING if not is_known and rng.random() < 0.05 else DonorStatus.VETTED,
            )
        )
    return donors
