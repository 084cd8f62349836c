"""The smallest change that would let a refused pair meet, from the reasons that keep it apart.

One definition for the engine (unmet needs of a run) and for the question 为什么不是这一份 about a single pair.
"""

from collections.abc import Sequence
from datetime import date

from matcher.domain.facts import NeedFacts, OfferFacts
from matcher.domain.reasons import Reason, ReasonCode, Value
from matcher.domain.reasons import ReasonCode as C

CHANGES: dict[ReasonCode, ReasonCode] = {
    C.NO_HARDSHIP_FILE: C.CHANGE_REGISTER_FILE,
    C.FILE_LEVEL_TOO_LOW: C.CHANGE_REGISTER_FILE,
    C.NAME_NOT_VERIFIED: C.CHANGE_VERIFY_NAME,
    C.CHANNEL_NOT_ALLOWED: C.CHANGE_ADD_CARD,
    C.NOT_YET_VALID: C.CHANGE_WAIT,
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
    C.STOPPED: C.CHANGE_CLEAR_STOP,
    C.ENTITLEMENT_FIRST: C.CHANGE_APPLY_TO_STATE,
    C.OUT_OF_STOCK: C.CHANGE_ADD_STOCK,
    C.OTHERS_CAME_FIRST: C.CHANGE_ADD_STOCK,
    C.AMOUNT_PARTLY: C.CHANGE_ADD_STOCK,
    C.BELOW_CASE_MINIMUM: C.CHANGE_ADD_STOCK,
    C.UNIT_UNKNOWN: C.CHANGE_NAME_UNIT,
    C.TEXT_CONTRADICTS: C.CHANGE_CHECK_TEXT,
    C.DECLINED_BEFORE: C.CHANGE_EDIT_EITHER,
}
"""The change that lifts a refusal. Any other refusal asks for another offer (CHANGE_FIND_OFFER)."""
EASE: dict[ReasonCode, int] = {
    code: k
    for k, code in enumerate(
        (
            C.CHANGE_WAIT, C.CHANGE_ADD_STOCK, C.CHANGE_ALLOW_PARTS, C.CHANGE_CHECK_TEXT, C.CHANGE_FILL_FACT,
            C.CHANGE_EDIT_EITHER, C.CHANGE_NAME_UNIT, C.CHANGE_ADD_CARD, C.CHANGE_VERIFY_NAME, C.CHANGE_ASK_CONSENT,
            C.CHANGE_APPLY_TO_STATE, C.CHANGE_VET_DONOR, C.CHANGE_LOWER_MINIMUM, C.CHANGE_EXTEND_DEADLINE,
            C.CHANGE_EXTEND_OFFER, C.CHANGE_WIDEN_AREA, C.CHANGE_WIDEN_GROUP, C.CHANGE_REGISTER_FILE,
            C.CHANGE_CLEAR_STOP, C.CHANGE_FIND_OFFER,
        )
    )
}  # fmt: skip
"""From the easiest change to the hardest: what the union can settle itself before what a donor must grant."""
_ASKED_ELSEWHERE = frozenset(
    {C.NO_HARDSHIP_FILE, C.NAME_NOT_VERIFIED, C.CHANNEL_NOT_ALLOWED, C.DONOR_NOT_VETTED, C.NO_CONSENT}
)
"""Refusals whose own change settles a blank fact as well as a bad one."""


def change_of(reason: Reason, need: NeedFacts, offer: OfferFacts, *, as_of: date, left: int) -> Reason:
    """The change that lifts one refusal. `left`: what the need still lacks, in its unit."""
    missing = reason.params.get("missing")
    if missing and reason.code not in _ASKED_ELSEWHERE:
        return Reason(C.CHANGE_FILL_FACT, {"fact": missing})
    code = CHANGES.get(reason.code, C.CHANGE_FIND_OFFER)
    if reason.code is C.BELOW_CASE_MINIMUM:
        code = _for_the_least(need, offer)
    return Reason(code, _details(code, reason, need, offer, as_of, left))


