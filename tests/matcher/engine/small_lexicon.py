"""A lexicon of four concepts and a few phrases, so that a real encoder reads it within a second."""

from dataclasses import replace

from matcher.engine.encoder import Encoder
from matcher.engine.language import Language
from matcher.engine.lexicon import Lexicon, build
from seeds import reference

SPOKEN = {
    "MED.serious": (
        ["化疗费用凑不齐", "肿瘤手术要十几万", "住院押金交不起", "放疗一次好几千", "肾透析每个月都要做"],
        ["重疾医疗救助金", "恶性肿瘤患者住院补助"],
    ),
    "EDU.school": (
        ["娃的学费没着落", "书本钱拿不出", "考上高中念不起"],
        ["困难学生助学金", "资助小学生和初中生上学"],
    ),
    "CAR.elder": (
        ["爹娘岁数大没人照看", "走不动路，白天一个人在家", "怕病人吃药忘了"],
        ["上门照护老人", "日间照料中心"],
    ),
    "FOO.staple": (
        ["米缸见底了", "面和油都吃光了", "粮食太贵"],
        ["捐赠米面粮油", "爱心粮油包"],
    ),
}
NEED = "癌症病人吃药，钱太贵"
"""An illness in words that share no character with the phrases of MED.serious but some with those of CAR.elder."""


def small_lexicon() -> Lexicon:
    phrases = [
        {"concept": code, "side": side, "text": text}
        for code, both in SPOKEN.items()
        for side, texts in zip(("need", "offer"), both, strict=True)
        for text in texts
    ]
    concepts = [{"concept": code, "covers": "", "zh": code, "en": code, "is_thing": "no"} for code in SPOKEN]
    return build(concepts, [], phrases)


def small_language(encoder: Encoder | None = None) -> Language:
    return replace(reference.language(), lexicon=small_lexicon(), encoder=encoder)
