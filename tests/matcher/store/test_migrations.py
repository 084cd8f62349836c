"""Every migration goes up, matches the tables in code, goes down and up again, on both databases."""

import pytest
from sqlalchemy import inspect
from sqlmodel import SQLModel, select

from matcher.domain.terms import JobKind, ProposalAction
from matcher.errors import SetupProblem
from matcher.store import migrate
from matcher.store.session import Database
from matcher.store.tables import Job, MatchRun, Proposal, ProposalStep
from tests import factories as make


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
    migrate.downgrade(database, "0003")
    migrate.upgrade(database)
    with database.read() as session:
        kept, step = session.exec(select(Proposal)).one(), session.exec(select(ProposalStep)).one()
        assert (kept.signals, kept.model, step.reason, step.signals) == ({}, "hand", "other", None)
        assert session.exec(select(MatchRun.job_id)).one() == session.exec(select(Job.id)).one()
