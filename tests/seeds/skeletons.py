"""What stays of a sentence when numbers, places, trades and kin are masked: two equal skeletons are one sentence."""

import re
from collections import Counter
from collections.abc import Iterable

from seeds import reference
from seeds.wording import scenario

_NUMBER = re.compile(r"[\d.,]+|[零一二两三四五六七八九十百千万]+")
_KIN = re.compile(
    "孩子他[爸妈]|爱人|老伴|媳妇|妻子|丈夫|当家的|老娘|老父亲|俺妈|老爹|岳母|老丈人|婆婆|公公|闺女|儿子|孙[子女]|小丫头"
)


def _masked_words() -> re.Pattern[str]:
    trades = {word for trade in scenario("sectors").values() for word in (trade["at"], *trade["jobs"], *trade["stops"])}
    places = {name for unit in reference.network() for name in (unit.township, unit.short_name) if len(name) >= 2}
    return re.compile("|".join(sorted(trades | places, key=len, reverse=True)))


_WORDS = _masked_words()


def skeleton(sentence: str) -> str:
    masked = _KIN.sub("K", _WORDS.sub("W", sentence))
    return _NUMBER.sub("N", masked).replace("俺", "我")


def sentence_skeletons(text: str) -> set[str]:
    return {skeleton(part) for part in re.split(r"[。；！？]", text) if part}


def worn_out(texts: Iterable[str]) -> Counter[str]:
    """How many texts contain each sentence skeleton."""
    return Counter(found for text in texts for found in sentence_skeletons(text))
