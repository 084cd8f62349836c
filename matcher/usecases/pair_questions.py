"""为什么不是这一份？ Any need, any offer near the union, on the facts of this moment.

In this order: the hard rules with what they compared; what somebody decided before; what the texts say against it;
who came first, or what the family is given instead; and what would have to change. Nothing is written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import Session

from matcher.domain.access import Action, Actor, Reach
from matcher.domain.changes import changes_of
from matcher.domain.eligibility import pair_verdict
from matcher.domain.facts import NeedFacts, OfferFacts
from matcher.domain.limits import case_bounds
from matcher.domain.policy import Policy
from matcher.domain.reasons import Reason, RuleResult, Value, Verdict
from matcher.domain.reasons import ReasonCode as C
from matcher.domain.rulebook import Setting
from matcher.domain.terms import HardshipClass
from matcher.errors import FieldProblem, InvalidFields, NotFound
from matcher.store.facts import LASTING, key, need_facts, offer_facts
from matcher.store.queries import pairs
from matcher.store.queries.pairs import AskedOffer, Instead, Taker
from matcher.store.queries.proposal_detail import get_proposal
from matcher.store.tables import Household, Need, Unit
from matcher.usecases.guard import reach_of_family, require
from matcher.usecases.rules import Rules

if TYPE_CHECKING:
    from matcher.engine.lexicon import Lexicon
    from matcher.engine.place_names import PlaceNames


_NOTHING_TO_LIFT = frozenset({C.NEED_COVERED, C.NOT_COMPARED_YET})


class Scarcity(StrEnum):
    """How much one more unit of an offer would have done in the last run (紧缺程度)."""

    ONE_MORE_FAMILY = "one_more_family"
    BETTER_FIT = "better_fit"
    ENOUGH = "enough"


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading texts needs, made only when a text has to be read."""

    lexicon: Callable[[], "Lexicon"]
    names: Callable[[], "PlaceNames"]
    festivals: Callable[[], Mapping[int, date]]


@dataclass(frozen=True, slots=True)
class PairAnswer:
    """Why a need is not given an offer. `rules` refuse, `causes` say what else; without both the pair `is_given`.

    `decline` is the reason code of an earlier decision. `score` is what the last run gave this pair, where it was
    among the next best. `changes` together would let the two meet, the hardest first.
    """

    offer: AskedOffer
    is_given: bool
    rules: tuple[RuleResult, ...]
    causes: tuple[Reason, ...]
    changes: tuple[Reason, ...]
    decline: str | None
    instead: tuple[Instead, ...]
    score: int | None
    scarcity: Scarcity | None


def explain_for_proposal(
    proposal_id: int, code: str, *, by: Actor, session: Session, as_of: date, rules: Rules, reader: Reader
) -> PairAnswer:
    """Why the need of a proposal is not given the offer of this number.

    Raises NotFound outside one's reach, InvalidFields (`offer`) when there is no such offer near the union.
    """
    detail = get_proposal(session, by, proposal_id, as_of=as_of)
    require(by, Action.SEE_PROPOSALS, Reach(unit_path=detail.proposal.unit_path))
    return _explain(session, detail.need.id, code, by, as_of, rules, reader)


def explain_for_need(
    need_id: int, code: str, *, by: Actor, session: Session, as_of: date, rules: Rules, reader: Reader
) -> PairAnswer:
    """Why a need is not given the offer of this number. Raises NotFound, NotPermitted, InvalidFields (`offer`)."""
    _guard_need(session, need_id, by)
    return _explain(session, need_id, code, by, as_of, rules, reader)


def _guard_need(session: Session, need_id: int, by: Actor) -> None:
    need = session.get(Need, need_id)
    if need is None:
        raise NotFound()
    family, unit = session.get_one(Household, need.household_id), session.get_one(Unit, need.unit_id)
    require(by, Action.SEE_PROPOSALS, reach_of_family(family, unit))


