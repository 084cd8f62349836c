"""Registering, changing, accepting and taking back offers, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from matcher.domain.access import Actor
from matcher.domain.terms import (
    Category,
    DonorStatus,
    DonorType,
    FundSource,
    HandOverMode,
    OfferReturnReason,
    OfferStatus,
    OfferWithdrawReason,
    ProposalStatus,
    Role,
)
from matcher.domain.uscc import check_character, uscc_is_valid
from matcher.errors import InvalidFields, NotFound, NotPermitted, StaleVersion, WrongState
from matcher.store import stock
from matcher.store.session import Database
from matcher.store.tables import AuditEvent, Donor, Need, Offer, Outbox, Proposal, ProposalStep
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.offer_input import OfferInput, offer_problems
from matcher.usecases.offers import (
    accept_offer,
    close_offer,
    edit_offer,
    register_offer,
    return_offer,
    withdraw_offer,
)
from tests import factories as make

TODAY = date(2019, 1, 9)
USCC = "5141080000000001X"  # invented; its eighteenth character is computed
VALID_USCC = USCC + check_character(USCC)
RICE = OfferInput(
    title="大米（10 公斤装）",
    text="大米10公斤装500份，限解放区和山阳区低保户，1月20日前送完",
    category=Category.FOO,
    regions=("410802", "410811"),
    quantity=500,
    unit="份",
    per_case_max=1,
    valid_from=TODAY,
    valid_to=date(2019, 1, 20),
    shelf_life_until=date(2019, 9, 30),
    hand_over=HandOverMode.DELIVERED,
    unit_value_fen=32_50,
)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.write() as session:
        for code, name in (("410802", "解放区"), ("410811", "山阳区"), ("410823", "武陟县")):
            make.a_division(session, code, name, "410800")
        yield session


def charity(session: Session, **fields: Any) -> tuple[Donor, Actor]:
    donor = make.a_donor(
        session, **{"donor_type": DonorType.CHARITY, "status": DonorStatus.PENDING, "uscc": VALID_USCC, **fields}
    )
    actor = make.an_actor(session, Role.CHARITY, donor_id=donor.id)
    session.commit()
    return donor, actor


def problems_of(error: pytest.ExceptionInfo[InvalidFields]) -> dict[str, str]:
    return {problem.field: problem.code for problem in error.value.problems}


def wrong(**changes: Any) -> dict[str, str]:
    offer = replace(RICE, **changes)
    return {p.field: p.code for p in offer_problems(offer, donor_type=DonorType.CHARITY, today=TODAY)}


def stored(database: Database, offer_id: int) -> Offer:
    with database.read() as session:
        row = session.get(Offer, offer_id)
        assert row is not None
        return row


def test_a_complete_offer_has_no_problems() -> None:
    assert wrong() == {}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"text": " "}, "text", "required"),
        ({"text": "米"}, "text", "too_short"),
        ({"title": "米" * 41}, "title", "too_long"),
        ({"category": None}, "category", "required"),
        ({"quantity": None}, "quantity", "required"),
        ({"quantity": 0}, "quantity", "not_whole"),
        ({"quantity": -3}, "quantity", "not_whole"),
        ({"quantity": 10**9}, "quantity", "too_big"),
        ({"unit": ""}, "unit", "required"),
        ({"per_case_min": 2, "per_case_max": 1}, "per_case_max", "below_minimum"),
        ({"per_case_min": 501, "per_case_max": 600}, "per_case_min", "above_quantity"),
        ({"cap_per_household_year": 0}, "cap_per_household_year", "not_whole"),
        ({"valid_to": date(2019, 1, 8)}, "valid_to", "date_past"),
        ({"valid_from": date(2019, 2, 1)}, "valid_to", "before_start"),
        ({"shelf_life_until": None}, "shelf_life_until", "shelf_life_required"),
        ({"shelf_life_until": date(2019, 1, 20)}, "shelf_life_until", "shelf_life_before_end"),
        ({"shelf_life_until": date(2019, 1, 9)}, "shelf_life_until", "date_past"),
        ({"hand_over": None}, "hand_over", "required"),
        ({"unit_value_fen": 0}, "unit_value_fen", "not_positive"),
        ({"age_min": 20, "age_max": 10}, "age_max", "age_order"),
        ({"age_min": 150}, "age_min", "age_range"),
        ({"category": Category.TRV}, "route_from", "route_required"),
        ({"fund_source": FundSource.CENTRAL}, "fund_source", "fund_not_for_donor"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(changes: dict[str, Any], field: str, code: str) -> None:
    assert wrong(**changes)[field] == code


def test_union_money_is_no_donation() -> None:
    found = offer_problems(RICE, donor_type=DonorType.UNION, today=TODAY)
    assert [(p.field, p.code) for p in found] == [("fund_source", "fund_is_donation")]


def test_money_needs_no_way_of_handing_over() -> None:
    assert wrong(category=Category.LIV, unit="元", hand_over=None, shelf_life_until=None) == {}


@pytest.mark.parametrize(
    "code", [None, "", VALID_USCC[:-1], VALID_USCC.lower(), "O" + VALID_USCC[1:], VALID_USCC[:-1] + "?"]
)
def test_credit_codes_that_do_not_hold(code: str | None) -> None:
    assert uscc_is_valid(VALID_USCC) and not uscc_is_valid(code)


def test_every_single_wrong_character_is_noticed() -> None:
    for place in range(18):
        changed = VALID_USCC[:place] + ("1" if VALID_USCC[place] != "1" else "2") + VALID_USCC[place + 1 :]
        assert not uscc_is_valid(changed)


def test_a_new_donors_offer_waits_for_the_union(session: Session, uow: UnitOfWork, now: datetime) -> None:
    donor, actor = charity(session)
    card = register_offer(RICE, by=actor, uow=uow, now=now)
    row = stored(uow.database, card.id)
    assert (row.status, row.donor_id, row.unit_id) == (OfferStatus.PENDING, donor.id, donor.unit_id)
    assert (row.quantity, row.unit, row.unit_value_fen, row.regions) == (500, "份", 3250, ["410802", "410811"])
    with uow.database.read() as read:
        assert read.exec(select(AuditEvent.action)).all() == ["offer:register"]
        assert read.exec(select(Outbox.to_unit_id)).all() == [donor.unit_id]


def test_a_vetted_donors_offer_waits_as_well(session: Session, uow: UnitOfWork, now: datetime) -> None:
    _, actor = charity(session, status=DonorStatus.VETTED)
    assert register_offer(RICE, by=actor, uow=uow, now=now).status is OfferStatus.PENDING


def test_wrong_fields_write_nothing(session: Session, uow: UnitOfWork, now: datetime) -> None:
    _, actor = charity(session)
    with pytest.raises(InvalidFields) as error:
        register_offer(replace(RICE, quantity=None, regions=("999999",)), by=actor, uow=uow, now=now)
    assert problems_of(error) == {"quantity": "required", "regions": "unknown_choice"}
    with uow.database.read() as read:
        assert read.exec(select(Offer)).all() == []


def test_a_donor_writes_only_for_itself(session: Session, uow: UnitOfWork, now: datetime) -> None:
    _, actor = charity(session)
    other, _ = charity(session)
    card = register_offer(RICE, donor_id=other.id, by=actor, uow=uow, now=now)
    assert stored(uow.database, card.id).donor_id == actor.donor_id


def test_union_staff_write_for_donors_in_their_reach_only(session: Session, uow: UnitOfWork, now: datetime) -> None:
    county = make.a_county(session)
    near, far = make.a_donor(session, unit=county), make.a_donor(session, unit=make.a_county(session, "410825"))
    actor = make.an_actor(session, Role.CASEWORKER, unit=county)
    session.commit()
    assert register_offer(RICE, donor_id=near.id, by=actor, uow=uow, now=now).status is OfferStatus.PENDING
    with pytest.raises(NotFound):
        register_offer(RICE, donor_id=far.id, by=actor, uow=uow, now=now)
    with pytest.raises(InvalidFields):
        register_offer(RICE, by=actor, uow=uow, now=now)


def test_the_first_acceptance_asks_for_the_donor_too(session: Session, uow: UnitOfWork, now: datetime) -> None:
    donor, actor = charity(session)
    city = make.an_actor(session, Role.CITY)
    session.commit()
    card = register_offer(RICE, by=actor, uow=uow, now=now)
    with pytest.raises(InvalidFields) as error:
        accept_offer(card.id, seen_version=card.version, by=city, uow=uow, now=now)
    assert problems_of(error) == {"vet_donor": "donor_not_vetted"}
    accepted = accept_offer(card.id, seen_version=card.version, vet_donor=True, by=city, uow=uow, now=now)
    assert accepted.status is OfferStatus.OPEN
    with uow.database.read() as read:
        assert read.get_one(Donor, donor.id).status is DonorStatus.VETTED
    again = register_offer(RICE, by=actor, uow=uow, now=now)
    assert accept_offer(again.id, seen_version=1, by=city, uow=uow, now=now).status is OfferStatus.OPEN


def test_a_donor_with_a_wrong_credit_code_is_not_vetted(session: Session, uow: UnitOfWork, now: datetime) -> None:
    _, actor = charity(session, uscc="91410800MA00000000")
    city = make.an_actor(session, Role.CITY)
    session.commit()
    card = register_offer(RICE, by=actor, uow=uow, now=now)
    with pytest.raises(InvalidFields) as error:
        accept_offer(card.id, seen_version=1, vet_donor=True, by=city, uow=uow, now=now)
    assert problems_of(error) == {"vet_donor": "uscc_invalid"}
    assert stored(uow.database, card.id).status is OfferStatus.PENDING


def test_donors_do_not_accept_and_strangers_find_nothing(session: Session, uow: UnitOfWork, now: datetime) -> None:
    _, actor = charity(session)
    _, stranger = charity(session)
    county = make.an_actor(session, Role.CASEWORKER)
    session.commit()
    card = register_offer(RICE, by=actor, uow=uow, now=now)
    with pytest.raises(NotPermitted):
        accept_offer(card.id, seen_version=1, vet_donor=True, by=actor, uow=uow, now=now)
    for outsider in (stranger, county):
        with pytest.raises(NotFound):
            edit_offer(card.id, RICE, seen_version=1, by=outsider, uow=uow, now=now)
    with pytest.raises(NotFound):
        accept_offer(10_000, seen_version=1, by=county, uow=uow, now=now)


def test_returned_offers_come_back_after_mending(session: Session, uow: UnitOfWork, now: datetime) -> None:
    _, actor = charity(session)
    city = make.an_actor(session, Role.CITY)
    session.commit()
    card = register_offer(RICE, by=actor, uow=uow, now=now)
    back = return_offer(
        card.id, reason=OfferReturnReason.SHELF_LIFE, seen_version=card.version, by=city, uow=uow, now=now
    )
    assert back.status is OfferStatus.DRAFT
    with pytest.raises(StaleVersion):
        edit_offer(card.id, RICE, seen_version=card.version, by=actor, uow=uow, now=now)
    mended = edit_offer(card.id, RICE, seen_version=back.version, by=actor, uow=uow, now=now)
    assert (mended.status, mended.version) == (OfferStatus.PENDING, 3)


def test_a_donors_change_to_an_accepted_offer_is_looked_at_again(
    session: Session, uow: UnitOfWork, now: datetime
) -> None:
    donor, actor = charity(session)
    offer = make.an_offer(session, donor=donor)
    session.commit()
    assert edit_offer(offer.id or 0, RICE, seen_version=1, by=actor, uow=uow, now=now).status is OfferStatus.PENDING


def test_promised_stock_cannot_be_edited_away(session: Session, uow: UnitOfWork, now: datetime) -> None:
    donor, actor = charity(session)
    offer = make.an_offer(session, donor=donor, reserved=120)
    session.commit()
    smaller = replace(RICE, quantity=100, unit="袋")
    with pytest.raises(InvalidFields) as error:
        edit_offer(offer.id or 0, smaller, seen_version=1, by=actor, uow=uow, now=now)
    assert problems_of(error) == {"quantity": "below_reserved", "unit": "fixed_by_promises"}


def test_interested_families_are_named_by_union_staff_only(session: Session, uow: UnitOfWork, now: datetime) -> None:
    _, actor = charity(session)
    family = make.a_household(session, case_code="武陟-7001")
    city = make.an_actor(session, Role.CITY)
    session.commit()
    naming = replace(RICE, excluded_cases=("武陟-7001",))
    card = register_offer(naming, by=actor, uow=uow, now=now)
    assert stored(uow.database, card.id).excluded_households == []
    edit_offer(card.id, naming, seen_version=1, by=city, uow=uow, now=now)
    assert stored(uow.database, card.id).excluded_households == [family.id]
    with pytest.raises(InvalidFields) as error:
        edit_offer(card.id, replace(RICE, excluded_cases=("武陟-9999",)), seen_version=2, by=city, uow=uow, now=now)
    assert problems_of(error) == {"excluded_cases": "unknown_cases"}
    edit_offer(card.id, RICE, seen_version=2, by=actor, uow=uow, now=now)
    assert stored(uow.database, card.id).excluded_households == [family.id]


def with_proposals(session: Session, donor: Donor) -> tuple[Offer, dict[ProposalStatus, Proposal]]:
    """One proposal in each of five states; those that hold stock have taken it."""
    offer = make.an_offer(session, donor=donor, quantity=50)
    made = {}
    for status in (
        ProposalStatus.PROPOSED,
        ProposalStatus.HELD,
        ProposalStatus.AWAITING_APPROVAL,
        ProposalStatus.CONFIRMED,
        ProposalStatus.DELIVERED,
    ):
        need = make.a_need(session)
        made[status] = make.a_proposal(session, need=need, offer=offer, status=status)
        if status is not ProposalStatus.PROPOSED:
            session.flush()
            stock.take(session, need_id=need.id or 0, offer_id=offer.id or 0, quantity=1)
    session.commit()
    return offer, made


@pytest.mark.parametrize("way", ["withdraw", "close"])
def test_taking_an_offer_back_ends_only_what_nobody_was_promised(
    way: str, session: Session, uow: UnitOfWork, now: datetime
) -> None:
    donor, _ = charity(session)
    city = make.an_actor(session, Role.CITY)
    offer, made = with_proposals(session, donor)
    if way == "withdraw":
        reason = OfferWithdrawReason.PLANS_CHANGED
        card = withdraw_offer(offer.id or 0, reason=reason, seen_version=1, by=city, uow=uow, now=now)
    else:
        card = close_offer(offer.id or 0, seen_version=1, by=city, uow=uow, now=now)
    assert (card.ended_proposals, card.reserved) == (3, 2)
    with uow.database.read() as read:
        now_is = {before: read.get_one(Proposal, row.id).status for before, row in made.items()}
        held = read.get_one(Need, made[ProposalStatus.HELD].need_id)
        steps = read.exec(select(ProposalStep).order_by(col(ProposalStep.id))).all()
    assert now_is == {
        ProposalStatus.PROPOSED: ProposalStatus.SUPERSEDED,
        ProposalStatus.HELD: ProposalStatus.EXPIRED,
        ProposalStatus.AWAITING_APPROVAL: ProposalStatus.WITHDRAWN,
        ProposalStatus.CONFIRMED: ProposalStatus.CONFIRMED,
        ProposalStatus.DELIVERED: ProposalStatus.DELIVERED,
    }
    assert held.promised == 0 and len(steps) == 3


def test_what_is_over_stays_over(session: Session, uow: UnitOfWork, now: datetime) -> None:
    donor, actor = charity(session)
    offer = make.an_offer(session, donor=donor, status=OfferStatus.WITHDRAWN)
    city = make.an_actor(session, Role.CITY)
    session.commit()
    with pytest.raises(WrongState):
        edit_offer(offer.id or 0, RICE, seen_version=1, by=actor, uow=uow, now=now + timedelta(days=1))
    with pytest.raises(WrongState):
        close_offer(offer.id or 0, seen_version=1, by=city, uow=uow, now=now)
    with pytest.raises(WrongState):
        accept_offer(offer.id or 0, seen_version=1, vet_donor=True, by=city, uow=uow, now=now)
