"""Allocation as a minimum-cost flow, for parts without thresholds: exact, whole, with exact prices.

The parts make one market (`auction.py`), solved by `transport.py` in one currency for household weight, score and
a tie-break made from the rows, so that among equally good allocations always the same one is found.
"""

from dataclasses import dataclass
from math import gcd

import numpy as np

from matcher.engine.auction import make_market
from matcher.engine.coins import MOST_TIES, Coins, make_coins, split, tie_breaks
from matcher.engine.live import Live
from matcher.engine.paths import one_more_unit
from matcher.engine.problem import Ints, Problem, Solved
from matcher.engine.transport import Circulation, bid_steps, circulate, opening_prices


@dataclass(frozen=True, slots=True)
class SolvedFlow(Solved):
    """A solved flow; `state` and `coins` let a live state go on from it."""

    state: Circulation | None = None
    coins: Coins | None = None

    def live(self) -> Live:
        """The optimum as a live state: offers keep their rows as numbers, needs follow from n_offers on."""
        if self.state is None:
            raise ValueError("nothing was solved")
        return Live.of(self.state.market, self.state.price, self.state.amounts)


def solve_flow(problem: Problem) -> SolvedFlow:
    """Solve a problem whose pairs have 1 ≤ high, low ≤ 1, useful 1 and no caps."""
    order = np.argsort(problem.need, kind="stable")
    state, coins, unit = _solved(problem, order)
    amounts = np.zeros(len(problem.need), dtype=np.int64)
    amounts[order] = state.amounts
    more = one_more_unit(state.graph, state.scratch)
    reach, score = split(more[: len(problem.stock)], coins)
    need_reach, _ = split(more[len(problem.stock) :][: len(problem.wanted)], coins)
    return SolvedFlow(
        amounts, "OPTIMAL", problem.objective(amounts), reach.astype(float), (score * unit).astype(float), need_reach,
        state, coins,
    )  # fmt: skip


def _solved(problem: Problem, order: Ints) -> tuple[Circulation, Coins, int]:
    """The market solved; its coins; how many parts of the problem's score one part of the market's is."""
    need, offer = problem.need[order], problem.offer[order]
    value = problem.value()[order]
    unit = max(1, gcd(*np.unique(value).tolist()))
    value //= unit
    coins = coins_of(problem, value)
    need_number, offer_number = problem.numbered()
    ties = tie_breaks(
        need_number[need].astype(np.uint64), offer_number[offer].astype(np.uint64) + np.uint64(2**32), coins.ties
    )
    market = make_market(
        need, offer, value * coins.scale + ties, problem.high[order], wanted=problem.wanted,
        household=problem.household, bonus=problem.weight * coins.bonus, stock=problem.stock,
    )  # fmt: skip
    steps = bid_steps(market, bonus=coins.bonus)
    start = np.zeros(len(problem.stock), dtype=np.int64)
    return circulate(market, *opening_prices(market, start, steps, bonus=coins.bonus)), coins, unit


def coins_of(problem: Problem, value: Ints) -> Coins:
    """The currency of a problem's flow; tie-breaks as fine as in the whole problem where this is a part of one."""
    n_offers, most = len(np.unique(problem.offer)), problem.fixed_ties or MOST_TIES
    top = int(problem.weight.max(initial=1))
    return make_coins(int(value.max(initial=1)), top, n_offers, len(problem.wanted), most_ties=most)
