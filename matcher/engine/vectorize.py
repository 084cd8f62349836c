"""Texts become sparse vectors, and two blocks of rows become named signals of closeness, each in [0, 1].

meaning        both speak of one concept of the lexicon: log(1 + m ⁄ 0.01) ⁄ log(101) with
               m = Σ belief(need, k) · kin(k, l) · service(offer, l), kin 1 for the same concept, 0.04 for another of
               the same category, 0.15 for one near it or of a listed pair, 0 between two things (轮椅, 助听器)
kind           both are of one category or a listed pair: the probability of it
wording        cosine of TF-IDF, times 1.25 up to 1, see `wording.py`; two fifths of it where the need names a thing and
               the offer none with the same head (口罩)
sense          only with an encoder: what a language model finds alike, see `sense.py`
bm25           share of what the need's terms could earn at most, for the Chinese part of a need
item           of two named things, the idf-weighted share of the shorter name's terms found in the other (four
               fifths) and of all terms of both (one fifth), times 0.35 unless both end in the same head; terms that
               only one side ever uses (brands, models) count a quarter
conflict       how likely the two are of categories that may not meet
contradiction  how surely the texts exclude each other, see `contradictions.py`
misfit         the kind of help that a need speaks of is for other people than the offer, by age or by health: how far
               Σ belief over the concepts that never go with the offer's ages (its text's, else its concepts') or
               with what it serves exceeds 0.4; a quarter where the offer names people (司机, 毕业生) of whom the
               need shows nothing, see `audiences.py`
remembered     needs alike were given offers alike; declined: they did not take them; see `memory.py`

`fusion.py` makes one closeness of them. Vectors are made from rows in id order with sparse products only, so equal
input gives equal numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.domain.facts import NeedColumns, OfferColumns
from matcher.domain.terms import LISTED_PAIRS, Category, Group
from matcher.engine.audiences import Strangers
from matcher.engine.contradictions import Contradictions, Known, known_facts
from matcher.engine.fusion import HAND, Weights, fuse
from matcher.engine.items import NamedThings
from matcher.engine.language import Language
from matcher.engine.memory import Memory
from matcher.engine.sense import Sense
from matcher.engine.text import chinese_share, normalise, topic
from matcher.engine.wording import bm25_vectors, tfidf_vectors

Matrix = NDArray[np.float64]
Rows = NDArray[np.int64]
CATEGORIES = tuple(Category)
PLACE = {category: c for c, category in enumerate(CATEGORIES)}
MEETS = np.eye(len(CATEGORIES))
for _need, _offer in LISTED_PAIRS:
    MEETS[PLACE[_need], PLACE[_offer]] = 1.0

KIN, NEAR_KIN = 0.04, 0.15
FAINT = 0.01
DOUBT = 0.4
HEADLESS = 0.4
ABROAD, AT_HOME = (
    0.25,
    0.6,
)  # mean trust in the offers of a run: below, concepts say nothing at all; above, all they know
CERTAIN_LEAST = 1e-12
PAIRS_AT_ONCE = 128
SIGNAL_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Side:
    """One side's rows: normalised texts and their vectors, all with n_rows rows."""

    texts: list[str]
    tfidf: sparse.csr_matrix  # (n, n_grams), rows of norm ≤ 1
    bm25: sparse.csr_matrix  # needs: idf shares; offers: saturated term weights
    concepts: Matrix  # (n, n_concepts): belief (needs) or service (offers); a given category leaves only its own
    kinds: Matrix  # (n, 20), rows sum to ≤ 1; a given category is certain
    inferred: Matrix  # (n, 20) the same from the text alone
    things: sparse.csr_matrix  # (n, n_concepts) 0/1, concrete things named by a word
    thing_kinds: sparse.csr_matrix  # (n, 20) 0/1: categories of which a concrete thing is named


