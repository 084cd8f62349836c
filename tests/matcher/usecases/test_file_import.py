"""Hardship files from a table: every bad cell is named, good rows are all written, nothing is written twice."""

import csv
import io
from datetime import date, timedelta

import pytest
import xlsxwriter
from sqlmodel import col, func, select

from matcher.domain.file_terms import FileAct, FileImportState, FileState, KeyKind, Section
from matcher.domain.terms import FileLevel, FileStatus, HardshipClass, JobKind, RevealPurpose, Role, RunStatus
from matcher.errors import Cancelled, InvalidFields, NotFound, NotPermitted, RefusedInput, WrongState
from matcher.store.tables import (
    AuditEvent,
    DuplicateCase,
    FileImport,
    FileSection,
    FileStep,
    HardshipFile,
    Household,
    Job,
    PersonKey,
)
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.file_columns import COLUMNS
from matcher.usecases.file_export import export_files
from matcher.usecases.file_import import (
    check_again,
    confirm_files,
    drop_files,
    erase_expired_tables,
    receive_files,
    show_files,
    work_on_files,
)
from matcher.usecases.file_import_rows import FileReference
from matcher.usecases.jobs import claim_job
from seeds import reference as data
from tests.factories import NOW, a_county, a_household, an_actor
from tests.file_tables import HEADER, a_card, a_number, a_table
from tests.filing import RULES, Filing

pytestmark = pytest.mark.usefixtures("keyring")
REFERENCE = FileReference(data.places(), RULES, data.known_areas())
ON_RECORD = {
    "档案状态": "在档", "困难类别": "意外致困户", "建档日期": "2018-03-05", "全国级档案号": "QG-410823-0091",
    "全国级登记日期": "2018年4月1日",
}  # fmt: skip


class Door:
    """Upload, look and confirm as one person, in one word each."""

    def __init__(self, database, by, unit_name):
        self.database, self.by, self.unit = database, by, unit_name

    def uow(self):
        return UnitOfWork(self.database)

    def look(self, content, by=None):
        import_id, job_id = receive_files(content, "files.csv", by=by or self.by, uow=self.uow(), now=NOW)
        return self.work(import_id, job_id, by)

    def work(self, import_id, job_id, by=None, progress=lambda stage, share: None):
        by = by or self.by
        lease = claim_job(job_id, lease_seconds=60, uow=self.uow(), now=NOW)
        assert lease is not None and lease.kind is JobKind.IMPORT
        work_on_files(
            import_id, lease=lease, by=by, reference=REFERENCE, uow=self.uow(), clock=lambda: NOW, progress=progress
        )
        return show_files(import_id, by=by, uow=self.uow())

    def write(self, look, by=None):
        job_id = confirm_files(look.id, by=by or self.by, uow=self.uow(), now=NOW)
        return self.work(look.id, job_id, by)

    def count(self, table) -> int:
        with self.database.read() as session:
            return session.exec(select(func.count(col(table.id)))).one()

    def rows(self, table):
        with self.database.read() as session:
            return session.exec(select(table).order_by(col(table.id))).all()

    def state(self) -> list[int]:
        return [self.count(t) for t in (Household, HardshipFile, FileSection, FileStep, PersonKey, DuplicateCase)]


@pytest.fixture
def do(database):
    with database.write() as session:
        county = a_county(session)
        by = an_actor(session, unit=county)
        session.commit()
        return Door(database, by, county.name)


@pytest.fixture
def city(database, do):
    with database.write() as session:
        actor = an_actor(session, Role.CITY)
        session.commit()
    return actor


def one_row(do, **cells) -> bytes:
    """A table of one good row with some cells changed; columns that the table lacks are added."""
    table = a_table(1, unit=do.unit)
    row = dict(zip(HEADER, table.rows[0], strict=True)) | cells
    table.rows = [list(row.values())]
    return table.csv(header=list(row))


def named(look) -> dict[tuple[int, str], str]:
    return {(problem.row, problem.column): problem.code for problem in look.problems}


