"""Matching one need at once: the best of what is left, nothing of anybody else's touched."""

from dataclasses import replace

import pytest
from sqlmodel import col, select

from matcher.domain.terms import ProposalStatus, Role
from matcher.errors import NotFound, NotPermitted, WrongState
from matcher.store.session import Database
from matcher.store.tables import AuditEvent, Proposal
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.match_now import match_need_now
from seeds import reference
from tests import factories as make
from tests.factories import TODAY


@pytest.fixture
def matched(database: Database, now, rules):
    """Match a need now as a caseworker of its county, or as somebody else."""

    def go(need_id: int, role: Role = Role.CASEWORKER, path: str | None = None):
        with database.write() as session:
            by = make.an_actor(session, role, unit=make.a_county(session))
            session.commit()
        by = replace(by, unit_path=path or by.unit_path)
        return match_need_now(
            need_id, by=by, rules=rules, language=reference.language(), uow=UnitOfWork(database), now=now, as_of=TODAY
        )

    return go


def standing(database: Database) -> dict[int, list[int]]:
    """Quantities proposed at present, by need."""
    with database.read() as session:
        found = session.exec(
            select(Proposal).where(Proposal.status == ProposalStatus.PROPOSED).order_by(col(Proposal.id))
        )
        result: dict[int, list[int]] = {}
        for proposal in found:
            result.setdefault(proposal.need_id, []).append(proposal.quantity)
        return result


def prepared(database: Database, stock: int) -> tuple[int, int]:
    with database.write() as session:
        make.an_offer(session, quantity=stock)
        first = make.a_need(session).id
        session.commit()
    return first, stock


def newcomer(database: Database) -> int:
    with database.write() as session:
        need = make.a_need(session).id
        session.commit()
    return need


def test_a_new_need_gets_what_is_left_and_the_others_keep_theirs(database: Database, run, matched):
    first, _ = prepared(database, stock=2)
    run()
    late = newcomer(database)
    assert (matched(late).proposals, matched(late).proposals) == (1, 0)
    assert standing(database) == {first: [1], late: [1]}
    later = newcomer(database)
    assert (matched(later).proposals, matched(later).remaining) == (0, 1)
    assert standing(database) == {first: [1], late: [1]}
    with database.read() as session:
        assert len(session.exec(select(AuditEvent).where(AuditEvent.action == "need:match_now")).all()) == 3


def test_before_the_first_run_and_for_others_it_is_refused(database: Database, run, matched):
    first, _ = prepared(database, stock=2)
    with pytest.raises(WrongState):
        matched(first)
    run()
    with pytest.raises(NotPermitted):
        matched(first, role=Role.REVIEWER)
    with pytest.raises(NotFound):
        matched(first, path="/999/")
    with pytest.raises(NotFound):
        matched(10_000)
