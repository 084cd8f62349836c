"""A night of learning on real databases: what is read, what is kept, what is taken, and how the city goes back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from matcher.domain.terms import DeclineReason, ModelSwitch, ModelVerdict, ProposalAction, ProposalStatus, Role
from matcher.errors import NotPermitted, StaleVersion, WrongState
from matcher.store.queries.decisions import list_decisions
from matcher.store.queries.models import model_in_use, newest_use
from matcher.store.session import Database
from matcher.store.tables import AuditEvent, Job, MatchRun, ModelUse, ModelVersion, Proposal
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.jobs import claim_job
from matcher.usecases.learning import LearningCard, learn_from_decisions, start_learning
from matcher.usecases.models import load_model, roll_back, take_back
from seeds import reference
from tests import factories as make
from tests.decided import LATELY, a_winter, decide
from tests.factories import NOW
from tests.matcher.usecases.conftest import quiet


@pytest.fixture
def learning(database: Database) -> Callable[..., LearningCard]:
    """One night: queued by the timetable, claimed and done."""

    def night(at: datetime = NOW) -> LearningCard:
        uow = UnitOfWork(database)
        job_id = start_learning(by=None, uow=uow, now=at)
        assert job_id is not None
        lease = claim_job(job_id, lease_seconds=60, uow=uow, now=at)
        assert lease is not None
        language = reference.language()
        return learn_from_decisions(lease=lease, language=language, uow=uow, clock=lambda: at, progress=quiet)

    return night


@pytest.fixture
def winter(database: Database) -> Database:
    with database.write() as session:
        a_winter(session)
        session.commit()
    return database


def test_a_model_that_is_surely_better_is_taken_and_named_by_the_next_run(winter: Database, learning, run):
    card = learning()
    assert (card.verdict, card.trained, card.tested) == (ModelVerdict.PROMOTED, 210, 48)
    with winter.read() as session:
        model = session.exec(select(ModelVersion)).one()
        assert model.figures["gain"]["low"] > 0 and model.figures["needs"] == 24
        assert [one["district"] for one in model.figures["districts"]] == ["410823", "410825"]
        assert {one["signal"] for one in model.figures["drift"]} >= {"meaning", "declined"}
        assert session.exec(select(Job.status)).one() == "done"
        actions = session.exec(select(AuditEvent.action).order_by(col(AuditEvent.id))).all()
        assert actions == ["model:ask", "model:train", "model:promote"]
    with winter.write() as session:
        make.a_need(session, text="天冷了，想要一床新被子", category="WIN", unit="床")
        session.commit()
    run()
    with winter.read() as session:
        done = session.exec(select(MatchRun).order_by(col(MatchRun.id).desc())).first()
        assert done.report["model"]["name"] == f"learned-{model.id}" and done.report["model"]["remembers"]
        proposal = session.exec(select(Proposal).where(Proposal.run_id == done.id)).one()
        assert proposal.model == f"learned-{model.id}" and proposal.signals["remembered"] > 0
        assert "送货上门" in reference_text(session, proposal)


def reference_text(session, proposal: Proposal) -> str:
    from matcher.store.tables import Offer

    return session.get_one(Offer, proposal.offer_id).text


def test_a_second_night_without_news_keeps_nothing(winter: Database, learning):
    learning()
    assert start_learning(by=None, uow=UnitOfWork(winter), now=NOW + timedelta(hours=1)) is None
    assert learning(NOW + timedelta(days=1)).model_id is None
    with winter.read() as session:
        assert len(session.exec(select(ModelVersion)).all()) == 1


def test_few_decisions_are_kept_but_never_speak(database: Database, learning):
    with database.write() as session:
        a_winter(session, taught=20, tested=5)
        session.commit()
    assert learning().verdict is ModelVerdict.TOO_FEW
    with database.read() as session:
        assert model_in_use(session) is None and newest_use(session) is None


def test_nothing_decided_is_nothing_learned(database: Database, learning):
    with database.write() as session:
        make.the_city(session)
        session.commit()
    assert learning() == LearningCard(None, None, 0, 0)


def test_the_city_goes_back_and_may_take_it_back(winter: Database, learning):
    learning()
    uow = UnitOfWork(winter)
    with winter.write() as session:
        city = make.an_actor(session, Role.CITY)
        auditor = make.an_actor(session, Role.AUDITOR, unit=make.the_city(session))
        session.commit()
    first = use_id(winter)
    with pytest.raises(NotPermitted):
        roll_back(first, by=auditor, uow=uow, now=NOW)
    assert roll_back(first, by=city, uow=uow, now=NOW).model_id is None
    with winter.read() as session:
        assert load_model(session, language=reference.language(), as_of=NOW.date()) is None
    with pytest.raises(StaleVersion):
        roll_back(first, by=city, uow=uow, now=NOW)
    with pytest.raises(WrongState):
        roll_back(use_id(winter), by=city, uow=uow, now=NOW)
    back = take_back(use_id(winter), by=city, uow=uow, now=NOW)
    assert back.model_id is not None
    with winter.read() as session:
        whys = session.exec(select(ModelUse.why).order_by(col(ModelUse.id))).all()
        assert whys == [ModelSwitch.PROMOTED, ModelSwitch.ROLLED_BACK, ModelSwitch.TAKEN_BACK]
        trail = session.exec(select(AuditEvent).where(AuditEvent.action == "model:roll_back")).one()
        assert (trail.account_id, trail.details["before"]) == (city.account_id, f"learned-{back.model_id}")
    with pytest.raises(WrongState):
        take_back(use_id(winter), by=city, uow=uow, now=NOW)


def test_after_a_roll_back_the_nights_wait_a_month(winter: Database, learning):
    learning()
    with winter.write() as session:
        city = make.an_actor(session, Role.CITY)
        session.commit()
    roll_back(use_id(winter), by=city, uow=UnitOfWork(winter), now=NOW)
    with winter.write() as session:
        proposal = make.a_proposal(session)
        decide(session, proposal, ProposalAction.CONFIRM, at=NOW)
        session.commit()
    assert learning(NOW + timedelta(days=1)).verdict is ModelVerdict.ROLLED_BACK_LATELY


def use_id(database: Database) -> int:
    with database.read() as session:
        use = newest_use(session)
        assert use is not None
        return use.id or 0


def test_only_decisions_that_stand_are_read(database: Database):
    with database.write() as session:
        shown = {"signals": {"meaning": 0.4}}
        taken, unreachable, undone, held = (make.a_proposal(session, **shown) for _ in range(4))
        decide(session, taken, ProposalAction.CONFIRM, at=LATELY)
        decide(session, unreachable, ProposalAction.DECLINE, at=LATELY, reason=DeclineReason.UNREACHABLE)
        decide(session, undone, ProposalAction.DECLINE, at=LATELY, reason=DeclineReason.WRONG_ITEM)
        undone.status = ProposalStatus.PROPOSED
        held.status = ProposalStatus.HELD
        session.commit()
        ids = taken.need_id, unreachable.need_id
    with database.read() as session:
        found = list_decisions(session, before=NOW)
    assert [(one.need_id, one.is_accepted, one.decision.about_match) for one in found] == [
        (ids[0], True, True),
        (ids[1], False, False),
    ]
    assert found[0].signals == {"meaning": 0.4} and found[0].division_code == "410823"


def test_one_learning_at_a_time_and_only_the_city_asks(database: Database):
    uow = UnitOfWork(database)
    with database.write() as session:
        city, caseworker = make.an_actor(session, Role.CITY), make.an_actor(session)
        session.commit()
    job_id = start_learning(by=city, uow=uow, now=NOW)
    assert start_learning(by=None, uow=uow, now=NOW) == job_id
    with pytest.raises(NotPermitted):
        start_learning(by=caseworker, uow=uow, now=NOW)
