"""The figures of a run as one JSON-ready mapping; only `timings` may differ between equal runs."""

import resource
import time
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from matcher.domain.reasons import ReasonCode
from matcher.domain.terms import Category, RunStage
from matcher.engine.allocate import Allocation
from matcher.engine.candidates import Candidates
from matcher.engine.coverage import coverage
from matcher.engine.explain import Outcomes
from matcher.engine.fairness import Fair
from matcher.engine.marginal import marginal_values
from matcher.engine.plan import MatchPlan

PRICES_FROM = {"flow": "exact_one_more_unit", "mixed": "dual_of_linear_relaxation"}
"""How the price of an offer in each kind of part was found."""


class Stopwatch:
    """Seconds and peak memory by stage."""

    def __init__(self) -> None:
        self.timings: dict[str, dict[str, float]] = {}
        self._since = time.perf_counter()

    def lap(self, stage: RunStage) -> None:
        now = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.timings[stage.value] = {"seconds": round(now - self._since, 3), "peak_mb": round(peak, 1)}
        self._since = now


def engine_version() -> str:
    try:
        return version("nuanliu")
    except PackageNotFoundError:
        return "source"


def compile_report(
    view: Outcomes,
    candidates: Candidates,
    allocation: Allocation,
    fair: Fair,
    plan: MatchPlan,
    *,
    timings: dict[str, Any],
) -> dict[str, Any]:
    """Engine, policy, model, counts, coverage, objective with bound and gap, prices, scarcity, quality, timings.

    Bound and prices are those of the allocation without guarantees, so the gap holds the price of fairness too.
    """
    reached = view.problem.reached(fair.amounts)
    weight, score = fair.objective
    encoder = view.space.language.encoder_name
    engine = {"name": "nuanliu", "version": engine_version(), "lexicon": view.space.language.version}
    weights = {name: weight for name, weight in view.space.weights.values.items() if encoder or name != "sense"}
    return {
        "engine": engine | ({"encoder": encoder} if encoder else {}),
        "policy": {"version": view.policy.version, **dict(view.policy.body)},
        "model": {
            "name": view.space.weights.name,
            "bias": view.space.weights.bias,
            "weights": weights,
            "remembers": view.space.memory is not None,
        },
        "as_of": view.as_of.isoformat(),
        "counts": _counts(view, candidates, plan),
        "coverage": coverage(view.needs, view.problem, fair.amounts),
        "fairness": fair.report,
        "objective": {
            "reached_weight": weight,
            "reached_households": int(reached.sum()),
            "score": score / allocation.resolution,
            "score_parts": score,
            "resolution": allocation.resolution,
        },
        "bound": {
            "reached_weight": allocation.bound[0],
            "score": allocation.bound[1] / allocation.resolution,
            "score_parts": allocation.bound[1],
        },
        "gap": {
            "reached_weight": _gap(weight, allocation.bound[0]),
            "score": _gap(score, allocation.bound[1]),
        },
        "solver": allocation.status,
        "prices": _prices(view, allocation),
        "prices_from": dict(PRICES_FROM),
        "scarcity": scarcity(view, allocation),
        "marginal": marginal_values(view.needs, view.problem, allocation),
        "inferred_categories": {
            "needs": sum(c is None for c in view.needs.category),
            "offers": sum(c is None for c in view.offers.category),
            "text_floor": view.policy.text_floor,
        },
        "unit_problems": view.rules.counts()[ReasonCode.UNIT_UNKNOWN],
        "unlimited_offers": sum(q is None for q in view.offers.quantity),
        "unknown_amounts": sum(q is None for q in view.needs.quantity),
        "timings": timings,
    }


def scarcity(view: Outcomes, allocation: Allocation) -> list[dict[str, Any]]:
    """Per category and unit: needed, available, short (never below 0), and the mean price of the offers.

    An inferred category counts under its code when the text leaves little doubt, else under "".
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}

    def row(category: str, unit: str | None) -> dict[str, Any]:
        blank: dict[str, Any] = {"category": category, "unit": unit, "needed": 0, "available": 0, "prices": []}
        return rows.setdefault((category, unit or ""), blank)

    for i, wanted in enumerate(view.problem.wanted):
        kind = _kind(view.needs.category[i], view.space.needs.inferred[i])
        row(kind, view.needs.unit[i])["needed"] += int(wanted)
    for j, stock in enumerate(view.offers.quantity):
        kind = _kind(view.offers.category[j], view.space.offers.inferred[j])
        entry = row(kind, view.offers.unit[j])
        entry["available"] += stock or 0
        entry["prices"].append(float(allocation.price_score[j]) / allocation.resolution)
    for entry in rows.values():
        entry["short"] = max(0, entry["needed"] - entry["available"])
        entry["price"] = round(float(np.mean(entry.pop("prices") or [0.0])), 3)
    return [rows[key] for key in sorted(rows)]


def _kind(given: Category | None, inferred: np.ndarray) -> str:
    if given is not None:
        return given.value
    best = int(inferred.argmax())
    return list(Category)[best].value if inferred[best] >= 0.5 else ""


def _counts(view: Outcomes, candidates: Candidates, plan: MatchPlan) -> dict[str, Any]:
    allowed = view.rules.allowed & ~view.barred
    return {
        "needs": len(view.needs),
        "offers": len(view.offers),
        "households": len(view.problem.weight),
        "pairs_compared": len(view.needs) * len(view.offers) - int(candidates.n_category_differs.sum()),
        "pairs_text_too_far": int(candidates.n_text_too_far.sum()),
        "pairs_judged": len(view.need),
        "pairs_permitted": int(allowed.sum()),
        "refusals": {code.value: n for code, n in sorted(view.rules.counts().items())},
        "declined_before": int(view.barred.sum()),
        "proposals": len(plan.proposals),
        "needs_unmet": len(plan.unmet),
        "needs_served": len({p.need_id for p in plan.proposals}),
    }


def _prices(view: Outcomes, allocation: Allocation) -> dict[str, dict[str, float]]:
    """What one more unit of each scarce offer would add; offers with something left have price 0 and are left out."""
    found = np.flatnonzero((allocation.price_reach != 0) | (allocation.price_score != 0))
    return {
        view.offers.offer_id[j]: {
            "reached_weight": round(float(allocation.price_reach[j]), 6),
            "score": round(float(allocation.price_score[j]) / allocation.resolution, 6),
        }
        for j in found
    }


def _gap(value: int, bound: int) -> float:
    """Share by which the bound lies above the value; 0 when proven best."""
    return 0.0 if bound <= value else round((bound - value) / bound, 9)
