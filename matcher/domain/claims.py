"""Proposals as somebody claims them, to be checked again."""

from dataclasses import dataclass, field

from matcher.domain.terms import ScorePart


@dataclass(slots=True)
class ClaimColumns:
    """One list per column of a result; `parts` is thousandths by part."""

    need_id: list[str] = field(default_factory=list)
    offer_id: list[str] = field(default_factory=list)
    quantity: list[int] = field(default_factory=list)
    unit: list[str | None] = field(default_factory=list)
    score: list[int] = field(default_factory=list)
    parts: dict[ScorePart, list[int]] = field(default_factory=lambda: {part: [] for part in ScorePart})

    def __len__(self) -> int:
        return len(self.need_id)
