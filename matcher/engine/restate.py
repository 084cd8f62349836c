"""The allocation problem stated again from the same input, with a claimed result placed in it."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from matcher.domain.claims import ClaimColumns
from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.policy import Policy
from matcher.domain.regions import Places
from matcher.engine.candidates import find_candidates
from matcher.engine.language import Language
from matcher.engine.pose import pose, wanted_amounts
from matcher.engine.problem import Ints, Problem
from matcher.engine.rules import evaluate_pairs
from matcher.engine.scoring import score_pairs
from matcher.engine.vectorize import TextSpace


@dataclass(frozen=True, slots=True)
class Restated:
    """The problem over all permitted pairs; `rows` (n_claims,) is each claim's pair or −1, `amounts` (n_pairs,)
    what is claimed, `parts` (n_pairs, 6) the scores computed again."""

    problem: Problem
    parts: Ints
    rows: Ints
    amounts: Ints
    offer_ids: list[str]
    n_needs: int

    @property
    def n_offers(self) -> int:
        return len(self.offer_ids)

    def reached(self) -> np.ndarray:
        """(n_households,) bool: a need of the household gets a useful amount."""
        problem = self.problem
        given = np.zeros(len(problem.wanted), dtype=np.int64)
        np.add.at(given, problem.need, self.amounts)
        result = np.zeros(len(problem.weight), dtype=bool)
        result[problem.household[given >= problem.useful]] = True
        return result

    def reached_households(self) -> int:
        return int(self.reached().sum())

    def unit_values(self) -> Ints:
        """(n_pairs,) what one unit adds to the score objective, in parts of a thousandth."""
        problem = self.problem
        return np.asarray(problem.score * problem.resolution // problem.wanted[problem.need], dtype=np.int64)

    def objective(self) -> tuple[int, int]:
        """Household weight reached, and score in parts of a thousandth."""
        weight = int(self.problem.weight[self.reached()].sum())
        return weight, int((self.unit_values() * self.amounts).sum())


def restate(
    needs: NeedColumns,
    offers: OfferColumns,
    claims: ClaimColumns,
    *,
    policy: Policy,
    as_of: date,
    places: Places,
    language: Language,
) -> Restated:
    """State the problem for needs and offers ordered by id, and place the claims in it."""
    space = TextSpace.of(needs, offers, language=language, as_of=as_of)
    found = find_candidates(space, needs.category, offers.category, text_floor=policy.text_floor)
    pairs = np.stack([found.need, found.offer], axis=1)
    rules = evaluate_pairs(needs, offers, pairs, policy=policy, as_of=as_of, places=places)
    ok = rules.allowed & ~found.withheld
    need, offer = found.need[ok], found.offer[ok]
    scores = score_pairs(
        needs, offers, need, offer,
        closeness=found.closeness[ok], most=rules.maximum[ok], wanted=wanted_amounts(needs),
        policy=policy, as_of=as_of,
    )  # fmt: skip
    problem = pose(
        needs, offers, policy, need=need, offer=offer, low=rules.minimum[ok], high=rules.maximum[ok],
        score=scores.total,
    )  # fmt: skip
    rows = _rows(needs, offers, claims, need, offer)
    amounts = np.zeros(len(need), dtype=np.int64)
    placed = rows >= 0
    np.add.at(amounts, rows[placed], np.array(claims.quantity, dtype=np.int64)[placed])
    return Restated(problem, scores.parts, rows, amounts, offers.offer_id, len(needs))


def _rows(needs: NeedColumns, offers: OfferColumns, claims: ClaimColumns, need: Ints, offer: Ints) -> Ints:
    """(n_claims,) pair row of each claim, −1 where the pair is not permitted."""
    need_row = {need_id: i for i, need_id in enumerate(needs.need_id)}
    offer_row = {offer_id: j for j, offer_id in enumerate(offers.offer_id)}
    key = need * len(offers) + offer  # ascending: pairs are ordered by need, then offer
    wanted = np.array(
        [need_row[n] * len(offers) + offer_row[o] for n, o in zip(claims.need_id, claims.offer_id, strict=True)],
        dtype=np.int64,
    )
    if not len(key):
        return np.full(len(wanted), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    return np.where(key[at] == wanted, at, -1)
