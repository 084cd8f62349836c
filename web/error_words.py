"""Sentences for problems that are not about one page: refused input and set-up."""

from dataclasses import dataclass

from flask_babel import gettext as _

from matcher.errors import NuanliuError


@dataclass(frozen=True, slots=True)
class Words:
    title: str
    text: str
    points: tuple[str, ...] = ()


def words_for_problem(error: NuanliuError) -> Words:
    from web.labels import code_text

    return Words(_("这一步没有办成"), code_text(error.code, error.params) or _("什么也没有改动。请看过以后再试一次。"))
