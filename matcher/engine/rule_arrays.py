"""Rules on dates (H9), areas (H10) and interested parties (H11) for many pairs at once."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from matcher.domain.reasons import ReasonCode
from matcher.domain.regions import pairs_of
from matcher.domain.rulebook import Setting
from matcher.domain.terms import STRICT_FUNDS
from matcher.engine.rule_groups import NONE, Grouped, Ints

Mask = npt.NDArray[np.bool_]


def time_refusals(
    needs: Grouped, offers: Grouped, need: Ints, offer: Ints, setting: Setting
) -> Iterator[tuple[ReasonCode, Mask]]:
    """H9 as `offer_rules.time_check` says it; each code with its (n_pairs,) mask."""
    today = setting.as_of.toordinal()
    deadline, known = needs.days("deadline")[need], needs.days("deadline")[need] != NONE
    begins = np.maximum(offers.days("valid_from"), today)[offer]
    yield ReasonCode.DEADLINE_PASSED, known & (deadline < today)
    yield ReasonCode.OFFER_ENDED, _before(offers.days("valid_to"), today)[offer]
    yield ReasonCode.STARTS_AFTER_DEADLINE, known & (begins > np.maximum(deadline, today))
    yield ReasonCode.NOT_YET_VALID, ~known & (begins > today + setting.policy.lookahead_days)
    shelf = offers.days("shelf_life_until")
    yield ReasonCode.SHELF_LIFE_OVER, _before(shelf, np.maximum(offers.days("valid_from"), today))[offer]


def _before(days: Ints, limit: int | Ints) -> Mask:
    result: Mask = (days != NONE) & (days < limit)
    return result


def area_refusals(needs: Grouped, offers: Grouped, need: Ints, offer: Ints) -> Mask:
    """H10 as `offer_rules.area_check` says it; (n_pairs,) bool."""
    need_number, need_regions = needs.numbered("region")
    offer_number, offer_areas = offers.numbered("regions")
    within = np.zeros((len(offer_areas), len(need_regions)), dtype=bool)
    written = np.array([region or "" for region in need_regions], dtype=np.str_)
    unknown = np.array([region is None for region in need_regions], dtype=bool)
    for row, areas in enumerate(offer_areas):
        if not areas:
            within[row] = True
        for area in areas:
            within[row] |= np.strings.startswith(written, pairs_of(area)) & ~unknown
    strict = np.array([fund in STRICT_FUNDS for fund in offers.column("fund_source")], dtype=bool)
    inside = within[offer_number[offer], need_number[need]]
    excused = unknown[need_number[need]] & ~strict[offer]
    refused: Mask = ~inside & ~excused
    return refused


def interest_refusals(needs: Grouped, offers: Grouped, need: Ints, offer: Ints) -> Mask:
    """H11 as `offer_rules.interest_check` says it; (n_pairs,) bool."""
    households = needs.column("household_id")
    excluded = offers.column("excluded_households")
    naming = np.array([bool(names) for names in excluded], dtype=bool)
    refused = np.zeros(len(need), dtype=bool)
    for k in np.flatnonzero(naming[offer]):
        refused[k] = households[need[k]] in excluded[offer[k]]
    return refused
