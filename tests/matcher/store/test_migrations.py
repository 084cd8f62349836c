"""Every migration goes up, matches the tables in code, goes down and up again, on both databases."""

import pytest
from sqlalchemy import inspect, text
from sqlmodel import SQLModel, select

from matcher.domain.terms import JobKind, ProposalAction
from matcher.errors import SetupProblem
from matcher.store import migrate, rekey
from matcher.store.ownership import owned
from matcher.store.record_keys import record_of, unseal
from matcher.store.session import Database
from matcher.store.tables import Household, Job, MatchRun, Proposal, ProposalStep
from tests import factories as make
from tests.conftest import KEYRING


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


def test_rows_of_a_release_before_learning_are_still_there_after_it(database: Database) -> None:
    with database.write() as session:
        proposal = make.a_proposal(session)
        job = Job(kind=JobKind.MATCH, created_at=make.NOW)
        session.add(job)
        session.flush()
        session.get_one(MatchRun, proposal.run_id).job_id = job.id
        step = {"from_status": "proposed", "to_status": "declined", "quantity": 1, "at": make.NOW, "reason": "other"}
        session.add(ProposalStep(proposal_id=proposal.id, action=ProposalAction.DECLINE, **step))
        session.commit()
    before_households_had_keys(database)
    migrate.downgrade(database, "0003")
    migrate.upgrade(database)
    with database.read() as session:
        kept, step = session.exec(select(Proposal)).one(), session.exec(select(ProposalStep)).one()
        assert (kept.signals, kept.model, step.reason, step.signals) == ({}, "hand", "other", None)
        assert session.exec(select(MatchRun.job_id)).one() == session.exec(select(Job.id)).one()
        assert session.exec(select(Household.head_name)).one() == "李志远"
    assert rekey.rotate(database, KEYRING)["household"] == 1
    with database.read() as session:
        assert session.exec(select(Household.head_name)).one() == "李志远"
        raw = session.connection().exec_driver_sql("SELECT head_name, record_name FROM household").one()
        assert record_of(bytes(raw.head_name)) == raw.record_name


def before_households_had_keys(database: Database) -> None:
    """Every value of a family as it was sealed then, under the keyring."""
    with database.write() as session:
        for table in SQLModel.metadata.sorted_tables:
            for name in owned(table.name)[1]:
                purpose = table.c[name].type.purpose
                raw = f"SELECT id, {name} AS value FROM {table.name} WHERE {name} IS NOT NULL"
                for row in session.connection().exec_driver_sql(raw).all():
                    value = KEYRING.encrypt(unseal(bytes(row.value), purpose), purpose)
                    change = text(f"UPDATE {table.name} SET {name} = :value WHERE id = :id")
                    session.connection().execute(change, {"value": value, "id": row.id})
        session.connection().exec_driver_sql("UPDATE household SET record_name = NULL, record_key = NULL")
        session.commit()


def test_a_way_back_that_would_lose_every_familys_key_is_refused(database: Database) -> None:
    with database.write() as session:
        make.a_household(session)
        session.commit()
    with pytest.raises(RuntimeError, match="keys of their own"):
        migrate.downgrade(database, "0012")
    with database.read() as session:
        assert session.exec(select(Household.head_name)).one() == "李志远"
