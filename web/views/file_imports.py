"""Hardship files from a table: upload, watch the check, read what it found, have the good rows written."""

import io
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.domain.access import Action, may
from matcher.domain.file_terms import FileImportState
from matcher.errors import InvalidFields, RefusedInput
from matcher.usecases import file_import as usecases
from matcher.usecases.file_export import export_files
from web import doors
from web.auth import requires
from web.exports import XLSX_TYPE, download
from web.file_columns import column_words, export_columns, file_template, grouped_titles
from web.forms import imports as forms
from web.forms.people import reveal_purpose
from web.labels import code_text
from web.template_files import write_template

bp = Blueprint("file_imports", __name__)
SHOWN_PROBLEMS = 200


@bp.context_processor
def words() -> dict[str, Any]:
    return {"remedy": forms.remedy, "stage_word": _stage_word}


@bp.get("/files/import")
@requires(Action.EDIT_FILES, Action.TAKE_OVER_FILES)
def start() -> str:
    return _start()


@bp.get("/files/import/template")
@requires(Action.EDIT_FILES, Action.TAKE_OVER_FILES)
def template() -> Response:
    """An empty table with headings, hints and lists."""
    columns, examples = file_template()
    body = io.BytesIO(write_template(columns, examples, title=_("困难职工档案")))
    response = send_file(body, XLSX_TYPE, as_attachment=True, download_name="files-template.xlsx", max_age=0)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/files/import")
@requires(Action.EDIT_FILES, Action.TAKE_OVER_FILES)
def upload() -> Response | tuple[str, int]:
    sent = forms.uploaded()
    if isinstance(sent, str):
        return _start(forms.file_sentence(sent, {})), 422
    try:
        import_id, job_id = usecases.receive_files(*sent, by=doors.actor(), uow=doors.uow(), now=doors.now())
    except RefusedInput as refused:
        return _start(forms.file_sentence(refused.code, refused.params)), 422
    doors.wake(job_id)
    return redirect(url_for("file_imports.show", import_id=import_id), 303)


@bp.get("/files/import/<int:import_id>")
@requires(Action.EDIT_FILES, Action.TAKE_OVER_FILES, of="file_import")
def show(import_id: int) -> str:
    look = _look(import_id)
    return render_template(
        "file_imports/show.html",
        look=look,
        problems=look.problems[:SHOWN_PROBLEMS],
        refusal=forms.file_sentence(*look.refusal) if look.refusal else "",
        columns=column_words() if look.unknown else {},
        error=(code_text(look.error, {}) or _("没有办完。")) if look.error else "",
    )


@bp.get("/files/import/<int:import_id>/progress")
@requires(Action.EDIT_FILES, Action.TAKE_OVER_FILES, of="file_import")
def progress(import_id: int) -> Response:
    """The card of the worker's progress, asked for every two seconds; when it has ended the page is loaded anew."""
    look = _look(import_id)
    answer = make_response(render_template("file_imports/_job.html", look=look) if look.is_working else "")
    if not look.is_working:
        answer.headers["HX-Refresh"] = "true"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/files/import/<int:import_id>/problems")
@requires(Action.EDIT_FILES, Action.TAKE_OVER_FILES, of="file_import")
def problems(import_id: int) -> Response:
    """Every cell that needs a correction, as a file to work through."""
    cells = forms.problem_cells(_look(import_id).problems)
    title, demo = _("要改的行"), doors.house().is_demo
    return download(forms.problem_columns(), cells, kind="csv", name="files-problems", title=title, demo=demo)


@bp.post("/files/import/<int:import_id>/columns")
@requires(Action.EDIT_FILES, Action.TAKE_OVER_FILES, of="file_import")
def columns(import_id: int) -> Response:
    """What headings mean, remembered for this unit; the table is checked again."""
    told = {}
    for number, heading in enumerate(_look(import_id).unknown):
        column = request.form.get(f"column_{number}", "")
        if column:
            told[heading] = "" if column == "-" else column
    try:
        job_id = usecases.check_again(import_id, told, by=doors.actor(), uow=doors.uow(), now=doors.now())
    except (InvalidFields, RefusedInput) as refused:
        flash(code_text(refused.code, {}) or _("请从列表里选。"), "error")
    else:
        doors.wake(job_id)
    return redirect(url_for("file_imports.show", import_id=import_id), 303)


@bp.post("/files/import/<int:import_id>/confirm")
@requires(Action.EDIT_FILES, Action.TAKE_OVER_FILES, of="file_import")
def confirm(import_id: int) -> Response:
    try:
        job_id = usecases.confirm_files(import_id, by=doors.actor(), uow=doors.uow(), now=doors.now())
    except RefusedInput as refused:
        flash(forms.file_sentence(refused.code, refused.params), "error")
        return redirect(url_for("file_imports.start"), 303)
    if job_id is not None:
        doors.wake(job_id)
    return redirect(url_for("file_imports.show", import_id=import_id), 303)


@bp.post("/files/import/<int:import_id>/drop")
@requires(Action.EDIT_FILES, Action.TAKE_OVER_FILES, of="file_import")
def drop(import_id: int) -> Response:
    state = usecases.drop_files(import_id, by=doors.actor(), uow=doors.uow(), now=doors.now())
    if state is FileImportState.DROPPED:
        flash(_("没有写入，上传的内容已删除。"))
        return redirect(url_for("file_imports.start"), 303)
    flash(_("正在停下：写过的行会留着，其余的没有写。"))
    return redirect(url_for("file_imports.show", import_id=import_id), 303)


@bp.post("/files/export")
@requires(Action.EDIT_FILES)
def export() -> Response:
    """The files of one's own union and below in the import's columns; what for is asked, and every file is noted."""
    try:
        rows = export_files(reveal_purpose(), by=doors.actor(), uow=doors.uow(), now=doors.now())
    except (InvalidFields, RefusedInput) as refused:
        code = refused.problems[0].code if isinstance(refused, InvalidFields) else refused.code
        flash(code_text(code, refused.params if isinstance(refused, RefusedInput) else {}), "error")
        return redirect(url_for("file_imports.start"), 303)
    demo = doors.house().is_demo
    return download(export_columns(), rows, kind="xlsx", name="hardship-files", title=_("困难职工档案"), demo=demo)


def _look(import_id: int) -> usecases.FilesLook:
    return usecases.show_files(import_id, by=doors.actor(), uow=doors.uow())


def _stage_word(look: usecases.FilesLook) -> str:
    return {"read": _("读文件"), "judge": _("逐行核对"), "write": _("逐行写入")}.get(look.stage, _("排队"))


def _start(error: str = "") -> str:
    return render_template(
        "file_imports/start.html",
        errors={"file": error} if error else {},
        columns=grouped_titles(),
        may_export=may(doors.actor(), Action.EDIT_FILES),
        may_take_over=may(doors.actor(), Action.TAKE_OVER_FILES),
    )
