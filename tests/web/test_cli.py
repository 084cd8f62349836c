"""The command line as people meet it: languages, exit codes, one sentence for what they can mend."""

import json
import os
import socket
import sqlite3
import subprocess
import sys

import pytest

import web.cli
from matcher.store import crypto
from matcher.store.crypto import Keyring
from tests.conftest import KEYRING
from web.cli_words import FRAME, table, width

SECRETS = {
    "NUANLIU_SECRET_KEY": "8f3k2j4h5g6d7s8a9q0w1e2r3t4y5u6i",
    "NUANLIU_ENCRYPTION_KEYS": Keyring.fresh(),
}


@pytest.fixture
def nuanliu(tmp_path):
    """Run `nuanliu …` as a process of its own, with a data directory of its own."""

    def run(*words, lang="zh_CN.UTF-8", secrets=True, **environment):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("NUANLIU_", "LC_", "LANG"))}
        values = {"LANG": lang, "NUANLIU_DATA_DIR": str(tmp_path / "data")} | (SECRETS if secrets else {}) | environment
        return subprocess.run(
            [sys.executable, "-m", "web", *words], env=clean | values, capture_output=True, text=True, timeout=120
        )

    return run


def test_help_in_both_languages(nuanliu):
    chinese, english = nuanliu("--help"), nuanliu("--help", lang="en_US.UTF-8")
    assert chinese.returncode == english.returncode == 0
    assert "暖流：把困难职工家庭" in chinese.stdout and "命令" in chinese.stdout
    assert "joins what hardship families need" in english.stdout and "Commands" in english.stdout
    for command in ("demo", "serve", "worker", "beat", "up", "db", "seed", "settings", "routes", "match", "verify"):
        assert f"\n  {command} " in chinese.stdout and f"\n  {command} " in english.stdout


def test_the_setting_wins_over_the_machine(nuanliu):
    assert "Show the revision." in nuanliu("db", "--help", NUANLIU_LOCALE="en").stdout
    assert "现在的版本" in nuanliu("db", "--help", lang="en_US.UTF-8", NUANLIU_LOCALE="zh").stdout
    assert "现在的版本" in nuanliu("db", "--help", lang="C").stdout


@pytest.mark.parametrize(
    "command", ["demo", "serve", "db upgrade", "seed reference", "account password", "account add", "routes"]
)
def test_every_command_explains_itself(nuanliu, command):
    assert any("\u4e00" <= c <= "\u9fff" for c in nuanliu(*command.split(), "--help").stdout)
    english = nuanliu(*command.split(), "--help", lang="en_US.UTF-8").stdout
    assert english and not any("\u4e00" <= c <= "\u9fff" for c in english.replace("暖流", ""))


def test_help_loads_nothing_heavy():
    heavy = ("numpy", "sklearn", "ortools", "celery", "flask", "sqlalchemy", "scipy", "numba")
    code = f"import sys, web.cli; web.cli.make_app(); print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert found.stdout.strip() == "[]", found.stdout + found.stderr


@pytest.fixture
def typed(monkeypatch, tmp_path, capsys):
    """`nuanliu …` in this process: the exit code and what was said on the way of errors."""

    def run(*words, locale="zh", **environment):
        monkeypatch.setattr(sys, "argv", ["nuanliu", *map(str, words)])
        values = {"NUANLIU_LOCALE": locale, "NUANLIU_DATA_DIR": str(tmp_path / "data"), **SECRETS, **environment}
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as left:
            web.cli.main()
        return left.value.code, capsys.readouterr().err

    yield run
    crypto.use_keyring(KEYRING)


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (["dance"], "没有 'dance' 这个命令", "No such command 'dance'"),
        (["match"], "缺少选项 --needs", "Missing option '--needs'"),
        (["match", "--needs"], "选项 '--needs' 后面要写值", "requires an argument"),
        (["match", "--neds", "n.csv"], "没有 --neds 这个选项。（是不是 --needs？）", "No such option: --neds"),
        (["import", "needs"], "缺少参数 file", "Missing argument 'file'"),
        (["serve", "--port", "many"], "--port 的值不对：要写整数", "Invalid value for '--port'"),
        (["rank", "--needs", "a", "--offers", "b", "--out", "c", "--top", "0"], "不能小于 1", "greater than or equal"),
        (["export", "needs", "--out", "n.pdf"], "要以 .xlsx 或 .csv 结尾", "ends in .xlsx or .csv"),
        (["db", "upgrade", "1", "2"], "多写了参数：2", "unexpected extra argument"),
    ],
)
def test_wrong_usage_is_two_and_said_in_the_readers_language(typed, words, zh, en):
    for locale, sentence in (("zh", zh), ("en", en)):
        code, said = typed(*words, locale=locale)
        assert code == 2 and sentence in said, said
        assert ("Error" in said or "Usage" in said) == (locale == "en"), said


