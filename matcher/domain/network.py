"""The union tree: which level may stand under which, and what a move does to paths (R2, R47).

A unit's code is its own: the demonstration zone has a union and no division code.
"""

import re
from dataclasses import dataclass

from matcher.domain.network_terms import ReferralWay
from matcher.domain.terms import UnitLevel

UNIT_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,22}[A-Z0-9]")
BELOW: dict[UnitLevel, frozenset[UnitLevel]] = {
    UnitLevel.CITY: frozenset({UnitLevel.COUNTY, UnitLevel.INDUSTRY, UnitLevel.GRASSROOTS, UnitLevel.STATION}),
    UnitLevel.COUNTY: frozenset({UnitLevel.INDUSTRY, UnitLevel.GRASSROOTS, UnitLevel.STATION}),
    UnitLevel.INDUSTRY: frozenset({UnitLevel.GRASSROOTS, UnitLevel.STATION}),
    UnitLevel.GRASSROOTS: frozenset({UnitLevel.GRASSROOTS, UnitLevel.STATION}),
    UnitLevel.STATION: frozenset(),
}
"""What may stand directly under each level; 市属基层工会 stand under the city itself."""
LEAST_WORD = 2
LONGEST_PATH = 120


@dataclass(frozen=True, slots=True)
class Place:
    """Where a unit stands: enough to judge a step."""

    unit_id: int
    path: str
    level: UnitLevel
    is_active: bool = True


def may_stand_under(level: UnitLevel, parent: UnitLevel) -> bool:
    return level in BELOW[parent]


def is_within(path: str, above: str) -> bool:
    """Whether a path lies in the subtree of another, itself included."""
    return path.startswith(above)


def move_problem(unit: Place, parent: Place) -> str | None:
    """Why a unit cannot stand under another one, as a code; None when it can."""
    if not parent.is_active:
        return "unit_is_closed"
    if is_within(parent.path, unit.path):
        return "unit_under_itself"
    return None if may_stand_under(unit.level, parent.level) else "level_not_under"


def succession_problem(unit: Place, successor: Place) -> str | None:
    """Why a unit cannot take over the cases of one that closes, as a code; None when it can."""
    if not successor.is_active:
        return "unit_is_closed"
    if is_within(successor.path, unit.path):
        return "successor_within"
    return "station_has_no_cases" if successor.level is UnitLevel.STATION else None


def moved(path: str, old: str, new: str) -> str:
    """The path of a unit in a subtree that moved from `old` to `new`. Raises ValueError when it would be too long."""
    if not is_within(path, old):
        return path
    result = new + path[len(old) :]
    if len(result) > LONGEST_PATH:
        raise ValueError("path_too_long")
    return result


def way_between(start: str, goal: str) -> ReferralWay:
    """Which way a case goes between the paths of two different units."""
    if is_within(start, goal):
        return ReferralWay.UP
    return ReferralWay.DOWN if is_within(goal, start) else ReferralWay.SIDEWAYS


def parent_path(path: str) -> str | None:
    """The path of the unit above; None at the top."""
    ids = path.strip("/").split("/")
    return "/" + "/".join(ids[:-1]) + "/" if len(ids) > 1 else None
