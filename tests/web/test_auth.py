"""Signing in and out through the pages: sessions, form tokens, redirects, locks."""

import re
from datetime import timedelta

import pytest

from matcher.domain.network_terms import PasswordProfile
from matcher.domain.terms import Role
from matcher.store.tables import Account
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.accounts import create_account
from tests.factories import NOW, the_city
from web.auth import HOMES
from web.devices import device_name
from web.security import local_path

PASSWORD = "warm current 2019"


@pytest.fixture
def account(sqlite_database, app):
    with sqlite_database.read() as session:
        unit = the_city(session)
    return create_account(
        username="sysadmin",
        role=Role.SYSADMIN,
        password=PASSWORD,
        unit_id=unit.id,
        display_name="周敏",
        by=None,
        uow=UnitOfWork(sqlite_database),
        now=NOW,
    )


def test_right_password_leads_home(visitor, account):
    answer = visitor.send("/login", username="sysadmin", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/settings")


def test_wrong_and_unknown_answer_alike(visitor, account):
    wrong = visitor.send("/login", username="sysadmin", password="nearly right")
    unknown = visitor.send("/login", username="no-such-one", password="nearly right")
    assert wrong.status_code == unknown.status_code == 401
    assert _bare(wrong.text, "sysadmin") == _bare(unknown.text, "no-such-one")


def _bare(page, username):
    return re.sub(r'(csrf[-_]token"[^>]*(?:content|value)=)"[^"]+"', r"\1", page).replace(username, "")


def test_what_was_typed_is_kept_but_not_the_password(visitor, account):
    answer = visitor.send("/login", username="sysadmin<x>", password="nearly right")
    assert 'value="sysadmin&lt;x&gt;"' in answer.text and "nearly right" not in answer.text


def test_the_session_is_a_new_one_after_signing_in(visitor, account):
    with visitor.session_transaction() as cookies:
        cookies["planted"] = "by someone else"
        cookies["sign_in"] = "a token known before"
    visitor.send("/login", username="sysadmin", password=PASSWORD)
    with visitor.session_transaction() as cookies:
        assert "planted" not in cookies and cookies["sign_in"] != "a token known before"


def test_signing_out_ends_the_sign_in_on_the_server(app, visitor, account):
    visitor.send("/login", username="sysadmin", password=PASSWORD)
    with visitor.session_transaction() as cookies:
        stolen = cookies["sign_in"]
    thief = app.test_client()
    with thief.session_transaction() as cookies:
        cookies["sign_in"] = stolen
    assert thief.get("/account").status_code == 200
    del visitor.token
    assert visitor.send("/logout", page="/account").status_code == 303
    assert thief.get("/account").status_code == 303, "the copied cookie is dead too"


def test_no_form_without_its_token(visitor, account):
    answer = visitor.post("/login", data={"username": "sysadmin", "password": PASSWORD})
    assert answer.status_code == 400 and "这张表单放得太久了" in answer.text
    assert visitor.post("/logout").status_code == 400


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\n//evil.example",
        "http:/evil.example",
        "",
        "account",
    ],
)
def test_no_way_out_through_next(visitor, account, target):
    assert local_path(target) is None
    answer = visitor.send("/login", username="sysadmin", password=PASSWORD, next=target)
    assert answer.location == "/settings"


def test_a_local_next_is_followed(visitor, account):
    visitor.get("/account?x=1")
    answer = visitor.send("/login", username="sysadmin", password=PASSWORD, next="/account?x=1")
    assert answer.location == "/account?x=1"


def test_asking_for_a_page_leads_through_the_sign_in(visitor):
    assert visitor.get("/account?x=1").location == "/login?next=/account?x%3D1"
    assert visitor.get("/").location == "/login"
    asked = visitor.get("/account", headers={"Accept": "application/json"})
    assert asked.status_code == 401 and asked.json == {"error": "not_signed_in"}
    partial = visitor.get("/account", headers={"HX-Request": "true"})
    assert partial.status_code == 401 and partial.headers["HX-Redirect"] == "/login"