def _for_the_least(need: NeedFacts, offer: OfferFacts) -> ReasonCode:
    """What lifts BELOW_CASE_MINIMUM: a wish in parts, a lower least per family, or more of it."""
    if need.divisible is False and (need.quantity or 1) > (offer.per_case_min or 1):
        return C.CHANGE_ALLOW_PARTS
    if (need.quantity or 1) < (offer.per_case_min or 1):
        return C.CHANGE_LOWER_MINIMUM
    return C.CHANGE_ADD_STOCK


def _details(
    code: ReasonCode, reason: Reason, need: NeedFacts, offer: OfferFacts, as_of: date, left: int
) -> dict[str, Value | tuple[str, ...]]:
    """What a caseworker must know to make the change."""
    unit = need.unit or offer.unit
    match code:
        case C.CHANGE_ADD_STOCK:
            return {"quantity": left, "unit": unit}
        case C.CHANGE_LOWER_MINIMUM:
            return {"most": need.quantity or 1, "unit": unit}
        case C.CHANGE_ALLOW_PARTS:
            return {"most": reason.params.get("most"), "unit": unit}
        case C.CHANGE_CHECK_TEXT:
            return {"about": reason.params.get("about", ())}
        case C.CHANGE_NAME_UNIT:
            return {"need_unit": need.unit, "offer_unit": offer.unit}
        case C.CHANGE_WIDEN_AREA:
            return {"region": need.region}
        case C.CHANGE_WIDEN_GROUP:
            return {name: reason.params[name] for name in ("stage", "age") if name in reason.params}
        case C.CHANGE_WAIT:
            return {"until": _iso(offer.valid_from)}
        case C.CHANGE_EXTEND_DEADLINE:
            return {"until": _iso(max(offer.valid_from or as_of, as_of))}
        case C.CHANGE_EXTEND_OFFER:
            return {"until": _iso(max(need.deadline or as_of, as_of)), "ends": _iso(offer.valid_to)}
        case C.CHANGE_REGISTER_FILE:
            return {"level": need.file_level}
        case C.CHANGE_APPLY_TO_STATE:
            return {"due": reason.params.get("due", ())}
        case C.CHANGE_ASK_CONSENT:
            return {"donor_type": offer.donor_type}
        case C.CHANGE_FIND_OFFER:
            return {"category": need.category, "quantity": left, "unit": need.unit, "region": need.region}
        case _:
            return {}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def changes_of(
    reasons: Sequence[Reason], need: NeedFacts, offer: OfferFacts, *, as_of: date, left: int
) -> tuple[Reason, ...]:
    """The changes that together lift all refusals, each once, the hardest first; where another offer must be found
    only that."""
    found = [change_of(reason, need, offer, as_of=as_of, left=left) for reason in reasons]
    distinct = {(change.code, change.params.get("fact")): change for change in reversed(found)}
    ordered = sorted(distinct.values(), key=lambda change: -EASE[change.code])
    return tuple(ordered[:1] if ordered and ordered[0].code is C.CHANGE_FIND_OFFER else ordered)


def smallest_change(reasons: Sequence[Reason], need: NeedFacts, offer: OfferFacts, *, as_of: date, left: int) -> Reason:
    """The hardest of the changes a pair needs, with `obstacle` (the first refusal), `obstacles` (how many) and
    `others` (how many of them this change does not lift)."""
    lifts = [change_of(reason, need, offer, as_of=as_of, left=left) for reason in reasons]
    hardest = max(lifts, key=lambda change: EASE[change.code])
    others = sum(change.code is not hardest.code for change in lifts)
    told: dict[str, Value | tuple[str, ...]] = {"obstacle": reasons[0].code.value, "obstacles": len(reasons)}
    return Reason(hardest.code, {**hardest.params, **told, "others": others})
