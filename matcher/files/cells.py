"""Cells that a spreadsheet would take for a formula: made harmless on the way out, restored on the way in.

A text that begins with `= + - @`, TAB, CR or LF, or one of their full-width forms, gets an apostrophe in front,
and so does one that looks as if it already had one. `plain(neutral(text)) == text` for every text.
"""

import re

_ACTIVE = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_MARKED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def is_active(text: str) -> bool:
    """Whether a spreadsheet might run this text, or take its apostrophe for our mark."""
    return _ACTIVE.match(text) is not None


def neutral(text: str) -> str:
    """The text as it may stand in a CSV cell."""
    return "'" + text if is_active(text) else text


def plain(text: str) -> str:
    """The text that `neutral` was given."""
    return text[1:] if _MARKED.match(text) else text
