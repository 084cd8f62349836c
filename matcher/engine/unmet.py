"""Needs left open: what stood in the way, how often, and the smallest change that would help."""

from collections import Counter

import numpy as np

from matcher.domain.reasons import Reason, ReasonCode, Value
from matcher.engine.candidates import Candidates
from matcher.engine.explain import Outcomes, why_not
from matcher.engine.plan import Unmet

C = ReasonCode
CHANGES: dict[ReasonCode, ReasonCode] = {
    C.NO_HARDSHIP_FILE: C.CHANGE_REGISTER_FILE,
    C.FILE_LEVEL_TOO_LOW: C.CHANGE_REGISTER_FILE,
    C.NAME_NOT_VERIFIED: C.CHANGE_VERIFY_NAME,
    C.CHANNEL_NOT_ALLOWED: C.CHANGE_ADD_CARD,
    C.NOT_YET_VALID: C.CHANGE_EXTEND_OFFER,
    C.OFFER_ENDED: C.CHANGE_EXTEND_OFFER,
    C.STARTS_AFTER_DEADLINE: C.CHANGE_EXTEND_DEADLINE,
    C.DEADLINE_PASSED: C.CHANGE_EXTEND_DEADLINE,
    C.SHELF_LIFE_OVER: C.CHANGE_FIND_OFFER,
    C.OUTSIDE_AREA: C.CHANGE_WIDEN_AREA,
    C.GROUP_NOT_ELIGIBLE: C.CHANGE_WIDEN_GROUP,
    C.STAGE_DIFFERS: C.CHANGE_WIDEN_GROUP,
    C.AGE_OUTSIDE: C.CHANGE_WIDEN_GROUP,
    C.NO_CONSENT: C.CHANGE_ASK_CONSENT,
    C.DONOR_NOT_VETTED: C.CHANGE_VET_DONOR,
    C.OUT_OF_STOCK: C.CHANGE_ADD_STOCK,
    C.OTHERS_CAME_FIRST: C.CHANGE_ADD_STOCK,
    C.AMOUNT_PARTLY: C.CHANGE_ADD_STOCK,
    C.BELOW_CASE_MINIMUM: C.CHANGE_ADD_STOCK,
    C.UNIT_UNKNOWN: C.CHANGE_NAME_UNIT,
    C.TEXT_CONTRADICTS: C.CHANGE_CHECK_TEXT,
}
"""The change that lifts a refusal. Any other refusal asks for another offer (CHANGE_FIND_OFFER)."""
EASE: dict[ReasonCode, int] = {
    code: k
    for k, code in enumerate(
        (
            C.CHANGE_ADD_STOCK, C.CHANGE_CHECK_TEXT, C.CHANGE_NAME_UNIT, C.CHANGE_ADD_CARD, C.CHANGE_VERIFY_NAME,
            C.CHANGE_ASK_CONSENT, C.CHANGE_VET_DONOR, C.CHANGE_EXTEND_DEADLINE, C.CHANGE_EXTEND_OFFER,
            C.CHANGE_WIDEN_AREA, C.CHANGE_WIDEN_GROUP, C.CHANGE_REGISTER_FILE, C.CHANGE_FIND_OFFER,
        )
    )
}  # fmt: skip
"""From the easiest change to the hardest: what the union can settle itself before what a donor must grant."""


def unmet_needs(view: Outcomes, candidates: Candidates) -> list[Unmet]:
    """Every need with something left, in order of id."""
    given = np.bincount(view.need, weights=view.amounts, minlength=len(view.needs)).astype(np.int64)
    left = np.array([1 if q is None else q for q in view.needs.quantity], dtype=np.int64) - given
    return [_unmet(view, candidates, int(i), int(left[i])) for i in np.flatnonzero(left > 0)]


def _unmet(view: Outcomes, candidates: Candidates, i: int, left: int) -> Unmet:
    need_id, open_pairs = view.needs.need_id[i], [p for p in view.pairs_of(i) if not view.amounts[p]]
    if not open_pairs:
        return _nothing_comparable(view, candidates, i, left)
    blocking: Counter[ReasonCode] = Counter()
    codes_of: dict[int, tuple[ReasonCode, ...]] = {}
    for p in open_pairs:
        codes_of[p] = view.rules.codes(p) or (why_not(view, p).code,)
        blocking.update(codes_of[p])
    nearest = min(open_pairs, key=lambda p: _distance(view, p, codes_of[p]))
    offer_id = view.offers.offer_id[int(view.offer[nearest])]
    change = _change(view, nearest, codes_of[nearest], left)
    return Unmet(need_id, left, _by_frequency(blocking), offer_id, change)


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
    j = int(candidates.nearest[i])
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


def _change(view: Outcomes, p: int, codes: tuple[ReasonCode, ...], left: int) -> Reason:
    """The hardest of the changes this pair needs, with what a caseworker must know to make it."""
    change = max((CHANGES.get(code, C.CHANGE_FIND_OFFER) for code in codes), key=EASE.__getitem__)
    i, j = int(view.need[p]), int(view.offer[p])
    needs, offers = view.needs, view.offers
    deadline, ends, starts = needs.deadline[i], offers.valid_to[j], offers.valid_from[j]
    details: dict[ReasonCode, dict[str, Value | tuple[str, ...]]] = {
        C.CHANGE_ADD_STOCK: {"quantity": left, "unit": needs.unit[i] or offers.unit[j]},
        C.CHANGE_CHECK_TEXT: {"about": tuple(view.space.contradictions.clashes(i, j))},
        C.CHANGE_NAME_UNIT: {"need_unit": needs.unit[i], "offer_unit": offers.unit[j]},
        C.CHANGE_WIDEN_AREA: {"region": needs.region[i]},
        C.CHANGE_EXTEND_DEADLINE: {"until": (starts or view.as_of).isoformat()},
        C.CHANGE_EXTEND_OFFER: {
            "until": (deadline or view.as_of).isoformat(),
            "ends": ends.isoformat() if ends else None,
            "starts": starts.isoformat() if starts else None,
        },
        C.CHANGE_REGISTER_FILE: {"level": needs.file_level[i].value if needs.file_level[i] else None},  # type: ignore[union-attr]
        C.CHANGE_ASK_CONSENT: {"donor_type": offers.donor_type[j].value if offers.donor_type[j] else None},  # type: ignore[union-attr]
    }
    return Reason(change, {**details.get(change, {}), "obstacle": codes[0].value, "obstacles": len(codes)})


def _by_frequency(counts: Counter[ReasonCode]) -> tuple[tuple[ReasonCode, int], ...]:
    return tuple(sorted(((code, n) for code, n in counts.items() if n), key=lambda item: (-item[1], item[0])))
