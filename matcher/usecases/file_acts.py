"""What may be done to a file now, and by whom: the same rules that every act asks, asked beforehand for the page."""

from collections.abc import Mapping

from matcher.domain import file_life as life
from matcher.domain.access import Action, Actor, may
from matcher.domain.file_terms import FileAct
from matcher.store.tables import HardshipFile, Household, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.file_case import FileCase, NotThisPerson, require_person

ACTIONS: Mapping[FileAct, Action] = {
    FileAct.SUBMIT: Action.EDIT_FILES,
    FileAct.PASS_FIRST: Action.REVIEW_FILES,
    FileAct.VISIT: Action.VISIT_FAMILIES,
    FileAct.SIGN_VISIT: Action.VISIT_FAMILIES,
    FileAct.CHECK: Action.REVIEW_FILES,
    FileAct.ANSWER: Action.REVIEW_FILES,
    FileAct.PASS_COUNTY: Action.REVIEW_FILES,
    FileAct.PASS_CITY: Action.REVIEW_FILES,
    FileAct.RETURN: Action.REVIEW_FILES,
    FileAct.CERTIFY: Action.REVIEW_FILES,
    FileAct.RENEW: Action.REVIEW_FILES,
    FileAct.LEAVE_OUT: Action.REVIEW_FILES,
    FileAct.LEAVE_EASED: Action.REVIEW_FILES,
    FileAct.WATCH: Action.VISIT_FAMILIES,
    FileAct.RELAPSE: Action.VISIT_FAMILIES,
    FileAct.WITHDRAW: Action.REVIEW_FILES,
    FileAct.ASK_TRANSFER: Action.EDIT_FILES,
}
"""The right each act needs; the others (opening, objecting, taking over, undoing) have doors of their own."""


def acts_of(uow: UnitOfWork, file: HardshipFile, by: Actor) -> dict[FileAct, str | None]:
    """Acts that the file's state allows and the actor's role does: None where this person may take it, else the code
    of why somebody else must (own_file, made_it, other_level, second_person, wrong_unit)."""
    case = FileCase(file, uow.get(Household, file.household_id), uow.get(Unit, file.unit_id))
    wanted = [act for act, action in ACTIONS.items() if (file.state, act) in life.TABLE and may(by, action)]
    return {act: _problem(uow, case, act, by) for act in wanted}


def _problem(uow: UnitOfWork, case: FileCase, act: FileAct, by: Actor) -> str | None:
    try:
        require_person(uow, case, act, by)
    except NotThisPerson as refused:
        return refused.code
    return None
