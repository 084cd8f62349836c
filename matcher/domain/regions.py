"""Places by their GB/T 2260 division codes: finding a place by what people write, and what lies within what.

A code has six digits in three pairs (province, city, county); a place contains all places whose code begins
with its own pairs. `Places` is built from rows, so that the table itself stays data.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

COUNTRY = "000000"
ANYWHERE = frozenset({"", "*", "全国", "中国", "不限", "anywhere", COUNTRY})
_MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
_TRANSPARENT = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
_SUFFIX = re.compile(r"(特别行政区|自治区|自治州|自治县|自治旗|林区|地区|新区|省|市|区|县|州|盟|旗)$")
_SEPARATORS = re.compile(r"[/\\\-—·,>]+")


class Located(StrEnum):
    EXACT = "exact"
    PARENT = "parent"  # the last part is unknown; the place above it is meant
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"  # several places bear this name
    CONTRADICTORY = "contradictory"  # the last part lies elsewhere


@dataclass(frozen=True, slots=True)
class Location:
    """What a written place means: its code, if any, and how sure that is."""

    code: str | None
    how: Located

    @property
    def is_warned(self) -> bool:
        return self.how is Located.PARENT


def pairs_of(code: str) -> str:
    """The code without trailing empty pairs: 410800 → 4108, 410000 → 41, 000000 → empty."""
    while code.endswith("00"):
        code = code[:-2]
    return code


def contains(area: str, place: str) -> bool:
    """Whether `place` lies in `area` (or is it), by 2-2-2 prefix: 410800 contains 410802 (H10)."""
    return place.startswith(pairs_of(area))


def county_of(code: str) -> str | None:
    """The county of a place, None above county level."""
    return None if code.endswith("00") else code


def city_of(code: str) -> str | None:
    """The city of a place, None above city level. Municipalities are one city; a county that a province runs
    directly (429004 仙桃市) is a city of its own."""
    if code[:2] in _MUNICIPALITIES:
        return code[:2] + "0000"
    if code.endswith("0000"):
        return None
    return code if code[2:4] == "90" and not code.endswith("00") else code[:4] + "00"


def _clean(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _parts(text: str) -> list[str]:
    """Parts of a written place; blanks separate only where nothing else does (泸  县 is one name)."""
    parts = _SEPARATORS.split(text)
    parts = text.split() if len(parts) == 1 else ["".join(part.split()) for part in parts]
    return [part for part in parts if part]


def _stem(name: str) -> str:
    stem = _SUFFIX.sub("", name)
    return stem if len(stem) >= 2 else name


class Places:
    """All known places. `rows` are `(code, name, parent_code)`; parents of the top level are empty."""

    def __init__(self, rows: Iterable[tuple[str, str, str]]) -> None:
        self._names: dict[str, str] = {}
        self._children: dict[str, list[str]] = {}
        self._by_name: dict[str, list[str]] = {}
        self._memory: dict[str, Location] = {}
        for code, name, parent in rows:
            self._names[code] = name
            self._by_name.setdefault(name, []).append(code)
            self._children.setdefault(parent or COUNTRY, []).append(code)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, code: object) -> bool:
        return code in self._names

    def name(self, code: str) -> str | None:
        """The official name of a code, None if it is not a known one."""
        return self._names.get(code)

    def full_name(self, code: str) -> str:
        """Name with those above it: 河南省焦作市武陟县. Unknown codes come back as they are."""
        steps = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code))
        names = [self._names[step] for step in steps if step in self._names]
        return "".join(name for name in names if name not in _TRANSPARENT) or code

    def contains(self, area: str, place: str) -> bool:
        return contains(area, place)

    def county_of(self, code: str) -> str | None:
        return county_of(code)

    def city_of(self, code: str) -> str | None:
        return city_of(code)

    def find(self, name_or_code: str) -> str | None:
        """The code of a written place at whatever level it could be found, or None."""
        return self.locate(name_or_code).code

    def locate(self, name_or_code: str) -> Location:
        """What a written place means: `410823`, `湖北省/武汉市/江岸区`, `湖北省/恩施州`, `武陟县`.

        An unknown last part means the place above it, with a warning; a part that is known elsewhere
        contradicts the rest and means nothing.
        """
        text = _clean(name_or_code)
        if text not in self._memory:
            self._memory[text] = self._from_code(text) if text.isdigit() else self._from_names(text)
        return self._memory[text]

    def _from_code(self, text: str) -> Location:
        code = text.ljust(6, "0")
        if len(text) not in (2, 4, 6) or code == COUNTRY:
            return Location(None, Located.UNKNOWN)
        if code in self._names:
            return Location(code, Located.EXACT)
        for above in (code[:4] + "00", code[:2] + "0000"):
            if above in self._names:
                return Location(above, Located.PARENT)
        return Location(None, Located.UNKNOWN)

    def _from_names(self, text: str) -> Location:
        here, how = COUNTRY, Located.EXACT
        left = _parts(text)
        while left:
            part = left.pop(0)
            if part in ("中国", "全国") or self._adds_nothing(here, part):
                continue
            found = self._down(here, part)
            if len(found) == 1:
                here = found[0]
            elif len(found) > 1:
                return Location(None, Located.AMBIGUOUS)
            elif head := self._head(here, part):
                here = head[0]
                left.insert(0, part[head[1] :])
            elif here == COUNTRY:
                return Location(None, Located.UNKNOWN)
            elif self._lies_elsewhere(here, part):
                return Location(None, Located.CONTRADICTORY)
            else:
                how = Located.PARENT
        return Location(None, Located.UNKNOWN) if here == COUNTRY else Location(here, how)

    def _adds_nothing(self, here: str, part: str) -> bool:
        """The same name again (宜昌市/宜昌市), or a level that is only a heading (北京市/市辖区)."""
        if here == COUNTRY:
            return False
        return part in _TRANSPARENT or _stem(part) == _stem(self._names[here])

    def _down(self, here: str, part: str) -> list[str]:
        """Places below `here` that `part` may mean; nearer levels and exact names go first."""
        children = self._children.get(here, [])
        below = self._below(here) if here != COUNTRY else list(self._names)
        for codes in (children, below):
            exact = [code for code in codes if self._names[code] == part]
            if exact:
                return self._highest(exact)
        for codes in (children, below):
            alike = self._alike(codes, part)
            if alike:
                return self._highest(alike)
        return []

    def _head(self, here: str, part: str) -> tuple[str, int] | None:
        """The place that a part written without separators begins with (四川达州), and how long its name is."""
        names = [(self._names[code], code) for code in self._children.get(here, [])]
        found = [(len(form), code) for name, code in names for form in (name, _stem(name)) if part.startswith(form)]
        best = max(found, default=None)
        return None if best is None or best[0] >= len(part) else (best[1], best[0])

    def _below(self, here: str) -> list[str]:
        result, stack = [], list(self._children.get(here, []))
        while stack:
            code = stack.pop()
            result.append(code)
            stack.extend(self._children.get(code, []))
        return sorted(result)

    def _alike(self, codes: Iterable[str], part: str) -> list[str]:
        stem = _stem(part)
        if len(stem) < 2:
            return []
        found = []
        for code in codes:
            name = self._names[code]
            if _stem(name) == stem or ("自治" in name and name.startswith(stem)):
                found.append(code)
        same_kind = [code for code in found if self._names[code][-1] == part[-1]]
        return same_kind or found

    @staticmethod
    def _highest(codes: list[str]) -> list[str]:
        top = min(len(pairs_of(code)) for code in codes)
        return [code for code in codes if len(pairs_of(code)) == top]

    def _lies_elsewhere(self, here: str, part: str) -> bool:
        """Whether `part` is a known place, in the same province or unmistakable, that is not below `here`."""
        elsewhere = self._by_name.get(part, [])
        unmistakable = not part.endswith("区") and part not in _TRANSPARENT
        return any(unmistakable or code[:2] == here[:2] for code in elsewhere)
