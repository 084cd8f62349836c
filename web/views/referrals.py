"""Cases referred between units: the queue with its clocks, one referral, sending and answering."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.domain.access import Action, Actor, may
from matcher.domain.network_terms import ReferralAct, ReferralReason, ReferralStatus, ResponseLane
from matcher.domain.response import MOVES
from matcher.errors import InvalidFields
from matcher.store.queries import referrals as queries
from matcher.store.queries.needs import get_need
from matcher.store.queries.referrals import BOXES, ReferralLine
from matcher.store.tables import Unit
from matcher.usecases import referrals as usecases
from web import doors, paging
from web.auth import requires
from web.forms.reading import Told
from web.labels import label

bp = Blueprint("referrals", __name__)
SENDING = (
    ReferralReason.BEYOND_MEANS, ReferralReason.COMPETENT, ReferralReason.CLOSER, ReferralReason.LIVES_THERE,
    ReferralReason.WORKS_THERE, ReferralReason.OTHER,
)  # fmt: skip
RETURNING = (
    ReferralReason.NOT_OURS, ReferralReason.UNREACHABLE, ReferralReason.UNCLEAR, ReferralReason.BEYOND_MEANS,
    ReferralReason.OTHER,
)  # fmt: skip


@bp.app_template_filter("late_text")
def late_text(minutes: int) -> str:
    """How long something was late, in the largest fitting unit."""
    if minutes < 60:
        return _("%(count)s 分钟", count=minutes)
    return _("%(count)s 小时", count=minutes // 60) if minutes < 2880 else _("%(count)s 天", count=minutes // 1440)


@bp.get("/referrals")
@requires(Action.SEE_REFERRALS)
def index() -> str:
    box, done = request.args.get("box", ""), request.args.get("done") == "1"
    actor, asked = doors.actor(), paging.asked()
    with doors.db().read() as store:
        counts = queries.count_boxes(store, actor)
        box = box if box in BOXES else next((name for name in BOXES if counts[name]), BOXES[0])
        lines, total = queries.list_referrals(store, actor, box=box, done=done, limit=asked.size, offset=asked.offset)
    return render_template(
        "referrals/listing.html", lines=lines, total=total, counts=counts, box=box, done=done, now=doors.now(),
        page=asked.page, last=asked.last(total), boxes=_boxes(),
    )  # fmt: skip


def _boxes() -> dict[str, str]:
    return {"to_us": _("转来的"), "from_us": _("转出的"), "below": _("下级之间的")}


@bp.get("/referrals/<int:referral_id>")
@requires(Action.SEE_REFERRALS, of="referral")
def show(referral_id: int) -> str:
    return _page(referral_id)


def _page(referral_id: int, errors: dict[str, str] | None = None, typed: Any = None) -> str:
    actor = doors.actor()
    with doors.db().read() as store:
        line = queries.find_referral(store, actor, referral_id)
        if line is None:
            abort(404)
        steps = queries.list_referral_steps(store, referral_id)
    return render_template(
        "referrals/show.html", line=line, steps=steps, now=doors.now(), acts=acts_of(actor, line),
        may_see_need=line.need_path.startswith(actor.unit_path or "-"), errors=errors or {}, typed=typed or {},
        reasons=[(code.value, label(code)) for code in RETURNING],
    )  # fmt: skip


def acts_of(actor: Actor, line: ReferralLine) -> list[ReferralAct]:
    """The steps this person may take now, the next stage first."""
    if not may(actor, Action.ANSWER_REFERRALS):
        return []
    possible = [act for (status, act) in MOVES if status is line.status]
    answers = actor.unit_id in (line.to_id, line.watch_unit_id)
    sends = line.from_path.startswith(actor.unit_path or "-") and actor.unit_id != line.to_id
    return [act for act in possible if (sends if act is ReferralAct.WITHDRAW else answers)]


@bp.post("/referrals/<int:referral_id>/<act>")
@requires(Action.ANSWER_REFERRALS, of="referral")
def answer(referral_id: int, act: str) -> Any:
    told = Told(request.form)
    if act not in {a.value for _status, a in MOVES}:
        abort(404)
    try:
        card = usecases.answer_referral(
            referral_id,
            ReferralAct(act),
            reason=told.one("reason", ReferralReason),
            note=told.text("note"),
            seen_version=told.whole("version") or 0,
            by=doors.actor(),
            uow=doors.uow(),
            now=doors.now(),
            rules=doors.rules(),
        )
    except InvalidFields as error:
        return _page(referral_id, told.errors(error.problems), request.form), 422
    flash(_done_words(card.status))
    return redirect(url_for("referrals.show", referral_id=referral_id), 303)


def _done_words(status: ReferralStatus) -> str:
    return {
        ReferralStatus.ACCEPTED: _("已接收，这项需求现在归本单位办。请按时限联系这户人家。"),
        ReferralStatus.CONTACTED: _("已记下：联系上了。请按时限提出办法。"),
        ReferralStatus.PROPOSED: _("已记下：办法提出了。请按时限落实。"),
        ReferralStatus.DELIVERED: _("已落实，辛苦了。"),
        ReferralStatus.RETURNED: _("已退回，理由对方看得到。"),
        ReferralStatus.WITHDRAWN: _("已撤回。"),
    }.get(status, "")


@bp.get("/needs/<int:need_id>/refer")
@requires(Action.ANSWER_REFERRALS, of="need")
def new(need_id: int) -> Any:
    return _form(need_id)


def _form(need_id: int, errors: dict[str, str] | None = None, typed: Any = None) -> Any:
    actor = doors.actor()
    with doors.db().read() as store:
        detail = get_need(store, actor, need_id)
        known = queries.find_under_way(store, need_id)
        home = store.get(Unit, detail.need["unit_id"])
        units = queries.receivers(store, actor, home) if home else []
    if known is not None:
        return redirect(url_for("referrals.show", referral_id=known), 303)
    return render_template(
        "referrals/new.html", need=detail.need, household=detail.household, errors=errors or {}, typed=typed or {},
        units=[(unit.id, f"{unit.name}（{label(unit.way)}）") for unit in units],
        reasons=[(code.value, label(code)) for code in SENDING],
        lanes=[(code.value, label(code)) for code in ResponseLane],
    )  # fmt: skip


@bp.post("/needs/<int:need_id>/refer")
@requires(Action.ANSWER_REFERRALS, of="need")
def send(need_id: int) -> Response | tuple[Any, int]:
    told = Told(request.form)
    try:
        card = usecases.refer_need(
            need_id,
            told.whole("to_unit"),
            told.one("reason", ReferralReason),
            lane=told.one("lane", ResponseLane) or ResponseLane.ORDINARY,
            note=told.text("note"),
            by=doors.actor(),
            uow=doors.uow(),
            now=doors.now(),
            rules=doors.rules(),
        )
    except InvalidFields as error:
        return _form(need_id, told.errors(error.problems), request.form), 422
    flash(_("已转出。对方接收以后，这项需求归他们办；超时会自动报上一级。"))
    return redirect(url_for("referrals.show", referral_id=card.id), 303)
