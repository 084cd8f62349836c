"""Concepts: which kinds of help, and which concrete things, a text speaks of (words in `lexicon.py`)."""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

from matcher.domain.terms import Category
from matcher.engine.lexicon import LEXICON


@dataclass(frozen=True, slots=True)
class Concept:
    code: str
    category: Category
    is_thing: bool
    cues: tuple[tuple[str, float], ...]  # word, weight


class Lexicon:
    """Concepts and the words that call them up; one instance is shared, it holds no state of a run."""

    def __init__(self, source: str = LEXICON) -> None:
        self.concepts = tuple(_parse(line) for line in source.strip().replace("\n    ", " ").splitlines())

    @cached_property
    def things(self) -> tuple[int, ...]:
        return tuple(k for k, concept in enumerate(self.concepts) if concept.is_thing)

    def found_in(self, text: str) -> dict[int, float]:
        """Concept number → evidence (sum of cue weights) in a normalised text. A cue inside a longer cue of
        the same concept counts once."""
        found: dict[int, float] = {}
        for k, concept in enumerate(self.concepts):
            hits = [(word, weight) for word, weight in concept.cues if word in text]
            if hits:
                found[k] = sum(
                    weight for word, weight in hits if not any(word != other and word in other for other, _ in hits)
                )
        return found

    def cues_in(self, text: str, category: Category) -> tuple[str, ...]:
        """The words of a normalised text that speak for a category, strongest and longest first."""
        hits = {
            (-weight, -len(word), word)
            for concept in self.concepts
            if concept.category is category
            for word, weight in concept.cues
            if word in text
        }
        return tuple(word for _, _, word in sorted(hits))


def category_evidence(lexicon: Lexicon, found: dict[int, float]) -> dict[Category, float]:
    """Evidence summed by category."""
    total: dict[Category, float] = {}
    for k, weight in found.items():
        category = lexicon.concepts[k].category
        total[category] = total.get(category, 0.0) + weight
    return total


def belief(evidence: dict[Category, float], *, doubt: float = 1.0) -> dict[Category, float]:
    """Share of belief by category, e² ⁄ (Σ e² + doubt): little evidence leaves most of the belief open."""
    squares = {category: weight * weight for category, weight in evidence.items()}
    whole = math.fsum(squares.values()) + doubt
    return {category: square / whole for category, square in sorted(squares.items())}


@lru_cache(maxsize=1)
def standard_lexicon() -> Lexicon:
    return Lexicon()


def _parse(line: str) -> Concept:
    head, words = line.split(":", 1)
    cues = tuple(_weighted(word) for word in words.split())
    return Concept(head.rstrip("*"), Category(head[:3]), head.endswith("*"), cues)


def _weighted(word: str) -> tuple[str, float]:
    if word.endswith("!"):
        return word[:-1], 2.0
    return (word[:-1], 0.5) if word.endswith("?") else (word, 1.0)
