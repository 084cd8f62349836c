"""Needs: registering, changing, asking whether they still stand, taking them back (R16, R24).

The original wording is sealed; matching and lists read its screened form. Changing conditions raises the version,
so that proposals made from the old ones cannot be confirmed. What a donor was promised for is never touched.
"""

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Protocol

from sqlmodel import col, select

from matcher.clock import business_date
from matcher.domain.access import Action, Actor
from matcher.domain.kinds import duty_of, proposed_tier
from matcher.domain.lifecycle import HOLDING, OPEN
from matcher.domain.screening import screen
from matcher.domain.terms import (
    FileStatus,
    NeedStatus,
    ProposalAction,
    ProposalStatus,
    RevealPurpose,
    TierReason,
    WithdrawReason,
)
from matcher.errors import FieldProblem, InvalidFields, WrongState
from matcher.store import stock
from matcher.store.tables import Division, Household, Need, Proposal, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.casework import lock_sides, take_step
from matcher.usecases.family_names import names_of
from matcher.usecases.guard import reach_of_family, require
from matcher.usecases.ladder import move_tier
from matcher.usecases.need_input import NeedInput, amount_of, need_problems

EDITABLE = frozenset({NeedStatus.OPEN, NeedStatus.EXPIRED})
TITLE_LENGTH = 20


@dataclass(frozen=True, slots=True)
class NeedCard:
    """A need after an act: what a door needs to say so."""

    id: int
    code: str
    title: str
    status: NeedStatus
    version: int
    household_id: int
    case_code: str
    ended_proposals: int = 0  # proposals nobody had decided, ended by this act


def register_need(
    household_id: int,
    need: NeedInput,
    *,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    created_on: date | None = None,
) -> NeedCard:
    """Write down what a family needs; it is open for matching at once.

    `created_on` is for needs told earlier and written down now (imports). Raises InvalidFields, NotFound or
    NotPermitted; then nothing is written.
    """
    with uow:
        household = uow.get(Household, household_id)
        unit = uow.get(Unit, household.unit_id)
        require(by, Action.EDIT_NEEDS, reach_of_family(household, unit))
        today = business_date(now)
        _check(uow, need_problems(need, today=today), need, created_on=created_on, today=today)
        row = Need(
            code=uuid.uuid4().hex,
            household_id=household_id,
            unit_id=household.unit_id,
            created_on=created_on or today,
            last_confirmed_on=today,
            created_at=now,
            updated_at=now,
            **columns_of(need, household, names_of(uow, household)),
        )
        uow.add(row)
        row.code = code_of(row.id or 0, now)
        uow.record(by, "need:register", row, at=now)
        uow.commit()
        return _card(row, household)


def edit_need(
    need_id: int, need: NeedInput, *, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime
) -> NeedCard:
    """Change what was said. A need past its date opens again with a later one. Its tier changes only with its
    category here (`tiers.py` otherwise).

    Raises InvalidFields (also for less than what is promised already), NotFound, NotPermitted, StaleVersion or
    WrongState.
    """
    with uow:
        row, household = _locked(uow, need_id, by)
        _in_state(row, EDITABLE, "edit")
        known = row.deadline if row.status is not NeedStatus.EXPIRED else None
        problems = need_problems(need, today=business_date(now), known_deadline=known)
        _check(uow, (*problems, *_promised_problems(row, need)), need)
        uow.touch(row, seen_version=seen_version, at=now)
        values = columns_of(_with_story(need, row), household, names_of(uow, household))
        tier = values.pop("tier")  # otherwise changed by an act of its own, with its reason
        if need.category is not row.category and tier is not row.tier:
            move_tier(uow, row, tier, TierReason.WRONG, by, now)
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, values[name])
        row.last_confirmed_on = business_date(now)
        uow.session.flush()
        stock.reopen_need(uow.session, need_id, row.status)
        uow.session.refresh(row)
        uow.record(by, "need:edit", row, at=now, fields=sorted(changed))
        uow.commit()
        return _card(row, household)


def withdraw_need(
    need_id: int, *, reason: WithdrawReason, seen_version: int, by: Actor, uow: UnitOfWork, now: datetime
) -> NeedCard:
    """Take a need back. Proposals nobody has decided end with it; what is promised must be taken back first.

    Raises NotFound, NotPermitted, StaleVersion or WrongState.
    """
    with uow:
        undecided = _undecided(uow, need_id)
        row, household = _locked(uow, need_id, by)
        _in_state(row, EDITABLE, "withdraw")
        if row.promised > row.met or _has(uow, need_id, HOLDING - {ProposalStatus.DELIVERED}):
            raise WrongState("need_promised", state=row.status.value, wanted="withdraw")
        uow.touch(row, seen_version=seen_version, at=now)
        for proposal in undecided:
            _end(uow, proposal, by=by, now=now)
        not_wanted = reason is WithdrawReason.NOT_WANTED
        row.status = NeedStatus.NOT_WANTED if not_wanted else NeedStatus.WITHDRAWN
        row.withdraw_reason = reason
        uow.record(by, "need:withdraw", row, at=now, reason=reason.value)
        uow.commit()
        return _card(row, household, len(undecided))


