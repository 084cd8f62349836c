"""Deciding about goods: confirm, adjust, decline, hold, hand over, undo, withdraw; on both databases."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from matcher.domain.reasons import ReasonCode
from matcher.domain.terms import (
    DeclineReason,
    DonorStatus,
    NeedStatus,
    OfferStatus,
    ProposalStatus,
    Role,
    UnitLevel,
)
from matcher.errors import (
    Conflict,
    InvalidFields,
    NotEligible,
    NotFound,
    NotPermitted,
    OfferExhausted,
    StaleVersion,
    WrongState,
)
from matcher.store.session import Database
from matcher.store.tables import AuditEvent, Donor, Household, Need, Offer, Outbox, Proposal, ProposalStep
from matcher.usecases.proposals import (
    adjust_proposal,
    confirm_proposal,
    decline_proposal,
    hand_over_proposal,
    hold_proposal,
    undo,
    withdraw_proposal,
)
from tests import factories as make
from tests.matcher.usecases.deciding import Office, an_office

QUILTS = {"quantity": 4, "unit": "床"}


@pytest.fixture
def office(database: Database) -> Office:
    return an_office(database)


@pytest.fixture
def quilts(database: Database) -> Office:
    return an_office(database, need=QUILTS, offer={"quantity": 10, "unit": "床", "per_case_max": 3}, quantity=2)


def codes(problem: pytest.ExceptionInfo[InvalidFields]) -> list[tuple[str, str]]:
    return [(p.field, p.code) for p in problem.value.problems]


# ── confirming ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_confirming_promises_and_lists_and_tells(office: Office, now: datetime) -> None:
    card = confirm_proposal(office.proposal_id, **office.acts(now))
    assert card.status is ProposalStatus.CONFIRMED and card.undo_until == now + timedelta(minutes=10)
    assert office.books() == (1, 0, 1, 0)
    assert office.need().status is NeedStatus.PROMISED
    assert office.steps() == [("confirm", "proposed", "confirmed")]
    assert [(d.quantity, d.status.value, d.confirmed_on) for d in office.deliveries()] == [(1, "pending", now.date())]
    assert office.notices() == [("proposal_confirmed_to_household", False), ("proposal_confirmed_to_donor", False)]
    with office.database.read() as session:
        assert {row.send_after for row in session.exec(select(Outbox))} == {card.undo_until}
        trail = session.exec(select(AuditEvent).where(AuditEvent.action == "proposal:confirm")).one()
    assert (trail.account_id, trail.details["quantity"]) == (office.caseworker.account_id, 1)


def test_a_decision_keeps_what_the_person_had_before_them(database: Database, now: datetime) -> None:
    with database.write() as session:
        run_id = make.a_run(session, policy_version="jiaozuo-1").id
        session.commit()
    office = an_office(database, run_id=run_id, rank=7, signals={"meaning": 0.81}, model="learned-3")
    decline_proposal(office.proposal_id, DeclineReason.WRONG_ITEM, **office.acts(now))
    office.change(Proposal, office.proposal_id, rank=1, signals={}, model="learned-4")  # a later run
    with database.read() as session:
        step = session.exec(select(ProposalStep)).one()
    assert (step.run_id, step.rank_shown, step.signals) == (run_id, 7, {"meaning": 0.81})
    assert (step.model, step.policy_version) == ("learned-3", "jiaozuo-1")
    assert (step.reason, step.by_account_id) == ("wrong_item", office.caseworker.account_id)


def test_versions_of_need_and_offer_stay(office: Office, now: datetime) -> None:
    confirm_proposal(office.proposal_id, **office.acts(now))
    assert (office.need().version, office.offer().version) == (1, 1)


def test_a_proposal_changed_since_it_was_shown(office: Office, now: datetime) -> None:
    with pytest.raises(StaleVersion):
        confirm_proposal(office.proposal_id, **office.acts(now, seen=7))
    assert office.books() == (0, 0, 0, 0) and office.steps() == []


@pytest.mark.parametrize(("table", "name"), [(Need, "need_id"), (Offer, "offer_id")])
def test_a_side_edited_since_the_engine_saw_it(office: Office, now: datetime, table: type, name: str) -> None:
    office.change(table, getattr(office, name), version=2)
    with pytest.raises(StaleVersion) as caught:
        confirm_proposal(office.proposal_id, **office.acts(now))
    assert caught.value.code == "sides_changed"
    assert office.books() == (0, 0, 0, 0)


def test_twice_is_once(office: Office, now: datetime) -> None:
    confirm_proposal(office.proposal_id, **office.acts(now))
    with pytest.raises(WrongState):
        confirm_proposal(office.proposal_id, **office.acts(now))
    assert office.books() == (1, 0, 1, 0)


def test_nothing_left(office: Office, now: datetime) -> None:
    office.change(Offer, office.offer_id, reserved=300)
    with pytest.raises(OfferExhausted) as caught:
        confirm_proposal(office.proposal_id, **office.acts(now))
    assert caught.value.params == {"left": 0, "asked": 1, "unit": "份"}
    assert office.deliveries() == [] and office.notices() == []


def test_a_need_somebody_else_covered(office: Office, now: datetime) -> None:
    office.change(Need, office.need_id, promised=1, status=NeedStatus.PROMISED)
    with pytest.raises(Conflict) as caught:
        confirm_proposal(office.proposal_id, **office.acts(now))
    assert caught.value.code == "need_covered"


@pytest.mark.parametrize(
    ("table", "values", "reason"),
    [
        (Household, {"is_stopped": True}, ReasonCode.STOPPED),
        (Household, {"consent": []}, ReasonCode.NO_CONSENT),
        (Donor, {"status": DonorStatus.SUSPENDED}, ReasonCode.DONOR_NOT_VETTED),
        (Offer, {"valid_to": date(2019, 1, 8)}, ReasonCode.OFFER_ENDED),
        (Offer, {"status": OfferStatus.CLOSED}, ReasonCode.DONOR_NOT_VETTED),
    ],
)
def test_the_rules_are_asked_again(
    office: Office, now: datetime, table: type, values: dict, reason: ReasonCode
) -> None:
    ids = {Household: office.more["household"], Offer: office.offer_id, Donor: office.offer().donor_id}
    office.change(table, ids[table], **values)
    with pytest.raises(NotEligible) as caught:
        confirm_proposal(office.proposal_id, **office.acts(now))
    assert reason in {result.reason.code for result in caught.value.verdict.blocking if result.reason}
    assert office.books() == (0, 0, 0, 0)


def test_another_county_does_not_see_it(office: Office, now: datetime) -> None:
    with office.database.write() as session:
        other = make.an_actor(session, unit=make.a_county(session, "410825", name="温县总工会"))
        session.commit()
    with pytest.raises(NotFound):
        confirm_proposal(office.proposal_id, **office.acts(now, by=other))
    with pytest.raises(NotFound):
        confirm_proposal(999_999, **office.acts(now))


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CITY, Role.FINANCE])
def test_who_may_only_look(office: Office, now: datetime, role: Role) -> None:
    with office.database.write() as session:
        onlooker = make.an_actor(session, role)
        session.commit()
    with pytest.raises(NotPermitted):
        confirm_proposal(office.proposal_id, **office.acts(now, by=onlooker))


# ── another quantity ───────────────────────────────────────────────────────────────────────────────────────────


def test_confirming_another_quantity(quilts: Office, now: datetime) -> None:
    card = adjust_proposal(quilts.proposal_id, 3, **quilts.acts(now))
    assert (card.quantity, quilts.proposal().proposed_quantity, quilts.books()) == (3, 2, (3, 0, 3, 0))
    assert quilts.need().status is NeedStatus.OPEN, "one quilt is still missing"


@pytest.mark.parametrize(
    ("quantity", "code", "params"),
    [
        (4, "quantity_above_most", {"most": 3, "why": "per_case"}),
        (0, "quantity_below_least", {"least": 1}),
        (-2, "quantity_below_least", {"least": 1}),
    ],
)
def test_a_quantity_that_does_not_fit_is_told_beside_the_field(
    quilts: Office, now: datetime, quantity: int, code: str, params: dict
) -> None:
    with pytest.raises(InvalidFields) as caught:
        adjust_proposal(quilts.proposal_id, quantity, **quilts.acts(now))
    assert [(p.field, p.code, p.params) for p in caught.value.problems] == [("quantity", code, params)]
    assert quilts.books() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("offer", "need", "why"),
    [({"reserved": 8}, {}, "stock"), ({"per_case_max": None}, {"promised": 2}, "need")],
)
def test_what_limits_is_named(quilts: Office, now: datetime, offer: dict, need: dict, why: str) -> None:
    quilts.change(Offer, quilts.offer_id, **offer)
    quilts.change(Need, quilts.need_id, **need)
    with pytest.raises(InvalidFields) as caught:
        adjust_proposal(quilts.proposal_id, 3, **quilts.acts(now))
    assert caught.value.problems[0].params == {"most": 2, "why": why}


def test_boxes_are_not_set_against_packs(office: Office, now: datetime) -> None:
    office.change(Need, office.need_id, unit="箱")
    with pytest.raises(NotEligible) as caught:
        confirm_proposal(office.proposal_id, **office.acts(now))
    assert ReasonCode.UNIT_UNKNOWN in {r.reason.code for r in caught.value.verdict.blocking if r.reason}


# ── declining, holding, handing over ───────────────────────────────────────────────────────────────────────────


def test_declining_asks_for_a_reason(office: Office, now: datetime) -> None:
    with pytest.raises(InvalidFields) as caught:
        decline_proposal(office.proposal_id, None, **office.acts(now))
    assert codes(caught) == [("reason", "choose_decline_reason")]
    with pytest.raises(InvalidFields) as caught:
        decline_proposal(office.proposal_id, DeclineReason.OTHER, note="  ", **office.acts(now))
    assert codes(caught) == [("note", "say_why")]
    assert office.proposal().status is ProposalStatus.PROPOSED


def test_declining_keeps_the_reason_and_screens_the_words(office: Office, now: datetime) -> None:
    said = "李志远家昨天从 19900001234 打来，说已领过"
    decline_proposal(office.proposal_id, DeclineReason.OTHER, note=said, **office.acts(now))
    row = office.proposal()
    assert (row.status, row.decline_reason) == (ProposalStatus.DECLINED, DeclineReason.OTHER)
    with office.database.read() as session:
        step = session.exec(select(ProposalStep)).one()
    assert (step.reason, step.note) == ("other", "李**家昨天从 〔电话〕 打来，说已领过")
    assert office.need().status is NeedStatus.OPEN


def test_not_wanted_closes_the_need_and_undo_opens_it(office: Office, now: datetime) -> None:
    decline_proposal(office.proposal_id, DeclineReason.NOT_WANTED, **office.acts(now))
    assert office.need().status is NeedStatus.NOT_WANTED
    undo(office.proposal_id, by=office.caseworker, uow=office.uow(), now=now)
    assert office.need().status is NeedStatus.OPEN
    assert (office.proposal().status, office.proposal().decline_reason) == (ProposalStatus.PROPOSED, None)


def test_a_hold_keeps_the_stock(database: Database, now: datetime) -> None:
    office = an_office(database, offer={"quantity": 1})
    hold_proposal(office.proposal_id, date(2019, 1, 11), **office.acts(now))
    assert office.books() == (1, 0, 1, 0)
    assert office.deliveries() == [] and office.notices() == []
    confirm_proposal(office.proposal_id, **office.acts(now))
    assert office.books() == (1, 0, 1, 0), "what was kept is now promised, not taken again"


def test_undoing_a_second_hold_brings_back_the_first_day(office: Office, now: datetime) -> None:
    hold_proposal(office.proposal_id, date(2019, 1, 11), **office.acts(now))
    hold_proposal(office.proposal_id, date(2019, 1, 14), **office.acts(now))
    undo(office.proposal_id, by=office.caseworker, uow=office.uow(), now=now)
    row = office.proposal()
    assert (row.status, row.hold_until, office.books()) == (ProposalStatus.HELD, date(2019, 1, 11), (1, 0, 1, 0))


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (None, "choose_date"),
        (date(2019, 1, 9), "date_not_ahead"),
        (date(2019, 1, 17), "date_too_late"),  # the family needs it by the 16th
    ],
)
def test_a_hold_needs_a_day_that_helps(office: Office, now: datetime, until: date | None, code: str) -> None:
    with pytest.raises(InvalidFields) as caught:
        hold_proposal(office.proposal_id, until, **office.acts(now))
    assert codes(caught) == [("until", code)]


def test_declining_what_was_held_gives_it_back(office: Office, now: datetime) -> None:
    hold_proposal(office.proposal_id, date(2019, 1, 11), **office.acts(now))
    decline_proposal(office.proposal_id, DeclineReason.ALREADY_HAS, **office.acts(now))
    assert office.books() == (0, 0, 0, 0)
    undo(office.proposal_id, by=office.caseworker, uow=office.uow(), now=now)
    assert (office.proposal().status, office.books()) == (ProposalStatus.HELD, (1, 0, 1, 0))


def test_handing_over_to_a_township_union(office: Office, now: datetime) -> None:
    with office.database.write() as session:
        county = make.a_county(session)
        township = make.a_unit(session, parent=county, level=UnitLevel.GRASSROOTS, name="大虹桥乡工会")
        empty = make.a_unit(session, parent=county, level=UnitLevel.GRASSROOTS, name="没有经办人的工会")
        colleague = make.an_actor(session, unit=township)
        session.commit()
    with pytest.raises(InvalidFields) as caught:
        hand_over_proposal(office.proposal_id, empty.id, **office.acts(now))
    assert codes(caught) == [("to_unit", "choose_unit")]
    hand_over_proposal(office.proposal_id, township.id, **office.acts(now))
    row = office.proposal()
    assert (row.status, row.unit_id) == (ProposalStatus.HANDED_OVER, township.id)
    confirm_proposal(office.proposal_id, **office.acts(now, by=colleague))
    assert office.books() == (1, 0, 1, 0)


def test_what_went_up_can_be_taken_back_by_who_sent_it(office: Office, now: datetime) -> None:
    with office.database.write() as session:
        city = make.the_city(session)
        make.an_actor(session, unit=city)
        session.commit()
    hand_over_proposal(office.proposal_id, city.id, **office.acts(now))
    with pytest.raises(NotFound):
        confirm_proposal(office.proposal_id, **office.acts(now))
    undo(office.proposal_id, by=office.caseworker, uow=office.uow(), now=now)
    row = office.proposal()
    assert (row.status, row.unit_id) == (ProposalStatus.PROPOSED, office.more["county"])


# ── undoing, withdrawing ───────────────────────────────────────────────────────────────────────────────────────


def test_undo_gives_everything_back_and_stays_in_the_trail(quilts: Office, now: datetime) -> None:
    adjust_proposal(quilts.proposal_id, 3, **quilts.acts(now))
    undo(quilts.proposal_id, by=quilts.caseworker, uow=quilts.uow(), now=now + timedelta(minutes=10))
    row = quilts.proposal()
    assert (row.status, row.quantity, row.decided_by, row.undo_until) == (ProposalStatus.PROPOSED, 2, None, None)
    assert quilts.books() == (0, 0, 0, 0) and quilts.deliveries() == []
    assert quilts.steps() == [("adjust", "proposed", "confirmed"), ("undo", "confirmed", "proposed")]
    assert [stopped for _, stopped in quilts.notices()] == [True, True]


def test_undo_then_confirm_again(office: Office, now: datetime) -> None:
    confirm_proposal(office.proposal_id, **office.acts(now))
    undo(office.proposal_id, by=office.caseworker, uow=office.uow(), now=now)
    confirm_proposal(office.proposal_id, **office.acts(now))
    assert office.books() == (1, 0, 1, 0) and len(office.deliveries()) == 1
    assert [stopped for _, stopped in office.notices()] == [True, True, False, False]


def test_the_window_ends(office: Office, now: datetime) -> None:
    confirm_proposal(office.proposal_id, **office.acts(now))
    with pytest.raises(WrongState) as caught:
        undo(office.proposal_id, by=office.caseworker, uow=office.uow(), now=now + timedelta(minutes=10, seconds=1))
    assert caught.value.code == "undo_over"
    assert office.books() == (1, 0, 1, 0)


def test_a_colleague_does_not_undo_it(office: Office, now: datetime) -> None:
    with office.database.write() as session:
        colleague = make.an_actor(session)
        session.commit()
    confirm_proposal(office.proposal_id, **office.acts(now))
    with pytest.raises(NotPermitted):
        undo(office.proposal_id, by=colleague, uow=office.uow(), now=now)


def test_nothing_to_undo(office: Office, now: datetime) -> None:
    with pytest.raises(WrongState):
        undo(office.proposal_id, by=office.caseworker, uow=office.uow(), now=now)


def test_withdrawing_tells_whoever_was_told(office: Office, now: datetime) -> None:
    confirm_proposal(office.proposal_id, **office.acts(now))
    with office.database.write() as session:
        for notice in session.exec(select(Outbox)):
            notice.sent_at = now
        session.commit()
    later = now + timedelta(hours=2)
    with pytest.raises(InvalidFields):
        withdraw_proposal(office.proposal_id, None, **office.acts(later))
    withdraw_proposal(office.proposal_id, DeclineReason.FACTS_DIFFER, **office.acts(later))
    assert office.books() == (0, 0, 0, 0) and office.deliveries() == []
    assert office.need().status is NeedStatus.OPEN
    assert office.notices()[2:] == [
        ("proposal_withdrawn_to_household", False),
        ("proposal_withdrawn_to_donor", False),
    ]


def test_undoing_a_withdrawal_does_not_tell_twice(office: Office, now: datetime) -> None:
    confirm_proposal(office.proposal_id, **office.acts(now))
    with office.database.write() as session:
        for notice in session.exec(select(Outbox)):
            notice.sent_at = now
        session.commit()
    withdraw_proposal(office.proposal_id, DeclineReason.NOT_WANTED, **office.acts(now))
    assert office.need().status is NeedStatus.NOT_WANTED
    undo(office.proposal_id, by=office.caseworker, uow=office.uow(), now=now)
    assert office.books() == (1, 0, 1, 0) and len(office.deliveries()) == 1
    assert [stopped for _, stopped in office.notices()] == [False, False, True, True]


def test_only_what_was_confirmed_is_withdrawn(office: Office, now: datetime) -> None:
    with pytest.raises(WrongState):
        withdraw_proposal(office.proposal_id, DeclineReason.FACTS_DIFFER, **office.acts(now))


def test_a_proposal_of_a_superseded_run_is_refused(office: Office, now: datetime) -> None:
    office.change(Proposal, office.proposal_id, status=ProposalStatus.SUPERSEDED)
    with pytest.raises(WrongState):
        confirm_proposal(office.proposal_id, **office.acts(now))
