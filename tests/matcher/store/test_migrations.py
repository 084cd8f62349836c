"""Every migration goes up, matches the tables in code, goes down and up again, on both databases."""

import pytest
from sqlalchemy import inspect
from sqlmodel import SQLModel

from matcher.errors import SetupProblem
from matcher.store import migrate
from matcher.store.session import Database


def test_migrated_tables_are_the_tables_in_code(database: Database) -> None:
    migrate.check(database)
    assert set(SQLModel.metadata.tables) <= set(inspect(database.writer).get_table_names())


def test_down_and_up_again(database: Database) -> None:
    migrate.downgrade(database, "base")
    assert set(inspect(database.writer).get_table_names()) == {"alembic_version"}
    migrate.upgrade(database)
    assert migrate.current(database) == migrate.head()


def test_a_database_newer_than_the_code_is_refused(database: Database) -> None:
    with database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SetupProblem) as caught:
        migrate.refuse_unready(database)
    assert caught.value.code == "database_newer"
