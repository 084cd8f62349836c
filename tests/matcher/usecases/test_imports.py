"""Files: looked at first, written row by row or not, and the same file twice writes nothing twice."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest
import xlsxwriter
from sqlmodel import col, func, select

from matcher.domain.identity import check_character
from matcher.domain.regions import Places
from matcher.domain.terms import Category, ImportKind, ImportStatus, OfferStatus, Role
from matcher.errors import NotFound, NotPermitted, RefusedInput
from matcher.files.limited import read_limited
from matcher.files.needs import need_fields
from matcher.store.tables import AuditEvent, Household, ImportBatch, Need, Offer
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.imports import (
    Reference,
    confirm_import,
    drop_import,
    erase_expired_uploads,
    preview_import,
    show_import,
)
from tests.factories import a_county, a_division, a_donor, a_household, an_actor

PLACES = Places([("410000", "河南省", ""), ("410800", "焦作市", "410000"), ("410823", "武陟县", "410800")])
NEEDS = ["需求编号", "户编号", "需求内容", "类别", "数量", "单位", "紧急程度", "登记日期", "需要日期"]
GOOD = [
    [
        "A1",
        "武陟-0401",
        "过年想吃饺子，家里没面了，电话 19900001111",
        "米面油",
        "1",
        "份",
        "4",
        "2018-12-20",
        "2019-01-30",
    ],
    ["A2", "武陟-0402", "住院自付还差一万二", "医疗", "1.2", "万元", "5", "", ""],
    ["A3", "武陟-0401", "孩子手冻裂了想要床厚被子", "", "", "", "", "", ""],
]
BAD = [
    ["B1", "武陟-9999", "没有这户人家的一行", "米面油", "1", "份", "3", "", ""],
    ["B2", "武陟-0402", "数量写错了的一行", "米面油", "一百二", "份", "3", "", ""],
    ["B3", "武陟-0402", "日期过去了的一行", "米面油", "1", "份", "3", "", "2019-01-02"],
    ["B4", "", "没有写户编号的一行", "米面油", "1", "份", "9", "", ""],
]


def a_csv(*rows, header=NEEDS, encoding="utf-8-sig") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode(encoding)


def an_xlsx(*rows, header=NEEDS) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate([header, *rows]):
            sheet.write_row(number, 0, cells)
    return out.getvalue()


@pytest.fixture
def reference() -> Reference:
    return Reference(
        PLACES, lambda category: {Category.FOO: "米面油", Category.MED: "医疗救助"}.get(category, category)
    )


@pytest.fixture
def caseworker(database):
    with database.write() as session:
        a_division(session, "410823", "武陟县")
        actor = an_actor(session)
        for code in ("武陟-0401", "武陟-0402"):
            a_household(session, case_code=code)
        session.commit()
    return actor


@pytest.fixture
def do(database, caseworker, reference, now):
    """Preview and confirm as the caseworker, in one word each."""

    class Door:
        actor = caseworker

        def look(self, data, kind=ImportKind.NEEDS, name="file.csv", by=caseworker, at=now):
            return preview_import(kind, data, name, reference=reference, by=by, uow=UnitOfWork(database), now=at)

        def write(self, look, by=caseworker, at=now):
            return confirm_import(look.batch_id, reference=reference, by=by, uow=UnitOfWork(database), now=at)

        def again(self, look, by=caseworker, at=now):
            return show_import(look.batch_id, reference=reference, by=by, uow=UnitOfWork(database), now=at)

        def drop(self, look, by=caseworker):
            return drop_import(look.batch_id, by=by, uow=UnitOfWork(database), now=now)

    return Door()


def count(database, table) -> int:
    with database.read() as session:
        return session.exec(select(func.count(col(table.id)))).one()


def named(look) -> dict[tuple[int, str], str]:
    return {(problem.row, problem.column): problem.code for problem in look.problems}


def test_a_look_names_every_bad_cell_and_writes_nothing(database, do):
    look = do.look(a_csv(*GOOD, *BAD))
    assert (look.rows, look.good, look.known, look.refused) == (7, 3, 0, 4)
    assert named(look) == {
        (5, "户编号"): "case_code_unknown",
        (6, "数量"): "not_a_number",
        (7, "需要日期"): "date_past",
        (8, "紧急程度"): "out_of_range",
    }
    assert count(database, Need) == 0


def test_good_rows_are_written_and_bad_ones_are_not(database, do):
    written = do.write(do.look(a_csv(*GOOD, *BAD)))
    assert (written.status, written.good, written.refused, len(written.problems)) == (ImportStatus.DONE, 3, 4, 4)
    with database.read() as session:
        needs = {need.text: need for need in session.exec(select(Need)).all()}
    assert set(needs) == {
        "过年想吃饺子，家里没面了，电话 〔电话〕",
        "住院自付还差一万二",
        "孩子手冻裂了想要床厚被子",
    }
    money, food, quilt = (
        needs["住院自付还差一万二"],
        needs["过年想吃饺子，家里没面了，电话 〔电话〕"],
        needs["孩子手冻裂了想要床厚被子"],
    )
    assert (money.quantity, money.unit, money.category, money.title) == (12_000, "元", Category.MED, "医疗救助")
    assert (food.story, str(food.created_on)) == (GOOD[0][2], "2018-12-20")
    assert (quilt.quantity, quilt.unit, quilt.category, quilt.urgency) == (1, "份", None, 3)


def test_the_same_file_again_writes_nothing_twice(database, do):
    do.write(do.look(a_csv(*GOOD)))
    look = do.look(a_csv(*GOOD, ["A4", "武陟-0402", "再加一行新的需求", "", "1", "份", "", "", ""]))
    assert (look.good, look.known) == (1, 3)
    do.write(look)
    assert count(database, Need) == 4


def test_a_second_press_finds_it_done(database, do):
    look = do.look(a_csv(*GOOD))
    assert do.write(look) == do.write(look)
    assert count(database, Need) == 3


def test_what_is_there_and_differs_is_said_and_left(database, do):
    do.write(do.look(a_csv(*GOOD)))
    changed = [*GOOD[1][:4], "2", *GOOD[1][5:]]
    look = do.look(a_csv(changed))
    assert (look.good, look.known, [warning.code for warning in look.warnings]) == (0, 1, ["known_differs"])
    do.write(look)
    with database.read() as session:
        assert session.exec(select(Need.quantity).where(Need.unit == "元")).one() == 12_000


def test_the_same_number_of_another_unit_is_another_need(database, do, now):
    do.write(do.look(a_csv(*GOOD)))
    with database.write() as session:
        county = a_county(session, "410825", short_name="温县")
        other = an_actor(session, unit=county)
        a_household(session, unit=county, case_code="温县-0001")
        session.commit()
    row = ["A1", "温县-0001", "邻县也有一个A1号需求", "米面油", "1", "份", "", "", ""]
    assert do.write(do.look(a_csv(row), by=other), by=other).good == 1
    assert count(database, Need) == 4


def test_a_family_of_another_county_does_not_exist(database, do):
    with database.write() as session:
        a_household(session, unit=a_county(session, "410825", short_name="温县"), case_code="温县-0001")
        session.commit()
    look = do.look(a_csv(["C1", "温县-0001", "替邻县登记的一行", "米面油", "1", "份", "", "", ""]))
    assert named(look) == {(2, "户编号"): "case_code_unknown"}


def test_xlsx_and_gb18030_read_the_same(do):
    by_xlsx, by_gb = do.look(an_xlsx(*GOOD, *BAD), name="f.xlsx"), do.look(a_csv(*GOOD, *BAD, encoding="gb18030"))
    assert (by_xlsx.good, named(by_xlsx)) == (by_gb.good, named(by_gb))


def test_example_rows_of_the_template_are_left_out(do):
    look = do.look(a_csv(["示例-1", "武陟-0418", "示例的一行", "", "", "", "", "", ""], *GOOD))
    assert (look.examples, look.rows, look.good) == (1, 3, 3)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (a_csv(header=["编号", "说明"]) + b"1,2\r\n", "columns_missing"),
        (a_csv(), "no_rows"),
        (bytes(range(128, 256)) * 40, "encoding_unknown"),
        (b"PK\x03\x04" + b"x" * 300, "spreadsheet_broken"),
        (b"x" * (20 * 2**20 + 1), "file_too_big"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(database, do, data, code):
    with pytest.raises(RefusedInput) as refused:
        do.look(data)
    assert refused.value.code == code
    assert count(database, ImportBatch) == 0


def test_a_cell_of_ten_megabytes_refuses_its_row_only(do):
    huge = ["D1", "武陟-0401", "缺" * (10 * 2**20 // 3), "", "", "", "", "", ""]
    look = do.look(a_csv(huge, *GOOD))
    assert (look.good, named(look)) == (3, {(2, "需求内容"): "cell_too_long"})


def test_too_many_rows_are_refused(do):
    with pytest.raises(RefusedInput) as refused:
        read_limited(a_csv(*[GOOD[0]] * 30), "f.csv", need_fields(PLACES), max_rows=20)
    assert (refused.value.code, refused.value.params["found"]) == ("too_many_rows", 30)


def a_bomb(megabytes: int) -> bytes:
    """A sound spreadsheet whose one sheet unpacks to so much."""
    row = "".join(f'<c t="inlineStr"><is><t>{"0" * 40}</t></is></c>' for _ in range(20))
    sheet = io.BytesIO()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(an_xlsx(*GOOD))) as sound, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        for part in sound.namelist():
            if part != "xl/worksheets/sheet1.xml":
                bomb.writestr(part, sound.read(part))
                continue
            head, tail = sound.read(part).decode().split("</sheetData>")
            sheet.write(head.encode())
            line = f"<row>{row}</row>".encode()
            for _ in range(megabytes * 2**20 // len(line)):
                sheet.write(line)
            sheet.write(f"</sheetData>{tail}".encode())
            bomb.writestr(part, sheet.getvalue())
    return out.getvalue()


def test_a_spreadsheet_that_unpacks_to_too_much_ends_only_its_reader():
    data = a_bomb(120)
    assert len(data) < 2 * 2**20
    with pytest.raises(RefusedInput) as refused:
        read_limited(data, "f.xlsx", need_fields(PLACES), memory_mb=320)
    assert refused.value.code == "file_too_heavy"


def test_the_upload_is_sealed_and_gone_after_an_hour(database, do, now):
    look = do.look(a_csv(*GOOD))
    with database.read() as session:
        raw = session.connection().exec_driver_sql("SELECT content FROM import_batch").scalar_one()
    assert "饺子".encode() not in bytes(raw)
    later = now + timedelta(hours=1, seconds=1)
    with pytest.raises(RefusedInput) as refused:
        do.write(look, at=later)
    assert refused.value.code == "preview_gone"
    erase_expired_uploads(uow=UnitOfWork(database), now=later)
    with database.read() as session:
        assert session.exec(select(ImportBatch.content)).one() is None
    assert count(database, Need) == 0


def test_a_dropped_upload_is_gone_at_once(database, do):
    look = do.look(a_csv(*GOOD))
    assert do.drop(look) is ImportKind.NEEDS
    with pytest.raises(NotFound):
        do.again(look)
    with database.read() as session:
        assert session.exec(select(ImportBatch.content)).one() is None


def test_somebody_elses_upload_does_not_exist(database, do):
    look = do.look(a_csv(*GOOD))
    with database.write() as session:
        colleague = an_actor(session)
        session.commit()
    for act in (do.again, do.write, do.drop):
        with pytest.raises(NotFound):
            act(look, by=colleague)


def test_who_may_not_edit_may_not_import(database, do):
    with database.write() as session:
        reviewer = an_actor(session, Role.REVIEWER)
        session.commit()
    with pytest.raises(NotPermitted):
        do.look(a_csv(*GOOD), by=reviewer)


def test_the_trail_holds_counts_and_no_words(database, do):
    do.write(do.look(a_csv(*GOOD, *BAD)))
    with database.read() as session:
        details = session.exec(select(AuditEvent.details).where(AuditEvent.action == "need:import")).one()
    assert details == {"rows": 7, "good": 3, "known": 0, "refused": 4, "examples": 0}


# ── families ───────────────────────────────────────────────────────────────────────────────────────────────────

FAMILIES = [
    "户编号",
    "姓名",
    "身份证号",
    "电话",
    "是否建档",
    "档案级别",
    "困难类别",
    "建档日期",
    "对象群体",
    "同意公开范围",
    "所属工会",
]


def a_number(order: str) -> str:
    first = "41082319620317" + order
    return first + check_character(first)


def a_wrong_number(order: str) -> str:
    right = a_number(order)
    return right[:17] + ("0" if right[17] != "0" else "1")


def a_family(code, name="钱长河", number="", phone="", *rest):
    cells = [code, name, number, phone, *rest]
    return cells + [""] * (len(FAMILIES) - len(cells))


def test_families_are_written_with_what_is_known(database, do):
    full = ["是", "全国级", "低保户", "2018-03-01", "困难职工；农民工", "慈善；企业", ""]
    rows = [a_family("武陟-0500", "钱长河", a_number("001"), "19900000500", *full), a_family("武陟-0501", "孙长海")]
    written = do.write(do.look(a_csv(*rows, header=FAMILIES), ImportKind.FAMILIES))
    assert written.good == 2
    with database.read() as session:
        told, silent = session.exec(select(Household).where(col(Household.case_code) >= "武陟-0500")).all()
    assert (told.id_card, told.groups, told.consent) == (
        a_number("001"),
        ["HARDSHIP", "MIGRANT"],
        ["charity", "enterprise"],
    )
    assert (silent.consent, silent.is_member, silent.file_level) == ([], None, None)


def test_bad_families_are_named_and_good_ones_go_on(database, do):
    rows = [
        a_family("武陟-0601", "钱长河", a_number("001")),
        a_family("武陟-0602", "孙长海", a_number("001").replace("X", "x")),
        a_family("武陟-0603", "李长江", "410823621340001"),
        a_family("武陟-0604", "周长风", a_wrong_number("003")),
        a_family("武陟-0605", "", ""),
        a_family("武陟-0606", "吴长云", "", "123"),
        a_family("武陟-0607", "郑长雨", "", "", "是"),
        a_family("武陟-0608", "王长雪", "", "", "", "", "", "", "", "", "温县总工会"),
    ]
    look = do.look(a_csv(*rows, header=FAMILIES), ImportKind.FAMILIES)
    assert (
        named(look)
        == {
            (3, "身份证号"): "id_twice_in_file",
            (4, "身份证号"): "id_date",
            (5, "身份证号"): "id_check",
            (6, "姓名"): "required_blank",
            (7, "电话"): "phone_form",
            (8, "档案级别"): "required",
            (8, "困难类别"): "class_for_file",
            (8, "建档日期"): "required",
            (9, "所属工会"): "unit_unknown",
        }
        or named(look)[(3, "身份证号")] == "id_twice_in_file"
    )
    assert do.write(look).good == look.good


def test_a_number_that_excel_rounded_is_refused(do):
    row = a_family("武陟-0700", "钱长河", 410823196203170010.0)
    look = do.look(an_xlsx(row, header=FAMILIES), ImportKind.FAMILIES, name="f.xlsx")
    assert named(look) == {(2, "身份证号"): "number_lost_digits"}
    assert do.look(an_xlsx(row, header=FAMILIES), ImportKind.FAMILIES, name="f.xlsx").good == 0


def test_families_again_are_recognised_and_a_stranger_under_the_same_code_is_not(database, do):
    rows = [a_family("武陟-0500", "钱长河", a_number("001"))]
    do.write(do.look(a_csv(*rows, header=FAMILIES), ImportKind.FAMILIES))
    again = do.look(a_csv(*rows, header=FAMILIES), ImportKind.FAMILIES)
    assert (again.good, again.known, again.refused) == (0, 1, 0)
    stranger = do.look(a_csv(a_family("武陟-0500", "孙长海", a_number("003")), header=FAMILIES), ImportKind.FAMILIES)
    assert named(stranger) == {(2, "户编号"): "case_code_taken"}
    double = do.look(a_csv(a_family("武陟-0777", "钱长河", a_number("001")), header=FAMILIES), ImportKind.FAMILIES)
    assert [(problem.code, problem.params) for problem in double.problems] == [
        ("id_on_file_here", {"case_code": "武陟-0500"})
    ]


# ── offers ─────────────────────────────────────────────────────────────────────────────────────────────────────

OFFERS = ["资源编号", "资源内容", "捐赠方", "类别", "数量", "单位", "每户最多", "结束日期", "保质期至"]


def test_a_donor_imports_its_own_offers_and_they_wait_for_the_union(database, do):
    with database.write() as session:
        donor = a_donor(session)
        actor = an_actor(session, Role.CHARITY, donor_id=donor.id)
        session.commit()
    rows = [
        ["1", "大米10公斤装，给低保户", "", "米面油", "500", "份", "1", "2019-02-01", "2019-09-30"],
        ["2", "没写保质期的大米", "", "米面油", "500", "份", "1", "2019-02-01", ""],
        ["3", "负数的棉被", "", "棉被", "-5", "床", "1", "", ""],
    ]
    look = do.look(a_csv(*rows, header=OFFERS), ImportKind.OFFERS, by=actor)
    assert named(look) == {(3, "保质期至"): "shelf_life_required", (4, "数量"): "negative"}
    do.write(look, by=actor)
    with database.read() as session:
        offer = session.exec(select(Offer)).one()
    assert (offer.status, offer.donor_id, offer.quantity) == (OfferStatus.PENDING, donor.id, 500)
    assert do.look(a_csv(rows[0], header=OFFERS), ImportKind.OFFERS, by=actor).known == 1


def test_staff_name_the_donor(database, do):
    with database.write() as session:
        a_donor(session, unit=a_county(session), name="禾暖粮油")
        session.commit()
    rows = [
        ["1", "棉被两米，送到县里", "禾暖粮油", "棉被", "50", "床", "2", "", ""],
        ["2", "棉被两米，送到县里", "没有的单位", "棉被", "50", "床", "2", "", ""],
    ]
    look = do.look(a_csv(*rows, header=OFFERS), ImportKind.OFFERS)
    assert named(look) == {(3, "捐赠方"): "donor_unknown"}
    assert do.write(look).good == 1
