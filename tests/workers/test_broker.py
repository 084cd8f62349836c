"""The broker is a wake-up call: it carries ids, and losing it breaks nothing."""

import base64
import json
from datetime import datetime
from pathlib import Path

from matcher.settings import Settings
from matcher.store.session import Database
from matcher.store.unit_of_work import UnitOfWork
from matcher.usecases.matching import start_run
from tests.workers.conftest import free_port, status_of
from workers import broker


def test_a_call_carries_the_job_id_and_nothing_else(embedded_settings: Settings):
    assert broker.wake(417, embedded_settings)
    calls = list((embedded_settings.data_dir / "broker" / "calls").iterdir())
    assert len(calls) == 1
    body = json.loads(base64.b64decode(json.loads(calls[0].read_text())["body"]))
    assert body[0] == [417] and body[1] == {}


def test_both_brokers_say_whether_they_can_be_reached(settings: Settings):
    assert broker.broker_reachable(settings)


def test_an_absent_redis_is_not_reachable_and_a_call_to_it_is_not_an_error(embedded_settings: Settings):
    absent = embedded_settings.model_copy(update={"broker_url": f"redis://127.0.0.1:{free_port()}/0"})
    assert not broker.broker_reachable(absent)
    assert broker.wake(1, absent) is False


def test_a_folder_that_cannot_be_written_is_not_reachable(embedded_settings: Settings, tmp_path: Path):
    in_the_way = tmp_path / "a-file"
    in_the_way.write_text("")
    assert not broker.broker_reachable(embedded_settings.model_copy(update={"data_dir": in_the_way / "data"}))


def test_a_run_can_be_started_while_the_broker_is_down(
    embedded_settings: Settings, sqlite_database: Database, uow: UnitOfWork, city_id: int, now: datetime
):
    absent = embedded_settings.model_copy(update={"broker_url": f"redis://127.0.0.1:{free_port()}/0"})
    started = start_run(city_id, by=None, uow=uow, now=now)
    assert broker.wake(started.job_id, absent) is False
    assert status_of(sqlite_database, started.job_id) == "queued"
