"""The matching model in words: what each signal means, what weighs more now, why a model was taken or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from matcher.domain.learning import FEWEST_DECISIONS, HAND, MOST_LOSS, TEST_TIME
from matcher.domain.terms import ModelVerdict
from matcher.store.tables import ModelVersion
from seeds import reference
from web.label_words import Pair
from web.labels import pick

SIGNALS: dict[str, tuple[Pair, Pair]] = {
    "meaning": (
        ("说的是一回事", "Same matter"),
        ("两边说的是同一件事，一个相同的字也没有也算", "both speak of one matter, even without a word in common"),
    ),
    "kind": (("类别相同", "Same kind"), ("需求和资源属于同一类", "need and offer are of one kind of help")),
    "wording": (("用词相近", "Similar wording"), ("两边用了同样的词和字", "both use the same words")),
    "sense": (
        ("意思相近", "Similar sense"),
        ("语言模型觉得两边意思相近；没有装模型时不算", "a language model finds them alike; not counted without one"),
    ),
    "bm25": (
        ("关键词对上", "Key words met"),
        ("需求里少见的词，资源里也有", "rare words of the need appear in the offer"),
    ),
    "item": (
        ("东西对上", "Same thing"),
        ("说的是同一样东西，不管牌子和型号", "both name the same thing, whatever the brand"),
    ),
    "conflict": (("类别不合", "Kinds clash"), ("看来不是同一类的事", "the two seem to be of kinds that cannot meet")),
    "contradiction": (
        ("互相矛盾", "Texts exclude each other"),
        ("话里的年龄、学段、地方等对不上", "ages, school stages or places told do not fit"),
    ),
    "misfit": (
        ("不是给这样的人的", "Meant for others"),
        (
            "这类帮扶给的是别的年龄、别的健康状况的人",
            "such help is for people of other ages or another state of health",
        ),
    ),
    "remembered": (
        ("相似的采用过", "Taken before"),
        ("相似的需求，经办人采用过这样的资源", "for needs alike, caseworkers took offers like this"),
    ),
    "declined": (
        ("相似的没采用", "Declined before"),
        ("相似的需求，经办人说这样的资源不合适", "for needs alike, caseworkers found offers like this unfit"),
    ),
}
MEMORIES = ("remembered", "declined")
CLEAR = 0.03
"""A share of the whole that changes by less is about the same."""
SEEN = 0.005
"""A signal that is weaker on both sides is not worth a line."""
STEADY, MOVED = 0.2, 0.5
"""Shifts in standard deviations."""


@dataclass(frozen=True, slots=True)
class WeightRow:
    """One signal; shares of the whole weight in [0, 1], `new` None when there is nothing to set against the old."""

    name: str
    meaning: str
    is_against: bool
    old: float
    new: float | None
    change: str


def weight_rows(model: ModelVersion | None) -> list[WeightRow]:
    """The hand weights beside those of a model, by signal."""
    from matcher.engine.fusion import AGAINST
    from matcher.engine.fusion import HAND as BY_HAND

    by_hand = {name: 0.0 if name in MEMORIES else weight for name, weight in BY_HAND.values.items()}
    old, new = _shares(by_hand), _shares(model.weights) if model else None
    return [
        WeightRow(
            pick(word), pick(meaning), name in AGAINST, old[name], new[name] if new else None,
            _change(new[name] - old[name]) if new else "",
        )
        for name, (word, meaning) in SIGNALS.items()
    ]  # fmt: skip


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(abs(weight) for weight in weights.values()) or 1.0
    return {name: abs(weights.get(name, 0.0)) / total for name in SIGNALS}


def _change(by: float) -> str:
    if abs(by) < CLEAR:
        return _("差不多")
    return _("更看重") if by > 0 else _("看轻了")


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One signal among earlier and among last month's decisions."""

    name: str
    before: float
    after: float
    word: str
    level: str  # "", "soon" or "urgent"


def drift_rows(figures: Mapping[str, Any]) -> list[DriftRow]:
    return [
        DriftRow(pick(SIGNALS[row["signal"]][0]), row["before"], row["after"], *_shifted(abs(row["shift"])))
        for row in figures.get("drift", ())
        if row["signal"] in SIGNALS and max(row["before"], row["after"]) >= SEEN
    ]


def _shifted(by: float) -> tuple[str, str]:
    if by < STEADY:
        return _("平稳"), ""
    return (_("有变化"), "soon") if by < MOVED else (_("变化大"), "urgent")


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """Share of what caseworkers took that was ranked among the first five, in one district."""

    name: str
    needs: int
    old: float
    new: float
    word: str
    level: str  # "", "ok" or "urgent"


def district_rows(figures: Mapping[str, Any]) -> list[DistrictRow]:
    return [
        DistrictRow(
            reference.places().name(row["district"]) or row["district"] or _("不清楚在哪里"),
            row["needs"], row["old"], row["new"], *_effect(row["new"] - row["old"]),
        )
        for row in figures.get("districts", ())
    ]  # fmt: skip


def _effect(by: float) -> tuple[str, str]:
    if by > 1e-9:
        return _("变好"), "ok"
    if by < -MOST_LOSS - 1e-9:
        return _("变差"), "urgent"
    return (_("略差"), "") if by < -1e-9 else (_("不变"), "")


def model_word(name: str | int | None) -> str:
    """手工权重, 学习 12 号; from a name (`learned-12`) or a number."""
    number = name if isinstance(name, int) else str(name or HAND).removeprefix("learned-")
    if number in (HAND, ""):
        return _("手工权重")
    return _("学习 %(number)s 号", number=number).replace(" ", "\u00a0")


def verdict_sentence(verdict: ModelVerdict) -> str:
    """Why a model was taken or not."""
    days = TEST_TIME.days
    return {
        ModelVerdict.PROMOTED: _("有把握更好，也没有哪个县（市）区变差。"),
        ModelVerdict.TOO_FEW: _("能用来学的决定满 %(least)s 条才启用。", least=FEWEST_DECISIONS),
        ModelVerdict.NOTHING_LEARNED: _("学到的排得不比手工权重好，继续用原来的。"),
        ModelVerdict.NOTHING_TO_COMPARE: _("最近 %(days)s 天没有采用过的建议，没法检验。", days=days),
        ModelVerdict.NOT_BETTER: _("在最近 %(days)s 天的决定上，没有把握比现用的好。", days=days),
        ModelVerdict.DISTRICT_LOSES: _("整体更好，但有县（市）区的前五命中少了 2 个百分点以上。"),
        ModelVerdict.ROLLED_BACK_LATELY: _("保障部回退过，%(days)s 天内不自动启用。", days=days),
    }[verdict]


def points(share: float) -> str:
    """A figure in [−1, 1] as points of a hundred, with its sign: +4.2"""
    return f"{share * 100:+.1f}".replace("-", "−")
