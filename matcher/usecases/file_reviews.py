"""Three levels of review, the data check with its public notice, and the file's later life: review, leaving, return."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import col, select, update

from matcher.clock import business_date
from matcher.domain import file_life as life
from matcher.domain.access import Action, Actor, Reach, may
from matcher.domain.file_rules import FileRules, months_after
from matcher.domain.file_terms import CheckResult, FileAct, FileReturnReason, FileState, LeaveReason, ObjectionState
from matcher.domain.hardship_class import steadily_above
from matcher.domain.terms import FileLevel, FileStatus, NeedStatus, UnitLevel
from matcher.errors import FieldProblem, InvalidFields, NotFound, WrongState
from matcher.store.tables import FileObjection, HardshipFile, Household, Need, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.contacts import end_contact_out_of_reach
from matcher.usecases.file_case import (
    FileCard,
    FileCase,
    NotYet,
    open_file_case,
    require_no_duplicate,
    require_person,
    take_file_step,
)

PASSES = {
    FileState.FIRST_REVIEW: FileAct.PASS_FIRST,
    FileState.NOTICE: FileAct.PASS_COUNTY,
    FileState.CITY_REVIEW: FileAct.PASS_CITY,
}
"""What passing a file means where it stands."""


def pass_file(
    file_id: int, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime, rules: FileRules, note: str = ""
) -> FileCard:
    """Pass a file at the level that has it. The county passes it only when the notice is over and every objection
    answered; the city's approval puts it on file (在档), at city level until a national number is entered.

    Raises NotThisPerson, NotYet, WrongState, StaleVersion.
    """
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.REVIEW_FILES)
        act = PASSES.get(case.file.state)
        if act is None:
            raise WrongState(state=case.file.state.value, wanted="pass")
        require_person(uow, case, act, by)
        require_no_duplicate(uow, case.file)
        if act is FileAct.PASS_COUNTY:
            _require_notice_over(uow, case, business_date(now))
        if act is FileAct.PASS_CITY:
            put_on_file(case, business_date(now), rules)
        take_file_step(uow, case, act, by=by, at=now, seen_version=seen_version, note=note)
        uow.commit()
        return case.card()


def _require_notice_over(uow: UnitOfWork, case: FileCase, today: date) -> None:
    until = case.file.notice_until
    if until is None or today <= until:
        raise NotYet("notice_running", until=until.isoformat() if until else "")
    query = select(FileObjection.id).where(
        FileObjection.file_id == case.file.id, FileObjection.state == ObjectionState.OPEN
    )
    if uow.session.exec(query).first() is not None:
        raise NotYet("objection_open")


def put_on_file(case: FileCase, day: date, rules: FileRules) -> None:
    """The file is on record (在档) from a day on, at city level; the next review falls due after the time that holds
    here. Writes no step."""
    file, household = case.file, case.household
    file.approved_on = day
    file.review_due_on = months_after(day, rules.clocks.review_months)
    file.left_on = file.watch_until = None
    household.hardship_class = file.chosen_class or household.hardship_class
    household.file_status, household.file_level = FileStatus.ACTIVE, FileLevel.CITY
    household.file_approved_on, household.file_number = day, None
    household.is_real_name = True


def return_file(
    file_id: int,
    reason: FileReturnReason | None,
    note: str,
    *,
    seen_version: int,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> FileCard:
    """Give a file back to whoever filled it in, with a reason (退回). A public notice comes down with it."""
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.REVIEW_FILES)
        life.move(case.file.state, FileAct.RETURN)
        require_person(uow, case, FileAct.RETURN, by)
        if reason is None:
            raise InvalidFields([FieldProblem("reason", "choose_return_reason")])
        if reason in (FileReturnReason.OTHER, FileReturnReason.FACTS_DIFFER) and not note.strip():
            raise InvalidFields([FieldProblem("note", "say_why")])
        case.file.notice_token = case.file.notice_from = case.file.notice_until = None
        take_file_step(
            uow, case, FileAct.RETURN, by=by, at=now, seen_version=seen_version, reason=reason.value, note=note
        )
        uow.commit()
        return case.card()


def record_check(
    file_id: int,
    result: CheckResult | None,
    note: str,
    *,
    seen_version: int,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    rules: FileRules,
) -> FileCard:
    """Write down what the data check with civil affairs brought. When nothing speaks against it the public notice
    begins today and ends after the working days that hold here; a difference gives the file back."""
    today = business_date(now)
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.REVIEW_FILES)
        life.move(case.file.state, FileAct.CHECK)
        require_person(uow, case, FileAct.CHECK, by)
        require_no_duplicate(uow, case.file)
        if result is None:
            raise InvalidFields([FieldProblem("result", "choose_check_result")])
        if result is not CheckResult.AGREES and not note.strip():
            raise InvalidFields([FieldProblem("note", "say_why")])
        if result is CheckResult.DIFFERS:
            why = FileReturnReason.FACTS_DIFFER.value
            take_file_step(uow, case, FileAct.RETURN, by=by, at=now, seen_version=seen_version, reason=why, note=note)
        else:
            file = case.file
            file.notice_token, file.notice_from = secrets.token_urlsafe(12), today
            file.notice_until = rules.calendar.after(today, rules.clocks.notice_working_days)
            take_file_step(
                uow, case, FileAct.CHECK, by=by, at=now, seen_version=seen_version, reason=result.value, note=note
            )
        uow.commit()
        return case.card()


def certify_national(
    file_id: int, number: str, on: date | None, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime
) -> FileCard:
    """Enter the national system's file number and its date: only then is a file 全国级 and may receive treasury
    money. Raises InvalidFields for a missing number or date, a date ahead, or a file that only meets a local rule."""
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.REVIEW_FILES)
        life.move(case.file.state, FileAct.CERTIFY)
        require_person(uow, case, FileAct.CERTIFY, by)
        problems = national_problems(number, on, today=business_date(now), is_local=case.file.is_local)
        if problems:
            raise InvalidFields(problems)
        take_national_number(case, number, on)
        take_file_step(uow, case, FileAct.CERTIFY, by=by, at=now, seen_version=seen_version)
        uow.commit()
        return case.card()


def national_problems(number: str, on: date | None, *, today: date, is_local: bool) -> list[FieldProblem]:
    """Why a file cannot be 全国级 with this number and date; nobody awards that to themselves."""
    problems = []
    given = "".join(number.split())
    if not given:
        problems.append(FieldProblem("national_number", "national_number_needed"))
    elif not (6 <= len(given) <= 40 and given.isascii() and given.replace("-", "").isalnum()):
        problems.append(FieldProblem("national_number", "national_number_form"))
    if on is None:
        problems.append(FieldProblem("national_on", "national_date_needed"))
    elif on > today:
        problems.append(FieldProblem("national_on", "date_future"))
    if is_local:
        problems.append(FieldProblem("national_number", "only_local_rule"))
    return problems


def take_national_number(case: FileCase, number: str, on: date | None) -> None:
    """The file is 全国级 from now on: treasury money may go to the family."""
    given = "".join(number.split())
    case.file.national_number, case.file.national_on = given, on
    case.household.file_level, case.household.file_number = FileLevel.NATIONAL, given


def renew_file(
    file_id: int, note: str, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime, rules: FileRules
) -> FileCard:
    """The yearly review leaves the family on file (续档); the next one falls due a year later."""
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.REVIEW_FILES)
        life.move(case.file.state, FileAct.RENEW)
        require_person(uow, case, FileAct.RENEW, by)
        case.file.review_due_on = months_after(business_date(now), rules.clocks.review_months)
        take_file_step(uow, case, FileAct.RENEW, by=by, at=now, seen_version=seen_version, note=note)
        uow.commit()
        return case.card()


def leave_file(
    file_id: int,
    act: FileAct,
    months_fen: Sequence[int],
    note: str,
    *,
    seen_version: int,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    rules: FileRules,
) -> FileCard:
    """The yearly review lets a family go: 脱困 after the household's income of the last months (分, latest last) was
    above the line each month; 解困 with a reason, where illness or disability stays and standing help carries it.
    The family is called back for the months that hold here."""
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.REVIEW_FILES)
        life.move(case.file.state, act)
        require_person(uow, case, act, by)
        clocks = rules.clocks
        if act is FileAct.LEAVE_OUT:
            lines = steadily_above(
                months_fen, case.household.size, line_fen=rules.classes.line_fen, months=clocks.exit_months
            )
            if not lines[-1].passed:
                needed = {"months": clocks.exit_months, "line": rules.classes.line_fen // 100}
                raise InvalidFields([FieldProblem("months", "not_six_months_above", needed)])
        elif not note.strip():
            raise InvalidFields([FieldProblem("note", "say_why")])
        _take_off_file(case, business_date(now), rules)
        take_file_step(uow, case, act, by=by, at=now, seen_version=seen_version, note=note)
        uow.commit()
        return case.card()


def _take_off_file(case: FileCase, today: date, rules: FileRules | None) -> None:
    case.file.left_on, case.file.review_due_on = today, None
    case.file.watch_until = months_after(today, rules.clocks.watch_months) if rules else None
    case.household.file_status = FileStatus.CLOSED


def withdraw_file(
    file_id: int, reason: LeaveReason | None, note: str, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime
) -> FileCard:
    """Take a file off the record for good (退档), with its reason; what was written stays."""
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.REVIEW_FILES)
        life.move(case.file.state, FileAct.WITHDRAW)
        require_person(uow, case, FileAct.WITHDRAW, by)
        if reason is None:
            raise InvalidFields([FieldProblem("reason", "choose_leave_reason")])
        if case.household.file_status in (FileStatus.ACTIVE, FileStatus.DRAFT):
            _take_off_file(case, business_date(now), None)
        case.file.notice_token = case.file.notice_from = case.file.notice_until = None
        take_file_step(
            uow, case, FileAct.WITHDRAW, by=by, at=now, seen_version=seen_version, reason=reason.value, note=note
        )
        uow.commit()
        return case.card()


def watch_family(file_id: int, note: str, *, has_relapsed: bool, by: Actor, uow: UnitOfWork, now: datetime) -> FileCard:
    """Call a family that left: all is well, or hardship is back and the file goes to review again (返困)."""
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.VISIT_FAMILIES)
        act = FileAct.RELAPSE if has_relapsed else FileAct.WATCH
        life.move(case.file.state, act)
        require_person(uow, case, act, by)
        if not note.strip():
            raise InvalidFields([FieldProblem("note", "say_what_was_heard")])
        take_file_step(uow, case, act, by=by, at=now, note=note)
        uow.commit()
        return case.card()


def ask_transfer(
    file_id: int, to_unit_id: int | None, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime
) -> FileCard:
    """Offer the file to another union, because the family moved there; it stays here until it is taken."""
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.EDIT_FILES)
        life.move(case.file.state, FileAct.ASK_TRANSFER)
        unit = uow.session.get(Unit, to_unit_id) if to_unit_id else None
        if unit is None or not unit.is_active or unit.id == case.file.unit_id or unit.level is UnitLevel.CITY:
            raise InvalidFields([FieldProblem("to_unit_id", "choose_unit")])
        case.file.transfer_to_unit_id = unit.id
        take_file_step(uow, case, FileAct.ASK_TRANSFER, by=by, at=now, seen_version=seen_version, to_unit_id=unit.id)
        uow.commit()
        return case.card()


def answer_transfer(file_id: int, *, takes: bool, by: Actor, uow: UnitOfWork, now: datetime) -> FileCard:
    """The union a file was offered to takes it, with household and open needs, or does not. Nothing is lost."""
    with uow:
        file = uow.get(HardshipFile, file_id, lock=True)
        to = uow.session.get(Unit, file.transfer_to_unit_id) if file.transfer_to_unit_id else None
        if to is None or not may(by, Action.EDIT_FILES, Reach(unit_path=to.path)):
            raise NotFound()
        household = uow.get(Household, file.household_id, lock=True)
        case = FileCase(file, household, uow.get(Unit, file.unit_id))
        file.transfer_to_unit_id = None
        act = FileAct.TAKE_TRANSFER if takes else FileAct.REFUSE_TRANSFER
        before = file.unit_id
        if takes:
            file.unit_id = household.unit_id = to.id or 0
            household.division_code = to.division_code or household.division_code
            end_contact_out_of_reach(uow, household, to, by, now)
            uow.session.exec(
                update(Need)
                .where(col(Need.household_id) == household.id, col(Need.status) == NeedStatus.OPEN)
                .values(unit_id=to.id, division_code=household.division_code)
            )
        take_file_step(uow, case, act, by=by, at=now, from_unit_id=before, to_unit_id=to.id)
        uow.commit()
        return case.card()
