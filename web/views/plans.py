"""Contact persons with their families, and the plan of one family."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.domain.access import Action, may
from matcher.domain.network_terms import ContactEnd, Entitlement, EntitlementState, MeasureStatus
from matcher.domain.terms import Category, Role
from matcher.errors import InvalidFields
from matcher.store.queries import caseloads, timeline
from matcher.store.queries import plans as queries
from matcher.usecases import contacts, entitlements, plans
from matcher.usecases.share_out import share_out
from web import doors, paging
from web.auth import requires
from web.forms.reading import Told
from web.labels import label

bp = Blueprint("plans", __name__)
SHOWN = 8  # of the timeline, beside the plan


@bp.get("/plans")
@requires(Action.SEE_PLANS)
def index() -> Any:
    actor = doors.actor()
    if actor.role is Role.CONTACT:
        return _families(actor.account_id)
    with doors.db().read() as store:
        loads = caseloads.list_loads(store, actor, today=doors.today())
        covered = caseloads.coverage(store, actor)
    return render_template("plans/loads.html", loads=loads, covered=covered)


@bp.get("/plans/uncovered")
@requires(Action.SEE_PLANS)
def uncovered() -> str:
    """Families on file that nobody looks after (走访不遗漏)."""
    return _families(None)


@bp.get("/plans/people/<int:account_id>")
@requires(Action.SEE_PLANS, of="account")
def person(account_id: int) -> str:
    return _families(account_id)


def _families(account_id: int | None, errors: dict[str, str] | None = None) -> str:
    actor, asked = doors.actor(), paging.asked()
    if actor.role is Role.CONTACT and account_id != actor.account_id:
        abort(404)
    with doors.db().read() as store:
        load = None
        if account_id is not None and account_id != actor.account_id:
            load = caseloads.find_load(store, actor, account_id, today=doors.today())
            if load is None:
                abort(404)
        lines, total = caseloads.list_families(
            store, actor, account_id=account_id, today=doors.today(), limit=asked.size, offset=asked.offset
        )
        people = caseloads.people_to_choose(store, actor, without=account_id or 0)
    return render_template(
        "plans/families.html", lines=lines, total=total, load=load, is_gap=account_id is None, people=people,
        page=asked.page, last=asked.last(total), reasons=_reasons(), errors=errors or {}, account_id=account_id,
        may_assign=may(actor, Action.ASSIGN_CONTACTS),
    )  # fmt: skip


def _reasons() -> list[tuple[str, str]]:
    return [(code.value, label(code)) for code in ContactEnd if code is not ContactEnd.CLOSED]


@bp.post("/plans/people/<int:account_id>/hand-over")
@requires(Action.ASSIGN_CONTACTS, of="account")
def hand_over(account_id: int) -> Any:
    told = Told(request.form)
    try:
        done = contacts.hand_over_all(
            account_id, told.whole("account"), told.one("reason", ContactEnd),
            by=doors.actor(), uow=doors.uow(), now=doors.now(),
        )  # fmt: skip
    except InvalidFields as error:
        return _families(account_id, told.errors(error.problems)), 422
    flash(_("%(count)s 户已交接，从前的联系经过都在。", count=done.families))
    return redirect(url_for("plans.index"), 303)


@bp.post("/plans/uncovered")
@requires(Action.ASSIGN_CONTACTS)
def share() -> Any:
    chosen = [int(told) for told in request.form.getlist("accounts") if told.isdecimal() and len(told) < 10]
    try:
        done = share_out(chosen, by=doors.actor(), uow=doors.uow(), now=doors.now())
    except InvalidFields as error:
        return _families(None, Told(request.form).errors(error.problems)), 422
    flash(_("%(count)s 户已分给 %(people)s 位联系人。", count=done.families, people=done.people))
    if done.left:
        flash(_("还有 %(count)s 户，选的人都看不到：请选那个单位或上级的人。", count=done.left))
    return redirect(url_for("plans.index"), 303)


@bp.get("/plans/<int:household_id>")
@requires(Action.SEE_PLANS, of="household")
def show(household_id: int) -> str:
    return _page(household_id)


def _page(household_id: int, errors: dict[str, str] | None = None, typed: Any = None, at: str = "") -> str:
    actor = doors.actor()
    with doors.db().read() as store:
        plan = queries.find_plan(store, actor, household_id)
        if plan is None:
            abort(404)
        happened = timeline.family_timeline(store, actor, household_id)
    return render_template(
        "plans/show.html", plan=plan, errors=errors or {}, typed=typed or {}, at=at, today=doors.today(),
        may_assign=may(actor, Action.ASSIGN_CONTACTS), may_edit=may(actor, Action.EDIT_PLANS),
        reasons=_reasons(), categories=[("", _("不分类别"))] + [(c.value, label(c)) for c in Category],
        statuses=[(code.value, label(code)) for code in MeasureStatus], entitlements=list(Entitlement),
        states=[("", _("没核对过"))] + [(code.value, label(code)) for code in EntitlementState],
        happened=happened[:SHOWN], total_happened=len(happened), wanted=_wanted(),
        is_contact=actor.role is Role.CONTACT,
    )  # fmt: skip


def _wanted() -> str:
    """A measure that the checklist led to: its words stand in the form already."""
    code = request.args.get("apply", "")
    return _("帮这户申请：%(what)s", what=label(code, Entitlement)) if code in set(Entitlement) else ""


@bp.get("/plans/<int:household_id>/timeline")
@requires(Action.SEE_PLANS, of="household")
def whole_timeline(household_id: int) -> str:
    with doors.db().read() as store:
        plan = queries.find_plan(store, doors.actor(), household_id)
        if plan is None:
            abort(404)
        happened = timeline.family_timeline(store, doors.actor(), household_id)
    return render_template("plans/timeline.html", plan=plan, happened=happened)


@bp.post("/plans/<int:household_id>/entitlements")
@requires(Action.EDIT_PLANS, of="household")
def check(household_id: int) -> Any:
    told = Told(request.form)
    found = {}
    for entitlement in Entitlement:
        state = told.one(entitlement.value, EntitlementState)
        if state is not None:
            found[entitlement] = entitlements.Looked(state, told.whole(f"{entitlement.value}-version") or 0)
    changed = entitlements.check_entitlements(household_id, found, by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("核对了 %(count)s 项。", count=changed) if changed else _("没有改动。"))
    return _back(household_id)


@bp.post("/plans/<int:household_id>/contact")
@requires(Action.ASSIGN_CONTACTS, of="household")
def assign(household_id: int) -> Any:
    told = Told(request.form)
    try:
        contacts.assign_contact(
            household_id, told.whole("account"), reason=told.one("reason", ContactEnd), note=told.text("note"),
            by=doors.actor(), uow=doors.uow(), now=doors.now(),
        )  # fmt: skip
    except InvalidFields as error:
        return _page(household_id, told.errors(error.problems), request.form, "contact"), 422
    flash(_("联系人已定好。"))
    return _back(household_id)


@bp.post("/plans/<int:household_id>/measures")
@requires(Action.EDIT_PLANS, of="household")
def add(household_id: int) -> Any:
    told = Told(request.form)
    measure = plans.MeasureInput(
        title=told.text("title"), owner_id=told.whole("owner"), due_on=told.day("due_on"),
        category=told.one("category", Category),
    )  # fmt: skip
    try:
        plans.add_measure(household_id, measure, by=doors.actor(), uow=doors.uow(), now=doors.now())
    except InvalidFields as error:
        return _page(household_id, told.errors(error.problems), request.form, "add"), 422
    flash(_("已写进一户一策。"))
    return _back(household_id)


@bp.post("/plans/measures/<int:measure_id>")
@requires(Action.EDIT_PLANS, of="plan_measure")
def change(measure_id: int) -> Any:
    told = Told(request.form)
    try:
        household_id = plans.change_measure(
            measure_id, told.one("status", MeasureStatus), outcome=told.text("outcome"), due_on=told.day("due_on"),
            seen_version=told.whole("version") or 0, by=doors.actor(), uow=doors.uow(), now=doors.now(),
        )  # fmt: skip
    except InvalidFields as error:
        back = told.whole("household") or 0
        return _page(back, told.errors(error.problems), request.form, f"m{measure_id}"), 422
    flash(_("已记下。"))
    return _back(household_id)


def _back(household_id: int) -> Response:
    return redirect(url_for("plans.show", household_id=household_id), 303)
