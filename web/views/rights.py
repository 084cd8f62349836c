"""What families ask about themselves: their own page, and the union's queue of answers."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.domain.access import Action, may
from matcher.domain.rights import RightsKind, RightsState
from matcher.domain.terms import DonorType
from matcher.errors import FieldProblem, InvalidFields
from matcher.store.queries import rights as reading
from matcher.store.queries.needs import find_household
from matcher.usecases import rights
from web import doors
from web.auth import requires
from web.forms.reading import Told, in_words

bp = Blueprint("rights", __name__)


@bp.get("/my/requests")
@requires(Action.SEE_OWN_NEEDS)
def own() -> str:
    return _own({})


@bp.post("/my/requests")
@requires(Action.SEE_OWN_NEEDS)
def ask_own() -> Any:
    told = Told(request.form)
    try:
        done = _ask(told, household_id=None)
    except InvalidFields as refused:
        return _own(in_words({p.field: p for p in refused.problems} | told.problems)), 422
    _say(done)
    return redirect(url_for("rights.own"), 303)


@bp.get("/rights")
@requires(Action.ANSWER_RIGHTS)
def listing() -> str:
    return _queue({})


@bp.post("/rights")
@requires(Action.ASK_RIGHTS)
def ask_for_family() -> Any:
    """For a family that came in person."""
    told = Told(request.form)
    with doors.db().read() as store:
        household_id = find_household(store, doors.actor(), told.text("case_code"))
    try:
        if household_id is None:
            raise InvalidFields([FieldProblem("case_code", "no_such_family")])
        done = _ask(told, household_id=household_id)
    except InvalidFields as refused:
        return _queue(in_words({p.field: p for p in refused.problems} | told.problems)), 422
    _say(done)
    return redirect(url_for("rights.listing"), 303)


@bp.post("/rights/<int:request_id>/answer")
@requires(Action.ANSWER_RIGHTS, of="rights_request")
def answer(request_id: int) -> Response | tuple[str, int]:
    told = Told(request.form)
    try:
        rights.answer(
            request_id, told.text("answer"), agreed={"yes": True, "no": False}.get(told.text("agreed")),
            seen_version=told.whole("version") or 0, by=doors.actor(), uow=doors.uow(), now=doors.now(),
            keep=doors.retention_rules(),
        )  # fmt: skip
    except InvalidFields as refused:
        return _queue(in_words({p.field: p for p in refused.problems}), at=request_id), 422
    flash(_("已答复，本人在自己的页面上能看到。"))
    return redirect(url_for("rights.listing"), 303)


def _ask(told: Told, *, household_id: int | None) -> rights.Asked:
    return rights.ask(
        told.one("kind", RightsKind), told.text("text"), donor_types=told.many("donor_types", DonorType),
        household_id=household_id, by=doors.actor(), uow=doors.uow(), now=doors.now(), rules=doors.file_rules(),
    )  # fmt: skip


def _say(done: rights.Asked) -> None:
    if done.ended:
        flash(_("已记下。同意从现在起不再有效，还没有定下来的 %(num)s 条建议已经撤下。", num=done.ended))
    else:
        flash(_("已记下，会在 %(days)s 个工作日以内答复。", days=doors.file_rules().clocks.answer_working_days))


def _own(errors: dict[str, str]) -> str:
    with doors.db().read() as store:
        lines = reading.own_requests(store, doors.actor())
        consent = reading.own_consent(store, doors.actor())
    return render_template(
        "rights/own.html", lines=lines, consent=consent, errors=errors, told=request.form, **_choices()
    )


def _queue(errors: dict[str, str], *, at: int = 0) -> str:
    actor = doors.actor()
    state = RightsState.ANSWERED if request.args.get("done") == "1" else RightsState.OPEN
    with doors.db().read() as store:
        lines = reading.list_requests(store, actor, state=state)
    return render_template(
        "rights/listing.html", lines=lines, done=state is RightsState.ANSWERED, errors=errors, at=at,
        told=request.form, may_ask=may(actor, Action.ASK_RIGHTS), today=doors.today(), keep=doors.retention_rules(),
        **_choices(),
    )  # fmt: skip


def _choices() -> dict[str, Any]:
    return {"kinds": list(RightsKind), "donor_types": list(DonorType)}
