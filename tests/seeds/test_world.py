"""The invented world can be believed: it hangs together, repeats nothing too often and names nobody."""

import re
from collections import Counter
from dataclasses import asdict
from datetime import date, timedelta

import pytest

from matcher.domain import identity
from matcher.domain.screening import is_personal
from matcher.domain.terms import (
    Category,
    DonorType,
    FileStatus,
    FundSource,
    NeedStatus,
    OfferStatus,
    PayoutChannel,
    SchoolStage,
    UnitLevel,
)
from matcher.usecases.offer_input import OfferInput, offer_problems
from seeds import reference
from seeds.donors import CHARITY_1, ENTERPRISE_1
from seeds.world import World, build_world, to_columns
from tests.seeds.conftest import TODAY
from tests.seeds.skeletons import skeleton, worn_out

STAGE_AGES = {
    SchoolStage.KINDERGARTEN: range(3, 6),
    SchoolStage.PRIMARY: range(6, 12),
    SchoolStage.JUNIOR: range(12, 15),
    SchoolStage.SENIOR: range(15, 18),
    SchoolStage.VOCATIONAL: range(15, 18),
    SchoolStage.COLLEGE: range(18, 23),
}


def test_same_day_size_and_seed_give_the_same_world():
    first, second = (build_world(families=40, today=TODAY, seed=3, offers=60) for _ in range(2))
    assert asdict(first) == asdict(second)


def test_another_seed_gives_another_world():
    first, second = (build_world(families=40, today=TODAY, seed=seed, offers=60) for seed in (3, 4))
    assert [need.text for need in first.needs] != [need.text for need in second.needs]


@pytest.mark.parametrize("size", [1, 7, 60])
@pytest.mark.parametrize("today", [date(2020, 2, 29), date(2026, 7, 1), date(2026, 12, 31)])
def test_small_worlds_and_odd_days_work_too(size: int, today: date):
    world = build_world(families=size, today=today, offers=50)
    needs, offers = to_columns(world)
    assert len(world.families) == size
    assert len(offers) > 0 and len(needs) <= len(world.needs)


def test_a_world_without_families_is_refused():
    with pytest.raises(ValueError, match="family"):
        build_world(families=0, today=TODAY)


def test_the_full_world_has_its_size(world: World):
    in_need = {need.family for need in world.needs if need.status is NeedStatus.OPEN}
    assert (len(world.families), len(world.donors), len(world.offers)) == (2_000, 150, 400)
    assert 1_300 <= len(in_need) <= 1_450
    assert {need.category for need in world.needs} == set(Category) == {offer.category for offer in world.offers}


def test_no_sentence_is_said_more_than_three_times_in_a_hundred(world: World):
    for texts in ([need.text for need in world.needs], [offer.text for offer in world.offers]):
        sentence, times = worn_out(texts).most_common(1)[0]
        assert times <= 3 * len(texts) / 100, sentence


def test_hardly_two_texts_are_built_alike(world: World):
    whole = Counter(skeleton(need.text) for need in world.needs)
    assert whole.most_common(1)[0][1] <= 0.003 * len(world.needs)
    assert len(whole) > 0.97 * len(world.needs)


def test_no_sentence_is_worn_out_in_a_county(world: World):
    for county in (unit for unit in reference.network() if unit.level is UnitLevel.COUNTY):
        texts = [need.text for need in world.needs if need.unit_code.startswith(county.code)]
        sentence, times = worn_out(texts).most_common(1)[0]
        assert times <= max(3, 4 * len(texts) / 100), (county.short_name, sentence)


def test_texts_and_titles_are_whole(world: World):
    for need in world.needs + world.past.needs:
        assert 4 <= len(need.title) <= 12, need.title
        assert len(need.text) >= 8
        assert not re.search(r"[{}\[\]~|]|None", need.text + need.title), need.text
    for offer in world.offers + world.past.offers:
        assert not re.search(r"[{}\[\]~|]|None|共总|共共|共首批|共限额", offer.text), offer.text
        assert len(offer.title) <= 40


