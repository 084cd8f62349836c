"""From facts and permitted pairs to the arrays of the allocation problem."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from matcher.domain.amounts import is_money, same_unit
from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.policy import Cap, Policy
from matcher.domain.terms import STRICT_FUNDS, Category, FundSource, HardshipClass
from matcher.engine.problem import UNLIMITED, Ints, Problem
from matcher.engine.scoring import class_weights


def wanted_amounts(needs: NeedColumns) -> Ints:
    """(n_needs,) what is wanted; an unknown amount wants one unit, an amount of 0 wants nothing more."""
    return np.array([1 if q is None else q for q in needs.quantity], dtype=np.int64)


def useful_amounts(needs: NeedColumns, policy: Policy) -> Ints:
    """(n_needs,) from which amount on a household counts as reached: the policy's least useful amount of the
    category given, or all that is wanted if that is less (R27). An inferred category is soft: 1."""
    least = [1 if c is None else max(1, policy.minimum_useful.get(c, 1)) for c in needs.category]
    return np.minimum(np.array(least, dtype=np.int64), np.maximum(1, wanted_amounts(needs)))


def households(needs: NeedColumns) -> tuple[Ints, list[str]]:
    """Household row of each need, and the household ids in order."""
    ids = sorted(set(needs.household_id))
    place = {home: h for h, home in enumerate(ids)}
    return np.array([place[home] for home in needs.household_id], dtype=np.int64), ids


def pose(
    needs: NeedColumns,
    offers: OfferColumns,
    policy: Policy,
    *,
    need: Ints,
    offer: Ints,
    low: Ints,
    high: Ints,
    score: Ints,
) -> Problem:
    """The problem over permitted pairs; `low`, `high` are what the rules allow for each pair on its own."""
    home, ids = households(needs)
    weight = np.zeros(len(ids), dtype=np.int64)
    np.maximum.at(weight, home, class_weights(needs, policy))
    stock = np.array([UNLIMITED if q is None else max(0, q) for q in offers.quantity], dtype=np.int64)
    wanted = np.maximum(1, wanted_amounts(needs))
    return Problem(
        weight, home, wanted, useful_amounts(needs, policy), stock, need, offer, low, high, score,
        caps=tuple(_shared_caps(needs, offers, policy, home, need, offer, high)),
        exclusive=tuple(_one_project(needs, policy, home)),
    )  # fmt: skip


def _shared_caps(
    needs: NeedColumns, offers: OfferColumns, policy: Policy, home: Ints, need: Ints, offer: Ints, high: Ints
) -> Iterator[tuple[Ints, int]]:
    """Limits that several pairs share and that they could break together: the policy's yearly caps by household
    (H6), a donor's cap per household (H6), the self-paid remainder of one need (H7)."""
    helped = np.array([h or 0 for h in needs.helped_this_year], dtype=np.int64)
    for cap in policy.caps:
        pairs = np.flatnonzero(_under(cap, needs, offers, need, offer))
        yield from _groups(pairs, home[need[pairs]], high, lambda own, c=cap: c.amount - int(helped[need[own]].max()))
    donor_cap = np.array([-1 if c is None else c for c in offers.cap_per_household_year], dtype=np.int64)
    pairs = np.flatnonzero(donor_cap[offer] >= 0) if len(offer) else np.zeros(0, dtype=np.int64)
    yield from _groups(
        pairs,
        home[need[pairs]] * len(offers) + offer[pairs],
        high,
        lambda own: int(donor_cap[offer[own[0]]]) - int(helped[need[own]].max()),
    )
    left = np.array([-1 if s is None else s for s in needs.self_paid_left], dtype=np.int64)
    pairs = np.flatnonzero((left[need] >= 0) & _medical_money(needs, offers, need, offer)) if len(need) else pairs[:0]
    yield from _groups(pairs, need[pairs], high, lambda own: int(left[need[own[0]]]))


def _groups(pairs: Ints, key: Ints, high: Ints, limit) -> Iterator[tuple[Ints, int]]:  # type: ignore[no-untyped-def]
    """Pairs of one key whose most together exceeds the limit, in order of the key."""
    order = np.argsort(key, kind="stable")
    cuts = np.flatnonzero(np.diff(key[order])) + 1
    for own in np.split(pairs[order], cuts):
        if len(own) > 1 and int(high[own].sum()) > limit(own):
            yield own, max(0, limit(own))


def _under(cap: Cap, needs: NeedColumns, offers: OfferColumns, need: Ints, offer: Ints) -> NDArray[np.bool_]:
    """(n_pairs,) whether a policy cap covers the pair; an unknown class counts as every class for strict funds."""
    use = _uses(needs, offers, need, offer)
    in_fund = np.array([not cap.funds or fund in cap.funds for fund in offers.fund_source], dtype=bool)
    in_unit = np.array([u is not None and same_unit(cap.unit, u) for u in offers.unit], dtype=bool)
    need_unit = np.array([u is not None and same_unit(cap.unit, u) for u in needs.unit], dtype=bool)
    no_unit = np.array([u is None for u in offers.unit], dtype=bool)
    classes = cap.hardship_classes
    in_class = np.array([not classes or c in classes for c in needs.hardship_class], dtype=bool)
    unknown: list[HardshipClass | None] = needs.hardship_class
    no_class = np.array([c is None for c in unknown], dtype=bool)
    funds: list[FundSource | None] = offers.fund_source
    strict = np.array([fund in STRICT_FUNDS for fund in funds], dtype=bool)
    covered = (use == list(Category).index(cap.category)) & in_fund[offer]
    covered &= in_unit[offer] | (no_unit[offer] & need_unit[need])
    return np.asarray(covered & (in_class[need] | (no_class[need] & strict[offer])))


def _uses(needs: NeedColumns, offers: OfferColumns, need: Ints, offer: Ints) -> Ints:
    """(n_pairs,) number of the category the means would be used for, −1 if neither side gave one."""
    place = {category: k for k, category in enumerate(Category)}
    mine = np.array([-1 if c is None else place[c] for c in needs.category], dtype=np.int64)
    theirs = np.array([-1 if c is None else place[c] for c in offers.category], dtype=np.int64)
    return np.where(theirs[offer] >= 0, theirs[offer], mine[need])


def _medical_money(needs: NeedColumns, offers: OfferColumns, need: Ints, offer: Ints) -> NDArray[np.bool_]:
    money_n = np.array([is_money(u) for u in needs.unit], dtype=bool)
    money_o = np.array([is_money(u) for u in offers.unit], dtype=bool)
    none_o = np.array([u is None for u in offers.unit], dtype=bool)
    is_medical = _uses(needs, offers, need, offer) == list(Category).index(Category.MED)
    return np.asarray(is_medical & (money_o[offer] | (none_o[offer] & money_n[need])))


def _one_project(needs: NeedColumns, policy: Policy, home: Ints) -> Iterator[Ints]:
    """Needs of a household that may have only one project a year (H17)."""
    by_home: dict[int, list[int]] = {}
    for i, hardship_class in enumerate(needs.hardship_class):
        if hardship_class is not None and hardship_class in policy.one_project_only:
            by_home.setdefault(int(home[i]), []).append(i)
    for rows in by_home.values():
        if len(rows) > 1:
            yield np.array(rows, dtype=np.int64)
