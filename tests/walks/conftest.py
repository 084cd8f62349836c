"""A real server on a real database, and a real Chromium in front of it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from matcher.domain.terms import Role
from matcher.settings import Settings
from matcher.store.session import Database
from matcher.store.tables import Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.accounts import create_account
from tests.conftest import KEYRING_TEXT
from tests.factories import NOW, a_county, an_installation, the_city
from tests.pages import DESKTOP, PHONE, Walk, start_browser
from tests.walks.serving import serve
from web import create_app

PASSWORD = "warm current 2019"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser_page" in item.fixturenames or "phone_page" in item.fixturenames:  # type: ignore[attr-defined]
            item.add_marker(pytest.mark.browser)


@dataclass
class LiveApp:
    url: str
    database: Database
    app: Flask
    settings: Settings


@pytest.fixture
def live_app(sqlite_database: Database, tmp_path: Path) -> Iterator[LiveApp]:
    """The web application served on 127.0.0.1; its clock starts on Wednesday 9 January 2019, 09:00, and runs."""
    with sqlite_database.write() as session:
        an_installation(session, is_demo=True)
        the_city(session)
        session.commit()
    settings = Settings(
        data_dir=tmp_path,
        database_url=sqlite_database.url.render_as_string(hide_password=False),
        secret_key="a key for walking through pages 42",
        encryption_keys=KEYRING_TEXT,
        locale=None,
    )
    app = create_app(settings, sqlite_database)
    began = time.monotonic()
    app.extensions["nuanliu"].clock = lambda: NOW + timedelta(seconds=time.monotonic() - began)
    with serve(app) as url:
        yield LiveApp(url, sqlite_database, app, settings)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = start_browser(playwright)
        yield browser
        browser.close()


@pytest.fixture
def new_page(live_app: LiveApp, chromium: Browser) -> Iterator[Callable[..., Walk]]:
    """Opens one more browser with its own cookies; used for two people at once."""
    contexts = []
    walks: list[Walk] = []

    def make(**options: Any) -> Walk:
        context = chromium.new_context(viewport=DESKTOP, locale="zh-CN", **options)
        contexts.append(context)
        walks.append(Walk(context.new_page(), live_app.url))
        return walks[-1]

    yield make
    said = [line for walk in walks for line in walk.console]
    for context in contexts:
        context.close()
    assert said == [], said


@pytest.fixture
def browser_page(new_page: Callable[..., Walk]) -> Walk:
    return new_page()


@pytest.fixture
def phone_page(new_page: Callable[..., Walk]) -> Walk:
    walk = new_page(has_touch=True, is_mobile=True)
    walk.page.set_viewport_size(PHONE)
    return walk


@pytest.fixture
def signed_in_as(live_app: LiveApp, request: pytest.FixtureRequest) -> Callable[..., Walk]:
    """`signed_in_as(role, unit=…, donor_id=…, household_id=…, page=…)`: a new account, signed in through the form."""
    made = iter(range(1, 100))

    def enter(role: Role, *, unit: Unit | None = None, page: Walk | None = None, **fields: Any) -> Walk:
        page = page or request.getfixturevalue("browser_page")
        username = fields.pop("username", f"{role.value}-{next(made)}")
        make_account(live_app.database, role, username, unit=unit, **fields)
        page.opens("/login").fills(username=username, password=PASSWORD).presses("登录", exact=True)
        return page

    return enter


def make_account(database: Database, role: Role, username: str, *, unit: Unit | None = None, **fields: Any) -> int:
    """An account that can sign in with `PASSWORD`."""
    if unit is None and not fields.get("donor_id"):
        at_the_city = role in {Role.CITY, Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN, Role.AUDITOR}
        with database.write() as session:
            unit = the_city(session) if at_the_city else a_county(session)
            session.commit()
    values: dict[str, Any] = {"display_name": "周敏", "unit_id": unit.id if unit else None} | fields
    return create_account(
        username=username, role=role, password=PASSWORD, by=None, uow=UnitOfWork(database), now=NOW, **values
    )
