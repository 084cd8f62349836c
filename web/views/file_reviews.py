"""Acts on a hardship file: reviews, visits, the data check and its notice, objections, its later life."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.domain.access import Action
from matcher.domain.file_terms import CheckResult, FileAct, FileReturnReason, LeaveReason, ObjectionState
from matcher.errors import InvalidFields
from matcher.usecases import file_reviews, file_visits
from matcher.usecases.file_case import FileCard
from web import doors
from web.auth import requires
from web.forms import files as forms
from web.forms.reading import Told, in_words
from web.labels import label
from web.views.file_page import back, page

bp = Blueprint("file_reviews", __name__)
Answer = Response | tuple[str, int]
NAMES = {"choose_leave_reason": "leave_reason"}
"""Problems whose box has another name on the page than the use case gives it."""
LEAVING = {"renew": FileAct.RENEW, "out": FileAct.LEAVE_OUT, "eased": FileAct.LEAVE_EASED}


def _answer(file_id: int, act: Callable[[Told], FileCard], words: str | None = None, *, note: str = "note") -> Answer:
    """Take a step with what the form says; what is wrong stands beside the fields, everything else kept. `note` is
    the name of this form's note."""
    told = Told(request.form)
    try:
        card = act(told)
    except InvalidFields as refused:
        found = {NAMES.get(p.code, note if p.field == "note" else p.field): p for p in refused.problems} | told.problems
        return page(file_id, errors=in_words(found)), 422
    flash(words or _("%(case)s：%(state)s", case=card.case_code, state=label(card.state)))
    return back(file_id)


def _version(told: Told) -> int:
    return told.whole("version") or 0


@bp.post("/files/<int:file_id>/pass")
@requires(Action.REVIEW_FILES, of="hardship_file")
def pass_on(file_id: int) -> Answer:
    return _answer(
        file_id,
        lambda told: file_reviews.pass_file(
            file_id, seen_version=_version(told), note=told.text("note"), by=doors.actor(), uow=doors.uow(),
            now=doors.now(), rules=doors.file_rules(),
        ),
    )  # fmt: skip


@bp.post("/files/<int:file_id>/return")
@requires(Action.REVIEW_FILES, of="hardship_file")
def give_back(file_id: int) -> Answer:
    return _answer(
        file_id,
        lambda told: file_reviews.return_file(
            file_id, told.one("reason", FileReturnReason), told.text("return_note"), seen_version=_version(told),
            by=doors.actor(), uow=doors.uow(), now=doors.now(),
        ),
        note="return_note",
    )  # fmt: skip


@bp.post("/files/<int:file_id>/visit")
@requires(Action.VISIT_FAMILIES, of="hardship_file")
def visit(file_id: int) -> Answer:
    return _answer(
        file_id,
        lambda told: file_visits.record_visit(
            file_id,
            told.day("visited_on"),
            forms.read_findings(told),
            by=doors.actor(),
            uow=doors.uow(),
            now=doors.now(),
        ),
        _("入户记录已写好，等同去的另一位签认。"),
    )


@bp.post("/files/<int:file_id>/sign-visit")
@requires(Action.VISIT_FAMILIES, of="hardship_file")
def sign_visit(file_id: int) -> Answer:
    return _answer(
        file_id,
        lambda told: file_visits.sign_visit(
            file_id, seen_version=_version(told), by=doors.actor(), uow=doors.uow(), now=doors.now()
        ),
    )


@bp.post("/files/<int:file_id>/check")
@requires(Action.REVIEW_FILES, of="hardship_file")
def check(file_id: int) -> Answer:
    return _answer(
        file_id,
        lambda told: file_reviews.record_check(
            file_id, told.one("result", CheckResult), told.text("note"), seen_version=_version(told), by=doors.actor(),
            uow=doors.uow(), now=doors.now(), rules=doors.file_rules(),
        ),
    )  # fmt: skip


