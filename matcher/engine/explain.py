"""Why this pair, and why nothing more: reasons for every proposal, causes for every need left open.

Parameters of each code are codes, numbers, ISO dates and words of screened text; other people appear only as
hardship class, urgency and count, never by id.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.policy import Policy
from matcher.domain.reasons import Reason, ReasonCode, Value
from matcher.domain.regions import city_of, county_of
from matcher.domain.terms import MONEY_UNIT, Category, FundSource, HardshipClass, ScorePart
from matcher.engine.plan import Alternative, PlannedProposal
from matcher.engine.problem import Ints, Problem
from matcher.engine.rules import RuleMatrix
from matcher.engine.scoring import Scores
from matcher.engine.text import words_of
from matcher.engine.vectorize import TextSpace

WORDS_SHOWN = 4
ALTERNATIVES_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Everything the explanations look at; pair arrays cover all pairs the rules judged, by need, then offer."""

    needs: NeedColumns
    offers: OfferColumns
    policy: Policy
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

    def pairs_of(self, i: int) -> range:
        return range(int(self.first_pair[i]), int(self.first_pair[i + 1]))


def proposals(view: Outcomes) -> list[PlannedProposal]:
    """One proposal per pair with an amount, in order of need id, then offer id."""
    return [_proposal(view, int(p)) for p in np.flatnonzero(view.amounts)]


def _proposal(view: Outcomes, p: int) -> PlannedProposal:
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
    )


def _for(view: Outcomes, p: int) -> tuple[Reason, ...]:
    """What speaks for the pair, strongest first: each part brings its sentence, weighed by its thousandths."""
    i, j, needs, offers = int(view.need[p]), int(view.offer[p]), view.needs, view.offers
    parts = view.scores.parts_of(p)
    found: list[tuple[int, Reason]] = []
    words = shared_words(view, i, j)
    if words:
        found.append((parts[ScorePart.CONTENT], Reason(ReasonCode.WORDS_SHARED, {"words": words})))
    kinds = needs.category[i], offers.category[j]
    if kinds[0] and kinds[0] is kinds[1]:
        found.append((parts[ScorePart.CONTENT] - 1, Reason(ReasonCode.SAME_CATEGORY, {"category": kinds[0].value})))
    elif kinds[0] and kinds[1]:
        params = {"need_category": kinds[0].value, "offer_category": kinds[1].value}
        found.append((parts[ScorePart.CONTENT] - 1, Reason(ReasonCode.LISTED_PAIR, params)))
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
    if offers.fund_source[j] is FundSource.DONATION:
        found.append((0, Reason(ReasonCode.SOCIAL_FIRST)))
    return tuple(reason for _, reason in sorted(found, key=lambda f: -f[0]))


def shared_words(view: Outcomes, i: int, j: int) -> tuple[str, ...]:
    """Words that speak for the pair: those both texts use, rarest first; else the cues of a common category,
    the need's word before the offer's (化疗 … 个人自付)."""
    mine, theirs = view.space.needs.texts[i], view.space.offers.texts[j]
    both = set(words_of(mine)) & set(words_of(theirs))
    words = sorted((w for w in both if len(w) >= 2), key=lambda w: (-len(w), w))[:WORDS_SHOWN]
    if words:
        return tuple(words)
    category = common_category(view, i, j)
    if category is None:
        return ()
    lexicon = view.space.language.lexicon
    own = [k for k, concept in enumerate(lexicon.concepts) if concept.category is category]
    pairs = lexicon.cues_in(mine, own, is_offer=False)[:2] + lexicon.cues_in(theirs, own, is_offer=True)[:2]
    return tuple(dict.fromkeys(pairs))


def common_category(view: Outcomes, i: int, j: int) -> Category | None:
    """The category that both texts speak of most."""
    joint = view.space.needs.inferred[i] * view.space.offers.inferred[j]
    return list(Category)[int(joint.argmax())] if joint.max(initial=0.0) > 0 else None


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
    """The weightiest thing that speaks against: only part of the wish, a far text, or a distant offer."""
    i, j = int(view.need[p]), int(view.offer[p])
    wanted, amount = view.needs.quantity[i], int(view.amounts[p])
    if wanted and amount < wanted:
        unit = view.needs.unit[i] or view.offers.unit[j]
        return Reason(ReasonCode.AMOUNT_PARTLY, {"quantity": amount, "wanted": wanted, "unit": unit})
    if view.closeness[p] < 0.5:
        return Reason(ReasonCode.TEXT_TOO_FAR, {"closeness": round(float(view.closeness[p]), 2)})
    if view.needs.quantity[i] is None and view.needs.unit[i] != MONEY_UNIT:
        return Reason(ReasonCode.CHANGE_FILL_FACT, {"fact": "quantity"})
    return None


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
    code = view.rules.first(q)
    if code is not None:
        return Reason(code)
    if view.barred[q]:
        return Reason(ReasonCode.DECLINED_BEFORE)
    if view.withheld[q]:
        about = view.space.contradictions.clashes(int(view.need[q]), int(view.offer[q]))
        return Reason(ReasonCode.TEXT_CONTRADICTS, {"about": tuple(about)})
    return _came_first(view, q)


def _came_first(view: Outcomes, q: int) -> Reason:
    """Who received from this offer, told by the heaviest class, the highest urgency and the count."""
    j, i = int(view.offer[q]), int(view.need[q])
    stock = view.offers.quantity[j]
    if stock is None or view.given_by_offer[j] < stock:
        return Reason(ReasonCode.AMOUNT_PARTLY, {"wanted": view.needs.quantity[i], "left": None})
    takers = view.takers.get(j, [])
    rank = view.policy.class_weights
    classes = [view.needs.hardship_class[t] or HardshipClass.NONE for t in takers]
    heaviest = max(classes, key=lambda c: (rank.get(c, 0), c), default=HardshipClass.NONE)
    urgency = max((view.needs.urgency[t] or 0 for t in takers), default=0)
    params: dict[str, Value] = {"hardship_class": heaviest.value, "urgency": urgency, "needs": len(takers)}
    return Reason(ReasonCode.OTHERS_CAME_FIRST, params)
