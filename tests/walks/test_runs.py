"""The city starts a run, watches it, stops one, and reads what it did."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from matcher.domain.terms import Role, RunStatus
from matcher.store.tables import MatchRun
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.jobs import Lease, claim_job, end_job, keep_alive
from tests import factories as make
from tests.factories import NOW
from tests.pages import Walk
from tests.walks.conftest import LiveApp
from workers import doors


def newest(live_app: LiveApp) -> MatchRun:
    with live_app.database.read() as session:
        run = session.exec(select(MatchRun).order_by(col(MatchRun.id).desc())).first()
    assert run is not None
    return run


def claim(live_app: LiveApp) -> Lease:
    job_id = newest(live_app).job_id
    assert job_id is not None
    lease = claim_job(job_id, lease_seconds=600, uow=UnitOfWork(live_app.database), now=NOW)
    assert lease is not None
    return lease


def report(live_app: LiveApp, lease: Lease, stage: str, share: float) -> None:
    uow = UnitOfWork(live_app.database)
    keep_alive(lease, lease_seconds=600, uow=uow, now=NOW + timedelta(seconds=20), stage=stage, share=share)


@pytest.fixture
def families(live_app: LiveApp) -> None:
    with live_app.database.write() as session:
        make.an_offer(session, quantity=2)
        for _ in range(3):
            make.a_need(session)
        session.commit()


def test_the_city_watches_a_run_without_reloading_and_stops_it(live_app: LiveApp, signed_in_as: Callable[..., Walk]):
    city = signed_in_as(Role.CITY).opens("/runs").presses("现在对接一次")
    assert city.sees("补充对接在排队")
    lease = claim(live_app)
    report(live_app, lease, "candidates", 0.4)
    heading = city.part("#job")
    expect(heading).to_contain_text("第 3 步，共 5 步：找候选")
    report(live_app, lease, "allocate", 0.64)
    expect(heading).to_contain_text("第 4 步，共 5 步：统筹分配")
    assert city.part("progress").get_attribute("value") == "64"
    city.opens("/runs")
    expect(heading).to_contain_text("第 4 步")
    assert city.barriers() == []
    city.presses("停下来")
    expect(heading).to_contain_text("正在停下")
    end_job(lease, RunStatus.CANCELLED, error_code=None, uow=UnitOfWork(live_app.database), now=NOW)
    expect(city.part("table")).to_contain_text("已停下")
    assert not city.sees("正在停下：")


@pytest.mark.usefixtures("families")
def test_the_city_reads_the_result_and_goes_on_to_the_needs(live_app: LiveApp, signed_in_as: Callable[..., Walk]):
    city = signed_in_as(Role.CITY).opens("/runs").presses("现在对接一次")
    assert doors.perform(newest(live_app).job_id or 0, live_app.settings) is RunStatus.DONE
    expect(city.part("h1")).to_contain_text("3 户有需求，2 户对接上了")
    assert city.sees("资源不够 1")
    city.presses("技术详情")
    assert city.sees("对接率") and city.sees("66.7 %")
    assert city.barriers() == []
    city.presses("武陟", exact=True)
    assert city.path.startswith("/needs?where=")


@pytest.mark.usefixtures("families")
def test_the_page_fits_a_phone(live_app: LiveApp, signed_in_as: Callable[..., Walk], phone_page: Walk):
    city = signed_in_as(Role.CITY, page=phone_page).opens("/runs").presses("现在对接一次")
    assert doors.perform(newest(live_app).job_id or 0, live_app.settings) is RunStatus.DONE
    expect(city.part("h1")).to_contain_text("对接上了")
    assert not city.scrolls_sideways()
    assert city.narrow_targets() == []
    assert city.barriers() == []


def test_a_run_is_started_and_read_without_script(live_app: LiveApp, signed_in_as, new_page: Callable[..., Walk]):
    plain = new_page(java_script_enabled=False)
    city = signed_in_as(Role.CITY, page=plain).opens("/runs").presses("现在对接一次")
    report(live_app, claim(live_app), "understand", 0.2)
    city.presses("刷新看进度")
    assert city.sees("第 2 步，共 5 步：理解文字")