def test_every_planted_cell_is_named_and_every_good_row_is_written(do):
    table = a_table(1_200, unit=do.unit, bad_every=17)
    look = do.look(table.csv())
    assert (look.state, look.rows, look.good, look.refused) == (FileImportState.CHECKED, 1200, 1130, 70)
    assert named(look) == table.wrong and look.cells == 70
    assert do.count(Household) == 0
    done = do.write(look)
    assert (done.state, done.good, done.known, done.refused) == (FileImportState.DONE, 1130, 0, 70)
    assert do.state()[:4] == [1130, 1130, 1130 * 7, 1130]
    assert all(file.state is FileState.DRAFT for file in do.rows(HardshipFile))


def test_the_same_table_again_changes_nothing_and_says_what_differs(do):
    table = a_table(40, unit=do.unit)
    do.write(do.look(table.csv()))
    before = do.state()
    again = do.look(table.csv("utf-8"))
    assert (again.good, again.known, again.refused, again.warnings) == (0, 40, 0, ())
    assert do.write(again).known == 40 and do.state() == before
    table.rows[3][HEADER.index("家庭年收入")] = "4321"
    assert [(w.row, w.code) for w in do.look(table.csv()).warnings] == [(5, "file_differs")]


def test_a_draft_holds_what_the_form_would_hold(do):
    do.write(do.look(one_row(do, 家庭年收入="1.25万元", 致困支出="30,000.50", 主要致困原因="患重特大疾病")))
    household, file = do.rows(Household)[0], do.rows(HardshipFile)[0]
    assert (household.case_code, household.file_status, household.size) == ("旧-000000", FileStatus.DRAFT, 3)
    assert household.id_card == a_number(0, "19550101") and household.bank_card == a_card(0)
    assert household.causes == ["6", "10"] and household.surname_key
    assert file.household_id == household.id
    steps = do.rows(FileStep)
    assert [(step.act, step.to_state, step.reason) for step in steps] == [(FileAct.OPEN, FileState.DRAFT, None)]
    money = next(row.content for row in do.rows(FileSection) if row.section is Section.MONEY)
    assert '"income_year": 1250000' in money and '"hardship_year": 3000050' in money
    told = [(key.kind, key.is_head) for key in do.rows(PersonKey)]
    assert set(told) == {(KeyKind.ID, True), (KeyKind.PHONE, True), (KeyKind.ID, False), (KeyKind.CARD, True)}


def test_only_the_city_takes_over_what_another_system_approved(do, city):
    refused = do.look(one_row(do, **ON_RECORD))
    assert named(refused)[2, "档案状态"] == "only_city_takes_over"
    look = do.look(one_row(do, **ON_RECORD), city)
    assert (look.good, [w.code for w in look.warnings]) == (1, ["class_differs_from_computed"])
    do.write(look, city)
    household, file, step = do.rows(Household)[0], do.rows(HardshipFile)[0], do.rows(FileStep)[0]
    assert (file.state, file.approved_on, file.chosen_class) == (
        FileState.ACTIVE, date(2018, 3, 5), HardshipClass.ACCIDENT,
    )  # fmt: skip
    assert file.review_due_on == date(2019, 3, 5) and file.national_on == date(2018, 4, 1)
    assert (household.file_status, household.file_level) == (FileStatus.ACTIVE, FileLevel.NATIONAL)
    assert (step.to_state, step.reason) == (FileState.ACTIVE, "taken_over")


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"档案状态": "公示和县级复核"}, "档案状态", "only_draft_or_on_record"),
        ({"档案状态": "不清楚"}, "档案状态", "unknown_word"),
        ({"户编号": "410823196801010023"}, "户编号", "code_is_personal"),
        ({"身份证号": ""}, "身份证号", "required_blank"),
        ({"所属工会": "别处工会"}, "所属工会", "unit_unknown"),
        ({"家庭成员1关系": ""}, "家庭成员1关系", "member_needs_relation"),
        ({"家庭成员2出生日期": "2030-01-01"}, "家庭成员2出生日期", "born_range"),
        ({"银行卡号": "6.22823E+18"}, "银行卡号", "card_number_form"),
        ({"建档日期": "2030-01-01"}, "建档日期", None),
        ({"是否低保": "否", "年低保金额": "300"}, "是否低保", "aid_without_aided"),
        ({"次要致困原因": "患重特大疾病", "主要致困原因": "患重特大疾病"}, "次要致困原因", "main_cause_again"),
    ],
)
def test_a_bad_cell_is_named_by_its_column(do, cells, column, code):
    look = do.look(one_row(do, **cells))
    assert named(look).get((2, column)) == code
    assert look.good == (code is None)


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"建档日期": ""}, "建档日期", "required"),
        ({"建档日期": "2030-01-01"}, "建档日期", "date_future"),
        ({"全国级登记日期": ""}, "全国级登记日期", "national_date_needed"),
        ({"全国级档案号": "12"}, "全国级档案号", "national_number_form"),
        ({"困难类别": "未建档"}, "困难类别", "class_of_file_on_record"),
        ({"所属工会": ""}, "所属工会", "not_at_city"),
    ],
)
def test_a_file_on_record_needs_its_day_class_and_union(do, city, cells, column, code):
    assert named(do.look(one_row(do, **(ON_RECORD | cells)), city)) == {(2, column): code}


