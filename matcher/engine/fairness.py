"""Guarantees of the policy, and what they cost: nobody's county or class may fall far behind, some stock waits.

The allocation without guarantees comes first; its overall share of families reached, less the gap allowed, is the
floor of every county and class. A floor is met as far as permitted offers allow at all; nobody is held down so that
two shares come closer. Whatever floors do not touch stays as it was. The price of fairness is the difference.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.facts import NeedColumns
from matcher.domain.policy import Guarantees
from matcher.engine.allocate import Allocation, allocate, parts_of
from matcher.engine.coverage import household_groups, reachable_households
from matcher.engine.mixed import solve_mixed
from matcher.engine.problem import UNLIMITED, Ints, Problem


@dataclass(frozen=True, slots=True)
class Group:
    """The reachable households of a county or a class, and how many of them the guarantee asks for."""

    kind: str  # "county" or "class"
    code: str
    homes: Ints
    least: int


@dataclass(slots=True)
class Fair:
    """Amounts under the guarantees; `report` is JSON-ready."""

    amounts: Ints
    objective: tuple[int, int]
    report: dict[str, Any] = field(default_factory=dict)


def guaranteed(problem: Problem, free: Allocation, needs: NeedColumns, guarantees: Guarantees) -> Fair:
    """The best allocation that keeps the guarantees, and its price against `free`, the best one without them."""
    held = _reserving(problem, needs, guarantees)
    base = free.amounts if held is problem else allocate(held).amounts
    groups = _groups(problem, free.amounts, needs, guarantees)
    amounts = _lifted(held, base, groups)
    held.check(amounts)
    objective = problem.objective(amounts)
    return Fair(amounts, objective, _report(problem, free, amounts, needs, groups, guarantees))


def _reserving(problem: Problem, needs: NeedColumns, guarantees: Guarantees) -> Problem:
    """The problem with a share of every limited stock out of reach of all but emergencies."""
    kept = _reserved(problem, guarantees)
    if not kept.any():
        return problem
    urgent = np.array([(u or 0) >= guarantees.emergency_urgency for u in needs.urgency], dtype=bool)[problem.need]
    for_urgent = np.zeros(len(problem.stock), dtype=bool)
    for_urgent[problem.offer[urgent]] = True
    caps = list(problem.caps)
    for j in np.flatnonzero(for_urgent & (kept > 0)):
        pairs = np.flatnonzero((problem.offer == j) & ~urgent)
        if int(problem.high[pairs].sum()) > problem.stock[j] - kept[j]:
            caps.append((pairs, int(problem.stock[j] - kept[j])))
    stock = np.where(for_urgent, problem.stock, problem.stock - kept)
    return replace(problem, stock=stock, caps=tuple(caps), fixed_resolution=problem.resolution)


def _reserved(problem: Problem, guarantees: Guarantees) -> Ints:
    """(n_offers,) units that wait for emergencies."""
    share = round(guarantees.emergency_reserve * 10_000)
    return np.where(problem.stock >= UNLIMITED, 0, problem.stock * share // 10_000)


def _groups(problem: Problem, amounts: Ints, needs: NeedColumns, guarantees: Guarantees) -> list[Group]:
    reached, reachable = problem.reached(amounts), reachable_households(problem)
    overall = float(reached.sum()) / max(1, int(reachable.sum()))
    groups = []
    regions, classes = household_groups(needs, problem)
    for kind, labels, gap in (
        ("county", regions, guarantees.county_gap),
        ("class", classes, guarantees.class_gap),
    ):
        if gap is None:
            continue
        label = np.array(labels)
        for code in sorted(set(labels) - {""}):
            homes = np.flatnonzero((label == code) & reachable)
            least = int(np.ceil(max(0.0, overall - gap) * len(homes) - 1e-9))
            groups.append(Group(kind, code, homes, least))
    return groups


def _lifted(problem: Problem, base: Ints, groups: list[Group]) -> Ints:
    """(n_pairs,) amounts with the groups that lie below their floor lifted, in the parts that this touches."""
    reached = problem.reached(base)
    behind = np.zeros(len(problem.weight), dtype=bool)
    for group in groups:
        if int(reached[group.homes].sum()) < group.least:
            behind[group.homes] = True
    carrying = problem.carrying()
    tight = replace(problem.only(carrying), fixed_resolution=problem.resolution)
    home = tight.household[tight.need]
    inside = _touched(home, parts_of(tight)[0], behind, groups)
    if not inside.any():
        return base
    touched = np.zeros(len(problem.weight), dtype=bool)
    touched[home[inside]] = True
    floors = tuple(
        (
            group.homes[touched[group.homes]],
            max(0, group.least - int(reached[group.homes][~touched[group.homes]].sum())),
        )
        for group in groups
    )
    small, _ = replace(tight, floors=tuple(floor for floor in floors if floor[1])).part(inside)
    amounts = base.copy()
    amounts[np.flatnonzero(carrying)[inside]] = solve_mixed(small).amounts
    return amounts


def _touched(home: Ints, part: Ints, behind: NDArray[np.bool_], groups: list[Group]) -> NDArray[np.bool_]:
    """(n_pairs,) the parts of households that lie behind, of everybody in a group with one of theirs, and so on."""
    homes = behind.copy()
    while True:
        inside = np.isin(part, np.unique(part[homes[home]]))
        more = homes.copy()
        more[home[inside]] = True
        for group in groups:
            if more[group.homes].any():
                more[group.homes] = True
        if (more == homes).all():
            return inside
        homes = more


def _report(
    problem: Problem, free: Allocation, amounts: Ints, needs: NeedColumns, groups: list[Group], guarantees: Guarantees
) -> dict[str, Any]:
    before, after = problem.reached(free.amounts), problem.reached(amounts)
    weight, score = problem.objective(amounts)
    missed = [
        {"kind": group.kind, "code": group.code, "asked": group.least, "reached": int(after[group.homes].sum())}
        for group in groups
        if int(after[group.homes].sum()) < group.least
    ]
    return {
        "guarantees": {
            "county_gap": guarantees.county_gap,
            "class_gap": guarantees.class_gap,
            "emergency_reserve": guarantees.emergency_reserve,
        },
        "lifted": sorted(
            f"{group.kind} {group.code}" for group in groups if int(before[group.homes].sum()) < group.least
        ),
        "out_of_reach": missed,
        "reserved_units": int(_reserved(problem, guarantees).sum()),
        "spread": spread(problem, needs, before, after),
        "price": {
            "reached_weight": free.objective[0] - weight,
            "reached_households": int(before.sum()) - int(after.sum()),
            "score": (free.objective[1] - score) / problem.resolution,
        },
    }


def spread(
    problem: Problem, needs: NeedColumns, before: NDArray[np.bool_], after: NDArray[np.bool_]
) -> dict[str, dict[str, float]]:
    """Largest less smallest share of reachable families reached, between counties and between classes, without and
    with the guarantees."""
    reachable = reachable_households(problem)
    result = {}
    for kind, labels in zip(("county", "class"), household_groups(needs, problem), strict=True):
        label = np.array(labels)
        own = [(label == code) & reachable for code in sorted(set(labels) - {""})]
        rows = [mask for mask in own if mask.any()]
        result[kind] = {
            name: round(max(shares) - min(shares), 4) if (shares := [float(got[mask].mean()) for mask in rows]) else 0.0
            for name, got in (("without", before), ("with", after))
        }
    return result
