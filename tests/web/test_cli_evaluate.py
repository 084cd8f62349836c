"""`nuanliu evaluate` and `rank --decisions` on files: figures beside the baselines, bad rows named."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from web.cli import make_app

PRACTICE = Path(__file__).parents[1] / "data" / "labelled" / "practice"
NEEDS, OFFERS, JUDGEMENTS = (str(PRACTICE / f"{name}.csv") for name in ("needs", "offers", "judgements"))


def run(*words: str):
    return CliRunner().invoke(make_app(), list(words))


def test_figures_stand_beside_both_baselines():
    answer = run("evaluate", "--needs", NEEDS, "--offers", OFFERS, "--judgements", JUDGEMENTS, "--json")
    assert answer.exit_code == 0
    figures = json.loads(answer.stdout)
    assert set(figures["rankings"]) == {"engine", "tfidf", "bm25"}
    assert figures["rankings"]["engine"]["ndcg@10"] >= 0.8 > figures["rankings"]["tfidf"]["ndcg@10"]
    assert figures["rankings"]["engine"]["ece@10"] <= 0.05
    assert figures["gains"]["engine"]["low"] > 0.3
    assert figures["category_recognised"] >= 0.85 and figures["needs_with_true_category"] == 130


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_table_can_be_read(monkeypatch, locale):
    monkeypatch.setenv("NUANLIU_LOCALE", locale)
    answer = run("evaluate", "--needs", NEEDS, "--offers", OFFERS, "--judgements", JUDGEMENTS)
    assert answer.exit_code == 0 and "nDCG@10" in answer.stdout
    assert ("看懂需求类别" if locale == "zh" else "Kind of help recognised") in answer.stdout


def test_bad_judgements_are_named_and_good_ones_count(tmp_path):
    bad = tmp_path / "judgements.csv"
    bad.write_text("need_id,offer_id,grade\nN001,O001,3\nN001,O002,7\nN999,O001,2\n", encoding="utf-8")
    answer = run("evaluate", "--needs", NEEDS, "--offers", OFFERS, "--judgements", str(bad))
    assert answer.exit_code == 1
    assert "7" in answer.stderr and "N999" in answer.stderr


def test_rank_learns_first_when_asked(tmp_path):
    with open(JUDGEMENTS, encoding="utf-8-sig", newline="") as file:
        judged = list(csv.DictReader(file))
    made = tmp_path / "decisions.csv"
    lines = [
        f"{r['need_id']},{r['offer_id']},{'accept' if int(r['grade']) >= 2 else 'reject'},"
        for r in judged
        if r["grade"] != "1"
    ]
    made.write_text(
        "need_id,offer_id,decision,reason\n" + "\n".join([*lines, "N001,O020,reject,联系不上"]) + "\n", "utf-8"
    )
    plain, taught = tmp_path / "plain.csv", tmp_path / "taught.csv"
    common = ("rank", "--needs", NEEDS, "--offers", OFFERS, "--top", "5", "--json")
    assert run(*common, "--out", str(plain)).exit_code == 0
    answer = run(*common, "--out", str(taught), "--decisions", str(made), "--train-needs", NEEDS)
    assert answer.exit_code == 0
    told = json.loads(answer.stdout)["learning"]
    assert told["trained"] == len(lines) and told["aside"] == {"not_about_match": 1}
    assert len(plain.read_text("utf-8")) > 1000 and len(taught.read_text("utf-8")) > 1000
    assert run(*common, "--out", str(plain), "--decisions", str(made)).exit_code == 2
