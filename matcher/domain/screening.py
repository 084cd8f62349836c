"""Masking of numbers and names in free text, before a text is matched, shown to a donor or logged (PIPL, R62)."""

import re

_ID = re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])|(?<!\d)[1-8]\d{5}(?:19|20)?\d{2}[01]\d[0-3]\d{4}(?!\d)")
_CARD = re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:0\d{2,3}[ -]\d{7,8}|\(0\d{2,3}\)\s?\d{7,8})(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+", re.ASCII)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_NAME = rf"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}"
_NAMED = re.compile(rf"(我叫|名叫|姓名[:：]?\s*|联系人[:：]?\s*|户主[:：]?\s*|本人姓名)({_NAME})(?![\u4e00-\u9fff])")
_NAME_BEFORE_NUMBER = re.compile(rf"(?<![\u4e00-\u9fff]){_NAME}(?=[\s,，:：(（]*〔(?:电话|证件号|卡号)〕)")

_MASKS = (
    (_ID, "〔证件号〕"),
    (_MOBILE, "〔电话〕"),
    (_CARD, "〔卡号〕"),
    (_LANDLINE, "〔电话〕"),
    (_EMAIL, "〔邮箱〕"),
)
PLACEHOLDERS = ("〔证件号〕", "〔电话〕", "〔卡号〕", "〔邮箱〕", "〔姓名〕")


def screen(text: str) -> str:
    """The text with identity numbers, phones, cards, e-mail addresses and introduced names masked.

    Standards and sizes (GB 19083-2010, 500ml) stay. Masking twice changes nothing more.
    """
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    text = _NAMED.sub(r"\1〔姓名〕", text)
    return _NAME_BEFORE_NUMBER.sub("〔姓名〕", text)


def is_personal(text: str) -> bool:
    """Whether screening would mask something."""
    return screen(text) != text
