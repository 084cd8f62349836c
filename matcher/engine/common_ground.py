"""What two texts have in common, in words a caseworker can point at: the concept both speak of and the words on
each side that call it up, else the words both use.

Belief in a concept may come from a whole sentence; the words shown are the lexicon's where it has some, else those
that moved the recogniser most.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from matcher.domain.kinds import ALL_UNITS
from matcher.domain.terms import LISTED_PAIRS
from matcher.engine.lexicon import Concept
from matcher.engine.text import item_head, item_names, words_of
from matcher.engine.vectorize import PLACE, TextSpace

BELIEVED, SERVED, OF_KIND = 0.2, 0.3, 0.2  # least belief in the concept, service of it, and belief in its category
PLAIN = 0.5  # share of its category from which a concept is plainly what a text is about
HARDLY = 0.2  # service below which an offer is hardly for it
WORDS_SHOWN = 2
NUMERALS = frozenset("一二三四五六七八九十两几半0123456789")
SHARED_SHOWN = 3
SHARED_MANY = 2  # so many words in common, and texts of two concepts may well mean the same
COMMON_SHARE, FEW_TEXTS = 0.2, 20  # words of more than this share of many texts say nothing


@dataclass(frozen=True, slots=True)
class Common:
    """A concept with the words that call it up, from the need's and from the offer's text."""

    concept: Concept
    need_words: tuple[str, ...]
    offer_words: tuple[str, ...]


class CommonGround:
    """Answers for pairs of rows of one fitted space."""

    def __init__(self, space: TextSpace) -> None:
        self._space = space

    def concept(self, i: int, j: int) -> Common | None:
        """The concept need row i and offer row j both speak of, None when there is no plain one: believed of the whole
        text, or the plainest of its category with words on both sides to show for it."""
        n, o = self._space.needs, self._space.offers
        joint = n.concepts[i] * o.concepts[j]
        k = int(joint.argmax())
        concept = self._space.language.lexicon.concepts[k]
        kind = PLACE[concept.category]
        if o.concepts[j, k] < SERVED or o.inferred[j, kind] < OF_KIND:
            return None
        mine = self.words(n.texts[i], k, is_offer=False)
        theirs = self.words(o.texts[j], k, is_offer=True)
        is_believed = n.concepts[i, k] * n.inferred[i, kind] >= BELIEVED
        is_shown = n.concepts[i, k] >= PLAIN and bool(mine and theirs)
        return Common(concept, mine, theirs) if is_believed or is_shown else None

    def about(self, i: int, *, is_offer: bool) -> tuple[str, ...]:
        """The words of a row that tell what it is plainly about, none when it is not plain."""
        side = self._space.offers if is_offer else self._space.needs
        k = int(side.concepts[i].argmax())
        kind = PLACE[self._space.language.lexicon.concepts[k].category]
        is_plain = side.concepts[i, k] * side.inferred[i, kind] >= BELIEVED or side.concepts[i, k] >= PLAIN
        return self.words(side.texts[i], k, is_offer=is_offer) if is_plain else ()

    def other_names(self, i: int, j: int) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """Names of things on both sides when they end alike but none the need names is named in the offer
        (N95口罩 and 医用口罩): somebody must look whether one will do for the other."""
        mine, theirs = self._names(i, j)
        heads = {item_head(name) for name in mine} & {item_head(name) for name in theirs} - {""}
        if not heads or any(name in other for name in mine for other in theirs):
            return None
        return mine[:WORDS_SHOWN], theirs[:WORDS_SHOWN]

    def _names(self, i: int, j: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        n, o = self._space.needs.texts[i], self._space.offers.texts[j]
        return item_names(n, is_need=True), item_names(o, is_need=False)

    def differing(self, i: int, j: int) -> tuple[Concept, Concept] | None:
        """Two concepts that the texts are plainly about, when the offer hardly serves the need's: of one category, or
        of a listed pair where the need's is a concrete thing (a stick, and warm clothes)."""
        n, o = self._space.needs, self._space.offers
        k, m = int(n.concepts[i].argmax()), int(o.concepts[j].argmax())
        mine, theirs = self._space.language.lexicon.concepts[k], self._space.language.lexicon.concepts[m]
        kinds = mine.category, theirs.category
        is_listed = kinds in LISTED_PAIRS
        is_plain = (
            (mine.category is theirs.category or (is_listed and mine.is_thing))
            and n.concepts[i, k] >= PLAIN
            and o.concepts[j, m] >= PLAIN
            and min(n.inferred[i, PLACE[kinds[0]]], o.inferred[j, PLACE[kinds[1]]]) >= OF_KIND
            and o.concepts[j, k] < HARDLY
        )
        agree = len(self.shared(i, j)) >= SHARED_MANY or self._space.contradictions.agree_in_stage(i, j)
        return (mine, theirs) if is_plain and not agree else None

    def words(self, text: str, k: int, *, is_offer: bool) -> tuple[str, ...]:
        """What in a normalised text speaks for concept k: the lexicon's words, else what the recogniser heard."""
        language = self._space.language
        cues = language.lexicon.cues_in(text, [k], is_offer=is_offer)
        found = [cue for cue in cues if not any(cue != other and cue in other for other in cues)][:WORDS_SHOWN]
        if found:
            return tuple(found)
        places = {text[start:end] for _, start, end in language.places.find_in(text)}
        heard = language.recogniser.telling(text, k, is_offer=is_offer)
        told = (w for w in heard if w[0] not in NUMERALS and not any(w in place for place in places))
        return tuple(told)[:WORDS_SHOWN]

    def shared(self, i: int, j: int) -> tuple[str, ...]:
        """What both texts say, rarest first; neighbouring words as one (医用口罩). Words that many texts of the run
        use are left out, unless they name the thing itself (口罩)."""
        mine, theirs = self._space.needs.texts[i], self._space.offers.texts[j]
        both = set(words_of(theirs))
        runs: list[str] = []
        end = -1
        for word in words_of(mine):
            at = mine.find(word, max(end, 0))
            if word in both and runs and at == end and runs[-1] + word in theirs:
                runs[-1] += word
            elif word in both:
                runs.append(word)
            end = at + len(word) if word in both else -1
        heads = tuple({item_head(name) for names in self._names(i, j) for name in names} - {""})
        kept = [
            run
            for run in dict.fromkeys(runs)
            if len(run) >= 2 and run not in ALL_UNITS and (not self._is_common(run) or (heads and run.endswith(heads)))
        ]
        return tuple(sorted(kept, key=lambda run: (self._count(run), -len(run), run))[:SHARED_SHOWN])

    def _count(self, run: str) -> int:
        return min((self._spread[word] for word in words_of(run)), default=0)

    def _is_common(self, run: str) -> bool:
        texts = len(self._space.needs.texts) + len(self._space.offers.texts)
        return texts > FEW_TEXTS and self._count(run) > COMMON_SHARE * texts

    @cached_property
    def _spread(self) -> Counter[str]:
        """In how many texts of the run each word stands."""
        texts = [*self._space.needs.texts, *self._space.offers.texts]
        return Counter(word for text in texts for word in set(words_of(text)))
