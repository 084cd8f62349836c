"""The whole invented world as plain records, the same for the same day, size and seed; and as columns."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from random import Random

from matcher.domain.facts import NeedColumns, NeedFacts, OfferColumns, OfferFacts
from matcher.domain.terms import (
    Category,
    DonorStatus,
    FileStatus,
    FundSource,
    HandOverMode,
    NeedStatus,
    OfferStatus,
    UnitLevel,
)
from seeds import reference
from seeds.donors import CHARITY_1, DonorRecord, make_donors
from seeds.history import PastSeason, make_past
from seeds.needs import NeedRecord, choose_category, make_need
from seeds.offers import OfferRecord, make_offers
from seeds.people import Family, make_family
from seeds.reference import UnitRow
from seeds.wording import Dealer, scenario

IN_NEED = 0.69
"""Share of families with at least one open need."""
WUZHI = "410823"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Families, what they need, who gives what, and what was given a season ago. `today` is what dates refer to."""

    today: date
    seed: int
    families: list[Family]
    needs: list[NeedRecord]
    donors: list[DonorRecord]
    offers: list[OfferRecord]
    past: PastSeason


def build_world(
    *, families: int = 2_000, today: date, seed: int = 20_181_203, organisations: int = 150, offers: int = 400
) -> World:
    """The invented world of a day.

    Raises ValueError for less than one family.
    """
    if families < 1:
        raise ValueError("at least one family")
    rng = Random(seed)
    people = _families(families, today, rng)
    dealer = Dealer(rng)
    needs = _needs(people, today, dealer)
    donors = make_donors(organisations, rng)
    given = make_offers(offers, donors, needs, today, rng)
    given = [_charity_offer(given, donors, needs, today), *given[1:]]
    past = make_past(people, donors, today, dealer, first_need=len(needs) + 1, first_offer=len(given) + 1)
    return World(
        today=today,
        seed=seed,
        families=people,
        needs=needs,
        donors=donors,
        offers=_interested_parties(given, people, rng),
        past=past,
    )


@cache
def _sectors_called() -> dict[str, str]:
    return {name: key for key, trade in scenario("sectors").items() for name in trade["called"]}


def _families(count: int, today: date, rng: Random) -> list[Family]:
    counties = {u.code: u for u in reference.network() if u.level is UnitLevel.COUNTY}
    facts = scenario("counties")
    below: dict[str, list[UnitRow]] = {code: [] for code in counties}
    for unit in reference.network():
        if unit.level is UnitLevel.GRASSROOTS and unit.parent_code in below:
            below[unit.parent_code].append(unit)
    drawn = rng.choices(list(facts), [facts[code]["share"] for code in facts], k=count)
    made = []
    for number, code in enumerate(drawn, 1):
        unit = _home_unit(below[code], rng)
        sector = _sectors_called()[unit.sector] if unit.sector else rng.choice(facts[code]["sectors"])
        made.append(make_family(number, counties[code], unit, sector, today, rng))
    return made


def _home_unit(units: list[UnitRow], rng: Random) -> UnitRow:
    return rng.choices(units, [3 if unit.sector else 2 for unit in units])[0]


