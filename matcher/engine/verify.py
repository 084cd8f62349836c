"""An independent second look at a match result: every rule, every limit, every sum, and the proof of the optimum.

Nothing of the allocation is trusted or reused. Pairs are judged one by one by `eligibility.pair_verdict`, limits
are added up here, and `certificate.py` bounds what any allocation could reach.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from matcher.domain.amounts import same_unit
from matcher.domain.claims import ClaimColumns
from matcher.domain.eligibility import pair_verdict
from matcher.domain.facts import NeedColumns, NeedFacts, OfferColumns, OfferFacts
from matcher.domain.limits import caps_on, case_bounds, self_paid_applies, wanted
from matcher.domain.policy import Policy
from matcher.domain.regions import Places
from matcher.domain.rulebook import Setting
from matcher.domain.terms import ScorePart
from matcher.engine.certificate import Certificate, certify
from matcher.engine.check import Check
from matcher.engine.fair_check import fairness_check
from matcher.engine.language import Language
from matcher.engine.restate import Restated, restate

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One claimed proposal with both its sides."""

    name: str  # "N1 × O1"
    need: NeedFacts
    offer: OfferFacts
    quantity: int
    unit: str | None


def verify_plan(
    needs: NeedColumns,
    offers: OfferColumns,
    claims: ClaimColumns,
    report: dict[str, Any],
    *,
    policy: Policy,
    as_of: date,
    places: Places,
    language: Language,
) -> list[Check]:
    """All checks, in order. The result holds only if every one of them does."""
    needs, offers = needs.ordered(), offers.ordered()
    setting = Setting(policy, as_of, places)
    lines, unknown = _lines(needs, offers, claims)
    checks = [_check("ids_known", len(claims), unknown), _check("pairs_unique", len(claims), _repeated(claims))]
    checks += _line_checks(lines, setting)
    checks += _sum_checks(lines, setting)
    checks += _score_checks(claims, policy)
    if unknown or not checks[1].holds:
        return [*checks, Check("certificate", False, ("ids_known", "pairs_unique"))]
    stated = restate(needs, offers, claims, policy=policy, as_of=as_of, places=places, language=language)
    checks += _restated_checks(stated, claims)
    checks += _report_checks(stated, claims, report)
    checks.append(fairness_check(stated, needs, report, policy.guarantees))
    checks.append(_certificate_check(stated, report))
    return checks


def _check(name: str, count: int, broken: list[str]) -> Check:
    return Check(name, not broken, tuple(broken[:SHOWN]), {"checked": count, "broken": len(broken)})


def _lines(needs: NeedColumns, offers: OfferColumns, claims: ClaimColumns) -> tuple[list[Line], list[str]]:
    need_row = {need_id: i for i, need_id in enumerate(needs.need_id)}
    offer_row = {offer_id: j for j, offer_id in enumerate(offers.offer_id)}
    lines, unknown = [], []
    rows = zip(claims.need_id, claims.offer_id, claims.quantity, claims.unit, strict=True)
    for need_id, offer_id, quantity, unit in rows:
        if need_id not in need_row or offer_id not in offer_row:
            unknown.append(f"{need_id} × {offer_id}")
            continue
        need, offer = needs.row(need_row[need_id]), offers.row(offer_row[offer_id])
        lines.append(Line(f"{need_id} × {offer_id}", need, offer, quantity, unit))
    return lines, unknown


def _repeated(claims: ClaimColumns) -> list[str]:
    seen: set[tuple[str, str]] = set()
    repeated = []
    for pair in zip(claims.need_id, claims.offer_id, strict=True):
        if pair in seen:
            repeated.append(" × ".join(pair))
        seen.add(pair)
    return repeated


