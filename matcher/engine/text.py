"""Chinese text for similarity: normalised, numbers turned into a placeholder, cut into words and n-grams.

The screened text of a row comes in; nothing here keeps or shows it. Reasons later quote single words from
`words_of`, never digits.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

import opencc
import rjieba

_TO_SIMPLIFIED = opencc.OpenCC("t2s")
_LONG_NUMBER = re.compile(r"\d{7,}[\dxX]?")
_NUMBER = re.compile(r"(?<![a-z0-9.])\d+(?:\.\d+)?")
_SPACES = re.compile(r"\s+")
_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z][a-z0-9]*|\d+(?:\.\d+)?")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|《[^《》]*》")
_PACK = re.compile(
    r"\d+(?:\.\d+)?\s*[a-z\u4e00-\u9fff]{1,3}\s*/\s*[\u4e00-\u9fff]{1,2}"
    r"|\d+(?:\.\d+)?\s*(?:ml|mg|kg|cm|mm|g|l)\b"
)
_SPLIT = re.compile(r"[/|、,;。:!?+]|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])|以及|或者|或|和|及")
_ASKER = re.compile(r"^[^,;。!?、]{2,40}?(?:急需|急缺|急求|求购)(?=.{2})")
_NEED_CUE = re.compile(r".*(?:急需|急缺|急求|求购|需要|需求|求助|想要|想有|缺少|还缺|请求支援)(?=.{2})")
_OFFER_CUE = re.compile(r".*(?:厂家可供|可供|可提供|捐赠|捐助|捐献|提供|赠送|发放|供应|资助)(?=.{2})")
_TALK = re.compile(r"[吗呢吧我你您俺咱他她它谁啥哪怎么是了]|什么|为何")  # a sentence, not the name of a thing
_NUMBER_MARK = "#"
ITEM_TEXT_LIMIT = 24  # a text (or what follows 急需 …) this short names an item rather than tells a story
ITEM_SEGMENT_LIMIT = 14

_STOP_WORDS = """
    的 了 和 与 及 在 是 有 我 我们 你 他 她 它 就 都 也 还 又 很 太 吧 呢 吗 啊 着 过 把 被 让 给 为 对 从 到
    跟 每 各 一 个 这 那 要 想 能 会 去 来 上 下 里 外 不 没 没有 什么 怎么 现在 今年 去年 以及 或 等 由 共 约
    约为 家里 自己 一个 可以 希望 需要 提供 急需 帮助 帮 请 相关 进行 免费 爱心
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


def normalise(text: str) -> str:
    """NFKC (full width becomes half width), traditional characters simplified, lower case, single spaces; numbers of
    7 and more digits vanish."""
    text = unicodedata.normalize("NFKC", text).lower()
    if _CHINESE.search(text):
        text = _TO_SIMPLIFIED.convert(text)
    return _SPACES.sub(" ", _LONG_NUMBER.sub(_NUMBER_MARK, text)).strip()


def chinese_share(text: str) -> float:
    """Share of Chinese characters among letters, digits and Chinese characters, in [0, 1]."""
    chinese = sum(len(run) for run in _CHINESE.findall(text))
    whole = sum(len(run) for run in _RUN.findall(text))
    return chinese / whole if whole else 0.0


def topic(text: str) -> str:
    """A normalised need without who asks: 来凤县中心医院急需普通医用口罩 is about 普通医用口罩."""
    return _ASKER.sub("", text)


def without_numbers(text: str) -> str:
    """A normalised text with every number replaced by one mark: amounts are a feature of their own."""
    return _NUMBER.sub(_NUMBER_MARK, text)


@lru_cache(maxsize=200_000)
def words_of(text: str) -> tuple[str, ...]:
    """Words of a normalised text in order: no stop words, no punctuation, no bare numbers."""
    words = (word.strip() for word in rjieba.cut(without_numbers(text)))
    return tuple(word for word in words if word not in STOP_WORDS and _RUN.fullmatch(word) and word != _NUMBER_MARK)


def word_grams(text: str) -> list[str]:
    """Words and pairs of neighbouring words."""
    words = words_of(text)
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]


def char_grams(text: str) -> list[str]:
    """Character 1- to 3-grams inside runs of letters or Chinese characters."""
    runs = _RUN.findall(without_numbers(text))
    return [run[i : i + n] for run in runs for n in (1, 2, 3) for i in range(len(run) - n + 1)]


def bm25_terms(text: str) -> list[str]:
    """Words plus character bigrams, the terms with which BM25 did best on short Chinese texts."""
    runs = _CHINESE.findall(text)
    return [*words_of(text), *("_" + run[i : i + 2] for run in runs for i in range(len(run) - 1))]


def item_names(text: str, *, is_need: bool) -> tuple[str, ...]:
    """The things a short text names: what follows 急需 or 捐赠, without brackets, standards and pack sizes.

    Alternatives divided by a stroke or 、 come apart. A long story names none: its concepts speak for it.
    """
    text = _BRACKETS.sub(" ", _BRACKETS.sub(" ", text))
    tail = (_NEED_CUE if is_need else _OFFER_CUE).sub("", text, count=1)
    if len(tail) > ITEM_TEXT_LIMIT:
        return ()
    if _TALK.search(tail):
        return ()
    tail = _PACK.sub(" ", tail)
    parts = (part.strip() for part in _SPLIT.split(tail))
    return tuple(sorted({part for part in parts if 2 <= len(part) <= ITEM_SEGMENT_LIMIT and _CHINESE.search(part)}))


def item_terms(item: str) -> list[str]:
    """Terms of one item name: character bigrams, letter and number tokens."""
    runs = _RUN.findall(item)
    chinese = [run for run in runs if _CHINESE.fullmatch(run)]
    terms = [run[i : i + 2] for run in chinese for i in range(len(run) - 1)]
    terms += [run for run in runs if not _CHINESE.fullmatch(run)]
    return terms or list(chinese)


def item_head(item: str) -> str:
    """The last two Chinese characters of an item name: 普通医用口罩 → 口罩, 乳胶手套 → 手套.

    Chinese names end in their head, so two things of one kind end alike.
    """
    runs = _CHINESE.findall(item)
    return runs[-1][-2:] if runs else ""
