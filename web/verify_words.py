"""The checks of `nuanliu verify` in words."""

from matcher.engine.verify import Check
from web.label_words import Pair

CHECKS: dict[str, Pair] = {
    "ids_known": ("编号都在输入表里", "every id is in the input"),
    "pairs_unique": ("没有重复的配对", "no pair appears twice"),
    "hard_rules": ("每一条都符合硬规则", "every proposal passes every hard rule"),
    "case_limits": ("数量在每户起点与上限之间", "every quantity lies within its limits"),
    "units": ("单位一致", "units agree"),
    "stock": ("没有超过资源的数量", "no offer gives more than it has"),
    "demand": ("没有超过需要的数量", "no need gets more than it asked for"),
    "household_caps": ("没有超过户的年度限额和自付余额", "yearly caps and self-paid remainders are kept"),
    "one_project": ("只享受一项的户没有多享受", "one-project households have one project"),
    "parts_add_up": ("分项相加等于匹配度", "score parts add up to the score"),
    "parts_within_weights": ("分项不超过权重", "score parts stay within their weights"),
    "pairs_permitted": ("每一条都是可行的配对", "every proposal is a permitted pair"),
    "scores_recomputed": ("重新算出的分项相同", "score parts computed again are the same"),
    "objective": ("重新算出的目标值相同", "the objective computed again is the same"),
    "counts": ("重新数出的数目相同", "the counts computed again are the same"),
    "guarantees": ("公平保障做到了，代价如数写明", "guarantees are kept and their price is as told"),
    "certificate": ("没有更好的分配（价格证明）", "no better allocation exists (price certificate)"),
}


def check_line(check: Check, lang: str) -> str:
    """One line: whether it holds, what was checked, and the first places that break it."""
    name = CHECKS[check.name][1 if lang == "en" else 0]
    mark = ("holds " if check.holds else "BROKEN") if lang == "en" else ("成立  " if check.holds else "不成立")
    figures = check.figures
    if "checked" in figures:
        size = f" ({figures['checked']})"
    elif "pairs" not in figures:
        size = ""
    elif lang == "en" and figures:
        size = (
            f" ({figures['pairs']} pairs; parts proven by prices {figures['parts_by_prices']}, "
            f"solved again {figures['parts_solved_again']}, open {figures['parts_open']})"
        )
    elif figures:
        size = (
            f"（{figures['pairs']} 个可行配对；价格证明 {figures['parts_by_prices']} 块，"
            f"重新求解 {figures['parts_solved_again']} 块，未证明 {figures['parts_open']} 块）"
        )
    else:
        size = ""
    broken = "".join(f"\n    {line}" for line in check.broken)
    return f"{mark} {name}{size}{broken}"
