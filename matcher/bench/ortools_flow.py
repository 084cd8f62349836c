"""The same market through OR-Tools' SimpleMinCostFlow: the peer of our own flow, and its judge in the tests."""

import numpy as np
from ortools.graph.python import min_cost_flow

from matcher.engine.auction import Market, make_market
from matcher.engine.problem import Ints, Problem


def plain_market(market: Market, *, scale: int, weight: Ints) -> Market:
    """The market without tie-breaks, and with the smallest bonus that is safe without looking at the graph: more
    than twice all the score there is."""
    value = market.value // scale
    best = np.zeros(len(market.wanted), dtype=np.int64)
    np.maximum.at(best, market.need, value)
    return market._replace(value=value, bonus=weight * (1 + 2 * int((best * market.wanted).sum())))


def market_of(problem: Problem) -> Market:
    """A problem without thresholds as a market with plain values."""
    order = np.argsort(problem.need, kind="stable")
    market = make_market(
        problem.need[order], problem.offer[order], problem.value()[order], problem.high[order],
        wanted=problem.wanted, household=problem.household, bonus=problem.weight, stock=problem.stock,
    )  # fmt: skip
    return plain_market(market, scale=1, weight=problem.weight)


def solve_by_ortools(market: Market) -> Ints:
    """(n_pairs,) optimal units: source → offer → need → household → sink, and a free way past."""
    n_offers, n_needs, n_homes = len(market.stock), len(market.wanted), len(market.bonus)
    offers = np.arange(n_offers)
    needs = n_offers + np.arange(n_needs)
    homes = n_offers + n_needs + np.arange(n_homes)
    source, sink = n_offers + n_needs + n_homes, n_offers + n_needs + n_homes + 1
    demand = np.bincount(market.offer, weights=market.high, minlength=n_offers).astype(np.int64)
    stock = np.minimum(market.stock, demand)
    at_home = np.bincount(market.household, weights=market.wanted, minlength=n_homes).astype(np.int64)
    blocks = (
        (market.offer, needs[market.need], market.high, -market.value),
        (np.full(n_offers, source), offers, stock, np.zeros(n_offers)),
        (needs, homes[market.household], market.wanted, np.zeros(n_needs)),
        (homes, np.full(n_homes, sink), np.ones(n_homes), -market.bonus),
        (homes, np.full(n_homes, sink), at_home, np.zeros(n_homes)),
        (np.array([source]), np.array([sink]), np.array([stock.sum()]), np.zeros(1)),
    )
    tail, head, capacity, cost = (
        np.concatenate([np.asarray(block[k], dtype=np.int64) for block in blocks]) for k in range(4)
    )
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity, cost)
    solver.set_node_supply(source, int(stock.sum()))
    solver.set_node_supply(sink, -int(stock.sum()))
    if solver.solve() != solver.OPTIMAL:
        raise ArithmeticError("the flow has no solution")
    return np.asarray(solver.flows(arcs[: len(market.offer)]), dtype=np.int64)


def worth(market: Market, amounts: Ints) -> tuple[int, int]:
    """Bonus of the households reached, and value, of an allocation of a market; both as Python integers."""
    given = np.zeros(len(market.bonus), dtype=np.int64)
    np.add.at(given, market.household[market.need], amounts)
    return int(market.bonus[given > 0].sum()), int((market.value * amounts).sum())
