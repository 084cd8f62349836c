"""The timetable calls every task that must happen in time, and only tasks that exist."""

from datetime import datetime
from zoneinfo import ZoneInfo

from matcher.settings import Settings
from workers.broker import make_app
from workers.names import TaskName
from workers.schedule import timetable


def test_every_task_but_the_wake_up_call_is_on_the_timetable(embedded_settings: Settings):
    planned = {entry["task"] for entry in timetable(embedded_settings).values()}
    assert planned == set(TaskName) - {TaskName.RUN_JOB}


def test_every_name_has_a_task(embedded_settings: Settings):
    app = make_app(embedded_settings)
    app.loader.import_default_modules()
    app.finalize()
    assert set(TaskName) <= set(app.tasks)


def test_the_nightly_match_is_due_at_the_local_time_of_the_settings(embedded_settings: Settings):
    app = make_app(embedded_settings.model_copy(update={"nightly_match_at": "03:25"}))
    schedule = app.conf.beat_schedule["nightly match"]["schedule"]
    schedule.app = app
    evening = datetime(2019, 1, 8, 22, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    schedule.nowfun = lambda: evening
    assert (evening + schedule.remaining_estimate(evening)).strftime("%d %H:%M") == "09 03:25"


def test_jobs_are_looked_after_every_quarter_of_a_minute(embedded_settings: Settings):
    entry = timetable(embedded_settings)["reconcile"]
    assert entry["schedule"].run_every.total_seconds() <= 15
