"""Allocation as a minimum-cost flow, for parts without thresholds: exact, whole, with exact prices.

source → offer (stock) → need (pair's most) → household → sink. The first unit that reaches a household travels
over an arc that earns its class weight, times a bonus larger than all scores of the part together: so more
weight reached always goes before more score. A free arc source → sink lets stock stay where it is.
"""

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from matcher.engine.problem import Ints, Problem, Solved

FAR = np.int64(2**62)


def solve_flow(problem: Problem, part: Ints) -> Solved:
    """Solve a problem whose pairs have low ≤ 1, useful 1 and no caps; `part` is the part of each pair.

    Parts share no scarce offer and no household; each has its own bonus, which keeps numbers small.
    """
    graph = _Graph(problem, part)
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(graph.tail, graph.head, graph.capacity, graph.cost)
    supply = int(graph.capacity[graph.stock_arcs].sum())
    solver.set_node_supply(graph.source, supply)
    solver.set_node_supply(graph.sink, -supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"the flow has no solution: {status}")
    flow = np.asarray(solver.flows(arcs), dtype=np.int64)
    amounts = flow[: len(problem.need)]
    distance = _distance_to_sink(graph, flow)
    price = np.maximum(0, -distance[graph.offer_nodes])
    bonus = graph.bonus_of_offer
    reach = (price + bonus // 2) // bonus
    scarce_left = graph.capacity[graph.stock_arcs] > flow[graph.stock_arcs]
    reach[scarce_left] = 0
    score = np.where(scarce_left, 0, price - reach * bonus)
    return Solved(amounts, "OPTIMAL", problem.objective(amounts), reach.astype(float), score.astype(float))


class _Graph:
    """Arcs in this order: pairs, stock, need → household, household → sink (first unit, further units), free."""

    def __init__(self, problem: Problem, part: Ints) -> None:
        n_offers, n_needs, n_homes = len(problem.stock), len(problem.wanted), len(problem.weight)
        offers = np.arange(n_offers)
        needs = n_offers + np.arange(n_needs)
        homes = n_offers + n_needs + np.arange(n_homes)
        self.source, self.sink = n_offers + n_needs + n_homes, n_offers + n_needs + n_homes + 1
        self.n_nodes, self.offer_nodes = self.sink + 1, offers
        value = problem.value()
        bonus_of_home, self.bonus_of_offer = _bonuses(problem, part, value)
        demand = np.bincount(problem.offer, weights=problem.high, minlength=n_offers).astype(np.int64)
        stock = np.minimum(problem.stock, demand)
        wanted_by_home = np.bincount(problem.household, weights=problem.wanted, minlength=n_homes).astype(np.int64)
        blocks = (
            (problem.offer, needs[problem.need], problem.high, -value),
            (np.full(n_offers, self.source), offers, stock, np.zeros(n_offers, dtype=np.int64)),
            (needs, homes[problem.household], problem.wanted, np.zeros(n_needs, dtype=np.int64)),
            (homes, np.full(n_homes, self.sink), np.ones(n_homes, dtype=np.int64), -problem.weight * bonus_of_home),
            (homes, np.full(n_homes, self.sink), wanted_by_home, np.zeros(n_homes, dtype=np.int64)),
            (np.array([self.source]), np.array([self.sink]), np.array([stock.sum()]), np.zeros(1, dtype=np.int64)),
        )
        self.tail, self.head, self.capacity, self.cost = (
            np.concatenate([np.asarray(block[k], dtype=np.int64) for block in blocks]) for k in range(4)
        )
        self.stock_arcs = slice(len(problem.need), len(problem.need) + n_offers)


def _bonuses(problem: Problem, part: Ints, value: Ints) -> tuple[Ints, Ints]:
    """Per household and per offer: more than twice the score its part could ever collect, so that a price still
    tells weight and score apart."""
    best = np.zeros(len(problem.wanted), dtype=np.int64)
    np.maximum.at(best, problem.need, value)
    need_part = np.full(len(problem.wanted), -1, dtype=np.int64)
    need_part[problem.need] = part
    n_parts = int(part.max(initial=-1)) + 1
    total = np.ones(n_parts + 1, dtype=np.int64)
    np.add.at(total, need_part, 2 * best * problem.wanted)
    by_home = np.ones(len(problem.weight), dtype=np.int64)
    by_home[problem.household[problem.need]] = total[part]
    by_offer = np.ones(len(problem.stock), dtype=np.int64)
    by_offer[problem.offer] = total[part]
    return by_home, by_offer


def _distance_to_sink(graph: _Graph, flow: Ints) -> NDArray[np.int64]:
    """Least cost of sending one more unit from each node to the sink in the residual network (Bellman–Ford)."""
    forward, backward = flow < graph.capacity, flow > 0
    tail = np.concatenate([graph.tail[forward], graph.head[backward]])
    head = np.concatenate([graph.head[forward], graph.tail[backward]])
    cost = np.concatenate([graph.cost[forward], -graph.cost[backward]])
    order = np.argsort(tail, kind="stable")
    tail, head, cost = tail[order], head[order], cost[order]
    starts = np.flatnonzero(np.r_[True, tail[1:] != tail[:-1]])
    nodes = tail[starts]
    distance = np.full(graph.n_nodes, FAR, dtype=np.int64)
    distance[graph.sink] = 0
    for _ in range(graph.n_nodes):
        through = np.where(distance[head] < FAR, distance[head] + cost, FAR)
        best = np.minimum(np.minimum.reduceat(through, starts), distance[nodes])
        if (best == distance[nodes]).all():
            break
        distance[nodes] = best
    return distance
