"""Words and choices for the pages of offers."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from matcher.domain.terms import (
    Category,
    Group,
    HandOverMode,
    OfferReturnReason,
    OfferStatus,
    OfferWithdrawReason,
    PayoutChannel,
    SchoolStage,
)
from matcher.usecases.offer_sentence import Found
from web import doors, paging
from web.forms.offers import UNITS
from web.labels import label, label_list

COMMON_GROUPS = (
    Group.SUBSISTENCE, Group.HARDSHIP, Group.MIGRANT, Group.OUTDOOR, Group.FRONTLINE, Group.WOMAN, Group.STUDENT,
    Group.CHILD, Group.ELDER, Group.DISABLED,
)  # fmt: skip
"""Groups offered as buttons to donors; union staff and existing offers may have any."""


def words() -> dict[str, Any]:
    """Choices with their words, for the templates of this subject."""

    def of(codes: Iterable[StrEnum]) -> list[tuple[str, str]]:
        return [(code.value, label(code)) for code in codes]

    return {
        "categories": of(Category), "statuses": list(OfferStatus), "hand_overs": of(HandOverMode),
        "payouts": of(PayoutChannel), "stages": of(SchoolStage), "units": UNITS, "return_words": of(OfferReturnReason),
        "withdraw_words": of(OfferWithdrawReason), "choices": of, "label_list": label_list,
        "filter_address": filter_address, "date_type": date_type, "k": doors.settings().suppression_k,
    }  # fmt: skip


def filter_address(name: str, value: str | None) -> str:
    """This list with one filter changed, from its first page."""
    others = {k: v for k, v in paging.kept().items() if k not in (name, "page")}
    return url_for("offers.index", **others, **({name: value} if value else {}))


def date_type(value: str | None) -> str:
    """A date field; plain text when what stands in it is no date, so that nothing typed is lost."""
    return "date" if not value or re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) else "text"


def group_choices(chosen: list[str], *, everything: bool) -> list[tuple[str, str]]:
    """Groups as buttons: the common ones first, and whatever is chosen already."""
    shown = [group for group in Group if everything or group in COMMON_GROUPS or group in chosen]
    shown.sort(key=lambda group: COMMON_GROUPS.index(group) if group in COMMON_GROUPS else len(COMMON_GROUPS))
    return [(group.value, label(group)) for group in shown]


def sentence_pieces(text: str, found: Iterable[Found]) -> list[tuple[str, str]]:
    """The sentence in pieces as it was read: (words, what they were read as), the second blank between them."""
    names = {
        "title": _("资源"), "quantity": _("数量"), "per_case_max": _("每户"), "regions": _("区域"),
        "eligible_groups": _("给谁"), "valid_to": _("期限"), "shelf_life_until": _("保质期"), "hand_over": _("怎么给"),
        "unit_value_fen": _("折价"),
    }  # fmt: skip
    pieces, last = [], 0
    for part in found:
        if part.field not in names or part.start < last or part.start == part.end:
            continue
        pieces += [(text[last : part.start], ""), (text[part.start : part.end], names[part.field])]
        last = part.end
    return [piece for piece in [*pieces, (text[last:], "")] if piece[0]]


def problems_by_name(errors: dict[str, str]) -> dict[str, str]:
    """The problems with the names of their fields before them."""
    names = {
        "text": _("一句话"), "title": _("资源名称"), "category": _("类别"), "quantity": _("数量"), "unit": _("单位"),
        "per_case_max": _("每户最多"), "per_case_min": _("每户至少"), "cap_per_household_year": _("每户每年最多"),
        "regions": _("哪些县（市）区"), "eligible_groups": _("给谁"), "valid_from": _("从哪天起可以用"),
        "valid_to": _("最晚送到"), "shelf_life_until": _("保质期到"), "hand_over": _("怎么给"),
        "unit_value_fen": _("每份折价"), "intention": _("捐赠意向"), "age_min": _("最小年龄"), "age_max": _("最大年龄"),
        "route_from": _("从哪里出发"), "route_to": _("到哪里"), "fund_source": _("资金来源"),
        "donor_id": _("替哪家捐赠方登记"), "requires_file": _("要不要先建档"), "excluded_cases": _("不能给的人家（利害关系）"),
    }  # fmt: skip
    return {name: f"{names[name]}{_('：')}{words}" if name in names else words for name, words in errors.items()}
