"""The allocation with thresholds as sparse rows: A x ≤ b, columns in [0, most], some of them switches.

Columns: amount of each pair; a switch per pair with a least amount; a switch "served" per need of a one-project
group; a switch "useful amount" per need; a switch "reached" per household; a whole shortfall per floor.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.engine.problem import Ints, Problem

Floats = NDArray[np.float64]
PLENTY = 1e9


class Rows:
    """Matrix form of a problem; `weight` and `score` are its two objectives (score in thousandths)."""

    def __init__(self, problem: Problem) -> None:
        p = problem
        n_pairs, n_needs, n_homes = len(p.need), len(p.wanted), len(p.weight)
        picky = np.flatnonzero(p.low > 1)
        single = np.unique(np.concatenate([*p.exclusive, np.zeros(0, dtype=np.int64)])).astype(np.int64)
        at = np.cumsum([0, n_pairs, len(picky), len(single), n_needs, n_homes, len(p.floors)])
        self.resolution = p.resolution
        self.n_columns = int(at[-1])
        pair, need, home = np.arange(n_pairs), np.arange(n_needs), np.arange(n_homes)
        lot, one = np.arange(len(picky)), np.arange(len(single))
        self._blocks: list[sparse.csr_matrix] = []
        self._limits: list[Floats] = []
        self._add(p.offer, pair, 1.0, np.minimum(p.stock, PLENTY))
        self._add(p.need, pair, 1.0, p.wanted)
        self._add(np.r_[lot, lot], np.r_[picky, at[1] + lot], np.r_[-np.ones(len(lot)), p.low[picky]], 0 * lot)
        self._add(np.r_[lot, lot], np.r_[picky, at[1] + lot], np.r_[np.ones(len(lot)), -p.high[picky]], 0 * lot)
        self._add(np.r_[p.need, need], np.r_[pair, at[3] + need], np.r_[-np.ones(n_pairs), p.useful], 0 * need)
        self._add(
            np.r_[p.household, home],
            np.r_[at[3] + need, at[4] + home],
            np.r_[-np.ones(n_needs), np.ones(n_homes)],
            0 * home,
        )
        self._served(p, single, at, one)
        self._groups([pairs for pairs, _ in p.caps], [limit for _, limit in p.caps])
        self._groups([at[2] + np.searchsorted(single, needs) for needs in p.exclusive], [1] * len(p.exclusive))
        self._floors(p, at)
        self.matrix = sparse.csr_matrix(sparse.vstack(self._blocks))
        self.limit = np.concatenate(self._limits).astype(float)
        self.stock_rows = slice(0, len(p.stock))
        self.most = np.concatenate([p.high, np.ones(self.n_columns - n_pairs)]).astype(float)
        self.most[at[5] :] = [least for _, least in p.floors]
        self.is_switch = np.arange(self.n_columns) >= n_pairs
        self.everything = np.ones(self.n_columns, dtype=bool)
        self.weight, self.score = np.zeros(self.n_columns), np.zeros(self.n_columns)
        self.weight[at[4] : at[5]] = p.weight
        self.shortfall = (np.arange(self.n_columns) >= at[5]).astype(float)
        self.score[:n_pairs] = p.value() / self.resolution
        self._need, self._picky, self._first_lot = p.need, picky, int(at[1])

    def promising(self, chosen: NDArray[np.bool_], loss: Floats) -> NDArray[np.bool_]:
        """Columns for the whole-number search: all switches without a pair, pairs chosen, and for each need the
        pair that loses least; switches of least amounts follow their pairs."""
        pairs = slice(0, len(self._need))
        keep = self.is_switch.copy()
        keep[pairs] = chosen[pairs]
        order = np.lexsort((loss[pairs], self._need))
        leading = np.r_[True, self._need[order][1:] != self._need[order][:-1]]
        keep[order[leading]] = True
        keep[self._first_lot + np.arange(len(self._picky))] = keep[self._picky]
        return keep

    def with_row(self, row: Floats, limit: float) -> tuple[sparse.csr_matrix, Floats]:
        """The rows with one more."""
        return sparse.csr_matrix(sparse.vstack([self.matrix, sparse.csr_matrix(row)])), np.append(self.limit, limit)

    def _served(self, p: Problem, single: Ints, at: Ints, one: Ints) -> None:
        """Needs of a one-project group give nothing unless served."""
        pairs = np.flatnonzero(np.isin(p.need, single))
        where = np.searchsorted(single, p.need[pairs])
        self._add(
            np.r_[where, one],
            np.r_[pairs, at[2] + one],
            np.r_[np.ones(len(pairs)), -p.wanted[single].astype(float)],
            0 * one,
        )

    def _floors(self, p: Problem, at: Ints) -> None:
        """Of a group's households at least so many are reached, but for its shortfall."""
        rows = np.repeat(np.arange(len(p.floors)), [len(homes) + 1 for homes, _ in p.floors])
        columns = [np.append(at[4] + homes, at[5] + k) for k, (homes, _) in enumerate(p.floors)]
        limits = np.array([-least for _, least in p.floors], dtype=float)
        self._add(rows, np.concatenate([*columns, np.zeros(0, dtype=np.int64)]), -1.0, limits)

    def _groups(self, groups: list[Ints], limits: list[int]) -> None:
        rows = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        columns = np.concatenate([*groups, np.zeros(0, dtype=np.int64)])
        self._add(rows, columns, 1.0, np.array(limits, dtype=float))

    def _add(self, rows: Ints, columns: Ints, values: Floats | float, limits: NDArray[np.generic]) -> None:
        data = np.broadcast_to(np.asarray(values, dtype=float), len(rows))
        shape = (len(limits), self.n_columns)
        self._blocks.append(sparse.csr_matrix((data, (rows.astype(np.int64), columns.astype(np.int64))), shape=shape))
        self._limits.append(np.asarray(limits, dtype=float))
