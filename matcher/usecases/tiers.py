"""Moving a need on the ladder of help (梯度帮扶, R42), and families that should have a file: what people do."""

from datetime import datetime

from matcher.domain.access import Action, Actor
from matcher.domain.file_terms import FilingReason, FilingState
from matcher.domain.terms import FileStatus, Tier, TierReason
from matcher.domain.tiers import BY_HAND, TierRules
from matcher.errors import FieldProblem, InvalidFields, WrongState
from matcher.store.queries.ladder import open_filing_task
from matcher.store.tables import FilingTask, Household, Need, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.casework import screened_note
from matcher.usecases.family_names import names_of
from matcher.usecases.guard import reach_of_family, require
from matcher.usecases.ladder import MOVABLE, ask_for_file, close_task, move_tier


def move_need_to_tier(
    need_id: int, tier: Tier | None, reason: TierReason | None, *, by: Actor, uow: UnitOfWork, now: datetime
) -> None:
    """Hand an open need over to another tier, with the reason. Conditions, proposals and promises stay as they are.

    Raises InvalidFields without a tier or a reason, for the tier it is on, or for T1 without a file; NotFound,
    NotPermitted, or WrongState once the need is closed.
    """
    with uow:
        household_id = uow.get(Need, need_id).household_id
        household = uow.get(Household, household_id, lock=True)
        need = uow.get(Need, need_id, lock=True)
        require(by, Action.EDIT_NEEDS, reach_of_family(household, uow.get(Unit, need.unit_id)))
        if need.status not in MOVABLE:
            raise WrongState(state=need.status.value, wanted="edit")
        problems = []
        if tier is None or tier is need.tier:
            problems.append(FieldProblem("tier", "choose_other_tier"))
        elif tier is Tier.T1 and household.file_status is not FileStatus.ACTIVE:
            problems.append(FieldProblem("tier", "tier_needs_file"))
        if reason not in BY_HAND:
            problems.append(FieldProblem("tier_reason", "choose_tier_reason"))
        if problems or tier is None or reason is None:
            raise InvalidFields(problems)
        move_tier(uow, need, tier, reason, by, now)
        uow.commit()


def suggest_filing(
    household_id: int, note: str, *, by: Actor, uow: UnitOfWork, now: datetime, rules: TierRules
) -> FilingTask:
    """Somebody saw that the hardship lasts: the family should have a file. Says why; twice is once.

    Raises InvalidFields without a word, WrongState for a family on file, NotFound or NotPermitted.
    """
    with uow:
        household = _family(uow, household_id, by, Action.EDIT_NEEDS)
        if household.file_status is FileStatus.ACTIVE:
            raise WrongState(state=household.file_status.value, wanted="suggest_filing")
        words = screened_note(note, names=names_of(uow, household))
        if not words:
            raise InvalidFields([FieldProblem("filing_note", "say_what_was_seen")])
        task = open_filing_task(uow.session, household_id)
        if task is None:
            task = ask_for_file(uow, household, FilingReason.LASTING, rules, by, now, note=words)
        uow.commit()
        return task


def drop_filing(household_id: int, note: str, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime) -> None:
    """The family does not get a file after all; says why. Raises InvalidFields, StaleVersion, WrongState, NotFound."""
    with uow:
        household = _family(uow, household_id, by, Action.EDIT_FILES)
        task = open_filing_task(uow.session, household_id)
        if task is None:
            raise WrongState(state=FilingState.DONE.value, wanted="drop")
        words = screened_note(note, names=names_of(uow, household))
        if not words:
            raise InvalidFields([FieldProblem(f"note-{household_id}", "say_why")])
        uow.touch(task, seen_version=seen_version, at=now)
        close_task(uow, task, FilingState.DROPPED, by, now, note=words)
        uow.commit()


def _family(uow: UnitOfWork, household_id: int, by: Actor, action: Action) -> Household:
    household = uow.get(Household, household_id, lock=True)
    require(by, action, reach_of_family(household, uow.get(Unit, household.unit_id)))
    return household
