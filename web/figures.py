"""Prometheus figures of one web process: requests by endpoint, times, and what waits in the job table."""

from time import perf_counter

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlmodel import func, select

from matcher.domain.terms import RunStatus
from matcher.store.tables import Job, Outbox
from web import doors


def init_app(app: Flask) -> None:
    registry = CollectorRegistry()
    app.extensions["nuanliu_figures"] = {
        "registry": registry,
        "requests": Counter(
            "nuanliu_requests", "Requests answered", ["endpoint", "method", "status"], registry=registry
        ),
        "seconds": Histogram("nuanliu_request_seconds", "Time to answer", ["endpoint"], registry=registry),
        "jobs": Gauge("nuanliu_jobs", "Jobs by status", ["status"], registry=registry),
        "outbox": Gauge("nuanliu_outbox_waiting", "Notices not yet sent", registry=registry),
    }
    app.before_request(_start)
    app.after_request(_count)


def _start() -> None:
    g.started = perf_counter()


def _count(response: Response) -> Response:
    figures = current_app.extensions["nuanliu_figures"]
    endpoint = request.endpoint or "none"
    figures["requests"].labels(endpoint, request.method, response.status_code).inc()
    if "started" in g:
        figures["seconds"].labels(endpoint).observe(perf_counter() - g.started)
    return response


def as_text() -> bytes:
    figures = current_app.extensions["nuanliu_figures"]
    with doors.db().read() as store:
        waiting = dict(store.exec(select(Job.status, func.count()).group_by(Job.status)).all())
        unsent = store.exec(
            select(func.count()).where(Outbox.sent_at == None, Outbox.cancelled_at == None)  # noqa: E711
        ).one()
    for status in RunStatus:
        figures["jobs"].labels(status.value).set(waiting.get(status, 0))
    figures["outbox"].set(unsent)
    return generate_latest(figures["registry"])
