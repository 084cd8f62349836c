"""A code beside the password: right ones count once, wrong ones lock, a lost telephone is no end (RFC 6238)."""

from datetime import timedelta

import pyotp
import pytest
from sqlmodel import select

from matcher.domain.access import Actor
from matcher.domain.network_terms import SecondFactor
from matcher.domain.passwords import wants_second_step
from matcher.domain.terms import Role
from matcher.errors import InvalidFields, NotFound, NotPermitted, WrongState
from matcher.settings import Settings
from matcher.store.queries.accounts import find_signed_in
from matcher.store.tables import Account, AuditEvent
from matcher.usecases import accounts, second_factor
from matcher.usecases.signing_in import Half, Refusal, SignInCard, sign_in, token_hash
from tests.factories import a_county, an_actor

PASSWORD = "warm current 2019"
SETTINGS = Settings(sign_in_tries=5, sign_in_lock_minutes=15)
REQUIRED = Settings(second_factor=SecondFactor.REQUIRED)


@pytest.fixture
def person(database, uow, now):
    """A caseworker with a password, as an actor."""
    with database.write() as session:
        county = a_county(session)
        session.commit()
        unit_id, path = county.id, county.path
    account_id = accounts.create_account(
        username="county-1", role=Role.CASEWORKER, password=PASSWORD, unit_id=unit_id, display_name="周敏", by=None,
        uow=uow, now=now,
    )  # fmt: skip
    return Actor(account_id=account_id, role=Role.CASEWORKER, unit_id=unit_id, unit_path=path)


@pytest.fixture
def code(database, person):
    """`code(at)`: what the telephone shows."""

    def shown(at):
        with database.read() as session:
            return pyotp.TOTP(session.get_one(Account, person.account_id).totp_secret).at(at)

    return shown


@pytest.fixture
def switched_on(person, code, uow, now):
    second_factor.begin(by=person, uow=uow, now=now)
    return second_factor.confirm(code(now), by=person, settings=SETTINGS, uow=uow, now=now)


@pytest.fixture
def enter(uow):
    def go(at, told):
        half = sign_in("county-1", PASSWORD, settings=SETTINGS, uow=uow, now=at)
        assert isinstance(half, Half)
        return second_factor.finish(half, told, settings=SETTINGS, uow=uow, now=at)

    return go


def test_the_password_alone_opens_nothing_once_it_is_on(database, switched_on, enter, code, now):
    later = now + timedelta(minutes=2)
    assert enter(later, "000000") == Refusal() or code(later) == "000000"
    card = enter(later, " ".join((code(later)[:3], code(later)[3:])))
    assert isinstance(card, SignInCard)
    with database.read() as session:
        found = find_signed_in(session, token_hash(card.token), at=later, session_hours=12)
    assert found is not None and found.has_second_step


def test_until_the_first_right_code_nothing_changes(person, uow, now):
    second_factor.begin(by=person, uow=uow, now=now)
    assert isinstance(sign_in("county-1", PASSWORD, settings=SETTINGS, uow=uow, now=now), SignInCard)
    with pytest.raises(InvalidFields):
        second_factor.confirm("abc123", by=person, settings=SETTINGS, uow=uow, now=now)


def test_a_code_counts_once_and_half_a_minute_around_its_time(switched_on, enter, code, now):
    later = now + timedelta(minutes=10)
    told = code(later)
    assert isinstance(enter(later + timedelta(seconds=30), told), SignInCard)
    assert isinstance(enter(later + timedelta(seconds=30), told), Refusal)
    much_later = later + timedelta(minutes=5)
    assert isinstance(enter(much_later, code(much_later - timedelta(seconds=90))), Refusal)


def test_wrong_codes_lock_like_wrong_passwords(switched_on, enter, uow, code, now):
    later = now + timedelta(minutes=3)
    refused = [enter(later, "12345") for _ in range(SETTINGS.sign_in_tries)]
    assert [r.locked for r in refused] == [False] * 4 + [True]
    assert sign_in("county-1", PASSWORD, settings=SETTINGS, uow=uow, now=later) == Refusal(locked=True)


def test_half_a_sign_in_is_void_once_the_password_is_another(switched_on, person, uow, code, now):
    later = now + timedelta(minutes=3)
    half = sign_in("county-1", PASSWORD, settings=SETTINGS, uow=uow, now=later)
    accounts.reset_password("county-1", "another current 2020", by=None, uow=uow, now=later)
    assert second_factor.finish(half, code(later), settings=SETTINGS, uow=uow, now=later) == Refusal()


