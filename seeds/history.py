"""A season that is over: what an earlier run proposed, people decided and families received, as invented records.

Without it a donor's page and the list of deliveries would be empty on the first day. Most was handed over weeks
ago; some was confirmed lately and still waits to be handed over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from matcher.domain.terms import (
    Category,
    DutyKind,
    FundSource,
    HandOverMode,
    NeedStatus,
    OfferStatus,
    PayoutChannel,
    ProposalStatus,
    ScorePart,
    Tier,
)
from seeds import reference
from seeds.donors import CHARITY_1, ENTERPRISE_1, DonorRecord
from seeds.needs import NeedRecord, fitting_kinds, make_need
from seeds.offers import OfferRecord
from seeds.people import Family
from seeds.wording import Dealer, scenario

RUN_DAYS_AGO = 40
MONEY_COUNTY = "JZ-410823"
"""Money needs a second person to approve it; the demo has one there."""
COUNTY_SHARES: Mapping[str, int] = {
    "JZ-410823": 44,
    "JZ-410825": 30,
    "JZ-410821": 24,
    "JZ-410802": 20,
    "JZ-410811": 16,
    "JZ-410882": 13,
    "JZ-410883": 9,
    "JZ-410822": 6,
    "JZ-410803": 4,
    "JZ-410804": 2,
    "JZ-SFQ": 2,
}
"""Where the past season's help went, by weight: much in some counties, next to nothing in others."""


@dataclass(frozen=True, slots=True)
class PastOffer:
    """What somebody gave last season: donor name or kind, and who of two thousand families it reached."""

    donor: str
    category: Category
    title: str
    text: str
    unit: str
    each: int
    households: int
    fund: FundSource = FundSource.DONATION
    value: int | None = None


