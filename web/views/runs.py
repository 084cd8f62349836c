"""Match runs for the city: start one, watch it, read what it did county by county."""

from collections import Counter
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matcher.domain.access import Action, may
from matcher.domain.terms import RunStatus
from matcher.errors import NotPermitted
from matcher.store.queries import runs as queries
from matcher.store.queries.runs import CountyRow, RunRow
from matcher.usecases.matching import start_run, stop_run
from web import doors
from web import run_figures as figures
from web.auth import requires
from web.exports import Column, Kind, download
from web.labels import label
from web.model_words import model_word

bp = Blueprint("runs", __name__)
PRICES_SHOWN = 10


@bp.context_processor
def words() -> dict[str, Any]:
    actor = doors.actor()
    return {
        "figures": figures, "now": doors.now, "model_word": model_word,
        "sees_needs": may(actor, Action.SEE_NEEDS), "sees_offers": may(actor, Action.SEE_OFFERS),
    }  # fmt: skip


@bp.get("/runs")
@requires(Action.SEE_RUNS)
def index() -> str:
    """The newest finished run in full, and whatever is going on."""
    with doors.db().read() as store:
        rows = queries.list_runs(store, doors.actor())
        done = next((row for row in rows if row.status is RunStatus.DONE), None)
        shown = _result(store, done, is_newest=True) if done else {}
    return render_template("runs/show.html", run=done, runs=rows, **_around(rows), **shown)


@bp.get("/runs/<int:run_id>")
@requires(Action.SEE_RUNS, of="match_run")
def show(run_id: int) -> str:
    with doors.db().read() as store:
        rows = queries.list_runs(store, doors.actor())
        run, _report = queries.get_run(store, doors.actor(), run_id)
        newest = next((row.id for row in rows if row.status is RunStatus.DONE), None)
        shown = _result(store, run, is_newest=run.id == newest) if run.status is RunStatus.DONE else {}
    return render_template("runs/show.html", run=run, runs=rows, **_around(rows), **shown)


@bp.get("/runs/<int:run_id>/progress")
@requires(Action.SEE_RUNS, of="match_run")
def progress(run_id: int) -> Response:
    """The card of a running job, asked for every two seconds; when it has ended the page is loaded anew."""
    with doors.db().read() as store:
        run, _report = queries.get_run(store, doors.actor(), run_id)
    live = run.job is not None and run.job.is_live
    answer = make_response(render_template("runs/_job.html", live=run, may_start=_may_start()) if live else "")
    if not live:
        answer.headers["HX-Refresh"] = "true"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/runs/start")
@requires(Action.START_RUN)
def start() -> Response:
    unit_id = doors.actor().unit_id
    if unit_id is None:
        raise NotPermitted()
    started = start_run(unit_id, by=doors.actor(), uow=doors.uow(), now=doors.now())
    doors.wake(started.job_id)
    if not started.is_new:
        flash(_("已经有一次对接在进行，不用再开。"))
    return redirect(url_for("runs.index"), 303)


@bp.post("/runs/<int:run_id>/stop")
@requires(Action.START_RUN, of="match_run")
def stop(run_id: int) -> Response:
    status = stop_run(run_id, by=doors.actor(), uow=doors.uow(), now=doors.now())
    flash(
        {
            RunStatus.CANCELLED: _("已停下，什么也没有改动。"),
            RunStatus.RUNNING: _("正在停下：这一步做完就停，什么也不会改动。"),
        }.get(status, _("这次对接已经结束，没有什么要停的。"))
    )
    return redirect(url_for("runs.index"), 303)


@bp.get("/runs/<int:run_id>/export")
@requires(Action.SEE_RUNS, of="match_run")
def export(run_id: int) -> Response:
    """The county table as it is seen, as a file."""
    with doors.db().read() as store:
        rows = queries.list_runs(store, doors.actor())
        newest = next((row.id for row in rows if row.status is RunStatus.DONE), None)
        run, report = queries.get_run(store, doors.actor(), run_id)
        counties = _counties(store, run, report, is_newest=run.id == newest)
    kinds = sorted({kind for row in counties for kind, _n in figures.obstacles(row)})
    numbers = (_("在档户"), _("有需求户"), _("已对接"), _("已发放"), _("未对接"))
    columns = [Column(_("县（市）区"))] + [Column(name, Kind.NUMBER) for name in numbers]
    columns += [Column(_("未对接原因：%(kind)s", kind=label(kind)), Kind.NUMBER) for kind in kinds]
    cells = []
    for row in [*counties, _total(counties)]:
        why = dict(figures.obstacles(row))
        figures_of_row = (row.on_file, row.in_need, row.matched, row.delivered, row.unmatched)
        cells.append([row.name, *figures_of_row, *(why.get(kind, 0) for kind in kinds)])
    name, demo = f"runs-{run.as_of:%Y%m%d}-{run.id}", doors.house().is_demo
    return download(columns, cells, kind="xlsx", name=name, title=_("对接批次"), demo=demo)


def _around(rows: list[RunRow]) -> dict[str, Any]:
    live = next((row for row in rows if row.job is not None and row.job.is_live), None)
    newest = rows[0] if rows else None
    failed = newest if newest is not None and newest.status is RunStatus.FAILED else None
    return {"live": live, "failed": failed, "may_start": _may_start()}


def _may_start() -> bool:
    return may(doors.actor(), Action.START_RUN)


def _result(store: Any, run: RunRow, *, is_newest: bool) -> dict[str, Any]:
    _row, report = queries.get_run(store, doors.actor(), run.id)
    counties = _counties(store, run, report, is_newest=is_newest)
    waiting = queries.waiting_by_kind(store, run.unit_id, run.id)
    prices = sorted(report.get("prices", {}).items(), key=lambda item: (-item[1]["reached_weight"], -item[1]["score"]))
    titles = queries.offer_titles(store, [int(offer_id) for offer_id, _price in prices[:PRICES_SHOWN]])
    shortages = figures.shortages(report, waiting, run.as_of)[: figures.MOST_SHORT]
    names = queries.division_names(store, {row["region"] for row in report.get("marginal", ())})
    return {
        "one_more": figures.one_more(report, lambda code: names.get(code, code)),
        "is_newest": is_newest,
        "counties": counties,
        "total": _total(counties)
        if counties
        else CountyRow(0, "", "", 0, run.households_in_need, run.households_reached),
        "shortages": shortages,
        "titles": Counter(row.title for row in shortages),
        "technical": figures.technical(report),
        "prices": [(int(offer_id), titles.get(int(offer_id)), price) for offer_id, price in prices[:PRICES_SHOWN]],
    }


def _counties(store: Any, run: RunRow, report: dict[str, Any], *, is_newest: bool) -> list[CountyRow]:
    """As things stand for the newest run; for an older one as they stood when it ended."""
    if is_newest:
        return queries.county_table(store, run.unit_id, run.id)
    return [CountyRow(**row) for row in report.get("counties", ())]


def _total(counties: list[CountyRow]) -> CountyRow:
    total = queries.total_of(counties)
    total.name = _("全市")
    return total
