"""The web application on a real database, without a browser."""

import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matcher.domain.terms import Role
from matcher.settings import Settings
from matcher.store.session import Database
from matcher.store.tables import SignIn, Unit
from matcher.usecases.signing_in import token_hash
from tests.conftest import KEYRING_TEXT
from tests.factories import NOW, a_county, an_account, an_installation, the_city
from web import create_app

CITY_ROLES = {Role.CITY, Role.AUDITOR, Role.SYSADMIN, Role.SECADMIN, Role.AUDITADMIN}


@pytest.fixture
def app_settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path, secret_key="a key for tests only 0123456789abc", encryption_keys=KEYRING_TEXT, locale=None
    )


@pytest.fixture
def app(sqlite_database: Database, app_settings: Settings) -> Flask:
    """The application at 9 January 2019, 09:00, in demo."""
    with sqlite_database.write() as session:
        an_installation(session, is_demo=True)
        the_city(session)
        session.commit()
    app = create_app(app_settings, sqlite_database)
    app.extensions["nuanliu"].clock = lambda: NOW
    return app


class Visitor(FlaskClient):
    """A test client that finds the form token by itself."""

    def send(self, path: str, *, page: str = "/login", **fields: Any) -> TestResponse:
        """POST a form as a browser would: with the token of the last page seen."""
        if "token" not in self.__dict__:
            found = re.search(r'name="csrf-token" content="([^"]+)"', self.get(page, follow_redirects=True).text)
            assert found
            self.token = found[1]
        return self.post(path, data={"csrf_token": self.token, **fields})


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    app.test_client_class = Visitor
    return app.test_client()  # type: ignore[return-value]


@pytest.fixture
def visitor_as(app: Flask, sqlite_database: Database) -> Callable[..., Visitor]:
    """`visitor_as(role, unit=…, donor_id=…, household_id=…)`: signed in, as `account_id`, without the form."""

    def enter(role: Role, *, unit: Unit | None = None, **fields: Any) -> Visitor:
        token = secrets.token_urlsafe(16)
        with sqlite_database.write() as session:
            if unit is None and "donor_id" not in fields:
                unit = the_city(session) if role in CITY_ROLES else a_county(session)
            account = an_account(session, role, unit=unit, **fields)
            session.add(
                SignIn(
                    token_hash=token_hash(token),
                    account_id=account.id or 0,
                    started_at=NOW,
                    seen_at=NOW,
                    expires_at=NOW + timedelta(hours=12),
                )
            )
            session.commit()
            account_id = account.id
        app.test_client_class = Visitor
        client = app.test_client()
        client.account_id = account_id
        with client.session_transaction() as cookies:
            cookies["sign_in"] = token
        return client  # type: ignore[return-value]

    return enter
