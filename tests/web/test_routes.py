"""Every route names its policy; one without answers nobody."""

import json

from typer.testing import CliRunner

from matcher.domain.access import Action
from web.auth import PUBLIC, SIGNED_IN, policy_of
from web.cli import make_app
from web.routes import listed

OPEN_TO_ALL = {
    "/favicon.ico",
    "/healthz",
    "/invitations/<token>",
    "/language",
    "/login",
    "/login/code",
    "/logout",
    "/metrics",
    "/notices/<token>",
    "/readyz",
    "/static/<path:filename>",
    "/vendor/<name>",
}


def test_every_route_has_a_policy(app):
    nameless = [route["endpoint"] for route in listed(app) if route["action"] is None]
    assert nameless == []


def test_only_these_are_open_to_everybody(app):
    assert {route["path"] for route in listed(app) if route["action"] == "public"} == OPEN_TO_ALL


def test_policies_are_known_actions(app):
    for rule in app.url_map.iter_rules():
        policy = policy_of(app, rule.endpoint)
        assert policy in (PUBLIC, SIGNED_IN) or (policy.actions and all(isinstance(a, Action) for a in policy.actions))


def test_a_view_without_a_policy_never_answers(app, visitor):
    app.add_url_rule("/forgotten", "forgotten", lambda: "personal data")
    answer = visitor.get("/forgotten")
    assert answer.status_code == 500 and "personal data" not in answer.text


def test_nothing_changes_by_get(app):
    changing = ("confirm", "decline", "withdraw", "stop", "start", "reset", "delete", "reveal", "logout")
    for route in listed(app):
        if "GET" in route["methods"] and route["path"].rsplit("/", 1)[-1] in changing:
            raise AssertionError(route["path"])


def test_the_command_prints_methods_endpoint_action_and_object():
    result = CliRunner().invoke(make_app(), ["routes", "--json"])
    assert result.exit_code == 0, result.output
    routes = {(route["path"], tuple(route["methods"])): route for route in json.loads(result.stdout)}
    login = routes["/login", ("POST",)]
    assert (login["endpoint"], login["action"]) == ("account.enter", "public")
    reset = routes["/accounts/<username>/password", ("POST",)]
    assert (reset["action"], reset["object"]) == ("see_accounts", "account")
