"""The rules a use case goes by, as data: handed in by the doors, which read them from the reference data."""

from dataclasses import dataclass

from matcher.domain.policy import Policy
from matcher.domain.regions import Places


@dataclass(frozen=True, slots=True)
class Rules:
    """The policy in force on the day of the act, and the places of the country."""

    policy: Policy
    places: Places
