"""One hardship file: where it stands, what comes next and who does it; a look in the clear; forms to print."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.domain import file_terms as f
from matcher.domain.access import Action, may
from matcher.domain.file_terms import TAKEN_OVER, FileAct, FileState, Section
from matcher.domain.screening import screen
from matcher.errors import InvalidFields
from matcher.store.queries import hardship_files as reading
from matcher.store.queries.units import taking_units
from matcher.usecases import filing
from matcher.usecases.file_view import view_file
from matcher.usecases.file_visits import FINDINGS, findings_of
from web import doors, file_class_words
from web.auth import requires
from web.file_field_words import FINDING_WORDS
from web.file_problem_words import REFUSALS
from web.file_rows import box_word, member_rows, section_rows
from web.forms import files as forms
from web.labels import label, pick, problem_text

bp = Blueprint("file_page", __name__)
bp.add_app_template_filter(box_word)
SHEETS = ("file", "visit", "authorisation", "consent", "notice")
PASSES = (FileAct.PASS_FIRST, FileAct.PASS_COUNTY, FileAct.PASS_CITY)
Told = Mapping[Section, Mapping[str, Any]]


@bp.get("/files/<int:file_id>")
@requires(Action.SEE_FILES, of="hardship_file")
def show(file_id: int) -> str:
    return page(file_id)


@bp.post("/files/<int:file_id>/reveal")
@requires(Action.REVEAL_PERSON, of="hardship_file")
def reveal(file_id: int) -> str:
    """Everything that was filled in, on this answer only; the look is written down."""
    return page(file_id, clear=_clear(file_id))


def _clear(file_id: int) -> Told:
    found = filing.read_sections(file_id, by=doors.actor(), uow=doors.uow(), now=doors.now())
    return {section: values for section, (_revision, values) in found.items()}


def page(file_id: int, *, errors: dict[str, str] | None = None, clear: Told | None = None) -> str:
    if file_id >= 2**31:
        abort(404)
    actor, rules = doors.actor(), doors.file_rules()
    with doors.db().read() as store:
        detail = reading.get_file(store, actor, file_id)
        units = taking_units(store) if may(actor, Action.EDIT_FILES) else []
    view = view_file(file_id, by=actor, database=doors.db(), rules=rules)
    return render_template(
        "files/show.html",
        detail=detail,
        file=detail.file,
        household=detail.household,
        view=view,
        told=request.form if request.method == "POST" else {},
        errors=errors or {},
        clear=clear,
        contents=contents(clear or view.told),
        acts={act.value for act, problem in view.acts.items() if problem is None},
        refusals=_refusals(view.acts),
        passes=next((act for act in PASSES if view.acts.get(act, "") is None), None),
        next_words=next_words(detail),
        may_edit=may(actor, Action.EDIT_FILES),
        may_reveal=may(actor, Action.REVEAL_PERSON),
        may_plan=may(actor, Action.SEE_PLANS),
        transfer_units=[(unit_id, name) for unit_id, name in units if unit_id != detail.file.unit_id],
        reason_word=reason_word,
        today=doors.today(),
        months=forms.month_words(doors.today(), rules.clocks.exit_months),
        line_yuan=rules.classes.line_fen // 100,
        terms=f,
        screen=screen,
        findings=findings_of,
        finding_words={name: pick(FINDING_WORDS[name]) for name in FINDINGS},
        class_words=file_class_words,
        sheets=sheet_words(),
    )


def contents(told: Told) -> list[tuple[Section, list[tuple[str, str]], Any]]:
    """(step, its rows, its table of members or None) of every step that was saved."""
    return [
        (
            section,
            section_rows(section, told[section]),
            member_rows(told[section]) if section is Section.MEMBERS else None,
        )
        for section in Section
        if section in told
    ]


def _refusals(acts: Mapping[FileAct, str | None]) -> list[str]:
    """Why somebody else must take a step that this person's role usually takes."""
    codes = dict.fromkeys(problem for problem in acts.values() if problem and problem != "wrong_unit")
    return [pick(REFUSALS[code][0]) for code in codes]


