"""How much may go from one offer to one need: H6, H7, H8 and the donor's least and most per case."""

from dataclasses import dataclass

from matcher.domain.amounts import is_money, same_unit
from matcher.domain.facts import NeedFacts, OfferFacts
from matcher.domain.policy import Cap
from matcher.domain.reasons import ReasonCode
from matcher.domain.rulebook import Findings, Setting, failed, is_strict, unknown, use_of
from matcher.domain.terms import Category


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and most whole quantity for a pair, in the common unit; `maximum` < `minimum` means nothing fits."""

    minimum: int
    maximum: int

    @property
    def is_open(self) -> bool:
        return self.maximum >= self.minimum


def wanted(need: NeedFacts) -> int:
    """The quantity a need asks for; an unknown amount wants one unit."""
    return 1 if need.quantity is None else need.quantity


def caps_on(need: NeedFacts, offer: OfferFacts, setting: Setting) -> list[Cap]:
    """H6: the policy's yearly caps that bind this pair.

    An unknown class counts as every class where the fund is strict, so that the lowest cap holds.
    """
    use, unit = use_of(need, offer), offer.unit or need.unit
    return [
        cap
        for cap in setting.policy.caps
        if cap.category == use
        and (not cap.funds or offer.fund_source in cap.funds)
        and unit is not None
        and same_unit(cap.unit, unit)
        and (
            not cap.hardship_classes
            or need.hardship_class in cap.hardship_classes
            or (need.hardship_class is None and is_strict(offer))
        )
    ]


def policy_cap(need: NeedFacts, offer: OfferFacts, setting: Setting) -> int | None:
    """H6: most a household may receive of this use in a year under this fund, None without a cap."""
    return min((cap.amount for cap in caps_on(need, offer, setting)), default=None)


def cap_left(need: NeedFacts, offer: OfferFacts, setting: Setting) -> int | None:
    """What is left this year under the policy's and the donor's cap after earlier help; None without a cap."""
    caps = [c for c in (policy_cap(need, offer, setting), offer.cap_per_household_year) if c is not None]
    return min(caps) - (need.helped_this_year or 0) if caps else None


def self_paid_applies(need: NeedFacts, offer: OfferFacts) -> bool:
    """H7 is about money for medical bills."""
    return use_of(need, offer) is Category.MED and is_money(offer.unit or need.unit)


def case_bounds(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Bounds:
    """Least and most for this pair on its own (other proposals not counted).

    Most: what is wanted, what is left (an unlimited offer gives one), the donor's most per case, what caps leave
    (H6), the self-paid remainder (H7). Least: the donor's least per case; all of it when the need cannot be split.
    """
    most = [wanted(need), 1 if offer.quantity is None else offer.quantity]
    if offer.per_case_max is not None:
        most.append(offer.per_case_max)
    left = cap_left(need, offer, setting)
    if left is not None:
        most.append(left)
    if need.self_paid_left is not None and self_paid_applies(need, offer):
        most.append(need.self_paid_left)
    least = max(1, offer.per_case_min or 1)
    if need.divisible is False:
        least = max(least, wanted(need))
    return Bounds(least, max(0, min(most)))


def cap_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H6: the yearly cap of household, class and fund is not used up."""
    left = cap_left(need, offer, setting)
    if left is None:
        return
    if need.helped_this_year is None and is_strict(offer):
        yield unknown(ReasonCode.CAP_REACHED, "helped_this_year", cap=left, helped=None)
    elif left < 1:
        helped = need.helped_this_year or 0
        yield failed(ReasonCode.CAP_REACHED, cap=left + helped, helped=helped)


def self_paid_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """H7: medical help stays within what the household itself has to pay."""
    if not self_paid_applies(need, offer):
        return
    if need.self_paid_left is None:
        if is_strict(offer):
            yield unknown(ReasonCode.SELF_PAID_EXCEEDED, "self_paid_left", left=None)
    elif need.self_paid_left < 1:
        yield failed(ReasonCode.SELF_PAID_EXCEEDED, left=need.self_paid_left)


def case_check(need: NeedFacts, offer: OfferFacts, setting: Setting) -> Findings:
    """What may be given reaches the least that makes sense for this pair.

    Silent where nothing may be given at all: stock, cap or self-paid remainder have said so.
    """
    bounds = case_bounds(need, offer, setting)
    is_told = bounds.maximum < 1 and wanted(need) >= 1 and (offer.per_case_max is None or offer.per_case_max >= 1)
    if not bounds.is_open and not is_told:
        yield failed(ReasonCode.BELOW_CASE_MINIMUM, least=bounds.minimum, most=bounds.maximum)
