"""`nuanliu keys`: what the data needs, a new key taking over, and what the trail says of it."""

import json
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from matcher.store import anchor, crypto
from matcher.store.crypto import Keyring
from matcher.store.session import Database
from matcher.store.tables import AuditEvent
from tests.conftest import KEYRING, KEYRING_TEXT
from tests.factories import a_household, a_need
from web.cli import make_app


def test_a_new_key_takes_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_database: Database):
    with sqlite_database.write() as session:
        a_need(session, household=a_household(session, phone="19900001234"))
        session.commit()
    fresh = Keyring.fresh()
    new = Keyring.parse(fresh).current
    for name, value in {
        "DATABASE_URL": sqlite_database.url.render_as_string(hide_password=False),
        "DATA_DIR": str(tmp_path / "data"),
        "AUDIT_DIR": str(tmp_path / "anchors"),
        "SECRET_KEY": "a key for the command line 0123456789",
        "ENCRYPTION_KEYS": f"{fresh},{KEYRING_TEXT}",
        "LOCALE": "zh",
    }.items():
        monkeypatch.setenv(f"NUANLIU_{name}", value)
    before = anchor.folder()
    anchor.use_folder(tmp_path / "anchors")
    try:
        said = CliRunner().invoke(make_app(), ["keys", "status"]).stdout
        assert f"现在用 {new} 加密" in said and f"还离不开 {KEYRING.current}" in said
        rotated = CliRunner().invoke(make_app(), ["keys", "rotate", "--json"])
        told = json.loads(rotated.stdout)
        assert told["needed"] == [new] and told["changed"]["household"] == 1 and "1990000" not in rotated.output
        status = json.loads(CliRunner().invoke(make_app(), ["keys", "status", "--json"]).stdout)
        assert status["needed"] == [new] and status["idle"] == [KEYRING.current]
        with sqlite_database.read() as session:
            event = session.exec(select(AuditEvent).where(AuditEvent.action == "keys:rotate")).one()
        assert event.details["key_id"] == new
    finally:
        anchor.use_folder(before)
        crypto.use_keyring(KEYRING)
