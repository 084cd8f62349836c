"""What was done and looked at: ids and codes only."""

from flask import Blueprint, render_template, request

from matcher.domain.access import Action
from matcher.store.queries.accounts import list_trail
from web import doors, paging
from web.auth import requires
from web.labels import OBJECTS
from web.trail_words import told

bp = Blueprint("audit", __name__)


@bp.get("/audit")
@requires(Action.SEE_AUDIT)
def trail() -> str:
    kind = request.args.get("of", "")
    kind = kind if kind in OBJECTS else ""
    asked = paging.asked()
    with doors.db().read() as store:
        lines, total = list_trail(store, doors.actor(), object_type=kind, limit=asked.size, offset=asked.offset)
    return render_template(
        "audit/trail.html", lines=lines, total=total, page=asked.page, last=asked.last(total), kind=kind, told=told
    )
