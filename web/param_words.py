"""Params of reasons and problems as words: codes, places, dates, amounts."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any

from matcher.domain import terms as t
from matcher.domain.network_terms import Entitlement
from seeds import reference
from web.label_words import WORDS, Pair
from web.unit_words import english_unit

_KINDS: dict[str, type[StrEnum]] = {
    "fund": t.FundSource,
    "level": t.FileLevel,
    "channel": t.PayoutChannel,
    "need": t.Category,
    "offer": t.Category,
    "category": t.Category,
    "need_category": t.Category,
    "offer_category": t.Category,
    "groups": t.Group,
    "own": t.Group,
    "hardship_class": t.HardshipClass,
    "stage": t.SchoolStage,
    "stages": t.SchoolStage,
    "donor_type": t.DonorType,
    "due": Entitlement,
}
_DATES = frozenset({"valid_from", "valid_to", "deadline", "shelf_life_until", "until", "starts", "ends"})
_PLACES = frozenset({"region", "area"})
_CONCEPTS = frozenset({"concept", "need_concept", "offer_concept"})
_UNITS = frozenset({"unit", "need_unit", "offer_unit"})
_URGENCY: dict[str, Pair] = {
    "5": ("特急", "very urgent"),
    "4": ("急", "urgent"),
    "3": ("一般", "ordinary"),
    "2": ("不急", "not urgent"),
    "1": ("可缓", "can wait"),
}
_FACTS: dict[str, Pair] = {
    "quantity": ("数量", "quantity"),
    "unit": ("单位", "unit"),
    "category": ("类别", "category"),
    "region": ("所在地区", "region"),
    "on_file": ("是否建档", "hardship file"),
    "file_level": ("档案级别", "file level"),
    "real_name": ("实名核实", "verified identity"),
    "payout": ("银行卡或存折", "bank card or passbook"),
    "excluded": ("有无排除情形", "exclusion conditions"),
    "member": ("是否会员", "union membership"),
    "relation_months": ("劳动关系月数", "months of employment"),
    "union_unit": ("所属工会", "own union"),
    "projects_this_year": ("今年享受的项目", "projects this year"),
    "stopped": ("是否停发", "stop list"),
    "target_groups": ("对象群体", "target groups"),
    "vetted": ("审核结果", "vetting"),
    "helped_this_year": ("今年已得到的帮扶", "help received this year"),
    "school_stage": ("学段", "school stage"),
    "age": ("年龄", "age"),
    "deadline": ("日子", "date"),
    "route_from": ("出发地", "start of the journey"),
    "route_to": ("目的地", "end of the journey"),
    "donor_type": ("捐赠方类型", "kind of donor"),
    "self_paid_left": ("个人自付余额", "self-paid remainder"),
}


def fact_word(fact: str, lang: str) -> str:
    """What a fact is called."""
    return _FACTS[fact][_side(lang)] if fact in _FACTS else fact


def param_text(name: str, value: Any, lang: str) -> str:
    """A param's value as people write it; lists are joined."""
    if isinstance(value, list | tuple):
        return (", " if lang == "en" else "、").join(param_text(name, item, lang) for item in value)
    if name == "urgency" and str(value) in _URGENCY:
        return _URGENCY[str(value)][_side(lang)]
    if name in _KINDS:
        words = WORDS[_KINDS[name]].get(str(value))
        return words[_side(lang)] if words else str(value)
    for names, write in _WRITERS:
        if name in names:
            return write(str(value), lang)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def _side(lang: str) -> int:
    return 1 if lang == "en" else 0


def _day(value: str, lang: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return day.isoformat() if lang == "en" else f"{day.year}年{day.month}月{day.day}日"


def _place(value: str, lang: str) -> str:
    """With province and city, but for the counties of this city."""
    places = reference.places()
    is_home = value[:4] == reference.JURISDICTION[:4] and not value.endswith("00")
    return (places.name(value) if is_home else None) or places.full_name(value)


def _concept(value: str, lang: str) -> str:
    words = reference.concept_words().get(value)
    return words[_side(lang)] if words else value


def _unit(value: str, lang: str) -> str:
    return english_unit(value) if lang == "en" else value


def _away(_value: str, lang: str) -> str:
    return "none of them in this county" if lang == "en" else "都不在本县（市、区）"


def _fact(value: str, lang: str) -> str:
    return fact_word(value, lang)


_WRITERS: tuple[tuple[frozenset[str], Callable[[str, str], str]], ...] = (
    (_DATES, _day),
    (_PLACES, _place),
    (_UNITS, _unit),
    (_CONCEPTS, _concept),
    (frozenset({"away"}), _away),
    (frozenset({"fact", "missing", "about"}), _fact),
)
