"""Needs and families over HTTP: masks, filters, forms that keep what was typed, exports that come back equal."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlmodel import col, func, select

from matcher.domain.regions import Places
from matcher.domain.terms import Category, ImportKind, NeedStatus, Role, UnitLevel
from matcher.files.needs import read_needs
from matcher.store.facts import need_columns
from matcher.store.tables import AuditEvent, Household, Need
from tests.factories import TODAY, a_county, a_division, a_donor, a_household, a_need, a_run, a_unit, an_offer

PLACES = Places([("410000", "河南省", ""), ("410800", "焦作市", "410000"), ("410823", "武陟县", "410800")])
NEED = {
    "case_code": "武陟-0401",
    "story": "米缸见底了，电话 19900004321",
    "category": "FOO",
    "quantity": "2",
    "unit": "份",
    "urgency": "4",
    "divisible": "yes",
}


@pytest.fixture
def caseworker(visitor_as):
    return visitor_as(Role.CASEWORKER)


@pytest.fixture
def family(sqlite_database):
    with sqlite_database.write() as session:
        a_division(session, "410823", "武陟县")
        household = a_household(session, case_code="武陟-0401", head_name="李志远", phone="19900004321")
        session.commit()
        return household


def a_stored_need(database, **fields):
    with database.write() as session:
        need = a_need(session, **fields)
        session.commit()
        return need


def rows_of(database, table):
    with database.read() as session:
        return session.exec(select(func.count(col(table.id)))).one()


def errors_on(text: str) -> list[str]:
    return re.findall(r'class="nl-error[^"]*" id="[^"]+">([^<]+)<', text)


def test_the_list_masks_names_and_shows_only_ones_own_county(sqlite_database, caseworker, family):
    a_stored_need(sqlite_database, household=family, title="年前缺米面油")
    with sqlite_database.write() as session:
        foreign = a_household(session, unit=a_county(session, "410825", short_name="温县"), case_code="温县-0001")
        a_need(session, household=foreign, title="邻县的需求")
        session.commit()
    page = caseworker.get("/needs").text
    assert "李**" in page and "年前缺米面油" in page
    assert "李志远" not in page and "邻县的需求" not in page and "19900004321" not in page


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", {"米", "医", "急"}),
        ("category=MED", {"医"}),
        ("urgency=5", {"急"}),
        ("status=withdrawn", {"撤"}),
        ("status=all", {"米", "医", "急", "撤"}),
        ("q=武陟-0401", {"米", "医", "急"}),
        ("q=100%25", set()),
        ("category=NONSENSE&urgency=x&sort=y&page=99&where=zz", {"米", "医", "急"}),
    ],
)
def test_filters_in_the_address_bar(sqlite_database, caseworker, family, query, seen):
    a_stored_need(sqlite_database, household=family, title="米-一", urgency=2)
    a_stored_need(sqlite_database, household=family, title="医-二", urgency=3, category=Category.MED)
    a_stored_need(sqlite_database, household=family, title="急-三", urgency=5)
    a_stored_need(sqlite_database, household=family, title="撤-四", status=NeedStatus.WITHDRAWN)
    page = caseworker.get(f"/needs?{query}").text
    assert {title[0] for title in ("米-一", "医-二", "急-三", "撤-四") if f">{title}</a>" in page} == seen


def test_a_list_of_many_is_read_in_few_statements(sqlite_database, caseworker, family):
    from sqlalchemy import event

    for _ in range(5):
        a_stored_need(sqlite_database, household=family)
    caseworker.get("/needs")
    seen: list[str] = []
    listener = lambda *args: seen.append(args[2])  # noqa: E731
    event.listen(sqlite_database.reader, "before_cursor_execute", listener)
    caseworker.get("/needs")
    event.remove(sqlite_database.reader, "before_cursor_execute", listener)
    assert len([statement for statement in seen if "need" in statement]) <= 3


def test_the_city_finds_a_county_with_everything_below_it(sqlite_database, visitor_as):
    with sqlite_database.write() as session:
        a_division(session, "410823", "武陟县")
        county, other = a_county(session), a_county(session, "410825", short_name="温县")
        township = a_unit(session, parent=county, level=UnitLevel.GRASSROOTS, short_name="木城街道")
        a_need(session, household=a_household(session, unit=township, township="木城街道"), title="武陟的需求")
        a_need(session, household=a_household(session, unit=other), title="温县的需求")
        session.commit()
    page = visitor_as(Role.CITY).get(f"/needs?where={county.id}").text
    assert "武陟的需求" in page and "温县的需求" not in page
    assert f'<option value="{county.id}" selected>武陟县</option>' in page and "木城街道</option>" not in page
    below = visitor_as(Role.CASEWORKER, unit=county).get(f"/needs?where={township.id}").text
    assert f'<option value="{township.id}" selected>木城街道</option>' in below and "武陟的需求" in below


def test_registering_keeps_what_was_typed_and_says_what_to_do(sqlite_database, caseworker, family):
    wrong = NEED | {"quantity": "一百二", "story": "缺", "deadline": "2019-01-02", "case_code": "武陟-9999"}
    answer = caseworker.send("/needs/new", **wrong)
    assert answer.status_code == 422
    assert errors_on(answer.text) == [
        "没有这个户编号：请先登记这户人家，或核对编号（例如 武陟-0418）",
        "请多写几个字，至少 4 个",
        "请写大于 0 的整数，例如 120",
        "这一天已经过去，请改成今天或以后",
    ]
    assert 'value="一百二"' in answer.text and 'value="武陟-9999"' in answer.text
    assert rows_of(sqlite_database, Need) == 0


@pytest.mark.parametrize("typed", ["-3", "0", "NaN", "1e999", "1.5", "九", "9" * 40, "=1+1"])
def test_impossible_quantities_are_refused(sqlite_database, caseworker, family, typed):
    answer = caseworker.send("/needs/new", **(NEED | {"quantity": typed}))
    assert answer.status_code == 422
    assert errors_on(answer.text) in (["请写大于 0 的整数，例如 120"], ["这个数太大了，请核对"])
    assert rows_of(sqlite_database, Need) == 0


@pytest.mark.parametrize("typed", ["2019-02-30", "明天", "2019-13-01", "0001-01-01"])
def test_impossible_dates_are_refused(caseworker, family, typed):
    answer = caseworker.send("/needs/new", **(NEED | {"deadline": typed}))
    assert (answer.status_code, errors_on(answer.text)) == (422, ["请写日期，例如 2019年1月20日"])


def test_a_need_is_registered_and_shown(sqlite_database, caseworker, family):
    answer = caseworker.send("/needs/new", **NEED)
    assert answer.status_code == 303
    page = caseworker.get(answer.location).text
    assert "米缸见底了，电话 〔电话〕" in page and "2&nbsp;份" in page.replace("\xa0", "&nbsp;")
    assert "19900004321" not in page


def test_the_title_is_the_categorys_name_when_blank(sqlite_database, caseworker, family):
    caseworker.send("/needs/new", **NEED)
    with sqlite_database.read() as session:
        assert session.exec(select(Need.title)).one() == "米面油"


def test_revealing_shows_it_once_and_writes_it_down(sqlite_database, caseworker, family):
    caseworker.send("/needs/new", **NEED)
    with sqlite_database.read() as session:
        need_id = session.exec(select(Need.id)).one()
    answer = caseworker.send(f"/needs/{need_id}/reveal", purpose="contact")
    assert "李志远" in answer.text and "19900004321" in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert "李志远" not in caseworker.get(f"/needs/{need_id}").text
    with sqlite_database.read() as session:
        looks = session.exec(select(AuditEvent).where(col(AuditEvent.action).contains(":reveal"))).all()
    assert sorted(look.action for look in looks) == ["household:reveal", "need:reveal"]
    assert {look.details["purpose"] for look in looks} == {"contact"}


@pytest.mark.parametrize("purpose", ["", "curiosity", "hand_over"])
def test_who_does_not_say_what_for_sees_nothing(sqlite_database, caseworker, family, purpose):
    need = a_stored_need(sqlite_database, household=family)
    answer = caseworker.send(f"/needs/{need.id}/reveal", purpose=purpose)
    assert answer.status_code == 422 and "请选择查看姓名和号码是为了什么" in answer.text and "李志远" not in answer.text
    with sqlite_database.read() as session:
        assert session.exec(select(AuditEvent).where(col(AuditEvent.action).contains(":reveal"))).all() == []


@pytest.mark.parametrize("role", [Role.CITY, Role.FINANCE, Role.AUDITOR, Role.SYSADMIN])
def test_others_may_not_reveal_or_edit(sqlite_database, visitor_as, family, role):
    need = a_stored_need(sqlite_database, household=family)
    somebody = visitor_as(role)
    for path in (f"/needs/{need.id}/reveal", f"/needs/{need.id}/edit", f"/needs/{need.id}/withdraw"):
        assert somebody.send(path, page="/account").status_code == 403


def test_donors_see_no_needs(sqlite_database, visitor_as, family):
    need = a_stored_need(sqlite_database, household=family)
    with sqlite_database.write() as session:
        donor_id = a_donor(session).id
        session.commit()
    donor = visitor_as(Role.CHARITY, donor_id=donor_id)
    assert [donor.get(path).status_code for path in ("/needs", f"/needs/{need.id}", "/files", "/needs/export")] == [
        403
    ] * 4


def test_a_foreign_need_is_not_there(sqlite_database, caseworker):
    with sqlite_database.write() as session:
        foreign = a_need(
            session, household=a_household(session, unit=a_county(session, "410825", short_name="温县"))
        ).id
        session.commit()
    assert caseworker.get(f"/needs/{foreign}").status_code == 404
    assert caseworker.get("/needs/999999999999999999999").status_code == 404
    assert caseworker.get("/needs/123456").status_code == 404


def test_two_edits_of_the_same_page(sqlite_database, caseworker, family):
    need = a_stored_need(sqlite_database, household=family)
    form = NEED | {"version": "1", "story": "这次写得清楚一些：缺两袋面"}
    assert caseworker.send(f"/needs/{need.id}/edit", **form).status_code == 303
    late = caseworker.send(f"/needs/{need.id}/edit", **form)
    assert late.status_code == 409 and "刚被别人改过" in late.text


def test_leaving_the_words_alone_keeps_the_original(sqlite_database, caseworker, family):
    caseworker.send("/needs/new", **NEED)
    with sqlite_database.read() as session:
        need = session.exec(select(Need)).one()
    form = NEED | {"version": "1", "story": need.text, "quantity": "3"}
    assert caseworker.send(f"/needs/{need.id}/edit", **form).status_code == 303
    with sqlite_database.read() as session:
        changed = session.get(Need, need.id)
    assert (changed.quantity, changed.story) == (3, NEED["story"])


def test_withdrawing_asks_for_a_reason(sqlite_database, caseworker, family):
    need = a_stored_need(sqlite_database, household=family)
    answer = caseworker.send(f"/needs/{need.id}/withdraw", version="1")
    assert (answer.status_code, errors_on(answer.text)) == (422, ["请从列出的里面选一个"])
    assert caseworker.send(f"/needs/{need.id}/withdraw", version="1", reason="solved").status_code == 303


def test_a_family_is_registered_and_its_need_comes_next(sqlite_database, caseworker):
    answer = caseworker.send("/files/new", head_name="赵长河", phone="19900001234", size="3")
    assert answer.status_code == 303 and "/needs/new?case=" in answer.location
    page = caseworker.get("/files").text
    assert "武陟-0001" in page and "赵**" in page and "赵长河" not in page


def test_a_wrong_family_form_is_kept(sqlite_database, caseworker):
    answer = caseworker.send("/files/new", head_name="", id_card="410823", size="很多", consent="charity")
    assert answer.status_code == 422
    assert (
        errors_on(answer.text)
        == [
            "请填写这一栏",
            "身份证号应是 18 位，现在是 6 位，请核对",
            "家里人数请写 1 到 30",
        ]
        or len(errors_on(answer.text)) == 3
    )
    assert 'value="410823"' in answer.text and 'value="很多"' in answer.text
    assert 'value="charity" checked' in answer.text
    assert rows_of(sqlite_database, Household) == 0


# ── tables ─────────────────────────────────────────────────────────────────────────────────────────────────────


SAME = (
    "text", "category", "region", "quantity", "unit", "urgency", "created_on", "deadline", "consent", "groups",
    "hardship_class", "file_level", "on_file", "member", "real_name", "payout", "divisible", "stopped", "excluded",
    "relation_months", "union_unit",
)  # fmt: skip


def test_what_goes_out_comes_back_equal(sqlite_database, caseworker, family):
    """Facts read from the export equal the facts of the database; an import of it writes nothing twice."""
    a_stored_need(
        sqlite_database, household=family, text="=HYPERLINK(1) 想要米面油", deadline=TODAY + timedelta(days=9)
    )
    a_stored_need(
        sqlite_database, household=family, text="@孩子的学费", category=Category.EDU, quantity=5000, unit="元"
    )
    for kind in ("csv", "xlsx"):
        data = caseworker.get(f"/needs/export?format={kind}&status=all").data
        read = read_needs(data, places=PLACES, as_of=TODAY)
        assert (read.problems, len(read.columns)) == ([], 2)
        with sqlite_database.read() as session:
            stored = need_columns(session, "/", TODAY).ordered()
            codes = dict(session.exec(select(Need.id, Need.code)).all())
        by_code = {read.columns.need_id[i]: read.columns.row(i) for i in range(2)}
        for i in range(2):
            kept, came = stored.row(i), by_code[codes[int(stored.need_id[i])]]
            for name in SAME:
                assert getattr(came, name) == getattr(kept, name), name
        page = upload(caseworker, ImportKind.NEEDS, data, f"needs.{kind}")
        assert counts_on(page) == [0, 2, 0, 2]


def upload(visitor, kind, data: bytes, name: str) -> str:
    answer = visitor.send(f"/imports/{kind}", file=(io.BytesIO(data), name))
    assert answer.status_code == 303, errors_on(answer.text)
    return visitor.get(answer.location).text


def counts_on(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"<dd>([\d,]+) <small>", page)]


def test_no_cell_of_an_export_is_a_formula(sqlite_database, caseworker, family):
    a_stored_need(sqlite_database, household=family, text="=cmd|'/c calc'!A0", title="+1")
    cells = list(csv.reader(io.StringIO(caseworker.get("/needs/export?format=csv").data.decode("utf-8-sig"))))[1]
    assert not [cell for cell in cells if cell[:1] in "=+-@＝＋－＠\t\r" and cell]
    assert cells[-1] == "演示数据"


def test_the_template_can_be_filled_in_and_imported(caseworker, family):
    for kind in ImportKind:
        answer = caseworker.get(f"/imports/{kind}/template")
        assert answer.data.startswith(b"PK") and "attachment" in answer.headers["Content-Disposition"]
    data = caseworker.get("/imports/needs/template").data
    page = upload(caseworker, ImportKind.NEEDS, data, "template.xlsx")
    assert "2 行示例没有算进去" in page and counts_on(page) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "x.csv", "是空的"),
        (b"a,b\r\n1,2\r\n", "x.csv", "缺少必填列：需求编号、内容"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "x.csv", "请另存为"),
        (b"PK\x03\x04nonsense", "x.xlsx", "打不开"),
        (b"a", "x.exe", "请选 XLSX 或 CSV 文件"),
    ],
)
def test_a_useless_file_is_refused_in_one_sentence(caseworker, data, name, sentence):
    answer = caseworker.send("/imports/needs", file=(io.BytesIO(data), name))
    assert answer.status_code == 422
    (said,) = errors_on(answer.text)
    assert sentence in said


def test_no_file_chosen(caseworker):
    answer = caseworker.send("/imports/needs")
    assert (answer.status_code, errors_on(answer.text)) == (422, ["请先选一个文件"])


def test_kinds_that_are_not_there_and_not_ones_own(sqlite_database, caseworker, visitor_as):
    assert caseworker.get("/imports/dragons").status_code == 404
    with sqlite_database.write() as session:
        donor_id = a_donor(session).id
        session.commit()
    donor = visitor_as(Role.ENTERPRISE, donor_id=donor_id)
    assert (donor.get("/imports/offers").status_code, donor.get("/imports/needs").status_code) == (200, 403)


def test_every_page_speaks_english_too(sqlite_database, visitor_as, family):
    """Chinese on an English page is what people wrote: names of places and units, units of quantity, codes."""
    need = a_stored_need(sqlite_database, household=family, title="t", text="x" * 9)
    reader = visitor_as(Role.CASEWORKER, locale="en")
    paths = ("/needs", f"/needs/{need.id}", f"/needs/{need.id}/edit", "/needs/new", "/files", "/files/new")
    for path in (*paths, "/imports/needs", "/imports/families", "/imports/offers"):
        page = reader.get(path)
        assert page.status_code == 200 and '<html lang="en">' in page.text
        words = re.sub(r"<[^>]+>", " ", page.text.split("<main", 1)[1])
        chinese = set(re.findall("[\u4e00-\u9fff]+", words))
        assert chinese <= {"武陟", "武陟县", "李", "大虹桥乡", "口", "老伴卧床", "武陟县总工会"}, path


def test_one_need_is_matched_at_once(sqlite_database, caseworker, family, visitor_as):
    need = a_stored_need(sqlite_database, household=family)
    page = caseworker.get(f"/needs/{need.id}")
    assert "现在就给这一家对接" in page.text
    assert caseworker.send(f"/needs/{need.id}/match-now").status_code == 303
    assert "请市里先对接一次" in caseworker.get(f"/needs/{need.id}").text
    with sqlite_database.write() as session:
        a_run(session)
        an_offer(session)
        session.commit()
    caseworker.send(f"/needs/{need.id}/match-now")
    assert "提出了 1 条建议" in caseworker.get(f"/needs/{need.id}").text
    assert "现在就给这一家对接" not in visitor_as(Role.REVIEWER).get(f"/needs/{need.id}").text