def test_no_command_shows_the_help(typed):
    code, said = typed()
    assert code == 2 and said.startswith("用法：nuanliu [选项] 命令") and "显示这段说明" in said


@pytest.mark.parametrize(
    ("words", "environment", "said"),
    [
        (["db", "upgrade", "9999"], {}, "没有 9999 这一步：请用 0001"),
        (["db", "downgrade", "9999"], {}, "base"),
        (["db", "current"], {"NUANLIU_DATABASE_URL": "nonsense"}, "postgresql+psycopg://"),
        (["db", "current"], {"NUANLIU_DATABASE_URL": "mysql://127.0.0.1/x"}, "NUANLIU_DATABASE_URL 写得不对"),
        (["db", "upgrade"], {"NUANLIU_DATA_DIR": "/proc/nowhere"}, "数据目录 /proc/nowhere 不能写"),
        (["serve"], {"NUANLIU_DATA_DIR": "/proc/nowhere"}, "数据目录 /proc/nowhere 不能写"),
        (["serve"], {"NUANLIU_POLICY": "/nowhere/rules.toml"}, "找不到文件 rules.toml"),
        (["up"], {"NUANLIU_POLICY": "/nowhere/rules.toml"}, "找不到文件 rules.toml"),
        (["serve", "--host", "192.0.2.1"], {}, "--host 是不是本机地址"),
        (["export", "needs", "--out", "n.csv"], {}, "请先运行 nuanliu db upgrade"),
        (["import", "needs", "n.csv"], {}, "请先运行 nuanliu db upgrade"),
        (["reconcile"], {}, "请先运行 nuanliu db upgrade"),
        (["settings"], {"NUANLIU_SESSION_HOURS": "many"}, "NUANLIU_SESSION_HOURS 不对（要写整数）"),
        (["settings"], {"NUANLIU_SESSION_HOURS": "0"}, "（不能小于 1）"),
        (["settings"], {"NUANLIU_LOG_LEVEL": "LOUD"}, "只能是 'DEBUG', 'INFO', 'WARNING' 或 'ERROR'"),
    ],
)
def test_what_a_person_can_mend_is_one_sentence(typed, words, environment, said):
    code, sentence = typed(*words, **environment)
    assert (code, sentence.count("\n")) == (3, 1) and said in sentence, sentence


def test_an_empty_house_says_what_comes_first(typed, tmp_path):
    assert typed("db", "upgrade")[0] == 0
    for words in (("export", "needs", "--out", tmp_path / "n.csv"), ("import", "needs", tmp_path / "n.csv")):
        code, said = typed(*words)
        assert code == 3 and "nuanliu seed reference" in said
    for place in (tmp_path, tmp_path / "gone" / "b.zip"):
        code, said = typed("backup", place)
        assert code == 3 and "目录" in said and not (tmp_path / "gone").exists()


@pytest.mark.parametrize("module", ["web", "web.cli"])
def test_every_way_of_starting_answers(module):
    found = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, text=True, timeout=60)
    assert found.returncode == 0 and "\n  match " in found.stdout


def test_missing_secrets_are_one_sentence(nuanliu):
    answer = nuanliu("serve", secrets=False)
    assert answer.returncode == 3 and answer.stderr.count("\n") == 1
    assert "NUANLIU_SECRET_KEY" in answer.stderr and "nuanliu demo" in answer.stderr
    assert "is not set" in nuanliu("worker", secrets=False, lang="en_US.UTF-8").stderr


def test_a_wrong_setting_is_named(nuanliu):
    answer = nuanliu("settings", NUANLIU_SESSION_HOURS="many")
    assert answer.returncode == 3 and "NUANLIU_SESSION_HOURS" in answer.stderr


def test_up_and_down_the_database(nuanliu, tmp_path):
    assert nuanliu("serve").returncode == 3, "an empty database is not served"
    upgraded = nuanliu("db", "upgrade")
    assert upgraded.returncode == 0, upgraded.stderr
    at = json.loads(nuanliu("db", "current", "--json").stdout)
    assert at["current"] == at["head"]
    assert nuanliu("db", "downgrade", "base").returncode == 0
    assert json.loads(nuanliu("db", "current", "--json").stdout)["current"] is None


def test_a_database_of_a_newer_release_is_left_alone(typed, tmp_path):
    typed("db", "upgrade")
    with sqlite3.connect(tmp_path / "data" / "nuanliu.sqlite3") as file:
        file.execute("UPDATE alembic_version SET version_num = 'from_the_future'")
    out = str(tmp_path / "n.csv")
    for words in (
        "db upgrade", "db downgrade base", "db current", "serve", "up", "worker", "beat", "seed reference", "reconcile",
        f"backup {out}", f"import needs {out}", f"export needs --out {out}", "account password city",
    ):  # fmt: skip
        code, said = typed(*words.split())
        assert code == 3 and "from_the_future" in said and "升级程序" in said, (words, said)


