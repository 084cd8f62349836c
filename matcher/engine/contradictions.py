"""Where two texts exclude each other, though no column says so: a university grant and a nine-year-old.

Soft evidence: a sure contradiction (`SURE` or more) withholds the pair with a reason of its own, which a caseworker
can see and override; where both sides filled the column, the hard rule decides and the text is not asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from matcher.domain.facts import NeedColumns, NeedFacts, OfferColumns, OfferFacts
from matcher.domain.reasons import Reason, ReasonCode
from matcher.domain.regions import city_of, contains, county_of
from matcher.domain.terms import SchoolStage
from matcher.engine.place_names import PlaceNames
from matcher.engine.reading import MINOR_AGES, Reading, Told, read_text
from matcher.engine.text import normalise, topic

Matrix = NDArray[np.float64]
Rows = NDArray[np.int64]
SURE = 0.75
_STAGE_AGES: dict[SchoolStage, tuple[int, int]] = {
    SchoolStage.KINDERGARTEN: (3, 6),
    SchoolStage.PRIMARY: (6, 13),
    SchoolStage.JUNIOR: (12, 16),
    SchoolStage.SENIOR: (15, 19),
    SchoolStage.VOCATIONAL: (15, 20),
    SchoolStage.COLLEGE: (17, 26),
}


class Clash(StrEnum):
    """What the texts disagree about: the fact that would settle it."""

    STAGE = "school_stage"
    AGE = "age"
    AREA = "region"
    ROUTE = "route_to"
    DATE = "deadline"


_TOLD_BY: dict[Clash, tuple[tuple[Told, ...], tuple[Told, ...]]] = {
    Clash.STAGE: ((Told.STAGE,), (Told.STAGE,)),
    Clash.AGE: ((Told.AGE, Told.AGES, Told.STAGE), (Told.AGES,)),
    Clash.AREA: ((Told.PLACE,), (Told.LIMITED_TO,)),
    Clash.ROUTE: ((Told.ROUTE_TO, Told.ROUTE_FROM, Told.PLACE), (Told.ROUTE_TO, Told.ROUTE_FROM)),
    Clash.DATE: ((Told.ON, Told.FROM), (Told.BY, Told.ON)),
}
"""Which readings of a need and of an offer a clash rests on."""
SAID_MOST = 2


def find_contradiction(
    need: NeedFacts, offer: OfferFacts, *, names: PlaceNames, festivals: Mapping[int, date], as_of: date
) -> Reason | None:
    """Why the two texts of one pair surely exclude each other where no column answers, None when they do not.

    `festivals`: the first day of the lunar year, by year.
    """
    needs, offers = NeedColumns.of([need]), OfferColumns.of([offer])
    texts = [topic(normalise(need.text))], [normalise(offer.text)]

    def read(text: str, is_offer: bool) -> Reading:
        return read_text(text, is_offer=is_offer, names=names, as_of=as_of, festivals=festivals)

    found = Contradictions(*texts, read=read, known=known_facts(needs, offers))
    sure = [clash for clash, how in found.clashes(0, 0).items() if how >= SURE]
    return found.reason(0, 0, sure) if sure else None


@dataclass(frozen=True, slots=True)
class _Told:
    """What one text tells of what can clash."""

    stages: frozenset[SchoolStage] = frozenset()
    ages: tuple[tuple[int, int], ...] = ()  # people told of (needs), people meant (offers)
    places: frozenset[str] = frozenset()  # where people live (needs), only these (offers)
    origins: frozenset[str] = frozenset()
    goals: frozenset[str] = frozenset()
    earliest: date | None = None  # needs: not before
    latest: date | None = None  # offers: until


@dataclass(frozen=True, slots=True)
class Known:
    """Rows whose column already answers, by what could clash: there the rule decides."""

    needs: dict[Clash, NDArray[np.bool_]] = field(default_factory=dict)
    offers: dict[Clash, NDArray[np.bool_]] = field(default_factory=dict)


class Contradictions:
    """Reads both sides once; answers for blocks of rows. Rows that tell the same share one answer."""

    def __init__(self, needs: list[str], offers: list[str], *, read: "Reader", known: Known) -> None:
        """Normalised texts of both sides; `read` reads one of them."""
        self._known = known
        self._texts = needs, offers
        self._read = read
        self._needs, self._need_kinds = _grouped(needs, read, is_offer=False)
        self._offers, self._offer_kinds = _grouped(offers, read, is_offer=True)
        tables = {clash: _Table(self._needs, self._offers, clash) for clash in _JUDGES}
        self._tables = {clash: table for clash, table in tables.items() if not table.is_silent}

    def between(self, need_rows: Rows, offer_rows: Rows) -> Matrix:
        """How surely the texts exclude each other, (n_need_rows, n_offer_rows) in [0, 1]."""
        found = np.zeros((len(need_rows), len(offer_rows)))
        for clash, table in self._tables.items():
            sure = table.of(self._need_kinds[need_rows], self._offer_kinds[offer_rows])
            needs, offers = self._known.needs.get(clash), self._known.offers.get(clash)
            if needs is not None and offers is not None:
                sure = np.where(needs[need_rows][:, None] & offers[offer_rows][None, :], 0.0, sure)
            np.maximum(found, sure, out=found)
        return found

    def clashes(self, i: int, j: int) -> dict[Clash, float]:
        """What need row i and offer row j disagree about, and how surely, where no column answers."""
        return {clash: sure for clash, sure in self.read(i, j).items() if not self._is_known(clash, i, j)}

    def agree_in_stage(self, i: int, j: int) -> bool:
        """Whether both texts tell of one school stage (高三, 普通高中)."""
        return bool(self._needs[self._need_kinds[i]].stages & self._offers[self._offer_kinds[j]].stages)

    def ages_meant(self, j: int) -> tuple[tuple[int, int], ...]:
        """Ages of those whom the text of offer row j is for, empty where it does not say."""
        kind = int(self._offer_kinds[j])
        return self._offers[kind].ages

    def overruled(self, i: int, j: int) -> list[Clash]:
        """What the texts surely disagree about although both columns are filled and the rule decides."""
        return [clash for clash, sure in self.read(i, j).items() if sure >= SURE and self._is_known(clash, i, j)]

    def said(self, i: int, j: int, about: Sequence[Clash]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words of both texts from which these clashes were read, at most two a side and clash."""
        sides: tuple[list[str], list[str]] = ([], [])
        for side, row in enumerate((i, j)):
            text = self._texts[side][row]
            reading = self._read(text, side == 1)
            for clash in about:
                facts = [fact for told in _TOLD_BY[clash][side] for fact in reading.all(told)]
                words = dict.fromkeys(text[fact.start : fact.end].strip() for fact in facts)
                sides[side].extend(list(words)[:SAID_MOST])
        return tuple(dict.fromkeys(sides[0])), tuple(dict.fromkeys(sides[1]))

    def reason(self, i: int, j: int, about: Sequence[Clash], code: ReasonCode = ReasonCode.TEXT_CONTRADICTS) -> Reason:
        """What two texts disagree about, with what was read on both sides."""
        mine, theirs = self.said(i, j, about)
        return Reason(code, {"about": tuple(about), "need_words": mine, "offer_words": theirs})

    def read(self, i: int, j: int) -> dict[Clash, float]:
        """What the two texts disagree about by themselves, and how surely."""
        need, offer = self._needs[self._need_kinds[i]], self._offers[self._offer_kinds[j]]
        found = {clash: judge(need, offer) for clash, judge in _JUDGES.items()}
        if found[Clash.STAGE]:
            found[Clash.AGE] = 0.0  # ages told by the stage would say the same again
        return {clash: sure for clash, sure in found.items() if sure}

    def _is_known(self, clash: Clash, i: int, j: int) -> bool:
        needs, offers = self._known.needs.get(clash), self._known.offers.get(clash)
        return needs is not None and offers is not None and bool(needs[i]) and bool(offers[j])


