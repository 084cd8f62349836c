"""A lexicon of four concepts and a few phrases, which is learned in no time."""

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
NEEDS = ("癌症病人吃药，钱太贵", "冬天屋里冷得睡不着", "老板不给血汗钱，跑路了")
OFFERS = ("恶性肿瘤住院补助", "发放取暖煤炭", "追讨被拖欠工资")
"""Each need and its offer share no character."""


def small_lexicon() -> Lexicon:
    phrases = [
        {"concept": code, "side": side, "text": text}
        for code, both in SPOKEN.items()
        for side, texts in zip(("need", "offer"), both, strict=True)
        for text in texts
    ]
    concepts = [
        {"concept": code, "covers": "", "near": "", "ages": "", "health": "", "zh": code, "en": code, "is_thing": "no"}
        for code in SPOKEN
    ]
    return build(concepts, [], phrases)


def small_language(encoder: Encoder | None = None) -> Language:
    return replace(reference.language(), lexicon=small_lexicon(), encoder=encoder)
