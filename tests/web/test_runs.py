"""The runs page: who sees it, what it says, and that it works while the broker is down."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import event
from sqlmodel import select

from matcher.domain.obstacles import Obstacle, obstacle_of
from matcher.domain.reasons import ReasonCode
from matcher.domain.terms import FileStatus, NeedStatus, ProposalStatus, Role, RunStatus
from matcher.store.queries.runs import county_table
from matcher.store.session import Database
from matcher.store.tables import Job, MatchRun, UnmetNeed
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.jobs import claim_job, keep_alive
from tests import factories as make
from tests.factories import NOW

REPORT = {
    "objective": {"reached_weight": 1268, "score": 846210.0},
    "bound": {"reached_weight": 1268, "score": 846210.0},
    "gap": {"reached_weight": 0.0, "score": 0.0},
    "solver": {"flow": {"parts": 3, "pairs": 9, "optimal": 3}},
    "counts": {"pairs_compared": 48316, "pairs_permitted": 20000},
    "prices": {},
    "scarcity": [
        {"category": "FOO", "unit": "份", "needed": 4, "available": 1, "short": 3, "price": 0.1},
        {"category": "MED", "unit": "元", "needed": 332000, "available": 186000, "short": 146000, "price": 0.1},
        {"category": "WIN", "unit": "台", "needed": 2, "available": 9, "short": 0, "price": 0.0},
    ],
    "marginal": [
        {"category": "WIN", "region": "410823", "unit": "套", "waiting": 7, "passing_on": 3, "reached_weight": 5},
    ],
    "timings": {"allocate": {"seconds": 38.2, "peak_mb": 612.0}},
}


@pytest.fixture
def a_finished_run(app: Any, sqlite_database: Database) -> int:
    """武陟 with four families on file, three in need: one delivered, one proposed, one with nothing; 温县 with one."""
    with sqlite_database.write() as session:
        wuzhi, wen = make.a_county(session), make.a_county(session, "410825", short_name="温县")
        run = make.a_run(session, trigger="nightly", report=REPORT, proposals=2)
        offer = make.an_offer(session)
        make.a_household(session, unit=wuzhi)
        for status in (ProposalStatus.DELIVERED, ProposalStatus.PROPOSED):
            make.a_proposal(session, need=make.a_need(session), offer=offer, run=run, status=status)
        for county, code in ((wuzhi, "OUTSIDE_AREA"), (wen, "OTHERS_CAME_FIRST")):
            need = make.a_need(session, household=make.a_household(session, unit=county))
            session.add(UnmetNeed(run_id=run.id, need_id=need.id, remaining=1, main_reason=code))
        session.commit()
        return run.id or 0


def statements(database: Database) -> list[str]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(database.reader, "before_cursor_execute", note)
    return said


def test_the_city_reads_what_the_newest_run_did(visitor_as: Callable[..., Any], a_finished_run: int):
    page = visitor_as(Role.CITY).get("/runs").text
    assert "1月9日夜间对接：4\u00a0户有需求，2\u00a0户对接上了" in page
    assert "武陟：有需求 3 户，已对接 2，其中已发放 1，未对接 1" in page
    assert "区域不合\u00a01" in page and "资源不够\u00a01" in page
    assert "已证最优，差距 0" in page and "50.0\u00a0%" in page


def test_shortages_are_said_in_words_and_units_of_the_city(visitor_as: Callable[..., Any], a_finished_run: int):
    page = visitor_as(Role.CITY).get("/runs").text
    assert page.index("米面油") < page.index("医疗救助")
    assert "极缺" in page and "14.6" in page and "万元" in page
    assert "每多\u00a01\u00a0份，多帮\u00a01\u00a0户" in page
    assert "棉被衣物取暖" not in page.split("再多一份会怎样", 1)[0]


def test_where_one_more_would_help_most_is_shown(
    visitor_as: Callable[..., Any], sqlite_database: Database, a_finished_run
):
    with sqlite_database.write() as session:
        make.a_division(session, "410823", "武陟县")
        session.commit()
    page = visitor_as(Role.CITY).get("/runs").text
    assert "再多一份会怎样" in page and "棉被衣物取暖" in page.split("再多一份会怎样", 1)[1]


def test_the_county_leads_to_its_needs(visitor_as: Callable[..., Any], sqlite_database: Database, a_finished_run: int):
    with sqlite_database.read() as session:
        county = make.a_county(session)
    visitor = visitor_as(Role.CITY)
    assert f'href="/needs?where={county.id}"' in visitor.get("/runs").text
    assert visitor.get(f"/needs?where={county.id}").status_code == 200


def test_a_county_is_called_by_its_place(
    visitor_as: Callable[..., Any], sqlite_database: Database, a_finished_run: int
):
    with sqlite_database.write() as session:
        make.a_division(session, "410823", "武陟县")
        make.a_division(session, "410811", "山阳区")
        zone = make.a_county(session, "410811", short_name="示范区", name="焦作城乡一体化示范区工会")
        make.a_need(session, household=make.a_household(session, unit=zone))
        session.commit()
    page = visitor_as(Role.CITY).get("/runs").text
    assert "武陟县：有需求 3 户" in page and "武陟：" not in page
    assert "示范区：有需求 1 户" in page and "山阳区" not in page  # it lies in a district, but is another union


def test_more_in_need_than_on_file_is_explained(visitor_as: Callable[..., Any], sqlite_database: Database):
    with sqlite_database.write() as session:
        make.a_run(session, trigger="nightly", report=REPORT)
        make.a_need(session, household=make.a_household(session, file_status=FileStatus.NONE))
        session.commit()
    assert "还没建档" in visitor_as(Role.CITY).get("/runs").text


def test_the_county_table_adds_up(sqlite_database: Database, a_finished_run: int):
    with sqlite_database.read() as session:
        rows = county_table(session, make.the_city(session).id, a_finished_run)
    assert [(r.on_file, r.in_need, r.matched, r.delivered, r.unmatched) for r in rows] == [
        (4, 3, 2, 1, 1),
        (1, 1, 0, 0, 1),
    ]
    assert all(sum(r.reasons.values()) == r.unmatched for r in rows)


def test_a_family_with_two_needs_counts_once(sqlite_database: Database, app: Any):
    with sqlite_database.write() as session:
        home = make.a_household(session)
        for _ in range(2):
            make.a_proposal(session, need=make.a_need(session, household=home))
        make.a_need(session, household=home, status=NeedStatus.WITHDRAWN)
        session.commit()
        row = county_table(session, make.the_city(session).id, None)[0]
    assert (row.in_need, row.matched) == (1, 1)


def test_an_older_run_shows_its_own_figures(visitor_as: Callable[..., Any], sqlite_database: Database, a_finished_run):
    then = {"unit_id": 1, "unit_code": "U1", "name": "马村", "on_file": 9, "in_need": 8, "matched": 7, "delivered": 6}
    with sqlite_database.write() as session:
        older = session.get(MatchRun, a_finished_run)
        older.report = REPORT | {"counties": [then | {"reasons": {"NO_OFFER": 1}}]}
        make.a_run(session, report=REPORT)
        session.commit()
    page = visitor_as(Role.CITY).get(f"/runs/{a_finished_run}").text
    assert "8\u00a0户有需求，7\u00a0户对接上了" in page and "马村" in page
    assert "这是那次对接办完时的数字" in page


def test_a_run_taken_over_from_elsewhere_shows_what_is_known_of_it(visitor_as, sqlite_database: Database, app: Any):
    with sqlite_database.write() as session:
        older = make.a_run(session, report={"solver": "demo"}, households_in_need=12, households_reached=9).id
        make.a_run(session, report=REPORT)
        session.commit()
    page = visitor_as(Role.CITY).get(f"/runs/{older}").text
    assert "12\u00a0户有需求，9\u00a0户对接上了" in page
    assert "技术详情" not in page and "还没有登记的人家" not in page


def test_the_export_holds_the_table_and_its_total(visitor_as: Callable[..., Any], a_finished_run: int):
    answer = visitor_as(Role.CITY).get(f"/runs/{a_finished_run}/export")
    sheet = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert sheet[0][:6] == ["县（市）区", "在档户", "有需求户", "已对接", "已发放", "未对接"]
    assert sheet[1][:6] == ["武陟", 4, 3, 2, 1, 1]
    assert sheet[-1][:6] == ["全市", 5, 4, 2, 1, 2]
    assert sheet[1][-1] == "演示数据"


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.REVIEWER, Role.CHARITY, Role.SYSADMIN, Role.WORKER])
def test_those_who_may_not_see_runs_do_not(visitor_as, sqlite_database: Database, a_finished_run: int, role: Role):
    fields = {}
    with sqlite_database.write() as session:
        if role is Role.CHARITY:
            fields["donor_id"] = make.a_donor(session).id
        session.commit()
    visitor = visitor_as(role, **fields)
    assert visitor.get("/runs").status_code == 403
    assert visitor.get(f"/runs/{a_finished_run}/export").status_code == 403


def test_a_run_outside_ones_reach_does_not_exist(visitor_as: Callable[..., Any], sqlite_database: Database, app: Any):
    with sqlite_database.write() as session:
        other_city = make.a_unit(session, code="OTHER")
        run_id = make.a_run(session, unit=other_city).id
        session.commit()
    visitor = visitor_as(Role.CITY)
    for path in ("", "/progress", "/export"):
        assert visitor.get(f"/runs/{run_id}{path}").status_code == 404
    assert visitor.send(f"/runs/{run_id}/stop").status_code == 404


def test_starting_a_run_queues_it_and_a_second_press_starts_no_second(visitor_as, sqlite_database: Database, app: Any):
    visitor = visitor_as(Role.CITY)
    assert visitor.send("/runs/start").status_code == 303
    assert visitor.send("/runs/start").status_code == 303
    with sqlite_database.read() as session:
        assert session.exec(select(Job.status)).all() == [RunStatus.QUEUED]
    page = visitor.get("/runs").text
    assert "补充对接在排队，马上开始" in page and "已经有一次对接在进行" in page
    assert "再对接一次" not in page


def test_no_link_leads_the_auditor_to_a_closed_door(visitor_as: Callable[..., Any], a_finished_run: int):
    page = visitor_as(Role.AUDITOR).get("/runs").text
    assert 'href="/needs' not in page and 'href="/offers' not in page


def test_the_auditor_looks_but_does_not_start(visitor_as: Callable[..., Any], a_finished_run: int):
    visitor = visitor_as(Role.AUDITOR)
    assert "再对接一次" not in visitor.get("/runs").text
    assert visitor.send("/runs/start").status_code == 403


def test_progress_is_told_and_ends_with_a_fresh_page(visitor_as, sqlite_database: Database, app: Any):
    visitor = visitor_as(Role.CITY)
    visitor.send("/runs/start")
    uow = UnitOfWork(sqlite_database)
    with sqlite_database.read() as session:
        run = session.exec(select(MatchRun)).one()
    lease = claim_job(run.job_id, lease_seconds=60, uow=uow, now=NOW - timedelta(seconds=38))
    keep_alive(lease, lease_seconds=60, uow=uow, now=NOW, stage="allocate", share=0.64)
    part = visitor.get(f"/runs/{run.id}/progress")
    assert "第 4 步，共 5 步：统筹分配" in part.text and 'value="64"' in part.text
    assert "38\u00a0秒" in part.text and "21\u00a0秒" in part.text
    visitor.send(f"/runs/{run.id}/stop")
    assert "正在停下" in visitor.get("/runs").text
    with sqlite_database.write() as session:
        session.get(Job, run.job_id).status = RunStatus.CANCELLED
        session.commit()
    assert visitor.get(f"/runs/{run.id}/progress").headers["HX-Refresh"] == "true"


def test_a_run_that_failed_says_so_and_what_to_do(visitor_as, sqlite_database: Database, app: Any):
    with sqlite_database.write() as session:
        job = Job(kind="match", status=RunStatus.FAILED, error_code="gave_up", created_at=NOW)
        session.add(job)
        session.flush()
        make.a_run(session, status=RunStatus.FAILED, job_id=job.id, trigger="nightly", finished_at=None)
        session.commit()
    page = visitor_as(Role.CITY).get("/runs").text
    assert "夜间对接没有完成" in page and "请先请系统管理员看一下" in page


def test_an_empty_installation_invites_to_start(visitor_as: Callable[..., Any]):
    page = visitor_as(Role.CITY).get("/runs").text
    assert "还没有对接过" in page and "现在对接一次" in page


def test_the_page_takes_few_statements(visitor_as, sqlite_database: Database, a_finished_run: int):
    visitor = visitor_as(Role.CITY)
    visitor.get("/runs")
    said = statements(sqlite_database)
    visitor.get("/runs")
    about_runs = [line for line in said if "household" in line or "match_run" in line or "offer" in line]
    assert len(about_runs) <= 9


def test_every_reason_belongs_to_a_kind_of_obstacle():
    kinds = {obstacle_of(code) for code in ReasonCode}
    assert kinds == set(Obstacle)
    assert obstacle_of("NO_OFFER") is obstacle_of("OTHERS_CAME_FIRST") is Obstacle.SUPPLY


def test_the_page_is_whole_in_english(visitor_as: Callable[..., Any], a_finished_run: int):
    page = visitor_as(Role.CITY).get("/runs?lang=en").text
    assert "Night run, 9 Jan: 4 households in need, 2 matched" in page
    assert "Other area" in page and "Not enough to give" in page
