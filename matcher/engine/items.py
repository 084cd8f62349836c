"""Things by name: what short texts name (普通医用口罩), and how alike two names are, seen through brands and models."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from matcher.engine.text import item_head, item_names, item_terms

Matrix = NDArray[np.float64]
Rows = NDArray[np.int64]
HEAD_DIFFERS = 0.35
ONE_SIDED = 0.25


@dataclass(frozen=True, slots=True)
class Names:
    """The distinct names of one side, and which of them each row uses (positions in `names`)."""

    names: list[str]
    uses: list[tuple[int, ...]]


class NamedThings:
    """Names of both sides; answers closeness of names for blocks of rows."""

    def __init__(self, needs: list[str], offers: list[str]) -> None:
        """Normalised texts of both sides."""
        self.needs, self.offers = _names(needs, is_need=True), _names(offers, is_need=False)
        self._table = _name_table(self.needs, self.offers)
        self._heads = _heads(self.needs, self.offers, offers)
        self._names_one = np.array([bool(use) for use in self.needs.uses], dtype=bool)

    def closeness(self, need_rows: Rows, offer_rows: Rows) -> Matrix:
        """Best closeness among the names each pair of rows uses, in [0, 1]; 0 where a row names no thing."""
        need_names, need_of = _distinct(self.needs, need_rows)
        offer_names, offer_of = _distinct(self.offers, offer_rows)
        small = np.zeros((len(need_names) + 1, len(offer_names) + 1))
        if need_names and offer_names:
            by_need = np.array([self._table[list(use)].max(axis=0) for use in need_names])
            small[:-1, :-1] = np.array([by_need[:, list(use)].max(axis=1) for use in offer_names]).T
        return small[np.ix_(need_of, offer_of)]

    def lacks_head(self, need_rows: Rows, offer_rows: Rows) -> NDArray[np.bool_]:
        """Whether the need names a thing and the offer has none that ends in the same head."""
        wanted, held = self._heads
        has = (wanted[need_rows] @ held[offer_rows].T).toarray() > 0
        return np.asarray(~has & self._names_one[need_rows][:, None])


def _distinct(side: Names, rows: Rows) -> tuple[list[tuple[int, ...]], Rows]:
    """Distinct non-empty name tuples among rows, and for each row its place (the last place means none)."""
    wanted = [side.uses[i] for i in rows]
    distinct = sorted({use for use in wanted if use})
    place = {use: k for k, use in enumerate(distinct)}
    return distinct, np.array([place.get(use, len(distinct)) for use in wanted], dtype=np.int64)


def _names(texts: list[str], *, is_need: bool) -> Names:
    named = [item_names(text, is_need=is_need) for text in texts]
    names = sorted({name for row in named for name in row})
    place = {name: k for k, name in enumerate(names)}
    return Names(names, [tuple(place[name] for name in row) for row in named])


def _heads(needs: Names, offers: Names, offer_texts: list[str]) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Which heads the things of each need have, and which of these the things of each offer have (or, where it
    names none, its text contains); 0/1."""
    heads = sorted({item_head(name) for name in needs.names} - {""})
    place = {head: k for k, head in enumerate(heads)}
    of_name = [place.get(item_head(name), -1) for name in needs.names]
    wanted = [(i, of_name[k]) for i, use in enumerate(needs.uses) for k in use if of_name[k] >= 0]
    theirs = [place.get(item_head(name), -1) for name in offers.names]
    known: dict[str, list[int]] = {}
    for text, use in zip(offer_texts, offers.uses, strict=True):
        if text not in known:
            inside = (k for k, head in enumerate(heads) if head in text)
            known[text] = [theirs[k] for k in use if theirs[k] >= 0] if use else list(inside)
    held = [(j, k) for j, text in enumerate(offer_texts) for k in known[text]]
    width = max(1, len(heads))
    return _ones(wanted, (len(needs.uses), width)), _ones(held, (len(offer_texts), width))


def _ones(cells: list[tuple[int, int]], shape: tuple[int, int]) -> sparse.csr_matrix:
    rows, columns = [r for r, _ in cells], [c for _, c in cells]
    return sparse.csr_matrix((np.ones(len(cells)), (rows, columns)), shape=shape)


def _name_table(needs: Names, offers: Names) -> Matrix:
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
