"""Families in reach with their files and open needs, and registering a family on one screen."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from matcher.domain import terms
from matcher.domain.access import Action, may
from matcher.domain.file_terms import FileState
from matcher.errors import InvalidFields
from matcher.store.queries import hardship_files as reading
from matcher.store.queries import ladder
from matcher.store.queries import needs as queries
from matcher.usecases.household_input import household_problems
from matcher.usecases.households import register_household
from web import doors
from web.auth import requires
from web.forms import files as file_forms
from web.forms import needs as forms
from web.forms.reading import Told, in_words
from web.labels import code_text

bp = Blueprint("files", __name__)


@bp.get("/files")
@requires(Action.SEE_FILES)
def listing() -> str:
    wanted, actor = file_forms.read_filter(request.args), doors.actor()
    with doors.db().read() as store:
        page = reading.list_files(store, actor, wanted)
        units = queries.units_below(store, actor)
        to_file, late = ladder.count_filing_tasks(store, actor, today=doors.today())
        offered = reading.offered_files(store, actor) if may(actor, Action.EDIT_FILES) else ()
    return render_template(
        "files/listing.html",
        page=page,
        wanted=wanted,
        units=units,
        offered=offered,
        to_file=to_file,
        late=late,
        states=[state for state in FileState if page.by_state.get(state)],
        classes=list(terms.HardshipClass),
        sort_words=file_forms.sort_words(),
        query=file_forms.filter_query,
        is_filtered=bool(request.args),
        may_edit=may(actor, Action.EDIT_FILES),
        may_import=may(actor, Action.EDIT_FILES) or may(actor, Action.TAKE_OVER_FILES),
        may_answer=may(actor, Action.ANSWER_RIGHTS),
        may_see_erasures=may(actor, Action.SEE_ERASURES),
        may_decide=may(actor, Action.DECIDE_DUPLICATES),
    )


@bp.get("/files/new")
@requires(Action.EDIT_NEEDS)
def new() -> str:
    return registration(MultiDict())


@bp.post("/files/new")
@requires(Action.EDIT_NEEDS)
def register() -> Response | tuple[str, int]:
    told = Told(request.form)
    household = forms.read_household(told)
    unit_id = told.whole("unit_id")
    areas = forms.known_areas()
    more = household_problems(household, today=doors.today(), areas=areas) if told.problems else ()
    errors = told.errors(more, forms.HOUSEHOLD_ORDER)
    if not errors:
        try:
            card = register_household(
                household, unit_id=unit_id, by=doors.actor(), uow=doors.uow(), now=doors.now(), areas=areas,
                looks_after=True,
            )  # fmt: skip
        except InvalidFields as refused:
            errors = in_words({problem.field: problem for problem in refused.problems}, forms.HOUSEHOLD_ORDER)
        else:
            flash(_("已登记 %(case)s。接着写这户人家需要什么。", case=card.case_code))
            for code in card.warnings:
                flash(code_text(code, {}))
            return redirect(url_for("needs.new", case=card.case_code), 303)
    return registration(request.form, errors), 422


def registration(told: MultiDict[str, str], errors: dict[str, str] | None = None) -> str:
    """The one-screen registration with these values and problems in it."""
    with doors.db().read() as store:
        units = queries.units_below(store, doors.actor())
    return render_template(
        "files/new.html",
        told=told,
        errors=errors or {},
        units=units,
        classes=list(terms.HardshipClass),
        levels=list(terms.FileLevel),
        causes=list(terms.Cause),
        groups=list(terms.Group),
        donor_types=list(terms.DonorType),
        payouts=list(terms.PayoutChannel),
    )
