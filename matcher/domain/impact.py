"""What may be told to donors of where their giving went: no family can be recognised by a small number (SEC3).

**Told in full:** the totals of a donor's own offers (how much was promised and handed over). They are its own books.
**Told in steps:** how many families in which county. A county's number moves only when at least `k` more families
were reached (`in_steps`); until then it stays where it was, or is not listed. What is left over from all counties
is pooled and told only as "at least `k` more", never as a number (`Regional.rest_at_least`).

Guarantee, for every hidden remainder of a county (families reached but not yet told): whatever pages are put side
by side, of whatever days and periods, the numbers of this module leave it open over at least `k` − 1 values, because
each told number differs from another of its county by 0 or by `k` or more, the pool hides `k` or more values, and it
is told only when at least three counties share it. `tests/matcher/domain/test_impact.py` plays the attacker with
linear bounds over whole histories.

Not covered: who gave one piece to every family in one single county knows from its own books how many it reached
there; and an act of delivery that is taken back later may move a number by less than `k`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

LEAST_K = 5
"""The floor: below this nothing may be set."""
LEAST_SHARING = 3
"""So many counties must share the pool before it is mentioned."""


def in_steps(moments: Iterable[datetime], k: int) -> tuple[tuple[datetime, int], ...]:
    """When a running count may be told, and how high it then stands.

    Parameters
    ----------
    moments : one per family, when it was first known to be reached; any order
    k : families, at least LEAST_K

    Returns
    -------
    Rising `(moment, count)`, each count at least `k` above the one before, the first at least `k`. Families marked
    at the same moment are told together.
    """
    k = max(k, LEAST_K)
    told, seen = 0, 0
    steps = []
    for moment, together in groupby(sorted(moments)):
        seen += sum(1 for _ in together)
        if seen - told >= k:
            told = seen
            steps.append((moment, seen))
    return tuple(steps)


def told_between(steps: Sequence[tuple[datetime, int]], start: datetime | None, end: datetime) -> int:
    """The families told in `[start, end)`; 0 or at least `k`. `start` None means from the beginning."""
    return _at(steps, end) - (_at(steps, start) if start else 0)


def _at(steps: Sequence[tuple[datetime, int]], moment: datetime) -> int:
    return max((count for at, count in steps if at < moment), default=0)


@dataclass(frozen=True, slots=True)
class Regional:
    """Families reached by county, as far as it may be told.

    `shown` holds counties of `k` or more, largest first; `others` the number of counties that are not listed but
    belong to the area; `rest_at_least` is `k` when the pool of what is not told holds at least that, else 0.
    """

    shown: tuple[tuple[str, int], ...]
    others: int
    rest_at_least: int

    @property
    def at_least(self) -> int:
        """So many families at least; the true total may be higher."""
        return sum(count for _, count in self.shown) + self.rest_at_least


def by_county(
    reached: Mapping[str, Sequence[datetime]],
    area: Iterable[str],
    *,
    k: int,
    start: datetime | None = None,
    end: datetime,
) -> Regional:
    """Families reached in `[start, end)` by county, with small numbers kept back.

    Parameters
    ----------
    reached : county → one moment per family: when it was first known to be reached, over all time and not only the
        period, because what is told in a period follows from what was told before
    area : counties the donor's offers may go to; those without any family belong here too
    k : families, raised to LEAST_K if lower
    start, end : aware moments; `start` None means from the beginning

    The periods of one history add up: what is told of January and of February is what is told of both.
    """
    k = max(k, LEAST_K)
    counties = sorted(set(area) | set(reached))
    steps = {county: in_steps(reached.get(county, ()), k) for county in counties}
    told = {county: told_between(steps[county], start, end) for county in counties}
    shown = tuple(sorted(((c, n) for c, n in told.items() if n), key=lambda pair: (-pair[1], pair[0])))
    pooled = _pool(reached, steps, end)
    rest = k if start is None and pooled >= k and len(counties) >= LEAST_SHARING else 0
    return Regional(shown, len(counties) - len(shown), rest)


def _pool(
    reached: Mapping[str, Sequence[datetime]], steps: Mapping[str, Sequence[tuple[datetime, int]]], end: datetime
) -> int:
    """Families reached before `end` and not told yet."""
    return sum(sum(at < end for at in moments) - _at(steps[county], end) for county, moments in reached.items())


def rounded_down(count: int, k: int) -> int:
    """A live count told in whole steps of `k`: 64 → 60. Below `k` it is 0 and not listed.

    For numbers that go up and down, such as how many families wait: two looks at them, or two filters, differ by
    whole steps only.
    """
    k = max(k, LEAST_K)
    return count // k * k
