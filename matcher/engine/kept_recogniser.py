"""What was learned from a lexicon, kept on disk from one process to the next: reading it takes a tenth of the time.

One file that names what it was learned from: the lexicon, the code that learned, the libraries, and the instructions
of the processor, which round differently. Whatever differs is learned anew, so that answers are the same to the byte
with the file and without. The weights of a feature are alike for all concepts none of whose phrases has it; only the
others are written.
"""

import json
import platform
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np

from matcher.engine import recognise, text
from matcher.engine.array_files import Arrays, log, read_arrays, write_arrays
from matcher.engine.lexicon import Lexicon
from matcher.engine.recognise import Recogniser, features

NAME = "recogniser.npz"
SEPARATOR = "\n"
LIBRARIES = ("numpy", "scipy", "scikit-learn", "rjieba")
_HELD: dict[Lexicon, Recogniser] = {}
"""One a lexicon and process, whatever else is known of language."""


def recogniser_of(lexicon: Lexicon, folder: Path | None) -> Recogniser:
    """The recogniser of a lexicon: of this process, else from the file in `folder`, else learned and kept there."""
    if lexicon not in _HELD:
        _HELD[lexicon] = _read_or_learn(lexicon, folder) if folder else Recogniser().fit(lexicon)
    return _HELD[lexicon]


def learned_from(lexicon: Lexicon) -> str:
    """Everything that decides what is learned, as one line."""
    code = sha256(b"".join(Path(str(module.__file__)).read_bytes() for module in (recognise, text)))
    processor = np.show_config(mode="dicts").get("SIMD Extensions", {})
    made_by = {name: version(name) for name in LIBRARIES} | {"python": platform.python_version()}
    return json.dumps([lexicon.version, code.hexdigest(), made_by, platform.machine(), processor], sort_keys=True)


def pack(recogniser: Recogniser, source: str) -> Arrays:
    """Everything learned, as arrays of numbers and of UTF-8 bytes."""
    needs, offers = recogniser.weights_
    usual = np.stack([needs.min(axis=0), offers.min(axis=0)])
    rows, columns = np.nonzero((needs != usual[0]) | (offers != usual[1]))
    parts = [vectorizer for _, vectorizer in recogniser.features_.transformer_list]
    terms = [sorted(part.vocabulary_, key=part.vocabulary_.__getitem__) for part in parts]
    return {
        "source": np.array(source),
        "terms": _bytes(SEPARATOR.join(term for part in terms for term in part)),
        "sizes": np.array([len(part) for part in terms], dtype=np.int64),
        "idf": np.concatenate([part.idf_ for part in parts]),
        "usual": usual,
        "counts": np.bincount(rows, minlength=len(needs)).astype(np.int32),
        "columns": columns.astype(np.int16),
        "weights": np.stack([needs[rows, columns], offers[rows, columns]]),
        "common": recogniser.common_,
        "known": _bytes("".join(sorted(recogniser.known_))),
    }


def unpack(arrays: Arrays, lexicon: Lexicon) -> Recogniser:
    """The recogniser that was packed. Raises ValueError, IndexError or KeyError for arrays that do not fit."""
    sizes, counts, usual = arrays["sizes"], arrays["counts"], arrays["usual"]
    terms = arrays["terms"].tobytes().decode().split(SEPARATOR)
    known = arrays["known"].tobytes().decode()
    starts = np.cumsum([0, *sizes])
    if not (
        len(terms) == len(counts) == len(arrays["idf"]) == len(arrays["common"]) == starts[-1]
        and usual.shape == (2, len(lexicon.concepts))
        and usual.dtype == arrays["weights"].dtype == arrays["idf"].dtype == np.float32
        and all(np.isfinite(arrays[name]).all() for name in ("idf", "usual", "weights", "common"))
    ):
        raise ValueError("arrays do not fit together")
    recogniser = Recogniser()
    recogniser.lexicon_ = lexicon
    recogniser.features_ = features(1)
    for (_, part), start, end in zip(recogniser.features_.transformer_list, starts, starts[1:], strict=False):
        part.vocabulary_ = {term: k for k, term in enumerate(terms[start:end])}
        part.idf_ = arrays["idf"][start:end]
    rows = np.repeat(np.arange(len(counts)), counts)
    dense = np.empty((2, len(counts), len(lexicon.concepts)), dtype=np.float32)
    dense[:] = usual[:, None, :]
    dense[:, rows, arrays["columns"]] = arrays["weights"]
    recogniser.weights_ = (dense[0], dense[1])
    recogniser.common_ = arrays["common"]
    recogniser.known_ = frozenset(known[i : i + 2] for i in range(0, len(known), 2))
    return recogniser


def _read_or_learn(lexicon: Lexicon, folder: Path) -> Recogniser:
    source = learned_from(lexicon)
    arrays = read_arrays(folder / NAME)
    if arrays is not None and str(arrays.get("source")) == source:
        try:
            return unpack(arrays, lexicon)
        except (ValueError, IndexError, KeyError):
            log.warning("%s is not what was written and is made again", NAME)
    recogniser = Recogniser().fit(lexicon)
    write_arrays(folder / NAME, pack(recogniser, source))
    return recogniser


def _bytes(told: str) -> np.ndarray:
    return np.frombuffer(told.encode(), dtype=np.uint8)
