"""The visit at home by two people, and objections to a public notice."""

import json
from collections.abc import Mapping
from datetime import date, datetime

from sqlmodel import col, func, select

from matcher.clock import business_date
from matcher.domain import file_life as life
from matcher.domain.access import Action, Actor
from matcher.domain.file_terms import FileAct, FileReturnReason, FileState, ObjectionState
from matcher.errors import Conflict, FieldProblem, InvalidFields, NotFound, WrongState
from matcher.store.tables import FileObjection, FileVisit, HardshipFile, Household, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.file_case import FileCard, FileCase, NotThisPerson, open_file_case, require_person, take_file_step

FINDINGS = ("who_was_met", "housing_seen", "living_seen", "differs", "needs")
LONGEST = 1000
MOST_OBJECTIONS = 50
"""Open objections to one notice; more of them change nothing and are not taken."""


def record_visit(
    file_id: int, visited_on: date | None, findings: Mapping[str, str], *, by: Actor, uow: UnitOfWork, now: datetime
) -> FileCard:
    """Write down what the two saw. It counts when a second person signs it; another record replaces an unsigned one.

    Raises InvalidFields, NotThisPerson, WrongState.
    """
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.VISIT_FAMILIES)
        life.move(case.file.state, FileAct.VISIT)
        require_person(uow, case, FileAct.VISIT, by)
        problems = list(_visit_problems(case.file, visited_on, findings, business_date(now)))
        if problems or visited_on is None:
            raise InvalidFields(problems)
        told = {name: findings.get(name, "").strip() for name in FINDINGS}
        visit = FileVisit(
            file_id=file_id,
            visited_on=visited_on,
            findings=json.dumps(told, ensure_ascii=False),
            first_account_id=by.account_id,
            at=now,
        )
        uow.add(visit)
        take_file_step(uow, case, FileAct.VISIT, by=by, at=now, visit_id=visit.id)
        uow.commit()
        return case.card()


def findings_of(visit: FileVisit) -> dict[str, str]:
    """What the two wrote, by name."""
    return {name: str(value) for name, value in json.loads(visit.findings).items()}


def _visit_problems(
    file: HardshipFile, visited_on: date | None, findings: Mapping[str, str], today: date
) -> list[FieldProblem]:
    problems = []
    if visited_on is None:
        problems.append(FieldProblem("visited_on", "choose_date"))
    elif visited_on > today:
        problems.append(FieldProblem("visited_on", "date_future"))
    elif file.submitted_on and visited_on < file.submitted_on:
        problems.append(FieldProblem("visited_on", "visit_before_submitted"))
    for name in ("who_was_met", "living_seen", "needs"):
        if not findings.get(name, "").strip():
            problems.append(FieldProblem(name, "visit_needs_" + name))
    problems += [
        FieldProblem(name, "too_long", {"most": LONGEST}) for name in FINDINGS if len(findings.get(name, "")) > LONGEST
    ]
    return problems


def sign_visit(file_id: int, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime) -> FileCard:
    """The second visitor signs the record; the file goes on to the data check. Raises NotThisPerson for the first."""
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.VISIT_FAMILIES)
        life.move(case.file.state, FileAct.SIGN_VISIT)
        require_person(uow, case, FileAct.SIGN_VISIT, by)
        visit = uow.session.exec(
            select(FileVisit).where(FileVisit.file_id == file_id).order_by(col(FileVisit.id).desc())
        ).first()
        if visit is None:
            raise NotThisPerson("second_person")
        visit.second_account_id, visit.signed_at = by.account_id, now
        take_file_step(uow, case, FileAct.SIGN_VISIT, by=by, at=now, seen_version=seen_version, visit_id=visit.id)
        uow.commit()
        return case.card()


def object_to_notice(token: str, text: str, contact: str, *, uow: UnitOfWork, now: datetime) -> None:
    """Somebody from the public objects while the notice stands. What they wrote is sealed, and read by the county.

    Raises InvalidFields, NotFound when the notice is down, Conflict when very many wait already.
    """
    with uow:
        file = uow.session.exec(
            select(HardshipFile).where(HardshipFile.notice_token == token).with_for_update()
        ).first()
        today = business_date(now)
        if file is None or file.state is not FileState.NOTICE or not file.notice_until or file.notice_until < today:
            raise NotFound()
        if len(text.strip()) < 10:
            raise InvalidFields([FieldProblem("text", "objection_too_short")])
        if len(text) > LONGEST or len(contact) > 60:
            raise InvalidFields([FieldProblem("text", "too_long", {"most": LONGEST})])
        waiting = select(func.count(col(FileObjection.id))).where(
            FileObjection.file_id == file.id, FileObjection.state == ObjectionState.OPEN
        )
        if uow.session.exec(waiting).one() >= MOST_OBJECTIONS:
            raise Conflict("many_objections")
        case = FileCase(file, uow.get(Household, file.household_id), uow.get(Unit, file.unit_id))
        uow.add(FileObjection(file_id=file.id or 0, told_at=now, text=text.strip(), contact=contact.strip() or None))
        take_file_step(uow, case, FileAct.OBJECT, by=None, at=now)
        uow.commit()


def answer_objection(
    file_id: int,
    objection_id: int,
    verdict: ObjectionState | None,
    answer: str,
    *,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
) -> FileCard:
    """Close an objection with what was found: it does not hold, or it holds and the file goes back."""
    with uow:
        case = open_file_case(uow, file_id, by=by, action=Action.REVIEW_FILES)
        objection = uow.get(FileObjection, objection_id, lock=True)
        if objection.file_id != file_id:
            raise NotFound()
        if objection.state is not ObjectionState.OPEN:
            raise WrongState(state=objection.state.value, wanted="answer")
        if verdict not in (ObjectionState.DISMISSED, ObjectionState.UPHELD):
            raise InvalidFields([FieldProblem("verdict", "choose_verdict")])
        act = FileAct.UPHOLD if verdict is ObjectionState.UPHELD else FileAct.ANSWER
        life.move(case.file.state, act)
        require_person(uow, case, act, by)
        if not answer.strip():
            raise InvalidFields([FieldProblem("answer", "say_what_was_found")])
        objection.state, objection.answer = verdict, answer.strip()[:LONGEST]
        objection.answered_by, objection.answered_at = by.account_id, now
        upheld = act is FileAct.UPHOLD
        if upheld:
            case.file.notice_token = case.file.notice_from = case.file.notice_until = None
        reason = FileReturnReason.OBJECTION.value if upheld else None
        take_file_step(uow, case, act, by=by, at=now, reason=reason, objection_id=objection_id)
        uow.commit()
        return case.card()
