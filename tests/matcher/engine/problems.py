"""Small allocation problems for the tests: strategies, and two independent ways to the true optimum."""

from itertools import product

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from matcher.engine.problem import Problem


def ints(values):
    return np.array(list(values), dtype=np.int64)


@st.composite
def problems(draw, *, thresholds=True, most=3, max_pairs=6):
    """Up to three offers, four needs, four households; with or without minimums, useful amounts, caps."""
    n_needs, n_offers = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    household = draw(st.lists(st.integers(0, n_needs - 1), min_size=n_needs, max_size=n_needs))
    household = np.unique(household, return_inverse=True)[1]
    wanted = draw(st.lists(st.integers(1, most), min_size=n_needs, max_size=n_needs))
    useful = [draw(st.integers(1, w)) if thresholds else 1 for w in wanted]
    stock = draw(st.lists(st.integers(0, most + 2), min_size=n_offers, max_size=n_offers))
    every = list(product(range(n_needs), range(n_offers)))
    pairs = sorted(draw(st.lists(st.sampled_from(every), min_size=1, max_size=max_pairs, unique=True)))
    low = [draw(st.integers(1, most)) if thresholds else 1 for _ in pairs]
    high = [draw(st.integers(1, wanted[i])) for i, _ in pairs]
    score = [draw(st.integers(1, 1000)) for _ in pairs]
    caps, exclusive = (), ()
    if thresholds and len(pairs) > 1 and draw(st.booleans()):
        home = household[pairs[0][0]]
        group = ints(k for k, (i, _) in enumerate(pairs) if household[i] == home)
        caps = ((group, draw(st.integers(0, most))),)
    if thresholds and draw(st.booleans()):
        group = ints(i for i in range(n_needs) if household[i] == household[0])
        exclusive = (group,) if len(group) > 1 else ()
    return Problem(
        ints(draw(st.lists(st.integers(1, 5), min_size=int(household.max()) + 1, max_size=int(household.max()) + 1))),
        ints(household), ints(wanted), ints(useful), ints(stock), ints(i for i, _ in pairs), ints(j for _, j in pairs),
        ints(low), ints(high), ints(score), caps, exclusive,
    )  # fmt: skip


def best_by_trying(problem):
    """The best (weight, score) over every allocation there is."""
    best = (0, 0)
    choices = [[0, *range(max(1, low), high + 1)] for low, high in zip(problem.low, problem.high, strict=True)]
    for amounts in map(ints, product(*choices)):
        try:
            problem.check(amounts)
        except ArithmeticError:
            continue
        best = max(best, problem.objective(amounts))
    return best


def best_by_highs(problem):
    """The same by a whole-number programme written from the definition, dense, both objectives in turn."""
    p, n, m, h = problem, len(problem.need), len(problem.wanted), len(problem.weight)
    width = 2 * n + 2 * m + h  # amounts, on, useful, served, reached
    rows, limits = [], []

    def row(limit, **at):
        line = np.zeros(width)
        for start, columns in at.items():
            for column, value in columns:
                line[{"x": 0, "on": n, "u": 2 * n, "s": 2 * n + m, "y": 2 * n + 2 * m}[start] + column] += value
        rows.append(line)
        limits.append(limit)

    for k in range(n):
        row(0, x=[(k, 1)], on=[(k, -int(p.high[k]))])
        row(0, x=[(k, -1)], on=[(k, int(max(1, p.low[k])))])
    for j in range(len(p.stock)):
        row(int(p.stock[j]), x=[(k, 1) for k in range(n) if p.offer[k] == j])
    for i in range(m):
        own = [k for k in range(n) if p.need[k] == i]
        row(0, x=[(k, 1) for k in own], s=[(i, -int(p.wanted[i]))])
        row(0, x=[(k, -1) for k in own], u=[(i, int(p.useful[i]))])
    for home in range(h):
        row(0, u=[(i, -1) for i in range(m) if p.household[i] == home], y=[(home, 1)])
    for pairs, limit in p.caps:
        row(limit, x=[(int(k), 1) for k in pairs])
    for needs in p.exclusive:
        row(1, s=[(int(i), 1) for i in needs])
    most = np.r_[np.maximum(p.high, 0), np.ones(width - n)]
    reach, value = np.zeros(width), np.zeros(width)
    reach[-h:], value[:n] = p.weight, p.value() / p.resolution
    first = _whole(rows, limits, most, reach)
    weight = round(float(reach @ first))
    second = _whole([*rows, -reach], [*limits, -weight + 0.5], most, value)
    return weight, int((np.rint(second[:n]).astype(np.int64) * p.value()).sum())


def _whole(rows, limits, most, goal):
    answer = milp(
        -goal,
        constraints=LinearConstraint(np.array(rows), -np.inf, limits),
        bounds=(0, most),
        integrality=np.ones(len(goal)),
        options={"mip_rel_gap": 0},
    )
    return answer.x
