"""The rules a use case goes by, as data: handed in by the doors, which read them from the reference data."""

from dataclasses import dataclass, field
from datetime import date

from matcher.domain.policy import Policy
from matcher.domain.regions import Places
from matcher.domain.response import Calendar
from matcher.domain.tiers import TierRules


@dataclass(frozen=True, slots=True)
class Rules:
    """The policy in force on the day of the act, the places of the country, public holidays and worked weekends,
    the ladder of help."""

    policy: Policy
    places: Places
    days_off: frozenset[date] = field(default_factory=frozenset)
    workdays: frozenset[date] = field(default_factory=frozenset)
    tiers: TierRules = field(default_factory=TierRules)

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.policy.office_hours, self.days_off, self.workdays)
