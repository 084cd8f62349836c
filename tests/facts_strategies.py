"""Random needs and offers with few values of each fact, so that rules meet, refuse and stay silent often."""

from datetime import date, timedelta

from hypothesis import strategies as st

from matcher.domain.facts import NeedFacts, OfferFacts
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

TODAY = date(2020, 2, 20)
REGIONS = ("410802", "410823", "410800", "420103", "420000", "429004")
UNITS = (None, "元", "万元", "份", "套", "箱", "只", "人次")
CATEGORIES = (Category.LIV, Category.MED, Category.EDU, Category.WIN, Category.ARR, Category.LAW, Category.WEL)


def maybe(values):
    return st.none() | st.sampled_from(list(values))


def some(values, size=3):
    return st.frozensets(st.sampled_from(list(values)), max_size=size)


yes_no_unknown = st.sampled_from([True, True, False, None])
amounts = st.none() | st.sampled_from([0, 1, 2, 3, 500, 3000, 6000, 6240, 9000])
days = st.none() | st.integers(-3, 40).map(lambda n: TODAY + timedelta(days=n))
STOPS = (None, "焦作", "四川/达州市", "达州", "北京", "不知道的地方")

needs = st.builds(
    NeedFacts,
    need_id=st.uuids().map(str),
    household_id=st.sampled_from(["h1", "h2", "h3"]),
    text=st.just("棉被"),
    category=maybe(CATEGORIES),
    region=maybe(REGIONS),
    quantity=amounts.map(lambda n: n or None),
    unit=st.sampled_from(UNITS),
    deadline=days,
    on_file=yes_no_unknown,
    file_level=maybe(FileLevel),
    hardship_class=maybe(HardshipClass),
    groups=some([Group.MIGRANT, Group.STUDENT, Group.HARDSHIP]),
    member=yes_no_unknown,
    real_name=yes_no_unknown,
    payout=maybe(PayoutChannel),
    divisible=yes_no_unknown,
    self_paid_left=amounts,
    helped_this_year=amounts,
    covered=amounts,
    consent=st.just(frozenset(DonorType)) | some(DonorType),
    stopped=st.sampled_from([False, False, None, True]),
    excluded=st.sampled_from([False, False, None, True]),
    relation_months=maybe([0, 11, 12, 30]),
    union_unit=maybe(["U1", "U2"]),
    projects_this_year=maybe([0, 1, 2]),
    entitlements_due=some([Entitlement.SUBSISTENCE, Entitlement.MEDICAL, Entitlement.EDUCATION]),
    age=maybe([9, 18, 40, 70]),
    school_stage=maybe(SchoolStage),
    route_from=st.sampled_from(STOPS),
    route_to=st.sampled_from(STOPS),
)

offers = st.builds(
    OfferFacts,
    offer_id=st.uuids().map(str),
    text=st.just("棉被"),
    donor_type=maybe(DonorType),
    category=maybe(CATEGORIES),
    regions=st.just(()) | st.lists(st.sampled_from(REGIONS), max_size=2).map(tuple),
    quantity=amounts,
    unit=st.sampled_from(UNITS),
    per_case_min=maybe([1, 2, 500]),
    per_case_max=maybe([1, 2, 3000]),
    valid_from=days,
    valid_to=days,
    fund_source=maybe(FundSource),
    eligible_groups=some([Group.MIGRANT, Group.STUDENT, Group.ELDER], 2),
    excluded_households=st.just(frozenset()) | some(["h1", "h2"]),
    requires_file=yes_no_unknown,
    payout=maybe(PayoutChannel),
    vetted=st.sampled_from([True, True, True, False, None]),
    cap_per_household_year=amounts,
    issuing_union=maybe(["U1"]),
    school_stages=some(SchoolStage, 2),
    age_min=maybe([10, 18]),
    age_max=maybe([18, 60]),
    route_from=st.sampled_from(STOPS),
    route_to=st.sampled_from(STOPS),
    shelf_life_until=days,
)
