"""The hardship file on pages: filled in step by step, seen masked, led through its states, printed, shown in public."""

import io
import re
import secrets
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from matcher.domain.file_terms import FileState, Section
from matcher.domain.terms import Role
from matcher.store.queries.hardship_files import FileFilter, FileSort, list_files
from matcher.store.tables import AuditEvent, DuplicateCase, FileEvidence, HardshipFile, Household, SignIn
from matcher.usecases.signing_in import token_hash
from tests.factories import NOW, a_household
from tests.filing import PNG, WANG, Filing
from tests.web.conftest import Visitor

SHEETS = ("file", "visit", "authorisation", "consent", "notice")


@pytest.fixture
def house(app, sqlite_database):
    return Filing(sqlite_database)


@pytest.fixture
def enter(app, house, visitor_as):
    """Signed in as somebody of the house: clerk, chair, contact, reviewer, city, other_clerk."""

    def as_(name):
        actor, at, token = getattr(house, name), app.extensions["nuanliu"].clock(), secrets.token_urlsafe(16)
        with house.database.write() as session:
            session.add(
                SignIn(
                    token_hash=token_hash(token), account_id=actor.account_id, started_at=at, seen_at=at,
                    expires_at=at + timedelta(hours=12),
                )
            )  # fmt: skip
            session.commit()
        app.test_client_class = Visitor
        client = app.test_client()
        with client.session_transaction() as cookies:
            cookies["sign_in"] = token
        return client

    return as_


def later(app, days):
    app.extensions["nuanliu"].clock = lambda: NOW + timedelta(days=days)


def file_of(house, file_id) -> HardshipFile:
    return house.file(file_id)


def errors_on(text):
    return re.findall(r'class="nl-error[^"]*" id="[^"]+">([^<]+)<', text)


# ── the list ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_is_sorted_by_pinyin_and_filtered_by_state(house, enter):
    with house.database.write() as session:
        for name, code in (("张三", "武陟-0901"), ("艾明", "武陟-0902"), ("李四", "武陟-0903")):
            a_household(session, unit=house.county, head_name=name, case_code=code)
        session.commit()
    house.to(FileState.FIRST_REVIEW)
    page = enter("reviewer").get("/files?sort=name").text
    order = [page.index(name) for name in ("艾**", "李**", "王**", "张**")]
    assert order == sorted(order) and "王秀兰" not in page
    waiting = enter("chair").get("/files?state=first_review").text
    assert "王**" in waiting and "艾**" not in waiting
    assert "艾**" in enter("county_clerk").get("/files?state=none&q=武陟-0902").text


def test_the_list_asks_three_statements_at_most(house):
    house.to(FileState.DRAFT)
    said = []
    event.listen(house.database.reader, "before_cursor_execute", lambda *call: said.append(call[2]))
    with house.database.read() as session:
        page = list_files(session, house.clerk, FileFilter(sort=FileSort.NAME, unit_id=house.grassroots.id))
    assert page.total == 1 and len([text for text in said if text.startswith("SELECT")]) <= 3


# ── filling in ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_begun_and_its_steps_save_themselves(house, enter):
    clerk = enter("clerk")
    answer = clerk.send("/files/open", name="王秀兰", id_card=WANG)
    assert answer.status_code == 303 and answer.location == "/files/1/form/person"
    page = clerk.get(answer.location).text
    assert "王秀兰" in page and 'name="revision" value="1"' in page
    saved = clerk.send(
        "/files/1/form/person", name="王秀兰", id_card=WANG, phone="19900004321", address="桂花巷九号", revision="1"
    )
    assert saved.location == "/files/1/form/work"
    quiet = clerk.post(
        "/files/1/form/work",
        data={"csrf_token": clerk.token, "work_state": "laid_off", "revision": "0"},
        headers={"X-Autosave": "1"},
    )
    assert quiet.json["state"] == "saved" and quiet.json["revision"] == 1


