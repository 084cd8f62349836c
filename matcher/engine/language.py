"""What the engine knows of language, made once and shared: the lexicon, what was learned from it, names of places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from matcher.engine.encoder import Encoder
from matcher.engine.kept_recogniser import recogniser_of
from matcher.engine.lexicon import Lexicon
from matcher.engine.place_names import PlaceNames
from matcher.engine.reading import Reading, read_text
from matcher.engine.recognise import Recogniser


@dataclass(frozen=True)
class Language:
    """Holds no state of a run. `recogniser` is learned at its first use, which takes seconds, unless what was learned
    before is found in the folder `learned`."""

    lexicon: Lexicon
    places: PlaceNames = field(repr=False)
    festivals: Mapping[int, date] = field(default_factory=dict, repr=False)  # first day of the lunar year, by year
    encoder: Encoder | None = field(default=None, repr=False)
    learned: Path | None = field(default=None, repr=False)

    @cached_property
    def recogniser(self) -> Recogniser:
        return recogniser_of(self.lexicon, self.learned)

    def read(self, text: str, *, is_offer: bool, as_of: date) -> Reading:
        """What a normalised text tells in figures, dates and places."""
        return read_text(text, is_offer=is_offer, names=self.places, as_of=as_of, festivals=self.festivals)

    @property
    def version(self) -> str:
        return self.lexicon.version

    @property
    def encoder_name(self) -> str:
        """Which encoder, and which release of it; empty without one."""
        return self.encoder.name if self.encoder else ""