def test_digits_lost_in_a_spreadsheet_are_refused_and_merged_headers_are_read(do):
    upper = ["户编号", "本人", "", "", "家庭成员1", "", "家庭成员2", ""]
    lower = ["", "姓名", "身份证号", "手机号", "姓名", "关系", "姓名", "关系"]
    good = ["旧-1", "王秀兰", a_number(1, "19680101"), "13903910001", "王强", "儿子", "", ""]
    lost = ["旧-2", "李红", 410823196801010000, "13903910002", "", "", "李平", "配偶"]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 7, "困难职工登记表")
        for number, cells in enumerate((upper, lower, good, lost), 1):
            sheet.write_row(number, 0, cells)
    look = do.look(out.getvalue())
    assert (look.good, named(look)) == (1, {(5, "身份证号"): "number_lost_digits"})
    do.write(look)
    members = next(row.content for row in do.rows(FileSection) if row.section is Section.MEMBERS)
    assert '"relation": "child"' in members and "王强" in members


def test_rows_that_cannot_be_told_apart_are_all_refused(do):
    table = a_table(4, unit=do.unit)
    table.rows[1][0] = table.rows[0][0]
    table.rows[3][HEADER.index("身份证号")] = table.rows[2][HEADER.index("身份证号")]
    look = do.look(table.csv())
    assert named(look) == {
        (2, "户编号"): "id_in_several_rows", (3, "户编号"): "id_in_several_rows",
        (4, "身份证号"): "id_in_several_rows", (5, "身份证号"): "id_in_several_rows",
    }  # fmt: skip


def test_a_head_known_here_is_refused_and_one_known_elsewhere_becomes_a_question(do, database):
    with database.write() as session:
        other = an_actor(session, unit=a_county(session, "410825", name="另一个县工会"))
        session.commit()
    stranger = Door(database, other, "另一个县工会")
    do.write(do.look(one_row(do)))
    here = do.look(one_row(do, 户编号="旧-777"))
    assert named(here) == {(2, "身份证号"): "id_on_file_here"}
    there = stranger.look(one_row(stranger, 户编号="外-1"))
    assert (there.good, [w.code for w in there.warnings]) == (1, ["head_known_elsewhere"])
    stranger.write(there)
    cases = do.rows(DuplicateCase)
    first, second = do.rows(HardshipFile)
    assert {(c.file_id, c.other_household_id, c.kind) for c in cases} == {
        (second.id, first.household_id, KeyKind.ID), (second.id, first.household_id, KeyKind.CARD),
    }  # fmt: skip
    assert named(stranger.look(one_row(stranger, 户编号="旧-000000"))) == {(2, "户编号"): "case_code_taken"}


