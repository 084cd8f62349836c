"""The timetable: what runs when, in the time zone of the union's offices."""

from typing import Any

from celery.schedules import crontab, schedule

from matcher.settings import Settings
from workers.names import TaskName

RECONCILE_SECONDS = 15
NOTICE_SECONDS = 30
UPKEEP_SECONDS = 300
ERASE_SECONDS = 6 * 3600


def timetable(settings: Settings) -> dict[str, dict[str, Any]]:
    """Entries as Celery's beat reads them. A call nobody took in time is worth nothing, the next one follows."""
    return {
        "nightly learning": _nightly(TaskName.NIGHTLY_LEARNING, settings.nightly_learning_at),
        "nightly match": _nightly(TaskName.NIGHTLY_MATCH, settings.nightly_match_at),
        **{
            task.value.removeprefix("nuanliu.").replace("_", " "): {
                "task": task,
                "schedule": schedule(seconds),
                "options": {"expires": seconds},
            }
            for task, seconds in (
                (TaskName.RECONCILE, RECONCILE_SECONDS),
                (TaskName.SEND_NOTICES, NOTICE_SECONDS),
                (TaskName.EXPIRE, UPKEEP_SECONDS),
                (TaskName.RELEASE_HOLDS, UPKEEP_SECONDS),
                (TaskName.ESCALATE, UPKEEP_SECONDS),
                (TaskName.ERASE, ERASE_SECONDS),
            )
        },
    }


def _nightly(task: TaskName, at: str) -> dict[str, Any]:
    hour, minute = at.split(":")
    return {"task": task, "schedule": crontab(hour=int(hour), minute=int(minute)), "options": {"expires": 6 * 3600}}
