"""The accounts of the house, for the security administrator: no case data here."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.domain.access import Action
from matcher.store.queries.accounts import list_accounts
from matcher.store.queries.invitations import list_open_invitations
from matcher.usecases import accounts, second_factor
from web import doors, paging
from web.auth import requires

bp = Blueprint("accounts", __name__)


@bp.get("/accounts")
@requires(Action.SEE_ACCOUNTS)
def listing() -> str:
    words = request.args.get("q", "").strip()[:40]
    asked = paging.asked()
    with doors.db().read() as store:
        lines, total = list_accounts(
            store,
            doors.actor(),
            at=doors.now(),
            session_hours=doors.settings().session_hours,
            words=words,
            limit=asked.size,
            offset=asked.offset,
        )
        invitations = list_open_invitations(store, doors.actor(), at=doors.now())
    return render_template(
        "accounts/listing.html", lines=lines, total=total, page=asked.page, last=asked.last(total), words=words,
        invitations=invitations,
    )  # fmt: skip


@bp.post("/accounts/<username>/stop")
@requires(Action.SEE_ACCOUNTS, of="account")
def stop(username: str) -> Response:
    accounts.set_active(username, False, by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("%(name)s 已停用，登录也已结束。", name=username))
    return _back()


@bp.post("/accounts/<username>/start")
@requires(Action.SEE_ACCOUNTS, of="account")
def start(username: str) -> Response:
    accounts.set_active(username, True, by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("%(name)s 可以登录了。", name=username))
    return _back()


@bp.post("/accounts/<username>/unlock")
@requires(Action.SEE_ACCOUNTS, of="account")
def unlock(username: str) -> Response:
    accounts.unlock(username, by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("%(name)s 已解除锁定。", name=username))
    return _back()


@bp.post("/accounts/<username>/password")
@requires(Action.SEE_ACCOUNTS, of="account")
def reset(username: str) -> str:
    """The new password is shown once, on this answer only; it is kept nowhere."""
    password = accounts.fresh_password()
    accounts.reset_password(username, password, by=doors.actor(), uow=doors.uow(), now=doors.now())
    return render_template("accounts/reset.html", username=username, password=password)


@bp.post("/accounts/<username>/end-sign-ins")
@requires(Action.SEE_ACCOUNTS, of="account")
def end_sign_ins(username: str) -> Response:
    ended = accounts.end_sign_ins(username, by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("%(name)s 的 %(num)s 处登录已结束。", name=username, num=ended))
    return _back()


@bp.post("/accounts/<username>/second-step/off")
@requires(Action.SEE_ACCOUNTS, of="account")
def take_away_second_step(username: str) -> Response:
    second_factor.take_away(username, by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("%(name)s 的两步登录已取消，登录也已结束。", name=username))
    return _back()


def _back() -> Response:
    return redirect(url_for("accounts.listing", **paging.kept()), 303)
