"""One person, several accounts: what is refused."""

import pytest
from sqlmodel import select

from matcher.domain.identity import check_character
from matcher.domain.network_terms import ReferralAct, ReferralReason
from matcher.domain.terms import Role, UnitLevel
from matcher.errors import Conflict, InvalidFields, NotPermitted
from matcher.store.crypto import keyring
from matcher.store.tables import Account, Household, Proposal, Unit
from matcher.usecases import accounts
from matcher.usecases.approvals import approve_money
from matcher.usecases.persons import PERSON
from matcher.usecases.proposals import confirm_proposal
from matcher.usecases.referrals import answer_referral, refer_need
from tests import factories as make
from tests.matcher.usecases.deciding import RULES, Office, a_money_office

BODY = "41082319700101001"
NUMBER = BODY + check_character(BODY)


@pytest.fixture
def office(database) -> Office:
    return a_money_office(database)


def add(database, uow, now, role, **fields):
    with database.write() as session:
        unit = make.a_county(session).id
        session.commit()
    fields = {"username": f"p-{role.value}", "display_name": "周敏", "id_card": NUMBER, "unit_id": unit, **fields}
    return accounts.create_account(role=role, password="warm current 2019", by=None, uow=uow, now=now, **fields)


def problem_of(caught):
    return caught.value.problems[0].field, caught.value.problems[0].code


def test_who_proposes_gets_no_account_that_pays(database, uow, now):
    first = add(database, uow, now, Role.CASEWORKER)
    for role in (Role.REVIEWER, Role.FINANCE, Role.SYSADMIN, Role.AUDITOR):
        with pytest.raises(InvalidFields) as caught:
            add(database, uow, now, role)
        assert problem_of(caught) == ("role", "roles_incompatible")
    add(database, uow, now, Role.CONTACT)
    with database.read() as session:
        assert len(session.exec(select(Account)).all()) == 2
        assert NUMBER not in (session.get(Account, first).person_index or "")


def test_a_stopped_account_makes_room_but_does_not_come_back_beside_the_other(database, uow, now):
    add(database, uow, now, Role.CASEWORKER)
    with database.write() as session:
        admin = make.an_actor(session, Role.SECADMIN, unit=make.the_city(session))
        session.commit()
    accounts.set_active("p-caseworker", False, by=admin, uow=uow, now=now)
    add(database, uow, now, Role.FINANCE)
    with pytest.raises(InvalidFields) as caught:
        accounts.set_active("p-caseworker", True, by=admin, uow=uow, now=now)
    assert problem_of(caught) == ("role", "roles_incompatible")


def test_a_wrong_number_is_named(database, uow, now):
    with pytest.raises(InvalidFields) as caught:
        add(database, uow, now, Role.CASEWORKER, id_card=BODY + "Y")
    assert problem_of(caught)[0] == "id_card"


def same_person(office: Office, *account_ids: int, head: bool = False) -> None:
    index = keyring().index(NUMBER, PERSON)
    with office.database.write() as session:
        for account_id in account_ids:
            session.get(Account, account_id).person_index = index
        if head:
            proposal = session.get(Proposal, office.proposal_id)
            session.get(Household, proposal.household_id).id_card_index = index
        session.commit()


def test_nobody_decides_about_their_own_family(office, now):
    same_person(office, office.caseworker.account_id, head=True)
    with pytest.raises(Conflict) as caught:
        confirm_proposal(office.proposal_id, **office.acts(now))
    assert caught.value.code == "own_family" and office.steps() == []


def test_a_worker_account_of_the_family_counts_as_well(office, now):
    with office.database.write() as session:
        family = session.get(Proposal, office.proposal_id).household_id
        worker = make.an_account(session, Role.WORKER, household_id=family)
        session.commit()
    same_person(office, office.caseworker.account_id, worker.id)
    with pytest.raises(Conflict) as caught:
        confirm_proposal(office.proposal_id, **office.acts(now))
    assert caught.value.code == "own_family"


def test_nobody_acts_at_two_levels_of_one_case(office, now):
    confirm_proposal(office.proposal_id, **office.acts(now))
    same_person(office, office.caseworker.account_id, office.reviewer.account_id)
    with pytest.raises(Conflict) as caught:
        approve_money(office.proposal_id, **office.acts(now, by=office.reviewer))
    assert caught.value.code == "two_levels" and office.proposal().approved_by is None


def test_nobody_accepts_at_one_level_what_they_sent_from_another(database, uow, now):
    with database.write() as session:
        county = make.a_county(session)
        town = make.a_unit(session, parent=county, level=UnitLevel.GRASSROOTS, name="甲镇工会")
        need = make.a_need(session, household=make.a_household(session, unit=town)).id
        low = make.an_actor(session, Role.CASEWORKER, unit=town)
        high = make.an_actor(session, Role.CASEWORKER)
        for actor in (low, high):
            session.get(Account, actor.account_id).person_index = keyring().index(NUMBER, PERSON)
        up = session.get(Unit, county.id).id
        session.commit()
    sent = refer_need(need, up, ReferralReason.BEYOND_MEANS, by=low, uow=uow, now=now, rules=RULES)
    with pytest.raises(NotPermitted):
        answer_referral(sent.id, ReferralAct.ACCEPT, seen_version=1, by=high, uow=uow, now=now, rules=RULES)
    with database.write() as session:
        session.get(Account, low.account_id).person_index = None
        session.commit()
    answer_referral(sent.id, ReferralAct.ACCEPT, seen_version=1, by=high, uow=uow, now=now, rules=RULES)
