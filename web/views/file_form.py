"""Filling in a hardship file: beginning it, its steps that save themselves, its papers, sending it in."""

from typing import Any

from flask import Blueprint, abort, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from matcher.domain import file_life as life
from matcher.domain.access import Action
from matcher.domain.file_terms import EvidenceKind, FileState, Section
from matcher.domain.terms import HardshipClass
from matcher.errors import InvalidFields, WrongState
from matcher.store.queries import needs as family_queries
from matcher.store.queries.hardship_files import family_without_file, get_file
from matcher.usecases import file_evidence, filing
from matcher.usecases.file_fields import FIELDS, LARGEST_FAMILY, MEMBER, Kind, section_problems, warnings
from matcher.usecases.file_view import view_file
from web import doors, file_class_words
from web.auth import requires
from web.file_field_words import FIELD_WORDS
from web.file_rows import box_word
from web.forms import files as forms
from web.forms.needs import known_areas
from web.forms.reading import Told, in_words
from web.labels import code_text, label, pick
from web.views import file_page

bp = Blueprint("file_form", __name__)
SECTIONS = list(Section)
Answer = Response | tuple[str, int] | str


@bp.get("/files/open")
@requires(Action.EDIT_FILES)
def begin() -> str:
    return _beginning(MultiDict({"case": request.args.get("case", "")[:24]}))


@bp.post("/files/open")
@requires(Action.EDIT_FILES)
def open_file() -> Answer:
    told = Told(request.form)
    family = _family(told.text("case"))
    try:
        card = filing.open_hardship_file(
            {"name": told.text("name"), "id_card": told.text("id_card")},
            unit_id=told.whole("unit_id"),
            household_id=family.id if family else None,
            by=doors.actor(),
            uow=doors.uow(),
            now=doors.now(),
            areas=known_areas(),
        )
    except InvalidFields as refused:
        errors = in_words({p.field: p for p in refused.problems}, ("name", "id_card"))
        return _beginning(request.form, errors), 422
    flash(_("已建立草稿 %(case)s。每一步都会自动保存，可以随时离开。", case=card.case_code))
    return redirect(url_for("file_form.step", file_id=card.id, section=Section.PERSON.value), 303)


def _family(case_code: str) -> Any:
    if not case_code:
        return None
    with doors.db().read() as store:
        return family_without_file(store, doors.actor(), case_code)


def _beginning(told: MultiDict[str, str], errors: dict[str, str] | None = None) -> str:
    with doors.db().read() as store:
        units = family_queries.units_below(store, doors.actor())
    family = _family(told.get("case", ""))
    return render_template("files/open.html", told=told, errors=errors or {}, units=units, family=family)


@bp.get("/files/<int:file_id>/form/<section>")
@requires(Action.EDIT_FILES, of="hardship_file")
def step(file_id: int, section: str) -> str:
    wanted = _section(section)
    _revision, told = _stored(file_id, wanted)
    return _step(file_id, wanted, told)


@bp.post("/files/<int:file_id>/form/<section>")
@requires(Action.EDIT_FILES, of="hardship_file")
def save(file_id: int, section: str) -> Answer:
    """Save one step: a button goes on to the next one, a change saves in the background and stays."""
    wanted, form = _section(section), request.form
    form = forms.without_blank_rows(form) if wanted is Section.MEMBERS else form
    told, in_background = Told(form), bool(request.headers.get("X-Autosave"))
    values = forms.read_section(wanted, told)
    areas = known_areas()
    more = section_problems(wanted, values, today=doors.today(), areas=areas) if told.problems else ()
    if errors := told.errors(more, forms.order_of(wanted)):
        return _wrong(file_id, wanted, form, errors)
    try:
        filing.save_section(
            file_id, wanted, values, seen_revision=told.whole("revision") or 0, by=doors.actor(), uow=doors.uow(),
            now=doors.now(), areas=areas,
        )  # fmt: skip
    except InvalidFields as refused:
        return _wrong(file_id, wanted, form, in_words({p.field: p for p in refused.problems}, forms.order_of(wanted)))
    except filing.StaleSection as stale:
        if in_background:
            return make_response(
                jsonify(state="stale", words=_("别人刚改过这一步，还没有保存：请按“保存”看两边的不同")), 409
            )
        return _step(file_id, wanted, form, theirs=stale), 409
    if in_background:
        return _saved(file_id, wanted)
    for code in warnings(wanted, values, today=doors.today(), areas=areas):
        flash(code_text(code, {}))
    if form.get("then") == "more":
        return redirect(url_for("file_form.step", file_id=file_id, section=section, _anchor="more"), 303)
    return redirect(_after(file_id, wanted), 303)


