"""A link that opens one account, once."""

from datetime import timedelta

import pytest
from sqlmodel import select

from matcher.domain.network_terms import PasswordProfile
from matcher.domain.terms import Role
from matcher.errors import InvalidFields, NotFound, NotPermitted
from matcher.settings import Settings
from matcher.store.queries.invitations import find_invitation, list_open_invitations
from matcher.store.tables import Account, Invitation
from matcher.usecases import signing_in
from matcher.usecases.invitations import InvitationInput, accept_invitation, cancel_invitation, invite
from tests import factories as make

PASSWORD = "warm current 2019"


@pytest.fixture
def house(database):
    with database.write() as session:
        county = make.a_county(session)
        found = {
            "unit": county.id,
            "by": make.an_actor(session, Role.SECADMIN, unit=make.the_city(session)),
            "donor": make.a_donor(session, unit=county).code,
            "family": make.a_household(session).case_code,
        }
        session.commit()
        return found


def asked(house, **fields):
    return InvitationInput(**{"role": Role.CASEWORKER, "display_name": "周敏", "unit_id": house["unit"], **fields})


STRICT = Settings(password_profile=PasswordProfile.DENGBAO)


def accept(token, uow, now, name="zhou-min"):
    return accept_invitation(token, name, PASSWORD, settings=Settings(), uow=uow, now=now)


def test_one_link_makes_one_account(database, house, uow, now):
    made = invite(asked(house), by=house["by"], uow=uow, now=now)
    with database.read() as session:
        assert made.token not in repr(session.exec(select(Invitation)).all())
        assert find_invitation(session, signing_in.token_hash(made.token), at=now).role is Role.CASEWORKER
    card = accept(made.token, uow, now)
    with database.read() as session:
        account = session.get(Account, card.account_id)
        assert (account.role, account.unit_id, account.display_name) == (Role.CASEWORKER, house["unit"], "周敏")
        assert list_open_invitations(session, house["by"], at=now) == []
    with pytest.raises(NotFound):
        accept(made.token, uow, now, name="somebody-else")


def test_donors_and_workers_belong_to_a_donor_or_a_family(database, house, uow, now):
    for role, code, name in (
        (Role.CHARITY, house["donor"], "donor_id"),
        (Role.WORKER, house["family"], "household_id"),
    ):
        made = invite(asked(house, role=role, code=code, unit_id=None), by=house["by"], uow=uow, now=now)
        card = accept(made.token, uow, now, name=f"me-{role.value}")
        with database.read() as session:
            assert getattr(session.get(Account, card.account_id), name) is not None
    with pytest.raises(InvalidFields) as caught:
        invite(asked(house, role=Role.CHARITY, code="D-none"), by=house["by"], uow=uow, now=now)
    assert caught.value.problems[0].code == "unknown_place_code"


def test_what_is_over_or_taken_back_opens_nothing(database, house, uow, now):
    late = invite(asked(house), by=house["by"], uow=uow, now=now)
    with pytest.raises(NotFound):
        accept(late.token, uow, now + timedelta(days=8))
    back = invite(asked(house), by=house["by"], uow=uow, now=now)
    cancel_invitation(back.invitation_id, by=house["by"], uow=uow, now=now)
    with pytest.raises(NotFound):
        accept(back.token, uow, now)
    with pytest.raises(NotFound):
        cancel_invitation(back.invitation_id, by=house["by"], uow=uow, now=now)


def test_only_who_keeps_accounts_invites_and_only_within_reach(database, house, uow, now):
    with database.write() as session:
        there = make.an_actor(session, Role.SECADMIN, unit=make.a_county(session, "410825", name="温县总工会"))
        caseworker = make.an_actor(session, Role.CASEWORKER)
        session.commit()
    with pytest.raises(NotFound):
        invite(asked(house), by=there, uow=uow, now=now)
    with pytest.raises(InvalidFields) as caught:
        invite(asked(house, role=Role.WORKER, code=house["family"]), by=there, uow=uow, now=now)
    assert caught.value.problems[0].code == "unknown_place_code"
    with pytest.raises(NotPermitted):
        invite(asked(house), by=caseworker, uow=uow, now=now)


def test_a_taken_name_or_a_weak_password_leaves_the_link_open(database, house, uow, now):
    made = invite(asked(house), by=house["by"], uow=uow, now=now)
    for name, password in (("x", PASSWORD), ("zhou-min", "short")):
        with pytest.raises(InvalidFields):
            accept_invitation(made.token, name, password, settings=Settings(), uow=uow, now=now)
    assert accept(made.token, uow, now).role is Role.CASEWORKER


def test_the_profile_of_passwords_holds_for_the_first_one_too(house, uow, now):
    made = invite(asked(house), by=house["by"], uow=uow, now=now)
    with pytest.raises(InvalidFields) as refused:
        accept_invitation(made.token, "zhou-min", "only small letters", settings=STRICT, uow=uow, now=now)
    assert [problem.code for problem in refused.value.problems] == ["password_simple"]