def _explain(
    session: Session, need_id: int, code: str, by: Actor, as_of: date, rules: Rules, reader: Reader
) -> PairAnswer:
    path = by.unit_path or "-"
    asked = pairs.find_asked_offer(session, path, code)
    if asked is None:
        raise InvalidFields([FieldProblem("offer", "offer_unknown" if code.strip() else "choose_offer")])
    need, offer = need_facts(session, need_id, as_of), offer_facts(session, asked.id)
    need = replace(need, quantity=need.quantity or need.covered or 1)
    given = pairs.given_to(session, need_id)
    is_given = any(one.offer_id == asked.id for one in given)
    takers = pairs.takers_of(session, asked.id, path, without_need=need_id)
    verdict = pair_verdict(need, offer, policy=rules.policy, as_of=as_of, places=rules.places)
    decline = pairs.was_declined(session, need_id, asked.id, tuple(reason.value for reason in LASTING))
    causes = _causes(need, offer, verdict, decline, reader, as_of)
    if not is_given and not verdict.blocking and not causes:
        causes = _lost(need, offer, takers, given, Setting(rules.policy, as_of, rules.places))
    elif any(result.reason and result.reason.code is C.OUT_OF_STOCK for result in verdict.blocking) and takers:
        causes.append(_others(takers, rules.policy))
    refusals = [result.reason for result in verdict.blocking if result.reason] + causes
    left = max(1, (need.quantity or 1) - sum(one.quantity for one in given))
    to_lift = [] if is_given or any(r.code in _NOTHING_TO_LIFT for r in refusals) else refusals
    return PairAnswer(
        offer=asked,
        is_given=is_given,
        rules=verdict.blocking,
        causes=tuple(causes),
        changes=changes_of(to_lift, need, offer, as_of=as_of, left=left),
        decline=decline,
        instead=tuple(one for one in given if one.offer_id != asked.id),
        score=next(
            (other["score"] for one in given for other in one.alternatives if other["offer_id"] == asked.id), None
        ),
        scarcity=_scarcity(session, asked, path),
    )


def _causes(
    need: NeedFacts, offer: OfferFacts, verdict: Verdict, decline: str | None, reader: Reader, as_of: date
) -> list[Reason]:
    """What keeps the pair apart besides rules: a decision, or what the texts say."""
    from matcher.engine.contradictions import find_contradiction  # numpy, only where a text is read
    from matcher.engine.text import normalise, topic

    found = [Reason(C.DECLINED_BEFORE)] if decline else []
    if any(result.reason and result.reason.code is C.CATEGORY_DIFFERS for result in verdict.blocking):
        return found
    contradiction = find_contradiction(need, offer, names=reader.names(), festivals=reader.festivals(), as_of=as_of)
    if contradiction is not None:
        found.append(contradiction)
    things = reader.lexicon().other_things(topic(normalise(need.text)), normalise(offer.text))
    if things is not None:
        told = {"need_concept": things[0].code, "offer_concept": things[1].code}
        found.append(Reason(C.THING_DIFFERS, told))
    return found


def _lost(
    need: NeedFacts, offer: OfferFacts, takers: Sequence[Taker], given: Sequence[Instead], setting: Setting
) -> list[Reason]:
    """Why a pair that nothing forbids was not made: the need has what it asked for, others came first, or neither."""
    found: list[Reason] = []
    if sum(one.quantity for one in given) >= (need.quantity or 1):
        found.append(Reason(C.NEED_COVERED, {"quantity": need.quantity, "unit": need.unit}))
    waiting = sum(taker.quantity for taker in takers if taker.is_waiting)
    least = max(1, case_bounds(need, offer, setting).minimum)
    if takers and offer.quantity is not None and offer.quantity - waiting < least:
        found.append(_others(takers, setting.policy))
    unread = need.category is None or offer.category is None
    return found or [Reason(C.TEXT_TOO_FAR if unread else C.NOT_COMPARED_YET)]


def _others(takers: Sequence[Taker], policy: Policy) -> Reason:
    """Those within one's reach by their heaviest class and highest urgency, all others by their number only."""
    here = [taker for taker in takers if taker.is_here]
    rank = policy.class_weights
    heaviest = max((t.hardship_class for t in here), key=lambda c: (rank.get(c, 0), c), default=HardshipClass.NONE)
    params: dict[str, Value] = {
        "needs": len(takers),
        "here": len(here) or None,
        "away": not here or None,
        "hardship_class": None if heaviest is HardshipClass.NONE else heaviest,
        "urgency": max((t.urgency for t in here), default=0) or None,
    }
    return Reason(C.OTHERS_CAME_FIRST, params)


def _scarcity(session: Session, asked: AskedOffer, unit_path: str) -> Scarcity | None:
    """How scarce the offer was in the last run, None when that run did not know it."""
    last = pairs.last_prices(session, unit_path)
    if last is None or asked.created_at > last[0]:
        return None
    price = last[1].get(key(asked.id), {})
    if price.get("reached_weight"):
        return Scarcity.ONE_MORE_FAMILY
    return Scarcity.BETTER_FIT if price.get("score") else Scarcity.ENOUGH