@bp.post("/files/<int:file_id>/objections/<int:objection_id>")
@requires(Action.REVIEW_FILES, of="hardship_file")
def answer_objection(file_id: int, objection_id: int) -> Answer:
    return _answer(
        file_id,
        lambda told: file_visits.answer_objection(
            file_id, objection_id, told.one("verdict", ObjectionState), told.text("answer"), by=doors.actor(),
            uow=doors.uow(), now=doors.now(),
        ),
    )  # fmt: skip


@bp.post("/files/<int:file_id>/national")
@requires(Action.REVIEW_FILES, of="hardship_file")
def certify(file_id: int) -> Answer:
    return _answer(
        file_id,
        lambda told: file_reviews.certify_national(
            file_id, told.text("national_number"), told.day("national_on"), seen_version=_version(told),
            by=doors.actor(), uow=doors.uow(), now=doors.now(),
        ),
        _("已登记全国级档案编号。"),
    )  # fmt: skip


@bp.post("/files/<int:file_id>/yearly")
@requires(Action.REVIEW_FILES, of="hardship_file")
def yearly(file_id: int) -> Answer:
    """The yearly review: stay on file, or leave it."""
    act = LEAVING.get(request.form.get("outcome", ""), FileAct.RENEW)
    rules = doors.file_rules()
    if act is FileAct.RENEW:
        return _answer(
            file_id,
            lambda told: file_reviews.renew_file(
                file_id, told.text("note"), seen_version=_version(told), by=doors.actor(), uow=doors.uow(),
                now=doors.now(), rules=rules,
            ),
            _("已续档，一年以后再复核。"),
        )  # fmt: skip
    return _answer(
        file_id,
        lambda told: file_reviews.leave_file(
            file_id, act, forms.read_months(told, rules.clocks.exit_months), told.text("note"),
            seen_version=_version(told), by=doors.actor(), uow=doors.uow(), now=doors.now(), rules=rules,
        ),
    )  # fmt: skip


@bp.post("/files/<int:file_id>/withdraw")
@requires(Action.REVIEW_FILES, of="hardship_file")
def withdraw(file_id: int) -> Answer:
    return _answer(
        file_id,
        lambda told: file_reviews.withdraw_file(
            file_id, told.one("leave_reason", LeaveReason), told.text("withdraw_note"), seen_version=_version(told),
            by=doors.actor(), uow=doors.uow(), now=doors.now(),
        ),
    )  # fmt: skip


@bp.post("/files/<int:file_id>/watch")
@requires(Action.VISIT_FAMILIES, of="hardship_file")
def watch(file_id: int) -> Answer:
    """A call to a family that left: all is well, or hardship is back."""
    return _answer(
        file_id,
        lambda told: file_reviews.watch_family(
            file_id, told.text("note"), has_relapsed=told.text("relapsed") == "yes", by=doors.actor(), uow=doors.uow(),
            now=doors.now(),
        ),
    )  # fmt: skip


@bp.post("/files/<int:file_id>/transfer")
@requires(Action.EDIT_FILES, of="hardship_file")
def transfer(file_id: int) -> Answer:
    return _answer(
        file_id,
        lambda told: file_reviews.ask_transfer(
            file_id, told.whole("to_unit_id"), seen_version=_version(told), by=doors.actor(), uow=doors.uow(),
            now=doors.now(),
        ),
        _("已请对方单位接收；对方接收以前，档案还在这里。"),
    )  # fmt: skip


@bp.post("/files/<int:file_id>/transfer/answer")
@requires(Action.EDIT_FILES, of="hardship_file")
def answer_transfer(file_id: int) -> Response:
    """By the union the file is offered to."""
    takes = request.form.get("takes") == "yes"
    card = file_reviews.answer_transfer(file_id, takes=takes, by=doors.actor(), uow=doors.uow(), now=doors.now())
    if not takes:
        flash(_("没有接收 %(case)s，档案留在原单位。", case=card.case_code))
        return redirect(url_for("files.listing"), 303)
    flash(_("已接收 %(case)s，连同没办完的需求。", case=card.case_code))
    return back(file_id)
