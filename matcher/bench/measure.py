"""Wall time, processor time of this process and its children, and peak memory of one call."""

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Cost:
    wall: float  # seconds
    cpu: float  # seconds, children included
    peak_mb: float  # of this process while it ran, what was there before included


def measured(call: Callable[[], Result]) -> tuple[Result, Cost]:
    """The result of a call and what it cost."""
    _forget_peak()
    cpu, wall = _cpu(), time.perf_counter()
    result = call()
    return result, Cost(time.perf_counter() - wall, _cpu() - cpu, _peak_mb())


def machine() -> dict[str, object]:
    """What the figures were measured on, as far as it matters for ratios."""
    model = ""
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = (line for line in info.read_text("utf-8").splitlines() if line.startswith("model name"))
        model = next(names, ":").split(":", 1)[1].strip()
    return {"processors": os.cpu_count(), "model": model, "load": [round(x, 2) for x in os.getloadavg()]}


def _cpu() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _forget_peak() -> None:
    """Let Linux begin a new peak; elsewhere the peak is that of the whole run."""
    try:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    except OSError:
        return


def _peak_mb() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text("utf-8").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
