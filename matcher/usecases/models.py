"""Which model match runs go by: read it, change it, take it back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from matcher.domain.access import Action, Actor, Reach, may, within
from matcher.domain.learning import model_name
from matcher.domain.terms import ModelSwitch
from matcher.errors import NotPermitted, StaleVersion, WrongState
from matcher.store.facts import needs_of, offers_of
from matcher.store.queries.decisions import LoggedDecision, list_decisions
from matcher.store.queries.models import model_in_use, newest_use, root_unit, way_back
from matcher.store.tables import ModelUse, ModelVersion
from matcher.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from matcher.engine.language import Language
    from matcher.engine.learn import Learned

MOST_NEEDS = 2000
"""So many needs, the newest, teach and are remembered; their texts times all decided offers must fit in memory."""


@dataclass(frozen=True, slots=True)
class Switched:
    """What match runs go by now, and went by before; None is the hand weights."""

    model_id: int | None
    before_id: int | None


def load_model(session: Session, *, language: "Language", as_of: date) -> "Learned | None":
    """Weights and memory of the model in use, made ready; None for the hand weights."""
    return made_ready(session, model_in_use(session), language=language, as_of=as_of)


def made_ready(session: Session, model: ModelVersion | None, *, language: "Language", as_of: date) -> "Learned | None":
    """A stored model with its memory, made again from the decisions it was taught by."""
    from matcher.engine.fusion import Weights
    from matcher.engine.learn import Learned, recall

    if model is None:
        return None
    known = newest_needs(list_decisions(session, before=model.known_until))
    decisions = [one.decision for one in known]
    needs, offers = needs_of(session, [d.need_id for d in known]), offers_of(session, [d.offer_id for d in known])
    memory = recall(needs, offers, decisions, language=language, as_of=as_of) if model.has_memory else None
    return Learned(Weights(model.weights, model.bias, model_name(model.id)), memory, model.trained, model.aside)


def newest_needs(decisions: list[LoggedDecision]) -> list[LoggedDecision]:
    """Decisions about the needs decided last, at most `MOST_NEEDS` of them."""
    newest = list(dict.fromkeys(one.need_id for one in reversed(decisions)))[:MOST_NEEDS]
    kept = set(newest)
    return [one for one in decisions if one.need_id in kept]


def roll_back(seen_use_id: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> Switched:
    """Go back to the model that was in use before the present one was taken (一键回退).

    `seen_use_id` is the change the person saw last. Raises NotPermitted, StaleVersion when somebody was faster,
    WrongState when nothing was ever taken.
    """
    with uow:
        require_change(uow.session, by)
        seen = _seen(uow, seen_use_id)
        if seen.model_id is None:
            raise WrongState(state=model_name(None), wanted=ModelSwitch.ROLLED_BACK.value)
        back_to = way_back(uow.session, seen.model_id)
        return _switch(uow, back_to, ModelSwitch.ROLLED_BACK, by, now, "model:roll_back")


def take_back(seen_use_id: int, *, by: Actor, uow: UnitOfWork, now: datetime) -> Switched:
    """Undo the roll-back that was the last change. Raises as `roll_back`."""
    with uow:
        require_change(uow.session, by)
        seen = _seen(uow, seen_use_id)
        if seen.why is not ModelSwitch.ROLLED_BACK:
            raise WrongState(state=seen.why.value, wanted=ModelSwitch.TAKEN_BACK.value)
        return _switch(uow, seen.before_id, ModelSwitch.TAKEN_BACK, by, now, "model:take_back")


def promote(uow: UnitOfWork, model: ModelVersion, now: datetime) -> None:
    """Take a model into use inside the caller's unit of work."""
    before = newest_use(uow.session)
    use = uow.add(
        ModelUse(model_id=model.id, before_id=before.model_id if before else None, why=ModelSwitch.PROMOTED, at=now)
    )
    uow.record(None, "model:promote", use, at=now, model=model_name(use.model_id), before=model_name(use.before_id))


def require_change(session: Session, by: Actor) -> None:
    """Only for those who may change the model of the whole network. Raises NotPermitted."""
    unit = root_unit(session)
    if unit is None or not may(by, Action.CHANGE_MODEL) or not within(by, Reach(unit_path=unit.path)):
        raise NotPermitted()


def _seen(uow: UnitOfWork, use_id: int) -> ModelUse:
    """The newest change, locked, if it is the one the person saw."""
    newest = uow.session.exec(select(ModelUse).order_by(col(ModelUse.id).desc()).limit(1).with_for_update()).first()
    if newest is None or newest.id != use_id:
        raise StaleVersion()
    return newest


def _switch(uow: UnitOfWork, model_id: int | None, why: ModelSwitch, by: Actor, now: datetime, action: str) -> Switched:
    before = newest_use(uow.session)
    before_id = before.model_id if before else None
    use = uow.add(ModelUse(model_id=model_id, before_id=before_id, why=why, by_account_id=by.account_id, at=now))
    uow.record(by, action, use, at=now, model=model_name(model_id), before=model_name(before_id))
    uow.commit()
    return Switched(model_id, before_id)
