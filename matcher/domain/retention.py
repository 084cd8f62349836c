"""How long what is known of a family is kept, and when it is erased (PIPL, articles 19 and 47; H19).

Rules are data (`seeds/policy/retention.toml`), dated and local. Nothing is erased while anything goes on with a family.
What is due is announced first, on a page, so that somebody can hold it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from matcher.domain.file_rules import months_after
from matcher.domain.policy import Entries, PolicyProblem, whole_of


class ErasureCause(StrEnum):
    """Why a family's data go."""

    LEFT = "left"  # 离开帮扶已满保存年限
    UNFILED = "unfiled"  # 一直没有建档，也没有得到过帮扶
    ASKED = "asked"  # 本人要求删除


class ErasureState(StrEnum):
    ANNOUNCED = "announced"  # 待销毁
    HELD = "held"  # 暂缓
    DONE = "done"  # 已销毁
    DROPPED = "dropped"  # 不再销毁：又有了往来


class Running(StrEnum):
    """What goes on with a family, so that nothing of it may be erased."""

    FILE = "file"  # 档案在档或在审
    WATCH = "watch"  # 返困监测期内
    NEED = "need"  # 有没办完的需要
    DELIVERY = "delivery"  # 有没发放的
    REQUEST = "request"  # 有没答复的申请
    DUPLICATE = "duplicate"  # 有没认定的重复
    TASK = "task"  # 要补建档


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """Years are counted from the day of the event, days are calendar days."""

    left_years: int
    unfiled_years: int
    help_years: int  # whoever received something: the identity belongs to the voucher
    roster_years: int
    announced_days: int
    asked_days: int

    @classmethod
    def effective(cls, mapping: Mapping[str, Any], *, as_of: date, jurisdiction: str) -> "RetentionRules":
        """The rules in force in a division on a day. Raises PolicyProblem."""
        keep = Entries(mapping, jurisdiction=jurisdiction, as_of=as_of).one("keep")
        numbers = {name: whole_of(keep, name) for name in cls.__slots__}
        for name, value in numbers.items():
            if value == 0:
                raise PolicyProblem(f"keep.{name}", "not_positive", 0)
        return cls(**numbers)


@dataclass(frozen=True, slots=True)
class FamilyTimes:
    """What decides about one family. `left_on`: out of the file; `helped_on`: the last hand-over, taken back or not."""

    last_change_on: date
    left_on: date | None = None
    helped_on: date | None = None
    running: frozenset[Running] = frozenset()


def earliest(times: FamilyTimes, rules: RetentionRules, *, asked: bool = False) -> date | None:
    """The first day on which a family's data may be erased; None while something goes on.

    A family that asks need not wait, except for what proves where money and goods went.
    """
    if times.running - ({Running.REQUEST} if asked else frozenset()):
        return None
    days = [years_after(times.helped_on, rules.help_years)] if times.helped_on else []
    if not asked and times.left_on:
        days.append(years_after(times.left_on, rules.left_years))
    elif not asked:
        days.append(years_after(times.last_change_on, rules.unfiled_years))
    return max(days, default=times.last_change_on)


def cause_of(times: FamilyTimes) -> ErasureCause:
    return ErasureCause.LEFT if times.left_on else ErasureCause.UNFILED


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 28 February for the 29th."""
    return months_after(day, 12 * years)
