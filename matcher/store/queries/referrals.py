"""Reading referrals: the queue with its clocks, one with its steps, and where a case may be sent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func

from matcher.domain.access import ALLOWED, Action, Actor
from matcher.domain.network import way_between
from matcher.domain.network_terms import ReferralAct, ReferralReason, ReferralStatus, ReferralWay, ResponseLane
from matcher.domain.response import STAGES
from matcher.domain.terms import Category, UnitLevel
from matcher.store.tables import Account, Household, Need, Referral, ReferralStep, Unit

ANSWERING = tuple(role for role, actions in ALLOWED.items() if Action.ANSWER_REFERRALS in actions)
FROM, TO = aliased(Unit), aliased(Unit)


@dataclass(frozen=True, slots=True)
class Receiver:
    """A unit a case may be sent to: its name is all that is told about it."""

    id: int
    name: str
    way: ReferralWay


def receivers(session: Session, actor: Actor, home: Unit) -> list[Receiver]:
    """Units above the need's unit, below the actor's, or beside the actor's under the same one above; each with
    somebody who answers referrals. The unit that has the need is left out.
    """
    mine = actor.unit_path or "-"
    ids = home.path.strip("/").split("/")
    above = ["/" + "/".join(ids[:n]) + "/" for n in range(1, len(ids))]
    own = session.get(Unit, actor.unit_id) if actor.unit_id else None
    beside = and_(col(Unit.parent_id) == own.parent_id, col(Unit.level) == own.level) if own and own.parent_id else None
    places = [col(Unit.path).in_(above), col(Unit.path).startswith(mine, autoescape=True)]
    answers = select(col(Account.id)).where(
        col(Account.unit_id) == Unit.id, col(Account.role).in_(ANSWERING), col(Account.is_active).is_(True)
    )
    query = (
        select(col(Unit.id), col(Unit.name), col(Unit.path))
        .where(or_(*places, *([beside] if beside is not None else [])))
        .where(col(Unit.id) != home.id, col(Unit.is_active).is_(True), answers.exists())
        .where(or_(col(Unit.level) != UnitLevel.STATION, col(Unit.is_centre).is_(True)))
        .order_by(func.length(col(Unit.path)), col(Unit.code))
    )
    return [Receiver(id_, name, way_between(home.path, path)) for id_, name, path in session.execute(query)]


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """One referral in the queue: codes, the case code, and no name."""

    id: int
    version: int
    way: ReferralWay
    lane: ResponseLane
    status: ReferralStatus
    reason: ReferralReason
    need_id: int
    title: str
    category: Category | None
    quantity: int
    unit: str
    urgency: int
    case_code: str
    from_id: int
    from_name: str
    from_path: str
    to_id: int
    to_name: str
    to_path: str
    note: str
    sent_at: datetime
    due_at: datetime | None
    escalations: int
    watch_unit_id: int | None
    need_path: str

    def is_late(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at < now


BOXES = ("to_us", "from_us", "below")


def list_referrals(
    session: Session, actor: Actor, *, box: str = "to_us", done: bool = False, limit: int = 50, offset: int = 0
) -> tuple[list[ReferralLine], int]:
    """Referrals in reach, the one whose clock runs out first on top; and how many.

    `box`: sent to the actor's own unit (or told to it after a delay), sent by it, or between units in its subtree.
    """
    conditions = [_visible(actor), _in_box(actor, box)]
    state = col(Referral.status).in_(tuple(STAGES))
    conditions.append(~state if done else state)
    total = session.execute(_joined(select(func.count())).where(*conditions)).scalar_one()
    order = (col(Referral.updated_at).desc(),) if done else (col(Referral.due_at).is_(None), col(Referral.due_at))
    query = _lines().where(*conditions).order_by(*order, col(Referral.id)).limit(limit).offset(offset)
    return [_line(row) for row in session.execute(query)], total


def count_boxes(session: Session, actor: Actor) -> dict[str, int]:
    """How many are under way in each box."""
    state = col(Referral.status).in_(tuple(STAGES))
    return {
        box: session.execute(
            _joined(select(func.count())).where(_visible(actor), _in_box(actor, box), state)
        ).scalar_one()
        for box in BOXES
    }


def find_referral(session: Session, actor: Actor, referral_id: int) -> ReferralLine | None:
    """One referral in reach; None outside it, exactly as for one that does not exist."""
    row = session.execute(_lines().where(col(Referral.id) == referral_id, _visible(actor))).first()
    return _line(row) if row else None


@dataclass(frozen=True, slots=True)
class ReferralStepLine:
    at: datetime
    action: ReferralAct
    unit_name: str
    reason: ReferralReason | None
    note: str
    late_minutes: int


def list_referral_steps(session: Session, referral_id: int) -> list[ReferralStepLine]:
    query = (
        select(
            col(ReferralStep.at), col(ReferralStep.action), col(Unit.name), col(ReferralStep.reason),
            col(ReferralStep.note), col(ReferralStep.late_minutes),
        )
        .join(Unit, col(Unit.id) == ReferralStep.unit_id)
        .where(col(ReferralStep.referral_id) == referral_id)
        .order_by(col(ReferralStep.id))
    )  # fmt: skip
    return [ReferralStepLine(*row) for row in session.execute(query)]


def find_under_way(session: Session, need_id: int) -> int | None:
    """The referral of a need that is not finished."""
    query = select(col(Referral.id)).where(col(Referral.need_id) == need_id, col(Referral.status).in_(tuple(STAGES)))
    return session.execute(query).scalar()


def late_referrals(session: Session, *, at: datetime) -> list[int]:
    """Referrals that somebody above should hear of by now."""
    query = select(col(Referral.id)).where(col(Referral.escalate_at) <= at).order_by(col(Referral.id))
    return list(session.execute(query).scalars())


def _visible(actor: Actor) -> ColumnElement[bool]:
    mine = actor.unit_path or "-"
    return or_(col(FROM.path).startswith(mine, autoescape=True), col(TO.path).startswith(mine, autoescape=True))


def _in_box(actor: Actor, box: str) -> ColumnElement[bool]:
    own = actor.unit_id or 0
    to_us = or_(col(Referral.to_unit_id) == own, col(Referral.watch_unit_id) == own)
    if box == "to_us":
        return to_us
    sent_here = (
        select(col(ReferralStep.id))
        .where(col(ReferralStep.referral_id) == Referral.id, col(ReferralStep.action) == ReferralAct.SEND)
        .where(col(ReferralStep.unit_id) == own)
    )
    from_us = or_(col(Referral.from_unit_id) == own, sent_here.exists())
    return from_us if box == "from_us" else and_(~from_us, col(Referral.to_unit_id) != own)


def _joined(query: Any) -> Any:
    return (
        query.select_from(Referral)
        .join(FROM, col(FROM.id) == Referral.from_unit_id)
        .join(TO, col(TO.id) == Referral.to_unit_id)
    )


def _lines() -> Any:
    home = aliased(Unit)
    query = select(Referral, Need, col(Household.case_code), FROM, TO, col(home.path))
    return (
        _joined(query)
        .join(Need, col(Need.id) == Referral.need_id)
        .join(Household, col(Household.id) == Need.household_id)
        .join(home, col(home.id) == Need.unit_id)
    )


def _line(row: Any) -> ReferralLine:
    r, need, case_code, sender, receiver, need_path = row
    return ReferralLine(
        id=r.id, version=r.version, way=r.way, lane=r.lane, status=r.status, reason=r.reason, need_id=r.need_id,
        title=need.title, category=need.category, quantity=need.quantity, unit=need.unit, urgency=need.urgency,
        case_code=case_code, from_id=sender.id, from_name=sender.name, from_path=sender.path, to_id=receiver.id,
        to_name=receiver.name, to_path=receiver.path, note=r.note, sent_at=r.sent_at, due_at=r.due_at,
        escalations=r.escalations, watch_unit_id=r.watch_unit_id, need_path=need_path,
    )  # fmt: skip
