"""The hardship file from draft to leaving, and who may not take a step. On both databases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import col, select

from matcher.domain.file_terms import (
    CheckResult,
    EvidenceKind,
    FileAct,
    FileReturnReason,
    FileState,
    LeaveReason,
    ObjectionState,
    Section,
)
from matcher.domain.network_terms import ContactEnd
from matcher.domain.terms import FileLevel, FileStatus, HardshipClass, UnitLevel
from matcher.errors import InvalidFields, NotFound, NotPermitted, StaleVersion
from matcher.store.tables import AuditEvent, ContactAssignment, FileEvidence, FileSection, FileStep, Household
from matcher.usecases import file_evidence, file_reviews, file_visits, filing
from matcher.usecases.file_case import NotThisPerson, NotYet
from tests.factories import NOW, a_household, a_need, a_unit, an_actor
from tests.filing import LONG_AFTER, PDF, PNG, RULES, VISIT, WANG, WRITTEN, Filing, at

pytestmark = pytest.mark.usefixtures("keyring")


@pytest.fixture
def house(database):
    return Filing(database)


def problems(caught):
    return {problem.field: problem.code for problem in caught.value.problems}


def rows(house, table, *where):
    with house.database.read() as session:
        return session.exec(select(table).where(*where).order_by(col(table.id))).all()


def test_the_whole_way_puts_a_family_on_file(house):
    file_id = house.to(FileState.ACTIVE)
    file, household = house.file(file_id), rows(house, Household)[0]
    assert household.file_status is FileStatus.ACTIVE and household.file_level is FileLevel.CITY
    assert household.hardship_class is HardshipClass.MARGINAL and household.file_approved_on == date(2019, 1, 19)
    assert (household.size, household.causes, household.situation) == (3, ["6", "9"], "3 口，丈夫重病")
    assert file.review_due_on == date(2020, 1, 19) and file.notice_until == date(2019, 1, 16)
    acts = [step.act for step in rows(house, FileStep, FileStep.file_id == file_id)]
    assert acts == [
        FileAct.OPEN, FileAct.SUBMIT, FileAct.PASS_FIRST, FileAct.VISIT, FileAct.SIGN_VISIT, FileAct.CHECK,
        FileAct.PASS_COUNTY, FileAct.PASS_CITY,
    ]  # fmt: skip


def test_every_act_leaves_an_entry(house):
    house.to(FileState.ACTIVE)
    entries = {event.action for event in rows(house, AuditEvent)}
    assert {"file:open", "file:save", "file:submit", "file:pass_first", "file:sign_visit", "file:pass_city"} <= entries


def test_a_step_that_is_saved_again_unchanged_is_no_new_revision(house):
    file_id = house.draft()
    work = WRITTEN[Section.WORK]
    for seen in (0, 0):
        filing.save_section(file_id, Section.WORK, work, seen_revision=seen, by=house.clerk, uow=house.uow, now=NOW)
    assert [s.revision for s in rows(house, FileSection, FileSection.section == Section.WORK)] == [1]


def test_two_who_edit_the_same_step_see_each_other(house):
    file_id = house.draft()
    for employer, seen in (("怀川纺织", 0), ("怀川棉纺", 1)):
        filing.save_section(
            file_id, Section.WORK, {"employer": employer}, seen_revision=seen, by=house.clerk, uow=house.uow, now=NOW
        )
    with pytest.raises(filing.StaleSection) as caught:
        filing.save_section(
            file_id, Section.WORK, {"employer": "另写"}, seen_revision=1, by=house.county_clerk, uow=house.uow, now=NOW
        )
    assert caught.value.theirs == {"employer": "怀川棉纺"} and caught.value.revision == 2
    assert len(rows(house, FileSection, FileSection.section == Section.WORK)) == 2


@pytest.mark.parametrize(
    ("section", "changes", "expected"),
    [
        (Section.PERSON, {"id_card": WANG[:-1] + "7"}, {"id_card": "id_check"}),
        (Section.MONEY, {"income_year": -1}, {"income_year": "money_negative"}),
        (Section.MONEY, {"chosen_class": "subsistence"}, {"override_reason": "override_without_reason"}),
        (Section.MEMBERS, {"members": [{"name": "赵太爷", "relation": "parent", "born_on": "1890-01-01"}]},
         {"m0_born_on": "born_range"}),
        (Section.MEMBERS, {"members": [{"name": "赵大勇", "relation": "spouse", "monthly_income": -5}]},
         {"m0_monthly_income": "money_negative"}),
        (Section.CAUSE, {"other_causes": ["1", "2", "3", "4"]}, {"other_causes": "too_many_choices"}),
        (Section.CAUSE, {"other_causes": ["6"]}, {"other_causes": "main_cause_again"}),
        (Section.WORK, {"contract_from": "2018-05-01", "contract_until": "2017-05-01"},
         {"contract_until": "ends_before_start"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_field_by_field(house, section, changes, expected):
    file_id = house.draft()
    with pytest.raises(InvalidFields) as caught:
        filing.save_section(
            file_id, section, WRITTEN[section] | changes, seen_revision=1, by=house.clerk, uow=house.uow, now=NOW
        )
    assert problems(caught) == expected


def test_what_is_missing_is_named_when_it_is_sent_in(house):
    file_id = house.draft()
    with pytest.raises(InvalidFields) as caught:
        house.submit(file_id)
    said = problems(caught)
    assert said["work.work_state"] == "required" and said["evidence"] == "papers_needed"
    assert house.file(file_id).state is FileState.DRAFT


def test_a_family_that_meets_no_class_is_not_sent_in_without_a_reason(house):
    file_id = house.draft()
    house.fill(file_id, money={"income_year": 9_000_000})
    with pytest.raises(InvalidFields) as caught:
        house.submit(file_id)
    assert problems(caught) == {"money.chosen_class": "class_none"}
    override = {"income_year": 9_000_000, "chosen_class": "accident", "override_reason": "火灾，票据烧毁"}
    filing.save_section(
        file_id,
        Section.MONEY,
        WRITTEN[Section.MONEY] | override,
        seen_revision=1,
        by=house.clerk,
        uow=house.uow,
        now=NOW,
    )
    house.submit(file_id)
    assert house.file(file_id).computed_class is HardshipClass.NONE
    assert house.file(file_id).chosen_class is HardshipClass.ACCIDENT


def test_nobody_passes_their_own_file(house):
    file_id = house.to(FileState.FIRST_REVIEW)
    with pytest.raises(NotThisPerson) as caught:
        house.passes(file_id, house.clerk)
    assert caught.value.code == "made_it"


def test_who_filled_a_file_in_does_not_take_it_off_the_record(house):
    file_id = house.to(FileState.FIRST_REVIEW)
    act = {"seen_version": house.file(file_id).version, "uow": house.uow, "now": NOW}
    with pytest.raises(NotThisPerson) as caught:
        file_reviews.withdraw_file(file_id, LeaveReason.MOVED_AWAY, "", by=house.clerk, **act)
    assert caught.value.code == "made_it"
    file_reviews.withdraw_file(file_id, LeaveReason.MOVED_AWAY, "", by=house.chair, **act)
    assert house.file(file_id).state is FileState.WITHDRAWN


def test_nobody_says_that_their_own_family_is_poor_again(house):
    file_id = house.to(FileState.ACTIVE)
    file_reviews.leave_file(
        file_id, FileAct.LEAVE_OUT, [170_000] * 6, "", seen_version=house.file(file_id).version,
        by=house.county_clerk, uow=house.uow, now=LONG_AFTER, rules=RULES,
    )  # fmt: skip
    own = replace(house.contact, household_id=house.file(file_id).household_id)
    for relapsed in (True, False):
        with pytest.raises(NotThisPerson) as caught:
            file_reviews.watch_family(file_id, "又困难了", has_relapsed=relapsed, by=own, uow=house.uow, now=LONG_AFTER)
        assert caught.value.code == "own_file"


def test_nobody_acts_at_two_levels(house):
    file_id = house.to(FileState.FIRST_REVIEW)
    house.passes(file_id, house.county_clerk)
    house.visit(file_id)
    with pytest.raises(NotThisPerson) as caught:
        house.check(file_id, by=house.county_clerk)
    assert caught.value.code == "other_level"


@pytest.mark.parametrize(("state", "who"), [(FileState.CHECK, "chair"), (FileState.CITY_REVIEW, "county_clerk")])
def test_a_level_belongs_to_its_unions(house, state, who):
    file_id = house.to(state)
    act = house.check if state is FileState.CHECK else house.passes
    with pytest.raises(NotThisPerson) as caught:
        act(file_id, by=getattr(house, who))
    assert caught.value.code == "wrong_unit"


def test_one_person_is_not_two_visitors(house):
    file_id = house.to(FileState.VISIT)
    with pytest.raises(NotThisPerson) as caught:
        house.visit(file_id, first=house.contact, second=house.contact)
    assert caught.value.code == "second_person"


def test_a_visit_says_who_was_met_and_when(house):
    file_id = house.to(FileState.VISIT)
    with pytest.raises(InvalidFields) as caught:
        file_visits.record_visit(
            file_id, date(2019, 1, 10), VISIT | {"needs": ""}, by=house.clerk, uow=house.uow, now=NOW
        )
    assert problems(caught) == {"visited_on": "date_future", "needs": "visit_needs_needs"}


def test_the_county_waits_for_the_end_of_the_notice(house):
    file_id = house.to(FileState.NOTICE)
    for day in (9, 16):
        with pytest.raises(NotYet) as caught:
            house.passes(file_id, house.reviewer, at(day))
        assert caught.value.code == "notice_running"
    house.passes(file_id, house.reviewer, at(17))


def test_an_open_objection_holds_the_file_and_an_answer_frees_it(house):
    file_id = house.to(FileState.NOTICE)
    token = house.file(file_id).notice_token
    file_visits.object_to_notice(token, "听说他家在城里另有一套门面房", "", uow=house.uow, now=at(12))
    with pytest.raises(NotYet):
        house.passes(file_id, house.reviewer, LONG_AFTER)
    answer = {"by": house.reviewer, "uow": house.uow, "now": at(18)}
    with pytest.raises(InvalidFields):
        file_visits.answer_objection(file_id, 1, ObjectionState.DISMISSED, " ", **answer)
    file_visits.answer_objection(file_id, 1, ObjectionState.DISMISSED, "门面房系同名他人", **answer)
    house.passes(file_id, house.reviewer, LONG_AFTER)


def test_an_objection_that_holds_sends_the_file_back(house):
    file_id = house.to(FileState.NOTICE)
    token = house.file(file_id).notice_token
    file_visits.object_to_notice(token, "他家去年买了第二套商品房", "19900000000", uow=house.uow, now=at(12))
    file_visits.answer_objection(
        file_id, 1, ObjectionState.UPHELD, "不动产登记两套", by=house.reviewer, uow=house.uow, now=at(14)
    )
    assert house.file(file_id).state is FileState.RETURNED and house.file(file_id).notice_token is None


def test_a_notice_takes_no_objection_after_its_last_day(house):
    file_id = house.to(FileState.NOTICE)
    token = house.file(file_id).notice_token
    with pytest.raises(NotFound):
        file_visits.object_to_notice(token, "他家去年买了第二套商品房", "", uow=house.uow, now=at(17))


def test_giving_back_needs_a_reason_and_it_can_be_sent_again(house):
    file_id = house.to(FileState.CHECK)
    give = {"by": house.reviewer, "uow": house.uow, "now": NOW, "seen_version": house.file(file_id).version}
    with pytest.raises(InvalidFields):
        file_reviews.return_file(file_id, None, "", **give)
    file_reviews.return_file(file_id, FileReturnReason.PAPERS_MISSING, "缺诊断证明", **give)
    house.submit(file_id)
    step = rows(house, FileStep, FileStep.act == FileAct.RETURN)[0]
    assert (step.reason, step.note) == ("papers_missing", "缺诊断证明")


def test_a_difference_found_by_the_check_sends_it_back(house):
    file_id = house.to(FileState.CHECK)
    version = house.file(file_id).version
    file_reviews.record_check(
        file_id, CheckResult.DIFFERS, "名下另有车辆", seen_version=version, by=house.reviewer, uow=house.uow, now=NOW,
        rules=RULES,
    )  # fmt: skip
    assert house.file(file_id).state is FileState.RETURNED


def test_national_level_needs_the_national_systems_number_and_date(house):
    file_id = house.to(FileState.ACTIVE)
    act = {"by": house.city, "uow": house.uow, "now": LONG_AFTER, "seen_version": house.file(file_id).version}
    with pytest.raises(InvalidFields) as caught:
        file_reviews.certify_national(file_id, "", None, **act)
    assert problems(caught) == {"national_number": "national_number_needed", "national_on": "national_date_needed"}
    with pytest.raises(NotThisPerson):
        file_reviews.certify_national(file_id, "41080020190001", date(2019, 1, 18), **(act | {"by": house.reviewer}))
    file_reviews.certify_national(file_id, "41080020190001", date(2019, 1, 18), **act)
    household = rows(house, Household)[0]
    assert (household.file_level, household.file_number) == (FileLevel.NATIONAL, "41080020190001")


@pytest.mark.parametrize(("months", "leaves"), [([1_700] * 6, True), ([1_700] * 5 + [1_000], False), ([], False)])
def test_a_family_leaves_after_six_months_above_the_line(house, months, leaves):
    file_id = house.to(FileState.ACTIVE)
    act = {
        "by": house.county_clerk, "uow": house.uow, "now": LONG_AFTER, "rules": RULES,
        "seen_version": house.file(file_id).version,
    }  # fmt: skip
    if not leaves:
        with pytest.raises(InvalidFields) as caught:
            file_reviews.leave_file(file_id, FileAct.LEAVE_OUT, [m * 100 for m in months], "", **act)
        assert problems(caught) == {"months": "not_six_months_above"}
        return
    file_reviews.leave_file(file_id, FileAct.LEAVE_OUT, [m * 100 for m in months], "", **act)
    assert rows(house, Household)[0].file_status is FileStatus.CLOSED
    assert house.file(file_id).watch_until == date(2020, 1, 19)
    watch = {"by": house.contact, "uow": house.uow, "now": LONG_AFTER + timedelta(days=90)}
    file_reviews.watch_family(file_id, "儿子已就业", has_relapsed=False, **watch)
    file_reviews.watch_family(file_id, "丈夫病情复发", has_relapsed=True, **watch)
    assert house.file(file_id).state is FileState.FIRST_REVIEW


def test_a_file_moves_to_another_union_only_when_that_union_takes_it(house):
    file_id = house.to(FileState.ACTIVE)
    with house.database.write() as session:
        home = session.exec(select(Household)).one()
        need = a_need(session, household=home)
        session.commit()
    version = house.file(file_id).version
    file_reviews.ask_transfer(
        file_id, house.other_county.id, seen_version=version, by=house.clerk, uow=house.uow, now=LONG_AFTER
    )
    with pytest.raises(NotFound):
        file_reviews.answer_transfer(file_id, takes=True, by=house.clerk, uow=house.uow, now=LONG_AFTER)
    file_reviews.answer_transfer(file_id, takes=True, by=house.other_clerk, uow=house.uow, now=LONG_AFTER)
    with house.database.read() as session:
        assert session.get(type(need), need.id).unit_id == house.other_county.id
    assert house.file(file_id).unit_id == house.other_county.id and len(rows(house, FileStep)) == 10
    home = rows(house, Household)[0]
    kept = rows(house, ContactAssignment)
    assert home.contact_account_id is None and [(row.ended_at, row.end_reason) for row in kept] == [
        (LONG_AFTER, ContactEnd.HANDED_ON)
    ]


def test_others_do_not_see_it_at_all(house):
    file_id = house.to(FileState.FIRST_REVIEW)
    with pytest.raises(NotFound):
        house.passes(file_id, house.other_clerk)
    with pytest.raises(NotPermitted):
        house.passes(file_id, house.contact)


def test_a_stale_page_changes_nothing(house):
    file_id = house.to(FileState.FIRST_REVIEW)
    with pytest.raises(StaleVersion):
        file_reviews.pass_file(file_id, seen_version=1, by=house.chair, uow=house.uow, now=NOW, rules=RULES)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.png", b"", "paper_empty"),
        ("a.exe", b"MZ" + b"0" * 99, "paper_kind"),
        ("a.pdf", PNG, "paper_lies"),
        ("a.jpg", b"\xff\xd8\xff" + b"0" * 500, "paper_lies"),
        ("a.pdf", PDF.replace(b"<<>>", b"<</JavaScript 1>>"), "paper_active"),
        ("a.pdf", PDF + b" " * (8 * 1024 * 1024), "paper_too_large"),
    ],
)
def test_a_paper_is_what_its_name_says_or_it_is_not_taken(house, name, content, code):
    file_id = house.draft()
    with pytest.raises(InvalidFields) as caught:
        file_evidence.add_evidence(file_id, EvidenceKind.BILLS, name, content, by=house.clerk, uow=house.uow, now=NOW)
    assert problems(caught) == {"file": code} and rows(house, FileEvidence) == []


def test_a_paper_is_sealed_and_reading_it_is_written_down(house):
    file_id = house.draft()
    paper = file_evidence.add_evidence(
        file_id, EvidenceKind.BILLS, "药费.pdf", PDF, by=house.clerk, uow=house.uow, now=NOW
    )
    with house.database.read() as session:
        stored = bytes(session.execute(text("SELECT content FROM file_evidence")).scalar_one())
    assert b"JVBER" not in stored and b"%PDF" not in stored
    read = file_evidence.read_evidence(file_id, paper, by=house.reviewer, uow=house.uow, now=NOW)
    assert read.content == PDF and rows(house, AuditEvent)[-1].action == "file:paper_read"
    with pytest.raises(NotFound):
        file_evidence.read_evidence(file_id, paper, by=house.other_clerk, uow=house.uow, now=NOW)


@pytest.mark.parametrize("table", ["file_section", "file_step"])
def test_history_is_never_deleted_or_rewritten(house, table):
    house.draft()
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET at = at, by_account_id = 1"):
        with house.database.write() as session, pytest.raises(DatabaseError):
            session.execute(text(statement))


def test_somebody_with_a_file_here_gets_no_second_one(house):
    house.draft()
    with pytest.raises(InvalidFields) as caught:
        house.draft(by=house.chair)
    assert problems(caught) == {"id_card": "id_on_file_here"}


def test_a_household_that_was_registered_before_keeps_its_place(house):
    with house.database.write() as session:
        from matcher.store.crypto import keyring

        mark = keyring().index(WANG, "household.id_card")
        known = a_household(session, unit=house.grassroots, id_card=WANG, id_card_index=mark)
        session.commit()
    assert house.file(house.draft()).household_id == known.id


def test_a_union_directly_below_the_city_is_reviewed_by_the_city(house):
    with house.database.write() as session:
        from tests.factories import the_city

        unit = a_unit(session, parent=the_city(session), level=UnitLevel.GRASSROOTS, name="市直机关工会")
        clerk, chair, contact = (an_actor(session, unit=unit) for _place in range(3))
        session.commit()
    file_id = house.draft(by=clerk)
    house.fill(file_id, by=clerk)
    house.submit(file_id, by=clerk)
    house.passes(file_id, chair)
    house.visit(file_id, clerk, contact)
    house.check(file_id, by=house.city)
    assert house.file(file_id).state is FileState.NOTICE


def test_the_short_registration_fills_in_the_file(house):
    """简表: what was said on one screen is not asked again (R15)."""
    with house.database.write() as session:
        family = a_household(
            session, unit=house.grassroots, head_name="王秀兰", id_card=WANG, phone="19900004321",
            address="怀川路1号", township="木城街道", causes=["6"], situation="3 口，丈夫重病", is_member=True,
            relation_months=30, diagnosis="尿毒症", consent=["charity"], file_status=FileStatus.NONE,
        ).id  # fmt: skip
        session.commit()
    person = {"name": "王秀兰", "id_card": WANG}
    file_id = filing.open_hardship_file(person, household_id=family, by=house.clerk, uow=house.uow, now=NOW).id
    told = {s: v for s, (_r, v) in filing.read_sections(file_id, by=house.clerk, uow=house.uow, now=NOW).items()}
    assert told[Section.PERSON] | {"phone": "19900004321", "township": "木城街道"} == told[Section.PERSON]
    assert told[Section.WORK] == {"is_member": True, "relation_months": 30}
    assert told[Section.HEALTH] == {"diagnosis": "尿毒症"}
    assert told[Section.CAUSE] == {"main_cause": "6", "situation": "3 口，丈夫重病"}
    assert told[Section.BANK]["consent"] == ["charity"] and Section.MONEY not in told
