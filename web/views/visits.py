"""走访: rosters of visit groups, visits to enterprises in difficulty, what stations gave. None of it needs a file."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from matcher.domain.access import Action, may
from matcher.domain.terms import Group
from matcher.domain.visit_terms import EnterpriseDifficulty, StationService, VisitGroup
from matcher.errors import InvalidFields, RefusedInput
from matcher.store.queries import visits as reading
from matcher.store.tables import EnterpriseVisit
from matcher.usecases import visits as acts
from web import doors
from web.auth import requires
from web.forms.imports import file_sentence, uploaded
from web.forms.reading import Told
from web.views.files import registration

bp = Blueprint("visits", __name__)
DAYS = 30
GROUPS_OF = {group: (Group(group.name),) if group.name in Group.__members__ else () for group in VisitGroup}
"""The target group of a family that a person on a roster belongs to, where there is one of that name."""


@bp.get("/visits")
@requires(Action.SEE_VISITS)
def index() -> str:
    actor = doors.actor()
    with doors.db().read() as store:
        counts = reading.roster_counts(store, actor, year=_year())
        enterprises = reading.list_enterprise_visits(store, actor)
        stations = reading.station_sums(store, actor, since=doors.today() - timedelta(days=DAYS))
    return render_template(
        "visits/index.html", counts=counts, groups=list(VisitGroup), year=_year(), enterprises=enterprises,
        served=sum(sum(services.values()) for _name, services in stations), stations=stations, days=DAYS,
        may_edit=may(actor, Action.EDIT_VISITS),
    )  # fmt: skip


def _year() -> int:
    asked = request.values.get("year", type=int)
    return asked if asked and 2000 <= asked <= 2100 else doors.today().year


def _group() -> VisitGroup:
    asked = request.values.get("group", "")
    return VisitGroup(asked) if asked in set(VisitGroup) else VisitGroup.MODEL


@bp.get("/visits/roster")
@requires(Action.SEE_VISITS)
def roster() -> str:
    return _roster({})


def _roster(
    errors: dict[str, str], names: dict[int, tuple[str, str | None]] | None = None, people: str | None = None
) -> str:
    actor, group = doors.actor(), _group()
    with doors.db().read() as store:
        rows = reading.list_roster(store, actor, group, year=_year())
        counts = reading.roster_counts(store, actor, year=_year())
    return render_template(
        "visits/roster.html", rows=rows, group=group, groups=list(VisitGroup), counts=counts, year=_year(),
        errors=errors, told=request.form, names=names or {}, today=doors.today(), people=people,
        may_edit=may(actor, Action.EDIT_VISITS), may_reveal=may(actor, Action.REVEAL_PERSON),
        may_register=may(actor, Action.EDIT_NEEDS) and may(actor, Action.REVEAL_PERSON),
    )  # fmt: skip


@bp.post("/visits/roster/add")
@requires(Action.EDIT_VISITS)
def add() -> Any:
    told = Told(request.form)
    try:
        lines = acts.read_lines(told.text("people"))
        count = acts.add_to_roster(_group(), _year(), lines, by=doors.actor(), uow=doors.uow(), now=doors.now())
    except InvalidFields as refused:
        return _roster(told.errors(refused.problems)), 422
    flash(_("名册上添了 %(count)s 人。", count=count) if count else _("这些人都已经在名册上。"))
    return redirect(url_for("visits.roster", group=_group(), year=_year()), 303)


@bp.post("/visits/roster/read")
@requires(Action.EDIT_VISITS)
def read_table() -> Any:
    """People of a table put into the box, to be looked at and then added."""
    sent = uploaded()
    try:
        if isinstance(sent, str):
            raise RefusedInput(sent)
        people = acts.lines_of_table(*sent)
    except RefusedInput as refused:
        return _roster({"file": file_sentence(refused.code, refused.params)}), 422
    return _roster({}, people=people)


@bp.post("/visits/roster/<int:entry_id>/family")
@requires(Action.EDIT_NEEDS, of="roster_entry")
def family(entry_id: int) -> str:
    """The registration of a family, filled in with what the roster says of this person."""
    if entry_id >= 2**31:
        abort(404)
    entry = acts.read_one(entry_id, by=doors.actor(), uow=doors.uow(), now=doors.now())
    told = MultiDict({"head_name": entry.name, "phone": entry.phone or ""})
    told.setlist("groups", [group.value for group in GROUPS_OF[entry.visit_group]])
    return registration(told)


@bp.post("/visits/roster/visited")
@requires(Action.EDIT_VISITS)
def visited() -> Any:
    told = Told(request.form)
    on, amount = told.day("visited_on"), told.whole("amount")
    try:
        if told.problems:
            raise InvalidFields([])
        count = acts.mark_visited(
            _chosen(), on, told.text("given"), amount, by=doors.actor(), uow=doors.uow(), now=doors.now()
        )
    except InvalidFields as refused:
        return _roster(told.errors(refused.problems)), 422
    flash(_("%(count)s 人已记为走访过。", count=count))
    return redirect(url_for("visits.roster", group=_group(), year=_year()), 303)


@bp.post("/visits/roster/remove")
@requires(Action.EDIT_VISITS)
def remove() -> Any:
    """Take the ticked people off, who stand there by mistake."""
    try:
        count = acts.take_off_roster(_chosen(), by=doors.actor(), uow=doors.uow(), now=doors.now())
    except InvalidFields as refused:
        return _roster(Told(request.form).errors(refused.problems)), 422
    flash(_("从名册上去掉了 %(count)s 人。", count=count))
    return redirect(url_for("visits.roster", group=_group(), year=_year()), 303)


@bp.post("/visits/roster/<int:entry_id>/unvisited")
@requires(Action.EDIT_VISITS, of="roster_entry")
def unvisited(entry_id: int) -> Any:
    if entry_id >= 2**31:
        abort(404)
    acts.not_visited_after_all(entry_id, by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("已改回没走访。"))
    return redirect(url_for("visits.roster", group=_group(), year=_year()), 303)


def _chosen() -> list[int]:
    return [int(told) for told in request.form.getlist("chosen") if told.isdecimal() and len(told) < 10]


@bp.post("/visits/roster/names")
@requires(Action.REVEAL_PERSON)
def names() -> str:
    """The roster with names and phones, for going there; the look is written down."""
    with doors.db().read() as store:
        ids = [row.id for row in reading.list_roster(store, doors.actor(), _group(), year=_year())]
    return _roster({}, acts.read_roster(ids, by=doors.actor(), uow=doors.uow(), now=doors.now()))


@bp.get("/visits/enterprises/new")
@requires(Action.EDIT_VISITS)
def new_enterprise() -> str:
    return _enterprise({}, {"visited_on": doors.today().isoformat()}, None)


@bp.get("/visits/enterprises/<int:visit_id>")
@requires(Action.EDIT_VISITS, of="enterprise_visit")
def enterprise(visit_id: int) -> str:
    row = _visit(visit_id)
    return _enterprise({}, row, visit_id, row.version)


def _visit(visit_id: int) -> EnterpriseVisit:
    if visit_id >= 2**31:
        abort(404)
    with doors.db().read() as store:
        return reading.get_enterprise_visit(store, doors.actor(), visit_id)


@bp.post("/visits/enterprises/new")
@requires(Action.EDIT_VISITS)
def record_enterprise() -> Any:
    return _record(None)


@bp.post("/visits/enterprises/<int:visit_id>")
@requires(Action.EDIT_VISITS, of="enterprise_visit")
def change_enterprise(visit_id: int) -> Any:
    _visit(visit_id)
    return _record(visit_id)


def _record(visit_id: int | None) -> Any:
    told = Told(request.form)
    version = told.whole("version") or 0
    visit = acts.EnterpriseInput(
        enterprise=told.text("enterprise"),
        difficulty=told.one("difficulty", EnterpriseDifficulty),
        visited_on=told.day("visited_on"),
        affected_workers=told.whole("affected_workers"),
        given=told.text("given"),
        amount=told.whole("amount"),
        **{part: told.text(part) for part in acts.PARTS},
    )
    try:
        if told.problems:
            raise InvalidFields(tuple(acts.enterprise_problems(visit, today=doors.today())))
        acts.record_enterprise_visit(
            visit, visit_id=visit_id, seen_version=version, by=doors.actor(), uow=doors.uow(), now=doors.now()
        )
    except InvalidFields as refused:
        return _enterprise(told.errors(refused.problems), request.form, visit_id, version), 422
    flash(_("走访记下了。"))
    return redirect(url_for("visits.index"), 303)


def _enterprise(errors: dict[str, str], told: Any, visit_id: int | None, version: int = 0) -> str:
    return render_template(
        "visits/enterprise.html", errors=errors, told=told, visit_id=visit_id, version=version,
        difficulties=list(EnterpriseDifficulty), today=doors.today(),
    )  # fmt: skip


@bp.get("/visits/stations/count")
@requires(Action.EDIT_VISITS)
def station() -> str:
    return _station({})


@bp.post("/visits/stations/count")
@requires(Action.EDIT_VISITS)
def count() -> Any:
    told = Told(request.form)
    on = told.day("on")
    people = {service: told.whole(service.value) or 0 for service in StationService}
    try:
        if told.problems:
            raise InvalidFields([])
        total = acts.count_station(on, people, by=doors.actor(), uow=doors.uow(), now=doors.now())
    except InvalidFields as refused:
        return _station(told.errors(refused.problems)), 422
    flash(_("记下了：%(count)s 人次。", count=total))
    return redirect(url_for("visits.index"), 303)


def _station(errors: dict[str, str]) -> str:
    return render_template(
        "visits/station.html", errors=errors, told=request.form, services=list(StationService), today=doors.today()
    )
