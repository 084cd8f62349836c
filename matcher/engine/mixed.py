"""Allocation with thresholds: useful amounts, per-case minimums, all-or-nothing wishes, caps over several needs.

Solved with CP-SAT on whole numbers, one worker, fixed seed and a deterministic limit (never wall time).
"""

import numpy as np
from ortools.sat.python import cp_model

from matcher.engine.problem import Ints, Problem, Solved

DETERMINISTIC_LIMIT = 20.0


def solve_mixed(problem: Problem, pairs: Ints) -> Solved:
    """Solve the sub-problem of the given pair rows; `amounts` come back for those pairs only."""
    model = cp_model.CpModel()
    value = problem.value()
    needs = np.unique(problem.need[pairs])
    homes = np.unique(problem.household[needs])
    amount = {int(p): model.new_int_var(0, int(problem.high[p]), "") for p in pairs}
    served = {int(i): model.new_bool_var("") for i in needs}
    reached = {int(h): model.new_bool_var("") for h in homes}
    useful = {int(i): model.new_bool_var("") for i in needs}
    by_need: dict[int, list[int]] = {int(i): [] for i in needs}
    by_offer: dict[int, list[int]] = {}
    for p in map(int, pairs):
        by_need[int(problem.need[p])].append(p)
        by_offer.setdefault(int(problem.offer[p]), []).append(p)
        if problem.low[p] > 1:
            on = model.new_bool_var("")
            model.add(amount[p] >= int(problem.low[p]) * on)
            model.add(amount[p] <= int(problem.high[p]) * on)
    for i, own in by_need.items():
        given, wanted = sum(amount[p] for p in own), int(problem.wanted[i])
        model.add(given <= wanted * served[i])
        model.add(given >= int(problem.useful[i]) * useful[i])
    for j, own in by_offer.items():
        model.add(sum(amount[p] for p in own) <= int(problem.stock[j]))
    for h in homes:
        model.add(reached[int(h)] <= sum(useful[int(i)] for i in needs if problem.household[i] == h))
    for group, limit in problem.caps:
        model.add(sum(amount[int(p)] for p in group if int(p) in amount) <= limit)
    for group in problem.exclusive:
        model.add(sum(served[int(i)] for i in group if int(i) in served) <= 1)
    bonus = 1 + sum(max(int(value[p]) for p in own) * int(problem.wanted[i]) for i, own in by_need.items())
    model.maximize(
        bonus * sum(int(problem.weight[h]) * reached[int(h)] for h in homes)
        + sum(int(value[p]) * amount[p] for p in amount)
    )
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 7
    solver.parameters.max_deterministic_time = DETERMINISTIC_LIMIT
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise ArithmeticError(f"no allocation found: {solver.status_name(status)}")
    amounts = np.array([solver.value(amount[int(p)]) for p in pairs], dtype=np.int64)
    best = round(solver.best_objective_bound)
    blank = np.zeros(len(problem.stock))
    return Solved(amounts, solver.status_name(status), (best // bonus, best % bonus), blank, blank.copy())
