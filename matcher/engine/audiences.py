"""Who an offer is for, where it says so (司机之家, 高校毕业生见习), and whether anything tells that a need comes from
such people. Whoever says nothing of it may still be one of them, so it only lowers closeness a little.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.terms import Group
from matcher.engine.text import normalise

STRANGER = 0.25
"""How far an offer for other people counts as a misfit."""
_FOR_MANY = re.compile("困难职工|困难家庭|居民|群众|不限|均可|都可")


@dataclass(frozen=True, slots=True)
class Audience:
    """`offers` and `needs`: words by which an offer names these people, and by which people show that they are."""

    code: str
    group: Group | None
    offers: re.Pattern[str]
    needs: re.Pattern[str]


def audiences_of(rows: Iterable[Mapping[str, str]]) -> tuple[Audience, ...]:
    """From the rows of `audiences.csv`. Raises ValueError naming row and column."""
    made: dict[str, Audience] = {}
    for number, row in enumerate(rows, start=2):
        if row["audience"] in made or not row["audience"]:
            raise ValueError(f"audiences:{number} audience={row['audience']!r}: twice or empty")
        if row["group"] and row["group"] not in Group.__members__:
            raise ValueError(f"audiences:{number} group={row['group']!r}: unknown_group")
        words = {}
        for side in ("offer", "need"):
            told = [normalise(word) for word in row[side].split(";") if word.strip()]
            if not told:
                raise ValueError(f"audiences:{number} {side}={row[side]!r}: empty")
            words[side] = re.compile("|".join(re.escape(word) for word in told))
        group = Group[row["group"]] if row["group"] else None
        made[row["audience"]] = Audience(row["audience"], group, words["offer"], words["need"])
    return tuple(made.values())


class Strangers:
    """Which needs show nothing of the people that an offer is for. Texts are normalised."""

    def __init__(
        self,
        audiences: Sequence[Audience],
        needs: Sequence[str],
        offers: Sequence[str],
        groups: Sequence[frozenset[Group]] | None = None,
    ) -> None:
        self._of_needs = np.zeros((len(needs), len(audiences)), dtype=np.float32)
        self._of_offers = np.zeros((len(audiences), len(offers)), dtype=np.float32)
        for k, audience in enumerate(audiences):
            for j, text in enumerate(offers):
                self._of_offers[k, j] = bool(audience.offers.search(text)) and not _FOR_MANY.search(text)
            if not self._of_offers[k].any():
                continue
            for i, text in enumerate(needs):
                is_one = groups is not None and audience.group in groups[i]
                self._of_needs[i, k] = is_one or bool(audience.needs.search(text))
        self._bound: NDArray[np.bool_] = np.asarray(self._of_offers.any(axis=0), dtype=bool)

    def between(self, need_rows: NDArray[np.int64], offer_rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """`STRANGER` where an offer is for people of whom a need shows nothing, else 0; (n_need_rows, n_offer_rows)."""
        met = self._of_needs[need_rows] @ self._of_offers[:, offer_rows] > 0
        return np.where(self._bound[offer_rows] & ~met, STRANGER, 0.0)
