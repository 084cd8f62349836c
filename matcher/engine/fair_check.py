"""Whether a result keeps the policy's guarantees, counted again from the claims alone."""

from typing import Any

import numpy as np

from matcher.domain.facts import NeedColumns
from matcher.domain.policy import Guarantees
from matcher.engine.check import Check
from matcher.engine.problem import UNLIMITED
from matcher.engine.restate import Restated

SHOWN = 20


def fairness_check(stated: Restated, needs: NeedColumns, report: dict[str, Any], guarantees: Guarantees) -> Check:
    """Every county and class at its floor or named as out of reach, the reserve untouched, the price as told."""
    told = report.get("fairness")
    told = told if isinstance(told, dict) else {}
    price = told.get("price")
    price = price if isinstance(price, dict) else {}
    if not guarantees:
        return Check("guarantees", not any(price.values()), ("a price without guarantees",) * any(price.values()))
    broken = [*_floors_missed(stated, needs, told, guarantees), *_reserve_touched(stated, needs, guarantees)]
    given_up = report.get("bound", {}).get("reached_weight", 0) - stated.objective()[0]
    stated_price = price.get("reached_weight", 0)
    if stated_price > given_up or (stated_price < given_up and not _has_open_parts(report)):
        broken.append(f"price: {stated_price} ≠ {given_up}")
    return Check("guarantees", not broken, tuple(broken[:SHOWN]), {"price": price})


def _has_open_parts(report: dict[str, Any]) -> bool:
    """Whether the solver left a gap of its own."""
    return any(kind.get("optimal") != kind.get("parts") for kind in report.get("solver", {}).values())


def _floors_missed(stated: Restated, needs: NeedColumns, told: dict[str, Any], guarantees: Guarantees) -> list[str]:
    reached = stated.reached()
    problem = stated.problem
    most = np.zeros(len(problem.wanted))
    can = problem.high >= np.maximum(1, problem.low)
    np.add.at(most, problem.need[can], problem.high[can])
    reachable = np.zeros(len(problem.weight), dtype=bool)
    reachable[problem.household[most >= problem.useful]] = True
    before = int(reached.sum()) + int(told.get("price", {}).get("reached_households", 0))
    overall = before / max(1, int(reachable.sum()))
    known = {(entry.get("kind"), entry.get("code")): entry.get("reached") for entry in told.get("out_of_reach", [])}
    first = np.full(len(problem.weight), -1)
    for i in range(len(problem.household) - 1, -1, -1):
        first[problem.household[i]] = i
    broken = []
    for kind, gap in (("county", guarantees.county_gap), ("class", guarantees.class_gap)):
        groups: dict[str, list[int]] = {}
        for h, i in enumerate(first):
            code = (needs.region[i] or "") if kind == "county" else str(needs.hardship_class[i] or "none")
            groups.setdefault(code, []).append(h)
        for code, homes in sorted(groups.items() if gap is not None else ()):
            able, got = int(reachable[homes].sum()), int((reached & reachable)[homes].sum())
            if (
                code
                and gap is not None
                and got < np.ceil((overall - gap) * able - 1e-9)
                and known.get((kind, code)) != got
            ):
                broken.append(f"{kind} {code}: {got} of {able} reached")
    return broken


def _reserve_touched(stated: Restated, needs: NeedColumns, guarantees: Guarantees) -> list[str]:
    problem, share = stated.problem, round(guarantees.emergency_reserve * 10_000)
    calm = np.array([(u or 0) < guarantees.emergency_urgency for u in needs.urgency], dtype=bool)
    taken = np.zeros(len(problem.stock), dtype=np.int64)
    ours = calm[problem.need]
    np.add.at(taken, problem.offer[ours], stated.amounts[ours])
    limited = problem.stock < UNLIMITED
    room = problem.stock - problem.stock * share // 10_000
    return [
        f"reserve of {stated.offer_ids[j]}: {taken[j]} > {room[j]}" for j in np.flatnonzero(limited & (taken > room))
    ]
