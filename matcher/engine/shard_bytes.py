"""A shard and its answer as bytes: arrays of numbers, no code and no words (NumPy's own format)."""

import io
import json
from dataclasses import fields
from typing import Any

import numpy as np

from matcher.engine.allocate import Allocation
from matcher.engine.problem import Problem

_LISTS = ("caps", "exclusive", "floors")
_SINGLE = ("fixed_resolution", "fixed_ties")


def problem_bytes(problem: Problem) -> bytes:
    """Equal problems give equal bytes."""
    told: dict[str, Any] = {f.name: getattr(problem, f.name) for f in fields(Problem) if f.name not in _LISTS + _SINGLE}
    numbers = told.pop("numbers")
    if numbers is not None:
        told |= {"number_need": numbers[0], "number_offer": numbers[1]}
    told |= {name: np.int64(getattr(problem, name)) for name in _SINGLE if getattr(problem, name) is not None}
    told["n"] = np.array([len(getattr(problem, name)) for name in _LISTS], dtype=np.int64)
    for k, (pairs, limit) in enumerate(problem.caps):
        told |= {f"caps_{k}": pairs, f"caps_{k}_limit": np.int64(limit)}
    for k, needs in enumerate(problem.exclusive):
        told[f"exclusive_{k}"] = needs
    for k, (homes, least) in enumerate(problem.floors):
        told |= {f"floors_{k}": homes, f"floors_{k}_limit": np.int64(least)}
    return _packed(told)


def problem_of(packed: bytes) -> Problem:
    """Raises ValueError for bytes that are not a problem."""
    told = _unpacked(packed)
    n_caps, n_exclusive, n_floors = (int(n) for n in told["n"])
    arrays = {name: told[name] for name in list(Problem.__dataclass_fields__)[:10]}
    numbers = (told["number_need"], told["number_offer"]) if "number_need" in told else None
    return Problem(
        **arrays,
        caps=tuple((told[f"caps_{k}"], int(told[f"caps_{k}_limit"])) for k in range(n_caps)),
        exclusive=tuple(told[f"exclusive_{k}"] for k in range(n_exclusive)),
        fixed_resolution=int(told["fixed_resolution"]) if "fixed_resolution" in told else None,
        numbers=numbers,
        fixed_ties=int(told["fixed_ties"]) if "fixed_ties" in told else None,
        floors=tuple((told[f"floors_{k}"], int(told[f"floors_{k}_limit"])) for k in range(n_floors)),
    )


def answer_bytes(found: Allocation) -> bytes:
    """What a shard's solution gives to the whole: amounts, bound, prices and what one more unit would add."""
    whole = json.dumps([found.objective, found.bound, found.resolution, found.status], sort_keys=True)
    told = {
        "amounts": found.amounts, "price_reach": found.price_reach, "price_score": found.price_score,
        "in_flow": found.in_flow, "need_reach": found.need_reach,
        "whole": np.frombuffer(whole.encode(), dtype=np.uint8),
    }  # fmt: skip
    return _packed({name: value for name, value in told.items() if value is not None})


def answer_of(packed: bytes) -> Allocation:
    """Raises ValueError for bytes that are not an answer."""
    told = _unpacked(packed)
    objective, bound, resolution, status = json.loads(told["whole"].tobytes())
    return Allocation(
        told["amounts"], tuple(objective), tuple(bound), resolution, told["price_reach"], told["price_score"], status,
        told.get("in_flow"), need_reach=told.get("need_reach"),
    )  # fmt: skip


def _packed(told: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, **told)
    return out.getvalue()


def _unpacked(packed: bytes) -> dict[str, Any]:
    with np.load(io.BytesIO(packed), allow_pickle=False) as told:
        return {name: told[name] for name in told.files}
