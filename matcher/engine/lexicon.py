"""The lexicon: what kinds of help there are on the second level, the words that call them up, and how people and
institutions speak of them.

Three tables, reviewed line by line (`seeds/reference/lexicon/`): *concepts* (`EDU.freshman`), *words* with a weight
(2 by itself nearly decides, 1 speaks for it, 0.5 hints, negative speaks against), and *phrases*, whole sentences of
needs and offers from which `recognise.py` learns. A gap in a word is written … (at most six characters).
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from matcher.domain.terms import Category
from matcher.engine.audiences import Audience, audiences_of
from matcher.engine.text import normalise

GAP = "…"
WEIGHTS = frozenset({2.0, 1.0, 0.5, -1.0, -2.0})
SIDES = frozenset({"need", "offer", "both"})
HEALTH = frozenset({"", "well", "ill"})
DECIDES = 2.0
_AGES = re.compile(r"(\d{1,3})-(\d{1,3})")


class LexiconProblem(ValueError):
    """A line that cannot be used: which table, row, column and value, and what is wrong with it.

    `problem`: unknown_concept, unknown_category, unknown_weight, unknown_side, unknown_kind, unknown_ages,
    unknown_health, empty, twice, clash.
    """

    def __init__(self, table: str, row: int, column: str, value: str, problem: str) -> None:
        super().__init__(f"{table}:{row} {column}={value!r}: {problem}")
        self.table, self.row, self.column, self.value, self.problem = table, row, column, value, problem


@dataclass(frozen=True, slots=True)
class Concept:
    """`is_thing`: a concrete thing, so that two rows that name different ones do not meet. `covers`: numbers of the
    concepts that it serves as well (a parcel of rice, flour and oil serves who lacks flour). `near`: numbers
    of those that help in part (an electric heater, who has no coal), told on one side only. `ages`: lowest and highest
    age in years, both included, of those whom such help is for; None for people of any age. `health`: "well"
    (cover to be taken out, a check-up), "ill" (a bill of treatment) or "" for both."""

    code: str
    category: Category
    zh: str
    en: str
    is_thing: bool
    covers: tuple[int, ...] = ()
    near: tuple[int, ...] = ()
    ages: tuple[int, int] | None = None
    health: str = ""

    def is_misfit(self, other: "Concept") -> bool:
        """Whether this kind of help and another are never for the same person, by age or by health."""
        by_health = bool(self.health and other.health) and self.health != other.health
        return by_health or self.is_for_other_ages([other.ages])

    def is_for_other_ages(self, spans: Iterable[tuple[int, int] | None]) -> bool:
        """Whether its ages share no year with any of these; None is any age."""
        own = self.ages
        return own is not None and all(span is not None and (own[1] < span[0] or span[1] < own[0]) for span in spans)


@dataclass(frozen=True, slots=True)
class Word:
    concept: int
    text: str
    weight: float
    for_needs: bool
    for_offers: bool
    pattern: re.Pattern[str] | None  # only with a gap
    head: str  # what stands before the gap

    def within(self, text: str) -> str | None:
        """The characters of a normalised text that this word stands for, None if it is not there."""
        if self.pattern is None:
            return self.text if self.text in text else None
        found = self.pattern.search(text) if self.head in text else None
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Phrase:
    concept: int
    is_offer: bool
    text: str  # normalised


class Lexicon:
    """Concepts, words and phrases; holds no state of a run and is shared."""

    def __init__(
        self,
        concepts: tuple[Concept, ...],
        words: tuple[Word, ...],
        phrases: tuple[Phrase, ...],
        audiences: tuple[Audience, ...] = (),
    ) -> None:
        self.concepts, self.words, self.phrases, self.audiences = concepts, words, phrases, audiences

    @cached_property
    def version(self) -> str:
        """Fingerprint of everything that is read out of it."""
        digest = hashlib.sha256()
        words = [(w.concept, w.text, w.weight) for w in self.words]
        for part in (self.concepts, words, self.phrases, self.audiences):
            digest.update(repr(part).encode())
        return digest.hexdigest()[:10]

    def found_in(self, text: str, *, is_offer: bool) -> dict[int, float]:
        """Concept number → evidence: the sum of the weights of its words in a normalised text. A word inside a
        longer one of the same concept counts once."""
        hits: dict[int, list[Word]] = {}
        for word in self._words_in(text, is_offer=is_offer):
            hits.setdefault(word.concept, []).append(word)
        return {
            concept: sum(w.weight for w in words if not any(w is not o and w.text in o.text for o in words))
            for concept, words in hits.items()
        }

    def things_in(self, text: str, *, is_offer: bool) -> frozenset[int]:
        """Numbers of the concrete things that a normalised text names; a need by words that decide, since people speak
        of things they do not ask for (手都冻裂了 names no glove)."""
        found, least = self.found_in(text, is_offer=is_offer), 1.0 if is_offer else DECIDES
        return frozenset(k for k, weight in found.items() if weight >= least and self.concepts[k].is_thing)

    def other_things(self, need: str, offer: str) -> tuple[Concept, Concept] | None:
        """A thing on each side when two normalised texts name things of one category and none in common
        (轮椅 against 助听器): such a pair does not meet."""
        mine, theirs = self.things_in(need, is_offer=False), self.things_in(offer, is_offer=True)
        pairs = ((self.concepts[a], self.concepts[b]) for a in sorted(mine) for b in sorted(theirs))
        return None if mine & theirs else next((p for p in pairs if p[0].category is p[1].category), None)

    def cues_in(self, text: str, concepts: Iterable[int], *, is_offer: bool) -> tuple[str, ...]:
        """What in a normalised text speaks for these concepts, strongest and longest first."""
        wanted = set(concepts)
        hits = {
            (-word.weight, -len(word.text), found)
            for word in self._words_in(text, is_offer=is_offer)
            if word.concept in wanted and word.weight > 0 and (found := word.within(text))
        }
        return tuple(dict.fromkeys(found for _, _, found in sorted(hits)))

    def _words_in(self, text: str, *, is_offer: bool) -> list[Word]:
        """The words a text contains, each once, in the order of the lexicon."""
        index = self._by_beginning
        found = {
            place
            for at in range(len(text))
            for beginning in (text[at : at + 2], text[at])
            for place in index.get(beginning, ())
            if text.startswith(self.words[place].head, at)
        }
        words = (self.words[place] for place in sorted(found))
        return [w for w in words if (w.for_offers if is_offer else w.for_needs) and w.within(text)]

    @cached_property
    def _by_beginning(self) -> dict[str, list[int]]:
        """Places of words by the first two characters of what stands before their gap."""
        index: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            index.setdefault(word.head[:2], []).append(place)
        return index


Rows = Iterable[Mapping[str, str]]


def build(concept_rows: Rows, word_rows: Rows, phrase_rows: Rows, audience_rows: Rows = ()) -> Lexicon:
    """A lexicon from the rows of its tables. Raises LexiconProblem or, for an audience, ValueError; row 2 is the first
    below the header."""
    concepts, place = _concepts(list(concept_rows))
    return Lexicon(
        concepts, _words(word_rows, place, concepts), _phrases(phrase_rows, place), audiences_of(audience_rows)
    )


def _concepts(rows: list[Mapping[str, str]]) -> tuple[tuple[Concept, ...], dict[str, int]]:
    place: dict[str, int] = {}
    for k, row in enumerate(rows):
        if row["concept"][:3] not in Category.__members__:
            raise LexiconProblem("concepts", k + 2, "concept", row["concept"], "unknown_category")
        if row["concept"] in place:
            raise LexiconProblem("concepts", k + 2, "concept", row["concept"], "twice")
        place[row["concept"]] = k
    made = []
    for k, row in enumerate(rows):
        covers, near = (_listed(row, k + 2, column, place) for column in ("covers", "near"))
        code = row["concept"]
        ages = _AGES.fullmatch(row["ages"])
        if row["ages"] and (ages is None or int(ages[1]) > int(ages[2])):
            raise LexiconProblem("concepts", k + 2, "ages", row["ages"], "unknown_ages")
        if row["health"] not in HEALTH:
            raise LexiconProblem("concepts", k + 2, "health", row["health"], "unknown_health")
        span = (int(ages[1]), int(ages[2])) if ages else None
        is_thing = row["is_thing"] == "yes"
        made.append(
            Concept(code, Category(code[:3]), row["zh"], row["en"], is_thing, covers, near, span, row["health"])
        )
    return tuple(made), place


def _listed(row: Mapping[str, str], number: int, column: str, place: Mapping[str, int]) -> tuple[int, ...]:
    codes = [code for code in row[column].split(";") if code]
    if unknown := [code for code in codes if code not in place]:
        raise LexiconProblem("concepts", number, column, unknown[0], "unknown_concept")
    return tuple(place[code] for code in codes)


def _words(rows: Rows, place: Mapping[str, int], concepts: tuple[Concept, ...]) -> tuple[Word, ...]:
    made: list[Word] = []
    seen: set[tuple[int, str]] = set()
    decides: dict[str, Category] = {}
    for number, row in enumerate(rows, start=2):
        text = GAP.join(normalise(part) for part in row["word"].split(GAP))
        if row["concept"] not in place:
            raise LexiconProblem("words", number, "concept", row["concept"], "unknown_concept")
        if not text.replace(GAP, ""):
            raise LexiconProblem("words", number, "word", row["word"], "empty")
        if _number(row["weight"]) not in WEIGHTS:
            raise LexiconProblem("words", number, "weight", row["weight"], "unknown_weight")
        if row["side"] not in SIDES:
            raise LexiconProblem("words", number, "side", row["side"], "unknown_side")
        concept, weight = place[row["concept"]], _number(row["weight"])
        if (concept, text) in seen:
            raise LexiconProblem("words", number, "word", row["word"], "twice")
        category = concepts[concept].category
        if weight == DECIDES and decides.setdefault(text, category) is not category:
            raise LexiconProblem("words", number, "word", row["word"], "clash")
        seen.add((concept, text))
        parts = [re.escape(part) for part in text.split(GAP)]
        pattern = re.compile(".{0,6}?".join(parts)) if len(parts) > 1 else None
        made.append(
            Word(concept, text, weight, row["side"] != "offer", row["side"] != "need", pattern, text.split(GAP)[0])
        )
    return tuple(made)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _phrases(rows: Rows, place: Mapping[str, int]) -> tuple[Phrase, ...]:
    made: list[Phrase] = []
    for number, row in enumerate(rows, start=2):
        if row["concept"] not in place:
            raise LexiconProblem("phrases", number, "concept", row["concept"], "unknown_concept")
        if row["side"] not in ("need", "offer"):
            raise LexiconProblem("phrases", number, "side", row["side"], "unknown_side")
        text = normalise(row["text"])
        if not text:
            raise LexiconProblem("phrases", number, "text", row["text"], "empty")
        made.append(Phrase(place[row["concept"]], row["side"] == "offer", text))
    return tuple(made)
