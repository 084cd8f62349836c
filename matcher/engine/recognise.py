"""Recognising what a text is about: which of the lexicon's concepts, with how much belief.

Multinomial naive Bayes (Manning, Raghavan and Schütze 2008, ch. 13) over the TF-IDF of words, character 1–3-grams and
pairs of characters two or three apart, learned from the phrases; the lexicon's words add to its log-odds. Closed
form: learning takes seconds, needs no random numbers and gives the same model for the same lexicon. Written out here
rather than taken from scikit-learn, because concepts are to weigh alike and thousands of phrases are to be learned
before a command answers.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from matcher.engine.lexicon import Lexicon
from matcher.engine.text import char_grams, words_of

Matrix = NDArray[np.float64]
SMOOTHING = 0.1
SHARPNESS = 0.6  # naive Bayes counts what hangs together as if it did not: its log-odds are scaled down
WORD_WEIGHT = 1.0
OWN_SIDE, OTHER_SIDE = 1.5, 0.3
STRANGE, FAMILIAR = 0.4, 0.6  # share of a need's bigrams that the phrases know: no belief below, full belief above
ORDINARY, OURS = 1.5, 3.0  # how much better than by language at large an offer must be explained, the same way
SEGMENT_LEAST = 2
MANY = 1000  # phrases from which on what only one of them has is left out
TELLING = 10.0
_RUN = re.compile(r"[\u3400-\u9fff]+")
_SEGMENT = re.compile(r"[、,;。:!?()]")


class Recogniser:
    """Learns from a lexicon; `believe` answers for needs, `offered` for offers. One model for each: it learns from the
    phrases of both sides, its own counting five times the other's."""

    def __init__(self, *, smoothing: float = SMOOTHING, word_weight: float = WORD_WEIGHT) -> None:
        self.smoothing, self.word_weight = smoothing, word_weight

    def fit(self, lexicon: Lexicon) -> "Recogniser":
        texts = [phrase.text for phrase in lexicon.phrases]
        target = np.array([phrase.concept for phrase in lexicon.phrases])
        of_offer = np.array([phrase.is_offer for phrase in lexicon.phrases])
        self.lexicon_ = lexicon
        self.features_ = features(2 if len(texts) >= MANY else 1)
        vectors = sparse.csr_matrix(self.features_.fit_transform(texts))
        self.weights_ = tuple(
            self._weights(vectors, target, np.where(of_offer == is_offer, OWN_SIDE, OTHER_SIDE))
            for is_offer in (False, True)
        )
        self.common_ = np.log(np.exp(self.weights_[True]).mean(axis=1, dtype=np.float64))
        self.known_ = frozenset(pair for text in texts for pair in _pairs(text))
        return self

    def believe(self, texts: list[str]) -> Matrix:
        """Belief that needs are about each concept, (n_texts, n_concepts) in [0, 1]; rows sum to ≤ 1 and the rest is
        doubt: a text of which the phrases know little leaves most of it open. `texts` are normalised."""
        joint = self._joint(self._seen(texts, is_offer=False))
        return _shares(SHARPNESS * joint) * self._familiarity(texts)[:, None]

    def offered(self, texts: list[str]) -> "Offered":
        """What offers are about, and how well they serve each concept. An offer may serve several: the text as a whole
        and each of its parts (轮椅、助行架、护理床) speak, half and half, and a concept serves those it covers."""
        seen = self._seen(texts, is_offer=True)
        joint, trust = self._joint(seen), self._trust(seen)
        beliefs = _shares(SHARPNESS * joint) * trust[:, None]
        return Offered(beliefs, self._served(texts, _shares(joint)) * trust[:, None], trust)

    def _served(self, texts: list[str], whole: Matrix) -> Matrix:
        if not texts:
            return whole
        parts = [[p for p in _SEGMENT.split(text) if len(p) >= SEGMENT_LEAST] or [text] for text in texts]
        pieces = _shares(self._joint(self._seen([part for row in parts for part in row], is_offer=True)))
        starts = np.cumsum([0, *(len(row) for row in parts)])[:-1]
        best = np.maximum.reduceat(pieces, starts, axis=0)
        served = 0.5 * whole / whole.max(axis=1, keepdims=True) + 0.5 * best
        for k, concept in enumerate(self.lexicon_.concepts):
            for other in concept.covers:
                served[:, other] = np.maximum(served[:, other], served[:, k])
        return np.asarray(served)

    def _trust(self, seen: "_Seen") -> NDArray[np.float64]:
        """How surely each offer is of this world at all, (n_texts,) in [0, 1]: the best concept explains it better than
        language at large does, by the square root of its length, or it uses a word of the lexicon."""
        gain = seen.odds.max(axis=1, initial=-np.inf) - np.asarray(seen.vectors @ self.common_)
        length = np.sqrt(np.asarray(seen.vectors.sum(axis=1)).ravel())
        better = np.divide(gain, length, out=np.zeros(len(length)), where=length > 0)
        said = np.array([max(found.values(), default=0.0) for found in seen.said])
        explained = np.clip((better - ORDINARY) / (OURS - ORDINARY), 0.0, 1.0)
        return np.asarray(np.maximum(explained, np.clip(said / 2, 0.0, 1.0)))

    def telling(self, text: str, concept: int, *, is_offer: bool) -> tuple[str, ...]:
        """Words of a normalised text that speak for a concept by themselves, strongest first: those that are at least
        `TELLING` times likelier with it than on average (geometric mean over the concepts)."""
        place = dict(self.features_.transformer_list)["words"].vocabulary_
        weights = self.weights_[is_offer]
        known = {word: weights[place[word]] for word in words_of(text) if len(word) >= 2 and word in place}
        margin = {word: float(row[concept] - row.mean()) for word, row in known.items()}
        return tuple(sorted((w for w in margin if margin[w] >= np.log(TELLING)), key=lambda w: (-margin[w], w)))

    def _weights(self, vectors: sparse.csr_matrix, target: Matrix, counts: Matrix) -> NDArray[np.float32]:
        """Log-probabilities of features by concept, (n_features, n_concepts); all alike for one without phrases.

        Every concept counts for as much as an average one, however many phrases it has.
        """
        n_concepts = len(self.lexicon_.concepts)
        of_concept = sparse.csr_matrix((counts, (target, np.arange(len(target)))), shape=(n_concepts, len(target)))
        mass = (of_concept.astype(np.float32) @ vectors).toarray()
        total = mass.sum(axis=1, keepdims=True, dtype=np.float64)
        mass *= np.divide(total.mean(), total, out=np.zeros_like(total), where=total > 0).astype(np.float32)
        mass += self.smoothing
        mass /= mass.sum(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
        return np.ascontiguousarray(np.log(mass, out=mass).T)

    def _seen(self, texts: list[str], *, is_offer: bool) -> "_Seen":
        said = [self.lexicon_.found_in(text, is_offer=is_offer) for text in texts]
        if not texts:
            n_features, n_concepts = self.weights_[is_offer].shape
            return _Seen(sparse.csr_matrix((0, n_features)), np.zeros((0, n_concepts)), said)
        vectors = sparse.csr_matrix(self.features_.transform(texts))
        return _Seen(vectors, np.asarray(vectors @ self.weights_[is_offer]), said)

    def _joint(self, seen: "_Seen") -> Matrix:
        """Log-odds of each concept up to a constant by row, the lexicon's words included."""
        joint = seen.odds.astype(float)
        for row, found in zip(joint, seen.said, strict=True):
            for concept, weight in found.items():
                row[concept] += self.word_weight * weight
        return joint

    def _familiarity(self, texts: list[str]) -> NDArray[np.float64]:
        known = [[pair in self.known_ for pair in _pairs(text)] for text in texts]
        share = np.array([sum(row) / len(row) if row else 0.0 for row in known])
        return np.clip((share - STRANGE) / (FAMILIAR - STRANGE), 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Offered:
    """What offers are about: `beliefs` (n_texts, n_concepts) in [0, 1], rows sum to ≤ 1; `services`, of the same shape
    in [0, 1], how well each serves; `trust` (n_texts,) in [0, 1], how surely each is of this world at all."""

    beliefs: Matrix
    services: Matrix
    trust: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What texts show: counted features, the log-odds these make (n_texts, n_concepts), and the evidence of the
    lexicon's words by concept."""

    vectors: sparse.csr_matrix
    odds: NDArray[np.floating]
    said: list[dict[int, float]]


def features(least: int) -> FeatureUnion:
    """What is counted of a text; of characters only what at least so many phrases have."""
    return FeatureUnion(
        [
            ("words", TfidfVectorizer(analyzer=words_of, sublinear_tf=True, dtype=np.float32)),
            ("characters", TfidfVectorizer(analyzer=char_grams, min_df=least, sublinear_tf=True, dtype=np.float32)),
            ("apart", TfidfVectorizer(analyzer=apart, min_df=least, sublinear_tf=True, dtype=np.float32)),
        ]
    )


def _shares(joint: Matrix) -> Matrix:
    if not len(joint):
        return joint
    odds = np.exp(joint - joint.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _pairs(text: str) -> set[str]:
    return {run[i : i + 2] for run in _RUN.findall(text) for i in range(len(run) - 1)}


def apart(text: str) -> list[str]:
    """Pairs of Chinese characters two or three places apart: 交不起 → 交~起."""
    return [run[i] + "~" + run[i + gap] for run in _RUN.findall(text) for gap in (2, 3) for i in range(len(run) - gap)]
