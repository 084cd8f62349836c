"""Inviting people to their accounts, and the page behind the link."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.domain.access import Action
from matcher.domain.terms import Role
from matcher.errors import InvalidFields
from matcher.store.queries.invitations import find_invitation
from matcher.store.queries.needs import units_below
from matcher.usecases import invitations
from web import doors
from web.auth import public, requires, token_hash
from web.forms.reading import Told
from web.frame import home_of
from web.labels import label, problems_by_field
from web.views.account import begin

bp = Blueprint("invitations", __name__)


@bp.get("/accounts/invite")
@requires(Action.SEE_ACCOUNTS)
def new() -> str:
    return _form()


@bp.post("/accounts/invite")
@requires(Action.SEE_ACCOUNTS)
def invite() -> Any:
    told = Told(request.form)
    asked = invitations.InvitationInput(
        role=told.one("role", Role), display_name=told.text("display_name"), unit_id=told.whole("unit_id"),
        code=told.text("code"), id_card=told.text("id_card"),
    )  # fmt: skip
    try:
        made = invitations.invite(asked, by=doors.actor(), uow=doors.uow(), now=doors.now())
    except InvalidFields as error:
        return _form(told.errors(error.problems), request.form), 422
    link = url_for("invitations.show", token=made.token, _external=True)
    return render_template("accounts/invited.html", link=link, name=asked.display_name, expires_at=made.expires_at)


def _form(errors: dict[str, str] | None = None, told: Any = None) -> str:
    with doors.db().read() as store:
        units = units_below(store, doors.actor())
    roles = [("", _("请选"))] + [(role.value, label(role)) for role in Role]
    return render_template("accounts/invite.html", errors=errors or {}, told=told or {}, units=units, roles=roles)


@bp.post("/accounts/invitations/<int:invitation_id>/cancel")
@requires(Action.SEE_ACCOUNTS, of="invitation")
def cancel(invitation_id: int) -> Response:
    invitations.cancel_invitation(invitation_id, by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("邀请已收回，那个链接不能用了。"))
    return redirect(url_for("accounts.listing"), 303)


@bp.get("/invitations/<token>")
@public
def show(token: str) -> str:
    return _page(token, {}, "")


@bp.post("/invitations/<token>")
@public
def accept(token: str) -> Any:
    form = request.form
    username, password = form.get("username", "")[:80], form.get("password", "")
    if password != form.get("repeat_password", ""):
        return _page(token, {"repeat_password": _("两次写的不一样，请再写一遍")}, username), 422
    try:
        card = invitations.accept_invitation(
            token, username, password, settings=doors.settings(), uow=doors.uow(), now=doors.now()
        )
    except InvalidFields as error:
        return _page(token, problems_by_field(error), username), 422
    begin(card)
    flash(_("账号开好了，以后用这个账号和密码登录。"))
    return redirect(home_of(card.role), 303)


def _page(token: str, errors: dict[str, str], username: str) -> str:
    with doors.db().read() as store:
        line = find_invitation(store, token_hash(token), at=doors.now())
    if line is None:
        abort(404)
    return render_template("accounts/accept.html", line=line, errors=errors, username=username, token_word=token)
