"""What the hardship file goes by in a place on a day: thresholds, lines, clocks. Data, never constants.

Read from TOML (`seeds/policy/hardship_files.toml`). Entries are dated and local like those of the matching rules:
of entries that say the same thing the most local, then the latest one counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from matcher.clock import add_working_days
from matcher.domain.file_terms import Scheme
from matcher.domain.policy import Entries, PolicyProblem, code_of, codes_of, whole_of
from matcher.domain.terms import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRules:
    """Thresholds of one set of classes. `line_fen` is the subsistence line, 分 a head and month; percents of it."""

    scheme: Scheme
    line_fen: int
    months_below: int = 6
    marginal_percent: int = 150
    marginal_causes: frozenset[Cause] = frozenset()
    accident_percent: int = 300
    relative_percent: int = 200
    accident_share_percent: int | None = None  # share of yearly income; None: judged by what is left
    local_percent: int | None = None  # a locality's own wider rule; local money only
    income_gate_fen: int | None = None  # 分 a head and month: last year's provincial average
    migrant_months: int = 12
    article: str = ""
    line_article: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileClocks:
    """Days and months of the file's life."""

    notice_working_days: int
    review_months: int  # from one yearly review to the next
    exit_months: int  # months in a row above the line before 脱困
    watch_months: int  # how long a family is called back after it left (返困监测)
    answer_working_days: int  # until a family that asked about itself has its answer


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Public holidays and weekend days that are worked, and how far the yearly notices are known."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def after(self, day: date, count: int) -> date:
        """The working day `count` working days after `day`."""
        return add_working_days(day, count, self.holidays, self.workdays)


@dataclass(frozen=True, slots=True)
class FileRules:
    """Everything the hardship file goes by in one place on one day."""

    classes: ClassRules
    clocks: FileClocks
    calendar: WorkCalendar = field(default_factory=WorkCalendar)

    @classmethod
    def effective(
        cls, mapping: Mapping[str, Any], *, as_of: date, jurisdiction: str, calendar: WorkCalendar | None = None
    ) -> "FileRules":
        """The rules in force in a division on a day. Raises PolicyProblem."""
        keep = Entries(mapping, jurisdiction=jurisdiction, as_of=as_of)
        clocks = keep.one("clocks")
        return cls(
            classes=_classes(keep.one("schemes"), keep.one("lines")),
            clocks=FileClocks(
                notice_working_days=whole_of(clocks, "notice_working_days"),
                review_months=whole_of(clocks, "review_months"),
                exit_months=whole_of(clocks, "exit_months"),
                watch_months=whole_of(clocks, "watch_months"),
                answer_working_days=whole_of(clocks, "answer_working_days"),
            ),
            calendar=calendar or WorkCalendar(),
        )


def _classes(entry: Mapping[str, Any], line: Mapping[str, Any]) -> ClassRules:
    scheme = code_of(entry.get("scheme"), Scheme, "schemes.scheme")
    numbers = {
        name: whole_of(entry, name)
        for name in (
            "months_below", "marginal_percent", "accident_percent", "relative_percent", "accident_share_percent",
            "local_percent", "migrant_months",
        )
        if name in entry
    }  # fmt: skip
    gate = whole_of(entry, "income_gate_yuan") * 100 if "income_gate_yuan" in entry else None
    if whole_of(line, "yuan_a_month") == 0:
        raise PolicyProblem("lines.yuan_a_month", "not_positive", 0)
    return ClassRules(
        scheme=scheme,
        line_fen=whole_of(line, "yuan_a_month") * 100,
        marginal_causes=codes_of(entry, "marginal_causes", Cause),
        income_gate_fen=gate,
        article=str(entry.get("article", "")),
        line_article=str(line.get("article", "")),
        **numbers,
    )


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later; the month's last day where it has no such day."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))
