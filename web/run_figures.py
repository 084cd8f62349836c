"""What a run's page says with its figures: words for why, degrees of shortage, what one more would do."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from matcher.domain.obstacles import Obstacle, obstacle_of
from matcher.domain.terms import MONEY_UNIT, Category, RunStage
from matcher.store.queries.runs import CountyRow, JobProgress, RunRow, Waiting
from web.formatters import NBSP, amount, unit_word
from web.labels import label

MOST_SHORT = 8
"""Rows of the shortage table; what is least short is left to the export."""
WAN = 10_000


def obstacles(row: CountyRow) -> list[tuple[Obstacle, int]]:
    """Households without anything by kind of obstacle, most first."""
    kinds: Counter[Obstacle] = Counter()
    for code, households in row.reasons.items():
        kinds[obstacle_of(code)] += households
    return sorted(kinds.items(), key=lambda item: (-item[1], item[0]))


def obstacle_words(row: CountyRow) -> list[str]:
    return [f"{label(kind)}{NBSP}{households:,}" for kind, households in obstacles(row)]


@dataclass(frozen=True, slots=True)
class Shortage:
    """One line of 紧缺程度. `needed`, `available` and `short` are as shown, in `unit`."""

    title: str
    level: str  # urgent, soon or ""
    level_word: str
    needed: int
    available: int
    short: int
    unit: str
    notes: tuple[str, ...]

    @property
    def share(self) -> float:
        return self.available / self.needed


def shortages(
    report: Mapping[str, Any], waiting: Mapping[tuple[Category | None, str], Waiting], as_of: date
) -> list[Shortage]:
    """What there is too little of, worst first."""
    found = []
    for row in report.get("scarcity", ()):
        if not row["short"] or not row["category"]:
            continue
        category, unit = Category(row["category"]), row["unit"] or ""
        share = row["available"] / row["needed"]
        level, word = _level(share)
        notes = tuple(_notes(waiting.get((category, unit)), unit, as_of))
        found.append(Shortage(label(category), level, word, row["needed"], row["available"], row["short"], unit, notes))
    return sorted(found, key=lambda s: (s.share, -s.short, s.title))


@dataclass(frozen=True, slots=True)
class OneMore:
    """What one more unit of a category would do in a county."""

    place: str
    title: str
    unit: str
    waiting: int  # families there that got nothing
    passing_on: int  # families there that would free something for one elsewhere
    weight: int  # household weight that the next unit adds


def one_more(report: Mapping[str, Any], name_of: Callable[[str], str]) -> list[OneMore]:
    """Where one more unit would do most, as the last run's prices tell; most first."""
    rows = [
        OneMore(
            name_of(row["region"]), label(Category(row["category"])), row["unit"], row["waiting"], row["passing_on"],
            row["reached_weight"],
        )
        for row in report.get("marginal", ())
    ]  # fmt: skip
    return rows[:MOST_SHORT]


def _level(share: float) -> tuple[str, str]:
    if share < 0.5:
        return "urgent", _("极缺")
    if share < 0.8:
        return "soon", _("紧缺")
    return "", _("偏紧")


def _notes(waiting: Waiting | None, unit: str, as_of: date) -> list[str]:
    if waiting is None:
        return []
    some = _("%(num)s 户还没有给足", num=f"{waiting.partly:,}")
    if not waiting.households:
        return [some] if waiting.partly else []
    notes = [_one_more(waiting, unit)]
    counties = sorted(waiting.by_county.items(), key=lambda item: (-item[1], item[0]))
    if len(counties) == 1:
        notes.append(_("都在%(county)s", county=counties[0][0]))
    elif len(counties) > 2 and sum(households for _name, households in counties[:2]) * 2 >= waiting.households:
        notes.append(_("缺口集中在%(one)s、%(two)s", one=counties[0][0], two=counties[1][0]))
    elif waiting.oldest is not None:
        days = max((as_of - waiting.oldest).days, 0)
        notes.append(ngettext("最久等了 %(num)s 天", "最久等了 %(num)s 天", days).replace(" ", NBSP))
    return notes


def _one_more(waiting: Waiting, unit: str) -> str:
    each = max(round(waiting.remaining / waiting.households), 1)
    if unit == MONEY_UNIT and each >= 100:
        each = round(each, -2)
    if each == 1:
        return _("每多 1 %(unit)s，多帮 1 户", unit=unit_word(unit, 1)).replace(" 1 ", f"{NBSP}1{NBSP}")
    shown = f"{each:,}{NBSP}{unit_word(unit)}" if unit == MONEY_UNIT else amount(each, unit)
    return _("每多 %(amount)s，多帮 1 户", amount=shown)


def scale(row: Shortage) -> tuple[float, str]:
    """By what the figures of a line are divided, and the unit they are then in: 33.2 万元."""
    if row.unit == MONEY_UNIT and row.needed >= WAN and label(Category.LIV) == "生活救助":
        return WAN, "万元"
    return 1, unit_word(row.unit)


# ── a run in words ─────────────────────────────────────────────────────────────────────────────────────────────


def trigger_word(trigger: str) -> str:
    words = {"nightly": _("夜间对接"), "manual": _("补充对接"), "demo": _("首次对接")}
    return words.get(trigger, _("对接"))


def stages() -> list[RunStage]:
    return list(RunStage)


def stage_number(job: JobProgress) -> int:
    """1 to 5; 1 before the first report."""
    return stages().index(RunStage(job.stage)) + 1 if job.stage else 1


def seconds_since(job: JobProgress, now: datetime) -> int:
    return max(round((now - job.started_at).total_seconds()), 0) if job.started_at else 0


def took_seconds(run: RunRow) -> int | None:
    job = run.job
    if job is None or job.started_at is None or job.finished_at is None:
        return None
    return max(round((job.finished_at - job.started_at).total_seconds()), 1)


def seconds_word(seconds: int | None) -> str:
    """41 秒, 3 分钟"""
    if seconds is None:
        return "—"
    if seconds < 90:
        return ngettext("%(num)s 秒", "%(num)s 秒", seconds).replace(" ", NBSP)
    return ngettext("%(num)s 分钟", "%(num)s 分钟", round(seconds / 60)).replace(" ", NBSP)


def failure_word(job: JobProgress) -> str:
    """Why a run ended without a result, and what to do."""
    if job.error_code == "gave_up":
        return _("任务处理程序连着中断了几次，没有再试。请先请系统管理员看一下，再对接一次。")
    return _("中途出了问题，什么也没有改动。请再对接一次；还不行，请把批次号告诉系统管理员。")


def technical(report: Mapping[str, Any]) -> dict[str, Any]:
    """Figures for 技术详情, whatever of them the report has."""
    solver = report.get("solver")
    parts = list(solver.values()) if isinstance(solver, Mapping) else []
    timings = report.get("timings", {}).values()
    return {
        "objective": report.get("objective", {}),
        "bound": report.get("bound", {}),
        "gap": report.get("gap", {}),
        "parts": sum(part.get("parts", 0) for part in parts),
        "optimal": sum(part.get("optimal", 0) for part in parts),
        "counts": report.get("counts", {}),
        "model": report.get("model", {}).get("name"),
        "seconds": sum(stage.get("seconds", 0.0) for stage in timings),
        "peak_mb": max((stage.get("peak_mb", 0.0) for stage in timings), default=None),
        "is_optimal": all(not gap for gap in report.get("gap", {"": 1}).values()),
    }
