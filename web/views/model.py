"""The matching model: what it weighs, what it learned, whom it helps; and the way back."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.domain.access import Action, may
from matcher.domain.learning import FEWEST_DECISIONS, TEST_TIME
from matcher.domain.terms import ModelSwitch
from matcher.store.queries import models as queries
from matcher.store.queries.decisions import count_decisions
from matcher.store.tables import ModelVersion
from matcher.usecases.learning import start_learning
from matcher.usecases.models import roll_back, take_back
from web import doors
from web import model_words as words
from web.auth import requires

bp = Blueprint("model", __name__)


@bp.get("/model")
@requires(Action.SEE_MODEL)
def show() -> str:
    """The model in use; while that is the hand weights, the one that was tried last stands beside them."""
    with doors.db().read() as store:
        in_use = queries.model_in_use(store)
        tried, uses = queries.list_models(store), queries.list_uses(store)
        decided = count_decisions(store)
        is_learning = queries.is_learning(store)
        way_back = queries.way_back(store, in_use.id) if in_use and in_use.id else None
    shown = in_use or (tried[0] if tried else None)
    return render_template(
        "model/show.html",
        words=words,
        in_use=in_use,
        shown=shown,
        tried=tried,
        uses=uses,
        decided=decided,
        is_learning=is_learning,
        way_back=way_back,
        since=uses[0] if uses else None,
        may_change=may(doors.actor(), Action.CHANGE_MODEL),
        may_take_back=bool(uses) and uses[0].why is ModelSwitch.ROLLED_BACK,
        least=FEWEST_DECISIONS,
        test_days=TEST_TIME.days,
        **_rows(shown),
    )


def _rows(shown: ModelVersion | None) -> dict[str, Any]:
    figures = shown.figures if shown else {}
    return {
        "weights": words.weight_rows(shown),
        "figures": figures,
        "districts": words.district_rows(figures),
        "drift": words.drift_rows(figures),
    }


@bp.post("/model/roll-back")
@requires(Action.CHANGE_MODEL)
def go_back() -> Response:
    done = roll_back(_seen(), by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("已回退：从下一次对接起用%(model)s。", model=words.model_word(done.model_id)))
    return redirect(url_for("model.show"), 303)


@bp.post("/model/take-back")
@requires(Action.CHANGE_MODEL)
def go_forth() -> Response:
    done = take_back(_seen(), by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(_("已撤销回退：从下一次对接起用%(model)s。", model=words.model_word(done.model_id)))
    return redirect(url_for("model.show"), 303)


@bp.post("/model/learn")
@requires(Action.CHANGE_MODEL)
def learn() -> Response:
    job_id = start_learning(by=doors.actor(), uow=doors.uow(), now=doors.now())
    if job_id is not None:
        doors.wake(job_id)
    return redirect(url_for("model.show"), 303)


def _seen() -> int:
    return request.form.get("seen", 0, type=int)