def test_the_secret_is_sealed_and_shown_until_it_counts(database, person, code, uow, now):
    assert second_factor.beginning(by=person, uow=uow) is None
    second_factor.begin(by=person, uow=uow, now=now)
    shown = second_factor.beginning(by=person, uow=uow)
    assert shown.secret in shown.uri and "county-1" in shown.uri
    with database.read() as session:
        stored = session.connection().exec_driver_sql("SELECT totp_secret FROM account").scalars().all()
    assert all(shown.secret.encode() not in bytes(value) for value in stored if value)
    second_factor.confirm(code(now), by=person, settings=SETTINGS, uow=uow, now=now)
    assert second_factor.beginning(by=person, uow=uow) is None
    with pytest.raises(WrongState):
        second_factor.begin(by=person, uow=uow, now=now)


def test_giving_it_up_needs_a_code_and_leave_of_the_installation(switched_on, person, uow, code, now):
    later = now + timedelta(minutes=2)
    with pytest.raises(NotPermitted):
        second_factor.switch_off(code(later), by=person, settings=REQUIRED, uow=uow, now=later)
    with pytest.raises(InvalidFields):
        second_factor.switch_off("", by=person, settings=SETTINGS, uow=uow, now=later)
    second_factor.switch_off(code(later), by=person, settings=SETTINGS, uow=uow, now=later)
    assert isinstance(sign_in("county-1", PASSWORD, settings=SETTINGS, uow=uow, now=later), SignInCard)


def test_a_lost_telephone_is_a_matter_of_the_security_administrator(database, switched_on, person, uow, now):
    with database.write() as session:
        security = an_actor(session, Role.SECADMIN)
        stranger = an_actor(session, Role.SECADMIN, unit=a_county(session, "410825", name="温县总工会"))
        session.commit()
    with pytest.raises(NotFound):
        second_factor.take_away("county-1", by=stranger, uow=uow, now=now)
    with pytest.raises(NotPermitted):
        second_factor.take_away("county-1", by=person, uow=uow, now=now)
    second_factor.take_away("county-1", by=security, uow=uow, now=now)
    with database.read() as session:
        assert find_signed_in(session, token_hash(switched_on.token), at=now, session_hours=12) is None
    assert isinstance(sign_in("county-1", PASSWORD, settings=SETTINGS, uow=uow, now=now), SignInCard)
    with pytest.raises(WrongState):
        second_factor.take_away("county-1", by=None, uow=uow, now=now)


def test_the_security_administrator_ends_the_sign_ins_of_others(database, person, uow, now):
    card = sign_in("county-1", PASSWORD, settings=SETTINGS, uow=uow, now=now)
    with database.write() as session:
        security = an_actor(session, Role.SECADMIN)
        session.commit()
    assert accounts.end_sign_ins("county-1", by=security, uow=uow, now=now) == 1
    with database.read() as session:
        assert find_signed_in(session, token_hash(card.token), at=now, session_hours=12) is None


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_who_must_have_it(role):
    assert not wants_second_step(role, SecondFactor.OPTIONAL)
    assert wants_second_step(role, SecondFactor.REQUIRED)
    assert wants_second_step(role, SecondFactor.ADMINISTRATORS) is role.value.endswith("admin")


def test_a_recovery_code_opens_once_and_new_ones_end_the_old(database, person, switched_on, enter, code, uow, now):
    codes = second_factor.make_recovery_codes("", by=person, uow=uow, now=now)
    assert len(set(codes)) == 8 and all(len(one) == 19 for one in codes)
    later = now + timedelta(minutes=2)
    assert isinstance(enter(later, codes[0].lower().replace("-", " ")), SignInCard)
    assert enter(later, codes[0]) == Refusal(), "each counts once"
    with database.read() as session:
        used = session.exec(select(AuditEvent).where(AuditEvent.action == "account:recovery_code_used")).all()
    assert [event.account_id for event in used] == [person.account_id], "the trail says who, and not the code"
    assert second_factor.recovery_codes_left(by=person, uow=uow) == 7
    with pytest.raises(InvalidFields):
        second_factor.make_recovery_codes("000000", by=person, uow=uow, now=later)
    fresh = second_factor.make_recovery_codes(code(later), by=person, uow=uow, now=later)
    assert enter(later, codes[1]) == Refusal() and isinstance(enter(later, fresh[1]), SignInCard)


def test_recovery_codes_are_kept_as_fingerprints_and_go_with_the_second_step(
    database, person, switched_on, code, uow, now
):
    codes = second_factor.make_recovery_codes("", by=person, uow=uow, now=now)
    with database.read() as session:
        kept = session.get_one(Account, person.account_id).recovery_codes
    assert len(kept) == 8 and not any(one in str(kept) or one.replace("-", "") in str(kept) for one in codes)
    later = now + timedelta(minutes=2)
    second_factor.switch_off(code(later), by=person, settings=SETTINGS, uow=uow, now=later)
    assert second_factor.recovery_codes_left(by=person, uow=uow) == 0
    with pytest.raises(WrongState):
        second_factor.make_recovery_codes("", by=person, uow=uow, now=later)
