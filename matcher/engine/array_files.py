"""Named arrays in one `.npz` file: written whole or not at all, readable by their owner only, and never trusted.

Such a file saves time and nothing else. It may be deleted at any moment; one that is missing, cut off or of something
else reads as None, and a folder that cannot be written costs the time again.
"""

import logging
import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger("nuanliu.engine")
Arrays = dict[str, NDArray[Any]]
BROKEN = (OSError, ValueError, KeyError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error)


def read_arrays(path: Path) -> Arrays | None:
    """The arrays by name, None where there is nothing or nothing that can be read. No object is ever unpickled."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except FileNotFoundError:
        return None
    except BROKEN:
        log.warning("%s cannot be read and is made again", path.name)
        return None


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Put the file in its place at once; says so in the log where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp")
        try:
            with os.fdopen(number, "wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        log.warning("%s cannot be kept: %s", path.name, error.strerror)
