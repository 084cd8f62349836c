"""For those who run the place: alive, ready, figures."""

from hmac import compare_digest

from flask import Blueprint, Response, abort, current_app, request

from matcher.errors import NuanliuError
from matcher.store import migrate
from web import doors
from web.auth import public
from web.figures import as_text

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> Response:
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@public
def ready() -> tuple[dict[str, str], int]:
    """Database at this code's revision and broker reachable; says which is not, never why in detail."""
    checks = {"database": _database(), "broker": _broker()}
    good = all(answer == "ok" for answer in checks.values())
    return {"status": "ok" if good else "not_ready", **checks}, 200 if good else 503


def _database() -> str:
    try:
        migrate.refuse_unready(doors.db())
    except NuanliuError as error:
        return error.code
    except Exception as error:  # whatever the driver says, the answer is: not ready
        current_app.logger.warning("readyz: %s", type(error).__name__)
        return "unreachable"
    return "ok"


def _broker() -> str:
    from workers.broker import broker_reachable

    return "ok" if broker_reachable(doors.settings()) else "unreachable"


@bp.get("/metrics")
@public
def metrics() -> Response:
    """Prometheus figures: with the token, or from this very machine without a proxy in between."""
    token = doors.settings().metrics_token.get_secret_value()
    if token:
        allowed = compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    else:
        forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"))
        allowed = request.remote_addr in {"127.0.0.1", "::1"} and not forwarded
    if not allowed:
        abort(404)
    return Response(as_text(), content_type="text/plain; version=0.0.4; charset=utf-8")
