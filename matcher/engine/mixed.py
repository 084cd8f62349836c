"""Allocation with thresholds: useful amounts, per-case minimums, caps over several needs, one project only.

A whole-number programme in two stages: first the household weight reached, then, with that weight kept, the
score. Floors come before both: as little as possible is missing from them, and no more later. Small parts go to
CP-SAT, which counts in whole numbers; larger ones to HiGHS on sparse rows (`rows.py`). The largest are opened by
prices of what households share (`shared_prices.py`): most households know their bundle at these, and only those that
might change it go to HiGHS, while the prices bound the whole.
No wall-time limit decides anything: limits are deterministic work units and node counts.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from matcher.engine.bundles import Households
from matcher.engine.problem import Ints, Problem, Solved
from matcher.engine.rows import Rows
from matcher.engine.shared_prices import Priced, best_prices

SMALL = 60  # pairs; up to here CP-SAT
FULL = 4_000  # pairs; up to here HiGHS sees every pair
OPEN = (6_000, 20_000)  # pairs of the households that a large part leaves open, and again if the gap is not CLOSE
CLOSE, GAP_OF_OPEN = 1e-4, 1e-5  # of the whole value: when to stop, and where HiGHS may
NODES = 2_000
LARGE_GAP = 5e-4  # where HiGHS may stop on a large part; what is left shows in the report
TINY = 1e-7
WORK_LIMIT = 4.0
Floats = NDArray[np.float64]


def solve_mixed(problem: Problem) -> Solved:
    """Solve one part. Every row of the arrays takes part; `problem` holds no pair that cannot carry anything."""
    solved = _whole_numbers(problem) if len(problem.need) <= SMALL and not problem.floors else None
    if solved is None or solved.status != "OPTIMAL":
        is_large = len(problem.need) > FULL and not problem.floors
        solved = (_by_households(problem) if is_large else None) or _two_stages(problem)
    problem.check(solved.amounts)
    return solved


def _whole_numbers(problem: Problem) -> Solved:
    """Both stages at once in CP-SAT: weight × (more than all score) + score, one worker, fixed seed."""
    model = cp_model.CpModel()
    value, pairs = problem.value(), range(len(problem.need))
    amount = [model.new_int_var(0, int(problem.high[p]), "") for p in pairs]
    served = [model.new_bool_var("") for _ in problem.wanted]
    useful = [model.new_bool_var("") for _ in problem.wanted]
    reached = [model.new_bool_var("") for _ in problem.weight]
    for p in pairs:
        if problem.low[p] > 1:
            on = model.new_bool_var("")
            model.add(amount[p] >= int(problem.low[p]) * on)
            model.add(amount[p] <= int(problem.high[p]) * on)
    for i in range(len(problem.wanted)):
        given = sum(amount[p] for p in pairs if problem.need[p] == i)
        model.add(given <= int(problem.wanted[i]) * served[i])
        model.add(given >= int(problem.useful[i]) * useful[i])
    for j in range(len(problem.stock)):
        model.add(sum(amount[p] for p in pairs if problem.offer[p] == j) <= int(problem.stock[j]))
    for h in range(len(problem.weight)):
        model.add(reached[h] <= sum(useful[i] for i in range(len(problem.wanted)) if problem.household[i] == h))
    for group, limit in problem.caps:
        model.add(sum(amount[p] for p in group) <= limit)
    for needs in problem.exclusive:
        model.add(sum(served[i] for i in needs) <= 1)
    bonus = 1 + int((np.maximum(value, 0) * problem.high).sum())
    model.maximize(
        bonus * sum(int(w) * reached[h] for h, w in enumerate(problem.weight))
        + sum(int(value[p]) * amount[p] for p in pairs)
    )
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 7
    solver.parameters.max_deterministic_time = WORK_LIMIT
    status = solver.solve(model)
    amounts = np.array([solver.value(amount[p]) for p in pairs] if status == cp_model.OPTIMAL else [0] * len(amount))
    prices = _prices(Rows(problem), float(problem.objective(amounts)[0]))
    return Solved(amounts, solver.status_name(status), problem.objective(amounts), *prices)


def _two_stages(problem: Problem) -> Solved:
    """HiGHS: all columns while that is quick; else the columns that the linear relaxations over *all* pairs
    favour. The bounds come from the relaxations over all pairs either way, so the gap is honest."""
    rows = Rows(problem)
    is_large = len(problem.need) > FULL
    gap = LARGE_GAP if is_large else 0.0
    use = _least_shortfall(rows, is_large) if problem.floors else rows.everything
    loosest = _relax(rows, rows.weight)
    if is_large:
        guess = _relax(rows, rows.score, at_least=loosest.bound - 1e-4)
        promising = rows.promising(guess.point > TINY, guess.loss)
        use = use | promising if problem.floors else promising
    first = _solve(rows, rows.weight, use)
    reached = problem.objective(_settle(problem, rows, first.point, rows.weight))[0]
    relaxed = _relax(rows, rows.score, at_least=reached)
    if is_large:
        use |= rows.promising((relaxed.point > TINY) | (first.point > TINY), relaxed.loss)
    second = _solve(rows, rows.score, use, at_least=reached, gap=gap)
    amounts = _settle(problem, rows, second.point, rows.score)
    reached, score = problem.objective(amounts)
    weight_bound = loosest.bound if is_large else first.bound
    score_bound = relaxed.bound if is_large else second.bound
    best = (_whole_bound(weight_bound, reached), _score_bound(score_bound, score, problem.resolution))
    status = "OPTIMAL" if best == (reached, score) else "FEASIBLE"
    return Solved(amounts, status, best, loosest.stock_price, relaxed.stock_price * problem.resolution)


def _by_households(problem: Problem) -> Solved | None:
    """Prices of what households share settle most bundles; HiGHS settles the rest. None where the weight that the
    linear relaxation promises is not reached that way."""
    rows, households = Rows(problem), Households(problem)
    loosest = _relax(rows, rows.weight)
    weight = _whole_bound(loosest.bound, 0)
    start = _relax(rows, rows.score, at_least=weight)
    price = np.zeros(len(households.limit), dtype=np.int64)
    price[: len(households.scarce)] = np.rint(start.stock_price[households.scarce] * problem.resolution)
    priced = best_prices(
        households,
        price=price,
        reach=round(start.kept_price * problem.resolution),
        weight=weight,
        resolution=problem.resolution,
    )
    best: Ints | None = None
    for most in OPEN:
        found = _opened(problem, households, priced, most, weight)
        if found is not None and (best is None or problem.objective(found) > problem.objective(best)):
            best = found
        if best is not None and priced.bound - problem.objective(best)[1] <= CLOSE * priced.bound:
            break
    if best is None:
        return None
    score = problem.objective(best)[1]
    bound = weight, max(score, priced.bound)
    stock_price = np.zeros(len(problem.stock))
    stock_price[households.scarce] = priced.price[: len(households.scarce)]
    return Solved(best, "OPTIMAL" if bound[1] == score else "FEASIBLE", bound, loosest.stock_price, stock_price)


def _opened(problem: Problem, households: Households, priced: Priced, most: int, weight: int) -> Ints | None:
    """(n_pairs,) whole amounts: households that might change their bundle find theirs among at most so many pairs
    (more only if they cannot be left out), all others keep it. None if that does not reach the weight."""
    size = np.bincount(households.home, minlength=len(problem.weight))
    order = np.lexsort((np.arange(len(size)), -priced.changes))
    room = np.cumsum(size[order] * ~priced.is_open[order]) <= most - int(size[priced.is_open].sum())
    is_open = priced.is_open.copy()
    is_open[order[room & (priced.changes[order] > 0)]] = True
    kept = np.zeros(len(problem.need), dtype=np.int64)
    kept[households.pairs] = np.where(is_open[households.home], 0, priced.amounts)
    taken = np.bincount(problem.offer, weights=kept, minlength=len(problem.stock)).astype(np.int64)
    caps = tuple((pairs, limit - int(kept[pairs].sum())) for pairs, limit in problem.caps)
    inside = is_open[problem.household[problem.need]]
    before, score = problem.objective(kept)
    if not inside.any():
        return kept if before >= weight else None
    small, _ = replace(problem, stock=problem.stock - taken, caps=caps).part(inside)
    rows = Rows(small)
    gap = float(np.clip(GAP_OF_OPEN * priced.bound / max(1, priced.bound - score), 0.0, 1.0))
    try:
        found = _solve(rows, rows.score, rows.everything, at_least=weight - before, gap=gap)
    except ArithmeticError:
        return None
    kept[inside] = _settle(small, rows, found.point, rows.score)
    return kept if problem.objective(kept)[0] >= weight else None


def _least_shortfall(rows: Rows, is_large: bool) -> NDArray[np.bool_]:
    """Hold the total of the floors' shortfalls at the least that can be had, whichever group it falls to; returns the
    columns that can have it."""
    use = rows.everything
    if is_large:
        guess = _relax(rows, -rows.shortfall)
        use = rows.promising(guess.point > TINY, guess.loss)
    found = _solve(rows, -rows.shortfall, use)
    least = float(np.rint(rows.shortfall @ found.point))
    rows.matrix, rows.limit = rows.with_row(rows.shortfall, least)
    return use


@dataclass(frozen=True, slots=True)
class _Answer:
    """What HiGHS found: a point over all columns, and the bound on the objective over the columns in use."""

    point: Floats
    bound: float


@dataclass(frozen=True, slots=True)
class _Relaxed:
    """A linear relaxation: its bound and point, the price of each offer's stock, what each column would lose
    by being used to the full, and the price of a unit of the weight to be kept."""

    bound: float
    point: Floats
    stock_price: Floats
    loss: Floats
    kept_price: float


def _solve(
    rows: Rows, goal: Floats, use: NDArray[np.bool_], *, at_least: int | None = None, gap: float = 0.0
) -> _Answer:
    columns = np.flatnonzero(use)
    limits = [LinearConstraint(rows.matrix[:, columns], -np.inf, rows.limit)]
    if at_least is not None:
        limits.append(LinearConstraint(rows.weight[None, columns], at_least - 0.5, np.inf))
    found = milp(
        -goal[columns],
        constraints=limits,
        bounds=Bounds(0, rows.most[columns]),
        integrality=rows.is_switch[columns].astype(int),
        options={"node_limit": NODES, "mip_rel_gap": gap},
    )
    if found.x is None:
        raise ArithmeticError(f"no allocation found: {found.message}")
    point = np.zeros(rows.n_columns)
    point[columns] = found.x
    return _Answer(point, -float(found.mip_dual_bound))


def _settle(problem: Problem, rows: Rows, point: Floats, goal: Floats) -> Ints:
    """Whole amounts for the switches of a point: the same programme with its switches held, in whole numbers."""
    switches = np.where(rows.is_switch, np.rint(point), 0)
    most = np.where(rows.is_switch, switches, np.where(point > TINY, rows.most, 0))
    found = milp(
        -goal,
        constraints=[LinearConstraint(rows.matrix, -np.inf, rows.limit)],
        bounds=Bounds(switches, most),
        integrality=np.ones(rows.n_columns),
        options={"node_limit": NODES, "mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise ArithmeticError(f"no whole allocation found: {found.message}")
    return np.asarray(np.rint(found.x[: len(problem.need)]), dtype=np.int64)


def _relax(rows: Rows, goal: Floats, *, at_least: float | None = None) -> _Relaxed:
    matrix, limit = rows.matrix, rows.limit
    if at_least is not None:
        matrix, limit = rows.with_row(-rows.weight, 1e-6 - float(at_least))
    found = linprog(-goal, A_ub=matrix, b_ub=limit, bounds=np.stack([np.zeros_like(rows.most), rows.most], axis=1))
    if found.x is None:
        raise ArithmeticError(f"the relaxation has no solution: {found.message}")
    price = np.maximum(0.0, -found.ineqlin.marginals[rows.stock_rows])
    loss = np.maximum(0.0, found.lower.marginals) * rows.most
    kept = 0.0 if at_least is None else max(0.0, -float(found.ineqlin.marginals[-1]))
    return _Relaxed(-float(found.fun), found.x, price, loss, kept)


def _prices(rows: Rows, weight: float) -> tuple[Floats, Floats]:
    """Prices of stock in both objectives: duals of the linear relaxations, 0 where stock is left."""
    reach = _relax(rows, rows.weight).stock_price
    return reach, _relax(rows, rows.score, at_least=weight).stock_price * rows.resolution


def _whole_bound(bound: float, reached: int) -> int:
    """Weights are whole, so the bound may be rounded down (1e-6 for the solver's tolerance)."""
    return max(reached, int(np.floor(bound + 1e-6)))


def _score_bound(bound: float, score: int, resolution: int) -> int:
    """The bound in parts of a thousandth; within a billionth of the value it is the value (solver's tolerance)."""
    parts = int(np.floor(bound * resolution))
    return score if parts - score <= max(2, score // 10**9) else parts
