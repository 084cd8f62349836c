"""How one hard rule is written: which facts it reads, what it says, and the article it rests on.

A rule looks at one need and one offer and yields findings. No finding means passed. A finding about an unknown
fact refuses only where the fund is strict (F1, F2, F3, F9): "a blank fact blocks public and mutual-aid money and
otherwise does not apply".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from matcher.domain.facts import NeedFacts, OfferFacts
from matcher.domain.policy import FundRule, Policy
from matcher.domain.reasons import Outcome, Reason, ReasonCode, Value
from matcher.domain.regions import Places
from matcher.domain.terms import STRICT_FUNDS, Category, FundSource

NO_DEMANDS = FundRule(FundSource.DONATION)


@dataclass(frozen=True, slots=True)
class Setting:
    """What rules need besides the two sides: the policy in force, the day, the places."""

    policy: Policy
    as_of: date
    places: Places

    def demands(self, offer: OfferFacts) -> FundRule:
        """What the offer's fund source asks for; nothing when there is none."""
        return NO_DEMANDS if offer.fund_source is None else self.policy.funds.get(offer.fund_source, NO_DEMANDS)


@dataclass(frozen=True, slots=True)
class Finding:
    outcome: Outcome
    reason: Reason


Findings = Iterator[Finding]
Check = Callable[[NeedFacts, OfferFacts, Setting], Findings]


@dataclass(frozen=True, slots=True)
class Rule:
    """`need_facts` and `offer_facts` name every fact the check reads: two pairs that agree in them get the same
    findings, which is what lets the engine judge millions of pairs by a small table."""

    number: str
    article: str
    codes: tuple[ReasonCode, ...]
    need_facts: tuple[str, ...]
    offer_facts: tuple[str, ...]
    check: Check


def failed(code: ReasonCode, **params: Value | tuple[str, ...]) -> Finding:
    return Finding(Outcome.FAILED, Reason(code, params))


def unknown(code: ReasonCode, fact: str, **params: Value | tuple[str, ...]) -> Finding:
    """Refuses because `fact` is not known."""
    return Finding(Outcome.UNKNOWN, Reason(code, {"missing": fact, **params}))


def is_strict(offer: OfferFacts) -> bool:
    """Whether an unknown fact refuses this offer's money."""
    return offer.fund_source in STRICT_FUNDS


def use_of(need: NeedFacts, offer: OfferFacts) -> Category | None:
    """What the means would be used for: the offer's category, else the need's."""
    return offer.category or need.category
