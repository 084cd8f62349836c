"""`nuanliu audit`: exit codes, sentences in both languages, and the way back from a restored backup."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from matcher.store import anchor
from matcher.store.session import Database
from matcher.store.unit_of_work import UnitOfWork
from tests.conftest import KEYRING_TEXT
from tests.factories import NOW
from web.cli import make_app, sentence_of

Run = Callable[..., Result]


@pytest.fixture
def nuanliu(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database: Database) -> Iterator[Run]:
    monkeypatch.setenv("NUANLIU_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("NUANLIU_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NUANLIU_AUDIT_DIR", str(tmp_path / "anchors"))
    monkeypatch.setenv("NUANLIU_SECRET_KEY", "a key for the command line 0123456789")
    monkeypatch.setenv("NUANLIU_ENCRYPTION_KEYS", KEYRING_TEXT)
    before = anchor.folder()
    anchor.use_folder(tmp_path / "anchors")

    def run(*arguments: object, locale: str = "zh") -> Result:
        monkeypatch.setenv("NUANLIU_LOCALE", locale)
        return CliRunner().invoke(make_app(), [str(a) for a in arguments])

    yield run
    anchor.use_folder(before)


def act(database: Database, times: int) -> None:
    for number in range(times):
        with UnitOfWork(database) as uow:
            uow.note(None, "need:edit", "need", number, at=NOW)
            uow.commit()


def test_a_whole_trail_is_said_to_be_whole(nuanliu: Run, database: Database):
    assert "还没有任何记录" in nuanliu("audit", "verify").stdout
    act(database, 3)
    said = nuanliu("audit", "verify")
    assert said.exit_code == 0 and "留痕完整：3 条记录" in said.stdout and "末端锚记到第 3 条" in said.stdout
    body = json.loads(nuanliu("audit", "verify", "--json", locale="en").stdout)
    assert (body["whole"], body["entries"], body["anchored"], body["fault"], body["entry"]) == (True, 3, 3, None, None)
    assert body["because"].startswith("The trail is whole")


def test_a_restored_backup_is_reported_until_somebody_answers_for_it(nuanliu: Run, database: Database, tmp_path: Path):
    act(database, 3)
    assert nuanliu("backup", tmp_path / "b.zip").exit_code == 0
    act(database, 2)
    restored = nuanliu("restore", tmp_path / "b.zip", "--force")
    assert restored.exit_code == 0, restored.output
    found = nuanliu("audit", "verify", "--json")
    body = json.loads(found.stdout)
    assert (found.exit_code, body["fault"], body["entry"], body["until"]) == (1, "old_copy", 4, 5)
    accepted = nuanliu("audit", "accept", "--because", "restored")
    assert accepted.exit_code == 0, accepted.output
    act(database, 3)
    again = json.loads(nuanliu("audit", "verify", "--json").stdout)
    assert (again["whole"], again["entries"], again["anchored"]) == (True, 7, 7)


def test_nobody_can_answer_for_what_is_whole_or_damaged(nuanliu: Run, sqlite_database: Database, monkeypatch):
    monkeypatch.setenv("NUANLIU_DATABASE_URL", sqlite_database.url.render_as_string(hide_password=False))
    act(sqlite_database, 3)
    assert sentence(nuanliu("audit", "accept", "--because", "moved")) == "留痕是完整的，没有什么要说明的。"
    with sqlite_database.writer.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_event_kept")
        connection.exec_driver_sql("UPDATE audit_event SET action = 'x' WHERE id = 2")
    assert "第 2 条" in sentence(nuanliu("audit", "accept", "--because", "moved"))
    verified = nuanliu("audit", "verify", locale="en")
    assert verified.exit_code == 1 and "entry 2" in verified.stdout
    assert nuanliu("audit", "accept", "--because", "whim").exit_code == 2


def test_a_retired_key_still_checks_older_entries(nuanliu: Run, sqlite_database: Database, monkeypatch):
    from matcher.store.crypto import Keyring, use_keyring

    monkeypatch.setenv("NUANLIU_DATABASE_URL", sqlite_database.url.render_as_string(hide_password=False))
    act(sqlite_database, 3)
    monkeypatch.setenv("NUANLIU_ENCRYPTION_KEYS", Keyring.fresh())
    try:
        unknown = json.loads(nuanliu("audit", "verify", "--json").stdout)
        assert (unknown["fault"], unknown["entry"]) == ("key_unknown", 1)
        monkeypatch.setenv("NUANLIU_AUDIT_KEYS", KEYRING_TEXT)
        assert nuanliu("audit", "verify").exit_code == 0
    finally:
        use_keyring(Keyring.parse(KEYRING_TEXT))


def sentence(result: Result) -> str:
    assert isinstance(result.exception, Exception)
    return sentence_of(result.exception) or ""