class TextSpace:
    """Learns idf from all texts of a run, then answers signals and closeness for blocks of rows."""

    def __init__(
        self, language: Language, *, as_of: date, weights: Weights = HAND, memory: Memory | None = None
    ) -> None:
        self.language, self.as_of, self.weights, self.memory = language, as_of, weights, memory
        kind_of = [PLACE[concept.category] for concept in language.lexicon.concepts]
        self._kind_of = np.eye(len(CATEGORIES))[kind_of]  # (n_concepts, 20)
        things = np.array([concept.is_thing for concept in language.lexicon.concepts], dtype=bool)
        same = np.eye(len(CATEGORIES))
        alike = self._kind_of @ np.where(same < MEETS, NEAR_KIN, KIN * same) @ self._kind_of.T
        for k, concept in enumerate(language.lexicon.concepts):
            for other in concept.near:
                alike[k, other] = alike[other, k] = NEAR_KIN
        self._kin = np.maximum(alike * ~np.outer(things, things), np.eye(len(kind_of)))
        health = np.array([concept.health for concept in language.lexicon.concepts])
        told = health != ""
        self._other_health = (np.outer(told, told) & (health[:, None] != health[None, :])).astype(float)

    def fit(
        self,
        need_texts: list[str],
        offer_texts: list[str],
        need_categories: Sequence[Category | None] | None = None,
        offer_categories: Sequence[Category | None] | None = None,
        known: Known | None = None,
        groups: Sequence[frozenset[Group]] | None = None,
    ) -> "TextSpace":
        """Learn from rows in id order. Categories given are certain, None is inferred; `known` names the rows whose
        columns make the text's word on a fact superfluous, `groups` what each need's family is known to belong to."""
        needs, offers = [topic(normalise(t)) for t in need_texts], [normalise(t) for t in offer_texts]
        (tfidf_n, tfidf_o), (bm25_n, bm25_o) = tfidf_vectors(needs, offers), bm25_vectors(needs, offers)
        self.needs = self._side(needs, tfidf_n, bm25_n, need_categories, is_offer=False)
        self.offers = self._side(offers, tfidf_o, bm25_o, offer_categories, is_offer=True)
        self._items = NamedThings(needs, offers)
        self._sense = Sense(needs, offers, self.language.encoder) if self.language.encoder else None
        self._chinese = np.array([chinese_share(text) for text in needs])
        self.contradictions = Contradictions(
            needs,
            offers,
            read=lambda text, is_offer: self.language.read(text, is_offer=is_offer, as_of=self.as_of),
            known=known or Known(),
        )
        self._kin_of_offers = self._kin @ self.offers.concepts.T  # (n_concepts, n_offers)
        self._misfits = self._misfits_of_offers()
        self._strangers = Strangers(self.language.lexicon.audiences, needs, offers, groups)
        return self

    @classmethod
    def of(
        cls,
        needs: NeedColumns,
        offers: OfferColumns,
        *,
        language: Language,
        as_of: date,
        weights: Weights = HAND,
        memory: Memory | None = None,
    ) -> "TextSpace":
        """Learn from needs and offers ordered by id, with what their columns make certain."""
        return cls(language, as_of=as_of, weights=weights, memory=memory).fit(
            needs.text, offers.text, needs.category, offers.category, known_facts(needs, offers), needs.groups or None
        )

    def signals(self, need_rows: Rows, offer_rows: Rows) -> dict[str, Matrix]:
        """Every signal for every need row with every offer row, each (n_need_rows, n_offer_rows) in [0, 1]."""
        n, o = self.needs, self.offers
        cosine = (n.tfidf[need_rows] @ o.tfidf[offer_rows].T).toarray()
        bm25 = (n.bm25[need_rows] @ o.bm25[offer_rows].T).toarray()
        wording = np.minimum(1.0, 1.25 * cosine)
        wording *= np.where(self._items.lacks_head(need_rows, offer_rows), HEADLESS, 1.0)
        meaning = np.minimum(1.0, n.concepts[need_rows] @ self._kin_of_offers[:, offer_rows])
        mine, theirs = n.kinds[need_rows], o.kinds[offer_rows]
        kind = np.minimum(1.0, mine @ MEETS @ theirs.T)
        certainty = np.outer(mine.sum(axis=1), theirs.sum(axis=1))
        found = {
            "meaning": np.log1p(meaning / FAINT) / np.log1p(1 / FAINT),
            "kind": kind,
            "wording": wording,
            "bm25": bm25 * self._chinese[need_rows][:, None],
            "item": self._items.closeness(need_rows, offer_rows),
            "conflict": np.clip(certainty - kind, 0.0, 1.0),
            "contradiction": self.contradictions.between(need_rows, offer_rows),
            "misfit": np.maximum(
                np.clip((n.concepts[need_rows] @ self._misfits[:, offer_rows] - DOUBT) / (1 - DOUBT), 0.0, 1.0),
                self._strangers.between(need_rows, offer_rows),
            ),
        }
        if self._sense:
            found["sense"] = self._sense.closeness(need_rows, offer_rows)
        return found | self._recalled(need_rows, offer_rows)

    def signals_of(self, need_rows: Rows, offer_rows: Rows) -> list[dict[str, float]]:
        """Signals above 0 of single pairs: one mapping for each place of the two (n_pairs,) arrays."""
        found: list[dict[str, float]] = [{} for _ in need_rows]
        order = np.lexsort((need_rows, offer_rows))  # few offers in a block
        for start in range(0, len(order), PAIRS_AT_ONCE):
            some = order[start : start + PAIRS_AT_ONCE]
            (rows, at), (columns, to) = (np.unique(a[some], return_inverse=True) for a in (need_rows, offer_rows))
            for name, block in self.signals(rows, columns).items():
                for p, value in zip(some, np.round(block[at, to], SIGNAL_DIGITS).tolist(), strict=True):
                    if value:
                        found[p][name] = value
        return found

    def _recalled(self, need_rows: Rows, offer_rows: Rows) -> dict[str, Matrix]:
        if self.memory is None:
            return {}
        needs, offers = self.needs.texts, self.offers.texts
        return self.memory.between(
            [needs[i] for i in need_rows], [offers[j] for j in offer_rows], self.offers.concepts[offer_rows]
        )

    def closeness(self, need_rows: Rows, offer_rows: Rows) -> Matrix:
        """Closeness of every need row with every offer row, (n_need_rows, n_offer_rows) in [0, 1]."""
        return fuse(self.signals(need_rows, offer_rows), self.weights)

    def names_other_thing(self, need_rows: Rows, offer_rows: Rows) -> NDArray[np.bool_]:
        """Whether both name concrete things of one category and none in common (轮椅 against 助听器)."""
        n, o = self.needs, self.offers
        shared = (n.things[need_rows] @ o.things[offer_rows].T).toarray() > 0
        kinds = (n.thing_kinds[need_rows] @ o.thing_kinds[offer_rows].T).toarray() > 0
        return np.asarray(kinds & ~shared)

    def _side(
        self,
        texts: list[str],
        tfidf: sparse.csr_matrix,
        bm25: sparse.csr_matrix,
        given: Sequence[Category | None] | None,
        *,
        is_offer: bool,
    ) -> Side:
        distinct = list(dict.fromkeys(texts))
        place = {text: k for k, text in enumerate(distinct)}
        of_row = np.array([place[text] for text in texts], dtype=np.int64)
        recogniser = self.language.recogniser
        if is_offer:
            offered = recogniser.offered(distinct)
            trust = float(offered.trust[of_row].mean()) if texts else 0.0
            home = float(np.clip((trust - ABROAD) / (AT_HOME - ABROAD), 0.0, 1.0))
            beliefs, concepts = offered.beliefs[of_row] * home, offered.services[of_row] * home
        else:
            beliefs = concepts = recogniser.believe(distinct)[of_row]
        inferred = beliefs @ self._kind_of
        kinds, concepts = inferred.copy(), concepts.copy()
        for i, category in enumerate(given or []):
            if category is not None:
                kinds[i] = self._kind_of_category(category)
                concepts[i] = self._within(concepts[i], category, is_offer=is_offer)
        things = self._things(distinct, is_offer=is_offer)[of_row]
        kind_of = sparse.csr_matrix(self._kind_of)
        return Side(
            texts, tfidf, bm25, concepts, kinds, inferred, things, ((things @ kind_of) > 0).astype(float).tocsr()
        )

    def _misfits_of_offers(self) -> Matrix:
        """How surely each offer is for other people than each concept, (n_concepts, n_offers) in [0, 1]: for other ages
        if its text tells any, else by the ages of what it serves; and by health."""
        concepts = self.language.lexicon.concepts
        offered = self.offers.concepts**2
        best = self.offers.concepts.max(axis=1, keepdims=True, initial=0.0)
        shares = best * offered / np.maximum(CERTAIN_LEAST, offered.sum(axis=1, keepdims=True))
        found = np.array([[float(a.is_misfit(b)) for b in concepts] for a in concepts]) @ shares.T
        for j in range(len(self.offers.texts)):
            if told := self.contradictions.ages_meant(j):
                other_age = np.array([float(concept.is_for_other_ages(told)) for concept in concepts])
                found[:, j] = np.maximum(other_age, self._other_health @ shares[j])
        return np.asarray(found)

    def _kind_of_category(self, category: Category) -> Matrix:
        return np.asarray(np.eye(len(CATEGORIES))[PLACE[category]])

    def _within(self, concepts: Matrix, category: Category, *, is_offer: bool) -> Matrix:
        """Belief or service among the concepts of a given category; spread evenly where the text says nothing."""
        own = self._kind_of[:, PLACE[category]]
        kept = concepts * own
        total = kept.max() if is_offer else kept.sum()
        return np.asarray(kept / total if total > CERTAIN_LEAST else own / (1.0 if is_offer else max(own.sum(), 1.0)))

    def _things(self, texts: list[str], *, is_offer: bool) -> sparse.csr_matrix:
        lexicon = self.language.lexicon
        cells = [(i, k) for i, text in enumerate(texts) for k in sorted(lexicon.things_in(text, is_offer=is_offer))]
        rows, columns = [i for i, _ in cells], [k for _, k in cells]
        return sparse.csr_matrix((np.ones(len(cells)), (rows, columns)), shape=(len(texts), len(lexicon.concepts)))
