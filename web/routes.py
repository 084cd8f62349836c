"""Every route with its policy: what `nuanliu routes` prints and a test walks through."""

import re
import secrets
from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from matcher.settings import Settings, load_settings
from matcher.store.crypto import Keyring
from web.auth import policy_of


class RowId(IntegerConverter):
    """A number in an address that a row can have: a greater one names nothing, on every database alike."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": 2**31 - 1, **options})


def listed(app: Flask | None = None) -> list[dict[str, Any]]:
    """Path, methods, endpoint, action ("public", "signed_in" or actions joined by |) and object type."""
    app = app or blank_app()
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: (r.rule, sorted(r.methods or ()))):
        policy = policy_of(app, rule.endpoint)
        named = re.findall(r"<(?:\w+:)?(\w+?)(?:_id|_key|_code)?>", rule.rule)
        found.append(
            {
                "path": rule.rule,
                "methods": sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}),
                "endpoint": rule.endpoint,
                "action": policy.name if policy else None,
                "object": (policy.of if policy else "") or (named[0] if named and rule.endpoint != "static" else None),
            }
        )
    return found


def blank_app() -> Flask:
    """An application with keys of its own and an empty database in memory: only its routes are looked at."""
    from web import create_app

    settings = Settings(
        **load_settings().model_dump(exclude={"database_url", "secret_key", "encryption_keys"}),
        database_url="sqlite://",
        secret_key=secrets.token_urlsafe(48),
        encryption_keys=Keyring.fresh(),
    )
    return create_app(settings)
