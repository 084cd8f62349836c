"""From named signals to one closeness.

closeness = (σ(bias + w·s) − σ(bias)) ⁄ (1 − σ(bias)), σ the logistic function, w ≥ 0 except for what speaks against;
no signal at all is 0. The weights are those of `HAND` unless others were learned from decisions (`learn.py`); as
a probability it is right about as often as it says (`nuanliu evaluate` measures how nearly).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
SIGNALS = (
    "meaning",
    "kind",
    "wording",
    "sense",
    "bm25",
    "item",
    "conflict",
    "contradiction",
    "misfit",
    "remembered",
    "declined",
)
AGAINST = frozenset({"conflict", "contradiction", "misfit", "declined"})


@dataclass(frozen=True, slots=True)
class Weights:
    """One weight a signal, and the bias. `name` tells where they come from."""

    values: Mapping[str, float]
    bias: float
    name: str = "hand"

    def vector(self) -> NDArray[np.float64]:
        """(n_signals,) in the order of SIGNALS."""
        return np.array([self.values.get(signal, 0.0) for signal in SIGNALS])


HAND = Weights(
    {
        "meaning": 7.0, "kind": 0.0, "wording": 5.0, "sense": 3.0, "bm25": 0.1, "item": 9.0, "conflict": -1.0,
        "contradiction": -8.0, "misfit": -8.0, "remembered": 5.0, "declined": -5.0,
    },
    bias=-5.5,
)  # fmt: skip


def total(signals: Mapping[str, Matrix], weights: Weights) -> Matrix:
    """Weighted sum of the signals, of their shape; a signal that is missing counts as 0."""
    parts = (weights.values.get(name, 0.0) * values for name, values in signals.items())
    return np.asarray(sum(parts, start=np.float64(0.0)))


def fuse(signals: Mapping[str, Matrix], weights: Weights) -> Matrix:
    """Closeness in [0, 1] of the shape of each signal."""
    nothing = 1.0 / (1.0 + np.exp(-weights.bias))
    close = 1.0 / (1.0 + np.exp(-(weights.bias + total(signals, weights))))
    return np.asarray(np.round(np.clip((close - nothing) / (1.0 - nothing), 0.0, 1.0), 9))
