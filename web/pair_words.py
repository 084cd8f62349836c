"""Words of the answer to 为什么不是这一份, and what asking needs from outside."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from matcher.domain.reasons import Reason
from matcher.domain.reasons import ReasonCode as C
from matcher.store.queries.pairs import AskedOffer
from matcher.usecases.pair_questions import PairAnswer, Reader, Scarcity
from seeds import reference
from web import doors
from web.formatters import amount
from web.labels import label


def asking() -> dict[str, Any]:
    """The arguments every question takes from outside."""
    reader = Reader(lexicon=reference.lexicon, names=reference.place_names, festivals=reference.spring_festivals)
    return {"by": doors.actor(), "as_of": doors.today(), "rules": doors.rules(), "reader": reader}


def asked_code(told: Mapping[str, str]) -> str:
    """The number of the offer asked about: what was typed, else what was chosen."""
    return (told.get("code", "").strip() or told.get("offer", "").strip())[:40]


def choice(offer: AskedOffer) -> str:
    """米面油礼包（禾暖粮油，余 120 份）O000012"""
    left = amount(max(offer.left, 0), offer.unit)
    return _("%(title)s（%(donor)s，余 %(left)s）%(code)s", title=offer.title, donor=offer.donor_name, left=left,
             code=offer.code)  # fmt: skip


def headline(answer: PairAnswer) -> str:
    """One sentence that answers the question; what follows tells it in full."""
    codes = {reason.code for reason in answer.causes}
    if answer.is_given:
        return _("提的就是这一份。")
    if answer.rules:
        return ngettext(
            "有 %(num)s 条规则不合，按规定不能给。", "有 %(num)s 条规则不合，按规定不能给。", len(answer.rules)
        )
    if codes & {C.DECLINED_BEFORE, C.TEXT_CONTRADICTS, C.THING_DIFFERS}:
        return _("规则都允许，但是有别的原因没有提。")
    if C.NEED_COVERED in codes:
        return _("规则都允许，只是这户要的已经由别的资源满足了。")
    if C.OTHERS_CAME_FIRST in codes:
        return _("规则都允许，只是这一份已经提给或者给了别的人家。")
    return _("规则都允许，上一批没有用上。")


def scarcity(answer: PairAnswer) -> str:
    """What one more unit would have done, in words; empty where nobody knows."""
    words = {
        Scarcity.ONE_MORE_FAMILY: _("很紧缺：上一批里再多一份，就能多帮到一户人家"),
        Scarcity.BETTER_FIT: _("紧缺：上一批里再多一份，就能给得更合适"),
        Scarcity.ENOUGH: _("不紧缺：上一批分下来还有剩余"),
    }
    return words[answer.scarcity] if answer.scarcity else ""


def decline_word(answer: PairAnswer) -> str:
    return label(answer.decline, "DeclineReason") if answer.decline else ""


def steps(answer: PairAnswer) -> str:
    """What stands above the list of changes."""
    if answer.changes[0].code is C.CHANGE_FIND_OFFER:
        return _("这一份没法改成合适的：")
    if len(answer.changes) == 1:
        return _("要成，最小的一步是：")
    return _("要成，下面 %(count)s 步都要办到：", count=len(answer.changes))


def is_about_texts(reason: Reason) -> bool:
    return reason.code in (C.TEXT_CONTRADICTS, C.CHANGE_CHECK_TEXT)
