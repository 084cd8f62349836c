"""Signing in, locks, passwords, on both databases (SEC5)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import col, select

from matcher.domain.access import Actor
from matcher.domain.network_terms import PasswordProfile
from matcher.domain.terms import Role
from matcher.errors import InvalidFields, NotFound, NotPermitted
from matcher.settings import Settings
from matcher.store.queries.accounts import find_signed_in, list_accounts, list_open_sign_ins, list_trail
from matcher.store.tables import Account, AuditEvent, FormerPassword, SignIn
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases import accounts, signing_in
from matcher.usecases.signing_in import Refusal, SignInCard, token_hash
from tests.factories import a_county, a_donor, an_actor, the_city

PASSWORD = "warm current 2019"
SETTINGS = Settings(session_hours=12, sign_in_tries=5, sign_in_lock_minutes=15)


@pytest.fixture
def unit(database):
    with database.write() as session:
        unit = a_county(session)
        session.commit()
        return unit


@pytest.fixture
def make(uow, unit, now):
    def create(username="county-1", role=Role.CASEWORKER, **fields):
        values = {"display_name": "周敏", "unit_id": unit.id, "by": None} | fields
        return accounts.create_account(username=username, role=role, password=PASSWORD, uow=uow, now=now, **values)

    return create


@pytest.fixture
def sign_in(uow, now):
    def enter(username="county-1", password=PASSWORD, at=now):
        return signing_in.sign_in(username, password, settings=SETTINGS, uow=uow, now=at)

    return enter


def living(database, token, at):
    with database.read() as store:
        return find_signed_in(store, token_hash(token), at=at, session_hours=SETTINGS.session_hours)


def actor_of(database, card, now):
    return living(database, card.token, now).actor


def test_signing_in_opens_a_sign_in_whose_token_is_stored_nowhere(database, make, sign_in, now):
    make()
    card = sign_in()
    assert isinstance(card, SignInCard) and card.role is Role.CASEWORKER
    found = living(database, card.token, now)
    assert found.actor.name == "周敏" and found.unit_name == "武陟县总工会" and found.actor.unit_path
    with database.read() as store:
        stored = store.exec(select(SignIn)).one()
    assert stored.token_hash == token_hash(card.token) != card.token


def test_every_sign_in_gets_a_token_of_its_own(make, sign_in):
    make()
    assert sign_in().token != sign_in().token


def test_names_are_found_however_they_are_typed(make, sign_in):
    make()
    assert isinstance(sign_in("  County-1 "), SignInCard)


def test_wrong_passwords_lock_one_account_for_a_quarter_of_an_hour(make, sign_in, now):
    make("county-1")
    make("county-2")
    for _ in range(4):
        assert sign_in(password="nearly right") == Refusal(locked=False)
    assert sign_in(password="nearly right") == Refusal(locked=True)
    assert sign_in() == Refusal(locked=True), "the right password does not open a locked account"
    assert isinstance(sign_in("county-2"), SignInCard), "nobody else is locked"
    assert sign_in(at=now + timedelta(minutes=14, seconds=59)) == Refusal(locked=True)
    assert isinstance(sign_in(at=now + timedelta(minutes=15, seconds=1)), SignInCard)


def test_a_right_password_forgets_the_wrong_ones(make, sign_in):
    make()
    for _ in range(4):
        sign_in(password="nearly right")
    sign_in()
    for _ in range(4):
        assert sign_in(password="nearly right") == Refusal(locked=False)


def test_unknown_names_are_refused_and_locked_like_known_ones(make, sign_in, now):
    make("county-1")
    minutes = [0, 0, 0, 0, 20, 21, 34, 36, 36, 36, 36, 36]  # four, a pause, the fifth, the lock, after the lock
    stranger = f"nobody-{uuid4().hex[:8]}"
    known = [sign_in("county-1", "nearly right", now + timedelta(minutes=m)) for m in minutes]
    unknown = [sign_in(stranger, "nearly right", now + timedelta(minutes=m)) for m in minutes]
    assert known == unknown
    assert [answer.locked for answer in known] == [False] * 4 + [True] * 3 + [False] * 4 + [True]


def test_a_password_is_checked_for_unknown_names_too(make, sign_in, monkeypatch):
    make("county-1")
    checked = []
    real = signing_in.verified
    monkeypatch.setattr(signing_in, "verified", lambda stored, given: checked.append(stored) or real(stored, given))
    sign_in("county-1", "nearly right")
    sign_in("nobody-at-all-2", "nearly right")
    assert len(checked) == 2, "an unknown name costs one argon2 check, as a known one does"
    assert all(stored.startswith("$argon2id$") for stored in checked)


def test_a_stopped_account_is_refused_in_the_same_words(database, make, sign_in, now, uow):
    make("county-1")
    card = sign_in("county-1")
    with database.write() as session:
        secadmin = an_actor(session, Role.SECADMIN, unit=the_city(session))
        session.commit()
    accounts.set_active("county-1", False, by=secadmin, uow=uow, now=now)
    assert sign_in("county-1") == Refusal(locked=False)
    assert living(database, card.token, now) is None, "stopping an account ends its sign-ins"
    accounts.set_active("county-1", True, by=secadmin, uow=uow, now=now)
    assert isinstance(sign_in("county-1"), SignInCard)


def test_a_sign_in_ends_when_idle_and_when_old(database, make, sign_in, uow, now):
    make()
    token = sign_in().token
    hour = timedelta(hours=1)
    assert living(database, token, now + 2 * hour - timedelta(seconds=1))
    assert living(database, token, now + 2 * hour) is None
    for step in range(1, 12):
        signing_in.keep_sign_in(token_hash(token), uow=uow, now=now + step * hour)
        assert living(database, token, now + step * hour)
    signing_in.keep_sign_in(token_hash(token), uow=uow, now=now + 12 * hour - timedelta(seconds=1))
    assert living(database, token, now + 12 * hour) is None, "twelve hours are the end, however busy"


def test_signing_out_ends_it_everywhere(database, make, sign_in, uow, now):
    make()
    card = sign_in()
    signing_in.end_sign_in(token_hash(card.token), by=actor_of(database, card, now), uow=uow, now=now)
    assert living(database, card.token, now) is None


def test_nobody_ends_the_sign_in_of_another(database, make, sign_in, uow, now):
    make("county-1")
    make("county-2")
    mine, theirs = sign_in("county-1"), sign_in("county-2")
    for key in (token_hash(theirs.token), token_hash(theirs.token)[:16], "", "%", token_hash(mine.token)[:5]):
        with pytest.raises(NotFound):
            signing_in.end_sign_in(key, by=actor_of(database, mine, now), uow=uow, now=now)
    assert living(database, theirs.token, now)


def test_changing_the_password_ends_all_sign_ins_but_the_fresh_one(database, make, sign_in, uow, now):
    make()
    first, second = sign_in(), sign_in()
    fresh = accounts.change_password(
        PASSWORD, "another warm winter", by=actor_of(database, first, now), settings=SETTINGS, uow=uow, now=now
    )
    assert living(database, first.token, now) is None and living(database, second.token, now) is None
    assert living(database, fresh.token, now)
    assert sign_in() == Refusal() and isinstance(sign_in(password="another warm winter"), SignInCard)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("something else", "another warm winter", [("old_password", "password_wrong")]),
        (PASSWORD, PASSWORD, [("new_password", "password_same")]),
        (PASSWORD, "too short", [("new_password", "password_short")]),
        (PASSWORD, "my county-1 word", [("new_password", "password_is_name")]),
        (PASSWORD, "password123", [("new_password", "password_common")]),
        (PASSWORD, "Qwertyuiop", [("new_password", "password_common")]),
        (PASSWORD, "ababababab", [("new_password", "password_common")]),
        (PASSWORD, "x" * 201, [("new_password", "too_long")]),
        ("wrong", "short", [("new_password", "password_short"), ("old_password", "password_wrong")]),
    ],
)
def test_what_a_new_password_must_be(database, make, sign_in, uow, now, old, new, expected):
    make()
    by = actor_of(database, sign_in(), now)
    with pytest.raises(InvalidFields) as caught:
        accounts.change_password(old, new, by=by, settings=SETTINGS, uow=uow, now=now)
    assert [(p.field, p.code) for p in caught.value.problems] == expected


def test_resetting_unlocks_and_ends_sign_ins(database, make, sign_in, uow, now):
    make()
    card = sign_in()
    for _ in range(5):
        sign_in(password="nearly right")
    accounts.reset_password("county-1", "quite another word", by=None, uow=uow, now=now)
    assert living(database, card.token, now) is None
    assert isinstance(sign_in(password="quite another word"), SignInCard)


def test_only_the_security_administrator_of_the_place_touches_accounts(database, make, uow, now):
    make("county-1")
    with database.write() as session:
        elsewhere = an_actor(session, Role.SECADMIN, unit=a_county(session, "410825"))
        caseworker = an_actor(session, Role.CASEWORKER, unit=the_city(session))
        itself = an_actor(session, Role.SECADMIN, unit=the_city(session), username="secadmin")
        session.commit()
    steps = [
        lambda by, name: accounts.reset_password(name, "quite another word", by=by, uow=uow, now=now),
        lambda by, name: accounts.set_active(name, False, by=by, uow=uow, now=now),
        lambda by, name: accounts.unlock(name, by=by, uow=uow, now=now),
    ]
    for step in steps:
        with pytest.raises(NotPermitted):
            step(caseworker, "county-1")
        with pytest.raises(NotFound):
            step(elsewhere, "county-1")
        with pytest.raises(NotFound):
            step(itself, "nobody")
    with pytest.raises(NotPermitted):
        accounts.set_active("secadmin", False, by=itself, uow=uow, now=now)


def test_a_name_is_taken_once_and_must_be_plain(make):
    make("county-1")
    for name, code in [("county-1", "username_taken"), ("A B", "username_form"), ("-x-", "username_form")]:
        with pytest.raises(InvalidFields) as caught:
            make(name)
        assert caught.value.problems[0].code == code


def test_the_security_administrator_sees_accounts_within_reach_only(database, make, now):
    make("county-1")
    with database.write() as session:
        elsewhere = a_county(session, "410825")
        here = an_actor(session, Role.SECADMIN, unit=a_county(session), username="sec-here")
        city = an_actor(session, Role.SECADMIN, unit=the_city(session), username="sec-city")
        an_actor(session, Role.CASEWORKER, unit=elsewhere, username="far-1")
        donor = a_donor(session, unit=elsewhere)
        an_actor(session, Role.CHARITY, donor_id=donor.id, username="giver-1")
        session.commit()
    with database.read() as store:
        names = {line.username for line in list_accounts(store, here, at=now)[0]}
        everyone, total = list_accounts(store, city, at=now)
        assert names == {"county-1", "sec-here"}
        assert {line.username for line in everyone} == {"county-1", "sec-here", "sec-city", "far-1", "giver-1"}
        assert total == 5
        assert [line.username for line in list_accounts(store, city, at=now, words="giver")[0]] == ["giver-1"]
        assert list_accounts(store, city, at=now, limit=2, offset=4)[0][0].username


def test_every_step_leaves_a_trace_without_personal_data(database, make, sign_in, uow, now):
    make()
    card = sign_in()
    by = actor_of(database, card, now)
    accounts.change_password(PASSWORD, "another warm winter", by=by, settings=SETTINGS, uow=uow, now=now)
    for _ in range(5):
        sign_in(password="nearly right")
    with database.read() as store:
        events = store.exec(select(AuditEvent).order_by(col(AuditEvent.id))).all()
        auditor = an_actor_at_the_city(database)
        lines, total = list_trail(store, auditor)
    assert [e.action for e in events] == [
        "account:create",
        "account:sign_in",
        "account:change_password",
        "account:sign_in",
        "account:lock",
    ]
    assert "周敏" not in str([e.details for e in events])
    assert total == 5 and lines[0].action == "account:lock"


def an_actor_at_the_city(database):
    with database.write() as session:
        actor = an_actor(session, Role.AUDITOR, unit=the_city(session))
        session.commit()
    return actor


def test_the_trail_of_another_county_is_not_seen(database, make, sign_in, now):
    make()
    sign_in()
    with database.write() as session:
        elsewhere = an_actor(session, Role.AUDITOR, unit=a_county(session, "410825"))
        here = an_actor(session, Role.AUDITOR, unit=a_county(session))
        session.commit()
    with database.read() as store:
        assert list_trail(store, elsewhere) == ([], 0)
        assert list_trail(store, here)[1] == 1
        assert list_trail(store, here, object_type="proposal")[1] == 0


def test_ones_own_open_sign_ins(database, make, sign_in, now):
    make()
    mine, other = sign_in(), sign_in(at=now + timedelta(minutes=1))
    by = actor_of(database, mine, now)
    with database.read() as store:
        found = list_open_sign_ins(
            store, by.account_id, this=token_hash(mine.token), at=now + timedelta(minutes=2), session_hours=12
        )
    assert [line.is_this for line in found] == [False, True]
    assert token_hash(other.token).startswith(found[0].key)


def test_a_chosen_language_is_kept(database, make, sign_in, uow, now):
    make()
    by = actor_of(database, sign_in(), now)
    accounts.choose_language("en", by=by, uow=uow, now=now)
    with database.read() as store:
        assert store.exec(select(Account.locale)).one() == "en"
    with pytest.raises(InvalidFields):
        accounts.choose_language("fr", by=by, uow=uow, now=now)


def test_fresh_passwords_pass_the_policy(uow: UnitOfWork):
    made = {accounts.fresh_password() for _ in range(50)}
    assert len(made) == 50
    assert all(accounts.check_password(password, "city") == [] for password in made)


STRICT = SETTINGS.model_copy(update={"password_profile": PasswordProfile.DENGBAO})


def test_the_strict_profile_refuses_what_is_simple_and_what_was_used_lately(make, database, uow, now):
    make()
    with database.read() as store:
        account = store.exec(select(Account)).one()
        by = Actor(account_id=account.id, role=account.role)
    used = PASSWORD
    for number in range(6):
        accounts.change_password(used, f"Warm-{number}-2019", by=by, settings=STRICT, uow=uow, now=now)
        used = f"Warm-{number}-2019"
    for new, code in (("only small letters", "password_simple"), ("Warm-1-2019", "password_used")):
        with pytest.raises(InvalidFields) as refused:
            accounts.change_password(used, new, by=by, settings=STRICT, uow=uow, now=now)
        assert [(p.field, p.code) for p in refused.value.problems] == [("new_password", code)]
    accounts.change_password(used, PASSWORD, by=by, settings=STRICT, uow=uow, now=now)
    with database.read() as store:
        assert len(store.exec(select(FormerPassword)).all()) == 5


def test_a_password_somebody_else_gave_must_be_changed(make, sign_in, database, uow, now):
    make()
    with database.write() as store:
        by = an_actor(store, Role.SECADMIN, unit=the_city(store))
        store.commit()
    accounts.reset_password("county-1", "borrowed words 7", by=by, uow=uow, now=now)
    card = sign_in(password="borrowed words 7")
    assert living(database, card.token, now).must_change_password
    mine = Actor(account_id=card.account_id, role=card.role)
    fresh = accounts.change_password("borrowed words 7", PASSWORD, by=mine, settings=SETTINGS, uow=uow, now=now)
    assert not living(database, fresh.token, now).must_change_password
    accounts.reset_password("county-1", "typed on the machine", by=None, uow=uow, now=now)
    card = sign_in(password="typed on the machine")
    assert not living(database, card.token, now).must_change_password