def _line_checks(lines: list[Line], setting: Setting) -> Iterator[Check]:
    """What each proposal must satisfy on its own."""
    refused, sizes, units = [], [], []
    for line in lines:
        verdict = pair_verdict(line.need, line.offer, policy=setting.policy, as_of=setting.as_of, places=setting.places)
        if not verdict.allowed:
            codes = sorted({r.reason.code.value for r in verdict.blocking if r.reason})
            refused.append(f"{line.name}: {', '.join(codes)}")
        bounds = case_bounds(line.need, line.offer, setting)
        if not max(1, bounds.minimum) <= line.quantity <= bounds.maximum:
            sizes.append(f"{line.name}: {line.quantity} not in {bounds.minimum}–{bounds.maximum}")
        if not (same_unit(line.unit, line.need.unit) and same_unit(line.unit, line.offer.unit)):
            units.append(line.name)
    yield _check("hard_rules", len(lines), refused)
    yield _check("case_limits", len(lines), sizes)
    yield _check("units", len(lines), units)


def _sum_checks(lines: list[Line], setting: Setting) -> Iterator[Check]:
    """What proposals must satisfy together."""
    by_offer: dict[str, int] = defaultdict(int)
    by_need: dict[str, int] = defaultdict(int)
    stock: dict[str, int | None] = {}
    asked: dict[str, int] = {}
    for line in lines:
        by_offer[line.offer.offer_id] += line.quantity
        by_need[line.need.need_id] += line.quantity
        stock[line.offer.offer_id], asked[line.need.need_id] = line.offer.quantity, wanted(line.need)
    over = [f"{j}: {n} > {stock[j]}" for j, n in sorted(by_offer.items()) if n > _room(stock[j])]
    yield _check("stock", len(by_offer), over)
    yield _check("demand", len(by_need), [f"{i}: {n} > {asked[i]}" for i, n in sorted(by_need.items()) if n > asked[i]])
    yield _check("household_caps", len(lines), _caps_broken(lines, setting))
    yield _check("one_project", len(lines), _projects_broken(lines, setting))


def _room(stock: int | None) -> float:
    return float("inf") if stock is None else stock


def _caps_broken(lines: list[Line], setting: Setting) -> list[str]:
    """H6 and H7 over several proposals of one household, offer or need."""
    given: dict[tuple[str, ...], int] = defaultdict(int)
    limit: dict[tuple[str, ...], int] = {}

    def add(key: tuple[str, ...], line: Line, most: int) -> None:
        given[key] += line.quantity
        limit[key] = min(limit.get(key, most), most)

    for line in lines:
        helped = line.need.helped_this_year or 0
        for cap in caps_on(line.need, line.offer, setting):
            number = str(setting.policy.caps.index(cap))
            add(("policy cap " + number, line.need.household_id), line, cap.amount - helped)
        if line.offer.cap_per_household_year is not None:
            key = ("donor cap", line.offer.offer_id, line.need.household_id)
            add(key, line, line.offer.cap_per_household_year - helped)
        if line.need.self_paid_left is not None and self_paid_applies(line.need, line.offer):
            add(("self-paid", line.need.need_id), line, line.need.self_paid_left)
    return [f"{' '.join(key)}: {given[key]} > {limit[key]}" for key in sorted(given) if given[key] > limit[key]]


def _projects_broken(lines: list[Line], setting: Setting) -> list[str]:
    """H17: a household of such a class gets at most one need served."""
    served: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line.need.hardship_class in setting.policy.one_project_only:
            served[line.need.household_id].add(line.need.need_id)
    return [f"{home}: {', '.join(sorted(needs))}" for home, needs in sorted(served.items()) if len(needs) > 1]


def _score_checks(claims: ClaimColumns, policy: Policy) -> Iterator[Check]:
    """Parts within the policy's weights, and adding up to the score."""
    sums, heavy = [], []
    for k, score in enumerate(claims.score):
        name = f"{claims.need_id[k]} × {claims.offer_id[k]}"
        values = {part: claims.parts[part][k] for part in ScorePart}
        if sum(values.values()) != score:
            sums.append(f"{name}: {sum(values.values())} ≠ {score}")
        if any(not 0 <= value <= policy.weights[part] for part, value in values.items()):
            heavy.append(name)
    yield _check("parts_add_up", len(claims), sums)
    yield _check("parts_within_weights", len(claims), heavy)


