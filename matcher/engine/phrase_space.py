"""What a need means beyond its characters: how near an encoder puts it to the lexicon's phrases, concept by concept.

Up to thirty phrases of each concept, spread evenly over its list and so over both sides, are encoded once. All vectors
are centred by the phrases' mean, since those of one model and one field point much the same way (Mu and Viswanath
2018), and brought to norm 1. *Nearness* of a text and a concept is the mean of its three highest cosines.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from matcher.engine.encoder import Encoder
from matcher.engine.lexicon import Lexicon

Matrix = NDArray[np.float64]
PHRASES_EACH = 30
NEAREST = 3
SHARPNESS = 12.0
FLOOR = 1e-6
TEXTS_AT_ONCE = 512
DECIMALS = 6  # of nearness: no sum's order may show


class PhraseSpace:
    def __init__(self, lexicon: Lexicon, encoder: Encoder) -> None:
        self.encoder = encoder
        of_concept: list[list[str]] = [[] for _ in lexicon.concepts]
        for phrase in lexicon.phrases:
            of_concept[phrase.concept].append(phrase.text)
        chosen = [spread(texts, PHRASES_EACH) for texts in of_concept]
        vectors = encoder.encode([text for texts in chosen for text in texts]).astype(np.float64)
        self._mean = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1])
        self._phrases = self._centred(vectors)
        ends = np.cumsum([0, *(len(texts) for texts in chosen)])
        self._columns = [slice(a, b) for a, b in pairwise(ends)]

    def nearness(self, texts: list[str]) -> Matrix:
        """(n_texts, n_concepts) in [−1, 1]; a concept without phrases is as near as the others are on average."""
        blocks = [self._near(texts[at : at + TEXTS_AT_ONCE]) for at in range(0, len(texts), TEXTS_AT_ONCE)]
        return np.concatenate([np.zeros((0, len(self._columns))), *blocks])

    def sharpen(self, beliefs: Matrix, texts: list[str]) -> Matrix:
        """Beliefs (n_texts, n_concepts) weighed by nearness: softmax(log(share + 10⁻⁶) + 12 · nearness) times what the
        row summed up to before, so that doubt stays. A row without any belief is left as it is and never encoded."""
        result = beliefs.copy()
        total = beliefs.sum(axis=1, keepdims=True)
        rows = np.flatnonzero(total[:, 0] > 0)
        odds = np.log(beliefs[rows] / total[rows] + FLOOR) + SHARPNESS * self.nearness([texts[i] for i in rows])
        if len(rows):
            shares = np.exp(odds - odds.max(axis=1, keepdims=True))
            result[rows] = shares / shares.sum(axis=1, keepdims=True) * total[rows]
        return np.asarray(result)

    def _near(self, texts: list[str]) -> Matrix:
        cosines = self._centred(self.encoder.encode(texts).astype(np.float64)) @ self._phrases.T
        near = np.full((len(texts), len(self._columns)), np.nan)
        for k, columns in enumerate(self._columns):
            of_concept = cosines[:, columns]
            if of_concept.shape[1]:
                near[:, k] = np.sort(of_concept, axis=1)[:, -NEAREST:].mean(axis=1)
        known = ~np.isnan(near[0])
        near[:, ~known] = near[:, known].mean(axis=1, keepdims=True) if known.any() else 0.0
        return np.asarray(np.round(near, DECIMALS))

    def _centred(self, vectors: Matrix) -> Matrix:
        centred = vectors - self._mean
        norms = np.linalg.norm(centred, axis=1, keepdims=True)
        return np.asarray(centred / np.where(norms > 0, norms, 1.0))


def spread(texts: list[str], most: int) -> list[str]:
    """At most so many of a list, evenly from its first to its last."""
    if len(texts) <= most:
        return texts
    return [texts[i] for i in np.linspace(0, len(texts) - 1, most).round().astype(int)]
