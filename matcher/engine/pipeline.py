"""The whole job on columns: understand, find candidates, ask the rules, score, allocate, explain.

Rows are ordered by id first and every step is deterministic, so the order of the rows given changes nothing.
"""

from datetime import date

import numpy as np

from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.policy import Policy
from matcher.domain.regions import Places
from matcher.domain.terms import RunStage
from matcher.engine.allocate import allocate
from matcher.engine.candidates import find_candidates
from matcher.engine.explain import Outcomes, proposals
from matcher.engine.fairness import guaranteed
from matcher.engine.language import Language
from matcher.engine.learn import Learned
from matcher.engine.marginal import WhatIf
from matcher.engine.plan import MatchPlan, Progress
from matcher.engine.pose import pose, wanted_amounts
from matcher.engine.problem import Ints
from matcher.engine.report import Stopwatch, compile_report
from matcher.engine.rules import evaluate_pairs
from matcher.engine.scoring import score_pairs
from matcher.engine.shards import Sharding
from matcher.engine.unmet import unmet_needs
from matcher.engine.vectorize import TextSpace

ROWS_AT_ONCE = 256


def match(
    needs: NeedColumns,
    offers: OfferColumns,
    *,
    policy: Policy,
    places: Places,
    language: Language,
    as_of: date,
    barred: frozenset[tuple[str, str]] = frozenset(),
    progress: Progress | None = None,
    learned: Learned | None = None,
    shards: Sharding | None = None,
) -> MatchPlan:
    """Propose who receives what from whom.

    `barred` holds (need id, offer id) declined before. `progress` is told each stage and may raise to stop.
    `learned` weights and memory judge the closeness of texts; the hand weights without. `shards` says how the
    allocation is cut, which changes no amount.
    The allocation is optimal over every pair the rules permit and, where a category was inferred, whose texts
    are close enough; nothing is sampled or cut off. Equal input, in any row order, gives an equal plan except
    for `report["timings"]`.
    """
    tell = progress or (lambda stage, share: None)
    watch = Stopwatch()
    tell(RunStage.READ, 0.0)
    needs, offers = needs.ordered(), offers.ordered()
    tell(RunStage.UNDERSTAND, 0.0)
    space = _space(needs, offers, language, as_of, learned)
    watch.lap(RunStage.UNDERSTAND)
    found = find_candidates(
        space,
        needs.category,
        offers.category,
        text_floor=policy.text_floor,
        told=lambda share: tell(RunStage.CANDIDATES, 0.7 * share),
    )
    pairs = np.stack([found.need, found.offer], axis=1)
    rules = evaluate_pairs(needs, offers, pairs, policy=policy, as_of=as_of, places=places)
    was_barred = _barred(needs, offers, found.need, found.offer, barred)
    scores = score_pairs(
        needs, offers, found.need, found.offer,
        closeness=found.closeness, most=rules.maximum, wanted=wanted_amounts(needs), policy=policy, as_of=as_of,
    )  # fmt: skip
    watch.lap(RunStage.CANDIDATES)
    tell(RunStage.ALLOCATE, 0.0)
    allowed = rules.allowed & ~was_barred & ~found.withheld
    problem = pose(
        needs, offers, policy,
        need=found.need[allowed], offer=found.offer[allowed],
        low=rules.minimum[allowed], high=rules.maximum[allowed], score=scores.total[allowed],
    )  # fmt: skip
    allocation = shards.allocate(problem) if shards is not None else allocate(problem)
    fair = guaranteed(problem, allocation, needs, policy.guarantees)
    watch.lap(RunStage.ALLOCATE)
    tell(RunStage.WRITE, 0.0)
    amounts = np.zeros(len(pairs), dtype=np.int64)
    amounts[allowed] = fair.amounts
    given = np.bincount(found.offer, weights=amounts, minlength=len(offers)).astype(np.int64)
    takers: dict[int, list[int]] = {}
    for p in np.flatnonzero(amounts):
        takers.setdefault(int(found.offer[p]), []).append(int(found.need[p]))
    view = Outcomes(
        needs, offers, policy, places, as_of, space, found.need, found.offer, found.closeness, rules, was_barred,
        found.withheld, scores, amounts, problem, np.searchsorted(found.need, np.arange(len(needs) + 1)), given, takers,
    )  # fmt: skip
    plan = MatchPlan(proposals(view), unmet_needs(view, found))
    watch.lap(RunStage.WRITE)
    plan.report = compile_report(view, found, allocation, fair, plan, timings=watch.timings)
    plan.what_if = WhatIf(needs, problem, allocation)
    tell(RunStage.WRITE, 1.0)
    return plan


def rank(
    needs: NeedColumns,
    offers: OfferColumns,
    *,
    language: Language,
    as_of: date,
    top: int = 20,
    learned: Learned | None = None,
) -> list[tuple[str, str, int, float]]:
    """The closest offers of each need by text alone: (need id, offer id, rank from 1, closeness in [0, 1]).

    No rules, no amounts; offers without anything in common come last, in order of id. Ordered by need id.
    """
    needs, offers = needs.ordered(), offers.ordered()
    space = _space(needs, offers, language, as_of, learned)
    columns = np.arange(len(offers), dtype=np.int64)
    ranked: list[tuple[str, str, int, float]] = []
    for start in range(0, len(needs), ROWS_AT_ONCE):
        rows = np.arange(start, min(start + ROWS_AT_ONCE, len(needs)), dtype=np.int64)
        close = space.closeness(rows, columns)
        best = np.argsort(-close, axis=1, kind="stable")[:, :top]
        for i, order in zip(rows, best, strict=True):
            ranked += [
                (needs.need_id[i], offers.offer_id[j], k, float(close[i - start, j])) for k, j in enumerate(order, 1)
            ]
    return ranked


def _space(
    needs: NeedColumns, offers: OfferColumns, language: Language, as_of: date, learned: Learned | None
) -> TextSpace:
    if learned is None:
        return TextSpace.of(needs, offers, language=language, as_of=as_of)
    return TextSpace.of(needs, offers, language=language, as_of=as_of, weights=learned.weights, memory=learned.memory)


def _barred(
    needs: NeedColumns, offers: OfferColumns, need: Ints, offer: Ints, barred: frozenset[tuple[str, str]]
) -> np.ndarray:
    """(n_pairs,) whether a caseworker declined the pair before."""
    if not barred:
        return np.zeros(len(need), dtype=bool)
    place_n = {need_id: i for i, need_id in enumerate(needs.need_id)}
    place_o = {offer_id: j for j, offer_id in enumerate(offers.offer_id)}
    keys = [place_n[n] * len(offers) + place_o[o] for n, o in barred if n in place_n and o in place_o]
    return np.isin(need * len(offers) + offer, np.array(keys, dtype=np.int64))
