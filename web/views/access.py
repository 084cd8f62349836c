"""Who may do what: a table read off the policy function and the routes as they are."""

from flask import Blueprint, current_app, render_template, request

from matcher.domain.access import Action
from matcher.domain.access_matrix import CASE_OBJECTS, Cell, Scope, matrix
from matcher.domain.terms import Role
from web.access_words import ACTION_WORDS, SCOPE_WORDS
from web.auth import requires
from web.labels import pick
from web.routes import listed

bp = Blueprint("access", __name__)


@bp.get("/access")
@requires(Action.SEE_MATRIX)
def show() -> str:
    chosen = request.args.get("role", "")
    role = Role(chosen) if chosen in set(Role) else None
    cells = [cell for cell in matrix() if cell.scope is not Scope.NONE and role in (None, cell.role)]
    lines: dict[Action, list[Cell]] = {}
    for cell in cells:
        lines.setdefault(cell.action, []).append(cell)
    routes = listed(current_app)
    return render_template(
        "access/show.html",
        lines=lines,
        role=role,
        roles=list(Role),
        routes={action: _routes_of(routes, action) for action in lines},
        action_words=lambda action: pick(ACTION_WORDS[action]),
        scope_words=lambda scope: pick(SCOPE_WORDS[scope]),
        sees_cases=any(cell.kind in CASE_OBJECTS for cell in cells),
        total=len(routes),
    )


def _routes_of(routes: list[dict[str, object]], action: Action) -> list[str]:
    return [
        f"{' '.join(r['methods'])} {r['path']}"  # type: ignore[arg-type]
        for r in routes
        if action in str(r["action"]).split("|")
    ]
