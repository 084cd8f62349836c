"""The product and its peers, in turn, on the same input in one process; figures as ratios of that run."""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from matcher.bench.events import events
from matcher.bench.measure import Cost, machine, measured
from matcher.bench.names import ALLOCATING, SEARCHING, SIZES, SLOW, default_peers
from matcher.bench.peers import Outcome, prepared
from matcher.bench.synthetic import invent


def bench(
    size: str,
    peers: list[str] | None = None,
    *,
    repeats: int = 5,
    n_events: int = 0,
    seed: int = 7,
    threads: int | None = None,
    told: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:
    """Measure. The product always takes part; peers alternate with it. JSON-ready; times are medians of `repeats`.

    `n_events` single events against the live optimum are timed apart. `first_call_seconds` is what compiling (or
    reading compiled code) cost before anything was counted.
    """
    names = list(dict.fromkeys(["product", *(peers or default_peers(size))]))
    threads = threads or os.cpu_count() or 1
    began = time.perf_counter()
    warm = prepared(invent("XS", threads=threads), [name for name in names if name not in SLOW])
    for call in warm.values():
        call()
    first_call = time.perf_counter() - began
    invented = invent(size, seed=seed, threads=threads)
    calls = prepared(invented, names)
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    outcomes: dict[str, Outcome] = {}
    for turn in range(repeats):
        for name in names:
            if turn and name in SLOW and size not in ("XS", "S"):
                continue
            outcomes[name], cost = measured(calls[name])
            costs[name].append(cost)
            told(f"{turn + 1}/{repeats} {name}: {cost.wall:.3f} s")
    live = {"live": events(invented, n_events)} if n_events else {}
    return live | {
        "size": size,
        "needs": SIZES[size][0],
        "offers": SIZES[size][1],
        "pairs_permitted": invented.blocks.pairs_permitted(),
        "seed": seed,
        "threads": threads,
        "machine": machine(),
        "first_call_seconds": round(first_call, 2),
        "peers": [_line(name, costs[name], outcomes[name], outcomes["product"]) for name in names],
        "ratios": _ratios({name: statistics.median(cost.wall for cost in own) for name, own in costs.items()}),
    }


def _line(name: str, costs: list[Cost], outcome: Outcome, best: Outcome) -> dict[str, Any]:
    line: dict[str, Any] = {
        "peer": name,
        "runs": len(costs),
        "wall_seconds": round(statistics.median(cost.wall for cost in costs), 4),
        "cpu_seconds": round(statistics.median(cost.cpu for cost in costs), 4),
        "peak_mb": round(max(cost.peak_mb for cost in costs)),
    }
    if outcome.value is not None and best.value is not None:
        line["reached_weight"], line["score_parts"] = outcome.value
        line["loss_of_weight"] = round(1 - outcome.value[0] / max(1, best.value[0]), 6)
        line["loss_of_score"] = round(1 - outcome.value[1] / max(1, best.value[1]), 6)
    if outcome.recall is not None:
        line["recall"] = round(outcome.recall, 4)
    if outcome.proven is not None:
        line["proven"] = outcome.proven()
    return line | ({"notes": outcome.notes} if outcome.notes else {})


def _ratios(wall: dict[str, float]) -> dict[str, float]:
    """How many times as long each peer takes as the product; searches as the exact candidates."""
    found: dict[str, float] = {}
    for names, base in ((ALLOCATING, "product"), (SEARCHING, "candidates")):
        if base in wall:
            found |= {f"{n}/{base}": round(wall[n] / wall[base], 3) for n in names if n in wall and n != base}
    for name, base in (("own-flow", "ortools"), ("product", "ortools"), ("candidates", "gemm")):
        if name in wall and base in wall:
            found[f"{name}/{base}"] = round(wall[name] / wall[base], 3)
    return found


def as_table(report: dict[str, Any]) -> str:
    """The figures as a Markdown table."""
    head = ("peer", "runs", "wall s", "CPU s", "peak MB", "loss of weight", "loss of score", "recall")
    keys = ("peer", "runs", "wall_seconds", "cpu_seconds", "peak_mb", "loss_of_weight", "loss_of_score", "recall")
    rows = [[_cell(line.get(key)) for key in keys] for line in report["peers"]]
    lines = [" | ".join(row) for row in [head, ["---"] * len(head), *rows]]
    ratios = ", ".join(f"{name} {value}" for name, value in report["ratios"].items())
    return "\n".join(f"| {line} |" for line in lines) + f"\n\n{ratios}"


def _cell(value: Any) -> str:
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