def confirm_need_still_open(need_id: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> NeedCard:
    """Note that somebody asked and it is still needed. Conditions and version stay. Raises NotFound, NotPermitted
    or WrongState."""
    with uow:
        row, household = _locked(uow, need_id, by)
        _in_state(row, frozenset({NeedStatus.OPEN}), "still_open")
        row.last_confirmed_on, row.updated_at = business_date(now), now
        uow.record(by, "need:still_open", row, at=now)
        uow.commit()
        return _card(row, household)


def reveal_story(need_id: int, *, purpose: RevealPurpose, by: Actor, uow: UnitOfWork, now: datetime) -> str:
    """The original wording, for one look that is written down; the screened one when nothing was sealed.

    Raises NotFound or NotPermitted.
    """
    with uow:
        row = uow.get(Need, need_id)
        household = uow.get(Household, row.household_id)
        require(by, Action.REVEAL_PERSON, reach_of_family(household, uow.get(Unit, row.unit_id)))
        uow.record(by, "need:reveal", row, at=now, purpose=purpose.value)
        uow.commit()
        return row.story or row.text


class Home(Protocol):
    """What a need takes over from its household."""

    @property
    def division_code(self) -> str:
        """Where it lives, GB/T 2260."""

    @property
    def file_status(self) -> FileStatus:
        """Whether its hardship file is 在档."""


def code_of(need_id: int, now: datetime) -> str:
    """XQ1901-00042: what people call a need by."""
    return f"XQ{now:%y%m}-{need_id:05d}"


def columns_of(need: NeedInput, household: Home, names: Iterable[str] = ()) -> dict[str, Any]:
    """The need's own columns, as stored; `names` are masked in what others read of it."""
    quantity, unit = amount_of(need)
    names = tuple(names)
    text = screen(need.story.strip(), names)
    on_file = household.file_status is FileStatus.ACTIVE
    return {
        "category": need.category,
        "tier": need.tier or proposed_tier(need.category, on_file=on_file),
        "duty": duty_of(need.category),
        "title": screen(need.title.strip(), names)[:40] or title_from(text),
        "text": text,
        "story": need.story.strip(),
        "division_code": need.division_code or household.division_code,
        "quantity": quantity,
        "unit": unit,
        "is_divisible": need.is_divisible,
        "urgency": need.urgency,
        "deadline": need.deadline,
        "self_paid_left": need.self_paid_left,
        "age": need.age,
        "school_stage": need.school_stage,
        "route_from": screen(need.route_from.strip()) or None,
        "route_to": screen(need.route_to.strip()) or None,
    }


def title_from(text: str) -> str:
    """A few words for lists: the first clause of the screened text."""
    clause = re.split(r"[，。；！？,.;!?\n]", text.strip(), maxsplit=1)[0].strip() or text.strip()
    return clause if len(clause) <= TITLE_LENGTH else clause[: TITLE_LENGTH - 1] + "…"


def _check(
    uow: UnitOfWork,
    problems: tuple[FieldProblem, ...],
    need: NeedInput,
    *,
    created_on: date | None = None,
    today: date | None = None,
) -> None:
    found = {problem.field: problem for problem in reversed(problems)}
    if need.division_code and uow.session.get(Division, need.division_code) is None:
        found["division_code"] = FieldProblem("division_code", "place_unknown")
    if created_on and today and created_on > today:
        found["created_on"] = FieldProblem("created_on", "date_future")
    if created_on and need.deadline and need.deadline < created_on:
        found.setdefault("deadline", FieldProblem("deadline", "deadline_before_created"))
    if found:
        raise InvalidFields(tuple(found.values()))


def _with_story(need: NeedInput, row: Need) -> NeedInput:
    """Who edits sees the screened words; left as they are, the original wording stays."""
    return replace(need, story=row.story) if row.story and need.story.strip() == row.text else need


def _promised_problems(row: Need, need: NeedInput) -> tuple[FieldProblem, ...]:
    if not row.promised or need.quantity is None:
        return ()
    quantity, unit = amount_of(need)
    if unit != row.unit:
        return (FieldProblem("unit", "unit_promised", {"promised": row.promised, "unit": row.unit}),)
    if quantity < row.promised:
        return (FieldProblem("quantity", "below_promised", {"promised": row.promised, "unit": row.unit}),)
    return ()


def _locked(uow: UnitOfWork, need_id: int, by: Actor) -> tuple[Need, Household]:
    """The need and its household, household locked first as everywhere."""
    household_id = uow.get(Need, need_id).household_id
    household = uow.get(Household, household_id, lock=True)
    row = uow.get(Need, need_id, lock=True)
    require(by, Action.EDIT_NEEDS, reach_of_family(household, uow.get(Unit, row.unit_id)))
    return row, household


def _in_state(row: Need, states: frozenset[NeedStatus], wanted: str) -> None:
    if row.status not in states:
        raise WrongState(state=row.status.value, wanted=wanted)


def _has(uow: UnitOfWork, need_id: int, states: frozenset[ProposalStatus]) -> bool:
    query = select(Proposal.id).where(Proposal.need_id == need_id, col(Proposal.status).in_(states)).limit(1)
    return uow.session.exec(query).first() is not None


def _undecided(uow: UnitOfWork, need_id: int) -> Sequence[Proposal]:
    """Proposals waiting for a decision, locked; proposals are locked before households, as in casework."""
    waiting = select(Proposal).where(Proposal.need_id == need_id, col(Proposal.status).in_(OPEN))
    return uow.session.exec(waiting.order_by(col(Proposal.id)).with_for_update()).all()


def _end(uow: UnitOfWork, proposal: Proposal, *, by: Actor, now: datetime) -> None:
    act, to = ProposalAction.SUPERSEDE, ProposalStatus.SUPERSEDED
    take_step(uow, lock_sides(uow, proposal), act, to=to, by=by, at=now, reason="need_withdrawn")


def _card(row: Need, household: Household, ended: int = 0) -> NeedCard:
    return NeedCard(
        id=row.id or 0,
        code=row.code,
        title=row.title,
        status=row.status,
        version=row.version,
        household_id=row.household_id,
        case_code=household.case_code,
        ended_proposals=ended,
    )