def test_a_forged_cookie_is_nobody(visitor):
    visitor.set_cookie("nuanliu", "eyJzaWduX2luIjoieCJ9.forged.signature")
    assert visitor.get("/account").status_code == 303


def test_what_a_role_may_not_see_is_refused(visitor_as):
    assert visitor_as(Role.SYSADMIN).get("/accounts").status_code == 403
    assert visitor_as(Role.SECADMIN).get("/settings").status_code == 403
    assert visitor_as(Role.CASEWORKER).get("/audit").status_code == 403
    assert visitor_as(Role.AUDITADMIN).get("/audit").status_code == 200


def test_too_many_tries_are_answered_with_429(visitor, account):
    answers = [visitor.send("/login", username="sysadmin", password="nearly right") for _ in range(6)]
    assert [a.status_code for a in answers] == [401] * 4 + [429] * 2
    assert "停用 15 分钟" in answers[-1].text


def test_the_cookie_is_kept_from_scripts_and_other_sites(visitor):
    cookie = visitor.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_every_role_has_a_home():
    assert set(HOMES) == set(Role)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_lands_on_a_working_page(visitor_as, role):
    answer = visitor_as(role).get("/", follow_redirects=True)
    assert answer.status_code == 200


def test_the_security_administrator_resets_a_password_that_is_shown_once(visitor_as, visitor, account):
    administrator = visitor_as(Role.SECADMIN)
    answer = administrator.send("/accounts/sysadmin/password", page="/accounts")
    fresh = answer.text.split('id="fresh-password">')[1].split("<")[0]
    assert answer.headers["Cache-Control"] == "no-store"
    assert fresh not in administrator.get("/accounts").text
    assert visitor.send("/login", username="sysadmin", password=PASSWORD).status_code == 401
    assert visitor.send("/login", username="sysadmin", password=fresh).status_code == 303


def test_stopping_and_starting_an_account(visitor_as, account):
    administrator = visitor_as(Role.SECADMIN)
    assert administrator.send("/accounts/sysadmin/stop", page="/accounts").status_code == 303
    assert "已停用" in administrator.get("/accounts").text
    assert administrator.send("/accounts/sysadmin/start").status_code == 303
    assert administrator.send("/accounts/nobody/stop").status_code == 404


def test_who_was_given_a_password_chooses_their_own_before_anything_else(visitor_as, visitor, account):
    answer = visitor_as(Role.SECADMIN).send("/accounts/sysadmin/password", page="/accounts")
    given = answer.text.split('id="fresh-password">')[1].split("<")[0]
    visitor.send("/login", username="sysadmin", password=given)
    assert visitor.get("/settings").headers["Location"] == "/account"
    assert visitor.get("/settings", headers={"Accept": "application/json"}).status_code == 403
    assert "请先换成自己的" in visitor.get("/account").text
    own = {"old_password": given, "new_password": "words of my own", "repeat_password": "words of my own"}
    del visitor.token  # signing in began a new session
    assert visitor.send("/account/password", page="/account", **own).status_code == 303
    assert visitor.get("/settings").status_code == 200 and "请先换成自己的" not in visitor.get("/account").text


def test_the_strict_profile_asks_for_another_password_after_its_days(app, visitor_as, sqlite_database):
    house = app.extensions["nuanliu"]
    house.settings = house.settings.model_copy(update={"password_profile": PasswordProfile.DENGBAO})
    visitor = visitor_as(Role.SYSADMIN)
    assert visitor.get("/settings").status_code == 200
    with sqlite_database.write() as session:
        session.get_one(Account, visitor.account_id).password_changed_at = NOW - timedelta(days=90)
        session.commit()
    assert visitor.get("/settings").headers["Location"] == "/account"
    page = visitor.get("/account").text
    assert "按本单位的规定，请先换一个" in page and "至少有三样" in page


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/140.0 MicroMessenger/8.0", "WeChat Android"),
        ("curl/8.5", ""),
        ("", ""),
    ],
)
def test_a_sign_in_is_recognised_by_browser_and_system(told, name):
    assert device_name(told) == name
