"""Needs left open: what stood in the way, how often, and the smallest change that would help."""

from collections import Counter

import numpy as np

from matcher.domain.changes import CHANGES, EASE, smallest_change
from matcher.domain.reasons import Reason, ReasonCode, Value
from matcher.engine.candidates import Candidates
from matcher.engine.explain import Outcomes, cause_of, refusals
from matcher.engine.plan import Unmet

C = ReasonCode
COMPARABLE = 0.5
"""The nearest offer is looked for among those at least this share as close in words as the closest one."""


def unmet_needs(view: Outcomes, candidates: Candidates) -> list[Unmet]:
    """Every need with something left, in order of id."""
    left = np.array([1 if q is None else q for q in view.needs.quantity], dtype=np.int64) - view.given_to_need
    return [_unmet(view, candidates, int(i), int(left[i])) for i in np.flatnonzero(left > 0)]


def _unmet(view: Outcomes, candidates: Candidates, i: int, left: int) -> Unmet:
    need_id, open_pairs = view.needs.need_id[i], [p for p in view.pairs_of(i) if not view.amounts[p]]
    if not open_pairs:
        return _nothing_comparable(view, candidates, i, left)
    blocking: Counter[ReasonCode] = Counter()
    codes_of: dict[int, tuple[ReasonCode, ...]] = {}
    for p in open_pairs:
        codes_of[p] = view.rules.codes(p) or (cause_of(view, p),)
        blocking.update(codes_of[p])
    closest = max(float(view.closeness[p]) for p in open_pairs)
    near = [p for p in open_pairs if view.closeness[p] >= COMPARABLE * closest]
    nearest = min(near, key=lambda p: _distance(view, p, codes_of[p]))
    j = int(view.offer[nearest])
    need, offer = view.needs.row(i), view.offers.row(j)
    change = smallest_change(refusals(view, nearest), need, offer, as_of=view.as_of, left=left)
    return Unmet(need_id, left, _by_frequency(blocking), offer.offer_id, change)


def _nothing_comparable(view: Outcomes, candidates: Candidates, i: int, left: int) -> Unmet:
    """No offer left to ask: all of another category, too far in words, or already giving what it may."""
    counts = Counter(
        {
            C.TEXT_TOO_FAR: int(candidates.n_text_too_far[i]),
            C.CATEGORY_DIFFERS: int(candidates.n_category_differs[i]),
        }
    )
    used = len(view.pairs_of(i))
    blocking = _by_frequency(Counter({C.OTHERS_CAME_FIRST: used}) if used else counts) or ((C.NO_OFFER, 0),)
    is_near = float(candidates.nearest_closeness[i]) >= view.policy.text_floor
    j = int(candidates.nearest[i]) if is_near else -1
    category = view.needs.category[i]
    params: dict[str, Value] = {
        "category": category.value if category else None,
        "quantity": left,
        "unit": view.needs.unit[i],
        "region": view.needs.region[i],
    }
    nearest = view.offers.offer_id[j] if j >= 0 else None
    return Unmet(view.needs.need_id[i], left, blocking, nearest, Reason(C.CHANGE_FIND_OFFER, params))


def _distance(view: Outcomes, p: int, codes: tuple[ReasonCode, ...]) -> tuple[int, int, float, int]:
    """Fewest obstacles first, then the easiest change, then the closest text, then the offer's id."""
    hardest = max(EASE[CHANGES.get(code, C.CHANGE_FIND_OFFER)] for code in codes)
    return len(codes), hardest, -float(view.closeness[p]), p


def _by_frequency(counts: Counter[ReasonCode]) -> tuple[tuple[ReasonCode, int], ...]:
    return tuple(sorted(((code, n) for code, n in counts.items() if n), key=lambda item: (-item[1], item[0])))
