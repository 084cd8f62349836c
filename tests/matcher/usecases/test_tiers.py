"""Moving on the ladder of help with nothing lost, and files that are due (R42)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from matcher.clock import business_date
from matcher.domain.file_terms import FileState, FilingReason, FilingState, LeaveReason
from matcher.domain.network_terms import Entitlement, EntitlementState
from matcher.domain.reasons import ReasonCode
from matcher.domain.terms import Category, FileLevel, FileStatus, FundSource, ProposalStatus, Tier, TierReason
from matcher.errors import InvalidFields, NotEligible, NotFound, WrongState
from matcher.store.session import Database
from matcher.store.tables import EntitlementCheck, FilingTask, HardshipFile, Household, Need, Offer, TierStep
from matcher.usecases import tiers
from matcher.usecases.approvals import approve_money
from matcher.usecases.file_reviews import withdraw_file
from matcher.usecases.proposals import confirm_proposal, undo
from seeds import reference
from tests import factories as make
from tests.filing import LONG_AFTER, Filing
from tests.matcher.usecases.deciding import RULES, Office, a_money_office

TIERS = reference.tier_rules(date(2019, 1, 9))
WITH_TIERS = replace(RULES, tiers=TIERS)


def acts(office: Office, now: datetime, **more: Any) -> dict[str, Any]:
    return office.acts(now, **more) | {"rules": WITH_TIERS}


def rows(database: Database, table: Any) -> list[Any]:
    with database.read() as session:
        return list(session.exec(select(table).order_by(col(table.id))))


def knows(database: Database, household_id: int, **states: EntitlementState) -> None:
    with database.write() as session:
        for name, state in states.items():
            session.add(
                EntitlementCheck(
                    household_id=household_id, entitlement=Entitlement(name), state=state,
                    checked_on=make.TODAY, created_at=make.NOW, updated_at=make.NOW,
                )
            )  # fmt: skip
        session.commit()


# ── the state first ────────────────────────────────────────────────────────────────────────────────────────────


def treasury(database: Database) -> Office:
    return a_money_office(
        database,
        offer={"fund_source": FundSource.LOCAL},
        household={"file_status": FileStatus.ACTIVE, "file_level": FileLevel.CITY, "is_excluded": False},
    )


@pytest.mark.parametrize("state", [EntitlementState.APPLIED, EntitlementState.REFUSED, EntitlementState.NOT_DUE])
def test_treasury_money_goes_when_the_state_was_asked(database: Database, now: datetime, state: Any) -> None:
    office = treasury(database)
    knows(database, office.more["household"], subsistence=state)
    assert confirm_proposal(office.proposal_id, **acts(office, now)).status is ProposalStatus.AWAITING_APPROVAL


def test_treasury_money_waits_for_what_the_state_owes_at_both_desks(database: Database, now: datetime) -> None:
    office = treasury(database)
    confirm_proposal(office.proposal_id, **acts(office, now))
    knows(database, office.more["household"], subsistence=EntitlementState.DUE)
    with pytest.raises(NotEligible) as caught:
        approve_money(office.proposal_id, **acts(office, now, by=office.reviewer))
    [refusal] = caught.value.verdict.blocking
    assert refusal.reason and refusal.reason.code is ReasonCode.ENTITLEMENT_FIRST
    assert refusal.reason.params["due"] == (Entitlement.SUBSISTENCE,)
    assert office.proposal().status is ProposalStatus.AWAITING_APPROVAL and office.deliveries() == []


def test_donations_do_not_wait(database: Database, now: datetime) -> None:
    office = a_money_office(database)
    knows(database, office.more["household"], subsistence=EntitlementState.DUE)
    confirm_proposal(office.proposal_id, **acts(office, now))
    approve_money(office.proposal_id, **acts(office, now, by=office.reviewer))
    assert office.deliveries()[0].tier is office.need().tier and office.deliveries()[0].duty is office.need().duty


# ── an emergency before the file ───────────────────────────────────────────────────────────────────────────────


def emergency(database: Database, urgency: int = 5) -> Office:
    return a_money_office(database, need={"urgency": urgency}, household={"file_status": FileStatus.NONE})


def test_emergency_money_before_the_file_asks_for_the_file_by_a_day(database: Database, now: datetime) -> None:
    office = emergency(database)
    confirm_proposal(office.proposal_id, **acts(office, now))
    assert rows(database, FilingTask) == [], "nothing is promised before the second person"
    approve_money(office.proposal_id, **acts(office, now, by=office.reviewer))
    [task] = rows(database, FilingTask)
    assert (task.reason, task.state) == (FilingReason.EARLY_HELP, FilingState.OPEN)
    assert task.due_on == business_date(now) + timedelta(days=30)
    undo(office.proposal_id, by=office.reviewer, uow=office.uow(), now=now)
    assert [t.state for t in rows(database, FilingTask)] == [FilingState.DROPPED]


def test_no_file_is_asked_for_when_it_was_no_emergency_or_the_family_is_on_file(
    database: Database, now: datetime
) -> None:
    office = emergency(database, urgency=3)
    confirm_proposal(office.proposal_id, **acts(office, now))
    approve_money(office.proposal_id, **acts(office, now, by=office.reviewer))
    assert rows(database, FilingTask) == []


def test_a_suggestion_becomes_the_duty_that_comes_with_the_money(database: Database, now: datetime) -> None:
    office = emergency(database)
    family = office.more["household"]
    given = {"by": office.caseworker, "uow": office.uow(), "rules": TIERS}
    tiers.suggest_filing(family, "两年没有收入", now=now - timedelta(days=9), **given)
    confirm_proposal(office.proposal_id, **acts(office, now))
    approve_money(office.proposal_id, **acts(office, now, by=office.reviewer))
    [task] = rows(database, FilingTask)
    assert task.reason is FilingReason.EARLY_HELP and task.due_on == business_date(now) + timedelta(days=21)
    undo(office.proposal_id, by=office.reviewer, uow=office.uow(), now=now)
    [task] = rows(database, FilingTask)
    assert (task.reason, task.state) == (FilingReason.LASTING, FilingState.OPEN), "the suggestion is not lost with it"


def test_the_task_stays_while_other_emergency_money_stands(database: Database, now: datetime) -> None:
    office = emergency(database)
    with database.write() as session:
        family = session.get_one(Household, office.more["household"])
        other = make.a_need(session, household=family, category=Category.LIV, unit="元", quantity=1000, urgency=5)
        offer = session.get_one(Offer, office.offer_id)
        second = make.a_proposal(session, need=other, offer=offer, quantity=1000).id or 0
        session.commit()
    for proposal_id in (office.proposal_id, second):
        given = {"uow": office.uow(), "now": now, "rules": WITH_TIERS}
        confirm_proposal(proposal_id, seen_version=1, by=office.caseworker, **given)
        approve_money(proposal_id, seen_version=2, by=office.reviewer, **given)
    undo(office.proposal_id, by=office.reviewer, uow=office.uow(), now=now)
    assert [t.state for t in rows(database, FilingTask)] == [FilingState.OPEN]
    undo(second, by=office.reviewer, uow=office.uow(), now=now)
    assert [t.state for t in rows(database, FilingTask)] == [FilingState.DROPPED]


# ── suggesting, dropping, sending in ───────────────────────────────────────────────────────────────────────────


def test_suggesting_twice_is_once_and_says_why_without_names(database: Database, now: datetime) -> None:
    office = emergency(database)
    family, given = office.more["household"], {"by": office.caseworker, "now": now, "rules": TIERS}
    with pytest.raises(InvalidFields):
        tiers.suggest_filing(family, "  ", uow=office.uow(), **given)
    for _ in range(2):
        tiers.suggest_filing(family, "李志远长期透析，电话 13800138000", uow=office.uow(), **given)
    [task] = rows(database, FilingTask)
    assert "志远" not in task.note and "13800138000" not in task.note and "长期透析" in task.note
    stranger = replace(office.caseworker, unit_path="/999/")
    with pytest.raises(NotFound):
        tiers.suggest_filing(family, "长期", uow=office.uow(), **given | {"by": stranger})
    tiers.drop_filing(family, "已经去低保", seen_version=task.version, by=office.caseworker, uow=office.uow(), now=now)
    assert [t.state for t in rows(database, FilingTask)] == [FilingState.DROPPED]
    with pytest.raises(WrongState):
        tiers.drop_filing(family, "再去掉", seen_version=2, by=office.caseworker, uow=office.uow(), now=now)


def test_a_family_on_file_needs_no_suggestion(database: Database, now: datetime) -> None:
    office = a_money_office(database, household={"file_status": FileStatus.ACTIVE})
    with pytest.raises(WrongState):
        tiers.suggest_filing(
            office.more["household"], "长期", by=office.caseworker, uow=office.uow(), now=now, rules=TIERS
        )


# ── needs follow the file ──────────────────────────────────────────────────────────────────────────────────────


def test_needs_follow_the_file_on_and_off_and_keep_their_history(database: Database) -> None:
    filing = Filing(database)
    file_id = filing.draft()
    with database.write() as session:
        family = session.get_one(Household, session.get_one(HardshipFile, file_id).household_id)
        money = make.a_need(session, household=family, category=Category.LIV, tier=Tier.T2).id
        rest = make.a_need(session, household=family, category=Category.STA, tier=Tier.T4).id
        session.commit()
        household_id = family.id or 0
    tiers.suggest_filing(household_id, "长期有病", by=filing.clerk, uow=filing.uow, now=make.NOW, rules=TIERS)
    filing.fill(file_id)
    filing.submit(file_id)
    assert [t.state for t in rows(database, FilingTask)] == [FilingState.DONE], "the file was sent in"
    filing.passes(file_id, filing.chair)
    filing.visit(file_id)
    filing.check(file_id)
    filing.passes(file_id, filing.reviewer, LONG_AFTER)
    filing.passes(file_id, filing.city, LONG_AFTER)
    tier_of = {need.id: need.tier for need in rows(database, Need)}
    assert tier_of == {money: Tier.T1, rest: Tier.T4}
    withdraw_file(
        file_id, LeaveReason.MOVED_AWAY, "搬走", seen_version=filing.file(file_id).version, by=filing.reviewer,
        uow=filing.uow, now=make.NOW,
    )  # fmt: skip
    assert filing.file(file_id).state is FileState.WITHDRAWN
    assert {need.id: need.tier for need in rows(database, Need)} == {money: Tier.T2, rest: Tier.T4}
    told = [(step.from_tier, step.to_tier, step.reason) for step in rows(database, TierStep)]
    assert told == [(Tier.T2, Tier.T1, TierReason.ON_FILE), (Tier.T1, Tier.T2, TierReason.OFF_FILE)]


def test_a_move_by_hand_gives_its_reason_and_changes_nothing_else(database: Database, now: datetime) -> None:
    office = a_money_office(database, need={"tier": Tier.T2}, household={"file_status": FileStatus.NONE})
    given = {"by": office.caseworker, "now": now}
    before = office.need()
    for tier, reason, field in (
        (None, TierReason.ROSTER, "tier"),
        (Tier.T2, TierReason.ROSTER, "tier"),
        (Tier.T1, TierReason.WRONG, "tier"),
        (Tier.T3, None, "tier_reason"),
        (Tier.T3, TierReason.ON_FILE, "tier_reason"),
    ):
        with pytest.raises(InvalidFields) as caught:
            tiers.move_need_to_tier(office.need_id, tier, reason, uow=office.uow(), **given)
        assert [p.field for p in caught.value.problems] == [field]
    tiers.move_need_to_tier(office.need_id, Tier.T3, TierReason.MUTUAL_AID, uow=office.uow(), **given)
    after = office.need()
    assert (after.tier, after.version) == (Tier.T3, before.version), "proposals made from it can still be confirmed"
    assert [step.by_account_id for step in rows(database, TierStep)] == [office.caseworker.account_id]
    confirm_proposal(office.proposal_id, **acts(office, now))
