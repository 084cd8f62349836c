"""One person, one key: numbers two households share, found by fingerprints, decided by whoever stands above both.

The unit that filed learns only that there is a question; of the other household nothing is shown to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, or_, select

from matcher.domain.access import Action, Actor, Reach, may
from matcher.domain.file_terms import DuplicateState, FileAct, FileState, KeyKind, LeaveReason
from matcher.domain.terms import FileStatus
from matcher.errors import Conflict, FieldProblem, InvalidFields, NotFound, NotPermitted, WrongState
from matcher.store.crypto import keyring
from matcher.store.facts import IDS_AT_ONCE
from matcher.store.tables import DuplicateCase, HardshipFile, Household, PersonKey, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.file_case import FileCase, take_file_step
from matcher.usecases.households import CARD_PURPOSE, ID_PURPOSE

HOUSEHOLD_COLUMNS = {
    KeyKind.ID: (ID_PURPOSE, col(Household.id_card_index)),
    KeyKind.CARD: (CARD_PURPOSE, col(Household.bank_card_index)),
}
NUMBER_PURPOSE = "person_key.number"
DECISIVE = (KeyKind.ID, KeyKind.CARD)
"""Families share a phone, but neither a resident number nor a bank card."""
UNDO_DAYS = 30


@dataclass(frozen=True, slots=True)
class Side:
    """One of two households beside the other, for whoever may see both."""

    household_id: int
    file_id: int | None
    case_code: str
    unit_name: str
    head_name: str
    id_card: str | None
    phone: str | None
    township: str
    size: int
    file_state: FileState | None
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with its two sides: `mine` is the newer file, `other` the household that was there before."""

    case: DuplicateCase
    mine: Side
    other: Side


def look_for_duplicates(
    uow: UnitOfWork, file: HardshipFile, numbers: Sequence[tuple[KeyKind, str]], *, at: datetime
) -> None:
    """Open a question for every other household with one of these numbers; a number that was corrected closes its."""
    for kind in {kind for kind, _number in numbers} & set(DECISIVE):
        holders = holders_of(uow, kind, [number for k, number in numbers if k is kind])
        found = {household_id for households in holders.values() for household_id in households} - {file.household_id}
        asked = uow.session.exec(
            select(DuplicateCase).where(DuplicateCase.file_id == file.id, DuplicateCase.kind == kind)
        ).all()
        for case in asked:
            if case.other_household_id not in found and case.state is DuplicateState.OPEN:
                case.state, case.decided_at = DuplicateState.DIFFERENT, at
        for household_id in found - {case.other_household_id for case in asked}:
            row = DuplicateCase(file_id=file.id or 0, other_household_id=household_id, kind=kind, found_at=at)
            uow.add(row)
            uow.record(None, "duplicate:found", row, at=at, file_id=file.id, kind=kind.value)


def holders_of(uow: UnitOfWork, kind: KeyKind, numbers: Sequence[str]) -> dict[str, set[int]]:
    """Households in which each number stands, under any key in use; withdrawn files do not count."""
    found: dict[str, set[int]] = {}
    purpose, column = HOUSEHOLD_COLUMNS[kind]
    withdrawn = select(HardshipFile.household_id).where(HardshipFile.state == FileState.WITHDRAWN)
    for first in range(0, len(numbers), IDS_AT_ONCE):
        part = numbers[first : first + IDS_AT_ONCE]
        in_files = {mark: number for number in part for mark in keyring().indexes(number, NUMBER_PURPOSE)}
        files = (
            select(PersonKey.number_index, HardshipFile.household_id)
            .join(HardshipFile, col(PersonKey.file_id) == col(HardshipFile.id))
            .where(
                PersonKey.kind == kind,
                col(PersonKey.number_index).in_(list(in_files)),
                HardshipFile.state != FileState.WITHDRAWN,
            )
        )
        for mark, household_id in uow.session.exec(files).all():
            found.setdefault(in_files[mark], set()).add(household_id)
        in_heads = {mark: number for number in part for mark in keyring().indexes(number, purpose)}
        heads = select(column, Household.id).where(column.in_(list(in_heads)), col(Household.id).not_in(withdrawn))
        for head_mark, other_id in uow.session.exec(heads).all():
            found.setdefault(in_heads[str(head_mark)], set()).add(other_id or 0)
    return found


