"""The union network: the tree within reach, one unit with its history, and what may be changed about it."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from matcher.domain.access import Action, may
from matcher.domain.network import BELOW
from matcher.domain.terms import UnitLevel
from matcher.errors import InvalidFields
from matcher.store.queries import network as queries
from matcher.usecases import network as usecases
from web import doors
from web.auth import requires
from web.forms.reading import Told
from web.labels import label

bp = Blueprint("network", __name__)
CENTRE = "centre"


@bp.get("/network")
@requires(Action.SEE_NETWORK)
def index() -> str:
    words = request.args.get("q", "").strip()[:40]
    actor = doors.actor()
    if words:
        with doors.db().read() as store:
            found = queries.list_units(store, actor, words=words, closed=True, limit=100)
        return render_template("network/found.html", lines=found, words=words)
    return _page(actor.unit_id or 0)


@bp.get("/network/<int:unit_id>")
@requires(Action.SEE_NETWORK, of="unit")
def show(unit_id: int) -> str:
    return _page(unit_id)


def _page(unit_id: int, errors: dict[str, str] | None = None, typed: Any = None, at: str = "") -> str:
    actor, closed = doors.actor(), bool(request.args.get("closed"))
    with doors.db().read() as store:
        unit = queries.find_line(store, actor, unit_id)
        if unit is None:
            abort(404)
        return render_template(
            "network/show.html",
            unit=unit,
            above=queries.line_above(store, actor, unit),
            children=queries.list_units(store, actor, under=unit_id, closed=closed),
            closed=closed,
            steps=queries.list_steps(store, actor, unit_id),
            places=queries.units_to_choose(store, actor, without=unit.path),
            levels=_levels(unit.level),
            may_edit=may(actor, Action.EDIT_NETWORK) and unit.is_active,
            errors=errors or {},
            typed=typed if typed is not None else MultiDict(),
            at=at,
        )


def _levels(level: UnitLevel) -> list[tuple[str, str]]:
    """Kinds of unit that may be opened under this one; a centre is a station with a wider task."""
    found = [(kind.value, label(kind)) for kind in UnitLevel if kind in BELOW[level]]
    return [*found, (CENTRE, _("帮扶中心（职工服务中心）"))] if UnitLevel.STATION in BELOW[level] else found


@bp.post("/network/<int:unit_id>/open")
@requires(Action.EDIT_NETWORK, of="unit")
def open_(unit_id: int) -> Any:
    told = Told(request.form)
    kind = told.text("level")
    try:
        new = usecases.NewUnit(
            code=told.text("code"),
            name=told.text("name"),
            short_name=told.text("short_name"),
            level=UnitLevel.STATION if kind == CENTRE else told.one("level", UnitLevel) or UnitLevel.CITY,
            division_code=told.text("division_code"),
            is_centre=kind == CENTRE,
            document=told.text("document"),
        )
        made = usecases.open_unit(new, parent_id=unit_id, by=doors.actor(), uow=doors.uow(), now=doors.now())
    except InvalidFields as error:
        return _again(unit_id, told, error, "open")
    flash(_("%(name)s 已设立。", name=told.text("name")))
    return redirect(url_for("network.show", unit_id=made), 303)


@bp.post("/network/<int:unit_id>/rename")
@requires(Action.EDIT_NETWORK, of="unit")
def rename(unit_id: int) -> Any:
    told = Told(request.form)
    try:
        usecases.rename_unit(
            unit_id, told.text("name"), told.text("short_name"), document=told.text("document"), **_seen(told)
        )
    except InvalidFields as error:
        return _again(unit_id, told, error, "rename")
    flash(_("已更名，原名留在沿革里。"))
    return _back(unit_id)


@bp.post("/network/<int:unit_id>/move")
@requires(Action.EDIT_NETWORK, of="unit")
def move(unit_id: int) -> Any:
    told = Told(request.form)
    try:
        usecases.move_unit(unit_id, told.whole("parent"), document=told.text("document"), **_seen(told))
    except InvalidFields as error:
        return _again(unit_id, told, error, "move")
    flash(_("已改隶，下级一并过去了。"))
    return _back(unit_id)


@bp.post("/network/<int:unit_id>/close")
@requires(Action.EDIT_NETWORK, of="unit")
def close(unit_id: int) -> Any:
    told = Told(request.form)
    try:
        done = usecases.close_unit(unit_id, told.whole("successor"), document=told.text("document"), **_seen(told))
    except InvalidFields as error:
        return _again(unit_id, told, error, "close")
    flash(_closed_words(done))
    return redirect(url_for("network.show", unit_id=done.successor_id), 303)


@bp.post("/network/<int:unit_id>/merge")
@requires(Action.EDIT_NETWORK, of="unit")
def merge(unit_id: int) -> Any:
    """Merge other units, chosen in the form, into this one."""
    told = Told(request.form)
    chosen = [int(text) for text in request.form.getlist("units") if text.isascii() and text.isdecimal()][:50]
    try:
        done = usecases.merge_units(
            chosen, unit_id, document=told.text("document"), by=doors.actor(), uow=doors.uow(), now=doors.now()
        )
    except InvalidFields as error:
        return _again(unit_id, told, error, "merge")
    flash(_("并入了 %(count)s 个单位，案件、下级都接过来了。", count=len(done)))
    return _back(unit_id)


def _closed_words(done: usecases.Handed) -> str:
    if may(doors.actor(), Action.SEE_NEEDS):
        return _(
            "已撤销：%(households)s 户、%(needs)s 项需求交给了接收单位，%(accounts)s 个账号已停用。",
            households=done.households, needs=done.needs, accounts=done.accounts,
        )  # fmt: skip
    return _("已撤销：案件交给了接收单位，%(accounts)s 个账号已停用。", accounts=done.accounts)


def _seen(told: Told) -> dict[str, Any]:
    return {
        "seen_version": told.whole("version") or 0,
        "by": doors.actor(),
        "uow": doors.uow(),
        "now": doors.now(),
    }


def _again(unit_id: int, told: Told, error: InvalidFields, at: str) -> tuple[str, int]:
    return _page(unit_id, told.errors(error.problems), told.form, at), 422


def _back(unit_id: int) -> Response:
    return redirect(url_for("network.show", unit_id=unit_id), 303)
