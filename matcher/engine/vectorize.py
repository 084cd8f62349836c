"""Texts become sparse vectors, and two blocks of rows become a matrix of closeness in [0, 1].

closeness(need, offer) = (1 − 0.85·conflict) · (1 − (1 − item)(1 − meaning)(1 − wording))

* wording = min(1, 1.25 · (cosine + bm25) ⁄ 2): cosine of TF-IDF over words (1–2-grams) and characters
  (1–3-grams), each L2-normed and halved; bm25 as a share of the most the need's terms could earn.
* meaning = agreement · (0.5 + 0.45 · coverage): how likely both are of one category (or a listed pair), and
  the idf-weighted share of the need's concepts that the offer covers.
  Where the need names a thing and the offer none with the same head (口罩), two fifths of that.
* item = of two named things, the idf-weighted share of the shorter name's terms found in the other (four fifths)
  and of all terms of both (one fifth), times 0.35 unless both end in the same head. Terms that only one side
  ever uses (brands, models) count a quarter.
* conflict = how likely the two are of different categories that may not meet.

Vectors are made from rows in id order with sparse products only, so equal input gives equal numbers.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from matcher.domain.terms import LISTED_PAIRS, Category
from matcher.engine.concepts import Lexicon, belief, category_evidence
from matcher.engine.text import bm25_terms, char_grams, item_head, item_names, item_terms, normalise, topic, word_grams

Matrix = NDArray[np.float64]
CATEGORIES = tuple(Category)
PLACE = {category: c for c, category in enumerate(CATEGORIES)}
MEETS = np.eye(len(CATEGORIES))
for _need, _offer in LISTED_PAIRS:
    MEETS[PLACE[_need], PLACE[_offer]] = 1.0

CONFLICT_COST = 0.85
HEAD_DIFFERS = 0.35
ONE_SIDED = 0.25
HEADLESS = 0.4
BM25_K1, BM25_B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Side:
    """One side's rows: normalised texts and their matrices, all with n_rows rows."""

    texts: list[str]
    tfidf: sparse.csr_matrix  # (n, n_grams), rows of norm ≤ 1
    bm25: sparse.csr_matrix  # needs: 0/1 × idf share; offers: saturated term weight
    beliefs: Matrix  # (n, 20), rows sum to ≤ 1; a given category is certain
    inferred: Matrix  # (n, 20) the same from the text alone
    concepts: sparse.csr_matrix  # needs: idf share, rows sum to ≤ 1; offers: 0/1
    things: sparse.csr_matrix  # (n, n_concepts) 0/1, concrete things only
    thing_kinds: sparse.csr_matrix  # (n, 20) 0/1: categories of which a concrete thing is named
    items: "Items"


@dataclass(frozen=True, slots=True)
class Items:
    """Named things: which distinct names each row uses."""

    names: list[str]
    uses: list[tuple[int, ...]]  # per row, positions in `names`


