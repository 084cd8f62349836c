"""The public notice of a hardship file (公示): masked name, union and class, and nothing else; objections to it.

Open to everybody who has the address. It comes down by itself after its last day.
"""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from matcher.errors import Conflict, InvalidFields, NotFound
from matcher.store.queries.hardship_files import find_notice
from matcher.usecases.file_visits import object_to_notice
from web import doors
from web.auth import public
from web.file_problem_words import REFUSALS
from web.forms.reading import Told, in_words
from web.labels import pick

bp = Blueprint("public_notices", __name__)


@bp.get("/notices/<token>")
@public
def show(token: str) -> str:
    return _page(token, was_sent=request.args.get("sent") == "yes")


@bp.post("/notices/<token>")
@public
def objection(token: str) -> Response | tuple[str, int]:
    told = Told(request.form)
    try:
        object_to_notice(token, told.text("text"), told.text("contact"), uow=doors.uow(), now=doors.now())
    except InvalidFields as refused:
        return _page(token, in_words({p.field: p for p in refused.problems})), 422
    except Conflict as refused:
        if refused.code not in REFUSALS:
            raise
        return _page(token, {"text": pick(REFUSALS[refused.code][1])}), 409
    return redirect(url_for("public_notices.show", token=token, sent="yes"), 303)


def _page(token: str, errors: dict[str, str] | None = None, *, was_sent: bool = False) -> str:
    with doors.db().read() as store:
        notice = find_notice(store, token, today=doors.today())
    if notice is None:
        raise NotFound()
    return render_template(
        "public_notices/show.html", notice=notice, errors=errors or {}, told=request.form, was_sent=was_sent
    )
