"""The ladder of help (梯度帮扶, R42): where a need belongs, what may come before a file, what an exit falls back to.

Rules are data (`seeds/policy/tiers.toml`), dated and local like those of the matching. A need rests on T1 only while
its family is on file. That the state's entitlements are used first (R20) is a rule of matching: `fund_rules.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.domain.kinds import proposed_tier
from matcher.domain.network_terms import Entitlement, EntitlementState
from matcher.domain.policy import Entries, PolicyProblem, codes_of, whole_of
from matcher.domain.terms import Category, FileStatus, FundSource, Tier, TierReason

BY_HAND = (
    TierReason.EMERGENCY, TierReason.MUTUAL_AID, TierReason.ROSTER, TierReason.EVERYBODY, TierReason.WRONG,
)  # fmt: skip
"""Reasons that people give; the others come with the file."""


@dataclass(frozen=True, slots=True)
class TierRules:
    """What the ladder goes by in one place on one day. `filing_days`: calendar days for making up a file."""

    early_funds: frozenset[FundSource] = frozenset()
    early_urgency: int = 5
    filing_days: int = 30

    @classmethod
    def effective(cls, mapping: Mapping[str, Any], *, as_of: date, jurisdiction: str) -> "TierRules":
        """The rules in force in a division on a day. Raises PolicyProblem."""
        keep = Entries(mapping, jurisdiction=jurisdiction, as_of=as_of)
        early = keep.one("early_help")
        urgency = whole_of(early, "urgency")
        if not 1 <= urgency <= 5:
            raise PolicyProblem("early_help.urgency", "not_within", urgency)
        return cls(
            early_funds=codes_of(early, "funds", FundSource),
            early_urgency=urgency,
            filing_days=whole_of(early, "filing_days"),
        )

    def is_early_help(self, fund: FundSource, urgency: int, status: FileStatus, *, is_money: bool) -> bool:
        """Whether this is money for an emergency before the file stands, so that the file must be made up."""
        off_file = status in (FileStatus.NONE, FileStatus.DRAFT, FileStatus.CLOSED)
        return is_money and off_file and fund in self.early_funds and urgency >= self.early_urgency


def due_first(
    entitlements: tuple[Entitlement, ...], known: Mapping[Entitlement, EntitlementState]
) -> tuple[Entitlement, ...]:
    """Entitlements that are due and not applied for: public money waits for them (institution first)."""
    return tuple(e for e in entitlements if known.get(e) is EntitlementState.DUE)


def settled_tier(tier: Tier, category: Category | None, status: FileStatus) -> Tier:
    """The tier of an open need once its family comes on file or leaves it: then visits go on (T2). Others stay."""
    on_file = status is FileStatus.ACTIVE
    if on_file and tier is Tier.T2 and proposed_tier(category, on_file=True) is Tier.T1:
        return Tier.T1
    return Tier.T2 if tier is Tier.T1 and not on_file else tier


def offer_tier(category: Category | None, fund: FundSource) -> Tier | None:
    """Which step an offer serves by its kind and its money; None: the text does not say (R42)."""
    if fund is FundSource.WELFARE:
        return Tier.T5
    if fund is FundSource.MUTUAL_AID:
        return Tier.T3
    if fund in (FundSource.CENTRAL, FundSource.PROVINCIAL, FundSource.LOCAL):
        return Tier.T1
    return proposed_tier(category, on_file=False) if category else None
