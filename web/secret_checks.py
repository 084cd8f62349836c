"""Nothing starts with missing or well-known secrets, except the demo with keys of its own."""

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from matcher.errors import SetupProblem
from matcher.settings import Settings
from matcher.store import anchor
from matcher.store.crypto import Keyring, use_keyring
from matcher.store.session import Database
from matcher.store.tables import Installation
from web import demo_secrets

WELL_KNOWN = ("secret", "changeme", "change-me", "change_me", "password", "default", "nuanliu", "development")
SHORTEST = 32


def checked(settings: Settings) -> Settings:
    """The settings with secrets that may be used; keyring and anchors are in place then. Raises SetupProblem."""
    settings = demo_secrets.completed(settings)
    key = settings.secret_key.get_secret_value()
    if not key:
        raise SetupProblem("missing_secret_key")
    if len(key) < SHORTEST or len(set(key)) < 8 or key.lower().startswith(WELL_KNOWN):
        raise SetupProblem("weak_secret_key")
    use_keyring(Keyring.parse(settings.encryption_keys.get_secret_value()))
    anchor.use_folder(settings.effective_audit_dir)
    return settings


def is_demo(database: Database) -> bool:
    """Whether this installation holds invented data; a database without tables is not one yet."""
    try:
        with database.read() as store:
            found = store.exec(select(Installation.is_demo)).first()
    except SQLAlchemyError:
        return False
    return bool(found)
