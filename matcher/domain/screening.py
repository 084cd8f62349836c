"""Masking of numbers and names in free text, before a text is matched, shown to a donor or logged (PIPL, R62)."""

import re
from collections.abc import Iterable

from matcher.domain.person_names import KIN, NOT_NAMES, SURNAMES, without_names
from matcher.domain.surnames import DOUBLE

_ID = re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])|(?<!\d)[1-8]\d{5}(?:19|20)?\d{2}[01]\d[0-3]\d{4}(?!\d)")
_CARD = re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:0\d{2,3}[ -]\d{7,8}|\(0\d{2,3}\)\s?\d{7,8})(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+", re.ASCII)
_NAME = rf"[{SURNAMES}][\u4e00-\u9fff]{{1,2}}"
_NAMED = re.compile(rf"(我叫|名叫|姓名[:：]?\s*|联系人[:：]?\s*|户主[:：]?\s*|本人姓名)({_NAME})(?![\u4e00-\u9fff])")
_KIN_NAMED = re.compile(
    rf"({KIN})(?!{NOT_NAMES}|.[着过了得的说不没上])({_NAME})(?=[\s,，。；;、:：（(]|今年|现在|去年|患|得了|因|于|的(?!话)|被|在|$)"
)
_NAME_BEFORE_NUMBER = re.compile(rf"(?<![\u4e00-\u9fff]){_NAME}(?=[\s,，:：(（]*〔(?:电话|证件号|卡号)〕)")

_MASKS = (
    (_ID, "〔证件号〕"),
    (_MOBILE, "〔电话〕"),
    (_CARD, "〔卡号〕"),
    (_LANDLINE, "〔电话〕"),
    (_EMAIL, "〔邮箱〕"),
)
PLACEHOLDERS = ("〔证件号〕", "〔电话〕", "〔卡号〕", "〔邮箱〕", "〔姓名〕")


def screen(text: str, names: Iterable[str] = ()) -> str:
    """The text with identity numbers, phones, cards, e-mail addresses, introduced names and these names masked.

    A given name alone goes only behind a word of kinship (女儿小满), since 国庆 and 建设 are names too. Standards and
    sizes (GB 19083-2010, 500ml) stay. Masking twice changes nothing more.
    """
    for name in sorted({name for name in names if len(name) > 1}, key=lambda name: (-len(name), name)):
        text = text.replace(name, "〔姓名〕")
        given = name[2:] if name[:2] in DOUBLE else name[1:]
        if len(given) > 1:
            text = re.sub(rf"({KIN}){re.escape(given)}", r"\1〔姓名〕", text)
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    text = _NAMED.sub(r"\1〔姓名〕", text)
    text = without_names(_KIN_NAMED.sub(r"\1〔姓名〕", text), "〔姓名〕")
    return _NAME_BEFORE_NUMBER.sub("〔姓名〕", text)


def is_personal(text: str) -> bool:
    """Whether screening would mask something."""
    return screen(text) != text
