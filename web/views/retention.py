"""What is to be erased, and when: the list, holding and releasing."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from matcher.domain.access import Action, may
from matcher.domain.retention import ErasureState
from matcher.errors import InvalidFields
from matcher.store.queries import retention as reading
from matcher.usecases import retention as acts
from web import doors
from web.auth import requires
from web.forms.reading import Told

bp = Blueprint("retention", __name__)


@bp.get("/retention")
@requires(Action.SEE_ERASURES)
def listing() -> str:
    return _listing({})


def _listing(errors: dict[str, str], *, at: int = 0) -> str:
    actor, asked = doors.actor(), request.args.get("state", "")
    state = ErasureState(asked) if asked in set(ErasureState) else ErasureState.ANNOUNCED
    with doors.db().read() as store:
        counts = reading.count_erasures(store, actor)
        lines = reading.list_erasures(store, actor, state=state)
    return render_template(
        "retention/listing.html", lines=lines, counts=counts, state=state, states=list(ErasureState), errors=errors,
        at=at, told=request.form, rules=doors.retention_rules(), today=doors.today(),
        may_hold=may(actor, Action.HOLD_ERASURES),
    )  # fmt: skip


@bp.post("/retention/<int:erasure_id>/hold")
@requires(Action.HOLD_ERASURES, of="erasure")
def hold(erasure_id: int) -> Any:
    told = Told(request.form)
    _known(erasure_id)
    until = told.day("until")
    try:
        acts.hold_erasure(
            erasure_id, until, told.text("note"), seen_version=told.whole("version") or 0, by=doors.actor(),
            uow=doors.uow(), now=doors.now(),
        )  # fmt: skip
    except InvalidFields as refused:
        return _listing(told.errors(refused.problems), at=erasure_id), 422
    flash(_("已暂缓，到期以后会重新列入待销毁。"))
    return redirect(url_for("retention.listing", state=ErasureState.HELD), 303)


@bp.post("/retention/<int:erasure_id>/release")
@requires(Action.HOLD_ERASURES, of="erasure")
def release(erasure_id: int) -> Any:
    _known(erasure_id)
    acts.release_erasure(
        erasure_id, seen_version=Told(request.form).whole("version") or 0, by=doors.actor(), uow=doors.uow(),
        now=doors.now(), rules=doors.retention_rules(),
    )  # fmt: skip
    flash(_("已重新列入待销毁。"))
    return redirect(url_for("retention.listing"), 303)


def _known(erasure_id: int) -> None:
    if erasure_id >= 2**31:
        abort(404)
