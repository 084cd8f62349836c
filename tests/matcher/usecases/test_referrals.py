"""Cases go up, down and sideways on clocks, and nobody sees more than they must (R46)."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from matcher.domain.network_terms import ReferralAct as Act
from matcher.domain.network_terms import ReferralReason as Why
from matcher.domain.network_terms import ReferralStatus, ReferralWay, ResponseLane
from matcher.domain.terms import RevealPurpose, Role, UnitLevel
from matcher.errors import InvalidFields, NotFound, NotPermitted, StaleVersion, WrongState
from matcher.store.queries.referrals import count_boxes, find_referral, list_referral_steps, list_referrals, receivers
from matcher.store.tables import AuditEvent, Need, Outbox, Proposal, Referral, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.households import reveal_person
from matcher.usecases.referral_clock import escalate_late_referrals
from matcher.usecases.referrals import answer_referral, refer_need
from tests import factories as make
from tests.matcher.usecases.deciding import RULES


class Net:
    """City, two counties, a town in the first; somebody who answers in each; a need with a proposal in the town."""

    def __init__(self, database) -> None:
        self.database = database
        with database.write() as session:
            city = make.the_city(session)
            east = make.a_unit(session, parent=city, name="东县总工会")
            west = make.a_unit(session, parent=city, name="西县总工会")
            town = make.a_unit(session, parent=east, level=UnitLevel.GRASSROOTS, name="甲镇工会")
            units = {"city": city, "east": east, "west": west, "town": town}
            self.who = {name: make.an_actor(session, Role.CASEWORKER, unit=unit) for name, unit in units.items()}
            family = make.a_household(session, unit=town, head_name="欧阳翠芬")
            need = make.a_need(session, household=family)
            make.a_proposal(session, need=need)
            session.commit()
            self.unit = {name: unit.id for name, unit in units.items()}
            self.need, self.family = need.id, family.id

    def uow(self) -> UnitOfWork:
        return UnitOfWork(self.database)

    def send(self, by: str, to: str, now: datetime, **more):
        fields = {"reason": Why.BEYOND_MEANS, "rules": RULES} | more
        return refer_need(self.need, self.unit[to], by=self.who[by], uow=self.uow(), now=now, **fields)

    def answer(self, card, act: Act, by: str, now: datetime, **more):
        fields = {"seen_version": card.version, "rules": RULES} | more
        return answer_referral(card.id, act, by=self.who[by], uow=self.uow(), now=now, **fields)

    def home(self) -> set[int]:
        with self.database.read() as session:
            return {session.get(Need, self.need).unit_id, *session.exec(select(Proposal.unit_id))}

    def line(self, card, by: str):
        with self.database.read() as session:
            return find_referral(session, self.who[by], card.id)


@pytest.fixture
def net(database) -> Net:
    return Net(database)


def test_a_case_goes_up_and_is_theirs_once_accepted(net, now):
    card = net.send("town", "city", now)
    assert net.line(card, "city").way is ReferralWay.UP and net.home() == {net.unit["town"]}
    for act in (Act.ACCEPT, Act.CONTACT, Act.PROPOSE, Act.DELIVER):
        card = net.answer(card, act, "city", now)
    assert card.status is ReferralStatus.DELIVERED and card.due_at is None
    assert net.home() == {net.unit["city"]}
    with net.database.read() as session:
        acts = session.exec(select(AuditEvent.action).order_by(AuditEvent.id)).all()
        assert [act.partition(":")[2] for act in acts] == ["send", "accept", "contact", "propose", "deliver"]


@pytest.mark.parametrize(
    ("by", "to", "way"),
    [("east", "west", ReferralWay.SIDEWAYS), ("city", "west", ReferralWay.SIDEWAYS), ("east", "city", ReferralWay.UP)],
)
def test_which_way_it_goes_is_worked_out_from_the_tree(net, now, by, to, way):
    assert net.line(net.send(by, to, now), to).way is way


def test_one_chooses_from_units_above_below_and_beside_only(net):
    with net.database.read() as session:
        home = session.get(Unit, net.unit["town"])
        offered = {
            name: {unit.id for unit in receivers(session, net.who[name], home)} for name in ("town", "east", "city")
        }
    ids = net.unit
    assert offered["town"] == {ids["east"], ids["city"]}
    assert offered["east"] == {ids["east"], ids["city"], ids["west"]}
    assert offered["city"] == {ids["east"], ids["city"], ids["west"]}


def test_clocks_run_in_working_time_and_start_anew_with_each_stage(net, now):
    card = net.send("east", "west", now, lane=ResponseLane.EMERGENCY)
    assert card.due_at == now + timedelta(hours=2)
    card = net.answer(card, Act.ACCEPT, "west", now + timedelta(hours=1))
    assert card.due_at == now + timedelta(hours=25)


def test_before_it_is_accepted_the_family_stays_unseen(net, now):
    card = net.send("east", "west", now, note="欧阳翠芬家电话19912345678，急")
    line = net.line(card, "west")
    assert line.note == "欧**家电话〔电话〕，急" and not line.need_path.startswith(net.who["west"].unit_path)
    with pytest.raises(NotFound):
        reveal_person(net.family, purpose=RevealPurpose.CONTACT, by=net.who["west"], uow=net.uow(), now=now)
    net.answer(card, Act.ACCEPT, "west", now)
    assert (
        reveal_person(net.family, purpose=RevealPurpose.CONTACT, by=net.who["west"], uow=net.uow(), now=now).head_name
        == "欧阳翠芬"
    )


def test_given_back_after_acceptance_it_is_the_senders_again(net, now):
    card = net.answer(net.send("east", "west", now), Act.ACCEPT, "west", now)
    with pytest.raises(InvalidFields):
        net.answer(card, Act.RETURN, "west", now)
    net.answer(card, Act.RETURN, "west", now, reason=Why.NOT_OURS)
    assert net.home() == {net.unit["town"]}
    with pytest.raises(NotFound):
        reveal_person(net.family, purpose=RevealPurpose.CONTACT, by=net.who["west"], uow=net.uow(), now=now)
    assert net.send("east", "west", now).status is ReferralStatus.SENT


def test_nobody_answers_what_they_sent_and_no_stage_is_skipped(net, now):
    card = net.send("city", "west", now)
    with pytest.raises(NotPermitted):
        net.answer(card, Act.ACCEPT, "city", now)
    with pytest.raises(NotPermitted):
        net.answer(card, Act.WITHDRAW, "west", now)
    with pytest.raises(WrongState):
        net.answer(card, Act.DELIVER, "west", now)
    accepted = net.answer(card, Act.ACCEPT, "west", now)
    with pytest.raises(StaleVersion):
        net.answer(card, Act.CONTACT, "west", now)
    with pytest.raises(WrongState):
        net.answer(accepted, Act.WITHDRAW, "city", now)


def test_one_referral_at_a_time(net, now):
    net.send("east", "west", now)
    with pytest.raises(WrongState):
        net.send("east", "city", now)


def test_what_does_not_concern_one_does_not_exist(net, now):
    card = net.send("town", "east", now)
    assert net.line(card, "west") is None
    with pytest.raises(NotFound):
        net.answer(card, Act.ACCEPT, "west", now)
    with net.database.read() as session:
        assert sum(count_boxes(session, net.who["west"]).values()) == 0
        assert list_referrals(session, net.who["city"], box="below")[1] == 1


def test_what_is_late_is_told_upwards_once_a_level(net, now):
    card = net.send("east", "west", now)
    late = card.due_at + timedelta(minutes=5)
    assert escalate_late_referrals(uow=net.uow(), now=now, rules=RULES) == []
    assert escalate_late_referrals(uow=net.uow(), now=late, rules=RULES) == [card.id]
    assert escalate_late_referrals(uow=net.uow(), now=late, rules=RULES) == []
    line = net.line(card, "city")
    assert (line.escalations, line.watch_unit_id) == (1, net.unit["city"])
    with net.database.read() as session:
        told = session.exec(select(Outbox.to_unit_id).where(Outbox.kind == "referral_late")).all()
        assert told == [net.unit["city"]]
        assert list_referral_steps(session, card.id)[-1].late_minutes == 5
        assert list_referrals(session, net.who["city"], box="to_us")[1] == 1


def test_above_the_top_there_is_nobody_to_tell(net, now):
    card = net.send("east", "west", now)
    for days in (7, 14, 21):
        escalate_late_referrals(uow=net.uow(), now=now + timedelta(days=days), rules=RULES)
    with net.database.read() as session:
        row = session.get(Referral, card.id)
        assert (row.escalations, row.escalate_at) == (1, None) and row.due_at is not None


def test_the_unit_that_was_told_may_step_in(net, now):
    card = net.send("east", "west", now)
    escalate_late_referrals(uow=net.uow(), now=card.due_at, rules=RULES)
    assert net.answer(card, Act.ACCEPT, "city", card.due_at).status is ReferralStatus.ACCEPTED
