"""A whole match run on a test's database: started, claimed and done."""

from collections.abc import Callable
from datetime import datetime

import pytest

from matcher.domain.terms import RunStage
from matcher.store.session import Database
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.jobs import claim_job
from matcher.usecases.matching import run_matching, start_run
from matcher.usecases.plan_keeping import RunCard
from matcher.usecases.rules import Rules
from seeds import reference
from tests import factories as make
from tests.factories import TODAY
from tests.places import places
from tests.policies import the_policy

LEASE_SECONDS = 60


def quiet(_stage: RunStage, _share: float) -> None:
    return None


@pytest.fixture(scope="session")
def rules() -> Rules:
    return Rules(policy=the_policy(TODAY), places=places())


@pytest.fixture
def run(database: Database, now: datetime, rules: Rules) -> Callable[..., RunCard]:
    """Start, claim and do a run over the whole city, or over one union."""

    def go(unit_id: int | None = None, progress=quiet, at: datetime = now) -> RunCard:
        with database.read() as session:
            unit_id = unit_id or make.the_city(session).id
        started = start_run(unit_id, by=None, uow=UnitOfWork(database), now=at)
        lease = claim_job(started.job_id, lease_seconds=LEASE_SECONDS, uow=UnitOfWork(database), now=at)
        return run_matching(
            started.run_id,
            lease=lease,
            rules=rules,
            language=reference.language(),
            uow=UnitOfWork(database),
            clock=lambda: at,
            progress=progress,
        )

    return go
