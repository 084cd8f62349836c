"""What stands in a hardship file as (label, words), for pages and printed forms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from matcher.domain.file_terms import Section
from matcher.usecases.file_fields import FIELDS, MEMBER, Field, Kind
from web.file_field_words import FIELD_WORDS, MEMBER_WORDS
from web.formatters import day_text, fen, number
from web.labels import label, label_list, pick

Rows = list[tuple[str, str]]


def section_rows(section: Section, values: Mapping[str, Any]) -> Rows:
    """Everything that was told in a step, in the order of the form; blanks are left out."""
    told = ((field, values.get(field.name)) for field in FIELDS[section])
    return [(box_word(f.name), value_words(f, v)) for f, v in told if v not in (None, "", [])]


def member_rows(values: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Family members as a table: its heads, and a row of words for each."""
    heads = [box_word(f.name, member=True) for f in MEMBER]
    people = values.get("members", [])
    shown = [n for n, f in enumerate(MEMBER) if f.name in ("name", "relation") or any(p.get(f.name) for p in people)]
    rows = [[value_words(MEMBER[n], p.get(MEMBER[n].name)) for n in shown] for p in people]
    return [heads[n] for n in shown], rows


def box_word(name: str, *, member: bool = False) -> str:
    """What a box of the form is called; some are called otherwise for a member of the family."""
    return pick(MEMBER_WORDS[name]) if member and name in MEMBER_WORDS else pick(FIELD_WORDS[name][0])


def value_words(field: Field, value: Any) -> str:
    if value in (None, "", []):
        return "—"
    if field.kind is Kind.MONEY:
        return fen(value)
    if field.kind is Kind.WHOLE:
        return number(value)
    if field.kind is Kind.YES_NO:
        return _("是") if value else _("不是")
    if field.kind is Kind.ONE and field.codes:
        return label(value, field.codes)
    if field.kind is Kind.MANY and field.codes:
        return label_list(value, field.codes)
    if field.kind is Kind.DATE:
        return _day(str(value))
    return str(value)


def _day(value: str) -> str:
    try:
        return day_text(date.fromisoformat(value))
    except ValueError:
        return value
