"""Notices leave the outbox when their undo window is over."""

from matcher.usecases.notices import send_due_notices
from workers import broker, doors
from workers.names import TaskName


@broker.task(TaskName.SEND_NOTICES)
def send_notices() -> None:
    send_due_notices(uow=doors.uow(), now=doors.now())
