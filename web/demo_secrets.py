"""Keys of the demo: made once, kept in a file only its owner may read, used only for the demo's own database."""

import json
import os
import secrets
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import make_url

from matcher.settings import Settings
from matcher.store.crypto import Keyring

NAME = "demo-secrets.json"


def path_of(settings: Settings) -> Path:
    return settings.data_dir / NAME


def _named(settings: Settings) -> str:
    """Which database these keys belong to: its address without a password, or "embedded"."""
    return make_url(settings.database_url).render_as_string() if settings.database_url else "embedded"


def make(settings: Settings) -> None:
    """Make the file if it is not there, readable for its owner alone."""
    path = path_of(settings)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    body = {
        "database": _named(settings), "secret_key": secrets.token_urlsafe(48), "encryption_keys": Keyring.fresh(),
    }  # fmt: skip
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(body, file)


def completed(settings: Settings) -> Settings:
    """Settings with missing secrets taken from the demo's file, if this is the demo's own database."""
    path = path_of(settings)
    if not path.is_file():
        return settings
    body = json.loads(path.read_text("utf-8"))
    if body.get("database") != _named(settings):
        return settings
    missing = {
        name: SecretStr(body[name]) for name in ("secret_key", "encryption_keys")
        if not getattr(settings, name).get_secret_value()
    }  # fmt: skip
    return settings.model_copy(update=missing)


def hand_on(settings: Settings) -> None:
    """Let worker processes started from here find the same secrets."""
    os.environ["NUANLIU_SECRET_KEY"] = settings.secret_key.get_secret_value()
    os.environ["NUANLIU_ENCRYPTION_KEYS"] = settings.encryption_keys.get_secret_value()
    os.environ["NUANLIU_DATA_DIR"] = str(settings.data_dir.resolve())