def _after(file_id: int, section: Section) -> str:
    place = SECTIONS.index(section) + 1
    if place == len(SECTIONS):
        return url_for("file_form.papers", file_id=file_id)
    return url_for("file_form.step", file_id=file_id, section=SECTIONS[place].value)


def _saved(file_id: int, section: Section) -> Response:
    revision, _told = _stored(file_id, section, quietly=True)
    view = _view(file_id)
    calculation = render_template("files/_calculation.html", verdict=view.verdict, class_words=file_class_words)
    body = {"state": "saved", "revision": revision, "words": _("已保存"), "calculation": calculation}
    return jsonify(body if section is Section.MONEY else {k: body[k] for k in ("state", "revision", "words")})


def _wrong(file_id: int, section: Section, form: MultiDict[str, str], errors: dict[str, str]) -> Answer:
    """Nothing was saved: what to change stands beside the boxes, everything written is kept."""
    if request.headers.get("X-Autosave"):
        body = jsonify(state="wrong", words=_("有一处要改，改好就会保存"), errors=errors)
        return make_response(body, 422)
    return _step(file_id, section, form, errors), 422


def _stored(file_id: int, section: Section, *, quietly: bool = False) -> tuple[int, MultiDict[str, str]]:
    if quietly:
        return _view(file_id).revisions.get(section, 0), MultiDict()
    found = filing.read_sections(file_id, only=section, by=doors.actor(), uow=doors.uow(), now=doors.now())
    revision, values = found.get(section, (0, {}))
    form = forms.as_form(section, values)
    form["revision"] = str(revision)
    return revision, form


def _view(file_id: int) -> Any:
    return view_file(file_id, by=doors.actor(), database=doors.db(), rules=doors.file_rules())


def _section(name: str) -> Section:
    return Section(name) if name in set(Section) else abort(404)


def _step(
    file_id: int,
    section: Section,
    told: MultiDict[str, str],
    errors: dict[str, str] | None = None,
    theirs: filing.StaleSection | None = None,
) -> str:
    with doors.db().read() as store:
        detail = get_file(store, doors.actor(), file_id)
    if detail.file.state not in life.EDITABLE:
        raise WrongState(state=detail.file.state.value, wanted="edit")
    rows = told.get("rows", 0, type=int) or 0
    return render_template(
        "files/form.html",
        detail=detail,
        view=_view(file_id),
        section=section,
        sections=SECTIONS,
        fields=FIELDS[section],
        member_fields=MEMBER,
        rows=min(rows + forms.MORE_ROWS, LARGEST_FAMILY - 1),
        told=told,
        revision=theirs.revision if theirs else told.get("revision", "0"),
        theirs=_differences(section, told, theirs) if theirs else (),
        errors=errors or {},
        kinds=Kind,
        words=box_word,
        hint=field_hint,
        choices=choices,
        class_words=file_class_words,
    )


def _differences(section: Section, mine: MultiDict[str, str], stale: filing.StaleSection) -> list[tuple[str, str, str]]:
    """(label, theirs, mine) of every box that differs."""
    other = forms.as_form(section, stale.theirs)
    names = [name for name in forms.order_of(section) if other.getlist(name) != mine.getlist(name)]
    return [
        (box_word(name.partition("_")[2], member=True) if name[:1] == "m" and name[1:2].isdigit() else box_word(name),
         "、".join(other.getlist(name)), "、".join(mine.getlist(name)))
        for name in names
        if "".join(other.getlist(name)) != "".join(mine.getlist(name))
    ]  # fmt: skip


