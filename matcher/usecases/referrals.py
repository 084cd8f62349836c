"""Referring a case up, down or sideways (R46): sent, accepted, contacted, proposed, delivered; each on a clock.

Until a referral is accepted its receiver sees what the referral says and nothing of the file; with the acceptance
the need becomes theirs, with what is proposed and not yet decided. Sending and answering are never one person, nor
one unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select

from matcher.domain import network, response
from matcher.domain.access import Action, Actor, Reach, may, within
from matcher.domain.lifecycle import OPEN
from matcher.domain.network_terms import ReferralAct, ReferralReason, ReferralStatus, ResponseLane
from matcher.domain.terms import NeedStatus
from matcher.errors import FieldProblem, InvalidFields, NotFound, NotPermitted, WrongState
from matcher.store.queries.referrals import receivers
from matcher.store.tables import Household, Need, Proposal, Referral, ReferralStep, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.casework import screened_note
from matcher.usecases.family_names import names_of
from matcher.usecases.guard import require
from matcher.usecases.persons import accounts_of_person
from matcher.usecases.rules import Rules

UNDER_WAY = frozenset(response.STAGES)
NEEDS_REASON = frozenset({ReferralAct.RETURN})
STAMPS: Mapping[ReferralAct, str] = {
    ReferralAct.ACCEPT: "accepted_at",
    ReferralAct.CONTACT: "contacted_at",
    ReferralAct.PROPOSE: "proposed_at",
    ReferralAct.DELIVER: "delivered_at",
}


@dataclass(frozen=True, slots=True)
class ReferralCard:
    """A referral after an act."""

    id: int
    need_id: int
    status: ReferralStatus
    due_at: datetime | None
    version: int


def refer_need(
    need_id: int,
    to_unit_id: int | None,
    reason: ReferralReason | None,
    *,
    lane: ResponseLane = ResponseLane.ORDINARY,
    note: str = "",
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    rules: Rules,
) -> ReferralCard:
    """Send a need to another unit: one above, one below, or one beside ours. Its clock starts now.

    Raises InvalidFields beside `to_unit`, `reason` or `note`, WrongState while another referral of it is under way
    or the need is closed, NotFound or NotPermitted.
    """
    with uow:
        need = uow.get(Need, need_id, lock=True)
        home = uow.get(Unit, need.unit_id)
        require(by, Action.ANSWER_REFERRALS, Reach(unit_path=home.path))
        problems = []
        offered = {unit.id: unit for unit in receivers(uow.session, by, home)}
        if to_unit_id not in offered:
            problems.append(FieldProblem("to_unit", "choose_unit"))
        if reason is None:
            problems.append(FieldProblem("reason", "choose_reason"))
        if problems or reason is None or to_unit_id is None:
            raise InvalidFields(problems)
        if need.status is not NeedStatus.OPEN or under_way(uow, need_id):
            raise WrongState(state=need.status.value, wanted=ReferralAct.SEND.value)
        row = uow.add(
            Referral(
                need_id=need_id,
                from_unit_id=need.unit_id,
                to_unit_id=to_unit_id,
                way=network.way_between(home.path, uow.get(Unit, to_unit_id).path),
                lane=lane,
                reason=reason,
                note=_note(uow, need, note),
                rules=rules.policy.version,
                sent_at=now,
                created_at=now,
                updated_at=now,
            )
        )
        start_clock(row, rules, now)
        step(uow, row, ReferralAct.SEND, by=by, now=now, unit_id=by.unit_id or need.unit_id, reason=reason)
        uow.tell(
            "referral_sent", dedupe=f"referral:{row.id}:sent", at=now, send_after=now, to_unit_id=to_unit_id,
            params={"referral_id": row.id},
        )  # fmt: skip
        uow.commit()
        return _card(row)


def answer_referral(
    referral_id: int,
    act: ReferralAct,
    *,
    reason: ReferralReason | None = None,
    note: str = "",
    seen_version: int,
    by: Actor,
    uow: UnitOfWork,
    now: datetime,
    rules: Rules,
) -> ReferralCard:
    """Accept, contact, propose, deliver or give back; withdraw is the sender's.

    Raises NotFound outside one's reach, NotPermitted for everybody but the unit it was sent to (or one above that
    was told of a delay), StaleVersion, WrongState for a stage out of order, InvalidFields beside `reason`.
    """
    with uow:
        row = uow.get(Referral, referral_id, lock=True)
        _require_answer(uow, row, act, by)
        to = response.MOVES.get((row.status, act))
        if to is None:
            raise WrongState(state=row.status.value, wanted=act.value)
        if act in NEEDS_REASON and reason is None:
            raise InvalidFields([FieldProblem("reason", "choose_reason")])
        uow.touch(row, seen_version=seen_version, at=now)
        need = uow.get(Need, row.need_id, lock=True)
        was_accepted = row.accepted_at is not None
        words = _note(uow, need, note)
        step(uow, row, act, by=by, now=now, unit_id=by.unit_id or row.to_unit_id, reason=reason, note=words)
        row.status = to
        if act in STAMPS:
            setattr(row, STAMPS[act], now)
        if act is ReferralAct.ACCEPT:
            give_need(uow, need, row.to_unit_id, now)
        elif act is ReferralAct.RETURN and was_accepted:
            give_need(uow, need, row.from_unit_id, now)
        start_clock(row, rules, now)
        uow.commit()
        return _card(row)


def under_way(uow: UnitOfWork, need_id: int) -> bool:
    query = select(Referral.id).where(Referral.need_id == need_id, col(Referral.status).in_(UNDER_WAY))
    return uow.session.exec(query).first() is not None


def start_clock(row: Referral, rules: Rules, now: datetime) -> None:
    """Set the clock of the stage that begins now, from the rules in force today."""
    lane = rules.policy.response.get(row.lane) or rules.policy.response.get(ResponseLane.ORDINARY) or {}
    clock = response.clock_for(row.status, lane)
    row.due_at = response.due(now, clock, rules.calendar) if clock else None
    row.escalate_at, row.rules = row.due_at, rules.policy.version


def step(
    uow: UnitOfWork,
    row: Referral,
    act: ReferralAct,
    *,
    by: Actor | None,
    now: datetime,
    unit_id: int,
    reason: ReferralReason | None = None,
    note: str = "",
) -> None:
    """Write down a step, with how late it came; the trail gets ids and codes."""
    late = max(0, int((now - row.due_at).total_seconds() // 60)) if row.due_at else 0
    account = by.account_id if by else None
    uow.add(
        ReferralStep(
            referral_id=row.id or 0, action=act, unit_id=unit_id, reason=reason, note=note, late_minutes=late,
            by_account_id=account, at=now,
        )
    )  # fmt: skip
    told = {"reason": reason.value if reason else None, "late": late or None, "unit": unit_id}
    uow.record(by, f"referral:{act.value}", row, at=now, **{k: v for k, v in told.items() if v is not None})


def give_need(uow: UnitOfWork, need: Need, unit_id: int, now: datetime) -> None:
    """Make a unit answer for a need, and for its proposals that nobody has decided."""
    need.unit_id, need.updated_at = unit_id, now
    uow.session.execute(
        update(Proposal)
        .where(col(Proposal.need_id) == need.id, col(Proposal.status).in_(OPEN))
        .values(unit_id=unit_id, updated_at=now)
    )


def _require_answer(uow: UnitOfWork, row: Referral, act: ReferralAct, by: Actor) -> None:
    sender, receiver = uow.get(Unit, row.from_unit_id), uow.get(Unit, row.to_unit_id)
    if not any(within(by, Reach(unit_path=unit.path)) for unit in (sender, receiver)):
        raise NotFound()
    if not may(by, Action.ANSWER_REFERRALS):
        raise NotPermitted()
    if act is ReferralAct.WITHDRAW:
        if not within(by, Reach(unit_path=sender.path)) or by.unit_id == receiver.id:
            raise NotPermitted()
    elif by.unit_id not in (row.to_unit_id, row.watch_unit_id) or _sent_by(uow, row) in accounts_of_person(
        uow, by.account_id
    ):
        raise NotPermitted()


def _sent_by(uow: UnitOfWork, row: Referral) -> int | None:
    query = select(ReferralStep.by_account_id).where(
        ReferralStep.referral_id == row.id, ReferralStep.action == ReferralAct.SEND
    )
    return uow.session.exec(query).first()


def _note(uow: UnitOfWork, need: Need, note: str) -> str:
    if len(note.strip()) > 500:
        raise InvalidFields([FieldProblem("note", "too_long")])
    return screened_note(note, names=names_of(uow, uow.get(Household, need.household_id))) or ""


def _card(row: Referral) -> ReferralCard:
    return ReferralCard(row.id or 0, row.need_id, row.status, row.due_at, row.version)
