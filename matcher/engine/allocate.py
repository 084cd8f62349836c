"""Global allocation of whole quantities: first the most household weight reached, then the most score.

The problem falls apart into parts that share no scarce offer and no household. Parts without thresholds go
together into one flow; every other part is solved on its own as a whole-number programme.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.engine.flow import SolvedFlow, solve_flow
from matcher.engine.mixed import solve_mixed
from matcher.engine.problem import Ints, Problem


@dataclass(slots=True)
class Allocation:
    amounts: Ints  # (n_pairs,) of the problem given
    objective: tuple[int, int]  # household weight reached; score in parts of a thousandth
    bound: tuple[int, int]
    resolution: int
    price_reach: np.ndarray  # (n_offers,)
    price_score: np.ndarray  # (n_offers,)
    status: dict[str, dict[str, int]] = field(default_factory=dict)  # kind → parts, pairs, optimal
    in_flow: NDArray[np.bool_] | None = None  # (n_needs,) needs that thresholds do not touch
    flow: SolvedFlow | None = None
    need_reach: Ints | None = None  # (n_needs,) weight that one more unit for a need of the flow would add


def allocate(problem: Problem) -> Allocation:
    """Allocate; exact over all pairs given. Raises ArithmeticError if a solver fails outright."""
    carrying = problem.carrying()
    tight = replace(problem.only(carrying), fixed_resolution=problem.resolution)
    part, thresholds = parts_of(tight)
    amounts = np.zeros(len(tight.need), dtype=np.int64)
    reach, score = np.zeros(len(problem.stock)), np.zeros(len(problem.stock))
    bound, flow = [0, 0], None
    status: dict[str, dict[str, int]] = {}
    in_flow = ~thresholds[part] if len(part) else np.zeros(0, dtype=bool)
    hard_home = np.zeros(len(problem.weight), dtype=bool)
    hard_home[tight.household[tight.need[~in_flow]]] = True
    if in_flow.any():
        easy = tight.only(in_flow)
        solved = solve_flow(easy)
        amounts[in_flow] = solved.amounts
        reach, score = solved.price_reach, solved.price_score
        bound, flow = [solved.bound[0], solved.bound[1]], solved
        status["flow"] = {"parts": len(np.unique(part[in_flow])), "pairs": int(in_flow.sum())}
        status["flow"]["optimal"] = status["flow"]["parts"]
    for number in np.unique(part[~in_flow]):
        pairs = part == number
        small, offers = tight.part(pairs)
        hard = solve_mixed(small)
        amounts[pairs] = hard.amounts
        reach[offers] = np.maximum(reach[offers], hard.price_reach)
        score[offers] = np.maximum(score[offers], hard.price_score)
        bound = [bound[0] + hard.bound[0], bound[1] + hard.bound[1]]
        kind = status.setdefault("mixed", {"parts": 0, "pairs": 0, "optimal": 0})
        kind["parts"] += 1
        kind["pairs"] += int(pairs.sum())
        kind["optimal"] += hard.status == "OPTIMAL"
    whole = np.zeros(len(problem.need), dtype=np.int64)
    whole[carrying] = amounts
    problem.check(whole)
    objective = problem.objective(whole)
    return Allocation(
        whole,
        objective,
        (bound[0], bound[1]),
        problem.resolution,
        reach,
        score,
        status,
        ~hard_home[problem.household] & (problem.useful == 1),
        flow,
        flow.need_reach if flow is not None else None,
    )


def parts_of(problem: Problem) -> tuple[Ints, np.ndarray]:
    """Part number of each pair, and for each part whether it has thresholds."""
    if not len(problem.need):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=bool)
    n_homes, n_offers = len(problem.weight), len(problem.stock)
    home = problem.household[problem.need]
    taken = np.bincount(problem.offer, weights=problem.high.astype(float), minlength=n_offers)
    scarce = taken[problem.offer] > problem.stock[problem.offer]
    links = sparse.coo_matrix(
        (np.ones(int(scarce.sum())), (home[scarce], n_homes + problem.offer[scarce])),
        shape=(n_homes + n_offers, n_homes + n_offers),
    )
    _, label = sparse.csgraph.connected_components(links, directed=False)
    _, part = np.unique(label[home], return_inverse=True)
    hard = (problem.low > 1) | (problem.useful[problem.need] > 1)
    for pairs, limit in problem.caps:
        if int(problem.high[pairs].sum()) > limit:
            hard[pairs] = True
    exclusive = np.zeros(len(problem.wanted), dtype=bool)
    for needs in problem.exclusive:
        exclusive[needs] = True
    hard |= exclusive[problem.need]
    thresholds = np.zeros(int(part.max()) + 1, dtype=bool)
    thresholds[part[hard]] = True
    return part.astype(np.int64), thresholds
