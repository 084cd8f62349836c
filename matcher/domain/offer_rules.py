"""Hard rules that come with the offer and the day: H4, H8–H12, H16, H18, H19, and units.

Functions yield findings; nothing means passed. Dates are inclusive.
"""

from datetime import timedelta

from matcher.domain.amounts import same_unit, usual
from matcher.domain.facts import NeedFacts, OfferFacts
from matcher.domain.reasons import ReasonCode
from matcher.domain.regions import Places, contains
from matcher.domain.rulebook import Findings, Setting, failed, is_strict, unknown, use_of
from matcher.domain.terms import LISTED_PAIRS, DonorType

ALL_DONORS = frozenset(DonorType)


def category_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H4: same category or a listed pair. A category that was not given refuses nothing here."""
    if need.category is None or offer.category is None or need.category == offer.category:
        return
    if (need.category, offer.category) not in LISTED_PAIRS:
        yield failed(ReasonCode.CATEGORY_DIFFERS, need=need.category, offer=offer.category)


def stock_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H8: something is left. An unlimited offer always has one more."""
    if offer.quantity is not None and offer.quantity < 1:
        yield failed(ReasonCode.OUT_OF_STOCK, left=offer.quantity, unit=offer.unit)


def time_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H9: what is left of the offer's window meets the days until the need's date; food is not past its date."""
    today = setting.as_of
    if need.deadline is not None and need.deadline < today:
        yield failed(ReasonCode.DEADLINE_PASSED, deadline=need.deadline.isoformat())
    if offer.valid_to is not None and offer.valid_to < today:
        yield failed(ReasonCode.OFFER_ENDED, valid_to=offer.valid_to.isoformat())
    starts = max(offer.valid_from or today, today)
    if need.deadline is not None:
        if starts > max(need.deadline, today):
            yield failed(
                ReasonCode.STARTS_AFTER_DEADLINE, valid_from=starts.isoformat(), deadline=need.deadline.isoformat()
            )
    elif starts > today + timedelta(days=setting.policy.lookahead_days):
        yield failed(ReasonCode.NOT_YET_VALID, valid_from=starts.isoformat())
    if offer.shelf_life_until is not None and offer.shelf_life_until < starts:
        yield failed(ReasonCode.SHELF_LIFE_OVER, shelf_life_until=offer.shelf_life_until.isoformat())


def area_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H10: the need's division lies inside the offer's area."""
    if not offer.regions:
        return
    if need.region is None:
        if is_strict(offer):
            yield unknown(ReasonCode.OUTSIDE_AREA, "region", area=offer.regions)
    elif not any(contains(area, need.region) for area in offer.regions):
        yield failed(ReasonCode.OUTSIDE_AREA, region=need.region, area=offer.regions)


def group_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H11: the household belongs to one of the groups the donor names."""
    if not offer.eligible_groups or need.groups & offer.eligible_groups:
        return
    wanted = tuple(sorted(offer.eligible_groups))
    if need.groups:
        yield failed(ReasonCode.GROUP_NOT_ELIGIBLE, groups=wanted, own=tuple(sorted(need.groups)))
    elif is_strict(offer):
        yield unknown(ReasonCode.GROUP_NOT_ELIGIBLE, "target_groups", groups=wanted)


def interest_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H11: donors do not give to their own people (interested parties, Charity Law)."""
    if need.household_id in offer.excluded_households:
        yield failed(ReasonCode.INTERESTED_PARTY)


def vetting_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H12: the union has accepted donor and offer (R43, R60)."""
    if offer.vetted is None:
        yield unknown(ReasonCode.DONOR_NOT_VETTED, "vetted")
    elif not offer.vetted:
        yield failed(ReasonCode.DONOR_NOT_VETTED)


def _other_help(need: NeedFacts) -> int:
    """Help this year apart from what a first part of this very need brought."""
    return (need.helped_this_year or 0) - (need.covered or 0)


def repeat_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H16: the same thing is not given twice in a year (R27). Money has caps instead."""
    use = use_of(need, offer)
    if use not in setting.policy.no_repeat:
        return
    if need.helped_this_year is None:
        if is_strict(offer):
            yield unknown(ReasonCode.ALREADY_MET, "helped_this_year", category=use)
    elif usual(offer.unit or need.unit) != "元" and _other_help(need) >= (need.quantity or 1):
        yield failed(ReasonCode.ALREADY_MET, category=use, helped=need.helped_this_year)


def stage_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H18: school stage."""
    if not offer.school_stages or need.school_stage in offer.school_stages:
        return
    wanted = tuple(sorted(offer.school_stages))
    if need.school_stage is not None:
        yield failed(ReasonCode.STAGE_DIFFERS, stage=need.school_stage, stages=wanted)
    elif is_strict(offer):
        yield unknown(ReasonCode.STAGE_DIFFERS, "school_stage", stages=wanted)


def age_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H18: age, both ends included."""
    low, high = offer.age_min, offer.age_max
    if low is None and high is None:
        return
    if need.age is None:
        if is_strict(offer):
            yield unknown(ReasonCode.AGE_OUTSIDE, "age", low=low, high=high)
    elif (low is not None and need.age < low) or (high is not None and need.age > high):
        yield failed(ReasonCode.AGE_OUTSIDE, age=need.age, low=low, high=high)


def route_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H18: a journey goes from and to where the person goes."""
    legs = (("route_from", need.route_from, offer.route_from), ("route_to", need.route_to, offer.route_to))
    for fact, wanted, given in legs:
        if given is None:
            continue
        if wanted is None:
            if is_strict(offer):
                yield unknown(ReasonCode.ROUTE_DIFFERS, fact, wanted=None, given=given)
        elif not same_stop(wanted, given, setting.places):
            yield failed(ReasonCode.ROUTE_DIFFERS, wanted=wanted, given=given)


def same_stop(wanted: str, given: str, places: Places) -> bool:
    """Whether two written stops mean the same: one lies in the other, or the words contain each other."""
    a, b = places.find(wanted), places.find(given)
    if a is not None and b is not None:
        return contains(a, b) or contains(b, a)
    short, long = sorted((wanted.strip(), given.strip()), key=len)
    return bool(short) and short in long


def consent_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H19: the household agreed to be shown to this kind of donor (PIPL art. 28–29)."""
    if offer.donor_type is None:
        if need.consent < ALL_DONORS:
            yield unknown(ReasonCode.NO_CONSENT, "donor_type", donor_type=None)
    elif offer.donor_type not in need.consent:
        yield failed(ReasonCode.NO_CONSENT, donor_type=offer.donor_type)


def unit_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """Unequal units without a pack size are not set against each other."""
    if not same_unit(need.unit, offer.unit):
        yield failed(ReasonCode.UNIT_UNKNOWN, need_unit=need.unit, offer_unit=offer.unit)