def list_pairs(*, by: Actor, uow: UnitOfWork, now: datetime) -> list[Pair]:
    """Questions in which both households lie in the actor's reach, open ones first; looking at them is written down.

    Raises NotPermitted.
    """
    if not may(by, Action.DECIDE_DUPLICATES):
        raise NotPermitted()
    with uow:
        query = select(DuplicateCase).order_by(col(DuplicateCase.decided_at).is_not(None), col(DuplicateCase.id).desc())
        since = or_(col(DuplicateCase.decided_at).is_(None), col(DuplicateCase.decided_at) > now - timedelta(days=30))
        found = [_pair(uow, case) for case in uow.session.exec(query.where(since).limit(500)).all()]
        pairs = [pair for pair in found if _sees_both(uow, pair.case, by)]
        for pair in pairs:
            uow.record(by, "duplicate:read", pair.case, at=now)
        uow.commit()
        return pairs


def _pair(uow: UnitOfWork, case: DuplicateCase) -> Pair:
    file = uow.get(HardshipFile, case.file_id)
    return Pair(case, _side(uow, file.household_id), _side(uow, case.other_household_id))


def _side(uow: UnitOfWork, household_id: int) -> Side:
    h = uow.get(Household, household_id)
    file = uow.session.exec(select(HardshipFile).where(HardshipFile.household_id == household_id)).first()
    return Side(
        household_id, file.id if file else None, h.case_code, uow.get(Unit, h.unit_id).name, h.head_name, h.id_card,
        h.phone, h.township, h.size, file.state if file else None, h.created_at,
    )  # fmt: skip


def _sees_both(uow: UnitOfWork, case: DuplicateCase, by: Actor) -> bool:
    file, other = uow.get(HardshipFile, case.file_id), uow.get(Household, case.other_household_id)
    paths = (uow.get(Unit, file.unit_id).path, uow.get(Unit, other.unit_id).path)
    return all(may(by, Action.DECIDE_DUPLICATES, Reach(unit_path=path)) for path in paths)


def decide_duplicate(
    case_id: int, decision: DuplicateState | None, note: str, *, by: Actor, uow: UnitOfWork, now: datetime
) -> DuplicateCase:
    """Say that both are the same household (the newer file is withdrawn, the one before stays) or that they are not.

    Raises InvalidFields without a decision or a reason, NotFound when either side is out of reach, WrongState when
    it was decided already.
    """
    with uow:
        case, file = _open(uow, case_id, by)
        if case.state is not DuplicateState.OPEN:
            raise WrongState(state=case.state.value, wanted="decide")
        problems = [] if decision in (DuplicateState.SAME, DuplicateState.DIFFERENT) else ["decision"]
        if problems or decision is None:
            raise InvalidFields([FieldProblem("decision", "choose_decision")])
        if not note.strip():
            raise InvalidFields([FieldProblem("note", "say_why")])
        case.state, case.note = decision, note.strip()[:500]
        case.decided_by, case.decided_at = by.account_id, now
        if decision is DuplicateState.SAME:
            case.before_state = file.state
            whole = FileCase(file, uow.get(Household, file.household_id), uow.get(Unit, file.unit_id))
            if whole.household.file_status is FileStatus.ACTIVE:  # no money goes to a household that is off file
                whole.household.file_status = FileStatus.CLOSED
            take_file_step(uow, whole, FileAct.WITHDRAW, by=by, at=now, reason=LeaveReason.DUPLICATE.value)
        uow.record(by, f"duplicate:{decision.value}", case, at=now, file_id=file.id)
        uow.commit()
        return case


def undo_duplicate(case_id: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> DuplicateCase:
    """Take a decision back within 30 days: the question is open again, a file withdrawn by it stands where it stood."""
    with uow:
        case, file = _open(uow, case_id, by)
        if case.state is DuplicateState.OPEN or case.decided_at is None or case.decided_by is None:
            raise WrongState(state=case.state.value, wanted="undo")
        if now - _aware(case.decided_at, now) > timedelta(days=UNDO_DAYS):
            raise Conflict("undo_over")
        if case.state is DuplicateState.SAME and case.before_state is not None:
            whole = FileCase(file, uow.get(Household, file.household_id), uow.get(Unit, file.unit_id))
            if case.before_state is FileState.ACTIVE:
                whole.household.file_status = FileStatus.ACTIVE
            take_file_step(uow, whole, FileAct.UNDO_MERGE, by=by, at=now, to=case.before_state)
        case.state, case.decided_by, case.decided_at, case.before_state = DuplicateState.OPEN, None, None, None
        uow.record(by, "duplicate:undo", case, at=now, file_id=file.id)
        uow.commit()
        return case


def _open(uow: UnitOfWork, case_id: int, by: Actor) -> tuple[DuplicateCase, HardshipFile]:
    case = uow.get(DuplicateCase, case_id, lock=True)
    if not may(by, Action.DECIDE_DUPLICATES):
        raise NotPermitted()
    if not _sees_both(uow, case, by):
        raise NotFound()
    return case, uow.get(HardshipFile, case.file_id, lock=True)


def _aware(moment: datetime, now: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)
