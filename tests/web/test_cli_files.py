"""`nuanliu rank`, `match` and `verify` as commands: exit codes, messages, files."""

import csv
import io
import json
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from web.cli import make_app

DATA = Path(__file__).parents[1] / "data"
NEEDS, OFFERS = DATA / "hubei_2020_needs.csv", DATA / "hubei_2020_offers.csv"
PARTS = ["content", "amount", "nearness", "waiting", "urgency", "hardship"]


@pytest.fixture
def nuanliu(monkeypatch, tmp_path):
    """Runs a command in an empty folder, in Chinese unless told otherwise."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, locale="zh"):
        monkeypatch.setenv("NUANLIU_LOCALE", locale)
        return CliRunner().invoke(make_app(), [str(a) for a in arguments])

    return run


def match(nuanliu, needs=NEEDS, offers=OFFERS, folder=".", **options):
    folder = Path(folder)
    folder.mkdir(exist_ok=True)
    return nuanliu(
        "match", "--needs", needs, "--offers", offers, "--out", folder / "p.csv", "--unmatched", folder / "u.csv",
        "--report", folder / "r.json", "--as-of", "2020-02-20", **options,
    )  # fmt: skip


def rows(path):
    return list(csv.DictReader(io.StringIO(Path(path).read_text(encoding="utf-8"))))


def write(path, text):
    Path(path).write_text(text, encoding="utf-8")
    return path


def test_match_writes_proposals_unmet_needs_and_a_report_and_names_bad_rows(nuanliu):
    result = match(nuanliu)
    assert result.exit_code == 1  # two rows contradict themselves
    proposals, unmet, report = rows("p.csv"), rows("u.csv"), json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert list(proposals[0]) == ["need_id", "offer_id", "quantity", "unit", "score", *PARTS, "reasons"]
    assert list(unmet[0]) == ["need_id", "remaining", "blocking", "nearest_offer", "smallest_change"]
    assert all(int(p["score"]) == sum(int(p[part]) for part in PARTS) for p in proposals)
    assert proposals == sorted(proposals, key=lambda p: (p["need_id"], p["offer_id"]))
    assert [u["need_id"] for u in unmet] == sorted(u["need_id"] for u in unmet)
    assert report["as_of"] == "2020-02-20" and report["files"]["needs"]["rows_refused"] == 2
    assert "“region”列，“湖北省/宜昌市/武汉市”：上下级对不上" in result.stderr
    assert "提出对接建议" in result.stdout and "有 2 行没有采用" in result.stdout


def test_match_answers_what_more_would_do(nuanliu):
    base = ("match", "--needs", NEEDS, "--offers", OFFERS, "--out", "p.csv", "--as-of", "2020-02-20")
    told = nuanliu(*base, "--what-if", "WIN@420106=300", "--what-if", "FOO@武汉市=2", locale="en")
    assert told.exit_code == 1 and told.output.count("more families") == 2
    told = nuanliu(*base, "--what-if", "WIN@nowhere=many")
    assert told.exit_code == 3 and "WIN@410823=300" in told.output


def test_verify_accepts_what_match_wrote_and_finds_a_changed_row(nuanliu):
    match(nuanliu)
    check = ("verify", "--needs", NEEDS, "--offers", OFFERS, "--proposals", "p.csv", "--report", "r.json")
    accepted = nuanliu(*check)
    assert accepted.exit_code == 0, accepted.stdout
    assert "不成立" not in accepted.stdout and "价格证明" in accepted.stdout
    lines = Path("p.csv").read_text(encoding="utf-8").splitlines()
    write("p.csv", "\n".join(lines[:-1]) + "\n")
    refused = nuanliu(*check, "--json")
    assert refused.exit_code == 1
    found = json.loads(refused.stdout)
    assert found["holds"] is False
    assert {c["check"] for c in found["checks"] if not c["holds"]} >= {"objective", "counts"}


@pytest.mark.parametrize(
    "change", [{"prices": []}, {"prices": {"O1": "cheap"}}, {"objective": {"score": "high"}}, {"policy": {"name": "x"}}]
)
def test_a_report_that_match_did_not_write_is_refused(nuanliu, change):
    write("n.csv", "need_id,text\nA,口罩\n"), write("o.csv", "offer_id,text\nO1,口罩\n")
    match(nuanliu, needs="n.csv", offers="o.csv")
    write("r.json", json.dumps(json.loads(Path("r.json").read_text(encoding="utf-8")) | change))
    check = nuanliu("verify", "--needs", "n.csv", "--offers", "o.csv", "--proposals", "p.csv", "--report", "r.json")
    assert check.exit_code == 3 and "报告 r.json" in check.stderr


def test_the_order_of_rows_changes_no_byte(nuanliu, tmp_path):
    def shuffled(path):
        head, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        random.Random(5).shuffle(lines)
        return write(tmp_path / path.name, head + "".join(lines))

    match(nuanliu, folder="a")
    match(nuanliu, shuffled(NEEDS), shuffled(OFFERS), folder="b")
    for name in ("p.csv", "u.csv"):
        assert Path("a", name).read_bytes() == Path("b", name).read_bytes()
    reports = [json.loads(Path(folder, "r.json").read_text(encoding="utf-8")) for folder in "ab"]
    assert all(report.pop("timings") for report in reports)
    assert reports[0] == reports[1]


def test_rank_needs_only_ids_and_texts(nuanliu):
    write("n.csv", "need_id,text\nn1,爱人偏瘫下不了床，想要一辆轮椅\nn2,孩子上大学没有学费\nn3,need a warm quilt\n")
    write("o.csv", "offer_id,text\no1,轮椅20台\no2,金秋助学金\no3,棉被 quilt\n")
    result = nuanliu("rank", "--needs", "n.csv", "--offers", "o.csv", "--out", "k.csv", "--top", "2", "--json")
    assert result.exit_code == 0 and json.loads(result.stdout) == {"needs": 3, "offers": 3, "rows": 6}
    ranked = rows("k.csv")
    assert [r["offer_id"] for r in ranked if r["rank"] == "1"] == ["o1", "o2", "o3"]
    assert all(float(a["score"]) >= float(b["score"]) for a, b in zip(ranked[::2], ranked[1::2], strict=True))


def test_match_with_ids_and_texts_only(nuanliu):
    write("n.csv", "need_id,text\nn1,想要一辆轮椅\n")
    write("o.csv", "offer_id,text\no1,捐赠轮椅\n")
    assert nuanliu("match", "--needs", "n.csv", "--offers", "o.csv", "--out", "p.csv").exit_code == 0
    assert [(r["need_id"], r["offer_id"], r["quantity"]) for r in rows("p.csv")] == [("n1", "o1", "1")]


def test_without_a_certificate_verify_says_so(nuanliu):
    result = nuanliu("match", "--needs", NEEDS, "--offers", OFFERS, "--out", "p.csv", "--report", "r.json",
                     "--as-of", "2020-02-20", "--no-certify")  # fmt: skip
    assert "最优" not in result.stdout
    check = nuanliu("verify", "--needs", NEEDS, "--offers", OFFERS, "--proposals", "p.csv", "--report", "r.json",
                    locale="en")  # fmt: skip
    assert check.exit_code == 1 and "the report carries no certificate" in check.stdout


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "找不到文件 n.csv"),
        ("", "是空的"),
        ("need_id,text\n", "没有数据行"),
        ("need_id,内容2\nA,棉被\n", "缺少必填列：text"),
        ("need_id,text,text\nA,a,b\n", "两列是同一项"),
        ('{"need_id": 1, "text": "棉被"}\n', "缺少必填列：need_id、text"),
        ('need_id,text\nA,棉被\nB,"大米\nC,口罩\n', "第 3 行有一个引号没有配对"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_nothing_is_written(nuanliu, content, said):
    if content is not None:
        write("n.csv", content)
    result = match(nuanliu, needs="n.csv", folder="out")
    assert result.exit_code == 3 and said in result.stderr
    assert list(Path("out").iterdir()) == []


def test_garbage_and_gb18030(nuanliu):
    Path("n.csv").write_bytes(bytes(range(128, 256)) * 9)
    assert match(nuanliu, needs="n.csv").exit_code == 3
    Path("n.csv").write_bytes("need_id,text\nA,口罩\n".encode("gb18030"))
    assert match(nuanliu, needs="n.csv").exit_code == 0


def test_a_cell_of_ten_megabytes_is_named_and_the_other_rows_go_on(nuanliu):
    write("n.csv", "need_id,text\nA,口罩\nB," + "药" * 3_500_000 + "\n")
    result = match(nuanliu, needs="n.csv", locale="en")
    assert result.exit_code == 1
    assert "row 3 (B), column text" in result.stderr and "quotation mark" in result.stderr
    assert len(result.stderr) < 500


def test_messages_in_english_with_row_column_value_and_remedy(nuanliu):
    write("n.csv", "need_id,text,quantity\nA,口罩,-3\nB,口罩,5\n")
    result = match(nuanliu, needs="n.csv", locale="en")
    assert "n.csv, row 2 (A), column quantity, value “-3”: is negative; write a positive number" in result.stderr


def test_numbers_of_people_never_reach_the_messages(nuanliu):
    write("n.csv", "need_id,text,age\nA,口罩 张三19900001234,19900001234\n")
    result = match(nuanliu, needs="n.csv")
    written = "".join(Path(name).read_text(encoding="utf-8") for name in ("p.csv", "u.csv", "r.json"))
    everything = result.stdout + result.stderr + written
    assert "19900001234" not in everything and "〔电话〕" in result.stderr


@pytest.mark.parametrize(
    ("policy", "said"),
    [("name = 'x'", "policy_unusable"), ("[[", "TOML"), (None, "找不到文件")],
)
def test_a_policy_that_cannot_be_used(nuanliu, policy, said):
    if policy is not None:
        write("p.toml", policy)
    result = nuanliu("match", "--needs", NEEDS, "--offers", OFFERS, "--out", "x.csv", "--policy", "p.toml")
    assert result.exit_code == 3 and not Path("x.csv").exists()
    assert said in result.stderr or "规则文件 p.toml 不能用" in result.stderr


def test_a_wrong_date_or_option_is_usage(nuanliu):
    bad = nuanliu("match", "--needs", NEEDS, "--offers", OFFERS, "--out", "x.csv", "--as-of", "2020-02-31")
    assert bad.exit_code == 2
    assert nuanliu("match", "--needs", NEEDS).exit_code == 2


def test_a_place_that_cannot_be_written_to(nuanliu):
    result = nuanliu("rank", "--needs", NEEDS, "--offers", OFFERS, "--out", "没有/这个/目录.csv")
    assert result.exit_code == 3 and "目录.csv（没有这个目录）" in result.stderr


def test_results_never_land_on_an_input_or_on_each_other(nuanliu):
    needs, offers = write("n.csv", "need_id,text\nA,口罩\n"), write("o.csv", "offer_id,text\nB,口罩\n")
    over = nuanliu("match", "--needs", needs, "--offers", offers, "--out", "./n.csv")
    twice = nuanliu("match", "--needs", needs, "--offers", offers, "--out", "p.csv", "--report", "p.csv")
    assert (over.exit_code, twice.exit_code) == (3, 3)
    assert "不能写在它上面" in over.stderr and "同一个文件 p.csv" in twice.stderr
    assert rows("n.csv") == [{"need_id": "A", "text": "口罩"}] and not Path("p.csv").exists()


def test_each_bad_row_is_named_with_its_file(nuanliu):
    write("n.csv", "need_id,text,quantity\nA,口罩,-3\nB,口罩,1\n")
    write("o.csv", "offer_id,text,quantity\nA,口罩,很多\nB,口罩,9999999999\nC,口罩,2\n")
    said = match(nuanliu, needs="n.csv", offers="o.csv").stderr.splitlines()
    assert said == [
        "未采用：n.csv 第 2 行（A），“quantity”列，“-3”：是负数；请写正数，不清楚就空着",
        "未采用：o.csv 第 2 行（A），“quantity”列，“很多”：不是数字；请写 120 这样的数",
        "未采用：o.csv 第 3 行（B），“quantity”列，“9999999999”：太大了（超过 1,000,000,000）；请核对",
    ]


def test_the_rules_of_the_installation_count_unless_others_are_named(nuanliu, monkeypatch):
    monkeypatch.setenv("NUANLIU_POLICY", "none.toml")
    asked = ("match", "--needs", NEEDS, "--offers", OFFERS, "--out", "p.csv")
    assert "找不到文件 none.toml" in nuanliu(*asked).stderr
    built_in = Path(__file__).parents[2] / "seeds" / "policy" / "jiaozuo.toml"
    assert nuanliu(*asked, "--policy", built_in).exit_code == 1


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("content = 450", "content = 451", "weights = 1001（各项之和要是 1000）"),
        ("text_floor = 0.15", 'text_floor = "a third"', "text_floor = a third（要写 0 到 1 之间的数）"),
        ('fund = "F8"', 'fund = "F77"', "funds.fund = F77（没有这个代码）"),
        ("real_name = true", 'real_name = "yes"', "real_name = yes（要写 true 或 false）"),
        ('uses = ["WEL", "FOO", "CUL"]', 'uses = "WEL"', "uses = WEL（要写成列表"),
    ],
)
def test_a_slip_in_ones_own_rules_is_named(nuanliu, was, now, said):
    text = (Path(__file__).parents[2] / "seeds" / "policy" / "jiaozuo.toml").read_text("utf-8")
    assert was in text
    write("p.toml", text.replace(was, now))
    result = nuanliu("match", "--needs", NEEDS, "--offers", OFFERS, "--out", "x.csv", "--policy", "p.toml")
    assert result.exit_code == 3 and said in result.stderr, result.stderr


@pytest.mark.parametrize(("locale", "word"), [("zh", "需求表"), ("en", "needs, CSV or XLSX")])
@pytest.mark.parametrize("command", ["rank", "match", "verify"])
def test_help_in_both_languages(locale, word, command):
    """Words are chosen when the command starts, so each language needs its own process."""
    import os
    import subprocess
    import sys

    environment = {**os.environ, "NUANLIU_LOCALE": locale}
    found = subprocess.run(
        [sys.executable, "-m", "web.cli_files", command, "--help"], capture_output=True, text=True, env=environment
    )
    assert found.returncode == 0 and word in found.stdout
