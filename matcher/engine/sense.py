"""How alike a need and an offer are to a model of language at large, beyond the lexicon and their characters.

Vectors of one model and one field point much the same way (Mu and Viswanath 2018), and people ask in another voice than
institutions offer. So each side is centred by the mean of its own texts; closeness is the cosine, none below 0.
"""

import numpy as np
from numpy.typing import NDArray

from matcher.engine.encoder import Encoder, unit

Matrix = NDArray[np.float64]
Rows = NDArray[np.int64]
DECIMALS = 6  # the order in which a product was summed up must not show


class Sense:
    def __init__(self, needs: list[str], offers: list[str], encoder: Encoder) -> None:
        self._needs, self._need_of = _centred(needs, encoder)
        self._offers, self._offer_of = _centred(offers, encoder)

    def closeness(self, need_rows: Rows, offer_rows: Rows) -> Matrix:
        """(n_need_rows, n_offer_rows) in [0, 1]; 0 for blank texts, and throughout while one side has one text only."""
        cosines = self._needs[self._need_of[need_rows]] @ self._offers[self._offer_of[offer_rows]].T
        return np.asarray(np.round(np.clip(cosines, 0.0, 1.0), DECIMALS))


def _centred(texts: list[str], encoder: Encoder) -> tuple[Matrix, Rows]:
    """Centred vectors of norm 1 of the distinct texts, zeros for a blank one, and which of them each text has."""
    place = {text: k for k, text in enumerate(dict.fromkeys(texts))}
    told = [k for text, k in place.items() if text.strip()]
    vectors = encoder.encode([text for text in place if text.strip()])
    centred = np.zeros((len(place), vectors.shape[1]))
    if told:
        centred[told] = unit(vectors - vectors.mean(axis=0, dtype=np.float64))
    return centred, np.array([place[text] for text in texts], dtype=np.int64)
