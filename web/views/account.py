"""Signing in and out, one's own page, and the accounts of the house."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.domain.network_terms import PasswordProfile
from matcher.domain.passwords import REMEMBERED
from matcher.errors import InvalidFields
from matcher.store.queries.accounts import list_open_sign_ins
from matcher.usecases import accounts, signing_in
from web import doors
from web.auth import TOKEN, owes_password, public, signed_in, token_hash
from web.devices import device_name
from web.frame import home_of
from web.i18n import LANGUAGES
from web.labels import problems_by_field
from web.security import local_path

bp = Blueprint("account", __name__)
HALF = "half"


@bp.get("/login")
@public
def login() -> Any:
    if g.actor is not None:
        return redirect(local_path(request.args.get("next")) or "/", 303)
    return render_template("account/login.html", next=local_path(request.args.get("next")), username="", problem=None)


@bp.post("/login")
@public
def enter() -> Any:
    form, settings = request.form, doors.settings()
    username = form.get("username", "")[:80]
    target = local_path(form.get("next") or request.args.get("next"))
    result = signing_in.sign_in(username, form.get("password", ""), settings=settings, uow=doors.uow(), now=doors.now())
    if isinstance(result, signing_in.Refusal):
        problem = "locked" if result.locked else "wrong"
        page = render_template("account/login.html", next=target, username=username, problem=problem)
        return page, 429 if result.locked else 401
    if isinstance(result, signing_in.Half):
        return ask(result, target)
    begin(result)
    return redirect(target or home_of(result.role), 303)


def ask(half: signing_in.Half, target: str | None) -> Response:
    """To the page of the code; that the password was right is kept in the signed cookie, for a few minutes."""
    _fresh_session()
    session[HALF] = {"account": half.account_id, "print": half.password_print, "at": doors.now().isoformat()}
    return redirect(url_for("second_step.code", next=target), 303)


def begin(card: signing_in.SignInCard) -> None:
    """A new session for a new sign-in: nothing of the old one is kept but the language."""
    _fresh_session()
    session[TOKEN] = card.token
    signing_in.name_device(card.token, device_name(request.user_agent.string), uow=doors.uow())


def _fresh_session() -> None:
    chosen = session.get("locale")
    session.clear()
    if chosen in LANGUAGES:
        session["locale"] = chosen


@bp.post("/logout")
@public
def leave() -> Response:
    token = session.get(TOKEN)
    if token and g.actor is not None:
        signing_in.end_sign_in(token_hash(token), by=g.actor, uow=doors.uow(), now=doors.now())
    _fresh_session()
    flash(_("已退出。"))
    return redirect(url_for("account.login"), 303)


@bp.get("/account")
@signed_in
def show() -> str:
    return _page({})


def _page(errors: dict[str, str]) -> str:
    actor = doors.actor()
    with doors.db().read() as store:
        sign_ins = list_open_sign_ins(
            store,
            actor.account_id,
            this=g.sign_in.token_hash,
            at=doors.now(),
            session_hours=doors.settings().session_hours,
        )
    settings = doors.settings()
    return render_template(
        "account/show.html", sign_ins=sign_ins, errors=errors, username=g.sign_in.username, owes=owes_password(),
        is_strict=settings.password_profile is PasswordProfile.DENGBAO, days=settings.password_days,
        remembered=REMEMBERED, has_second_step=g.sign_in.has_second_step,
    )  # fmt: skip


@bp.post("/account/password")
@signed_in
def change_password() -> Any:
    form = request.form
    new = form.get("new_password", "")
    if new != form.get("repeat_password", ""):
        return _page({"repeat_password": _("两次写的不一样，请再写一遍")}), 422
    try:
        card = accounts.change_password(
            form.get("old_password", ""),
            new,
            by=doors.actor(),
            settings=doors.settings(),
            uow=doors.uow(),
            now=doors.now(),
        )
    except InvalidFields as error:
        return _page(problems_by_field(error)), 422
    begin(card)
    flash(_("密码已改。别处的登录都已结束。"))
    return redirect(url_for("account.show"), 303)


@bp.post("/account/sign-ins/<key>/end")
@signed_in
def end_sign_in(key: str) -> Response:
    signing_in.end_sign_in(key, by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("那一处登录已结束。"))
    return redirect(url_for("account.show"), 303)


@bp.post("/language")
@public
def choose_language() -> Response:
    """Kept in this browser and, for those signed in, with the account."""
    locale = request.form.get("locale", "")
    if locale in LANGUAGES:
        session["locale"] = locale
        if g.actor is not None:
            accounts.choose_language(locale, by=g.actor, uow=doors.uow(), now=doors.now())
    return redirect(local_path(request.form.get("next")) or "/", 303)