def field_hint(name: str) -> str:
    return pick(FIELD_WORDS[name][1])


def choices(field: Any) -> list[tuple[str, str]]:
    codes = list(field.codes)
    if field.codes is HardshipClass:
        codes = [code for code in codes if code is not HardshipClass.NONE]
    return [(code.value, label(code)) for code in codes]


# ── papers and sending in ──────────────────────────────────────────────────────────────────────────────────────


@bp.get("/files/<int:file_id>/papers")
@requires(Action.EDIT_FILES, of="hardship_file")
def papers(file_id: int) -> str:
    return _papers(file_id)


@bp.post("/files/<int:file_id>/papers")
@requires(Action.EDIT_FILES, of="hardship_file")
def add_paper(file_id: int) -> Answer:
    told, sent = Told(request.form), request.files.get("file")
    name = (sent.filename or "") if sent else ""
    kind = told.one("kind", EvidenceKind)
    content = sent.stream.read(file_evidence.MOST_BYTES + 1) if sent else b""
    try:
        file_evidence.add_evidence(
            file_id,
            kind,
            name,
            content,
            by=doors.actor(),
            uow=doors.uow(),
            now=doors.now(),
        )
    except InvalidFields as refused:
        return _papers(file_id, in_words({p.field: p for p in refused.problems}, ("kind", "file"))), 422
    flash(_("材料已加密保存。"))
    return redirect(url_for("file_form.papers", file_id=file_id), 303)


def _papers(file_id: int, errors: dict[str, str] | None = None) -> str:
    with doors.db().read() as store:
        detail = get_file(store, doors.actor(), file_id)
    if detail.file.state is FileState.WITHDRAWN:
        raise WrongState(state=detail.file.state.value, wanted="evidence")
    return render_template(
        "files/papers.html",
        detail=detail,
        view=_view(file_id),
        section=None,
        sections=SECTIONS,
        kinds=list(EvidenceKind),
        errors=errors or {},
        told=request.form,
        most_mb=file_evidence.MOST_BYTES // 1024**2,
    )


@bp.get("/files/<int:file_id>/papers/<int:paper_id>")
@requires(Action.REVEAL_PERSON, of="hardship_file")
def paper(file_id: int, paper_id: int) -> Response:
    """One paper in the clear; that it was looked at is written down."""
    found = file_evidence.read_evidence(file_id, paper_id, by=doors.actor(), uow=doors.uow(), now=doors.now())
    ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}[found.media_type]
    return Response(
        found.content,
        mimetype=found.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="paper-{paper_id}.{ending}"',
            "Content-Security-Policy": "sandbox",
        },
    )


@bp.post("/files/<int:file_id>/papers/<int:paper_id>/remove")
@requires(Action.EDIT_FILES, of="hardship_file")
def remove_paper(file_id: int, paper_id: int) -> Response:
    file_evidence.remove_evidence(file_id, paper_id, by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("材料已撤下，记录留着。"))
    return redirect(url_for("file_form.papers", file_id=file_id), 303)


@bp.post("/files/<int:file_id>/submit")
@requires(Action.EDIT_FILES, of="hardship_file")
def submit(file_id: int) -> Answer:
    told = Told(request.form)
    try:
        card = filing.submit_file(
            file_id, seen_version=told.whole("version") or 0, by=doors.actor(), uow=doors.uow(), now=doors.now(),
            rules=doors.file_rules(),
        )  # fmt: skip
    except InvalidFields as refused:
        return file_page.page(file_id, errors=file_page.submit_errors(file_id, refused)), 422
    flash(_("%(case)s 已提交，等基层工会初审。", case=card.case_code))
    return redirect(url_for("file_page.show", file_id=file_id), 303)
