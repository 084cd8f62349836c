"""What the engine knows of language, made once and shared: the lexicon, what was learned from it, names of places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.engine.encoder import Encoder
from matcher.engine.lexicon import Lexicon
from matcher.engine.phrase_space import PhraseSpace
from matcher.engine.place_names import PlaceNames
from matcher.engine.reading import Reading, read_text
from matcher.engine.recognise import Recogniser


@dataclass(frozen=True)
class Language:
    """Holds no state of a run. `recogniser` is learned at its first use, which takes seconds; so are `phrases`, which
    with an encoder takes a minute unless their vectors were kept."""

    lexicon: Lexicon
    places: PlaceNames = field(repr=False)
    festivals: Mapping[int, date] = field(default_factory=dict, repr=False)  # first day of the lunar year, by year
    encoder: Encoder | None = field(default=None, repr=False)

    @cached_property
    def recogniser(self) -> Recogniser:
        return Recogniser().fit(self.lexicon)

    @cached_property
    def phrases(self) -> PhraseSpace | None:
        return PhraseSpace(self.lexicon, self.encoder) if self.encoder else None

    def believe(self, texts: list[str], *, is_offer: bool) -> NDArray[np.float64]:
        """Belief in each concept, (n_texts, n_concepts) in [0, 1], rows sum to ≤ 1; with an encoder, needs are
        understood beyond their characters."""
        beliefs = self.recogniser.believe(texts, is_offer=is_offer)
        return beliefs if is_offer or self.phrases is None else self.phrases.sharpen(beliefs, texts)

    def read(self, text: str, *, is_offer: bool, as_of: date) -> Reading:
        """What a normalised text tells in figures, dates and places."""
        return read_text(text, is_offer=is_offer, names=self.places, as_of=as_of, festivals=self.festivals)

    @property
    def version(self) -> str:
        return self.lexicon.version

    @property
    def encoder_name(self) -> str:
        """Which encoder and release; empty without one."""
        return self.encoder.name if self.encoder else ""