def test_a_background_save_names_what_is_wrong_and_changes_nothing(house, enter):
    file_id, clerk = house.draft(), enter("clerk")
    clerk.get(f"/files/{file_id}")
    clerk.send(f"/files/{file_id}/form/work", revision="0")
    answer = clerk.post(
        f"/files/{file_id}/form/money",
        data={"csrf_token": clerk.token, "income_year": "-5", "revision": "0"},
        headers={"X-Autosave": "1"},
    )
    assert answer.status_code == 422 and answer.json["errors"] == {"income_year": "金额不能小于 0：没有就写 0 或留空"}


def test_money_shows_the_arithmetic(house, enter):
    file_id, clerk = house.draft(), enter("clerk")
    clerk.send(
        f"/files/{file_id}/form/members", rows="2", m0_name="赵大勇", m0_relation="spouse", m1_name="赵小满",
        m1_relation="child", revision="0",
    )  # fmt: skip
    clerk.send(f"/files/{file_id}/form/cause", main_cause="6", revision="0")
    clerk.send(f"/files/{file_id}/form/money", income_year="27000", is_aided="no", hardship_year="9000", revision="0")
    page = clerk.get(f"/files/{file_id}/form/money").text.replace("\u00a0", "")
    assert "低保边缘户" in page
    assert "27,000.00元 ÷ 3 人 ÷ 12 月 = 750.00元" in page
    assert "(27,000.00元 − 9,000.00元) ÷ 3 人 ÷ 12 月 = 500.00元" in page


def test_blank_rows_of_members_move_up_and_errors_stay_at_their_row(house, enter):
    file_id, clerk = house.draft(), enter("clerk")
    answer = clerk.send(f"/files/{file_id}/form/members", rows="3", m1_name="赵大勇", m2_name="", revision="0")
    assert answer.status_code == 422 and errors_on(answer.text) == ["请选这位家人和户主的关系"]
    assert 'name="m0_name" type="text" value="赵大勇"' in answer.text


def test_a_conflicting_edit_shows_both_versions(house, enter):
    file_id, clerk, chair = house.draft(), enter("clerk"), enter("chair")
    chair.send(f"/files/{file_id}/form/work", employer="怀川纺织一厂", revision="0")
    answer = clerk.send(f"/files/{file_id}/form/work", employer="怀川纺织二厂", revision="0")
    assert answer.status_code == 409
    assert "怀川纺织一厂" in answer.text and "怀川纺织二厂" in answer.text and "别人刚改过这一步" in answer.text
    again = clerk.send(f"/files/{file_id}/form/work", employer="怀川纺织二厂", revision="1")
    assert again.status_code == 303


def test_papers_are_checked_kept_encrypted_and_every_look_is_written_down(house, enter):
    file_id, clerk = house.draft(), enter("clerk")
    path = f"/files/{file_id}/papers"

    def send(name, content, kind="application"):
        return clerk.send(path, kind=kind, file=(io.BytesIO(content), name))

    assert errors_on(send("a.pdf", PNG).text) == ["文件内容不是 .pdf，或者不完整：请重新扫描或导出后再传"]
    assert errors_on(send("a.png", PNG, kind="").text) == ["请选这是哪一种材料"]
    assert send("申请书.png", PNG).status_code == 303
    looked = clerk.get(f"{path}/1")
    assert looked.data == PNG and looked.headers["Content-Disposition"].startswith("attachment")
    with house.database.read() as session:
        assert session.exec(select(AuditEvent.action).order_by(col(AuditEvent.id).desc())).first() == "file:paper_read"
    assert clerk.send(f"{path}/1/remove").status_code == 303
    assert "还没有材料" in clerk.get(path).text
    assert enter("other_clerk").get(f"{path}/1").status_code == 404


def test_a_paper_of_another_file_is_not_there(house, enter):
    first, second = house.draft(), house.draft(id_card="410823199003073615", phone="19900004322")
    clerk = enter("clerk")
    clerk.send(f"/files/{first}/papers", kind="bills", file=(io.BytesIO(PNG), "a.png"))
    assert clerk.get(f"/files/{second}/papers/1").status_code == 404
    assert clerk.send(f"/files/{second}/papers/1/remove").status_code == 404