class TextSpace:
    """Learns idf from all texts of a run, then answers closeness for blocks of rows."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def fit(
        self,
        need_texts: list[str],
        offer_texts: list[str],
        need_categories: list[Category | None] | None = None,
        offer_categories: list[Category | None] | None = None,
    ) -> "TextSpace":
        """Learn from rows in id order; the categories given are certain, None is inferred from the text."""
        needs, offers = [topic(normalise(t)) for t in need_texts], [normalise(t) for t in offer_texts]
        tfidf_n, tfidf_o = _tfidf(needs, offers)
        bm_n, bm_o = _bm25(needs, offers)
        found_n, found_o = self._found(needs), self._found(offers)
        con_n, con_o = self._concept_rows(found_n), self._concept_rows(found_o)
        share = _need_shares(con_n, con_o)
        self.needs = self._side(needs, tfidf_n, bm_n, found_n, share, need_categories, is_need=True)
        self.offers = self._side(offers, tfidf_o, bm_o, found_o, con_o, offer_categories, is_need=False)
        self._item_table = _item_table(self.needs.items, self.offers.items)
        self._heads = _heads(self.needs.items, self.offers)
        return self

    def closeness(self, need_rows: NDArray[np.int64], offer_rows: NDArray[np.int64]) -> Matrix:
        """Closeness of every need row with every offer row, shape (n_need_rows, n_offer_rows), in [0, 1]."""
        n, o = self.needs, self.offers
        cosine = (n.tfidf[need_rows] @ o.tfidf[offer_rows].T).toarray()
        bm25 = (n.bm25[need_rows] @ o.bm25[offer_rows].T).toarray()
        wording = np.minimum(1.0, 0.625 * (cosine + bm25))
        wording *= np.where(self._lacks_head(need_rows, offer_rows), HEADLESS, 1.0)
        coverage = np.minimum(1.0, (n.concepts[need_rows] @ o.concepts[offer_rows].T).toarray())
        mine, theirs = n.beliefs[need_rows], o.beliefs[offer_rows]
        agreement = np.einsum("ic,jc->ij", np.einsum("ic,cd->id", mine, MEETS), theirs)
        agreement = np.minimum(1.0, agreement)
        certainty = np.outer(mine.sum(axis=1), theirs.sum(axis=1))
        conflict = np.clip(certainty - agreement, 0.0, 1.0)
        meaning = agreement * (0.5 + 0.45 * coverage)
        item = self._item_block(need_rows, offer_rows)
        close = (1 - CONFLICT_COST * conflict) * (1 - (1 - item) * (1 - meaning) * (1 - wording))
        return np.asarray(np.round(np.clip(close, 0.0, 1.0), 9))

    def names_other_thing(self, need_rows: NDArray[np.int64], offer_rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether both name concrete things of one category and none in common (轮椅 against 助听器)."""
        n, o = self.needs, self.offers
        shared = (n.things[need_rows] @ o.things[offer_rows].T).toarray() > 0
        kinds = (n.thing_kinds[need_rows] @ o.thing_kinds[offer_rows].T).toarray() > 0
        return np.asarray(kinds & ~shared)

    def _lacks_head(self, need_rows: NDArray[np.int64], offer_rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the need names a thing and the offer has none that ends in the same head."""
        wanted, held = self._heads
        has = (wanted[need_rows] @ held[offer_rows].T).toarray() > 0
        names_thing = np.array([bool(self.needs.items.uses[i]) for i in need_rows])
        return np.asarray(~has & names_thing[:, None])

    def _found(self, texts: list[str]) -> list[dict[int, float]]:
        known: dict[str, dict[int, float]] = {}
        for text in texts:
            if text not in known:
                known[text] = self.lexicon.found_in(text)
        return [known[text] for text in texts]

    def _concept_rows(self, found: list[dict[int, float]]) -> sparse.csr_matrix:
        rows = [i for i, concepts in enumerate(found) for _ in concepts]
        cols = [k for concepts in found for k in concepts]
        return sparse.csr_matrix((np.ones(len(rows)), (rows, cols)), shape=(len(found), len(self.lexicon.concepts)))

    def _side(
        self,
        texts: list[str],
        tfidf: sparse.csr_matrix,
        bm25: sparse.csr_matrix,
        found: list[dict[int, float]],
        concepts: sparse.csr_matrix,
        given: list[Category | None] | None,
        *,
        is_need: bool,
    ) -> Side:
        inferred = np.zeros((len(texts), len(CATEGORIES)))
        for i, concept in enumerate(found):
            for category, share in belief(category_evidence(self.lexicon, concept)).items():
                inferred[i, PLACE[category]] = share
        beliefs = inferred.copy()
        for i, known in enumerate(given or []):
            if known is not None:
                beliefs[i] = 0.0
                beliefs[i, PLACE[known]] = 1.0
        things = (concepts[:, list(self.lexicon.things)] > 0).astype(float).tocsr()
        kind_of = sparse.csr_matrix(np.eye(len(CATEGORIES)))[
            [PLACE[self.lexicon.concepts[k].category] for k in self.lexicon.things]
        ]
        kinds = ((things @ kind_of) > 0).astype(float).tocsr()
        items = _items(texts, is_need=is_need)
        return Side(texts, tfidf, bm25, beliefs, inferred, concepts, things, kinds, items)

    def _item_block(self, need_rows: NDArray[np.int64], offer_rows: NDArray[np.int64]) -> Matrix:
        """Best closeness among the names each pair of rows uses; 0 where a row names no thing."""
        table = self._item_table
        need_names, need_of = _distinct(self.needs.items, need_rows)
        offer_names, offer_of = _distinct(self.offers.items, offer_rows)
        small = np.zeros((len(need_names) + 1, len(offer_names) + 1))
        if need_names and offer_names:
            by_need = np.array([table[list(use)].max(axis=0) for use in need_names])
            small[:-1, :-1] = np.array([by_need[:, list(use)].max(axis=1) for use in offer_names]).T
        return small[np.ix_(need_of, offer_of)]


def _distinct(items: Items, rows: NDArray[np.int64]) -> tuple[list[tuple[int, ...]], NDArray[np.int64]]:
    """Distinct non-empty name tuples among rows, and for each row its place (the last place means none)."""
    wanted = [items.uses[i] for i in rows]
    distinct = sorted({use for use in wanted if use})
    place = {use: k for k, use in enumerate(distinct)}
    return distinct, np.array([place.get(use, len(distinct)) for use in wanted], dtype=np.int64)


def _tfidf(needs: list[str], offers: list[str]) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    union = FeatureUnion(
        [
            ("words", TfidfVectorizer(analyzer=word_grams, sublinear_tf=True)),
            ("chars", TfidfVectorizer(analyzer=char_grams, sublinear_tf=True)),
        ]
    )
    texts = needs + offers
    if not any(char_grams(text) for text in texts):
        empty = sparse.csr_matrix((len(texts), 1))
        return empty[: len(needs)], empty[len(needs) :]
    vectors = sparse.csr_matrix(union.fit_transform(texts)) * math.sqrt(0.5)
    return vectors[: len(needs)], vectors[len(needs) :]


def _bm25(needs: list[str], offers: list[str]) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Needs ask, offers are the documents. Rows of the product are shares of what a need could earn at most."""
    counter = CountVectorizer(analyzer=bm25_terms, dtype=np.float64)
    texts = needs + offers
    if not any(bm25_terms(text) for text in texts):
        empty = sparse.csr_matrix((len(texts), 1))
        return empty[: len(needs)], empty[len(needs) :]
    counts = sparse.csr_matrix(counter.fit_transform(texts))
    total = counts.shape[0]
    frequency = np.asarray((counts > 0).sum(axis=0)).ravel()
    idf = np.log1p((total - frequency + 0.5) / (frequency + 0.5))
    asked = (counts[: len(needs)] > 0).astype(float) @ sparse.diags(idf)
    sums = np.asarray(asked.sum(axis=1)).ravel()
    asked = sparse.diags(np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)) @ asked
    documents = counts[len(needs) :].copy()
    length = np.asarray(documents.sum(axis=1)).ravel()
    mean = float(length.mean()) if length.size and length.mean() > 0 else 1.0
    norm = np.repeat(BM25_K1 * (1 - BM25_B + BM25_B * length / mean), np.diff(documents.indptr))
    documents.data = documents.data * (BM25_K1 + 1) / (documents.data + norm) / (BM25_K1 + 1)
    return sparse.csr_matrix(asked), sparse.csr_matrix(documents)