def test_a_registered_family_gets_its_file_and_loses_nothing(do, database):
    with database.write() as session:
        a_household(
            session, case_code="武陟-0409", id_card=a_number(0, "19550101"), phone="13903919999", size=5,
            file_status=FileStatus.NONE, file_approved_on=None, consent=["charity"], situation="5 口",
        )  # fmt: skip
        session.commit()
    look = do.look(
        one_row(
            do,
            户编号="武陟-0409",
            手机号="",
            家庭成员2姓名="",
            家庭成员2关系="",
            家庭成员2出生日期="",
            家庭成员2学段="",
        )
    )
    do.write(look)
    (household,) = do.rows(Household)
    assert (household.phone, household.size, household.consent) == ("13903919999", 5, ["charity"])
    assert (household.situation, household.file_status) == ("5 口", FileStatus.DRAFT)


def test_a_worker_that_dies_is_followed_by_one_that_goes_on(do):
    look = do.look(a_table(1_100, unit=do.unit).csv())
    job_id = confirm_files(look.id, by=do.by, uow=do.uow(), now=NOW)

    def dies(stage, share):
        if do.count(HardshipFile) == 500:
            raise Cancelled()

    with pytest.raises(Cancelled):
        do.work(look.id, job_id, progress=dies)
    with do.uow() as uow:
        uow.get(Job, job_id).status = RunStatus.CANCELLED
        uow.session.commit()
    stopped = show_files(look.id, by=do.by, uow=do.uow())
    assert (stopped.state, stopped.is_working, stopped.error) == (FileImportState.WRITING, False, "cancelled")
    done = do.write(look)
    assert (done.good, done.known, do.count(HardshipFile)) == (1100, 0, 1100)


def test_an_unknown_heading_is_asked_about_once(do):
    table = a_table(3, unit=do.unit)
    header = ["老编号" if name == "户编号" else "欠债" if name == "致困支出" else name for name in HEADER]
    refused = do.look(table.csv(header=header))
    assert refused.state is FileImportState.REFUSED and "老编号" in refused.unknown
    told = {"老编号": "household_id", "欠债": ""}
    job_id = check_again(refused.id, told, by=do.by, uow=do.uow(), now=NOW)
    look = do.work(refused.id, job_id)
    assert (look.state, look.good, look.unknown) == (FileImportState.CHECKED, 3, ())
    assert do.look(table.csv(header=header)).good == 3
    with pytest.raises(InvalidFields):
        check_again(look.id, {"欠债": "no_such_column"}, by=do.by, uow=do.uow(), now=NOW)