def _grouped(texts: list[str], read: "Reader", *, is_offer: bool) -> tuple[list[_Told], Rows]:
    """What texts tell, each different thing once, and which of them each text tells."""
    place: dict[_Told, int] = {}
    by_text: dict[str, int] = {}
    for text in texts:
        if text not in by_text:
            told = _told(read(text, is_offer), is_offer=is_offer)
            by_text[text] = place.setdefault(told, len(place))
    return list(place), np.array([by_text[text] for text in texts], dtype=np.int64)


def known_facts(needs: NeedColumns, offers: OfferColumns) -> Known:
    """Which rows have a column filled that answers what their texts could disagree about."""

    def filled(*columns: Sequence[object]) -> NDArray[np.bool_]:
        rows = [
            any(value is not None and value != frozenset() and value != () for value in row)
            for row in zip(*columns, strict=True)
        ]
        return np.array(rows, dtype=bool)

    return Known(
        needs={
            Clash.STAGE: filled(needs.school_stage),
            Clash.AGE: filled(needs.age),
            Clash.AREA: filled(needs.region),
            Clash.ROUTE: filled(needs.route_to),
            Clash.DATE: filled(needs.deadline),
        },
        offers={
            Clash.STAGE: filled(offers.school_stages),
            Clash.AGE: filled(offers.age_min, offers.age_max),
            Clash.AREA: filled(offers.regions),
            Clash.ROUTE: filled(offers.route_to),
            Clash.DATE: filled(offers.valid_to),
        },
    )