def test_nothing_written_names_anybody(world: World):
    heads = {family.head_name for family in world.families}
    written = [need.text for need in world.needs] + [offer.text for offer in world.offers]
    written += [family.situation for family in world.families]
    assert not any(is_personal(text) for text in written)
    everything = "\n".join(written)
    assert not [name for name in heads if len(name) >= 3 and name in everything]
    assert not re.search(r"\d{7}", everything)


def test_numbers_can_belong_to_nobody(world: World):
    assert len({f.phone for f in world.families}) == len({f.id_card for f in world.families}) == len(world.families)
    for family in world.families:
        assert family.phone.startswith("1990000") and len(family.phone) == 11
        assert family.id_card[17] != identity.check_character(family.id_card[:17])
        assert identity.resident_id(family.id_card, today=TODAY).problem
        assert family.bank_card is None or not identity.luhn_holds(family.bank_card)


def test_families_hang_together(world: World):
    for family in world.families:
        kin = family.kin
        assert 18 <= kin.age <= 80
        assert kin.grand or all(kin.age - child >= 16 for child in kin.children)
        assert kin.stage is None or kin.child in STAGE_AGES[kin.stage]
        assert family.situation.startswith(f"{kin.size} 口")
        assert (family.file_status is FileStatus.ACTIVE) == (family.approved_on is not None)
        assert family.approved_on is None or family.registered_on <= family.approved_on <= TODAY
        assert family.id_card[6:10] in (str(TODAY.year - kin.age), str(TODAY.year - kin.age - 1))


def test_papers_are_missing_here_and_there(world: World):
    families = world.families
    for missing in (
        sum(f.file_status is not FileStatus.ACTIVE for f in families),
        sum(f.is_real_name is not True for f in families),
        sum(f.payout is None for f in families),
        sum(not f.consent for f in families),
    ):
        assert 0.02 * len(families) < missing < 0.4 * len(families)
    assert 0 < sum(f.is_stopped for f in families) < 0.03 * len(families)


def test_needs_fit_their_families(world: World):
    by_number = {family.number: family for family in world.families}
    facts = reference.categories()
    for need in world.needs + world.past.needs:
        family = by_number[need.family]
        assert need.unit in facts[need.category].units
        assert need.tier in facts[need.category].tiers
        assert need.quantity > 0 and 1 <= need.urgency <= 5
        assert family.registered_on <= need.created_on <= TODAY
        assert need.deadline is None or need.deadline > TODAY
        if need.category is Category.EDU:
            assert need.school_stage is family.kin.stage is not None and need.age == family.kin.child
        if need.category is Category.MED:
            assert family.kin.ill is not None
        if need.category in (Category.JOB, Category.TRN):
            assert need.age is not None and 18 <= need.age <= 58
        assert (need.route_to is not None) == (need.category is Category.TRV)


def test_what_people_say_fits_who_they_are(world: World):
    by_number = {family.number: family for family in world.families}
    for need in world.needs:
        tags = by_number[need.family].tags
        if "老伴" in need.title + need.text and "老伴老友" not in need.text:
            assert "old" in tags, need.text
        if "念大" in need.text:
            assert "college" in tags, need.text
        if "当家的走了" in need.text:
            assert {"widow", "woman"} <= tags, need.text


def test_every_offer_would_be_accepted_at_the_door(world: World):
    donors = {donor.code: donor for donor in world.donors}
    for offer in world.offers:
        told = OfferInput(
            title=offer.title,
            text=offer.text,
            category=offer.category,
            regions=offer.regions,
            quantity=offer.quantity,
            unit=offer.unit,
            per_case_min=offer.per_case_min,
            per_case_max=offer.per_case_max,
            cap_per_household_year=offer.cap_per_household_year,
            valid_from=offer.valid_from,
            valid_to=offer.valid_to,
            shelf_life_until=offer.shelf_life_until,
            fund_source=offer.fund_source,
            payout=offer.payout,
            hand_over=offer.hand_over,
            eligible_groups=tuple(offer.eligible_groups),
            school_stages=tuple(offer.school_stages),
            age_min=offer.age_min,
            age_max=offer.age_max,
            route_from=offer.route_from,
            route_to=offer.route_to,
            intention=offer.intention,
            unit_value_fen=offer.unit_value_fen,
        )
        assert offer_problems(told, donor_type=donors[offer.donor].donor_type, today=TODAY) == (), offer.title


