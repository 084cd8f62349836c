"""A match run on small files, for tests that look at or break its results."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from matcher.domain.claims import ClaimColumns
from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.policy import Policy
from matcher.domain.terms import ScorePart
from matcher.engine.pipeline import match
from matcher.engine.verify import Check, verify_plan
from matcher.files.needs import read_needs
from matcher.files.offers import read_offers
from seeds.reference import language
from tests.places import places
from tests.policies import the_policy

DATA = Path(__file__).parent / "data"
DAY = date(2020, 2, 20)


@dataclass
class MatchedFiles:
    """Input, claims and report of one run; tests change a copy and verify it."""

    needs: NeedColumns
    offers: OfferColumns
    claims: ClaimColumns
    report: dict[str, Any]

    def verify(self) -> list[Check]:
        policy = Policy.from_report(self.report["policy"], as_of=DAY)
        return verify_plan(
            self.needs,
            self.offers,
            self.claims,
            self.report,
            policy=policy,
            as_of=DAY,
            places=places(),
            language=language(),
        )

    def broken(self) -> set[str]:
        return {check.name for check in self.verify() if not check.holds}


@cache
def _matched(name: str) -> MatchedFiles:
    needs = read_needs(DATA / f"{name}_needs.csv", places=places(), as_of=DAY).columns
    offers = read_offers(DATA / f"{name}_offers.csv", places=places(), as_of=DAY).columns
    plan = match(needs, offers, policy=the_policy(DAY), places=places(), language=language(), as_of=DAY)
    claims = ClaimColumns(
        need_id=[p.need_id for p in plan.proposals],
        offer_id=[p.offer_id for p in plan.proposals],
        quantity=[p.quantity for p in plan.proposals],
        unit=[p.unit for p in plan.proposals],
        score=[p.score for p in plan.proposals],
        parts={part: [p.parts[part] for p in plan.proposals] for part in ScorePart},
    )
    return MatchedFiles(needs, offers, claims, plan.report)


def matched(name: str) -> MatchedFiles:
    """A fresh copy of the run on `tests/data/{name}_needs.csv` and `_offers.csv`."""
    return deepcopy(_matched(name))
