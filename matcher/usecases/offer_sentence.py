"""Reading an offer out of one sentence: what, how much, for whom, where, until when, how.

What is read is a proposal to the donor, who corrects it; nothing is guessed that is not written there, but the
category, which the words of the sentence speak for.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from matcher.domain.terms import Category, Group, HandOverMode
from matcher.engine.lexicon import Lexicon
from matcher.engine.text import normalise
from matcher.files.words import GROUPS

_HALF_WIDTH = str.maketrans("０１２３４５６７８９．", "0123456789.")
COUNTED = "份|件|床|台|袋|桶|套|箱|张|座|人次|个名额|名额|个岗位|床位|小时|辆|双|盒|户|万元|元"
_AMOUNT = re.compile(rf"(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>{COUNTED})")
_SHARE = re.compile(r"(?:每|一)[户家人例名](?:最多|限领|限|各|发|领)?$")
_PRICE = re.compile(rf"每(?:{COUNTED})?(?:折价|价值|值|约|大约)+\s*(?P<yuan>\d+(?:\.\d{{1,2}})?)\s*元")
_DAY = re.compile(r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]")
_ENDS = re.compile(r"\s*(?:以前|之前|前|截止|为止|止)")
_KEEPS = re.compile(r"保质期?(?:到|至|截至)?\s*$")
_OPENING = re.compile(
    r"^(?:我们|我单位|我公司|我厂|本公司|本单位)?(?:想|愿意|准备|计划)?(?:捐赠|捐出|捐|提供|送出|送)?"
)
_WAYS = (
    (HandOverMode.PICKED_UP, re.compile("住户自提|自提|自行领取|上门领取")),
    (HandOverMode.COLLECTED, re.compile("工会(?:来|派车)?取|派车来?取|上门取|来取|自取")),
    (HandOverMode.DELIVERED, re.compile("送到工会|送货上门|送货|送达|送完|送到")),
)
TITLE_LENGTH = (2, 24)


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was read: the field, its value as the form has it, and where in the sentence it stands."""

    field: str
    value: str
    start: int = 0
    end: int = 0


def read_offer_sentence(text: str, *, counties: Mapping[str, str], today: date, lexicon: Lexicon) -> tuple[Found, ...]:
    """What a donor's sentence says.

    Parameters
    ----------
    text : as typed; full-width digits are read as well
    counties : division code to name of the counties that can be chosen
    lexicon : whose words speak for a category
    today : days without a year are the next such day from here

    Returns
    -------
    In the order of the sentence; regions and groups may occur several times, every other field at most once. The
    category has no place in the sentence (0, 0).
    """
    plain = text.translate(_HALF_WIDTH)
    found = [*_amounts(plain), *_days(plain, today), *_places(plain, counties), *_groups(plain), *_way(plain)]
    found += _title(plain, found) + _category(plain, lexicon)
    return tuple(sorted(found, key=lambda part: (part.start, part.end)))


def _amounts(text: str) -> list[Found]:
    price = _PRICE.search(text)
    found = [Found("unit_value_fen", price["yuan"], price.start(), price.end())] if price else []
    most: tuple[int, re.Match[str], str] | None = None
    share: Found | None = None
    for match in _AMOUNT.finditer(text):
        if price and price.start() <= match.start() < price.end():
            continue
        number, unit = _whole(match)
        if number < 1:
            continue
        before = _SHARE.search(text[: match.start()])
        if before:
            share = share or Found("per_case_max", str(number), before.start(), match.end())
        elif most is None or number > most[0]:
            most = (number, match, unit)
    if most:
        number, match, unit = most
        found += [
            Found("quantity", str(number), match.start(), match.end()),
            Found("unit", unit, match.end(), match.end()),
        ]
    return found + ([share] if share else [])


def _whole(match: re.Match[str]) -> tuple[int, str]:
    number = float(match["number"].replace(",", ""))
    if match["unit"] == "万元":
        return int(number * 10_000), "元"
    return int(number), match["unit"]


def _days(text: str, today: date) -> list[Found]:
    found: dict[str, Found] = {}
    for match in _DAY.finditer(text):
        ends = _ENDS.match(text, match.end())
        keeps = _KEEPS.search(text[: match.start()])
        day = _day(match, today)
        if day is None or not (ends or keeps):
            continue
        name = "shelf_life_until" if keeps else "valid_to"
        end = ends.end() if ends else match.end()
        found.setdefault(name, Found(name, day.isoformat(), keeps.start() if keeps else match.start(), end))
    return list(found.values())


def _day(match: re.Match[str], today: date) -> date | None:
    try:
        if match["year"]:
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
        this = date(today.year, int(match["month"]), int(match["day"]))
        return this if this >= today else this.replace(year=today.year + 1)
    except ValueError:
        return None


def _places(text: str, counties: Mapping[str, str]) -> list[Found]:
    found = []
    for code, name in counties.items():
        at = next((text.find(word) for word in (name, name[:-1]) if len(word) > 1 and word in text), -1)
        if at >= 0:
            found.append(Found("regions", code, at, at + len(name if text.startswith(name, at) else name[:-1])))
    return found


def _groups(text: str) -> list[Found]:
    """Each group once, by its longest word; a word inside a longer one of another group does not count."""
    words = sorted(((word, group) for group, words in GROUPS.items() for word in words), key=lambda p: -len(p[0]))
    found: list[Found] = []
    for word, group in words:
        at = text.find(word)
        taken = any(part.start < at + len(word) and at < part.end for part in found)
        if at >= 0 and not taken and group is not Group.WORKER and group.value not in {part.value for part in found}:
            found.append(Found("eligible_groups", group.value, at, at + len(word)))
    return found


def _way(text: str) -> list[Found]:
    for way, words in _WAYS:
        match = words.search(text)
        if match:
            return [Found("hand_over", way.value, match.start(), match.end())]
    return []


def _title(text: str, found: Iterable[Found]) -> list[Found]:
    """What stands before the quantity in its part of the sentence, else what follows it."""
    quantity = next((part for part in found if part.field == "quantity"), None)
    if quantity is None:
        return []
    begin = max((text.rfind(mark, 0, quantity.start) for mark in "，,。；;：:、！!\n"), default=-1) + 1
    opening = _OPENING.match(text[begin : quantity.start])
    begin += opening.end() if opening else 0
    words = text[begin : quantity.start].rstrip("共计约 ")
    if len(words.strip()) < TITLE_LENGTH[0]:
        begin = quantity.end
        words = re.split(r"[，,。；;：:！!\n]", text[begin:], maxsplit=1)[0]
    words = words.strip(" 的")
    begin = text.find(words, begin) if words else begin
    fits = TITLE_LENGTH[0] <= len(words) <= TITLE_LENGTH[1]
    return [Found("title", words, begin, begin + len(words))] if fits else []


def _category(text: str, lexicon: Lexicon) -> list[Found]:
    """The category most of the words speak for; none when they speak for nothing or for two alike."""
    total: dict[Category, float] = {}
    for concept, weight in lexicon.found_in(normalise(text), is_offer=True).items():
        category = lexicon.concepts[concept].category
        total[category] = total.get(category, 0.0) + weight
    evidence = sorted(
        ((kind, weight) for kind, weight in total.items() if weight > 0), key=lambda item: (-item[1], item[0])
    )
    if not evidence or (len(evidence) > 1 and evidence[0][1] == evidence[1][1]):
        return []
    return [Found("category", evidence[0][0].value)]
