"""Families' data go when their time has come: announced, held where somebody says why, looked at once more, erased."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from matcher.domain.file_terms import FileState
from matcher.domain.retention import ErasureCause, ErasureState
from matcher.domain.rights import RightsKind
from matcher.domain.terms import DeliveryStatus, DutyKind, NeedStatus, ProposalStatus, Role, Tier
from matcher.domain.visit_terms import VisitGroup
from matcher.errors import InvalidFields, NotFound, NotPermitted, WrongState
from matcher.store import anchor
from matcher.store.queries.retention import count_erasures, list_erasures
from matcher.store.queries.visits import list_roster
from matcher.store.session import Database
from matcher.store.tables import Account, AuditEvent, Delivery, Erasure, HardshipFile, Household, Need, RosterEntry
from matcher.usecases import operations, retention, rights, visits
from matcher.usecases.filing import read_sections
from seeds.reference import file_rules, retention_rules
from tests import factories as make
from tests.filing import NOW, Filing
from tests.matcher.usecases.test_operations import settings_of

KEEP = retention_rules(date(2019, 1, 9))
LATER = datetime(2032, 3, 1, 2, tzinfo=UTC)


@pytest.fixture
def house(database: Database) -> Filing:
    return Filing(database)


@pytest.fixture
def gone(database: Database, house: Filing) -> int:
    """A family that left help in 2019 and got nothing."""
    household_id = house.file(house.to(FileState.ACTIVE)).household_id
    with database.write() as session:
        file = session.exec(select(HardshipFile).where(HardshipFile.household_id == household_id)).one()
        file.state, file.left_on, file.watch_until = FileState.OUT, date(2019, 6, 30), date(2020, 6, 30)
        household = session.get_one(Household, household_id)
        household.file_status = "closed"
        session.commit()
    return household_id


def step(house: Filing, now: datetime) -> tuple[int, int]:
    """What the timetable does: how many were announced, how many erased."""
    return (
        retention.announce_erasures(uow=house.uow, now=now, rules=KEEP),
        retention.erase_due_families(uow=house.uow, now=now, rules=KEEP),
    )


def states(database: Database) -> list[tuple[ErasureState, ErasureCause]]:
    with database.read() as session:
        return [(row.state, row.cause) for row in session.exec(select(Erasure).order_by(Erasure.id))]


def name_of(database: Database, household_id: int) -> str:
    with database.read() as session:
        return session.get_one(Household, household_id).head_name


def helped(database: Database, household_id: int, on: date, status: DeliveryStatus = DeliveryStatus.DELIVERED) -> None:
    with database.write() as session:
        household = session.get_one(Household, household_id)
        need = make.a_need(session, household=household, status=NeedStatus.MET)
        proposal = make.a_proposal(session, need=need, status=ProposalStatus.DELIVERED)
        session.add(
            Delivery(
                proposal_id=proposal.id, household_id=household_id, need_id=need.id, offer_id=proposal.offer_id,
                unit_id=need.unit_id, quantity=1, unit="份", tier=Tier.T2, duty=DutyKind.SERVICE, confirmed_on=on,
                delivered_on=on if status is DeliveryStatus.DELIVERED else None, status=status,
                created_at=NOW, updated_at=NOW,
            )
        )  # fmt: skip
        session.commit()


def test_a_family_that_left_is_announced_then_erased_and_nothing_before_its_day(database, house, gone):
    assert step(house, LATER.replace(year=2029, month=6, day=29)) == (0, 0)
    began = LATER.replace(year=2029, month=6, day=30)
    assert step(house, began) == (1, 0)
    assert step(house, began + timedelta(days=29)) == (0, 0)
    assert name_of(database, gone) == "王秀兰"
    assert step(house, began + timedelta(days=30)) == (0, 1)
    assert name_of(database, gone) == ""
    assert states(database) == [(ErasureState.DONE, ErasureCause.LEFT)]
    assert step(house, LATER) == (0, 0)
    with database.read() as session:
        acts = session.exec(select(AuditEvent.action).where(AuditEvent.object_type == "erasure")).all()
    assert acts == ["erasure:announce", "erasure:done"]


def test_an_erased_family_is_absent_for_everybody(database, house, gone):
    step(house, LATER)
    step(house, LATER + timedelta(days=30))
    file_id = 1
    for somebody in (house.clerk, house.reviewer, house.city):
        with pytest.raises(NotFound):
            read_sections(file_id, by=somebody, uow=house.uow, now=LATER)


def test_what_proves_a_hand_over_is_kept_ten_years(database, house, gone):
    helped(database, gone, date(2025, 2, 1))
    assert step(house, LATER) == (0, 0)
    assert step(house, datetime(2035, 2, 1, 2, tzinfo=UTC)) == (1, 0)


@pytest.mark.parametrize("what", ["file", "need", "delivery", "request"])
def test_nothing_is_erased_while_something_goes_on(database, house, gone, what):
    step(house, LATER)
    if what == "delivery":
        helped(database, gone, date(2019, 2, 1), DeliveryStatus.PENDING)
    with database.write() as session:
        household = session.get_one(Household, gone)
        if what == "file":
            session.exec(select(HardshipFile)).one().state = FileState.FIRST_REVIEW
        if what == "need":
            make.a_need(session, household=household)
        session.commit()
    if what == "request":
        worker = a_worker(database, gone)
        rights.ask(
            RightsKind.EXPLAIN, "我的档案还在吗？", household_id=None, by=worker, uow=house.uow, now=LATER,
            rules=file_rules(date(2019, 1, 9)),
        )  # fmt: skip
    assert step(house, LATER + timedelta(days=30)) == (0, 0)
    assert states(database) == [(ErasureState.DROPPED, ErasureCause.LEFT)]
    assert name_of(database, gone) == "王秀兰"


def a_worker(database: Database, household_id: int):
    with database.write() as session:
        worker = make.an_actor(session, Role.WORKER, unit=None, household_id=household_id)
        session.commit()
        return worker


def test_a_registered_family_without_file_and_help_goes_after_three_years(database, house):
    with database.write() as session:
        family = make.a_household(session, unit=house.county, file_status="none", file_level=None, file_number=None)
        make.a_need(session, household=family, status=NeedStatus.EXPIRED)
        session.commit()
    assert step(house, datetime(2022, 1, 8, 2, tzinfo=UTC)) == (0, 0)
    assert step(house, datetime(2022, 1, 9, 2, tzinfo=UTC)) == (1, 0)
    assert states(database) == [(ErasureState.ANNOUNCED, ErasureCause.UNFILED)]


def test_somebody_holds_it_with_a_reason_and_it_comes_back_by_itself(database, house, gone):
    step(house, LATER)
    until = date(2032, 12, 31)

    def hold(by, until=until, note="正在审计", version=1):
        retention.hold_erasure(1, until, note, seen_version=version, by=by, uow=house.uow, now=LATER)

    with pytest.raises(NotFound):
        hold(_reviewer_elsewhere(database, house))
    with pytest.raises(NotPermitted):
        hold(house.county_clerk)
    for wrong in ({"note": " "}, {"until": None}, {"until": date(2032, 3, 1)}, {"until": date(2036, 1, 1)}):
        with pytest.raises(InvalidFields):
            hold(house.reviewer, **wrong)
    hold(house.reviewer)
    assert step(house, LATER + timedelta(days=40)) == (0, 0)
    with database.read() as session:
        (line,) = list_erasures(session, house.city, state=ErasureState.HELD)
        assert (line.held_until, line.note) == (until, "正在审计")
        assert count_erasures(session, house.reviewer)[ErasureState.HELD] == 1
        assert count_erasures(session, _reviewer_elsewhere(database, house))[ErasureState.HELD] == 0
    over = datetime(2033, 1, 1, 2, tzinfo=UTC)
    assert step(house, over) == (1, 0)
    assert step(house, over + timedelta(days=30)) == (0, 1)
    with pytest.raises(WrongState):
        retention.release_erasure(1, seen_version=2, by=house.city, uow=house.uow, now=over, rules=KEEP)


def test_a_hold_can_end_before_its_day(database, house, gone):
    step(house, LATER)
    retention.hold_erasure(1, date(2033, 1, 1), "有诉讼", seen_version=1, by=house.city, uow=house.uow, now=LATER)
    retention.release_erasure(1, seen_version=2, by=house.city, uow=house.uow, now=LATER, rules=KEEP)
    assert step(house, LATER + timedelta(days=29)) == (0, 0)
    assert step(house, LATER + timedelta(days=30)) == (0, 1)


def _reviewer_elsewhere(database: Database, house: Filing):
    with database.write() as session:
        somebody = make.an_actor(session, Role.REVIEWER, unit=house.other_county)
        session.commit()
        return somebody


def test_a_family_asks_and_its_account_goes_too(database, house, gone):
    worker = a_worker(database, gone)
    asked = rights.ask(
        RightsKind.ERASE, "我们好了，请把我的信息删掉。", household_id=None, by=worker, uow=house.uow, now=NOW,
        rules=file_rules(date(2019, 1, 9)),
    )  # fmt: skip
    late = NOW + timedelta(days=600)  # the watch is over

    def answer(agreed, now=late):
        rights.answer(
            asked.id,
            "七天以后销毁。",
            agreed=agreed,
            seen_version=1,
            by=house.reviewer,
            uow=house.uow,
            now=now,
            keep=KEEP,
        )

    with pytest.raises(InvalidFields) as refused:
        answer(None)
    assert refused.value.problems[0].code == "choose_answer"
    with pytest.raises(InvalidFields) as refused:
        answer(True, NOW)
    assert refused.value.problems[0].code == "erase_not_yet"
    answer(True)
    assert step(house, late + timedelta(days=6)) == (0, 0)
    assert step(house, late + timedelta(days=7)) == (0, 1)
    assert states(database) == [(ErasureState.DONE, ErasureCause.ASKED)]
    with database.read() as session:
        account = session.get_one(Account, worker.account_id)
        assert not account.is_active and account.display_name == "" and account.username == f"erased-{account.id}"


def test_whoever_was_helped_hears_until_when(database, house, gone):
    helped(database, gone, date(2019, 2, 1))
    worker = a_worker(database, gone)
    asked = rights.ask(
        RightsKind.ERASE, "请把我的信息删掉。", household_id=None, by=worker, uow=house.uow, now=NOW,
        rules=file_rules(date(2019, 1, 9)),
    )  # fmt: skip
    late, words = NOW + timedelta(days=600), "到2029年2月1日销毁。"
    with pytest.raises(InvalidFields) as refused:
        rights.answer(asked.id, words, agreed=True, seen_version=1, by=house.city, uow=house.uow, now=late, keep=KEEP)
    assert refused.value.problems[0].params == {"day": "2029-02-01"}
    rights.answer(asked.id, words, agreed=False, seen_version=1, by=house.city, uow=house.uow, now=late, keep=KEEP)
    assert states(database) == []


def test_names_on_rosters_of_past_years_go_and_counts_stay(database, house):
    lines = visits.read_lines("张建国 怀川机械 19900001234\n李桂香 怀川机械")
    for year in (2019, 2021):
        visits.add_to_roster(VisitGroup.MODEL, year, lines, by=house.clerk, uow=house.uow, now=NOW)
    at = datetime(2023, 1, 2, 2, tzinfo=UTC)
    assert retention.erase_old_rosters(uow=house.uow, now=at, rules=KEEP) == 2
    assert retention.erase_old_rosters(uow=house.uow, now=at, rules=KEEP) == 0
    with database.read() as session:
        rows = session.exec(select(RosterEntry).order_by(RosterEntry.year, RosterEntry.id)).all()
        assert [(row.year, row.name, row.phone) for row in rows[:2]] == [(2019, "", None)] * 2
        assert [row.name for row in rows[2:]] == ["张建国", "李桂香"]
        assert len(list_roster(session, house.clerk, VisitGroup.MODEL, year=2019)) == 2


def test_a_backup_that_is_put_back_does_not_bring_a_family_back(database, house, gone, tmp_path: Path):
    before = anchor.folder()
    anchor.use_folder(tmp_path / "anchors")
    try:
        settings = settings_of(database)
        operations.backup(tmp_path / "b.zip", settings=settings, now=NOW)
        step(house, LATER)
        step(house, LATER + timedelta(days=30))
        operations.restore(tmp_path / "b.zip", settings=settings, force=True)
        assert name_of(database, gone) == ""
        with database.read() as session:
            assert session.exec(select(Need)).all() == []
            assert "erasure:again" in session.exec(select(AuditEvent.action)).all()
    finally:
        anchor.use_folder(before)
