"""Matching one need at once, while the family is still on the phone: the same engine, the same rules and reasons.

Whatever is proposed or promised stays, to this need as to others; what it still lacks it gets from the best of what is
left. The next run of the union weighs it against all others.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from matcher.domain.access import Action, Actor, Reach
from matcher.domain.amounts import convertible
from matcher.domain.facts import NeedColumns
from matcher.domain.lifecycle import OPEN
from matcher.domain.terms import NeedStatus, RunStatus
from matcher.errors import NotFound, WrongState
from matcher.store.facts import PROPOSAL, barred_pairs, key, need_facts, offers_left
from matcher.store.queries.matching import need_heads, offer_heads
from matcher.store.tables import MatchRun, Need, Unit
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.guard import require
from matcher.usecases.models import load_model
from matcher.usecases.plan_keeping import Picture, add_to_run
from matcher.usecases.rules import Rules

if TYPE_CHECKING:
    from matcher.engine.language import Language


@dataclass(frozen=True, slots=True)
class MatchedNow:
    """What a need got at once: new proposals, and how much of it is still open."""

    proposals: int
    remaining: int


def match_need_now(
    need_id: int, *, by: Actor, rules: Rules, language: "Language", uow: UnitOfWork, now: datetime, as_of: date
) -> MatchedNow:
    """Propose to one open need the best of what nobody else is proposed or promised.

    Raises NotFound, NotPermitted, WrongState (`match_now` when the need is not open, `first_run` before any run).
    """
    from matcher.engine.pipeline import match  # numeric libraries are loaded only where they are used

    picture = _read(need_id, by, uow, as_of)
    if not picture.needs.quantity[0]:
        return MatchedNow(0, 0)
    with uow.database.read() as session:
        learned = load_model(session, language=language, as_of=as_of)
    plan = match(
        picture.needs, picture.offers, policy=rules.policy, places=rules.places, language=language, as_of=as_of,
        barred=picture.barred, learned=learned,
    )  # fmt: skip
    with uow:
        count = add_to_run(plan, picture, rules=rules, uow=uow, now=now)
        need = uow.get(Need, need_id)
        uow.record(by, "need:match_now", need, at=now, proposals=count)
        uow.commit()
    return MatchedNow(count, sum(unmet.remaining for unmet in plan.unmet))


def _read(need_id: int, by: Actor, uow: UnitOfWork, as_of: date) -> Picture:
    with uow.database.read() as session:
        need = session.get(Need, need_id)
        unit = session.get(Unit, need.unit_id) if need else None
        if need is None or unit is None:
            raise NotFound()
        require(by, Action.DECIDE_PROPOSAL, Reach(unit_path=unit.path))
        if need.status is not NeedStatus.OPEN or need.quantity <= need.promised:
            raise WrongState(state=need.status.value, wanted="match_now")
        facts, run_id = need_facts(session, need_id, as_of), _newest_run(session)
        proposed, past = _proposed(session, need, run_id)
        barred = {pair for pair in barred_pairs(session, unit.path) if pair[0] == key(need_id)} | past
        return Picture(
            run_id=run_id,
            unit_id=need.unit_id,
            unit_path=unit.path,
            as_of=as_of,
            needs=NeedColumns.of([replace(facts, quantity=max(0, need.quantity - need.promised - proposed))]),
            offers=offers_left(session, unit.path),
            barred=frozenset(barred),
            need_heads={need_id: need_heads(session, unit.path)[need_id]},
            offer_heads=offer_heads(session),
        )


def _proposed(session: Session, need: Need, run_id: int) -> tuple[int, set[tuple[str, str]]]:
    """What waits for a decision, in the need's unit; and the pairs that the run has proposed already."""
    p = PROPOSAL.c
    columns = core_select(p.offer_id, p.quantity, p.unit, p.status, p.run_id).where(p.need_id == need.id)
    rows = session.execute(columns).all()
    waiting = sum(int(n * (convertible(unit, need.unit) or 1)) for _, n, unit, status, _ in rows if status in OPEN)
    return waiting, {(key(need.id or 0), key(offer)) for offer, _, _, _, run in rows if run == run_id}


def _newest_run(session: Session) -> int:
    """The run that the proposals are counted to: the newest one that is done."""
    done = select(MatchRun.id).where(MatchRun.status == RunStatus.DONE).order_by(col(MatchRun.id).desc()).limit(1)
    found = session.exec(done).first()
    if found is None:
        raise WrongState(state="none", wanted="first_run")
    return found