def test_funds_pay_only_what_they_may(world: World):
    facts = reference.categories()
    for offer in world.offers:
        allowed = facts[offer.category].may_be_paid_by or {FundSource.UNION, FundSource.DONATION}
        assert offer.fund_source in allowed, offer.title
        assert offer.unit in facts[offer.category].units
        if offer.fund_source in (FundSource.CENTRAL, FundSource.PROVINCIAL) and offer.unit == "元":
            assert offer.payout is PayoutChannel.BANK_CARD
        assert (offer.issuing_unit is not None) == (offer.fund_source is FundSource.WELFARE)
    assert {offer.fund_source for offer in world.offers} == set(FundSource)


def test_some_things_are_short_and_some_plenty(world: World):
    asked: Counter[Category] = Counter()
    given: Counter[Category] = Counter()
    for need in world.needs:
        if need.status is NeedStatus.OPEN:
            asked[need.category] += need.quantity
    for offer in world.offers:
        if offer.status is OfferStatus.OPEN:
            given[offer.category] += offer.quantity
    short = {category for category in Category if given[category] < 0.8 * asked[category]}
    assert {Category.LIV, Category.MED, Category.CAR, Category.HOU} <= short
    assert not short & {Category.FOO, Category.HEA, Category.STA, Category.MUT}


def test_organisations_are_of_all_kinds_and_nearly_all_give(world: World):
    assert {donor.donor_type for donor in world.donors} == set(DonorType)
    assert len({donor.name for donor in world.donors}) == len(world.donors)
    assert len({offer.donor for offer in world.offers}) > 0.9 * len(world.donors)
    assert {CHARITY_1, ENTERPRISE_1} <= {donor.name for donor in world.donors}


def test_the_charity_offers_food_in_wuzhi_alone(world: World):
    offer = world.offers[0]
    assert next(d.name for d in world.donors if d.code == offer.donor) == CHARITY_1
    assert (offer.category, offer.regions, offer.status) == (Category.FOO, ("410823",), OfferStatus.OPEN)


def test_last_season_adds_up(world: World):
    past = world.past
    given = Counter({offer.code: offer.quantity for offer in past.offers})
    used = Counter[str]()
    for help_ in past.helps:
        used[help_.offer] += help_.quantity
        assert help_.score == sum(help_.parts.values()) <= 1000
        assert all(help_.parts[part] <= most for part, most in help_.maxima.items())
        assert past.ran_on <= help_.confirmed_on <= (help_.delivered_on or TODAY) <= TODAY
        assert help_.waited_days >= 0
    assert all(used[code] <= given[code] for code in used)
    assert len({help_.family for help_ in past.helps}) == len(past.helps) == len(past.needs)
    assert past.ran_on == TODAY - timedelta(days=40)


def test_the_enterprise_reached_many_counties_and_some_only_barely(world: World):
    code = next(d.code for d in world.donors if d.name == ENTERPRISE_1)
    mine = {offer.code for offer in world.past.offers if offer.donor == code}
    by_county = Counter(help_.county_code for help_ in world.past.helps if help_.offer in mine)
    assert 100 <= sum(by_county.values()) <= 180
    assert sum(count >= 10 for count in by_county.values()) >= 4
    assert any(count < 10 for count in by_county.values())


def test_columns_hold_what_is_open(world: World):
    needs, offers = to_columns(world)
    assert len(needs) == sum(need.status is NeedStatus.OPEN for need in world.needs)
    assert len(offers) == sum(offer.status is OfferStatus.OPEN for offer in world.offers)
    assert len(set(needs.need_id)) == len(needs) and len(set(offers.offer_id)) == len(offers)
