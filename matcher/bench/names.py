"""Sizes and peers by name; nothing heavy is imported here."""

from importlib.util import find_spec

SIZES = {"XS": (2_000, 200), "S": (10_000, 1_000), "M": (100_000, 10_000), "L": (1_000_000, 100_000)}
"""Needs and offers."""

ALLOCATING = ("product", "truncated", "own-flow", "ortools", "greedy", "naive")
SEARCHING = ("candidates", "gemm", "brute", "faiss")
PEERS = (*ALLOCATING, *SEARCHING)
SLOW = ("naive", "brute", "greedy", "faiss")  # run once above size S
AT_L = ("product", "own-flow", "ortools", "candidates", "gemm")


def has_faiss() -> bool:
    return find_spec("faiss") is not None


def default_peers(size: str) -> list[str]:
    names = AT_L if size == "L" else PEERS
    return [name for name in names if name != "faiss" or has_faiss()]
