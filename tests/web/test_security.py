"""Headers on every answer, secrets at the start, and where the demo keeps its keys (SEC6)."""

import json
import stat

import pytest
from pydantic import SecretStr

from matcher.domain.terms import Role
from matcher.errors import SetupProblem
from matcher.settings import Settings
from matcher.store.crypto import Keyring
from web import create_app, demo_secrets
from web.secret_checks import checked
from web.setting_words import effective, shown

GOOD_KEY = "8f3k2j4h5g6d7s8a9q0w1e2r3t4y5u6i"


@pytest.mark.parametrize(
    "path", ["/login", "/nowhere", "/healthz", "/readyz", "/vendor/htmx.min.js", "/static/nuanliu.css", "/account"]
)
def test_headers_hold_everywhere(visitor, path):
    headers = visitor.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_refused_form_and_a_crash_carry_them_too(app, visitor):
    def breaks():
        raise ValueError("boom")

    breaks.policy = app.view_functions["health.alive"].policy
    app.add_url_rule("/breaks", "breaks", breaks)
    for answer in (visitor.post("/login"), visitor.get("/breaks")):
        assert answer.status_code in {400, 500}
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert "boom" not in answer.text and "Traceback" not in answer.text


def test_personal_pages_are_not_stored_and_our_own_files_may_be(visitor_as):
    person = visitor_as(Role.CITY)
    assert person.get("/account").headers["Cache-Control"] == "no-store"
    assert "max-age=86400" in person.get("/vendor/bootstrap.min.css").headers["Cache-Control"]
    assert "no-store" not in person.get("/static/nuanliu.js").headers["Cache-Control"]


def test_pages_need_no_other_host_and_no_inline_code(visitor_as):
    for page in ("/account", "/settings"):
        text = visitor_as(Role.SYSADMIN).get(page).text
        assert "://" not in text.replace("postgresql+psycopg://", "").replace("redis://", "").replace(
            "filesystem://", ""
        ).replace("sqlite://", "")
        assert " style=" not in text and "<style" not in text and " onclick=" not in text


def test_only_listed_vendor_files_are_served(visitor):
    for name in ("jquery.min.js", "..%2f__init__.py", "../__init__.py"):
        assert visitor.get(f"/vendor/{name}").status_code == 404


@pytest.mark.parametrize(
    ("key", "keys", "code"),
    [
        ("", "ok", "missing_secret_key"),
        ("short", "ok", "weak_secret_key"),
        ("changeme-changeme-changeme-changeme", "ok", "weak_secret_key"),
        ("a" * 40, "ok", "weak_secret_key"),
        (GOOD_KEY, "", "missing_encryption_keys"),
        (GOOD_KEY, "k1:bm90IDMyIGJ5dGVz", "bad_encryption_keys"),
        (GOOD_KEY, "k1:%%%", "bad_encryption_keys"),
    ],
)
def test_nothing_starts_with_missing_or_weak_secrets(tmp_path, sqlite_database, keyring, key, keys, code):
    settings = Settings(
        data_dir=tmp_path / "empty",
        secret_key=key,
        encryption_keys=Keyring.fresh() if keys == "ok" else keys,
    )
    with pytest.raises(SetupProblem) as caught:
        create_app(settings, sqlite_database)
    assert caught.value.code == code


@pytest.fixture
def ring_back(keyring):
    """Puts the tests' keyring back after a test that starts with another one."""
    from matcher.store.crypto import use_keyring

    yield
    use_keyring(keyring)


def test_the_demo_keeps_keys_of_its_own_readable_for_the_owner_alone(tmp_path, ring_back):
    settings = Settings(data_dir=tmp_path / "data")
    demo_secrets.make(settings)
    path = demo_secrets.path_of(settings)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = json.loads(path.read_text())
    demo_secrets.make(settings)
    assert json.loads(path.read_text()) == first, "made once"
    full = checked(settings)
    assert len(full.secret_key.get_secret_value()) >= 32


def test_demo_keys_serve_no_other_database(tmp_path, ring_back):
    demo_secrets.make(Settings(data_dir=tmp_path))
    other = Settings(data_dir=tmp_path, database_url="postgresql+psycopg://union:word@db.invalid/real")
    with pytest.raises(SetupProblem):
        checked(other)


def test_given_secrets_win_over_the_demos(tmp_path, ring_back):
    settings = Settings(data_dir=tmp_path, secret_key=GOOD_KEY)
    demo_secrets.make(settings)
    assert checked(settings).secret_key.get_secret_value() == GOOD_KEY


def test_settings_are_shown_without_secrets():
    settings = Settings(
        secret_key=GOOD_KEY,
        demo_password="known to nobody",
        database_url="postgresql+psycopg://union:hidden-word@db.invalid/real",
    )
    text = str(effective(settings, locale="en")) + str(effective(settings, locale="zh"))
    assert GOOD_KEY not in text and "known to nobody" not in text and "hidden-word" not in text
    assert "postgresql+psycopg://union:********@db.invalid/real" in text
    assert shown("redis://:word@host:1/0") == "redis://:********@host:1/0"


def test_every_setting_has_help_in_both_languages():
    for locale in ("zh", "en"):
        lines = effective(Settings(), locale=locale)
        assert {line.name for line in lines} == {f"NUANLIU_{name.upper()}" for name in Settings.model_fields}
        assert all(line.help for line in lines)


def test_figures_are_for_this_machine_or_the_token(app, visitor):
    assert "nuanliu_requests_total" in visitor.get("/metrics").text
    assert visitor.get("/metrics", environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 404
    assert visitor.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404


def test_with_a_token_figures_ask_for_it(sqlite_database, app_settings):
    settings = app_settings.model_copy(update={"metrics_token": SecretStr("t0ken")})
    app = create_app(settings, sqlite_database)
    client = app.test_client()
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer t0ken"}).status_code == 200
