"""Match runs: one when called, one every night; and learning, every night before it."""

from matcher.usecases.learning import start_learning
from matcher.usecases.matching import start_nightly_run
from workers import broker, doors
from workers.names import TaskName


@broker.task(TaskName.RUN_JOB)
def run_job(job_id: int) -> None:
    doors.perform(job_id)


@broker.task(TaskName.NIGHTLY_MATCH)
def nightly_match() -> None:
    started = start_nightly_run(uow=doors.uow(), now=doors.now())
    if started is not None:
        broker.wake(started.job_id, doors.settings())


@broker.task(TaskName.NIGHTLY_LEARNING)
def nightly_learning() -> None:
    job_id = start_learning(by=None, uow=doors.uow(), now=doors.now())
    if job_id is not None:
        broker.wake(job_id, doors.settings())
