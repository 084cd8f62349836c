"""Bringing a database to the code's tables and back; `nuanliu db` calls this from an installed wheel too."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from matcher.errors import SetupProblem
from matcher.store.session import Database

HERE = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest revision this code knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def current(database: Database) -> str | None:
    """The revision the database is at; None for an empty one."""
    with database.reader.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database, revision: str = "head") -> None:
    refuse_newer(database)
    _refuse_unknown(revision, "head")
    with _migrating(database) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    _refuse_unknown(revision, "base")
    with _migrating(database) as connection:
        command.downgrade(_config(connection), revision)


@contextmanager
def _migrating(database: Database) -> Iterator[Connection]:
    """One transaction. SQLite changes a table by making it anew, which its foreign keys would forbid where rows point
    at it: there they are off meanwhile, and all are checked before anything is kept."""
    with database.writer.connect() as connection:
        raw = connection.connection.cursor()
        if database.is_sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise SetupProblem("migration_breaks_links")
        finally:
            if database.is_sqlite:
                raw.execute("PRAGMA foreign_keys=ON")
            raw.close()


def check(database: Database) -> None:
    """Raises alembic's CommandError when tables in code and migrations differ."""
    with database.writer.begin() as connection:
        command.check(_config(connection))


def is_known(revision: str) -> bool:
    """Whether this code knows a revision."""
    return revision in _revisions()


def _revisions() -> list[str]:
    return sorted(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _refuse_unknown(revision: str, end: str) -> None:
    if revision != end and not is_known(revision):
        raise SetupProblem("unknown_revision", revision=revision, known=", ".join([*_revisions(), end]))


def refuse_newer(database: Database) -> None:
    """Raises SetupProblem for a database made by a newer release."""
    at = current(database)
    if at is not None and not is_known(at):
        raise SetupProblem("database_newer", revision=at)


def refuse_unready(database: Database) -> None:
    """Raises SetupProblem unless the database is at this code's revision."""
    refuse_newer(database)
    if current(database) != head():
        raise SetupProblem("database_behind", revision=current(database) or "–")
