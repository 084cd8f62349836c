"""Loops over arrays, compiled to machine code on first use and kept beside the source (numba's cache).

The first call on a machine takes seconds; `nuanliu bench` counts it apart.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

import scipy.linalg.cython_blas  # noqa: F401 - products of matrices in compiled loops go through it
from numba import njit
from threadpoolctl import ThreadpoolController

F = TypeVar("F", bound=Callable[..., Any])
_BLAS = ThreadpoolController()


def compiled(function: F) -> F:
    """Compile without Python objects and without the interpreter's lock."""
    return _compile(function, fastmath=False)


def compiled_sums(function: F) -> F:
    """The same for sums whose order may change: only for sums that are exact in any order."""
    return _compile(function, fastmath=True)


def in_chunks(work: Callable[[int, int], None], n_rows: int, threads: int, *, rows: int = 4096) -> None:
    """Call `work(start, stop)` for all chunks of rows; chunks write to rows of their own, so order is no
    matter. Products of matrices inside take one thread each."""
    chunks = [(start, min(start + rows, n_rows)) for start in range(0, n_rows, rows)]
    with _BLAS.limit(limits=1, user_api="blas"):
        if threads <= 1 or len(chunks) <= 1:
            for start, stop in chunks:
                work(start, stop)
            return
        with ThreadPoolExecutor(threads) as pool:
            for _ in cast(Iterator[None], pool.map(lambda chunk: work(*chunk), chunks)):
                pass


def _compile(function: F, *, fastmath: bool) -> F:
    try:
        return cast(F, njit(cache=True, nogil=True, fastmath=fastmath, error_model="numpy")(function))
    except RuntimeError:  # nowhere to keep the compiled code
        return cast(F, njit(nogil=True, fastmath=fastmath, error_model="numpy")(function))
