"""Who is there, and may they see this page? Every view names its policy; a view without one never answers."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Response, g, redirect, request, session, url_for
from sqlalchemy.exc import OperationalError

from matcher.domain.access import ALLOWED, Action
from matcher.domain.passwords import is_over, wants_second_step
from matcher.domain.terms import Role
from matcher.errors import NotPermitted
from matcher.store.queries.accounts import find_signed_in
from web import doors

View = TypeVar("View", bound=Callable[..., Any])
TOKEN = "sign_in"
WITHOUT_NEW_PASSWORD = {"account.show", "account.change_password"}
WITHOUT_SECOND_STEP = {"second_step.show", "second_step.start", "second_step.confirm", *WITHOUT_NEW_PASSWORD}
"""What somebody may still do who must change the password, or set up the second step, first; what is public as well."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call a view: everybody, everyone signed in, or those who may do one of `actions`."""

    name: str  # "public", "signed_in" or the actions joined
    actions: tuple[Action, ...] = ()
    of: str = ""  # the type of object the address names


PUBLIC = Policy("public")
SIGNED_IN = Policy("signed_in")


def requires(*actions: Action, of: str = "") -> Callable[[View], View]:
    """Only for those who may do one of these. Stands directly under the route."""
    return _marked(Policy("|".join(actions), actions, of))


def public(view: View) -> View:
    return _marked(PUBLIC)(view)


def signed_in(view: View) -> View:
    return _marked(SIGNED_IN)(view)


def _marked(policy: Policy) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.policy = policy  # type: ignore[attr-defined]
        return view

    return mark


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    return getattr(app.view_functions[endpoint], "policy", None)


def init_app(app: Flask) -> None:
    app.before_request(recognise)
    app.before_request(guard)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def recognise() -> None:
    """Put the acting person into `g.actor`, or None."""
    g.actor = None
    token = session.get(TOKEN)
    if not token or request.endpoint in {"static", "static_files.vendor", "health.alive"}:
        return
    with doors.db().read() as store:
        found = find_signed_in(store, token_hash(token), at=doors.now(), session_hours=doors.settings().session_hours)
    if found is None:
        session.pop(TOKEN, None)
        return
    g.actor, g.account_locale, g.unit_name, g.sign_in = found.actor, found.locale, found.unit_name, found
    if found.should_touch(doors.now()):
        _touch(found.token_hash)


def _touch(key: str) -> None:
    from matcher.usecases.signing_in import keep_sign_in

    try:
        keep_sign_in(key, uow=doors.uow(), now=doors.now())
    except OperationalError:  # a busy database must not keep anyone from reading
        return


def guard() -> Any:
    """Refuse what the view's policy does not allow."""
    if request.endpoint is None:
        return None
    policy = policy_of(doors.current_app, request.endpoint)
    if policy is None:
        raise RuntimeError(f"{request.endpoint} names no policy")
    if policy is PUBLIC:
        return None
    if g.actor is None:
        return ask_to_sign_in()
    if owes_password() and request.endpoint not in WITHOUT_NEW_PASSWORD:
        return send_to("account.show", "password_due")
    if owes_second_step() and request.endpoint not in WITHOUT_SECOND_STEP:
        return send_to("second_step.show", "second_step_due")
    if policy.actions and not any(action in ALLOWED[g.actor.role] for action in policy.actions):
        raise NotPermitted()
    return None


def owes_password() -> str:
    """Why the password must be changed before anything else: "given", "over", or "" when it need not be."""
    sign_in, settings = g.sign_in, doors.settings()
    if sign_in.must_change_password:
        return "given"
    over = is_over(sign_in.password_changed_at, doors.now(), settings.password_profile, days=settings.password_days)
    return "over" if over else ""


def owes_second_step() -> bool:
    """Whether this person must set up the second step of signing in before anything else."""
    return wants_second_step(g.actor.role, doors.settings().second_factor) and not g.sign_in.has_second_step


def send_to(endpoint: str, error: str) -> Any:
    """To the page where what is owed can be done."""
    if request.headers.get("HX-Request"):
        return Response(status=403, headers={"HX-Redirect": url_for(endpoint)})
    if wants_json():
        return {"error": error}, 403
    return redirect(url_for(endpoint), 303)


def ask_to_sign_in() -> Any:
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": url_for("account.login")})
    if wants_json():
        return {"error": "not_signed_in"}, 401
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("account.login", next=target if target != "/" else None), 303)


def wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"


HOMES: dict[Role, tuple[str, ...]] = {
    Role.CASEWORKER: ("/proposals",),
    Role.REVIEWER: ("/proposals",),
    Role.CONTACT: ("/needs",),
    Role.WORKER: ("/my",),
    Role.FINANCE: ("/deliveries",),
    Role.AUDITOR: ("/audit",),
    Role.CITY: ("/overview", "/runs"),
    Role.CHARITY: ("/offers",),
    Role.ENTERPRISE: ("/offers",),
    Role.SYSADMIN: ("/settings",),
    Role.SECADMIN: ("/accounts",),
    Role.AUDITADMIN: ("/audit",),
}
"""Where each role begins; the first that stands in this installation."""
