"""Registering, changing, confirming and taking back needs."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, func, select

from matcher.domain.terms import (
    Category,
    DutyKind,
    FileStatus,
    HardshipClass,
    NeedStatus,
    ProposalStatus,
    Role,
    Tier,
    WithdrawReason,
)
from matcher.errors import InvalidFields, NotFound, NotPermitted, StaleVersion, WrongState
from matcher.store.tables import AuditEvent, Need, Proposal, ProposalStep
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.need_input import NeedInput
from matcher.usecases.needs import confirm_need_still_open, edit_need, register_need, title_from, withdraw_need
from tests.factories import TODAY, a_county, a_household, a_need, a_proposal, an_actor

STORY = "家里米缸见底了，老伴卧床，我电话 19900004321，想过年前有点米面油。"


def told(**fields) -> NeedInput:
    return NeedInput(**{"story": STORY, "category": Category.FOO, "quantity": 1, "unit": "份", "urgency": 4, **fields})


@pytest.fixture
def caseworker(database):
    with database.write() as session:
        actor = an_actor(session)
        session.commit()
    return actor


@pytest.fixture
def household_id(database, caseworker):
    with database.write() as session:
        household = a_household(session)
        session.commit()
        return household.id


def made(database, **fields):
    with database.write() as session:
        need = a_need(session, **fields)
        session.commit()
        return need


def stored(database, need_id):
    with database.read() as session:
        return session.get(Need, need_id)


def problems(call) -> dict[str, str]:
    with pytest.raises(InvalidFields) as refused:
        call()
    return {problem.field: problem.code for problem in refused.value.problems}


def register(database, household_id, actor, now, need=None, **more):
    return register_need(household_id, need or told(), by=actor, uow=UnitOfWork(database), now=now, **more)


def test_a_registered_need_is_open_and_matching_reads_screened_words(database, caseworker, household_id, now):
    card = register(database, household_id, caseworker, now)
    row = stored(database, card.id)
    assert (row.status, row.tier, row.duty, row.created_on) == (NeedStatus.OPEN, Tier.T1, DutyKind.SERVICE, TODAY)
    assert "19900004321" not in row.text and "〔电话〕" in row.text
    assert row.story == STORY
    assert card.code == f"XQ1901-{card.id:05d}"


def test_the_story_is_not_readable_in_the_database(database, caseworker, household_id, now):
    register(database, household_id, caseworker, now)
    with database.read() as session:
        raw = session.connection().exec_driver_sql("SELECT story FROM need").scalar_one()
    assert b"19900004321" not in bytes(raw)


def test_a_title_comes_from_the_first_words_when_none_is_given(database, caseworker, household_id, now):
    assert register(database, household_id, caseworker, now).title == "家里米缸见底了"
    assert title_from("一" * 30) == "一" * 19 + "…"


def test_ten_thousands_are_kept_in_yuan(database, caseworker, household_id, now):
    need = told(category=Category.MED, quantity=2, unit="万元", story="住院自付两万，借不到了。")
    row = stored(database, register(database, household_id, caseworker, now, need).id)
    assert (row.quantity, row.unit) == (20_000, "元")


def test_arrears_are_rights_and_a_family_without_a_file_gets_a_visit(database, caseworker, now):
    with database.write() as session:
        household = a_household(session, file_status=FileStatus.NONE, hardship_class=HardshipClass.NONE)
        session.commit()
    arrears = told(category=Category.ARR, unit="件", story="干了五个月没拿到工钱。")
    assert stored(database, register(database, household.id, caseworker, now, arrears).id).duty is DutyKind.RIGHTS
    assert stored(database, register(database, household.id, caseworker, now).id).tier is Tier.T2


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"story": "  "}, {"story": "required"}),
        ({"story": "缺米"}, {"story": "too_short"}),
        ({"story": "米" * 5001}, {"story": "too_long"}),
        ({"quantity": 0}, {"quantity": "not_whole"}),
        ({"quantity": -3}, {"quantity": "not_whole"}),
        ({"quantity": None}, {"quantity": "required"}),
        ({"quantity": None, "unit": "元"}, {"quantity": "money_required"}),
        ({"quantity": 10**9}, {"quantity": "too_big"}),
        ({"quantity": 20_000, "unit": "万元"}, {"quantity": "too_big"}),
        ({"unit": " "}, {"unit": "required"}),
        ({"unit": "一二三四五六七八九十一二三"}, {"unit": "too_long"}),
        ({"urgency": 6}, {"urgency": "urgency_range"}),
        ({"deadline": TODAY - timedelta(days=1)}, {"deadline": "date_past"}),
        ({"deadline": date(2031, 1, 1)}, {"deadline": "date_far"}),
        ({"age": 140}, {"age": "age_range"}),
        ({"self_paid_left": -1}, {"self_paid_left": "not_negative"}),
        ({"division_code": "999999"}, {"division_code": "place_unknown"}),
        ({"story": "", "quantity": 0, "age": -1}, {"story": "required", "quantity": "not_whole", "age": "age_range"}),
    ],
)
def test_each_slip_is_named_and_nothing_is_written(database, caseworker, household_id, now, fields, expected):
    assert problems(lambda: register(database, household_id, caseworker, now, told(**fields))) == expected
    with database.read() as session:
        assert session.exec(select(func.count(col(Need.id)))).one() == 0
        assert session.exec(select(func.count(col(AuditEvent.id)))).one() == 0


def test_a_day_told_in_the_future_is_refused(database, caseworker, household_id, now):
    later = TODAY + timedelta(days=1)
    assert problems(lambda: register(database, household_id, caseworker, now, created_on=later)) == {
        "created_on": "date_future"
    }


def test_a_family_out_of_reach_does_not_exist(database, caseworker, now):
    with database.write() as session:
        foreign = a_household(session, unit=a_county(session, "410825", short_name="温县")).id
        session.commit()
    with pytest.raises(NotFound):
        register(database, foreign, caseworker, now)
    with pytest.raises(NotFound):
        register(database, 987654, caseworker, now)


def test_a_reviewer_may_not_register(database, caseworker, household_id, now):
    with database.write() as session:
        reviewer = an_actor(session, Role.REVIEWER)
        session.commit()
    with pytest.raises(NotPermitted):
        register(database, household_id, reviewer, now)


def test_an_edit_raises_the_version_and_a_second_one_on_the_old_page_is_refused(database, caseworker, now):
    need = made(database)
    edit = told(quantity=3)
    card = edit_need(need.id, edit, seen_version=need.version, by=caseworker, uow=UnitOfWork(database), now=now)
    assert (card.version, stored(database, need.id).quantity) == (need.version + 1, 3)
    with pytest.raises(StaleVersion):
        edit_need(
            need.id, told(quantity=5), seen_version=need.version, by=caseworker, uow=UnitOfWork(database), now=now
        )
    assert stored(database, need.id).quantity == 3


def test_less_than_promised_is_refused(database, caseworker, now):
    need = made(database, quantity=5, promised=3)

    def edit(**fields):
        uow = UnitOfWork(database)
        return lambda: edit_need(need.id, told(**fields), seen_version=1, by=caseworker, uow=uow, now=now)

    assert problems(edit(quantity=2)) == {"quantity": "below_promised"}
    assert problems(edit(quantity=5, unit="袋")) == {"unit": "unit_promised"}
    assert edit(quantity=3)().status is NeedStatus.PROMISED


def test_a_need_past_its_date_opens_again_with_a_later_one(database, caseworker, now):
    need = made(database, status=NeedStatus.EXPIRED, deadline=TODAY - timedelta(days=2))
    uow = UnitOfWork(database)
    old_date = told(deadline=TODAY - timedelta(days=2))
    assert problems(lambda: edit_need(need.id, old_date, seen_version=1, by=caseworker, uow=uow, now=now)) == {
        "deadline": "date_past"
    }
    later = told(deadline=TODAY + timedelta(days=5))
    card = edit_need(need.id, later, seen_version=1, by=caseworker, uow=UnitOfWork(database), now=now)
    assert card.status is NeedStatus.OPEN


def test_withdrawing_ends_what_nobody_decided(database, caseworker, now):
    need = made(database)
    with database.write() as session:
        proposal = a_proposal(session, need=session.get(Need, need.id))
        session.commit()
    card = withdraw_need(
        need.id, reason=WithdrawReason.SOLVED, seen_version=1, by=caseworker, uow=UnitOfWork(database), now=now
    )
    assert (card.status, card.ended_proposals) == (NeedStatus.WITHDRAWN, 1)
    assert stored(database, need.id).withdraw_reason is WithdrawReason.SOLVED
    with database.read() as session:
        assert session.get(Proposal, proposal.id).status is ProposalStatus.SUPERSEDED
        assert session.exec(select(ProposalStep)).one().reason == "need_withdrawn"


def test_what_is_promised_is_not_withdrawn(database, caseworker, now):
    need = made(database, quantity=2, promised=1)
    with pytest.raises(WrongState) as refused:
        withdraw_need(
            need.id, reason=WithdrawReason.OTHER, seen_version=1, by=caseworker, uow=UnitOfWork(database), now=now
        )
    assert refused.value.code == "need_promised"
    assert stored(database, need.id).status is NeedStatus.OPEN


def test_not_wanted_is_a_state_of_its_own(database, caseworker, now):
    need = made(database)
    reason = WithdrawReason.NOT_WANTED
    card = withdraw_need(need.id, reason=reason, seen_version=1, by=caseworker, uow=UnitOfWork(database), now=now)
    assert card.status is NeedStatus.NOT_WANTED
    with pytest.raises(WrongState):
        withdraw_need(need.id, reason=reason, seen_version=2, by=caseworker, uow=UnitOfWork(database), now=now)


def test_still_needed_keeps_the_version(database, caseworker, now):
    need = made(database)
    card = confirm_need_still_open(need.id, by=caseworker, uow=UnitOfWork(database), now=now)
    assert card.version == need.version
    assert stored(database, need.id).last_confirmed_on == TODAY


def test_acts_on_a_foreign_need_find_nothing(database, caseworker, now):
    with database.write() as session:
        household = a_household(session, unit=a_county(session, "410825", short_name="温县"))
        foreign = a_need(session, household=household).id
        session.commit()
    uow = UnitOfWork(database)
    for act in (
        lambda: edit_need(foreign, told(), seen_version=1, by=caseworker, uow=uow, now=now),
        lambda: confirm_need_still_open(foreign, by=caseworker, uow=uow, now=now),
        lambda: withdraw_need(foreign, reason=WithdrawReason.OTHER, seen_version=1, by=caseworker, uow=uow, now=now),
    ):
        with pytest.raises(NotFound):
            act()
