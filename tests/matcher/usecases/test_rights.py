"""What families ask about themselves is answered by the right person, and an end of consent ends it at once (H19)."""

import json
from datetime import date

import pytest
from sqlmodel import select

from matcher.domain.file_terms import Section
from matcher.domain.rights import RightsKind, RightsState
from matcher.domain.terms import DonorType, ProposalStatus, Role
from matcher.errors import Conflict, InvalidFields, NotFound, NotPermitted, WrongState
from matcher.store.queries.rights import list_requests, own_requests
from matcher.store.tables import FileSection, Household, Offer, Proposal, ProposalStep, RightsRequest
from matcher.usecases import rights
from seeds.reference import file_rules
from tests import factories as make
from tests.filing import NOW, Filing

RULES = file_rules(date(2019, 1, 9))


@pytest.fixture
def house(database):
    return Filing(database)


@pytest.fixture
def family(database, house):
    """A family on the way to a file, its own account, and an undecided proposal of a charity."""
    file_id = house.draft()
    house.fill(file_id, bank={"consent": ["charity", "enterprise"]})
    with database.write() as session:
        household = session.get_one(Household, house.file(file_id).household_id)
        donor = make.a_donor(session, unit=house.county, donor_type=DonorType.CHARITY)
        offer = make.an_offer(session, donor=donor, quantity=5)
        need = make.a_need(session, household=household)
        proposal = make.a_proposal(session, need=need, offer=offer)
        worker = make.an_actor(session, Role.WORKER, unit=None, household_id=household.id)
        session.commit()
        return {"id": household.id, "file": file_id, "proposal": proposal.id, "offer": offer.id, "worker": worker}


def ask(house, by, kind=RightsKind.EXPLAIN, text="为什么没有给轮椅？", **more):
    more.setdefault("household_id", None)
    return rights.ask(kind, text, by=by, uow=house.uow, now=NOW, rules=RULES, **more)


def answer(house, request_id, by, words="轮椅已经发完，下一批再排。", version=1):
    rights.answer(request_id, words, seen_version=version, by=by, uow=house.uow, now=NOW)


def test_a_worker_asks_and_reads_the_answer(database, house, family):
    asked = ask(house, family["worker"])
    with database.read() as session:
        (line,) = list_requests(session, house.clerk, state=RightsState.OPEN)
        assert line.due_on == date(2019, 1, 30) and line.masked_name == "王**"
        assert list_requests(session, house.other_clerk, state=RightsState.OPEN) == []
    with pytest.raises(NotFound):
        answer(house, asked.id, house.other_clerk)
    with pytest.raises(InvalidFields):
        answer(house, asked.id, house.clerk, words="好")
    answer(house, asked.id, house.clerk)
    with database.read() as session:
        assert own_requests(session, family["worker"])[0].answer == "轮椅已经发完，下一批再排。"
    with pytest.raises(WrongState):
        answer(house, asked.id, house.clerk, version=2)


def test_a_worker_asks_for_the_own_family_only(house, family, database):
    with database.write() as session:
        other = make.a_household(session, unit=house.grassroots)
        session.commit()
    ask(house, family["worker"], household_id=other.id)
    with database.read() as session:
        assert session.exec(select(RightsRequest.household_id)).one() == family["id"]
    with pytest.raises(NotFound):
        ask(house, house.other_clerk, household_id=family["id"])
    with pytest.raises(NotPermitted):
        ask(house, house.city, household_id=family["id"])


def test_a_second_look_is_taken_by_somebody_who_did_not_decide(database, house, family):
    asked = ask(house, family["worker"], RightsKind.REVIEW)
    with database.write() as session:
        session.add(
            ProposalStep(
                proposal_id=family["proposal"], action="hold", from_status="proposed", to_status="held", quantity=1,
                by_account_id=house.clerk.account_id, at=NOW,
            )
        )  # fmt: skip
        session.commit()
    with pytest.raises(rights.NotThisAnswerer):
        answer(house, asked.id, house.clerk)
    answer(house, asked.id, house.reviewer)


def test_what_one_filed_for_a_family_a_colleague_answers(house, family):
    asked = ask(house, house.clerk, household_id=family["id"])
    with pytest.raises(rights.NotThisAnswerer):
        answer(house, asked.id, house.clerk)
    answer(house, asked.id, house.chair)


def test_consent_ends_at_once_in_the_file_and_for_what_was_not_decided(database, house, family):
    done = ask(house, family["worker"], RightsKind.WITHDRAW, "", donor_types=[DonorType.CHARITY])
    assert done.ended == 1
    with database.read() as session:
        assert session.get_one(Household, family["id"]).consent == ["enterprise"]
        assert session.get_one(Proposal, family["proposal"]).status is ProposalStatus.EXPIRED
        assert session.get_one(Offer, family["offer"]).reserved == 0
        sections = session.exec(
            select(FileSection).where(FileSection.file_id == family["file"], FileSection.section == Section.BANK)
        ).all()
        assert [json.loads(s.content)["consent"] for s in sections] == [["charity", "enterprise"], ["enterprise"]]
    with pytest.raises(InvalidFields) as refused:
        ask(house, family["worker"], RightsKind.WITHDRAW, "", donor_types=[DonorType.CHARITY])
    assert refused.value.problems[0].code == "no_such_consent"


def test_ten_may_wait(house, family):
    for _ in range(10):
        ask(house, family["worker"])
    with pytest.raises(Conflict):
        ask(house, family["worker"])
    with pytest.raises(InvalidFields):
        ask(house, family["worker"], None, "")
