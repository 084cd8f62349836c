"""The second step of signing in: asked for after the password, set up and given up on one's own page."""

from datetime import datetime, timedelta
from typing import Any

import segno
from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from matcher.domain.passwords import wants_second_step
from matcher.errors import InvalidFields
from matcher.usecases import second_factor
from matcher.usecases.signing_in import Half, Refusal
from web import doors
from web.auth import public, signed_in
from web.frame import home_of
from web.labels import problems_by_field
from web.security import local_path
from web.views.account import HALF, begin

bp = Blueprint("second_step", __name__)
PATIENCE = timedelta(minutes=5)
"""Between password and code."""


def _half() -> Half | None:
    kept = session.get(HALF)
    if not kept or doors.now() - datetime.fromisoformat(kept["at"]) > PATIENCE:
        session.pop(HALF, None)
        return None
    return Half(kept["account"], kept["print"])


@bp.get("/login/code")
@public
def code() -> Any:
    if _half() is None:
        return redirect(url_for("account.login"), 303)
    return render_template("account/code.html", next=local_path(request.args.get("next")), problem=None)


@bp.post("/login/code")
@public
def enter() -> Any:
    half, target = _half(), local_path(request.form.get("next"))
    if half is None:
        flash(_("等得太久了，请从头登录。"))
        return redirect(url_for("account.login", next=target), 303)
    result = second_factor.finish(
        half, request.form.get("code", "")[:40], settings=doors.settings(), uow=doors.uow(), now=doors.now()
    )
    if isinstance(result, Refusal):
        problem = "locked" if result.locked else "wrong"
        return render_template("account/code.html", next=target, problem=problem), 429 if result.locked else 401
    begin(result)
    return redirect(target or home_of(result.role), 303)


@bp.get("/account/second-step")
@signed_in
def show() -> str:
    return _page({})


@bp.post("/account/second-step/begin")
@signed_in
def start() -> Response:
    second_factor.begin(by=doors.actor(), uow=doors.uow(), now=doors.now())
    return redirect(url_for("second_step.show"), 303)


@bp.post("/account/second-step/confirm")
@signed_in
def confirm() -> Any:
    actor, now = doors.actor(), doors.now()
    try:
        card = second_factor.confirm(
            request.form.get("code", "")[:20], by=actor, settings=doors.settings(), uow=doors.uow(), now=now
        )
    except InvalidFields as error:
        return _page(problems_by_field(error)), 422
    codes = second_factor.make_recovery_codes("", by=actor, uow=doors.uow(), now=now)
    begin(card)
    flash(_("两步登录已打开。别处的登录都已结束。"))
    return render_template("account/recovery_codes.html", codes=codes)


@bp.post("/account/second-step/codes")
@signed_in
def codes() -> Any:
    """Eight new recovery codes, shown on this answer only."""
    try:
        told = second_factor.make_recovery_codes(
            request.form.get("recovery_code", "")[:20], by=doors.actor(), uow=doors.uow(), now=doors.now()
        )
    except InvalidFields as error:
        return _page(problems_by_field(error)), 422
    return render_template("account/recovery_codes.html", codes=told)


@bp.post("/account/second-step/off")
@signed_in
def off() -> Any:
    try:
        second_factor.switch_off(
            request.form.get("code", "")[:20], by=doors.actor(), settings=doors.settings(), uow=doors.uow(),
            now=doors.now(),
        )  # fmt: skip
    except InvalidFields as error:
        return _page(problems_by_field(error)), 422
    flash(_("两步登录已关闭。"))
    return redirect(url_for("account.show"), 303)


def _page(errors: dict[str, str]) -> str:
    actor = doors.actor()
    beginning = second_factor.beginning(by=actor, uow=doors.uow())
    return render_template(
        "account/second_step.html",
        errors=errors,
        is_on=g.sign_in.has_second_step,
        codes_left=second_factor.recovery_codes_left(by=actor, uow=doors.uow()),
        is_wanted=wants_second_step(actor.role, doors.settings().second_factor),
        picture=_picture(beginning.uri) if beginning else None,
        secret=" ".join(beginning.secret[n : n + 4] for n in range(0, 32, 4)) if beginning else "",
    )


def _picture(uri: str) -> Markup:
    """The QR code as drawing in the page itself: the secret is fetched from nowhere and kept nowhere."""
    return Markup(segno.make(uri, error="m").svg_inline(scale=5, border=2, svgclass="nl-qr", omitsize=True))