_PLACES = (Told.PLACE, Told.LIMITED_TO, Told.ROUTE_FROM, Told.ROUTE_TO)


def _told(reading: Reading, *, is_offer: bool) -> _Told:
    stages = frozenset(value for value in reading.values(Told.STAGE) if isinstance(value, SchoolStage))
    spans = [value for value in reading.values(Told.AGES) if isinstance(value, tuple)]
    if is_offer:
        spans = sorted(set(spans))
    elif said := [value for value in reading.values(Told.AGE) if isinstance(value, int)]:
        others = [(low, high) for low, high in spans if not any(low <= age <= high for age in said)]
        spans = [span for span in others if span != MINOR_AGES] + [(age, age) for age in said]
    elif stages:
        spans = [span for span in spans if span != MINOR_AGES] + [_STAGE_AGES[stage] for stage in stages]
    codes = {told: frozenset(str(v) for v in reading.values(told)) for told in _PLACES}
    lived = codes[Told.PLACE] - codes[Told.ROUTE_TO]
    days = [value for told in (Told.ON, Told.FROM) for value in reading.values(told) if isinstance(value, date)]
    ends = [value for told in (Told.BY, Told.ON) for value in reading.values(told) if isinstance(value, date)]
    return _Told(
        stages=stages,
        ages=tuple(sorted(spans)),
        places=codes[Told.LIMITED_TO] if is_offer else lived,
        origins=codes[Told.ROUTE_FROM],
        goals=codes[Told.ROUTE_TO],
        earliest=max(days, default=None) if not is_offer else None,
        latest=max(ends, default=None) if is_offer else None,
    )


def _ages_clash(need: _Told, offer: _Told) -> float:
    """Nobody whose age is told is of the age the offer asks for."""
    if not need.ages or not offer.ages:
        return 0.0
    fits = any(low <= high_o and low_o <= high for low, high in need.ages for low_o, high_o in offer.ages)
    return 0.0 if fits else 0.8


