"""The effective settings, secrets hidden."""

from flask import Blueprint, render_template

from matcher.domain.access import Action
from web import doors
from web.auth import requires
from web.setting_words import effective

bp = Blueprint("settings", __name__)


@bp.get("/settings")
@requires(Action.SEE_SETTINGS)
def show() -> str:
    return render_template("settings/show.html", lines=effective(doors.settings()))