def next_words(detail: reading.FileDetail) -> str:
    """What the file waits for, and for whom."""
    signed = bool(detail.visits) and detail.visits[-1][0].signed_at is not None
    return {
        FileState.DRAFT: _("填好每一步、传齐材料，然后提交。"),
        FileState.RETURNED: _("按退回的理由补正以后再提交。"),
        FileState.FIRST_REVIEW: _("等基层工会初审：由没有填写过它的同事来审。"),
        FileState.VISIT: _("等两位同事入户：一位写记录，另一位签认。")
        if not detail.visits or signed
        else _("入户记录写好了，等同去的另一位签认。"),
        FileState.CHECK: _("等县级、产业工会做经济状况核对；核对以后开始公示。"),
        FileState.NOTICE: _("公示中；公示期满、异议都有答复以后，县级工会复核。"),
        FileState.CITY_REVIEW: _("等市总工会审批。"),
        FileState.ACTIVE: _("在档。到期做年度复核：续档、脱困或解困。"),
        FileState.OUT: _("已脱困。回访期内还会打电话问一问。"),
        FileState.EASED: _("已解困。常态帮扶还在，回访期内还会问一问。"),
        FileState.WITHDRAWN: _("已退档，内容和经过都留着。"),
    }[detail.file.state]


def submit_errors(file_id: int, refused: InvalidFields) -> dict[str, str]:
    """What is still missing, each with a link to its step; the names of steps and boxes are said."""
    found: dict[str, str] = {}
    for problem in refused.problems:
        section, _dot, name = problem.field.partition(".")
        if name:
            found[problem.field] = f"{label(section, Section)} · {box_word(name)}{_('：')}{problem_text(problem)}"
        else:
            found[problem.field] = problem_text(problem)
    return found


REASONS: dict[FileAct, type[StrEnum]] = {
    FileAct.RETURN: f.FileReturnReason,
    FileAct.UPHOLD: f.FileReturnReason,
    FileAct.CHECK: f.CheckResult,
    FileAct.WITHDRAW: f.LeaveReason,
}


def reason_word(step: reading.PastStep) -> str:
    """Why a step was taken, in words."""
    if step.reason == TAKEN_OVER:
        return _("从别的系统接收，原来已批准")
    return label(step.reason, REASONS.get(step.act)) if step.reason else ""


def back(file_id: int) -> Response:
    return redirect(url_for("file_page.show", file_id=file_id), 303)


# ── forms to print ─────────────────────────────────────────────────────────────────────────────────────────────


def sheet_words() -> dict[str, str]:
    return {
        "file": _("困难职工档案表"),
        "visit": _("入户调查表"),
        "authorisation": _("核对授权书"),
        "consent": _("知情同意书"),
        "notice": _("公示"),
    }


@bp.get("/files/<int:file_id>/print/<sheet>")
@requires(Action.REVEAL_PERSON, of="hardship_file")
def print_sheet(file_id: int, sheet: str) -> str:
    """A form on A4 for signature and stamp. All but the notice hold names, so the look is written down."""
    if sheet not in SHEETS or file_id >= 2**31:
        abort(404)
    with doors.db().read() as store:
        detail = reading.get_file(store, doors.actor(), file_id)
    rules = doors.file_rules()
    told = {} if sheet == "notice" else _clear(file_id)
    return render_template(
        f"files/print_{sheet}.html",
        sheet=sheet,
        sheet_title=sheet_words()[sheet],
        detail=detail,
        file=detail.file,
        household=detail.household,
        told=told,
        person=told.get(Section.PERSON, {}),
        contents=contents(told),
        view=view_file(file_id, by=doors.actor(), database=doors.db(), rules=rules),
        class_words=file_class_words,
        today=doors.today(),
        visit=detail.visits[-1] if detail.visits else None,
        findings=findings_of,
        finding_words={name: pick(FINDING_WORDS[name]) for name in FINDINGS},
        notice_days=rules.clocks.notice_working_days,
        terms=f,
        people=1 + len(told.get(Section.MEMBERS, {}).get("members", [])),
    )
