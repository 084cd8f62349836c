"""What was done and looked at: ids and codes only; and whether that record is whole."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from matcher.domain.access import Action
from matcher.store.queries.accounts import list_trail
from matcher.store.queries.trail import ACCEPTED, CHECKED, last_of
from matcher.usecases.audit import check_as_auditor, ring_of
from web import audit_words, doors, paging
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
        checked, accepted = last_of(store, CHECKED), last_of(store, ACCEPTED)
    return render_template(
        "audit/trail.html", lines=lines, total=total, page=asked.page, last=asked.last(total), kind=kind, told=told,
        checked=checked, accepted=accepted, verdict=audit_words.told, remarks=audit_words.remarks,
    )  # fmt: skip


@bp.post("/audit/verify")
@requires(Action.SEE_AUDIT)
def verify() -> Response:
    check_as_auditor(by=doors.actor(), ring=ring_of(doors.settings()), uow=doors.uow(), now=doors.now())
    return redirect(url_for("audit.trail"))
