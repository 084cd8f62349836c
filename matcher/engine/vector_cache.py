"""Vectors of texts kept on disk from one run to the next, by the hash of the text; never the text itself.

One `.npz` an encoder, readable by its owner only: a vector tells what a text was about, so the folder is to be guarded
like the database. It may be deleted at any time; what is lost is made again.
"""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.engine.array_files import read_arrays, write_arrays

log = logging.getLogger("nuanliu.engine")
Vectors = NDArray[np.float32]
MOST = 50_000
"""Vectors kept; those not asked for longest go first."""
KEY_BYTES = 16


class VectorCache:
    def __init__(self, folder: Path, name: str, *, most: int = MOST) -> None:
        self.path, self.most = folder / f"{name}.npz", most
        self._kept: dict[bytes, NDArray[np.float32]] | None = None

    def through(self, texts: list[str], make: Callable[[list[str]], Vectors]) -> Vectors:
        """(n_texts, n_dimensions): rows that are kept, and `make`'s for the others, which are kept from now on."""
        if self._kept is None:
            self._kept = self._read()
        kept = self._kept
        keys = [hashlib.sha256(text.encode("utf-8", "replace")).digest()[:KEY_BYTES] for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in kept}
        made = dict(zip(missing, make(list(missing.values())), strict=True)) if missing else {}
        if made and kept and len(next(iter(made.values()))) != len(next(iter(kept.values()))):
            kept.clear()  # vectors of another length, whoever wrote them
            return self.through(texts, make)
        rows = [made[key] if key in made else kept[key] for key in keys]
        for key, row in zip(keys, rows, strict=True):
            kept.pop(key, None)
            kept[key] = row
        if made:
            for key in list(kept)[: max(len(kept) - self.most, 0)]:
                del kept[key]
            self._write(kept)
        return np.stack(rows) if rows else make([])

    def _read(self) -> dict[bytes, NDArray[np.float32]]:
        arrays = read_arrays(self.path)
        if arrays is None:
            return {}
        keys, vectors = (arrays.get(name, np.zeros(0)) for name in ("keys", "vectors"))
        sound = (
            keys.dtype == np.uint8 and vectors.dtype == np.float32
            and keys.ndim == vectors.ndim == 2 and keys.shape == (len(vectors), KEY_BYTES)
            and bool(np.all(np.abs(np.linalg.norm(vectors, axis=1) - 1.0) < 1e-3))
        )  # fmt: skip
        if not sound:
            log.warning("vectors in %s are not what was written and are made again", self.path.name)
            return {}
        return {key.tobytes(): row for key, row in zip(keys, vectors, strict=True)}

    def _write(self, kept: dict[bytes, NDArray[np.float32]]) -> None:
        keys = np.frombuffer(b"".join(kept), dtype=np.uint8).reshape(len(kept), KEY_BYTES)
        write_arrays(self.path, {"keys": keys, "vectors": np.stack(list(kept.values()))})
