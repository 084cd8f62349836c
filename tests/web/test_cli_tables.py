"""`nuanliu import` and `nuanliu export`: exit codes, sentences, files that come back equal."""

import csv
import io
import json

import pytest
from sqlmodel import col, func, select
from typer.testing import CliRunner

from matcher.domain.terms import DutyKind, Tier
from matcher.store.tables import AuditEvent, Delivery, Household, Need
from tests.conftest import KEYRING_TEXT
from tests.factories import (
    NOW,
    TODAY,
    a_county,
    a_division,
    a_donor,
    a_household,
    a_need,
    a_proposal,
    an_installation,
)
from web.cli import make_app

NEEDS = "need_id,text,household_id,category,quantity,unit,deadline\n"


@pytest.fixture
def nuanliu(monkeypatch, tmp_path, sqlite_database):
    with sqlite_database.write() as session:
        an_installation(session)
        a_division(session, "410823", "武陟县")
        a_household(session, unit=a_county(session), case_code="武陟-0401")
        session.commit()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NUANLIU_DATABASE_URL", sqlite_database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("NUANLIU_SECRET_KEY", "a key for the command line 0123456789")
    monkeypatch.setenv("NUANLIU_ENCRYPTION_KEYS", KEYRING_TEXT)

    def run(*arguments, locale="zh"):
        monkeypatch.setenv("NUANLIU_LOCALE", locale)
        return CliRunner().invoke(make_app(), [str(a) for a in arguments])

    return run


def count(database, table):
    with database.read() as session:
        return session.exec(select(func.count(col(table.id)))).one()


def test_needs_in_twice(nuanliu, sqlite_database, tmp_path):
    file = tmp_path / "n.csv"
    file.write_text(
        NEEDS + "1,家里没有米面了,武陟-0401,米面油,1,份,\n2,房顶漏雨想修一修,武陟-0401,住房,1,户,\n", "utf-8"
    )
    dry = nuanliu("import", "needs", file, "--dry-run")
    assert (dry.exit_code, count(sqlite_database, Need)) == (0, 0), dry.output
    first = nuanliu("import", "needs", file)
    assert (first.exit_code, first.stdout) == (0, "2 行：已写入 2，已经有了 0，要改 0。\n")
    again = nuanliu("import", "needs", file, "--json")
    assert json.loads(again.stdout) == {
        "kind": "needs", "dry_run": False, "rows": 2, "good": 0, "known": 2, "refused": 0, "examples": 0,
    }  # fmt: skip
    assert count(sqlite_database, Need) == 2
    with sqlite_database.read() as session:
        assert (
            session.exec(select(AuditEvent.account_id).where(AuditEvent.action == "need:register")).all() == [None] * 2
        )


def test_bad_rows_are_named_and_good_ones_go_on(nuanliu, sqlite_database, tmp_path):
    file, report = tmp_path / "n.csv", tmp_path / "bad.csv"
    file.write_text(
        NEEDS + "1,家里没有米面了,武陟-0401,米面油,1,份,\n2,没有这户人家呀,武陟-9,米面油,-1,份,2019-02-30\n", "utf-8"
    )
    result = nuanliu("import", "needs", file, "--report", report)
    assert (result.exit_code, count(sqlite_database, Need)) == (1, 1)
    assert "第 3 行（2），“quantity”列，“-1”：是负数" in result.stderr
    rows = list(csv.reader(io.StringIO(report.read_text("utf-8-sig"))))
    assert rows[0] == ["第几行", "编号", "列", "写的是", "怎么改"]
    assert {row[2] for row in rows[1:]} == {"quantity", "deadline"}


@pytest.mark.parametrize(("content", "locale", "said"), [(b"", "zh", "是空的"), (b"a,b\n1,2\n", "en", "lacks")])
def test_a_useless_file_exits_3(nuanliu, tmp_path, content, locale, said):
    file = tmp_path / "n.csv"
    file.write_bytes(content)
    result = nuanliu("import", "needs", file, locale=locale)
    assert result.exit_code == 3 and said in result.stderr
    assert nuanliu("import", "needs", tmp_path / "nowhere.csv").exit_code == 3


def test_families_then_their_needs(nuanliu, sqlite_database, tmp_path):
    families, needs = tmp_path / "f.csv", tmp_path / "n.csv"
    families.write_text("household_id,name,union_unit\n武陟-0700,赵长河,武陟县总工会\n", "utf-8")
    needs.write_text(NEEDS + "9,家里没有米面了,武陟-0700,米面油,1,份,\n", "utf-8")
    assert nuanliu("import", "families", families).exit_code == 0
    assert nuanliu("import", "needs", needs).exit_code == 0
    with sqlite_database.read() as session:
        family = session.exec(select(Household).where(Household.case_code == "武陟-0700")).one()
        assert session.exec(select(Need.household_id)).one() == family.id


def test_offers_of_a_donor(nuanliu, sqlite_database, tmp_path):
    with sqlite_database.write() as session:
        a_donor(session, name="禾暖粮油")
        session.commit()
    file, out = tmp_path / "o.csv", tmp_path / "out.csv"
    head = "offer_id,text,donor,category,quantity,unit,shelf_life_until\n"
    file.write_text(head + "1,大米十公斤装,禾暖粮油,米面油,10,份,2099-01-01\n", "utf-8")
    result = nuanliu("import", "offers", file)
    assert result.exit_code == 0, result.stderr
    assert nuanliu("export", "offers", "--out", out).exit_code == 0
    (row,) = csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))
    assert (row["donor"], row["vetted"], row["status"], row["quantity"]) == ("禾暖粮油", "no", "pending", "10")


def test_exports_hold_codes_and_no_names(nuanliu, sqlite_database, tmp_path):
    with sqlite_database.write() as session:
        need = a_need(session, title="年前缺米面油")
        proposal = a_proposal(session, need=need)
        session.add(
            Delivery(
                proposal_id=proposal.id,
                household_id=need.household_id,
                need_id=need.id,
                offer_id=proposal.offer_id,
                unit_id=need.unit_id,
                quantity=1,
                tier=Tier.T2,
                duty=DutyKind.SERVICE,
                unit="份",
                confirmed_on=TODAY,
                created_at=NOW,
                updated_at=NOW,
            )
        )
        session.commit()
    for what, column in (("needs", "need_id"), ("proposals", "score"), ("deliveries", "confirmed_on")):
        out = tmp_path / f"{what}.csv"
        result = nuanliu("export", what, "--out", out)
        assert result.exit_code == 0, result.output
        (row,) = csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))
        assert row[column] and "李志远" not in str(row)
    assert nuanliu("export", "needs", "--out", tmp_path / "n.xlsx").exit_code == 0
    assert (tmp_path / "n.xlsx").read_bytes().startswith(b"PK")


def test_an_unknown_unit(nuanliu, tmp_path):
    result = nuanliu("export", "needs", "--out", tmp_path / "n.csv", "--unit", "NOWHERE")
    assert result.exit_code != 0 and not (tmp_path / "n.csv").exists()
