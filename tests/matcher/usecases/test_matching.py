"""Match runs on real databases: what is kept, what is superseded, what is never touched."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Mapper
from sqlmodel import Session, col, select

from matcher.domain.network_terms import Entitlement
from matcher.domain.terms import (
    Category,
    DeclineReason,
    FileLevel,
    FileStatus,
    FundSource,
    NeedStatus,
    ProposalAction,
    ProposalStatus,
    Role,
    RunStage,
    RunStatus,
    ScorePart,
)
from matcher.errors import Cancelled, LeaseLost, NotFound, NotPermitted
from matcher.store import stock
from matcher.store.session import Database
from matcher.store.tables import (
    AuditEvent,
    Donor,
    Household,
    Job,
    MatchRun,
    Need,
    Offer,
    Proposal,
    ProposalStep,
    UnmetNeed,
)
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.jobs import claim_job, reconcile_jobs
from matcher.usecases.matching import run_matching, start_nightly_run, start_run, stop_run
from matcher.usecases.rules import Rules
from seeds import reference
from tests import factories as make
from tests.factories import TODAY
from tests.matcher.usecases.conftest import quiet


def proposals(session: Session, *status: ProposalStatus) -> list[Proposal]:
    wanted = select(Proposal).order_by(col(Proposal.id))
    return list(session.exec(wanted.where(col(Proposal.status).in_(status)) if status else wanted))


def filled(database: Database, families: int = 3, stock_left: int = 300) -> list[int]:
    """Families of one county, each with a need for one parcel, and one offer of parcels. Need ids."""
    with database.write() as session:
        make.the_city(session)
        make.an_offer(session, quantity=stock_left)
        needs = [make.a_need(session).id for _ in range(families)]
        session.commit()
    return needs


def test_a_run_proposes_with_reasons_versions_and_ranks(database: Database, run):
    with database.write() as session:
        make.an_offer(session)
        calm = make.a_need(session, urgency=2, deadline=TODAY + timedelta(days=20)).id
        urgent = make.a_need(session, urgency=5, deadline=TODAY + timedelta(days=20)).id
        soon = make.a_need(session, urgency=2, deadline=TODAY + timedelta(days=3)).id
        session.commit()
    card = run()
    assert (card.proposals, card.kept, card.superseded, card.dropped, card.unmet) == (3, 0, 0, 0, 0)
    with database.read() as session:
        found = {p.need_id: p for p in proposals(session)}
        assert [n for n, _ in sorted(found.items(), key=lambda item: item[1].rank)] == [urgent, soon, calm]
        one = found[urgent]
        assert one.status is ProposalStatus.PROPOSED and one.quantity == one.proposed_quantity == 1
        assert sum(one.parts.values()) == one.score
        assert set(one.parts) == set(one.maxima) == {part.value for part in ScorePart}
        assert sum(one.maxima.values()) == 1000
        assert one.reasons and all(set(reason) == {"code", "params"} for reason in one.reasons)
        assert (one.need_version, one.offer_version) == (1, 1)
        assert one.model == "hand" and one.signals["meaning"] > 0.5
        assert all(0 < value <= 1 for value in one.signals.values())


def test_no_row_becomes_an_object_on_the_way(database: Database, run):
    """Needs, offers, families, proposals and unmet needs travel as columns, in and out."""
    filled(database, families=8, stock_left=5)
    run()
    made: list[type] = []

    def note(target: object, *_rest: object) -> None:
        made.append(type(target))

    event.listen(Mapper, "load", note)
    event.listen(Mapper, "init", note)
    try:
        assert run().proposals == 5
    finally:
        event.remove(Mapper, "load", note)
        event.remove(Mapper, "init", note)
    in_bulk = {Need, Offer, Household, Donor, Proposal, ProposalStep, UnmetNeed}
    assert [kind for kind in made if kind in in_bulk] == []
    assert len(made) < 20  # the run, its job, its union and the audit line, however many families there are


def test_a_run_keeps_its_figures_and_ends_its_job(database: Database, run, now: datetime):
    filled(database, families=2, stock_left=1)
    run()
    with database.read() as session:
        done, job = session.exec(select(MatchRun)).one(), session.exec(select(Job)).one()
        assert (done.status, job.status, job.share) == (RunStatus.DONE, RunStatus.DONE, 1.0)
        assert done.finished_at == now and job.lease_until is None
        assert done.policy_version == done.report["policy"]["version"]
        assert (done.report["model"]["name"], done.report["model"]["remembers"]) == ("hand", False)
        assert (done.proposals, done.households_in_need, done.households_reached) == (1, 2, 1)
        county = done.report["counties"][0]
        assert (county["on_file"], county["in_need"], county["matched"], county["delivered"]) == (2, 2, 1, 0)
        assert sum(county["reasons"].values()) == 1
        unmet = session.exec(select(UnmetNeed)).one()
        assert unmet.remaining == 1 and unmet.smallest_change["code"].startswith("CHANGE_")
        actions = [event.action for event in session.exec(select(AuditEvent).order_by(col(AuditEvent.id)))]
        assert actions == ["run:start", "run:finish"]


def test_an_equal_proposal_keeps_its_row_and_version_and_moves_to_the_new_run(database: Database, run):
    filled(database)
    run()
    with database.read() as session:
        before = {p.id: (p.version, p.run_id) for p in proposals(session)}
    card = run()
    assert (card.proposals, card.kept, card.superseded) == (3, 3, 0)
    with database.read() as session:
        after = {p.id: (p.version, p.run_id) for p in proposals(session)}
    assert {i: version for i, (version, _) in after.items()} == {i: version for i, (version, _) in before.items()}
    assert {run_id for _, run_id in after.values()} == {card.run_id}


def test_an_edited_need_gets_a_new_proposal_and_the_old_one_is_superseded(database: Database, run, now: datetime):
    need_id = filled(database, families=1)[0]
    run()
    with database.write() as session:
        session.get(Need, need_id).version += 1
        session.commit()
    card = run()
    assert (card.kept, card.superseded) == (0, 1)
    with database.read() as session:
        old, new = proposals(session)
        assert (old.status, old.version) == (ProposalStatus.SUPERSEDED, 2)
        assert (new.status, new.need_version) == (ProposalStatus.PROPOSED, 2)
        step = session.exec(select(ProposalStep)).one()
        assert (step.proposal_id, step.action, step.by_account_id) == (old.id, ProposalAction.SUPERSEDE, None)


def test_treasury_money_is_not_proposed_while_the_state_owes_it(database: Database, run):
    on_file = {"file_status": FileStatus.ACTIVE, "file_level": FileLevel.NATIONAL, "is_excluded": False}
    with database.write() as session:
        families = [make.a_household(session, **on_file) for _ in range(2)]
        money = {"category": Category.EDU, "unit": "元", "quantity": 2000, "text": "孩子上大学，学费还差两千元"}
        waits, free = (make.a_need(session, household=family, **money).id for family in families)
        make.an_offer(
            session, category=Category.EDU, unit="元", quantity=9000, per_case_max=3000,
            fund_source=FundSource.CENTRAL, text="金秋助学：困难职工子女上大学的学费", shelf_life_until=None,
        )  # fmt: skip
        session.commit()
    assert run().proposals == 2
    with database.write() as session:
        make.an_entitlement(session, families[0], Entitlement.EDUCATION)
        session.commit()
    assert run().superseded == 1
    with database.read() as session:
        assert [p.need_id for p in proposals(session, ProposalStatus.PROPOSED)] == [free]
        [unmet] = session.exec(select(UnmetNeed).where(UnmetNeed.need_id == waits))
        assert unmet.main_reason == "ENTITLEMENT_FIRST"
        assert unmet.smallest_change["code"] == "CHANGE_APPLY_TO_STATE"
        assert unmet.smallest_change["params"]["due"] == ["education"]


def test_a_donor_may_ask_that_a_file_stands_first(database: Database, run):
    with database.write() as session:
        make.an_offer(session, requires_file=True)
        make.a_need(session, household=make.a_household(session, file_status=FileStatus.NONE))
        filed = make.a_need(session, household=make.a_household(session)).id
        session.commit()
    run()
    with database.read() as session:
        assert [p.need_id for p in proposals(session)] == [filed]


def test_what_nobody_needs_any_more_is_superseded(database: Database, run):
    first, second, _ = filled(database)
    run()
    with database.write() as session:
        session.get(Need, first).status = NeedStatus.NOT_WANTED
        session.commit()
    assert run().superseded == 1
    with database.read() as session:
        standing = {p.need_id for p in proposals(session, ProposalStatus.PROPOSED)}
        assert first not in standing and second in standing


@pytest.mark.parametrize(
    "status",
    [
        ProposalStatus.HELD,
        ProposalStatus.AWAITING_APPROVAL,
        ProposalStatus.CONFIRMED,
        ProposalStatus.DELIVERED,
        ProposalStatus.DECLINED,
    ],
)
def test_what_people_decided_is_never_touched(database: Database, run, status: ProposalStatus):
    with database.write() as session:
        need, offer = make.a_need(session), make.an_offer(session)
        proposal = make.a_proposal(session, need=need, offer=offer, status=status, decided_at=make.NOW)
        if status is not ProposalStatus.DECLINED:
            stock.take(session, need_id=need.id, offer_id=offer.id, quantity=1)
        session.commit()
        before = proposal.model_dump()
    run()
    with database.read() as session:
        assert session.get(Proposal, before["id"]).model_dump() == before


def test_a_handed_over_proposal_stays_with_the_union_it_was_handed_to(database: Database, run):
    filled(database, families=1)
    run()
    with database.write() as session:
        other = make.a_county(session, "410825")
        proposal = proposals(session)[0]
        proposal.status, proposal.unit_id = ProposalStatus.HANDED_OVER, other.id
        session.commit()
        other_id = other.id
    assert run().kept == 1
    with database.read() as session:
        kept = proposals(session)[0]
        assert (kept.status, kept.unit_id) == (ProposalStatus.HANDED_OVER, other_id)


def test_a_pair_declined_as_unfit_is_not_proposed_again(database: Database, run):
    with database.write() as session:
        make.a_proposal(session, status=ProposalStatus.DECLINED, decline_reason=DeclineReason.WRONG_ITEM)
        session.commit()
    assert run().proposals == 0


def test_a_county_run_leaves_the_neighbours_alone(database: Database, run):
    with database.write() as session:
        county, other = make.a_county(session), make.a_county(session, "410825")
        make.an_offer(session)
        make.a_need(session, household=make.a_household(session, unit=county))
        make.a_need(session, household=make.a_household(session, unit=other))
        session.commit()
        county_id = county.id
    run()
    card = run(county_id)
    assert (card.proposals, card.kept, card.superseded) == (1, 1, 0)
    with database.read() as session:
        assert len(proposals(session, ProposalStatus.PROPOSED)) == 2


def test_what_was_taken_while_the_engine_computed_is_dropped(database: Database, run):
    need_id = filled(database, families=3, stock_left=3)[0]

    def somebody_confirms(stage: RunStage, _share: float) -> None:
        with database.write() as session:
            offer = session.exec(select(Offer)).one()
            if stage is RunStage.ALLOCATE and offer.reserved == 0:
                stock.take(session, need_id=need_id, offer_id=offer.id, quantity=1)
                session.commit()

    card = run(progress=somebody_confirms)
    assert (card.proposals, card.dropped) == (2, 1)
    with database.read() as session:
        assert need_id not in {p.need_id for p in proposals(session)}


def test_what_was_edited_while_the_engine_computed_is_dropped(database: Database, run):
    need_id = filled(database, families=2)[0]

    def somebody_edits(stage: RunStage, _share: float) -> None:
        with database.write() as session:
            need = session.get(Need, need_id)
            if stage is RunStage.CANDIDATES and need.version == 1:
                need.version = 2
                session.commit()

    assert run(progress=somebody_edits).dropped == 1


def test_the_plan_does_not_depend_on_what_was_proposed_before(database: Database, run):
    filled(database, families=5, stock_left=3)
    run()
    with database.read() as session:
        first = {(p.need_id, p.offer_id, p.quantity, p.score) for p in proposals(session, ProposalStatus.PROPOSED)}
    run()
    with database.read() as session:
        again = {(p.need_id, p.offer_id, p.quantity, p.score) for p in proposals(session, ProposalStatus.PROPOSED)}
    assert first == again and len(first) == 3


def test_starting_twice_gives_the_same_run(database: Database, uow: UnitOfWork, now: datetime):
    with database.write() as session:
        city = make.an_actor(session, Role.CITY)
        session.commit()
    one = start_run(city.unit_id, by=city, uow=uow, now=now)
    two = start_run(city.unit_id, by=city, uow=uow, now=now)
    assert one.is_new and not two.is_new
    assert (one.run_id, one.job_id) == (two.run_id, two.job_id)


def test_only_the_city_starts_runs(database: Database, uow: UnitOfWork, now: datetime):
    with database.write() as session:
        city, clerk = make.an_actor(session, Role.CITY), make.an_actor(session, Role.CASEWORKER)
        session.commit()
    with pytest.raises(NotFound):
        start_run(city.unit_id, by=clerk, uow=uow, now=now)
    with pytest.raises(NotPermitted):
        start_run(clerk.unit_id, by=clerk, uow=uow, now=now)
    with database.read() as session:
        assert session.exec(select(Job)).all() == []


def test_a_waiting_run_stops_at_once_and_a_running_one_at_its_next_report(database: Database, uow, now, rules: Rules):
    filled(database)
    with database.write() as session:
        city = make.an_actor(session, Role.CITY)
        session.commit()
    waiting = start_run(city.unit_id, by=city, uow=uow, now=now)
    assert stop_run(waiting.run_id, by=city, uow=uow, now=now) is RunStatus.CANCELLED
    started = start_run(city.unit_id, by=city, uow=uow, now=now)
    lease = claim_job(started.job_id, lease_seconds=60, uow=uow, now=now)
    assert stop_run(started.run_id, by=city, uow=uow, now=now) is RunStatus.RUNNING
    with pytest.raises(Cancelled):
        run_matching(
            started.run_id,
            lease=lease,
            rules=rules,
            language=reference.language(),
            uow=uow,
            clock=lambda: now,
            progress=quiet,
        )
    with database.read() as session:
        assert proposals(session) == []


def test_a_former_holder_of_the_job_writes_nothing(database: Database, uow: UnitOfWork, now: datetime, rules: Rules):
    filled(database)
    with database.read() as session:
        city_id = make.the_city(session).id
    started = start_run(city_id, by=None, uow=uow, now=now)
    dead = claim_job(started.job_id, lease_seconds=60, uow=uow, now=now)
    later = now + timedelta(seconds=61)
    assert reconcile_jobs(uow=uow, now=later).requeued == (started.job_id,)
    alive = claim_job(started.job_id, lease_seconds=60, uow=uow, now=later)
    assert alive.fence > dead.fence
    with pytest.raises(LeaseLost):
        run_matching(
            started.run_id,
            lease=dead,
            rules=rules,
            language=reference.language(),
            uow=uow,
            clock=lambda: later,
            progress=quiet,
        )
    with database.read() as session:
        assert proposals(session) == []
    run_matching(
        started.run_id,
        lease=alive,
        rules=rules,
        language=reference.language(),
        uow=uow,
        clock=lambda: later,
        progress=quiet,
    )
    with pytest.raises(LeaseLost):
        run_matching(
            started.run_id,
            lease=alive,
            rules=rules,
            language=reference.language(),
            uow=uow,
            clock=lambda: later,
            progress=quiet,
        )
    with database.read() as session:
        assert len(proposals(session)) == 3


def test_the_nightly_run_is_made_once_a_night(database: Database, uow: UnitOfWork, now: datetime):
    assert start_nightly_run(uow=uow, now=now) is None
    with database.write() as session:
        make.the_city(session)
        session.commit()
    assert start_nightly_run(uow=uow, now=now) is not None
    assert start_nightly_run(uow=uow, now=now + timedelta(hours=1)) is None
    with database.write() as session:
        session.exec(select(Job)).one().status = RunStatus.DONE
        session.exec(select(MatchRun)).one().status = RunStatus.DONE
        session.commit()
    assert start_nightly_run(uow=uow, now=now + timedelta(days=1)) is not None


def test_a_run_over_nothing_is_a_run(database: Database, run):
    with database.write() as session:
        make.the_city(session)
        session.commit()
    card = run()
    assert (card.proposals, card.unmet) == (0, 0)
