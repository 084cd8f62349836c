"""Summaries and lists as donors and union staff read them, on both databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from matcher.domain.terms import (
    Category,
    DeliveryStatus,
    DonorStatus,
    DutyKind,
    NeedStatus,
    OfferStatus,
    ProposalStatus,
    Role,
    Tier,
)
from matcher.errors import InvalidFields, NotFound, NotPermitted
from matcher.store.queries.offers import (
    get_offer,
    list_offers,
    offer_history,
    reached_by_county,
    waiting_households,
)
from matcher.store.session import Database
from matcher.store.tables import Delivery, Offer
from matcher.usecases.impact import Period, compile_impact, donor_in_question
from tests import factories as make

TODAY = date(2019, 1, 9)
JIAOZUO = {"410802": "解放区", "410811": "山阳区", "410823": "武陟县", "410825": "温县"}


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        for code, name in JIAOZUO.items():
            make.a_division(session, code, name, "410800")
        yield session


def delivered(session: Session, offer: Offer, county: str, families: int, *, on: date = TODAY, **fields: Any) -> None:
    """So many families of a county received one piece each."""
    unit = make.a_county(session, county)
    run = make.a_run(session)
    for _ in range(families):
        household = make.a_household(session, unit=unit, division_code=county)
        need = make.a_need(session, household=household, status=NeedStatus.MET, promised=1, met=1)
        proposal = make.a_proposal(session, need=need, offer=offer, run=run, status=ProposalStatus.DELIVERED)
        handed = {
            "status": DeliveryStatus.DELIVERED,
            "delivered_on": on,
            "marked_at": datetime(on.year, on.month, on.day, 4, tzinfo=UTC),
        }
        session.add(
            Delivery(
                proposal_id=proposal.id or 0,
                household_id=household.id or 0,
                need_id=need.id or 0,
                offer_id=offer.id or 0,
                unit_id=household.unit_id,
                quantity=1,
                tier=Tier.T2,
                duty=DutyKind.SERVICE,
                unit=offer.unit,
                confirmed_on=on - timedelta(days=5),
                created_at=make.NOW,
                updated_at=make.NOW,
                **(handed | fields),
            )
        )
        offer.reserved += 1
        if (handed | fields)["status"] is DeliveryStatus.DELIVERED:
            offer.delivered += 1
        else:
            proposal.status = ProposalStatus.CONFIRMED
    session.flush()


@pytest.fixture
def coats(session: Session) -> Offer:
    """240 coats at 260 元: 12 to 解放区, 11 to 山阳区, 3 to 武陟县; 4 more are promised."""
    long_ago = datetime(2018, 12, 1, tzinfo=UTC)
    offer = make.an_offer(
        session, title="羽绒服", category=Category.WIN, regions=[], quantity=240, unit="件", unit_value_fen=260_00,
        created_at=long_ago,
    )  # fmt: skip
    delivered(session, offer, "410802", 12)
    delivered(session, offer, "410811", 11, on=date(2018, 12, 20))
    delivered(session, offer, "410823", 3)
    waiting = {"status": DeliveryStatus.PENDING, "delivered_on": None, "marked_at": None}
    delivered(session, offer, "410825", 4, **waiting)
    session.commit()
    return offer


def summary(session: Session, offer: Offer, first: date | None = None, last: date = TODAY, *, k: int = 10) -> Any:
    actor = make.an_actor(session, Role.ENTERPRISE, donor_id=offer.donor_id)
    period = Period(first=first, last=last)
    return compile_impact(offer.donor_id, period, by=actor, session=session, k=k, jurisdiction="410800", today=TODAY)


def test_totals_are_told_and_small_counties_are_not(session: Session, coats: Offer) -> None:
    found = summary(session, coats)
    (given,) = found.offers
    assert (given.promised, given.confirmed, given.delivered) == (240, 30, 26)
    assert found.value_fen == 26 * 260_00
    assert found.regional.shown == (("410802", 12), ("410811", 11))
    assert (found.regional.others, found.regional.at_least) == (2, 23)
    assert found.days_to_door == 5.0
    assert found.amounts("delivered") == (("件", 26),)
    assert [(c.category, c.offers, c.delivered) for c in found.categories] == [(Category.WIN, 1, (("件", 26),))]


def test_a_period_counts_what_falls_into_it(session: Session, coats: Offer) -> None:
    december = summary(session, coats, date(2018, 12, 1), date(2018, 12, 31))
    assert (december.offers[0].delivered, december.regional.shown) == (11, (("410811", 11),))
    assert december.offers[0].confirmed == 11
    january = summary(session, coats, date(2019, 1, 1), date(2019, 1, 31))
    assert january.offers[0].confirmed == 19
    assert (january.offers[0].delivered, january.regional.shown) == (15, (("410802", 12),))
    assert january.period.last == TODAY


def test_one_more_family_moves_nothing(session: Session, coats: Offer) -> None:
    before = summary(session, coats)
    delivered(session, coats, "410802", 1, marked_at=datetime(2019, 1, 9, 5, tzinfo=UTC))
    after = summary(session, coats)
    assert after.regional == before.regional
    assert after.offers[0].delivered == 27


def test_few_families_leave_only_the_totals(session: Session) -> None:
    offer = make.an_offer(session)
    delivered(session, offer, "410823", 3)
    found = summary(session, offer)
    assert (found.regional.shown, found.regional.at_least, found.days_to_door) == ((), 0, None)
    assert found.offers[0].delivered == 3 and found.value_fen is None


def test_a_period_that_ends_before_it_begins_is_refused(session: Session, coats: Offer) -> None:
    with pytest.raises(InvalidFields):
        summary(session, coats, date(2019, 1, 5), date(2019, 1, 1))


def test_summaries_are_for_the_donor_and_the_city(session: Session, coats: Offer) -> None:
    def read(role: Role, **fields: Any) -> str:
        actor = make.an_actor(session, role, **fields)
        period = Period(last=TODAY)
        found = compile_impact(
            coats.donor_id, period, by=actor, session=session, k=10, jurisdiction="410800", today=TODAY
        )
        return found.donor_name

    assert read(Role.CITY) == "禾暖粮油"
    with pytest.raises(NotFound):
        read(Role.ENTERPRISE, donor_id=make.a_donor(session).id)
    with pytest.raises(NotFound):
        read(Role.CASEWORKER)
    with pytest.raises(NotPermitted):
        read(Role.CASEWORKER, unit=make.the_city(session))


def test_whose_summary_is_asked_for(session: Session) -> None:
    donor = make.a_donor(session)
    own, city = make.an_actor(session, Role.CHARITY, donor_id=donor.id), make.an_actor(session, Role.CITY)
    assert donor_in_question(None, own) == donor.id
    assert donor_in_question(donor.id, city) == donor.id
    with pytest.raises(NotFound):
        donor_in_question((donor.id or 0) + 1, own)
    with pytest.raises(InvalidFields):
        donor_in_question(None, city)


def test_donors_see_their_own_offers_only(session: Session) -> None:
    mine, other = make.an_offer(session), make.an_offer(session)
    actor = make.an_actor(session, Role.CHARITY, donor_id=mine.donor_id)
    assert [row.offer.id for row in list_offers(session, actor).rows] == [mine.id]
    assert get_offer(session, actor, mine.id or 0).donor_name == "禾暖粮油"
    with pytest.raises(NotFound):
        get_offer(session, actor, other.id or 0)


def test_union_staff_see_their_subtree_and_what_the_city_shares(session: Session) -> None:
    wuzhi, wenxian = make.a_county(session), make.a_county(session, "410825")
    own = make.an_offer(session, donor=make.a_donor(session, unit=wuzhi), status=OfferStatus.PENDING)
    shared = make.an_offer(session)
    anywhere, whole_city = make.an_offer(session, regions=[]), make.an_offer(session, regions=["410800"])
    make.an_offer(session, regions=["410802", "410825"])
    make.an_offer(session, status=OfferStatus.PENDING)
    make.an_offer(session, donor=make.a_donor(session, unit=wenxian))
    actor = make.an_actor(session, Role.CASEWORKER, unit=wuzhi)
    found = list_offers(session, actor)
    assert [(row.offer.id, row.is_own) for row in found.rows] == [
        (own.id, True),
        (whole_city.id, False),
        (anywhere.id, False),
        (shared.id, False),
    ]
    assert found.by_status == {OfferStatus.PENDING: 1, OfferStatus.OPEN: 3}
    city = make.an_actor(session, Role.CITY)
    assert list_offers(session, city).total == 7


def test_lists_are_filtered_and_paged(session: Session) -> None:
    donor = make.a_donor(session, name="百分之百_粮油", status=DonorStatus.VETTED)
    for number in range(3):
        make.an_offer(session, donor=donor, title=f"大米 {number}%", category=Category.FOO)
    make.an_offer(session, donor=donor, title="棉被", category=Category.WIN, status=OfferStatus.CLOSED)
    city = make.an_actor(session, Role.CITY)
    assert list_offers(session, city, category=Category.WIN).total == 1
    assert list_offers(session, city, words="2%").total == 1
    assert list_offers(session, city, words="百_粮").total == 4
    assert list_offers(session, city, words="百%粮").total == 0
    assert list_offers(session, city, status=OfferStatus.CLOSED).total == 1
    last = list_offers(session, city, page=99)
    assert (last.page, len(last.rows)) == (1, 4)


def test_an_offers_page_tells_what_is_promised_and_kept(session: Session, coats: Offer) -> None:
    row = get_offer(session, make.an_actor(session, Role.CITY), coats.id or 0)
    assert (row.confirmed, row.offer.reserved, row.offer.delivered, row.left) == (30, 30, 26, 210)
    assert {county: len(times) for county, times in reached_by_county(session, offer_id=coats.id).items()} == {
        "410802": 12,
        "410811": 11,
        "410823": 3,
    }
    assert offer_history(session, coats.id or 0) == ()


def test_who_waits_is_counted_by_family(session: Session) -> None:
    wuzhi = make.a_county(session)
    family = make.a_household(session, unit=wuzhi)
    make.a_need(session, household=family, created_on=date(2018, 12, 1))
    make.a_need(session, household=family)
    make.a_need(session, household=make.a_household(session, unit=wuzhi))
    make.a_need(session, household=make.a_household(session, unit=wuzhi, is_stopped=True))
    make.a_need(session, household=make.a_household(session, unit=wuzhi), status=NeedStatus.WITHDRAWN)
    make.a_need(session, household=make.a_household(session, unit=wuzhi), category=Category.WIN)
    (found,) = waiting_households(session, Category.FOO)
    assert (found.county, found.households, found.since) == ("410823", 2, date(2018, 12, 1))
