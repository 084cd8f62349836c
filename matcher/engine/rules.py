"""The hard rules on many pairs at once, from the same table that judges a single pair.

Most rules read a few facts with few different values. For those, rows are grouped by the facts a rule reads, the
rule's own function is asked once per pair of groups that occurs, and the answers are looked up for all pairs.
Dates, areas and amounts have many values and are compared as arrays.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from matcher.domain.eligibility import RULES
from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.policy import Policy
from matcher.domain.reasons import ReasonCode
from matcher.domain.regions import Places
from matcher.domain.rulebook import Rule, Setting
from matcher.engine.rule_arrays import area_refusals, interest_refusals, time_refusals
from matcher.engine.rule_groups import Grouped, Ints
from matcher.engine.rule_limits import Limits, limit_arrays

Bits = npt.NDArray[np.uint64]
CODES: tuple[ReasonCode, ...] = tuple(dict.fromkeys(code for rule in RULES for code in rule.codes))
"""Bit k of a refusal mask is CODES[k]."""
BIT: dict[ReasonCode, np.uint64] = {code: np.uint64(1 << k) for k, code in enumerate(CODES)}
_ARRAYS = {
    ReasonCode.DEADLINE_PASSED, ReasonCode.OUTSIDE_AREA, ReasonCode.INTERESTED_PARTY, ReasonCode.OUT_OF_STOCK,
    ReasonCode.CAP_REACHED, ReasonCode.SELF_PAID_EXCEEDED, ReasonCode.BELOW_CASE_MINIMUM,
}  # fmt: skip
TABLED: tuple[Rule, ...] = tuple(rule for rule in RULES if not _ARRAYS.intersection(rule.codes))
"""Rules judged by groups; the others are compared as arrays."""


@dataclass(frozen=True, slots=True)
class RuleMatrix:
    """Refusals of pairs. `refused` (n_pairs,) uint64: bit k set when CODES[k] refuses; 0 when allowed.
    `minimum`, `maximum` (n_pairs,) int64: whole quantities of the common unit for an allowed pair."""

    refused: Bits
    minimum: Ints
    maximum: Ints

    @property
    def allowed(self) -> npt.NDArray[np.bool_]:
        """(n_pairs,) bool."""
        mask: npt.NDArray[np.bool_] = self.refused == 0
        return mask

    def codes(self, i: int) -> tuple[ReasonCode, ...]:
        """All refusals of pair `i`, in the order of `CODES`."""
        bits = int(self.refused[i])
        return tuple(code for k, code in enumerate(CODES) if bits >> k & 1)

    def first(self, i: int) -> ReasonCode | None:
        """The first refusal of pair `i`."""
        bits = int(self.refused[i])
        return CODES[(bits & -bits).bit_length() - 1] if bits else None

    def counts(self, rows: npt.NDArray[np.bool_] | slice = slice(None)) -> Counter[ReasonCode]:
        """How many pairs each code refuses (a pair may be refused by several)."""
        bits = self.refused[rows]
        found = ((code, int(np.count_nonzero(bits & BIT[code]))) for code in CODES)
        return Counter({code: count for code, count in found if count})


class RuleBook:
    """The rules prepared for one set of needs and offers; `judge` may be called for many batches of pairs."""

    def __init__(
        self, needs: NeedColumns, offers: OfferColumns, *, policy: Policy, as_of: date, places: Places
    ) -> None:
        self._setting = Setting(policy, as_of, places)
        self._needs, self._offers = Grouped(needs), Grouped(offers)
        self._needs.add("helped_enough", _helped_enough(needs))

    def judge(self, pairs: Ints) -> RuleMatrix:
        """Judge pairs of (need row, offer row). `pairs` is int64 of shape (n_pairs, 2)."""
        need, offer = pairs[:, 0], pairs[:, 1]
        refused = np.zeros(len(pairs), dtype=np.uint64)
        for rule in TABLED:
            refused |= self._by_table(rule, need, offer)
        for code, mask in time_refusals(self._needs, self._offers, need, offer, self._setting):
            refused[mask] |= BIT[code]
        refused[area_refusals(self._needs, self._offers, need, offer)] |= BIT[ReasonCode.OUTSIDE_AREA]
        refused[interest_refusals(self._needs, self._offers, need, offer)] |= BIT[ReasonCode.INTERESTED_PARTY]
        limits = self._limits(need, offer)
        for code, mask in limits.refusals():
            refused[mask] |= BIT[code]
        return RuleMatrix(refused, limits.minimum, limits.maximum)

    def limits(self, pairs: Ints) -> tuple[Ints, Ints]:
        """Least and most whole quantity per pair (H6, H7, H8, per case); most < least means nothing fits."""
        found = self._limits(pairs[:, 0], pairs[:, 1])
        return found.minimum, found.maximum

    def _limits(self, need: Ints, offer: Ints) -> Limits:
        return limit_arrays(self._needs, self._offers, need, offer, self._setting)

    def _by_table(self, rule: Rule, need: Ints, offer: Ints) -> Bits:
        def bits(need_row: int, offer_row: int) -> int:
            facts = self._needs.row(need_row), self._offers.row(offer_row)
            return sum({int(BIT[f.reason.code]) for f in rule.check(*facts, self._setting)})

        return self._needs.table(rule.need_facts, self._offers, rule.offer_facts, need, offer, bits).astype(np.uint64)


def evaluate_pairs(
    needs: NeedColumns, offers: OfferColumns, pairs: Ints, *, policy: Policy, as_of: date, places: Places
) -> RuleMatrix:
    """Every hard rule on every pair.

    Parameters
    ----------
    pairs : ndarray of shape (n_pairs, 2), int64; columns are need row, offer row

    Returns
    -------
    RuleMatrix
        agrees with `eligibility.pair_verdict` and `limits.case_bounds` on each pair
    """
    return RuleBook(needs, offers, policy=policy, as_of=as_of, places=places).judge(pairs)


def case_limits(
    needs: NeedColumns, offers: OfferColumns, pairs: Ints, *, policy: Policy, as_of: date, places: Places
) -> tuple[Ints, Ints]:
    """Least and most whole quantity of each pair, (n_pairs,) int64 both; most < least means nothing fits."""
    return RuleBook(needs, offers, policy=policy, as_of=as_of, places=places).limits(pairs)


def static_offer_mask(offers: OfferColumns, as_of: date) -> npt.NDArray[np.bool_]:
    """(n_offers,) bool: offers that may serve somebody; false when not vetted (H12), ended (H9) or empty (H8)."""
    rows = zip(offers.vetted, offers.valid_to, offers.quantity, strict=True)
    return np.array(
        [v is True and (end is None or end >= as_of) and (q is None or q >= 1) for v, end, q in rows], dtype=bool
    )


def static_need_mask(needs: NeedColumns, as_of: date) -> npt.NDArray[np.bool_]:
    """(n_needs,) bool: needs that may be served; false when stopped (H21), past their date (H9) or shown to no
    donor (H19)."""
    rows = zip(needs.stopped, needs.deadline, needs.consent, strict=True)
    return np.array(
        [not stopped and (by is None or by >= as_of) and bool(consent) for stopped, by, consent in rows], dtype=bool
    )


def _helped_enough(needs: NeedColumns) -> list[bool | None]:
    rows = zip(needs.helped_this_year, needs.covered, needs.quantity, strict=True)
    return [None if helped is None else helped - (own or 0) >= (quantity or 1) for helped, own, quantity in rows]
