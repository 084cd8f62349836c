"""What earlier decisions say of a new pair: needs alike that took offers alike, and those that did not.

Each decision teaches by how much it surprised: e = (1 if accepted else 0) − p, with p what the weights made of the
pair. For a new need i and an offer j

    f(i, j) = Σ K(i, n) · e(n, o) · O(o, j) ⁄ (Σ K(i, n) · p(1 − p) · O(o, j) + CAUTION)

over all decisions (n, o). K is the cosine of the two needs' wording, O is 1 for the same offer and half the squared
cosine of what two offers serve. f is one Newton step of a logistic regression with this kernel (Zhu and Hastie 2005),
held back by CAUTION: a change of log-odds. *remembered* is f where it is above 0, *declined* −f where it is below,
both at most 1.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion
from sklearn.preprocessing import normalize

from matcher.engine.recognise import apart
from matcher.engine.text import char_grams, words_of

Matrix = NDArray[np.float64]
CAUTION = 4.0
OTHER_OFFER = 0.5
ALIKE_LEAST = 0.5  # offers whose services are less alike (cosine) have nothing to say of each other


class Memory:
    """Decided needs as vectors, decided offers as what they serve, and what was learned of their pairs.

    `needs` and `offers` are normalised texts in the rows and columns of `accepted`; `service` is (n_offers,
    n_concepts). Pairs that nobody decided are 0 in both `shown` and `accepted`, (n_needs, n_offers).
    """

    def __init__(
        self,
        needs: Sequence[str],
        offers: Sequence[str],
        service: Matrix,
        *,
        accepted: NDArray[np.bool_],
        shown: NDArray[np.bool_],
        likely: Matrix,
    ) -> None:
        self.offers, self._service = list(offers), _unit(service)
        self._surprise = sparse.csr_matrix(np.where(shown, accepted - likely, 0.0))
        self._doubt = sparse.csr_matrix(np.where(shown, likely * (1.0 - likely), 0.0))
        self._words = FeatureUnion(
            [
                (name, TfidfVectorizer(analyzer=terms, sublinear_tf=True))
                for name, terms in (("words", words_of), ("characters", char_grams), ("apart", apart))
                if any(terms(text) for text in needs)
            ]
        )
        self._needs = self._vectors(needs, learn=True)

    def between(
        self, needs: Sequence[str], offers: Sequence[str], service: Matrix, *, own_rows: bool = False
    ) -> dict[str, Matrix]:
        """*remembered* and *declined* of every need with every offer, each (n_needs, n_offers) in [0, 1].

        `own_rows`: the needs are the very ones that are remembered, and none is to recall itself.
        """
        alike = (self._vectors(needs) @ self._needs.T).toarray()
        if own_rows:
            np.fill_diagonal(alike, 0.0)
        kin = self._kinship(offers, service)
        pull = alike @ (self._surprise @ kin).toarray()
        hold = alike @ (self._doubt @ kin).toarray()
        change = pull / (hold + CAUTION)
        return {"remembered": np.clip(change, 0.0, 1.0), "declined": np.clip(-change, 0.0, 1.0)}

    def _kinship(self, offers: Sequence[str], service: Matrix) -> sparse.csr_matrix:
        """(n_remembered_offers, n_offers) in [0, 1]."""
        alike = self._service @ _unit(service).T
        kin = np.where(alike >= ALIKE_LEAST, OTHER_OFFER * alike**2, 0.0)
        columns: dict[str, list[int]] = {}
        for j, text in enumerate(offers):
            columns.setdefault(text, []).append(j)
        for k, text in enumerate(self.offers):
            kin[k, columns.get(text, [])] = 1.0
        return sparse.csr_matrix(kin)

    def _vectors(self, texts: Sequence[str], *, learn: bool = False) -> sparse.csr_matrix:
        if not self._words.transformer_list:
            return sparse.csr_matrix((len(texts), 1))
        made = self._words.fit_transform(texts) if learn else self._words.transform(texts)
        return sparse.csr_matrix(normalize(made))


def _unit(rows: Matrix) -> Matrix:
    return np.asarray(normalize(rows)) if len(rows) else rows
