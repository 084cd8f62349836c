"""One line of an independent check of a result."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, whether it holds, the first ids that break it, and figures worth showing."""

    name: str
    holds: bool
    broken: tuple[str, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"check": self.name, "holds": self.holds, "broken": list(self.broken), "figures": self.figures}
