"""Least and most whole quantity per pair for many pairs at once (H6, H7, H8, per case)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matcher.domain import limits
from matcher.domain.reasons import ReasonCode
from matcher.domain.rulebook import Setting
from matcher.domain.terms import STRICT_FUNDS
from matcher.engine.rule_groups import NONE, Grouped, Ints

Mask = npt.NDArray[np.bool_]
ENOUGH = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Limits:
    """(n_pairs,) arrays: bounds, and where stock, cap or self-paid remainder alone refuses."""

    minimum: Ints
    maximum: Ints
    empty: Mask
    capped: Mask
    self_paid: Mask
    too_little: Mask

    def refusals(self) -> Iterator[tuple[ReasonCode, Mask]]:
        yield ReasonCode.OUT_OF_STOCK, self.empty
        yield ReasonCode.CAP_REACHED, self.capped
        yield ReasonCode.SELF_PAID_EXCEEDED, self.self_paid
        yield ReasonCode.BELOW_CASE_MINIMUM, self.too_little


def limit_arrays(needs: Grouped, offers: Grouped, need: Ints, offer: Ints, setting: Setting) -> Limits:
    """`limits.case_bounds` and the checks of H6, H7, H8 on every pair of (need row, offer row)."""

    def cap(need_row: int, offer_row: int) -> int:
        amount = limits.policy_cap(needs.row(need_row), offers.row(offer_row), setting)
        return ENOUGH if amount is None else amount

    def medical(need_row: int, offer_row: int) -> int:
        return int(limits.self_paid_applies(needs.row(need_row), offers.row(offer_row)))

    strict = np.array([fund in STRICT_FUNDS for fund in offers.column("fund_source")], dtype=bool)[offer]
    facts, given = ("category", "unit", "hardship_class"), ("category", "unit", "fund_source")
    helped, paid = needs.numbers("helped_this_year"), needs.numbers("self_paid_left")

    caps = np.minimum(
        needs.table(facts, offers, given, need, offer, cap),
        _or(offers.numbers("cap_per_household_year"), ENOUGH)[offer],
    )
    has_cap = caps != ENOUGH
    left = np.where(has_cap, caps - _or(helped, 0)[need], ENOUGH)
    bills = needs.table(("category", "unit"), offers, given, need, offer, medical).astype(bool)
    within_bills = np.where(bills, _or(paid, ENOUGH)[need], ENOUGH)

    wanted = _or(needs.numbers("quantity"), 1)
    stock = offers.numbers("quantity")
    agreed = np.minimum(wanted[need], _or(offers.numbers("per_case_max"), ENOUGH)[offer])
    most = np.maximum(0, np.minimum.reduce([agreed, _or(stock, 1)[offer], left, within_bills]))
    least = np.maximum(1, _or(offers.numbers("per_case_min"), 1))[offer]
    whole = np.array([divisible is False for divisible in needs.column("divisible")], dtype=bool)
    least = np.maximum(least, np.where(whole, wanted, 1)[need])
    return Limits(
        minimum=least,
        maximum=most,
        empty=((stock != NONE) & (stock < 1))[offer],
        capped=has_cap & ((left < 1) | (strict & (helped == NONE)[need])),
        self_paid=bills & ((within_bills < 1) | (strict & (paid == NONE)[need])),
        too_little=(most < least) & ((most >= 1) | (agreed < 1)),
    )


def _or(numbers: Ints, default: int) -> Ints:
    """The numbers with unknown ones replaced."""
    return np.where(numbers == NONE, default, numbers)
