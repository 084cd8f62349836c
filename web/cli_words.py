"""The language of the command line: by NUANLIU_LOCALE, else by the machine's locale, else Chinese."""

import os
from typing import Any

FRAME: dict[str, str] = {
    "Options": "选项",
    "Commands": "命令",
    "Arguments": "参数",
    "Missing command.": "缺少命令。",
    "No such command {name!r}.": "没有 {name!r} 这个命令。",
    "default: {default}": "默认：{default}",
    "required": "必填",
    "Aborted!": "已中止。",
}


def command_language() -> str:
    """ "zh" or "en"."""
    for name in ("NUANLIU_LOCALE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "").lower()
        if value.startswith(("zh", "en")):
            return value[:2]
    return "zh"


def say(zh: str, en: str) -> str:
    """One of two texts, by the reader's locale."""
    return zh if command_language() == "zh" else en


def translate_frame() -> None:
    """Let the headings and messages of the command-line library speak Chinese too."""
    import sys

    import typer.main  # noqa: F401  (brings in all of the library)

    def translated(text: str) -> str:
        return say(FRAME.get(text, text), text)

    for name, module in list(sys.modules.items()):
        if name.startswith("typer.") and hasattr(module, "_"):
            vars(module)["_"] = translated


def table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    """A plain table whose columns line up although Chinese characters are two wide."""
    lines = [tuple(map(str, row)) for row in [head, *rows]]
    widths = [max(width(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  " + "  ".join(cell + " " * (widths[i] - width(cell)) for i, cell in enumerate(line)).rstrip()
        for line in lines
    )


def width(text: str) -> int:
    """Columns a text takes on a terminal."""
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
