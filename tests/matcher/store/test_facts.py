"""Rows become facts: what a blank means, what is left, and that no ORM object is made on the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Mapper

from matcher.domain.network_terms import Entitlement, EntitlementState
from matcher.domain.terms import (
    Category,
    DeclineReason,
    DonorStatus,
    DonorType,
    FileStatus,
    FundSource,
    Group,
    NeedStatus,
    OfferStatus,
    ProposalStatus,
)
from matcher.errors import NotFound
from matcher.store import facts
from matcher.store.session import Database
from matcher.store.tables import Household
from tests import factories as make
from tests.factories import TODAY


def city_path(session) -> str:
    return make.the_city(session).path


@contextmanager
def objects_loaded() -> Iterator[list[object]]:
    loaded: list[object] = []

    def note(target: object, _context: object) -> None:
        loaded.append(target)

    event.listen(Mapper, "load", note)
    try:
        yield loaded
    finally:
        event.remove(Mapper, "load", note)


def test_an_open_need_becomes_facts(database: Database):
    with database.write() as session:
        need = make.a_need(session, quantity=3, promised=1)
        session.commit()
        found = facts.need_facts(session, need.id, TODAY)
    assert found.need_id == str(need.id) and facts.row_id(found.need_id) == need.id
    assert (found.quantity, found.unit, found.category) == (2, "份", Category.FOO)
    assert found.covered == 1
    assert found.on_file is True and found.stopped is False
    assert found.groups == {Group.HARDSHIP, Group.SUBSISTENCE}
    assert found.consent == frozenset(DonorType)
    assert found.helped_this_year == 0 and found.projects_this_year == 0


def test_what_the_state_owes_is_known_once_somebody_found_it_out(database: Database):
    states = {"medical": EntitlementState.DUE, "temporary": EntitlementState.DUE, "housing": EntitlementState.APPLIED}
    with database.write() as session:
        need = make.a_need(session)
        family = session.get(Household, need.household_id)
        for name, state in states.items():
            make.an_entitlement(session, family, Entitlement(name), state)
        session.commit()
        assert facts.need_facts(session, need.id, TODAY).entitlements_due == {
            Entitlement.MEDICAL, Entitlement.TEMPORARY,
        }  # fmt: skip
        assert facts.need_facts(session, make.a_need(session).id, TODAY).entitlements_due == frozenset()


def test_no_consent_recorded_is_no_consent_and_a_closed_file_is_no_file(database: Database):
    with database.write() as session:
        home = make.a_household(session, consent=[], file_status=FileStatus.CLOSED, is_real_name=None)
        need = make.a_need(session, household=home)
        session.commit()
        found = facts.need_facts(session, need.id, TODAY)
    assert found.consent == frozenset()
    assert found.on_file is False
    assert found.real_name is None


def test_columns_hold_only_open_needs_of_the_subtree_with_something_left(database: Database):
    with database.write() as session:
        county = make.a_county(session)
        other = make.a_county(session, "410825")
        here = make.a_need(session, household=make.a_household(session, unit=county))
        make.a_need(session, household=make.a_household(session, unit=county), quantity=2, promised=2)
        make.a_need(session, household=make.a_household(session, unit=county), status=NeedStatus.WITHDRAWN)
        there = make.a_need(session, household=make.a_household(session, unit=other))
        session.commit()
        in_county = facts.need_columns(session, county.path, TODAY)
        in_city = facts.need_columns(session, city_path(session), TODAY)
    assert in_county.need_id == [str(here.id)]
    assert in_city.need_id == [str(here.id), str(there.id)]


def test_a_unit_whose_path_begins_alike_is_not_in_the_subtree(sqlite_database: Database):
    with sqlite_database.write() as session:
        city = make.the_city(session)
        units = [make.a_unit(session, parent=city) for _ in range(20)]
        first, tenth = next((a, b) for a in units for b in units if a is not b and f"{b.id}".startswith(f"{a.id}"))
        make.a_need(session, household=make.a_household(session, unit=tenth))
        session.commit()
        assert len(facts.need_columns(session, first.path, TODAY)) == 0


@pytest.mark.parametrize(
    "status",
    [ProposalStatus.HELD, ProposalStatus.AWAITING_APPROVAL, ProposalStatus.CONFIRMED, ProposalStatus.DELIVERED],
)
def test_help_received_or_promised_this_year_counts_for_the_household(database: Database, status: ProposalStatus):
    with database.write() as session:
        home = make.a_household(session)
        earlier = make.a_need(session, household=home)
        offer = make.an_offer(session)
        make.a_proposal(session, need=earlier, offer=offer, quantity=2, status=status, decided_at=make.NOW)
        need = make.a_need(session, household=home)
        other_kind = make.a_need(session, household=home, category=Category.MED, unit="元", quantity=500)
        session.commit()
        assert facts.need_facts(session, need.id, TODAY).helped_this_year == 2
        assert facts.need_facts(session, other_kind.id, TODAY).helped_this_year == 0


def test_help_of_last_year_and_proposals_nobody_confirmed_do_not_count(database: Database):
    new_year_in_shanghai = datetime(2018, 12, 31, 16, 0, tzinfo=UTC)
    with database.write() as session:
        home = make.a_household(session)
        earlier = make.a_need(session, household=home)
        before = {"decided_at": new_year_in_shanghai.replace(hour=15)}
        make.a_proposal(session, need=earlier, quantity=4, status=ProposalStatus.DELIVERED, **before)
        make.a_proposal(session, need=earlier, quantity=5, status=ProposalStatus.PROPOSED)
        make.a_proposal(session, need=earlier, quantity=6, status=ProposalStatus.DECLINED, decided_at=make.NOW)
        make.a_proposal(
            session, need=earlier, quantity=1, status=ProposalStatus.DELIVERED, decided_at=new_year_in_shanghai
        )
        session.commit()
        assert facts.need_facts(session, earlier.id, TODAY).helped_this_year == 1


def test_money_and_goods_of_one_category_are_not_added_up(database: Database):
    with database.write() as session:
        home = make.a_household(session)
        schooling = make.a_need(session, household=home, category=Category.EDU, unit="元", quantity=3000)
        money = make.an_offer(session, category=Category.EDU, unit="元", quantity=90_000, per_case_max=5000)
        make.a_proposal(
            session, need=schooling, offer=money, quantity=3000, status=ProposalStatus.CONFIRMED, decided_at=make.NOW
        )
        bags = make.a_need(session, household=home, category=Category.EDU, unit="个", quantity=1)
        more = make.a_need(session, household=home, category=Category.EDU, unit="元", quantity=1000)
        session.commit()
        assert facts.need_facts(session, bags.id, TODAY).helped_this_year == 0
        assert facts.need_facts(session, more.id, TODAY).helped_this_year == 3000


def test_only_projects_of_aid_funds_in_another_category_count_as_projects(database: Database):
    with database.write() as session:
        home = make.a_household(session)
        living = make.a_need(session, household=home, category=Category.LIV, unit="元", quantity=1000)
        fund = make.an_offer(session, category=Category.LIV, unit="元", quantity=90_000, fund_source=FundSource.CENTRAL)
        done = {"status": ProposalStatus.DELIVERED, "decided_at": make.NOW}
        make.a_proposal(session, need=living, offer=fund, quantity=500, **done)
        make.a_proposal(session, need=make.a_need(session, household=home), **done)
        ill = make.a_need(session, household=home, category=Category.MED, unit="元", quantity=800)
        session.commit()
        assert facts.need_facts(session, ill.id, TODAY).projects_this_year == 1
        assert facts.need_facts(session, living.id, TODAY).projects_this_year == 0


def test_a_promise_can_be_checked_again_without_counting_itself(database: Database):
    with database.write() as session:
        need = make.a_need(session)
        proposal = make.a_proposal(
            session, need=need, status=ProposalStatus.AWAITING_APPROVAL, quantity=1, decided_at=make.NOW
        )
        session.commit()
        assert facts.need_facts(session, need.id, TODAY).helped_this_year == 1
        assert facts.need_facts(session, need.id, TODAY, without_proposal=proposal.id).helped_this_year == 0


def test_an_offer_hands_over_what_is_left(database: Database):
    with database.write() as session:
        home = make.a_household(session)
        offer = make.an_offer(session, quantity=300, reserved=120, excluded_households=[home.id])
        session.commit()
        found = facts.offer_facts(session, offer.id)
    assert found.quantity == 180
    assert found.vetted is True
    assert found.excluded_households == {str(home.id)}
    assert found.regions == ("410823", "410825")


@pytest.mark.parametrize(
    ("offer_status", "donor_status"),
    [
        (OfferStatus.PENDING, DonorStatus.VETTED),
        (OfferStatus.OPEN, DonorStatus.PENDING),
        (OfferStatus.OPEN, DonorStatus.SUSPENDED),
    ],
)
def test_an_offer_is_vetted_only_when_donor_and_offer_are(database: Database, offer_status, donor_status):
    with database.write() as session:
        donor = make.a_donor(session, status=donor_status)
        offer = make.an_offer(session, donor=donor, status=offer_status)
        session.commit()
        assert facts.offer_facts(session, offer.id).vetted is False


def test_a_county_run_sees_its_own_offers_and_those_above_but_not_the_neighbours(database: Database):
    with database.write() as session:
        county, other = make.a_county(session), make.a_county(session, "410825")
        of_city = make.an_offer(session)
        own = make.an_offer(session, donor=make.a_donor(session, unit=county))
        make.an_offer(session, donor=make.a_donor(session, unit=other))
        make.an_offer(session, status=OfferStatus.WITHDRAWN)
        session.commit()
        assert facts.offer_columns(session, county.path).offer_id == [str(of_city.id), str(own.id)]
        assert len(facts.offer_columns(session, city_path(session))) == 3


def test_what_is_proposed_to_the_neighbours_is_not_proposed_twice(database: Database):
    with database.write() as session:
        county, other = make.a_county(session), make.a_county(session, "410825")
        offer = make.an_offer(session, quantity=10, reserved=2)
        abroad = make.a_need(session, household=make.a_household(session, unit=other), quantity=5)
        make.a_proposal(session, need=abroad, offer=offer, quantity=5)
        session.commit()
        assert facts.offer_columns(session, county.path).quantity == [3]
        assert facts.offer_columns(session, city_path(session)).quantity == [8]


@pytest.mark.parametrize(
    ("reason", "barred"),
    [
        (DeclineReason.WRONG_ITEM, True),
        (DeclineReason.OTHER, True),
        (DeclineReason.OTHERS_FIRST, False),
        (DeclineReason.UNREACHABLE, False),
    ],
)
def test_a_pair_declined_as_unfit_is_barred(database: Database, reason: DeclineReason, barred: bool):
    with database.write() as session:
        proposal = make.a_proposal(session, status=ProposalStatus.DECLINED, decline_reason=reason)
        session.commit()
        pair = (str(proposal.need_id), str(proposal.offer_id))
        assert (pair in facts.barred_pairs(session, city_path(session))) is barred


def test_editing_either_side_lifts_the_bar(database: Database):
    with database.write() as session:
        need = make.a_need(session)
        make.a_proposal(session, need=need, status=ProposalStatus.DECLINED, decline_reason=DeclineReason.WRONG_ITEM)
        need.version += 1
        session.commit()
        assert facts.barred_pairs(session, city_path(session)) == frozenset()


def test_a_whole_run_is_read_without_one_orm_object(database: Database):
    with database.write() as session:
        path = city_path(session)
        offer = make.an_offer(session)
        for _ in range(20):
            make.a_proposal(session, offer=offer, status=ProposalStatus.CONFIRMED, decided_at=make.NOW)
            make.a_need(session)
        session.commit()
    with database.read() as session, objects_loaded() as loaded:
        assert len(facts.need_columns(session, path, TODAY)) == 40
        assert len(facts.offer_columns(session, path)) == 1
        facts.barred_pairs(session, path)
    assert loaded == []


def test_a_missing_row_is_not_found(database: Database):
    with database.read() as session:
        with pytest.raises(NotFound):
            facts.need_facts(session, 404, TODAY)
        with pytest.raises(NotFound):
            facts.offer_facts(session, 404)
