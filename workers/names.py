"""The one list of background tasks. Every name has a task, and every timetable entry a name (tested)."""

from enum import StrEnum


class TaskName(StrEnum):
    RUN_JOB = "nuanliu.run_job"  # wake-up call for one job, by id
    RECONCILE = "nuanliu.reconcile"  # jobs whose worker died, calls that were lost
    NIGHTLY_MATCH = "nuanliu.nightly_match"
    NIGHTLY_LEARNING = "nuanliu.nightly_learning"
    EXPIRE = "nuanliu.expire"  # needs past their date, proposals that no longer hold
    RELEASE_HOLDS = "nuanliu.release_holds"
    SEND_NOTICES = "nuanliu.send_notices"
    ERASE = "nuanliu.erase"  # families whose time of keeping is over
    ESCALATE = "nuanliu.escalate"  # referrals whose clock has run out: the unit above hears of it
