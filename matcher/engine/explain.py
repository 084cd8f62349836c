"""Why this pair, and why nothing more: reasons for every proposal, causes for every need left open.

Parameters of each code are codes, numbers, ISO dates and words of screened text; other people appear only as
hardship class, urgency and count, never by id.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from matcher.domain.eligibility import pair_verdict
from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.policy import Policy
from matcher.domain.reasons import Reason, ReasonCode, Value
from matcher.domain.regions import Places, city_of, county_of
from matcher.domain.terms import MONEY_UNIT, FundSource, HardshipClass, ScorePart
from matcher.engine.common_ground import CommonGround
from matcher.engine.contradictions import Clash
from matcher.engine.plan import Alternative, PlannedProposal
from matcher.engine.problem import Ints, Problem
from matcher.engine.rules import RuleMatrix
from matcher.engine.scoring import Scores
from matcher.engine.vectorize import TextSpace

Params = dict[str, Value | tuple[str, ...]]
ALTERNATIVES_SHOWN = 2
PUBLIC = frozenset({FundSource.CENTRAL, FundSource.PROVINCIAL, FundSource.LOCAL})


@dataclass(frozen=True)
class Outcomes:
    """Everything the explanations look at; pair arrays cover all pairs the rules judged, by need, then offer."""

    needs: NeedColumns
    offers: OfferColumns
    policy: Policy
    places: Places
    as_of: date
    space: TextSpace
    need: Ints
    offer: Ints
    closeness: np.ndarray
    rules: RuleMatrix
    barred: np.ndarray  # (n_pairs,) declined before
    withheld: np.ndarray  # (n_pairs,) the texts exclude each other
    scores: Scores
    amounts: Ints  # (n_pairs,) 0 where not allowed
    problem: Problem  # over allowed pairs; only its need-side arrays are read here
    first_pair: Ints  # (n_needs + 1,) slices of the pair arrays by need
    given_by_offer: Ints  # (n_offers,)
    takers: dict[int, list[int]]  # offer row → need rows it goes to

    @cached_property
    def ground(self) -> CommonGround:
        return CommonGround(self.space)

    @cached_property
    def given_to_need(self) -> Ints:
        """(n_needs,) what each need is given in all."""
        return np.bincount(self.need, weights=self.amounts, minlength=len(self.needs)).astype(np.int64)

    @cached_property
    def best_taken(self) -> Ints:
        """(n_needs,) the best score among the offers a need is given, 0 without one."""
        best = np.zeros(len(self.needs), dtype=np.int64)
        taken = np.flatnonzero(self.amounts)
        np.maximum.at(best, self.need[taken], self.scores.total[taken])
        return best

    def pairs_of(self, i: int) -> range:
        return range(int(self.first_pair[i]), int(self.first_pair[i + 1]))


def proposals(view: Outcomes) -> list[PlannedProposal]:
    """One proposal per pair with an amount, in order of need id, then offer id."""
    taken = np.flatnonzero(view.amounts)
    signals = view.space.signals_of(view.need[taken], view.offer[taken])
    return [_proposal(view, int(p), said) for p, said in zip(taken, signals, strict=True)]


def _proposal(view: Outcomes, p: int, signals: dict[str, float]) -> PlannedProposal:
    i, j = int(view.need[p]), int(view.offer[p])
    return PlannedProposal(
        need_id=view.needs.need_id[i],
        offer_id=view.offers.offer_id[j],
        quantity=int(view.amounts[p]),
        unit=view.needs.unit[i] or view.offers.unit[j],
        score=int(view.scores.total[p]),
        parts=view.scores.parts_of(p),
        reasons=_for(view, p),
        against=_against(view, p),
        alternatives=_alternatives(view, p),
        signals=signals,
    )


def _for(view: Outcomes, p: int) -> tuple[Reason, ...]:
    """What speaks for the pair, strongest first: each part brings its sentence, weighed by its thousandths."""
    i, j, needs, offers = int(view.need[p]), int(view.offer[p]), view.needs, view.offers
    parts = view.scores.parts_of(p)
    found = _content_reasons(view, i, j, parts[ScorePart.CONTENT])
    found += _amount_reasons(view, p, parts[ScorePart.AMOUNT])
    found += _place_reasons(view, i, j, parts[ScorePart.NEARNESS])
    if parts[ScorePart.WAITING] and (created := needs.created_on[i]):
        days = (view.as_of - created).days
        found.append((parts[ScorePart.WAITING], Reason(ReasonCode.WAITED_DAYS, {"days": days})))
    found += _urgency_reasons(view, i, parts[ScorePart.URGENCY])
    kind = needs.hardship_class[i]
    if kind and kind is not HardshipClass.NONE:
        params = {"hardship_class": kind.value}
        found.append((parts[ScorePart.HARDSHIP], Reason(ReasonCode.HARDSHIP_CLASS, params)))
    if needs.helped_this_year[i] == 0:
        found.append((1, Reason(ReasonCode.NOT_HELPED_THIS_YEAR)))
    if offers.fund_source[j] is FundSource.DONATION and _has_public_alternative(view, i):
        found.append((2, Reason(ReasonCode.SOCIAL_FIRST)))
    return tuple(reason for _, reason in sorted(found, key=lambda f: -f[0]))


def _content_reasons(view: Outcomes, i: int, j: int, weight: int) -> list[tuple[int, Reason]]:
    """Why the two texts belong together: a common concept, else common words; and the categories."""
    found: list[tuple[int, Reason]] = []
    common = view.ground.concept(i, j)
    if common is not None:
        params: Params = {"need_words": common.need_words, "offer_words": common.offer_words}
        found.append((weight, Reason(ReasonCode.SAME_CONCEPT, {"concept": common.concept.code, **params})))
    elif words := view.ground.shared(i, j):
        found.append((weight, Reason(ReasonCode.WORDS_SHARED, {"words": words})))
    mine, theirs = view.needs.category[i], view.offers.category[j]
    said: Params = {}
    if not found:
        said = {
            "need_words": view.ground.about(i, is_offer=False),
            "offer_words": view.ground.about(j, is_offer=True),
        }
    if mine and mine is theirs:
        params = {"category": mine.value, **said}
        found.append((0 if found else weight, Reason(ReasonCode.SAME_CATEGORY, params)))
    elif mine and theirs:
        params = {"need_category": mine.value, "offer_category": theirs.value, **said}
        found.append((weight - 1, Reason(ReasonCode.LISTED_PAIR, params)))
    return found


def _has_public_alternative(view: Outcomes, i: int) -> bool:
    """Whether the rules would let public money serve this need too (P8: donations go first)."""
    return any(
        view.rules.refused[q] == 0 and view.offers.fund_source[int(view.offer[q])] in PUBLIC for q in view.pairs_of(i)
    )


def _amount_reasons(view: Outcomes, p: int, weight: int) -> list[tuple[int, Reason]]:
    i = int(view.need[p])
    wanted = view.needs.quantity[i]
    if wanted is None:
        return []
    params: dict[str, Value] = {
        "quantity": int(view.amounts[p]),
        "wanted": wanted,
        "unit": view.needs.unit[i] or view.offers.unit[int(view.offer[p])],
    }
    is_full = int(view.amounts[p]) >= wanted
    return [(weight, Reason(ReasonCode.AMOUNT_FITS, params))] if is_full else []


def _place_reasons(view: Outcomes, i: int, j: int, weight: int) -> list[tuple[int, Reason]]:
    place = view.needs.region[i]
    if place is None or not weight:
        return []
    county, city = county_of(place), city_of(place)
    areas = view.offers.regions[j]
    if county and any(county_of(a) == county for a in areas):
        return [(weight, Reason(ReasonCode.SAME_COUNTY, {"region": county}))]
    if city and any(city_of(a) == city for a in areas):
        return [(weight, Reason(ReasonCode.SAME_CITY, {"region": city}))]
    return []


def _urgency_reasons(view: Outcomes, i: int, weight: int) -> list[tuple[int, Reason]]:
    found = []
    stated, deadline = view.needs.urgency[i], view.needs.deadline[i]
    if stated and stated >= 4:
        found.append((weight, Reason(ReasonCode.URGENT, {"urgency": stated})))
    if deadline and (deadline - view.as_of).days <= 14:
        left: dict[str, Value] = {"days": (deadline - view.as_of).days, "deadline": deadline.isoformat()}
        found.append((weight - 1, Reason(ReasonCode.DAYS_LEFT, left)))
    return found


def _against(view: Outcomes, p: int) -> Reason | None:
    """The weightiest thing that speaks against, None when nothing does."""
    return next(_doubts(view, p), None)


def _doubts(view: Outcomes, p: int) -> Iterator[Reason]:
    """What a caseworker should look at before confirming, weightiest first."""
    i, j, needs, offers = int(view.need[p]), int(view.offer[p]), view.needs, view.offers
    wanted, amount, unit = needs.quantity[i], int(view.amounts[p]), needs.unit[i] or offers.unit[j]
    texts = view.space.contradictions
    if settled := [clash for clash in texts.overruled(i, j) if clash in (Clash.STAGE, Clash.AGE)]:
        yield texts.reason(i, j, settled, ReasonCode.TEXT_OVERRULED)
    if concepts := view.ground.differing(i, j):
        yield Reason(ReasonCode.CONCEPT_DIFFERS, {"need_concept": concepts[0].code, "offer_concept": concepts[1].code})
    elif names := view.ground.other_names(i, j):
        yield Reason(ReasonCode.NAMES_DIFFER, {"need_words": names[0], "offer_words": names[1]})
    if wanted and amount < wanted:
        yield Reason(ReasonCode.AMOUNT_PARTLY, {"quantity": amount, "wanted": wanted, "unit": unit})
    if view.closeness[p] < 0.5:
        yield Reason(ReasonCode.TEXT_TOO_FAR, {"closeness": round(float(view.closeness[p]), 2)})
    if wanted is None and needs.unit[i] != MONEY_UNIT:
        yield Reason(ReasonCode.CHANGE_FILL_FACT, {"fact": "quantity"})
    starts = offers.valid_from[j]
    if starts and starts > view.as_of:
        yield Reason(ReasonCode.NOT_YET_VALID, {"valid_from": starts.isoformat()})
    if helped := (needs.helped_this_year[i] or 0) - (needs.covered[i] or 0):
        yield Reason(ReasonCode.HELPED_THIS_YEAR, {"quantity": helped, "unit": needs.unit[i]})


def _alternatives(view: Outcomes, p: int) -> tuple[Alternative, ...]:
    """The two best other offers for the need, permitted ones first, then by score; and what kept them from it."""
    own = view.pairs_of(int(view.need[p]))
    rows = slice(own.start, own.stop)
    order = np.lexsort((-view.scores.total[rows], view.rules.refused[rows] != 0, view.amounts[rows] > 0))
    others = [q for q in (own.start + int(k) for k in order[:ALTERNATIVES_SHOWN]) if not view.amounts[q]]
    return tuple(
        Alternative(view.offers.offer_id[int(view.offer[q])], int(view.scores.total[q]), why_not(view, q))
        for q in others
    )


def why_not(view: Outcomes, q: int) -> Reason:
    """Why a judged pair carries nothing: a rule, an earlier refusal, or others who came first."""
    return refusals(view, q)[0]


def refusals(view: Outcomes, q: int) -> tuple[Reason, ...]:
    """Everything that keeps a judged pair apart, with the numbers compared: rules in their order, else one cause."""
    i, j = int(view.need[q]), int(view.offer[q])
    if view.rules.refused[q]:
        verdict = pair_verdict(
            view.needs.row(i), view.offers.row(j), policy=view.policy, as_of=view.as_of, places=view.places
        )
        return tuple({r.reason.code: r.reason for r in verdict.blocking if r.reason}.values())
    code = cause_of(view, q)
    if code is ReasonCode.TEXT_CONTRADICTS:
        texts = view.space.contradictions
        return (texts.reason(i, j, list(texts.clashes(i, j))),)
    left = (view.offers.quantity[j] or 0) - int(view.given_by_offer[j])
    params: dict[ReasonCode, Params] = {
        ReasonCode.NEED_COVERED: {"quantity": view.needs.quantity[i], "unit": view.needs.unit[i]},
        ReasonCode.BELOW_CASE_MINIMUM: {"least": int(view.rules.minimum[q]), "most": left},
    }
    return (_came_first(view, q) if code is ReasonCode.OTHERS_CAME_FIRST else Reason(code, params.get(code, {})),)


def cause_of(view: Outcomes, q: int) -> ReasonCode:
    """The code of the one cause of a pair that the rules permit and that carries nothing."""
    i, j = int(view.need[q]), int(view.offer[q])
    if view.barred[q]:
        return ReasonCode.DECLINED_BEFORE
    if view.withheld[q]:
        return ReasonCode.TEXT_CONTRADICTS
    stock = view.offers.quantity[j]
    left = None if stock is None else stock - int(view.given_by_offer[j])
    is_covered = view.given_to_need[i] >= (view.needs.quantity[i] or 1)
    if is_covered and (left != 0 or view.scores.total[q] <= view.best_taken[i]):
        return ReasonCode.NEED_COVERED
    if left == 0:
        return ReasonCode.OTHERS_CAME_FIRST
    is_too_little = left is not None and left < view.rules.minimum[q]
    return ReasonCode.BELOW_CASE_MINIMUM if is_too_little else ReasonCode.SHARED_LIMIT


def _came_first(view: Outcomes, q: int) -> Reason:
    """The offer went to others: those of the same county told by their heaviest class and highest urgency, all
    others by their number only."""
    i, j = int(view.need[q]), int(view.offer[q])
    takers = view.takers.get(j, [])
    county = _county(view, i)
    here = [t for t in takers if _county(view, t) == county]
    rank = view.policy.class_weights
    classes = [view.needs.hardship_class[t] or HardshipClass.NONE for t in here]
    heaviest = max(classes, key=lambda c: (rank.get(c, 0), c), default=HardshipClass.NONE)
    urgency = max((view.needs.urgency[t] or 0 for t in here), default=0)
    params: dict[str, Value] = {
        "needs": len(takers), "here": len(here) or None, "away": not here or None, "urgency": urgency or None,
        "hardship_class": None if heaviest is HardshipClass.NONE else heaviest,
    }  # fmt: skip
    return Reason(ReasonCode.OTHERS_CAME_FIRST, params)


def _county(view: Outcomes, i: int) -> str | None:
    place = view.needs.region[i]
    return county_of(place) if place else None
