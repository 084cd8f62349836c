"""The bulk rules say exactly what the single-pair rules say."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.domain.eligibility import pair_verdict
from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.limits import case_bounds
from matcher.domain.rulebook import Setting
from matcher.engine.rules import CODES, RuleBook, evaluate_pairs, static_need_mask, static_offer_mask
from tests.facts_strategies import TODAY, needs, offers
from tests.places import places
from tests.policies import the_policy

SETTING = {"policy": the_policy(), "as_of": TODAY, "places": places()}


def all_pairs(n, m):
    return np.stack(np.meshgrid(np.arange(n), np.arange(m), indexing="ij"), axis=-1).reshape(-1, 2).astype(np.int64)


def test_bulk_and_single_agree_on_every_refusal_and_every_limit():
    """On ten thousand random pairs and more, among which every rule refuses somewhere."""
    met, seen = set(), 0

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(needs, min_size=16, max_size=20), st.lists(offers, min_size=16, max_size=20))
    def agree(some_needs, some_offers):
        nonlocal seen
        pairs = all_pairs(len(some_needs), len(some_offers))
        matrix = evaluate_pairs(NeedColumns.of(some_needs), OfferColumns.of(some_offers), pairs, **SETTING)
        for k, (i, j) in enumerate(pairs):
            need, offer = some_needs[i], some_offers[j]
            verdict = pair_verdict(need, offer, **SETTING)
            codes = {result.reason.code for result in verdict.blocking}
            assert set(matrix.codes(k)) == codes
            assert bool(matrix.allowed[k]) == verdict.allowed
            bounds = case_bounds(need, offer, Setting(**SETTING))
            assert (matrix.minimum[k], matrix.maximum[k]) == (bounds.minimum, bounds.maximum)
            met.update(codes)
            seen += 1

    agree()
    assert seen >= 10_000 and met == set(CODES)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(needs, min_size=3, max_size=6), st.lists(offers, min_size=3, max_size=6))
def test_masked_rows_have_no_allowed_pair(some_needs, some_offers):
    """Leaving masked rows out early loses nothing."""
    need_columns, offer_columns = NeedColumns.of(some_needs), OfferColumns.of(some_offers)
    pairs = all_pairs(len(some_needs), len(some_offers))
    allowed = evaluate_pairs(need_columns, offer_columns, pairs, **SETTING).allowed
    kept = static_need_mask(need_columns, TODAY)[pairs[:, 0]] & static_offer_mask(offer_columns, TODAY)[pairs[:, 1]]
    assert not (allowed & ~kept).any()


def test_no_pairs_give_empty_arrays():
    book = RuleBook(NeedColumns(), OfferColumns(), **SETTING)
    matrix = book.judge(np.zeros((0, 2), dtype=np.int64))
    assert len(matrix.refused) == 0 and not matrix.counts()