def test_a_scan_of_200_megabytes_is_refused_in_words(house, enter):
    file_id, clerk = house.draft(), enter("clerk")
    clerk.get(f"/files/{file_id}")
    answer = clerk.post(
        f"/files/{file_id}/papers",
        environ_overrides={"CONTENT_LENGTH": str(200 * 1024**2)},
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413 and "文件太大了" in answer.text


def test_sending_in_says_what_is_missing(house, enter):
    file_id, clerk = house.draft(), enter("clerk")
    page = clerk.get(f"/files/{file_id}").text
    assert "提交以前还差" in page and "全家一年的收入" in page
    answer = clerk.send(f"/files/{file_id}/submit", version=str(house.file(file_id).version))
    assert answer.status_code == 422 and "工作状态：请填写这一栏" in answer.text


# ── who sees what ──────────────────────────────────────────────────────────────────────────────────────────────


def test_names_and_numbers_are_masked_until_a_look_is_written_down(house, enter):
    file_id = house.to(FileState.FIRST_REVIEW)
    reviewer = enter("reviewer")
    page = reviewer.get(f"/files/{file_id}").text
    for told in ("王秀兰", WANG, "19900004321", "桂花巷九号", "赵大勇", "恶性肿瘤", "怀川纺织\n"):
        assert told not in page, told
    shown = reviewer.send(f"/files/{file_id}/reveal", page=f"/files/{file_id}").text
    assert "王秀兰" in shown and WANG in shown and "赵大勇" in shown
    with house.database.read() as session:
        assert session.exec(select(AuditEvent.action).order_by(col(AuditEvent.id).desc())).first() == "file:read"
    city = enter("city")
    assert city.get(f"/files/{file_id}").status_code == 200
    assert city.send(f"/files/{file_id}/reveal").status_code == 403
    assert city.get(f"/files/{file_id}/print/file").status_code == 403


def test_another_county_finds_nothing(house, enter):
    file_id = house.to(FileState.FIRST_REVIEW)
    other = enter("other_clerk")
    paths = [f"/files/{file_id}", f"/files/{file_id}/form/person", f"/files/{file_id}/papers"]
    paths += [f"/files/{file_id}/print/{sheet}" for sheet in SHEETS]
    assert {other.get(path).status_code for path in paths} == {404}
    acts = ("pass", "return", "visit", "sign-visit", "check", "national", "yearly", "withdraw", "watch", "transfer",
            "reveal", "submit", "objections/1")  # fmt: skip
    assert {other.send(f"/files/{file_id}/{act}").status_code for act in acts} <= {403, 404}
    assert other.get("/files/99999999999").status_code == 404


@pytest.mark.parametrize("role", [Role.FINANCE, Role.CHARITY, Role.WORKER, Role.SYSADMIN, Role.AUDITADMIN])
def test_other_roles_have_no_files(house, visitor_as, role):
    where = {"donor_id": None} if role is Role.CHARITY else {}
    file_id = house.draft()
    someone = visitor_as(role, **where)
    assert {someone.get(path).status_code for path in ("/files", f"/files/{file_id}", "/duplicates")} == {403}


# ── the way of a file ──────────────────────────────────────────────────────────────────────────────────────────


def act(client, house, file_id, what, **fields):
    return client.send(f"/files/{file_id}/{what}", version=str(house.file(file_id).version), **fields)


def test_from_the_first_review_to_leaving(house, enter, app):
    file_id = house.to(FileState.FIRST_REVIEW)
    clerk, chair, contact, reviewer, city = map(enter, ("clerk", "chair", "contact", "reviewer", "city"))
    assert "自己填的档案要由别人审" in clerk.get(f"/files/{file_id}").text
    assert act(clerk, house, file_id, "pass").status_code == 403
    assert act(chair, house, file_id, "pass", note="属实").status_code == 303
    met = {"who_was_met": "本人", "living_seen": "药费单据齐全，电话 19900004321", "needs": "药费"}
    missing = act(clerk, house, file_id, "visit", visited_on="2019-01-10")
    assert missing.status_code == 422 and "这一天还没到，请改成今天或以前" in errors_on(missing.text)
    assert act(clerk, house, file_id, "visit", visited_on="2019-01-09", **met).status_code == 303
    assert "19900004321" not in contact.get(f"/files/{file_id}").text
    assert act(contact, house, file_id, "sign-visit").status_code == 303
    assert errors_on(act(reviewer, house, file_id, "check").text) == ["请选核对结果"]
    assert act(reviewer, house, file_id, "check", result="agrees").status_code == 303
    later(app, 10)
    contact, reviewer, city = map(enter, ("contact", "reviewer", "city"))
    assert act(reviewer, house, file_id, "pass").status_code == 303
    assert act(city, house, file_id, "pass").status_code == 303
    assert act(city, house, file_id, "national", national_number="41080020190001").status_code == 422
    sent = act(city, house, file_id, "national", national_number="41080020190001", national_on="2019-01-18")
    assert sent.status_code == 303 and "全国级 41080020190001" in city.get(f"/files/{file_id}").text
    low = {f"month_{n}": "900" for n in range(1, 7)}
    refused = act(reviewer, house, file_id, "yearly", outcome="out", **low)
    assert refused.status_code == 422 and "每月人均收入都高于 520 元" in refused.text
    assert act(reviewer, house, file_id, "yearly", outcome="renew").status_code == 303
    high = {f"month_{n}": "1700" for n in range(1, 7)}
    assert act(reviewer, house, file_id, "yearly", outcome="out", **high).status_code == 303
    assert house.file(file_id).state is FileState.OUT
    assert act(contact, house, file_id, "watch", note="丈夫病情复发", relapsed="yes").status_code == 303
    assert house.file(file_id).state is FileState.FIRST_REVIEW


def test_giving_back_and_withdrawing_need_a_reason(house, enter):
    file_id = house.to(FileState.FIRST_REVIEW)
    chair = enter("chair")
    assert errors_on(act(chair, house, file_id, "return").text) == ["请选退回的理由"]
    assert act(chair, house, file_id, "return", reason="papers_missing", return_note="缺诊断证明").status_code == 303
    assert "材料不全" in chair.get(f"/files/{file_id}").text and "缺诊断证明" in chair.get(f"/files/{file_id}").text
    assert errors_on(act(chair, house, file_id, "withdraw").text) == ["请选退档原因"]
    assert act(chair, house, file_id, "withdraw", leave_reason="moved_away").status_code == 303


def test_a_file_is_offered_to_another_union_and_taken(house, enter):
    file_id = house.to(FileState.ACTIVE)
    clerk, other = enter("clerk"), enter("other_clerk")
    assert act(clerk, house, file_id, "transfer").status_code == 422
    assert act(clerk, house, file_id, "transfer", to_unit_id=str(house.other_county.id)).status_code == 303
    assert "请您单位接收" in other.get("/files").text
    assert other.send(f"/files/{file_id}/transfer/answer", takes="yes").location == f"/files/{file_id}"
    assert clerk.get(f"/files/{file_id}").status_code == 404


# ── the public notice ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_notice_tells_a_masked_name_union_and_class_and_comes_down_by_itself(house, app, visitor):
    file_id = house.to(FileState.NOTICE)
    path = f"/notices/{house.file(file_id).notice_token}"
    page = visitor.get(path).text
    assert "王**" in page and "怀川纺织工会" in page and "低保边缘户" in page
    for told in ("王秀兰", WANG, "4108", "19900004321", "桂花巷", "武陟-0", "肿瘤", "重特大疾病"):
        assert told not in page, told
    later(app, 7)
    assert visitor.get(path).status_code == 200
    later(app, 8)
    assert visitor.get(path).status_code == 404
    assert visitor.get("/notices/none").status_code == 404


def test_an_objection_from_the_public_holds_the_file_until_it_is_answered(house, app, visitor, enter):
    file_id = house.to(FileState.NOTICE)
    path = f"/notices/{house.file(file_id).notice_token}"
    assert errors_on(visitor.send(path, page=path, text="有房").text) == ["请把情况写清楚一些，至少 10 个字"]
    sent = visitor.send(path, text="听说他家在城里另有一套门面房，问 19900001111", contact="19900002222")
    assert sent.status_code == 303 and "收到了" in visitor.get(sent.location).text
    reviewer = enter("reviewer")
    page = reviewer.get(f"/files/{file_id}").text
    assert "门面房" in page and "19900001111" not in page and "19900002222" not in page
    later(app, 10)
    reviewer = enter("reviewer")
    held = act(reviewer, house, file_id, "pass")
    assert held.status_code == 409 and "还有异议没有查明" in held.text
    assert errors_on(reviewer.send(f"/files/{file_id}/objections/1", verdict="dismissed").text) == ["请写查明的情况"]
    done = reviewer.send(f"/files/{file_id}/objections/1", verdict="dismissed", answer="门面房系同名他人")
    assert done.status_code == 303
    assert act(reviewer, house, file_id, "pass").status_code == 303


# ── duplicates ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_family_in_two_counties_is_decided_above_both_without_a_leak(house, enter):
    house.to(FileState.ACTIVE)
    other = enter("other_clerk")
    assert other.send("/files/open", name="王秀兰", id_card=WANG).status_code == 303
    page = other.get("/files/2").text
    assert "等上级认定" in page
    for told in ("怀川纺织", "武陟", house.file(1).notice_token or "—"):
        assert told not in re.sub(r"<option.*?</option>", "", page), told
    assert other.get("/duplicates").status_code == 403
    assert "没有等着认定的" in enter("reviewer").get("/duplicates").text
    city = enter("city")
    queue = city.get("/duplicates").text
    assert "重复核对（1）" in queue and "王秀兰" not in queue and WANG not in queue and "4108**********1528" in queue
    assert errors_on(city.send("/duplicates/1/decide", note="x").text) == ["请选是同一户，还是不是同一户"]
    assert city.send("/duplicates/1/decide", decision="same", note="户口本一致").status_code == 303
    assert house.file(2).state is FileState.WITHDRAWN
    assert city.send("/duplicates/1/undo").status_code == 303
    assert house.file(2).state is FileState.DRAFT
    with house.database.read() as session:
        assert len(session.exec(select(DuplicateCase)).all()) == 1


# ── paper ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_step_has_its_form_to_print(house, enter):
    file_id = house.to(FileState.NOTICE)
    reviewer = enter("reviewer")
    pages = {sheet: reviewer.get(f"/files/{file_id}/print/{sheet}").text for sheet in SHEETS}
    assert "困难职工档案表" in pages["file"] and WANG in pages["file"] and "系统（县级、产业）工会意见" in pages["file"]
    assert "药费、孩子学费" in pages["visit"] and "入户人（二）" in pages["visit"]
    assert "王秀兰" in pages["authorisation"] and "王秀兰" in pages["consent"]
    assert "王**" in pages["notice"] and "王秀兰" not in pages["notice"] and WANG not in pages["notice"]
    assert house.file(file_id).notice_token in pages["notice"]
    assert reviewer.get(f"/files/{file_id}/print/other").status_code == 404


@pytest.mark.parametrize("state", [FileState.DRAFT, FileState.VISIT, FileState.NOTICE, FileState.ACTIVE])
def test_pages_speak_english_too(house, enter, state):
    file_id, clerk = house.to(state), enter("clerk")
    paths = ["/files", f"/files/{file_id}", "/files/open", f"/files/{file_id}/papers"]
    paths += [f"/files/{file_id}/print/{sheet}" for sheet in SHEETS]
    if state is FileState.DRAFT:
        paths += [f"/files/{file_id}/form/{section.value}" for section in Section]
    for path in paths:
        page = clerk.get(f"{path}?lang=en")
        assert page.status_code == 200, path


def test_a_registered_family_gets_its_file(house, enter):
    with house.database.write() as session:
        a_household(session, unit=house.county, head_name="王秀兰", case_code="武陟-0777")
        session.commit()
    clerk = enter("county_clerk")
    assert "武陟-0777" in clerk.get("/files/open?case=武陟-0777").text
    assert clerk.send("/files/open", case="武陟-0777", name="王秀兰", id_card=WANG).status_code == 303
    with house.database.read() as session:
        assert len(session.exec(select(Household)).all()) == 1
        assert session.exec(select(FileEvidence)).all() == []
