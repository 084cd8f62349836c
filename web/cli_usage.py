"""What the command-line library says about wrong usage and in its help, in Chinese too."""

import re
from typing import Any

from typer._click import exceptions as said
from typer._click.core import Context
from typer._click.formatting import HelpFormatter

from web.cli_words import say

HELP = {"Show this message and exit.": "显示这段说明。"}
METAVARS = {"[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]..."}
VALUES = (
    (r"Input should be greater than or equal to (\S+)", "不能小于 {}"),
    (r"Input should be less than or equal to (\S+)", "不能大于 {}"),
    (r"Input should be a valid integer.*", "要写整数"),
    (r"Input should be a valid number.*", "要写数字"),
    (r"Input should be a valid boolean.*", "要写 true 或 false"),
    (r"Input should be ('.+)", "只能是 {}"),
    (r"String should match pattern .*", "写法不对"),
    (r"No such option: (\S+)", "没有 {} 这个选项。"),
    (r"Option (\S+) requires an argument\.", "选项 {} 后面要写值。"),
    (r"Got unexpected extra argument(?:\(s\)|s)? \((.+)\)", "多写了参数：{}"),
)
"""Sentences of the libraries about values and options, and how they are said in Chinese."""


def value_words(text: str) -> str:
    """What a library says about a value, in the reader's language; as it is when it is not known."""
    for pattern, chinese in VALUES:
        found = re.fullmatch(pattern, text)
        if found:
            return say(chinese.format(*found.groups()).replace(" or ", " 或 "), text)
    return text


class ChineseHelp(HelpFormatter):
    """The help's headings and placeholders in Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        for english, chinese in METAVARS.items():
            args = args.replace(english, chinese)
        super().write_usage(prog, args, prefix or "用法：")

    def write_dl(self, rows: Any, *args: Any, **options: Any) -> None:
        super().write_dl([(name, HELP.get(text, text)) for name, text in rows], *args, **options)


def translate_help() -> None:
    Context.formatter_class = ChineseHelp if say("zh", "en") == "zh" else HelpFormatter


def usage_text(error: said.ClickException) -> str:
    """The lines to print for wrong usage: how the command is used, where help is, what is wrong."""
    if isinstance(error, said.NoArgsIsHelpError):
        return str(error.format_message())
    lines = []
    ctx = getattr(error, "ctx", None)
    if ctx is not None:
        command = f"{ctx.command_path} --help"
        lines += [ctx.get_usage(), say(f"说明见：{command}", f"For help: {command}"), ""]
    lines.append(_chinese(error) if say("zh", "en") == "zh" else f"Error: {error.format_message()}")
    return "\n".join(lines)


def _chinese(error: said.ClickException) -> str:
    if isinstance(error, said.MissingParameter):
        kind = "参数" if getattr(error.param, "param_type_name", "") == "argument" else "选项"
        return f"缺少{kind} {_named(error)}。"
    if isinstance(error, said.BadParameter):
        return f"{_named(error)} 的值不对：{value_words(error.message)}。"
    words = value_words(error.message)
    near = getattr(error, "possibilities", None)
    return f"{words}（是不是 {'、'.join(sorted(near))}？）" if near else words


def _named(error: said.BadParameter) -> str:
    hint = error.param_hint or (error.param.get_error_hint() if error.param is not None else "")
    return (hint if isinstance(hint, str) else " / ".join(hint)).replace("'", "")
