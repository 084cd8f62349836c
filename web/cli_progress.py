"""How far long work is: a bar on a terminal, plain lines otherwise; always on stderr, so that figures stay clean."""

import sys
from types import TracebackType
from typing import Any, Self

from web.cli_words import command_language, say

SEEDS = {
    "invent": ("造人家和资源", "Inventing families and offers"),
    "reference": ("放入行政区划和工会组织", "Putting in places and unions"),
    "families": ("写入家庭、需求、资源", "Writing families, needs and offers"),
    "accounts": ("开账号", "Opening accounts"),
    "history": ("写入上一季", "Writing last season"),
}


class Progress:
    """`seeds` and `matching` are told a step and its share in [0, 1]."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._last = ""

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("", total=1.0)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def seeds(self, step: str, share: float) -> None:
        zh, en = SEEDS.get(step, ("", ""))
        self._show(say(zh, en), share * 0.5)

    def matching(self, stage: str, share: float) -> None:
        from matcher.domain.terms import RunStage
        from web.labels import label

        lang = command_language()
        words = label(stage, RunStage, locale=lang) if stage else say("等任务处理开始", "waiting for the worker")
        self._show(say(f"对接：{words}", f"Matching: {words}"), 0.5 + share * 0.5)

    def _show(self, words: str, share: float) -> None:
        if self._bar is not None:
            self._bar.update(self._task, description=words or self._last, completed=share)
        elif words and words != self._last:
            print(f"{words}…", file=sys.stderr, flush=True)
        self._last = words or self._last
