"""What a view needs from outside: the database, the acting person, the moment, the rules."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from flask import abort, current_app, g

from matcher import clock
from matcher.domain.access import Actor
from matcher.settings import Settings
from matcher.store.session import Database
from matcher.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from matcher.domain.file_rules import FileRules
    from matcher.domain.retention import RetentionRules
    from matcher.engine.language import Language
    from matcher.usecases.rules import Rules


@dataclass
class House:
    """What one running web process holds."""

    settings: Settings
    database: Database
    is_demo: bool = False
    clock: Callable[[], datetime] = clock.now


def house() -> House:
    return cast(House, current_app.extensions["nuanliu"])


def settings() -> Settings:
    return house().settings


def db() -> Database:
    return house().database


def uow() -> UnitOfWork:
    return UnitOfWork(db())


def actor() -> Actor:
    """Who acts. Only called from views that ask for someone signed in."""
    person = g.get("actor")
    if person is None:
        abort(401)
    return cast(Actor, person)


def now() -> datetime:
    """One moment per request."""
    if "now" not in g:
        g.now = house().clock()
    return cast(datetime, g.now)


def zone() -> ZoneInfo:
    return ZoneInfo(settings().timezone)


def today() -> date:
    return clock.business_date(now(), zone())


def rules() -> "Rules":
    """The matching rules in force today."""
    from workers.doors import load_rules

    return load_rules(settings(), as_of=today())


def file_rules() -> "FileRules":
    """What hardship files go by here and today: classes, clocks, working days."""
    from seeds.reference import file_rules as of_day

    return of_day(today())


def retention_rules() -> "RetentionRules":
    """How long what is known of families is kept here, as of today."""
    from seeds.reference import retention_rules as of_day

    return of_day(today())


def language() -> "Language":
    """What is known of language, with the encoder of the settings."""
    from workers.doors import load_language

    return load_language(settings())


def wake(job_id: int) -> None:
    """Tell the worker that a job waits. The job is in the database already; a lost call only costs time."""
    from workers.broker import wake as call

    call(job_id, settings())
