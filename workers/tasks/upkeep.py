"""Small things that must happen in time."""

from matcher.usecases.file_import import erase_expired_tables
from matcher.usecases.jobs import reconcile_jobs
from matcher.usecases.proposal_clock import expire_proposals, release_due_holds
from matcher.usecases.referral_clock import escalate_late_referrals
from matcher.usecases.retention import announce_erasures, erase_again, erase_due_families, erase_old_rosters
from matcher.usecases.upkeep import expire_needs_and_offers, sort_families_by_name
from workers import broker, doors
from workers.names import TaskName


@broker.task(TaskName.RECONCILE)
def reconcile() -> None:
    for job_id in reconcile_jobs(uow=doors.uow(), now=doors.now()).waiting:
        broker.wake(job_id, doors.settings())


@broker.task(TaskName.EXPIRE)
def expire() -> None:
    expire_needs_and_offers(uow=doors.uow(), now=doors.now())
    erase_expired_tables(uow=doors.uow(), now=doors.now())
    sort_families_by_name(uow=doors.uow())
    expire_proposals(uow=doors.uow(), now=doors.now(), rules=doors.rules())


@broker.task(TaskName.ERASE)
def erase() -> None:
    keep = doors.retention_rules()
    erase_again(uow=doors.uow(), now=doors.now())
    announce_erasures(uow=doors.uow(), now=doors.now(), rules=keep)
    erase_due_families(uow=doors.uow(), now=doors.now(), rules=keep)
    erase_old_rosters(uow=doors.uow(), now=doors.now(), rules=keep)


@broker.task(TaskName.RELEASE_HOLDS)
def release_holds() -> None:
    release_due_holds(uow=doors.uow(), now=doors.now())


@broker.task(TaskName.ESCALATE)
def escalate() -> None:
    escalate_late_referrals(uow=doors.uow(), now=doors.now(), rules=doors.rules())
