"""Units and quantities: which units count the same thing, and nothing converted silently.

A unit is compared in its usual spelling (`usual`). Money, weight and volume have a base in which whole
quantities are kept (`canonical`): 2 万元 becomes 20000 元. Boxes, cases and packs (箱, 盒, 件, 包) hold an unknown
number of pieces, so they equal only themselves; 元 and 份 are never exchanged.
"""

import re
import unicodedata
from fractions import Fraction

from matcher.domain.terms import MONEY_UNIT

_SPELLINGS: dict[str, str] = {
    "rmb": "元", "cny": "元", "￥": "元", "¥": "元", "块钱": "元", "人民币": "元", "圆": "元", "yuan": "元",
    "万": "万元", "公斤": "公斤", "kg": "公斤", "千克": "公斤", "g": "克", "t": "吨",
    "l": "升", "公升": "升", "ml": "毫升", "小时数": "小时", "h": "小时", "钟头": "小时",
    "pcs": "个", "pc": "个", "piece": "个", "pieces": "个", "box": "箱", "boxes": "箱", "set": "套", "sets": "套",
    "pair": "双", "pairs": "双", "bottle": "瓶", "bottles": "瓶", "person": "人", "persons": "人", "people": "人",
}  # fmt: skip

_MEASURES: dict[str, tuple[str, Fraction]] = {
    "元": ("元", Fraction(1)), "千元": ("元", Fraction(1000)), "万元": ("元", Fraction(10000)),
    "斤": ("斤", Fraction(1)), "公斤": ("斤", Fraction(2)), "吨": ("斤", Fraction(2000)),
    "克": ("斤", Fraction(1, 500)),
    "升": ("升", Fraction(1)), "毫升": ("升", Fraction(1, 1000)),
}  # fmt: skip

_ALIKE: tuple[frozenset[str], ...] = (
    frozenset({"个", "只", "台", "部", "辆", "架", "把", "支", "根", "具", "枚", "顶"}),  # single pieces
    frozenset({"副", "双", "对"}),  # pairs
    frozenset({"床", "条"}),  # quilts and blankets
    frozenset({"份", "套"}),  # made-up sets
    frozenset({"人", "名", "位", "人次", "名额", "个名额", "岗位", "个岗位", "人份"}),  # places for people
    frozenset({"张", "座", "座位", "个座位", "票", "张票"}),  # seats on a journey
    frozenset({"课时", "学时"}),
)
_GROUP_OF = {unit: number for number, group in enumerate(_ALIKE) for unit in group}
_DOSE = re.compile(r"^[\d.]+\s*[a-z%]*\s*/\s*(?=\D)", re.IGNORECASE)


def usual(unit: str | None) -> str | None:
    """The usual spelling of a unit; blank means unknown. A strength before the unit (0.5g/支) is not part of it."""
    if unit is None:
        return None
    text = _DOSE.sub("", unicodedata.normalize("NFKC", unit).strip().lower())
    return _SPELLINGS.get(text, text) or None


def is_money(unit: str | None) -> bool:
    """Whether a quantity in this unit is money."""
    name = usual(unit)
    return name in _MEASURES and _MEASURES[name][0] == MONEY_UNIT


def convertible(unit_a: str | None, unit_b: str | None) -> Fraction | None:
    """How many of `unit_b` one of `unit_a` is; None if that is not known (UNIT_UNKNOWN).

    A blank unit is taken for the other side's unit.
    """
    a, b = usual(unit_a), usual(unit_b)
    if a is None or b is None or a == b:
        return Fraction(1)
    if a in _MEASURES and b in _MEASURES:
        (base_a, size_a), (base_b, size_b) = _MEASURES[a], _MEASURES[b]
        return size_a / size_b if base_a == base_b else None
    group = _GROUP_OF.get(a)
    return Fraction(1) if group is not None and group == _GROUP_OF.get(b) else None


def same_unit(unit_a: str | None, unit_b: str | None) -> bool:
    """Whether quantities in both units can be set against each other as they are."""
    return convertible(unit_a, unit_b) == 1


def canonical(quantity: Fraction | int | None, unit: str | None) -> tuple[Fraction | int | None, str | None]:
    """The same amount in the unit it is kept in (元, 斤, 升); other units keep their amount and usual spelling.

    An amount that is not whole in the base unit keeps its own unit (300 克 stays 300 克).
    """
    name = usual(unit)
    if name is None or name not in _MEASURES:
        return quantity, name
    base, size = _MEASURES[name]
    if quantity is None:
        return None, base if size >= 1 else name
    amount = quantity * size
    if amount.denominator != 1:
        return quantity, name
    return int(amount), base
