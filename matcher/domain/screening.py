"""Masking of numbers and names in free text, before a text is matched, shown to a donor or logged (PIPL, R62)."""

import re
from collections.abc import Iterable

from matcher.domain.surnames import DOUBLE

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
_KIN = (
    "儿子|女儿|闺女|孩子|娃|孙子|孙女|丈夫|老公|爱人|妻子|老婆|媳妇|老伴|父亲|爸爸|母亲|妈妈|爷爷|奶奶|外公|外婆|公公|婆婆|哥哥|弟弟"
    "|姐姐|妹妹|邻居|工友|同事|班长|主席|师傅"
)
_WORDS = (
    "高[一二三中考烧龄血低压校温额]|方[便法式面案]|白[天血内费发]|金[额钱]|马[上路]|万[元一]|常[年常见]|时[间候]|成[绩人年]|安[排心置全]"
    "|和[我他她]|于[是]|段[时]|石[膏油]|汤[药]|钱[不没还都]|江[边]|任[何务]|胡[同]|毛[病衣巾]|向[我他工]|付[不出]|何[时况]|夏[天季令]"
    "|秦[岭]|单[位亲身]|孔[雀]|雷[雨]|谢[谢]|许[多]|郑[州]|武[陟]|温[县]|孟[州]|范[围]|陶[瓷]|龙[年]|叶[子]|余[下]|贺[卡]|张[口嘴罗]"
)
"""Words that begin like a family name."""
_KIN_NAMED = re.compile(
    rf"({_KIN})(?!{_WORDS})({_NAME})(?=[\s,，。；;、:：（(]|今年|现在|去年|患|得了|因|于|的(?!话)|被|在|$)"
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
            text = re.sub(rf"({_KIN}){re.escape(given)}", r"\1〔姓名〕", text)
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    text = _NAMED.sub(r"\1〔姓名〕", text)
    text = _KIN_NAMED.sub(r"\1〔姓名〕", text)
    return _NAME_BEFORE_NUMBER.sub("〔姓名〕", text)


def is_personal(text: str) -> bool:
    """Whether screening would mask something."""
    return screen(text) != text