def past_offers() -> tuple[PastOffer, ...]:
    """The rows of `scenarios/past.toml`; donors are names, or kinds where any donor of that kind will do."""
    known = {"enterprise-1": ENTERPRISE_1, "charity-1": CHARITY_1}
    return tuple(
        PastOffer(
            donor=known.get(row["donor"], row["donor"]),
            category=Category(row["category"]),
            title=row["title"],
            text=row["text"],
            unit=row["unit"],
            each=row["each"],
            households=row["households"],
            fund=FundSource(row.get("fund", "F5")),
            value=row.get("value"),
        )
        for row in scenario("past")["offers"]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PastHelp:
    """One proposal that was confirmed, and handed over if `delivered_on` is given."""

    family: int
    need: str
    tier: Tier
    duty: DutyKind
    offer: str
    county_code: str
    quantity: int
    unit: str
    is_money: bool
    score: int
    parts: Mapping[ScorePart, int]
    maxima: Mapping[ScorePart, int]
    waited_days: int
    confirmed_on: date
    delivered_on: date | None

    @property
    def status(self) -> ProposalStatus:
        return ProposalStatus.DELIVERED if self.delivered_on else ProposalStatus.CONFIRMED


@dataclass(frozen=True, slots=True, kw_only=True)
class PastSeason:
    ran_on: date
    needs: list[NeedRecord]
    offers: list[OfferRecord]
    helps: list[PastHelp]


def make_past(
    families: Sequence[Family],
    donors: Sequence[DonorRecord],
    today: date,
    dealer: Dealer,
    *,
    first_need: int,
    first_offer: int,
) -> PastSeason:
    """Last season's needs, offers and helps; numbered on from `first_need` and `first_offer`."""
    rng = dealer.rng
    ran_on = today - timedelta(days=RUN_DAYS_AGO)
    needs: list[NeedRecord] = []
    offers: list[OfferRecord] = []
    helps: list[PastHelp] = []
    free = {f.number: f for f in families if f.consent and not f.is_stopped and f.registered_on < ran_on}
    maxima = reference.policy(today).weights
    for past in past_offers():
        donor = _donor(past.donor, donors, rng)
        reached = _reached(past, donor, list(free.values()), round(past.households * len(families) / 2_000) or 1, rng)
        offer = _offer(f"O{first_offer + len(offers):06d}", past, donor, today, ran_on)
        for family in reached:
            del free[family.number]
            need = _need(first_need + len(needs), past, family, ran_on, dealer)
            help_ = _help(family, need, offer.code, past, today, ran_on, maxima, rng)
            need.status = NeedStatus.MET if help_.delivered_on else NeedStatus.PROMISED
            needs.append(need)
            helps.append(help_)
        if reached:
            offer.quantity = _rounded_up(sum(h.quantity for h in helps if h.offer == offer.code), past)
            offers.append(offer)
    return PastSeason(ran_on=ran_on, needs=needs, offers=offers, helps=helps)


def _donor(wanted: str, donors: Sequence[DonorRecord], rng: Random) -> DonorRecord:
    home = MONEY_COUNTY if wanted == "union" else None
    found = [d for d in donors if d.name == wanted] or [d for d in donors if d.kind == wanted and d.county_code == home]
    return rng.choice(found or list(donors))


def _reached(past: PastOffer, donor: DonorRecord, free: list[Family], count: int, rng: Random) -> list[Family]:
    if past.unit == "元":
        free = [f for f in free if f.county_code == MONEY_COUNTY]
    able = [f for f in free if donor.donor_type in f.consent and _kind_tags(past, f) and _may_have(past, f)]
    by_county: dict[str, list[Family]] = {}
    for family in able:
        by_county.setdefault(family.county_code, []).append(family)
    wanted = sum(share for code, share in COUNTY_SHARES.items() if past.unit != "元" or code == MONEY_COUNTY)
    chosen: list[Family] = []
    for code, share in COUNTY_SHARES.items():
        here = by_county.get(code, [])
        chosen += rng.sample(here, min(len(here), round(count * share / wanted)))
    return chosen


def _rounded_up(used: int, past: PastOffer) -> int:
    """What was given: a round number somewhat above what was used."""
    step = 10 * past.each if used >= 10 * past.each else past.each
    return -(-used // step) * step + step


def _kind_tags(past: PastOffer, family: Family) -> bool:
    return any(kind["unit"] == past.unit for kind in fitting_kinds(past.category, family.tags))


def _may_have(past: PastOffer, family: Family) -> bool:
    return past.unit != "元" or (family.is_real_name is True and family.payout is PayoutChannel.BANK_CARD)


def _need(number: int, past: PastOffer, family: Family, ran_on: date, dealer: Dealer) -> NeedRecord:
    while True:
        need = make_need(number, family, past.category, ran_on, dealer)
        if need.unit == past.unit:
            break
    need.quantity = past.each
    need.deadline = None
    return need


def _help(
    family: Family,
    need: NeedRecord,
    offer: str,
    past: PastOffer,
    today: date,
    ran_on: date,
    maxima: Mapping[ScorePart, int],
    rng: Random,
) -> PastHelp:
    parts = {part: round(most * rng.uniform(0.45, 0.98)) for part, most in maxima.items()}
    waiting = rng.random() < 0.12
    confirmed = today - timedelta(days=rng.randint(1, 9)) if waiting else ran_on + timedelta(days=rng.randint(0, 8))
    delivered = None if waiting else min(today - timedelta(days=1), confirmed + timedelta(days=rng.randint(1, 16)))
    return PastHelp(
        family=family.number,
        need=need.code,
        tier=need.tier,
        duty=need.duty,
        offer=offer,
        county_code=family.county_code,
        quantity=past.each,
        unit=past.unit,
        is_money=past.unit == "元",
        score=sum(parts.values()),
        parts=parts,
        maxima=maxima,
        waited_days=(ran_on - need.created_on).days,
        confirmed_on=confirmed,
        delivered_on=delivered,
    )


def _offer(code: str, past: PastOffer, donor: DonorRecord, today: date, ran_on: date) -> OfferRecord:
    money = past.unit == "元"
    return OfferRecord(
        code=code,
        donor=donor.code,
        unit_code=donor.unit_code,
        title=past.title,
        text=past.text,
        category=past.category,
        regions=(),
        quantity=1,
        unit=past.unit,
        per_case_min=1,
        per_case_max=past.each,
        cap_per_household_year=None,
        valid_from=ran_on - timedelta(days=15),
        valid_to=today + timedelta(days=20),
        shelf_life_until=today + timedelta(days=120) if past.category is Category.FOO else None,
        fund_source=past.fund,
        payout=PayoutChannel.BANK_CARD if money else None,
        hand_over=None if money else HandOverMode.DELIVERED,
        eligible_groups=frozenset(),
        school_stages=frozenset(),
        age_min=None,
        age_max=None,
        route_from=None,
        route_to=None,
        issuing_unit=None,
        intention="",
        unit_value_fen=past.value * 100 if past.value else None,
        status=OfferStatus.OPEN,
    )