def _area_clash(need: _Told, offer: _Told) -> float:
    """The offer is for some counties only, and the need tells of another county of the same city."""
    cities = {city_of(area) for area in offer.places}
    homes = [place for place in need.places if county_of(place) and city_of(place) in cities]
    if not offer.places or not homes:
        return 0.0
    return 0.0 if any(contains(area, home) for area in offer.places for home in homes) else 0.9


def _route_clash(need: _Told, offer: _Told) -> float:
    """The journey goes elsewhere, or the other way."""
    if not offer.goals or not (need.goals or need.origins or need.places):
        return 0.0
    if need.goals & offer.origins and not need.goals & offer.goals:
        return 0.9
    if need.goals and not _meet(need.goals, offer.goals):
        return 0.9 if not _meet({p[:2] + "0000" for p in need.goals}, {p[:2] + "0000" for p in offer.goals}) else 0.8
    if need.goals and need.origins and offer.origins and not _meet(need.origins, offer.origins):
        return 0.8
    return 0.0


def _meet(some: frozenset[str] | set[str], others: frozenset[str] | set[str]) -> bool:
    return any(contains(a, b) or contains(b, a) for a in some for b in others)


def _stage_clash(need: _Told, offer: _Told) -> float:
    """Another school stage, or nobody of an age to be in it."""
    if not offer.stages or (need.stages & offer.stages):
        return 0.0
    if need.stages:
        return 0.9
    usual = [_STAGE_AGES[stage] for stage in offer.stages]
    fits = any(low <= high_o and low_o <= high for low, high in need.ages for low_o, high_o in usual)
    return 0.8 if need.ages and not fits else 0.0


def _date_clash(need: _Told, offer: _Told) -> float:
    """The offer is over before the need begins."""
    return 0.8 if need.earliest and offer.latest and offer.latest < need.earliest else 0.0


Judge = Callable[[_Told, _Told], float]
Reader = Callable[[str, bool], Reading]
"""Reads a normalised text; True for an offer."""
_JUDGES: dict[Clash, Judge] = {
    Clash.STAGE: _stage_clash,
    Clash.AGE: _ages_clash,
    Clash.AREA: _area_clash,
    Clash.ROUTE: _route_clash,
    Clash.DATE: _date_clash,
}
_FIELDS: dict[Clash, tuple[str, ...]] = {
    Clash.STAGE: ("stages", "ages"),
    Clash.AGE: ("ages",),
    Clash.AREA: ("places",),
    Clash.ROUTE: ("goals", "origins", "places"),
    Clash.DATE: ("earliest", "latest"),
}
"""What each judge looks at."""


class _Table:
    """One judge's answers for what needs and offers tell of this alone: rows that tell the same share one."""

    def __init__(self, needs: Sequence[_Told], offers: Sequence[_Told], clash: Clash) -> None:
        """What the rows tell, in their order."""
        mine, self._of_need = _by_fields(needs, _FIELDS[clash])
        theirs, self._of_offer = _by_fields(offers, _FIELDS[clash])
        answers = [[_JUDGES[clash](need, offer) for offer in theirs] for need in mine]
        self._answers = np.array(answers, dtype=np.float32).reshape(len(mine), len(theirs))
        self.is_silent = not self._answers.any()

    def of(self, need_kinds: Rows, offer_kinds: Rows) -> NDArray[np.float32]:
        return np.asarray(self._answers[np.ix_(self._of_need[need_kinds], self._of_offer[offer_kinds])])


def _by_fields(told: Sequence[_Told], fields: tuple[str, ...]) -> tuple[list[_Told], Rows]:
    """One that tells each different thing in these fields, and which of them each row is."""
    place: dict[tuple[object, ...], int] = {}
    first: list[_Told] = []
    for one in told:
        key = tuple(getattr(one, name) for name in fields)
        if place.setdefault(key, len(first)) == len(first):
            first.append(one)
    return first, np.array([place[tuple(getattr(one, name) for name in fields)] for one in told], dtype=np.int64)
