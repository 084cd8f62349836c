"""The figures of `nuanliu evaluate` as a table people can read, in Chinese or English."""

from collections.abc import Mapping
from typing import Any

from matcher.domain.terms import HardshipClass
from seeds import reference
from web.cli_words import table
from web.label_words import WORDS, Pair

RANKINGS: dict[str, Pair] = {
    "engine": ("暖流", "Nuanliu"),
    "learned": ("暖流·学习后", "Nuanliu, learned"),
    "tfidf": ("TF-IDF", "TF-IDF"),
    "bm25": ("BM25", "BM25"),
}
FIGURES: dict[str, Pair] = {
    "ndcg@10": ("nDCG@10", "nDCG@10"),
    "recall@5": ("前5召回", "Recall@5"),
    "recall@10": ("前10召回", "Recall@10"),
    "recall@50": ("前50召回", "Recall@50"),
    "mrr": ("MRR", "MRR"),
    "map": ("MAP", "MAP"),
    "traps_in_top_3": ("前3里的陷阱", "Traps in top 3"),
    "traps_proposed": ("其中够格提出的", "of them close enough to propose"),
    "ece@10": ("校准误差", "ECE@10"),
    "offer_coverage@10": ("露面的资源", "Offers shown"),
    "exposure_gini": ("露面集中度", "Exposure Gini"),
}
ASIDE: dict[str, Pair] = {
    "not_about_match": ("不是配得不对（联系不上、已解决等）", "not about the match (not reached, solved otherwise …)"),
    "contradictory": ("前后矛盾", "contradict each other"),
    "unknown": ("编号或决定看不懂", "unknown id or decision"),
}
NOTHING: Pair = ("没有可学的决定，按原有权重排序", "no decision to learn from; the built-in weights are used")


def evaluation_text(figures: Mapping[str, Any], lang: str) -> str:
    """The whole answer: what was judged, one line per ranking, gains, recognition, fill rates."""
    en = lang == "en"
    names = [name for name in RANKINGS if name in figures["rankings"]]
    head = ("", *(_said(FIGURES[key], en) for key in FIGURES))
    rows = [(_said(RANKINGS[n], en), *(_number(k, figures["rankings"][n].get(k)) for k in FIGURES)) for n in names]
    judged, pairs = figures["needs_judged"], figures["right_pairs"]
    first = (
        f"{judged} needs judged, {figures['offers']} offers, {pairs} right pairs, {figures['traps']} traps"
        if en
        else f"评判过的需求 {judged} 个、资源 {figures['offers']} 份，合适的配对 {pairs} 对，陷阱 {figures['traps']} 对"
    )
    lines = [first, "", table(head, rows), ""]
    if "learning" in figures:
        lines.append(lesson_line(figures["learning"], lang))
    lines += [_gain_line(name, gain, en) for name, gain in figures["gains"].items()]
    if figures["category_recognised"] is not None:
        share, known = figures["category_recognised"], figures["needs_with_true_category"]
        lines.append(
            f"Kind of help recognised: {share:.1%} of {known} needs"
            if en
            else f"看懂需求类别：{known} 个里有 {share:.1%}"
        )
    lines += _fill_lines(figures["fill_rate"] or {}, en)
    if figures["rows_refused"]:
        count = figures["rows_refused"]
        lines.append(
            f"{count} rows were not taken; the reasons are listed above" if en else f"有 {count} 行没有采用，原因见上"
        )
    return "\n".join(lines)


def lesson_line(learning: Mapping[str, Any], lang: str) -> str:
    """How many decisions taught, and how many were left aside and why."""
    en = lang == "en"
    trained, aside = learning["trained"], learning["aside"]
    said = f"Learned from {trained} decisions" if en else f"从 {trained} 个决定中学习"
    if not trained:
        said = _said(NOTHING, en)
    if aside:
        each = [f"{_said(ASIDE[why], en)} {count}" for why, count in aside.items()]
        total = sum(aside.values())
        said += f"; {total} left aside: {', '.join(each)}" if en else f"；另有 {total} 个不计：{'、'.join(each)}"
    return said


def _gain_line(name: str, gain: Mapping[str, Any], en: bool) -> str:
    mine, over = (_said(RANKINGS[one], en) for one in (name, gain["over"]))
    span = f"{gain['ndcg@10']:+.3f} [{gain['low']:+.3f}, {gain['high']:+.3f}]"
    if en:
        return f"nDCG@10 of {mine} over {over}: {span} (95 % interval, needs drawn again)"
    return f"nDCG@10，{mine}比{over}：{span}（按需求重抽样的 95% 区间）"


def _fill_lines(rates: Mapping[str, Any], en: bool) -> list[str]:
    titles: dict[str, Pair] = {"by_county": ("各县区", "by place"), "by_class": ("各困难类别", "by hardship class")}
    lines = []
    for key, shares in rates.items():
        if not shares:
            continue
        groups = [name for name in shares if name != "gap"]
        best, worst = max(groups, key=lambda g: shares[g]), min(groups, key=lambda g: shares[g])
        title, gap = _said(titles[key], en), shares["gap"]
        best, worst = (f"{_group(key, g, en)} {shares[g]:.0%}" for g in (best, worst))
        lines.append(
            f"Needs served {title}: {best} to {worst}, gap {gap:.0%}"
            if en
            else f"对接到的需求（{title}）：最高 {best}，最低 {worst}，相差 {gap:.0%}"
        )
    return lines


def _group(key: str, code: str, en: bool) -> str:
    if key == "by_county":
        return reference.places().full_name(code)
    return _said(WORDS[HardshipClass][code], en)


def _number(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if name.startswith("traps") else f"{value:.3f}"


def _said(pair: Pair, en: bool) -> str:
    return pair[1 if en else 0]