def _need_shares(needs: sparse.csr_matrix, offers: sparse.csr_matrix) -> sparse.csr_matrix:
    """Concepts of needs weighted by idf, each row summing to 1: what covering a concept is worth."""
    total = needs.shape[0] + offers.shape[0]
    frequency = np.asarray(needs.sum(axis=0)).ravel() + np.asarray(offers.sum(axis=0)).ravel()
    weighted = needs @ sparse.diags(np.log1p(total / (1.0 + frequency)))
    sums = np.asarray(weighted.sum(axis=1)).ravel()
    return sparse.csr_matrix(sparse.diags(np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)) @ weighted)


def _items(texts: list[str], *, is_need: bool) -> Items:
    named = [item_names(text, is_need=is_need) for text in texts]
    names = sorted({name for row in named for name in row})
    place = {name: k for k, name in enumerate(names)}
    return Items(names, [tuple(place[name] for name in row) for row in named])


def _heads(needs: Items, offers: Side) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Which heads the things of each need have, and which of these the things of each offer have (or, where it
    names none, its text contains); 0/1."""
    heads = sorted({item_head(name) for name in needs.names} - {""})
    place = {head: k for k, head in enumerate(heads)}
    of_name = [place.get(item_head(name), -1) for name in needs.names]
    wanted = [(i, of_name[k]) for i, use in enumerate(needs.uses) for k in use if of_name[k] >= 0]
    theirs = [place.get(item_head(name), -1) for name in offers.items.names]
    known: dict[str, list[int]] = {}
    for text, use in zip(offers.texts, offers.items.uses, strict=True):
        if text not in known:
            inside = (k for k, head in enumerate(heads) if head in text)
            known[text] = [theirs[k] for k in use if theirs[k] >= 0] if use else list(inside)
    held = [(j, k) for j, text in enumerate(offers.texts) for k in known[text]]
    width = max(1, len(heads))
    return _ones(wanted, (len(needs.uses), width)), _ones(held, (len(offers.texts), width))


def _ones(cells: list[tuple[int, int]], shape: tuple[int, int]) -> sparse.csr_matrix:
    rows, columns = [r for r, _ in cells], [c for _, c in cells]
    return sparse.csr_matrix((np.ones(len(cells)), (rows, columns)), shape=shape)


def _item_table(needs: Items, offers: Items) -> Matrix:
    """Closeness of every need name with every offer name, shape (n_need_names, n_offer_names)."""
    if not needs.names or not offers.names:
        return np.zeros((0, 0))
    counter = CountVectorizer(analyzer=item_terms, binary=True, dtype=np.float64)
    counts = sparse.csr_matrix(counter.fit_transform(needs.names + offers.names))
    cut = len(needs.names)
    here, there = (np.asarray(part.sum(axis=0)).ravel() for part in (counts[:cut], counts[cut:]))
    idf = np.log1p(counts.shape[0] / (1.0 + here + there))
    weight = idf * np.where((here > 0) & (there > 0), 1.0, ONE_SIDED)
    shared = (counts[:cut] @ sparse.diags(weight) @ counts[cut:].T).toarray()
    mine, theirs = counts[:cut] @ weight, counts[cut:] @ weight
    shorter = np.minimum.outer(mine, theirs)
    either = np.add.outer(mine, theirs) - shared
    covered = 0.8 * np.divide(shared, shorter, out=np.zeros_like(shared), where=shorter > 0)
    covered += 0.2 * np.divide(shared, either, out=np.zeros_like(shared), where=either > 0)
    heads_n, heads_o = (np.array([item_head(name) for name in side.names]) for side in (needs, offers))
    same_head = (heads_n[:, None] == heads_o[None, :]) & (heads_n[:, None] != "")
    return np.asarray(np.minimum(1.0, covered) * np.where(same_head, 1.0, HEAD_DIFFERS))