def _needs(people: list[Family], today: date, dealer: Dealer) -> list[NeedRecord]:
    rng = dealer.rng
    needs: list[NeedRecord] = []
    for family in people:
        if rng.random() >= IN_NEED:
            continue
        taken: frozenset[Category] = frozenset()
        for _ in range(rng.choices((1, 2, 3), (70, 24, 6))[0]):
            category = choose_category(family, rng, taken)
            taken |= {category}
            needs.append(make_need(len(needs) + 1, family, category, today, dealer))
    for need in rng.sample(needs, len(needs) // 40):
        need.status = rng.choice((NeedStatus.WITHDRAWN, NeedStatus.NOT_WANTED))
    return needs


def _charity_offer(
    offers: list[OfferRecord], donors: list[DonorRecord], needs: list[NeedRecord], today: date
) -> OfferRecord:
    """The offer of `charity-1`: food parcels for 武陟 alone, enough for all who ask there, so that it is proposed."""
    donor = next((d for d in donors if d.name == CHARITY_1), donors[-1])
    asked = sum(n.quantity for n in needs if n.category is Category.FOO and n.division == WUZHI and n.unit == "份")
    stock = max(60, round(asked * 3 / 10) * 10)
    return replace(
        offers[0],
        donor=donor.code,
        unit_code=donor.unit_code,
        title="武陟暖冬粮油包",
        text=f"面向武陟县困难职工家庭捐赠粮油包：大米10公斤、面粉10公斤、食用油5升，共{stock}份，由县工会组织发放。",
        category=Category.FOO,
        regions=(WUZHI,),
        quantity=stock,
        unit="份",
        per_case_min=1,
        per_case_max=2,
        cap_per_household_year=2,
        valid_from=today - timedelta(days=9),
        valid_to=today + timedelta(days=75),
        shelf_life_until=today + timedelta(days=240),
        fund_source=FundSource.DONATION,
        payout=None,
        hand_over=HandOverMode.DELIVERED,
        eligible_groups=frozenset(),
        school_stages=frozenset(),
        age_min=None,
        age_max=None,
        route_from=None,
        route_to=None,
        issuing_unit=None,
        intention="优先老人和孩子多的家庭",
        unit_value_fen=16_800,
        status=OfferStatus.OPEN,
    )


def _interested_parties(offers: list[OfferRecord], people: list[Family], rng: Random) -> list[OfferRecord]:
    """A few offers name households of the donor's own people, who may not receive them (H11)."""
    return [
        replace(offer, excluded=tuple(sorted(f.number for f in rng.sample(people, min(2, len(people))))))
        if n and rng.random() < 0.05
        else offer
        for n, offer in enumerate(offers)
    ]


def to_columns(world: World) -> tuple[NeedColumns, OfferColumns]:
    """The open needs and open offers of a world as the engine reads them, without a database."""
    by_number = {family.number: family for family in world.families}
    donors = {donor.code: donor for donor in world.donors}
    needs = [_need_facts(need, by_number[need.family]) for need in world.needs if need.status is NeedStatus.OPEN]
    offers = [_offer_facts(o, donors[o.donor], by_number) for o in world.offers if o.status is OfferStatus.OPEN]
    return NeedColumns.of(needs), OfferColumns.of(offers)


def _need_facts(need: NeedRecord, family: Family) -> NeedFacts:
    return NeedFacts(
        need_id=need.code,
        household_id=family.case_code,
        text=need.text,
        category=need.category,
        region=need.division,
        quantity=need.quantity,
        unit=need.unit,
        urgency=need.urgency,
        created_on=need.created_on,
        deadline=need.deadline,
        on_file=family.file_status is FileStatus.ACTIVE,
        file_level=family.file_level,
        hardship_class=family.hardship_class,
        groups=family.groups,
        member=family.is_member,
        real_name=family.is_real_name,
        payout=family.payout,
        divisible=need.is_divisible,
        self_paid_left=need.self_paid_left,
        helped_this_year=0,
        consent=family.consent,
        stopped=family.is_stopped,
        excluded=family.is_excluded,
        relation_months=family.relation_months,
        union_unit=family.unit_code,
        projects_this_year=0,
        age=need.age,
        school_stage=need.school_stage,
        route_from=need.route_from,
        route_to=need.route_to,
    )


def _offer_facts(offer: OfferRecord, donor: DonorRecord, families: dict[int, Family]) -> OfferFacts:
    return OfferFacts(
        offer_id=offer.code,
        text=offer.text,
        donor=donor.name,
        donor_type=donor.donor_type,
        category=offer.category,
        regions=offer.regions,
        quantity=offer.quantity,
        unit=offer.unit,
        per_case_min=offer.per_case_min,
        per_case_max=offer.per_case_max,
        valid_from=offer.valid_from,
        valid_to=offer.valid_to,
        fund_source=offer.fund_source,
        requires_file=False,
        eligible_groups=offer.eligible_groups,
        excluded_households=frozenset(families[n].case_code for n in offer.excluded),
        payout=offer.payout,
        vetted=donor.status is DonorStatus.VETTED,
        cap_per_household_year=offer.cap_per_household_year,
        issuing_union=offer.issuing_unit,
        school_stages=offer.school_stages,
        age_min=offer.age_min,
        age_max=offer.age_max,
        route_from=offer.route_from,
        route_to=offer.route_to,
        shelf_life_until=offer.shelf_life_until,
    )
