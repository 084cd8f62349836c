"""Codes to words, in the reader's language."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask import Flask, has_app_context

from matcher.domain.reasons import Reason
from matcher.domain.terms import Role
from matcher.errors import FieldProblem, InvalidFields
from web.label_words import ACTIONS, OBJECTS, WORDS, Pair

_JOINED = re.compile(r"(?<=\d) (?=[^\W\d])")  # between a number and its unit
_BY_NAME = {kind.__name__: words for kind, words in WORDS.items()}


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(label=label, reason=reason_text, action_word=action_word, object_word=object_word)
    app.jinja_env.globals.update(reason_text=reason_text, label=label)


def speaks_english(locale: str | None = None) -> bool:
    if locale is not None:
        return locale == "en"
    if not has_app_context():
        return False
    from web.i18n import language

    return language() == "en"


def pick(pair: Pair, locale: str | None = None) -> str:
    return pair[1] if speaks_english(locale) else pair[0]


def label(code: StrEnum | str | None, kind: type[StrEnum] | str | None = None, *, locale: str | None = None) -> str:
    """The word for a code: an enum member, or its text together with the enum (or the enum's name).

    A text without its enum is looked up in all lists; when two lists disagree, or none knows it, the text comes
    back as it is.
    """
    if code is None or code == "":
        return "—"
    if kind is None and isinstance(code, StrEnum) and type(code) in WORDS:
        kind = type(code)
    if kind is not None:
        words = _BY_NAME[kind] if isinstance(kind, str) else WORDS[kind]
        return pick(words[str(code)], locale) if str(code) in words else str(code)
    found = {words[str(code)] for words in WORDS.values() if str(code) in words}
    return pick(found.pop(), locale) if len(found) == 1 else str(code)


def label_list(codes: Any, kind: type[StrEnum] | str, *, locale: str | None = None) -> str:
    """Several codes joined as people join them: 低保家庭、农民工."""
    return (", " if speaks_english(locale) else "、").join(label(c, kind, locale=locale) for c in codes)


def action_word(action: str, *, locale: str | None = None) -> str:
    return pick(ACTIONS[action], locale) if action in ACTIONS else action


def object_word(object_type: str, *, locale: str | None = None) -> str:
    return pick(OBJECTS[object_type], locale) if object_type in OBJECTS else object_type


def reason_text(reason: Reason | Mapping[str, Any] | str, *, locale: str | None = None) -> str:
    """A reason as one sentence; stored reasons are `{code, params}`, blocking lists hold bare codes."""
    from matcher.domain.reasons import ReasonCode
    from web.reason_words import sentence

    if isinstance(reason, str):
        reason = Reason(ReasonCode(reason))
    elif isinstance(reason, Mapping):
        reason = Reason(ReasonCode(reason["code"]), dict(reason.get("params") or {}))
    return _JOINED.sub("\u00a0", sentence(reason, "en" if speaks_english(locale) else "zh"))


def problem_text(problem: FieldProblem) -> str:
    """What to do about one field, as shown beside it."""
    return code_text(problem.code, problem.params) or code_text("invalid", {})


def problems_by_field(error: InvalidFields) -> dict[str, str]:
    """Field name → what to do, for showing beside the fields; the first problem of a field counts."""
    found: dict[str, str] = {}
    for problem in error.problems:
        found.setdefault(problem.field, problem_text(problem))
    return found


def _told(value: Any, locale: str | None) -> Any:
    if isinstance(value, tuple):  # codes
        return label_list(value, type(value[0]), locale=locale)
    return value if isinstance(value, int | float) else str(value)


def code_text(code: str, params: Mapping[str, Any], *, locale: str | None = None) -> str:
    """The sentence of an error code, from `web/problem_words.py`; empty when there is none."""
    from web.problem_words import PROBLEMS

    if code not in PROBLEMS:
        return ""
    filled = {name: _told(value, locale) for name, value in params.items()}
    if "role" in filled:
        filled["role"] = label(str(filled["role"]), Role, locale=locale)
    try:
        return pick(PROBLEMS[code], locale).format(**filled)
    except (KeyError, IndexError, ValueError):
        return pick(PROBLEMS[code], locale)
