"""The demo as a newcomer meets it: one command, then every account at its own page, on both widths."""

import json
import os
import sqlite3
import subprocess
import sys

import pytest

from matcher.settings import Settings
from matcher.store.crypto import use_keyring
from tests.pages import PHONE, Walk
from tests.walks.serving import serve
from web import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "warm current 2019"
LANDINGS = {
    "city": "/runs",
    "county-410802": "/proposals",
    "county-410823": "/proposals",
    "review-410823": "/proposals",
    "grassroots-1": "/proposals",
    "contact-1": "/needs",
    "worker-1": "/my",
    "finance": "/deliveries",
    "auditor": "/audit",
    "charity-1": "/offers",
    "enterprise-1": "/offers",
    "sysadmin": "/settings",
    "secadmin": "/accounts",
    "auditadmin": "/audit",
}
FAMILIES = 2000


def nuanliu(folder, *words, **environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("NUANLIU_", "LC_", "LANG"))}
    values = {"LANG": "zh_CN.UTF-8", "NUANLIU_DATA_DIR": str(folder)} | environment
    return subprocess.run(
        [sys.executable, "-m", "web", *words], env=clean | values, capture_output=True, text=True, timeout=280
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The folder of a finished demo, and what the command said."""
    folder = tmp_path_factory.mktemp("demo")
    said = nuanliu(folder, "demo", "--no-serve", NUANLIU_DEMO_PASSWORD=PASSWORD)
    assert said.returncode == 0, said.stderr
    return folder, said


@pytest.fixture(scope="module")
def url(demo, keyring):
    app = create_app(Settings(data_dir=demo[0]))
    with serve(app) as address:
        yield address
    use_keyring(keyring)


@pytest.fixture
def walk(url, chromium):
    walks = []

    def begin(username, **options):
        context = chromium.new_context(locale="zh-CN", **options)
        page = Walk(context.new_page(), url)
        walks.append((context, page))
        page.opens("/login").fills(username=username, password=PASSWORD).presses("登录", exact=True)
        return page

    yield begin
    said = [line for _context, page in walks for line in page.console]
    for context, _page in walks:
        context.close()
    assert said == []


def test_it_says_what_there_is_and_who_may_sign_in(demo):
    _folder, said = demo
    assert f"{FAMILIES + 1:,}" in said.stdout and "对接好了" in said.stdout and "待经办人" not in said.stderr
    for username in LANDINGS:
        assert f"\n  {username} " in said.stdout
    assert "Traceback" not in said.stderr and "INFO" not in said.stderr


def test_what_waits_is_counted_as_it_is(demo):
    folder, said = demo
    matched, proposals = (
        sqlite3.connect(folder / "nuanliu.sqlite3")
        .execute(
            "SELECT count(DISTINCT n.household_id), count(*) FROM proposal p JOIN need n ON n.id = p.need_id"
            " WHERE p.status = 'proposed'"
        )
        .fetchone()
    )
    assert f"{matched:,} 户有了对接建议，共 {proposals:,} 条" in said.stdout


def test_the_keys_are_the_owners_alone_and_nothing_is_confirmed(demo):
    folder, _said = demo
    assert (folder / "demo-secrets.json").stat().st_mode & 0o077 == 0
    file = sqlite3.connect(folder / "nuanliu.sqlite3")
    run = "SELECT id FROM match_run WHERE job_id IS NOT NULL"
    states = dict(
        file.execute(f"SELECT status, count(*) FROM proposal WHERE run_id IN ({run}) GROUP BY status").fetchall()
    )
    assert set(states) == {"proposed"} and states["proposed"] > 20
    queue = """SELECT count(*) FROM proposal p JOIN unit u ON u.id = p.unit_id JOIN offer o ON o.id = p.offer_id
        JOIN account a ON a.donor_id = o.donor_id
        WHERE a.username = 'charity-1' AND p.status = 'proposed' AND u.path LIKE
              (SELECT path || '%' FROM unit WHERE code = 'JZ-410823')"""
    assert file.execute(queue).fetchone()[0] >= 1, "charity-1 has an offer in the queue of county-410823"


def test_a_second_call_keeps_the_data_and_says_how_to_start_over(demo):
    folder, _said = demo
    before = _counts(folder)
    again = nuanliu(folder, "demo", "--no-serve")
    assert again.returncode == 0, again.stderr
    assert "--reset" in again.stdout and "account password" in again.stdout
    assert _counts(folder) == before


def _counts(folder):
    file = sqlite3.connect(folder / "nuanliu.sqlite3")
    return [file.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("household", "proposal", "match_run")]


def test_a_new_password_for_one_account(demo, url):
    folder, _said = demo
    answer = nuanliu(folder, "account", "password", "finance")
    assert answer.returncode == 0 and len(answer.stdout.split()[-1]) == 14
    nuanliu(folder, "demo", "--no-serve", NUANLIU_DEMO_PASSWORD=PASSWORD)


@pytest.mark.parametrize("username", LANDINGS)
def test_every_account_lands_on_a_page_for_everybody(walk, username):
    page = walk(username, viewport={"width": 1280, "height": 900})
    assert page.path.startswith(LANDINGS[username])
    assert page.sees("演示数据")
    for path in {LANDINGS[username], *page.page.locator(".nl-nav a").evaluate_all("all => all.map(a => a.pathname)")}:
        assert page.opens(path).status == 200, path
        assert page.barriers() == [], path
        assert not page.scrolls_sideways(), path


@pytest.mark.parametrize("username", LANDINGS)
def test_on_a_phone_too(walk, username):
    page = walk(username, viewport=PHONE, is_mobile=True, has_touch=True)
    assert 1 <= page.part(".nl-tabs a").count() <= 4
    for path in page.page.locator(".nl-tabs a").evaluate_all("all => all.map(a => a.pathname)"):
        assert page.opens(path).status == 200, path
        assert page.barriers() == [], path
        assert not page.scrolls_sideways(), path
        assert page.narrow_targets() == [], path


def test_in_english_no_chinese_frame_is_left(walk):
    page = walk("sysadmin", viewport={"width": 1280, "height": 900})
    page.presses("EN", exact=True)
    words = page.part("main").inner_text() + page.part(".nl-nav").inner_text()
    assert not any("\u4e00" <= c <= "\u9fff" for c in words), words


def test_settings_as_json_hide_the_demos_password(demo):
    folder, _said = demo
    lines = json.loads(nuanliu(folder, "settings", "--json", NUANLIU_DEMO_PASSWORD=PASSWORD).stdout)
    assert PASSWORD not in str(lines)