@pytest.mark.parametrize(
    ("content", "code", "is_kept"),
    [
        (b"\x00\x01\x02nonsense", "not_a_table", False),
        ("姓名,电话\n王,1".encode(), "columns_missing", True),
        ("户编号,姓名,身份证号,姓名\n1,王,2,李".encode(), "column_twice", False),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(do, content, code, is_kept):
    look = do.look(content)
    assert (look.state, look.refusal[0]) == (FileImportState.REFUSED, code)
    assert (do.rows(FileImport)[0].content is not None) == is_kept == bool(look.unknown)


def test_an_empty_upload_is_refused_at_once(do):
    with pytest.raises(RefusedInput):
        receive_files(b"", "x.csv", by=do.by, uow=do.uow(), now=NOW)


def test_an_upload_belongs_to_whoever_brought_it(do, database):
    look = do.look(one_row(do))
    with database.write() as session:
        colleague, finance = an_actor(session), an_actor(session, Role.FINANCE)
        session.commit()
    for act in (lambda: show_files(look.id, by=colleague, uow=do.uow()),
                lambda: confirm_files(look.id, by=colleague, uow=do.uow(), now=NOW)):  # fmt: skip
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotPermitted):
        receive_files(b"x", "x.csv", by=finance, uow=do.uow(), now=NOW)
    assert drop_files(look.id, by=do.by, uow=do.uow(), now=NOW) is FileImportState.DROPPED
    with pytest.raises(NotFound):
        show_files(look.id, by=do.by, uow=do.uow())


def test_content_goes_after_a_day_and_nothing_personal_is_in_the_trail(do):
    look = do.look(one_row(do))
    assert erase_expired_tables(uow=do.uow(), now=NOW + timedelta(hours=23)) == 0
    assert erase_expired_tables(uow=do.uow(), now=NOW + timedelta(hours=25)) == 1
    row = do.rows(FileImport)[0]
    assert (row.content, row.verdict) == (None, None)
    with pytest.raises(RefusedInput):
        confirm_files(look.id, by=do.by, uow=do.uow(), now=NOW)
    done = do.write(do.look(one_row(do)))
    with pytest.raises(WrongState):
        check_again(done.id, {}, by=do.by, uow=do.uow(), now=NOW)
    assert confirm_files(done.id, by=do.by, uow=do.uow(), now=NOW) is None
    said = " ".join(f"{e.action} {e.details}" for e in do.rows(AuditEvent))
    assert "file:import" in said and a_number(0, "19550101") not in said


def test_a_check_that_was_stopped_ends_and_writes_nothing(do):
    import_id, job_id = receive_files(one_row(do), "f.csv", by=do.by, uow=do.uow(), now=NOW)
    drop_files(import_id, by=do.by, uow=do.uow(), now=NOW)
    assert do.rows(Job)[0].status is RunStatus.CANCELLED and do.rows(FileImport)[0].content is None
    assert claim_job(job_id, lease_seconds=60, uow=do.uow(), now=NOW) is None


def test_what_is_exported_is_known_when_it_comes_back(do, database):
    Filing(database).to(FileState.ACTIVE)
    do.write(do.look(a_table(3, unit=do.unit).csv()))
    rows = export_files(RevealPurpose.CHECK, by=do.by, uow=do.uow(), now=NOW)
    assert len(rows) == 4 and all(len(row) == len(COLUMNS) for row in rows)
    assert sorted(row[COLUMNS.index("file_state")] for row in rows) == ["在档", "草稿", "草稿", "草稿"]
    out = io.StringIO()
    csv.writer(out).writerows([COLUMNS, *rows])
    before = do.state()
    look = do.look(out.getvalue().encode())
    assert (look.good, look.known, look.refused, look.warnings, look.unknown) == (0, 4, 0, (), ())
    do.write(look)
    assert do.state() == before
    assert [e.details for e in do.rows(AuditEvent) if e.action == "file:export"] == [{"purpose": "check"}] * 4


def test_the_same_table_elsewhere_gives_the_same_files(do, database, city):
    """An export is a table that another installation takes over: nothing told is lost on the way."""
    do.write(do.look(one_row(do, **ON_RECORD), city), city)
    (exported,) = export_files(RevealPurpose.CHECK, by=do.by, uow=do.uow(), now=NOW)
    told = dict(zip(COLUMNS, exported, strict=True))
    assert (told["file_state"], told["hardship_class"], told["approved_on"]) == ("在档", "意外致困户", "2018-03-05")
    original = dict(zip(HEADER, a_table(1, unit=do.unit).rows[0], strict=True)) | ON_RECORD
    for heading, column in {"姓名": "name", "身份证号": "id_card", "家庭年收入": "income_year", "银行卡号": "bank_card",
                            "家庭成员1姓名": "m1_name", "家庭成员2学段": "m2_school_stage",
                            "全国级档案号": "national_number"}.items():  # fmt: skip
        assert told[column] == original[heading]


def test_nobody_exports_who_may_not_look(do, city):
    with pytest.raises(NotPermitted):
        export_files(RevealPurpose.CHECK, by=city, uow=do.uow(), now=NOW)
