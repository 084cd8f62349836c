"""How alike two texts are in their words: TF-IDF cosine and BM25, as sparse vectors with scikit-learn."""

import math

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from matcher.engine.text import bm25_terms, char_grams, word_grams

BM25_K1, BM25_B = 1.2, 0.75


def tfidf_vectors(needs: list[str], offers: list[str]) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Vectors of both sides over words (1–2-grams) and characters (1–3-grams), each L2-normed and halved: the product
    of two rows is their cosine, in [0, 1]. `needs` and `offers` are normalised texts; idf is learned from all."""
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


def bm25_vectors(needs: list[str], offers: list[str]) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
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
