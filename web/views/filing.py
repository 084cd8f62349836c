"""Families that should have a file by a day (补建档): the list, asking for one, and saying why not after all."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from matcher.domain.access import Action, may
from matcher.errors import InvalidFields, WrongState
from matcher.store.queries import ladder as reading
from matcher.usecases import tiers
from web import doors
from web.auth import requires
from web.formatters import day_text
from web.forms.reading import Told
from web.labels import problems_by_field

bp = Blueprint("filing", __name__)


@bp.get("/files/to-file")
@requires(Action.SEE_FILES)
def listing() -> str:
    return _page({})


def _page(errors: dict[str, str]) -> str:
    with doors.db().read() as store:
        lines = reading.list_filing_tasks(store, doors.actor())
    return render_template(
        "files/to_file.html", lines=lines, errors=errors, told=request.form, today=doors.today(),
        may_edit=may(doors.actor(), Action.EDIT_FILES), days=doors.rules().tiers.filing_days,
    )  # fmt: skip


@bp.post("/files/to-file/<int:household_id>/suggest")
@requires(Action.EDIT_NEEDS, of="household")
def suggest(household_id: int) -> Any:
    """From the page of a need: somebody saw that the hardship lasts."""
    told = Told(request.form)
    need_id = told.whole("need") or 0
    try:
        task = tiers.suggest_filing(
            household_id, told.text("filing_note"), by=doors.actor(), uow=doors.uow(), now=doors.now(),
            rules=doors.rules().tiers,
        )  # fmt: skip
    except InvalidFields as refused:
        from web.views.needs import need_page

        if not need_id:
            abort(404)
        return need_page(need_id, problems_by_field(refused)), 422
    flash(_("已列入待建档，%(day)s前建好。", day=day_text(task.due_on)))
    return redirect(url_for("needs.show", need_id=need_id) if need_id else url_for("filing.listing"), 303)


@bp.post("/files/to-file/<int:household_id>/drop")
@requires(Action.EDIT_FILES, of="household")
def drop(household_id: int) -> Any:
    told = Told(request.form)
    try:
        tiers.drop_filing(
            household_id, told.text("note"), seen_version=told.whole("version") or 0, by=doors.actor(),
            uow=doors.uow(), now=doors.now(),
        )  # fmt: skip
    except InvalidFields as refused:
        return _page(problems_by_field(refused)), 422
    except WrongState:
        flash(_("这一户已经不在待建档里了。"))
    else:
        flash(_("已从待建档里去掉，理由记下了。"))
    return redirect(url_for("filing.listing"), 303)
