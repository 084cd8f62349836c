"""What the engine knows of language, made once and shared: the lexicon, what was learned from it, names of places."""

from dataclasses import dataclass, field
from functools import cached_property

from matcher.engine.lexicon import Lexicon
from matcher.engine.place_names import PlaceNames
from matcher.engine.recognise import Recogniser


@dataclass(frozen=True)
class Language:
    """Holds no state of a run. `recogniser` is learned at its first use, which takes seconds."""

    lexicon: Lexicon
    places: PlaceNames = field(repr=False)

    @cached_property
    def recogniser(self) -> Recogniser:
        return Recogniser().fit(self.lexicon)

    @property
    def version(self) -> str:
        return self.lexicon.version
