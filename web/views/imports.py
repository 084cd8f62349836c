"""Tables in: a template to fill in, an upload, a look at what would be written, and then the writing."""

import io

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.domain.access import Action, may
from matcher.domain.terms import ImportKind
from matcher.errors import NotPermitted, RefusedInput
from matcher.usecases import imports as usecases
from web import doors, template_columns
from web.auth import requires
from web.exports import XLSX_TYPE, download
from web.forms import imports as forms
from web.frame import stands
from web.template_files import write_template

bp = Blueprint("imports", __name__)
TEMPLATES = {
    ImportKind.NEEDS: template_columns.need_template,
    ImportKind.FAMILIES: template_columns.family_template,
    ImportKind.OFFERS: template_columns.offer_template,
}
SHOWN_PROBLEMS = 200


@bp.get("/imports/<kind>")
@requires(Action.EDIT_NEEDS, Action.EDIT_OFFERS)
def start(kind: str) -> str:
    return _start(_kind(kind))


@bp.get("/imports/<kind>/template")
@requires(Action.EDIT_NEEDS, Action.EDIT_OFFERS)
def template(kind: str) -> Response:
    """An empty table with headings, hints and lists."""
    known = _kind(kind)
    columns, examples = TEMPLATES[known]()
    body = io.BytesIO(write_template(columns, examples, title=_words(known)))
    response = send_file(body, XLSX_TYPE, as_attachment=True, download_name=f"{known}-template.xlsx", max_age=0)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/imports/<kind>")
@requires(Action.EDIT_NEEDS, Action.EDIT_OFFERS)
def upload(kind: str) -> Response | tuple[str, int]:
    known = _kind(kind)
    sent = forms.uploaded()
    if isinstance(sent, str):
        return _start(known, forms.file_sentence(sent, {})), 422
    try:
        look = usecases.preview_import(
            known, *sent, reference=forms.reference(), by=doors.actor(), uow=doors.uow(), now=doors.now()
        )
    except RefusedInput as refused:
        return _start(known, forms.file_sentence(refused.code, refused.params)), 422
    return redirect(url_for("imports.show", batch_id=look.batch_id), 303)


@bp.get("/imports/<int:batch_id>")
@requires(Action.EDIT_NEEDS, Action.EDIT_OFFERS, of="import_batch")
def show(batch_id: int) -> str | Response:
    try:
        look = _look(batch_id)
    except RefusedInput as refused:
        flash(forms.file_sentence(refused.code, refused.params), "error")
        return redirect("/", 303)
    return render_template(
        "imports/show.html",
        look=look,
        words=_words(look.kind),
        remedy=forms.remedy,
        problems=look.problems[:SHOWN_PROBLEMS],
        listing=_listing(look.kind),
    )


@bp.get("/imports/<int:batch_id>/problems")
@requires(Action.EDIT_NEEDS, Action.EDIT_OFFERS, of="import_batch")
def problems(batch_id: int) -> Response:
    """All rows that need a correction, as a file to work through."""
    look = _look(batch_id)
    return download(
        forms.problem_columns(),
        forms.problem_cells(look.problems),
        kind="csv",
        name=f"{look.kind}-problems",
        title=_("要改的行"),
        demo=doors.house().is_demo,
    )


@bp.post("/imports/<int:batch_id>/confirm")
@requires(Action.EDIT_NEEDS, Action.EDIT_OFFERS, of="import_batch")
def confirm(batch_id: int) -> Response:
    try:
        look = usecases.confirm_import(
            batch_id, reference=forms.reference(), by=doors.actor(), uow=doors.uow(), now=doors.now()
        )
    except RefusedInput as refused:
        flash(forms.file_sentence(refused.code, refused.params), "error")
        return redirect("/", 303)
    flash(_("已写入 %(good)s 行。", good=look.good))
    return redirect(url_for("imports.show", batch_id=batch_id), 303)


@bp.post("/imports/<int:batch_id>/drop")
@requires(Action.EDIT_NEEDS, Action.EDIT_OFFERS, of="import_batch")
def drop(batch_id: int) -> Response:
    kind = usecases.drop_import(batch_id, by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("没有写入，上传的内容已删除。"))
    return redirect(url_for("imports.start", kind=kind.value), 303)


def _look(batch_id: int) -> usecases.Look:
    if batch_id >= 2**31:
        abort(404)
    return usecases.show_import(
        batch_id, reference=forms.reference(), by=doors.actor(), uow=doors.uow(), now=doors.now()
    )


def _kind(text: str) -> ImportKind:
    kind = forms.kind_of(text)
    if kind is None:
        abort(404)
    if not may(g.actor, usecases.ACTIONS[kind]):
        raise NotPermitted()
    return kind


def _words(kind: ImportKind) -> str:
    return {
        ImportKind.NEEDS: _("需求"),
        ImportKind.FAMILIES: _("困难家庭"),
        ImportKind.OFFERS: _("资源"),
    }[kind]


def _listing(kind: ImportKind) -> str:
    path = {ImportKind.NEEDS: "/needs", ImportKind.FAMILIES: "/files", ImportKind.OFFERS: "/offers"}[kind]
    return path if stands(path) else "/"


def _start(kind: ImportKind, error: str = "") -> str:
    columns, _examples = TEMPLATES[kind]()
    return render_template(
        "imports/start.html",
        kind=kind,
        words=_words(kind),
        errors={"file": error} if error else {},
        columns=columns,
        listing=_listing(kind),
        is_donor=request.path.startswith("/imports/offers") and doors.actor().donor_id is not None,
    )
