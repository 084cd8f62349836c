"""Celery, as a wake-up call. Jobs live in the database; a message carries nothing but a job's id.

Embedded by default (files in the data directory), Redis by URL. A lost message costs seconds, never a job:
the reconciler on the timetable calls every waiting job again.
"""

import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from celery import Celery, shared_task
from celery.exceptions import CeleryError
from kombu.exceptions import KombuError

from matcher.settings import Settings, load_settings
from workers.names import TaskName
from workers.schedule import timetable

log = logging.getLogger("nuanliu.broker")
Work = TypeVar("Work", bound=Callable[..., None])
POLLING_SECONDS = 0.1
REDIS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
"""With the transport's own values a call lost with its worker would come back after more than a minute and a half."""


def is_embedded(settings: Settings) -> bool:
    return settings.effective_broker_url.startswith("filesystem:")


def transport_options(settings: Settings) -> dict[str, Any]:
    if not is_embedded(settings):
        return dict(REDIS)
    folder = settings.data_dir.resolve() / "broker"
    calls = folder / "calls"
    return {
        "data_folder_in": str(calls),
        "data_folder_out": str(calls),
        "processed_folder": str(folder / "taken"),
        "control_folder": str(folder / "control"),
        "store_processed": False,
        "polling_interval": POLLING_SECONDS,
    }


@lru_cache(maxsize=8)
def make_app(settings: Settings) -> Celery:
    """The Celery application of an installation."""
    options = transport_options(settings)
    if is_embedded(settings):
        _make_folders(settings)
    app = Celery("nuanliu", include=["workers.tasks.matching", "workers.tasks.upkeep", "workers.tasks.notices"])
    app.conf.update(
        broker_url=settings.effective_broker_url,
        broker_transport_options=options,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=2,
        task_ignore_result=True,
        task_default_queue="nuanliu",
        worker_prefetch_multiplier=1,
        worker_concurrency=2,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_hijack_root_logger=False,
        timezone=settings.timezone,
        enable_utc=True,
        beat_schedule=timetable(settings),
        beat_schedule_filename=str(settings.data_dir.resolve() / "timetable"),
    )
    return app


def _make_folders(settings: Settings) -> None:
    for name in ("calls", "taken", "control"):
        (settings.data_dir.resolve() / "broker" / name).mkdir(parents=True, exist_ok=True)


def task(name: TaskName) -> Callable[[Work], Work]:
    """Make a function the task of that name, in whatever application this process runs."""
    decorate: Callable[[Work], Work] = shared_task(name=name, ignore_result=True)
    return decorate


def wake(job_id: int, settings: Settings | None = None) -> bool:
    """Call a worker for a job that is already in the database. False when the broker did not take the call."""
    try:
        make_app(settings or load_settings()).send_task(TaskName.RUN_JOB, args=[job_id], retry=False)
    except (OSError, KombuError, CeleryError, ConnectionError) as error:
        log.warning("job %s waits for the reconciler, broker did not answer: %s", job_id, type(error).__name__)
        return False
    return True


def broker_reachable(settings: Settings) -> bool:
    """Whether calls can be left at the broker right now."""
    try:
        if is_embedded(settings):
            return _folder_takes_files(settings)
        with make_app(settings).connection_for_write() as connection:
            return bool(connection.default_channel.client.ping())
    except (OSError, KombuError, CeleryError, ConnectionError):
        return False


def _folder_takes_files(settings: Settings) -> bool:
    _make_folders(settings)
    probe = settings.data_dir.resolve() / "broker" / "control" / "probe"
    probe.write_text("")
    probe.unlink(missing_ok=True)
    return True