def _restated_checks(stated: Restated, claims: ClaimColumns) -> Iterator[Check]:
    """Each proposal is one of the permitted pairs, with the scores computed again from the texts and facts."""
    missing, differs = [], []
    for k, at in enumerate(stated.rows):
        name = f"{claims.need_id[k]} × {claims.offer_id[k]}"
        if at < 0:
            missing.append(name)
        elif any(claims.parts[part][k] != stated.parts[at, n] for n, part in enumerate(ScorePart)):
            differs.append(name)
    yield _check("pairs_permitted", len(claims), missing)
    yield _check("scores_recomputed", len(claims), differs)


def _report_checks(stated: Restated, claims: ClaimColumns, report: dict[str, Any]) -> Iterator[Check]:
    """The report's figures, computed again."""
    weight, score = stated.objective()
    told, counts = _part(report, "objective"), _part(report, "counts")
    coverage = _part(report, "coverage")
    again = {
        "reached_weight": (weight, told.get("reached_weight")),
        "reached_households": (stated.reached_households(), told.get("reached_households")),
        "score_parts": (score, told.get("score_parts")),
        "coverage": (stated.reached_households(), coverage.get("reached")),
    }
    yield _check(
        "objective", len(again), [f"{k}: {mine} ≠ {theirs}" for k, (mine, theirs) in again.items() if mine != theirs]
    )
    numbers = {
        "needs": (stated.n_needs, counts.get("needs")),
        "offers": (stated.n_offers, counts.get("offers")),
        "proposals": (len(claims), counts.get("proposals")),
        "needs_served": (len(set(claims.need_id)), counts.get("needs_served")),
    }
    yield _check(
        "counts", len(numbers), [f"{k}: {mine} ≠ {theirs}" for k, (mine, theirs) in numbers.items() if mine != theirs]
    )


def _certificate_check(stated: Restated, report: dict[str, Any]) -> Check:
    """No allocation of any permitted pairs does better than the bound the report states."""
    bound, gap = _part(report, "bound"), _part(report, "gap")
    if not bound or "prices" not in report:
        return Check("certificate", False, ("the report carries no certificate",))
    proof: Certificate = certify(stated, _prices(stated, report["prices"]))
    told = (bound.get("reached_weight", -1), bound.get("score_parts", -1))
    weight, score = stated.objective()
    broken = []
    if not proof.within(told):
        broken.append(f"bound stated {told}, proven {proof.bound}")
    elif told < (weight, score):
        broken.append(f"bound stated {told}, reached {(weight, score)}")
    for name, value, most in (("reached_weight", weight, told[0]), ("score", score, told[1])):
        expected = 0.0 if most <= value else round((most - value) / most, 9)
        if gap.get(name) != expected:
            broken.append(f"gap {name}: {gap.get(name)} ≠ {expected}")
    return Check("certificate", not broken, tuple(broken), proof.figures())


def _prices(stated: Restated, told: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """(n_offers,) int64 both: price in household weight and in score parts; unusable ones count as 0."""
    reach = np.zeros(stated.n_offers, dtype=np.int64)
    score = np.zeros(stated.n_offers, dtype=np.int64)
    for j, offer_id in enumerate(stated.offer_ids):
        entry = told.get(offer_id)
        if isinstance(entry, dict):
            reach[j] = round(float(entry.get("reached_weight", 0)))
            score[j] = round(float(entry.get("score", 0)) * stated.problem.resolution)
    return reach, score


def _part(report: dict[str, Any], name: str) -> dict[str, Any]:
    found = report.get(name)
    return found if isinstance(found, dict) else {}