def test_a_port_in_use_is_one_sentence(nuanliu):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        nuanliu("db", "upgrade")
        for words in (("serve", "--port", str(port)), ("demo", "--port", str(port))):
            answer = nuanliu(*words)
            assert answer.returncode == 3 and f"端口 {port}" in answer.stderr and answer.stderr.count("\n") == 1


def test_a_data_directory_that_cannot_be_is_one_sentence(nuanliu, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    answer = nuanliu("demo", "--no-serve", NUANLIU_DATA_DIR=str(tmp_path / "file" / "data"))
    assert answer.returncode == 3 and "不能写" in answer.stderr and answer.stderr.count("\n") == 1


def test_a_database_that_does_not_answer_is_one_sentence(nuanliu):
    answer = nuanliu("db", "upgrade", NUANLIU_DATABASE_URL="postgresql+psycopg://nobody:word@127.0.0.1:1/none")
    assert answer.returncode == 3 and "连不上数据库" in answer.stderr and "word" not in answer.stderr


def test_settings_hide_secrets(nuanliu):
    answer = nuanliu("settings", "--json", NUANLIU_DEMO_PASSWORD="known to nobody")
    values = {line["name"]: line for line in json.loads(answer.stdout)}
    assert values["NUANLIU_SECRET_KEY"]["value"] == values["NUANLIU_DEMO_PASSWORD"]["value"] == "********"
    assert "known to nobody" not in answer.stdout
    assert "NUANLIU_SESSION_HOURS" in nuanliu("settings").stdout


def test_a_password_for_an_unknown_account(nuanliu):
    nuanliu("db", "upgrade")
    answer = nuanliu("account", "password", "nobody")
    assert answer.returncode == 3 and "没有这个账号" in answer.stderr


def test_reference_data_can_be_put_in_again(nuanliu, tmp_path):
    nuanliu("db", "upgrade")
    first, again = nuanliu("seed", "reference"), nuanliu("seed", "reference")
    assert first.returncode == again.returncode == 0, first.stderr + again.stderr
    counts = sqlite3.connect(tmp_path / "data" / "nuanliu.sqlite3").execute(
        "SELECT (SELECT count(*) FROM division), (SELECT count(*) FROM unit), (SELECT count(*) FROM installation)"
    )
    divisions, units, installations = counts.fetchone()
    assert divisions > 3_000 and units >= 12 and installations == 1


def test_the_first_account_of_an_installation(typed, tmp_path):
    """What stands in the README: tables, reference data, an account that can sign in."""
    assert "nuanliu seed reference" in (typed("db", "upgrade") and typed("account", "add", "anna", "--role", "city"))[1]
    typed("seed", "reference")
    assert typed("account", "add", "anna", "--role", "city", "--name", "安宁")[0] == 0
    assert typed("account", "add", "county-1", "--role", "caseworker", "--unit", "JZ-410823")[0] == 0
    assert "已经有人用了" in typed("account", "add", "anna", "--role", "auditor")[1]
    assert "没有代码是 X 的单位" in typed("account", "add", "bella", "--role", "city", "--unit", "X")[1]
    assert typed("account", "add", "bella", "--role", "charity")[0] == 2
    assert typed("account", "no-second-step", "anna")[0] == 0
    assert typed("account", "no-second-step", "nobody")[0] == 3
    rows = sqlite3.connect(tmp_path / "data" / "nuanliu.sqlite3").execute(
        "SELECT a.username, a.role, u.code, a.is_demo FROM account a JOIN unit u ON u.id = a.unit_id"
    )
    assert rows.fetchall() == [
        ("anna", "city", "JZ", 0), ("county-1", "caseworker", "JZ-410823", 0),
    ]  # fmt: skip


def test_tables_line_up_with_wide_characters():
    lines = table(("名称", "n"), [("焦作市", 1), ("a", 22)]).splitlines()
    assert width("焦作市") == 6
    assert [width(line[: line.index(mark)]) for line, mark in zip(lines, ("n", "1", "22"), strict=True)] == [10, 10, 10]


def test_the_librarys_own_words_are_still_there():
    """The Chinese frame replaces texts by their English; a new release that renames them shows up here."""
    import inspect

    import typer._click.core
    import typer.core

    source = inspect.getsource(typer.core) + inspect.getsource(typer._click.core)
    gone = [text for text in FRAME if text not in source]
    assert gone == []
