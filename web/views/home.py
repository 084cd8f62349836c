"""`/` leads everyone to where their day begins."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from web import doors
from web.auth import signed_in
from web.frame import home_of

bp = Blueprint("home", __name__)


@bp.get("/")
@signed_in
def start() -> Response:
    return redirect(home_of(doors.actor().role) or url_for("account.show"), 303)
