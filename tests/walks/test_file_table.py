"""A caseworker brings a table of hardship files: upload, check, an unknown column, confirm, and the files are there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from matcher.domain.terms import Role, RunStatus
from matcher.store.tables import HardshipFile, Job
from tests.file_tables import HEADER, a_table
from tests.pages import Walk
from tests.walks.conftest import LiveApp
from workers import doors


def work(live_app: LiveApp) -> None:
    """What a worker would do with the newest job."""
    with live_app.database.read() as session:
        job_id = session.exec(select(Job.id).order_by(col(Job.id).desc())).first()
    assert doors.perform(job_id or 0, live_app.settings) is RunStatus.DONE


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Thirty rows, two of them with a wrong cell, and a column with a name of its own; no union is named."""
    planted = a_table(30, unit="", bad_every=15)
    path = tmp_path / "困难职工.csv"
    path.write_bytes(planted.csv(header=["走访备注" if name == "困难情况说明" else name for name in HEADER]))
    return path


def brings(caseworker: Walk, table: Path) -> Walk:
    caseworker.opens("/files").presses("用表格建档")
    assert caseworker.barriers() == []
    caseworker.part("input[type=file]").set_input_files(table)
    return caseworker.presses("看一遍，先不写入")


def test_a_table_becomes_files(live_app: LiveApp, signed_in_as: Callable[..., Walk], table: Path):
    caseworker = brings(signed_in_as(Role.CASEWORKER), table)
    assert caseworker.sees("正在核对，还没有写入") and caseworker.barriers() == []
    work(live_app)
    expect(caseworker.part("h1")).to_contain_text("看一遍")
    expect(caseworker.part("dl.nl-figures")).to_contain_text("可以写入")
    assert caseworker.sees("走访备注") and caseworker.sees("第 16 行") and caseworker.sees("身份证号应是 18 位")
    assert caseworker.barriers() == []
    caseworker.chooses(column_0="story").presses("记住，再核对一遍")
    work(live_app)
    expect(caseworker.part("dl.nl-figures")).to_contain_text("可以写入")
    assert not caseworker.sees("不认识的列")
    caseworker.presses("确认写入 28 户")
    work(live_app)
    expect(caseworker.part("h1")).to_contain_text("档案已导入")
    caseworker.presses("去看清单")
    assert caseworker.sees("困难家庭（28 户）") and caseworker.sees("旧-000000")
    with live_app.database.read() as session:
        assert len(session.exec(select(HardshipFile)).all()) == 28
    brings(caseworker, table)
    work(live_app)
    expect(caseworker.part("dl.nl-figures")).to_contain_text("已经有了")
    assert not caseworker.sees("确认写入")


def test_the_pages_fit_a_phone(live_app: LiveApp, signed_in_as: Callable[..., Walk], phone_page: Walk, table: Path):
    caseworker = brings(signed_in_as(Role.CASEWORKER, page=phone_page), table)
    work(live_app)
    expect(caseworker.part("dl.nl-figures")).to_contain_text("可以写入")
    assert not caseworker.scrolls_sideways() and caseworker.narrow_targets() == [] and caseworker.barriers() == []
    caseworker.opens("/files/import")
    assert not caseworker.scrolls_sideways() and caseworker.narrow_targets() == [] and caseworker.barriers() == []


def test_a_file_that_is_no_table_is_refused_in_words(
    live_app: LiveApp, signed_in_as: Callable[..., Walk], tmp_path: Path
):
    wrong = tmp_path / "names.csv"
    wrong.write_text("名字,电话\n王五,13900000000\n", "utf-8")
    caseworker = brings(signed_in_as(Role.CASEWORKER), wrong)
    work(live_app)
    expect(caseworker.part("h1")).to_contain_text("这个表格用不了")
    assert caseworker.sees("缺少") and caseworker.sees("户编号") and caseworker.barriers() == []
