"""Keep child processes running: start, watch, start again, stop all together."""

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from subprocess import Popen, TimeoutExpired
from threading import Event
from time import monotonic
from types import FrameType

log = logging.getLogger("nuanliu.up")
PATIENCE_SECONDS = 15
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60
PR_SET_PDEATHSIG = 1


def start_child(
    command: Sequence[str], environment: Mapping[str, str] | None = None, *, stdout: int | None = None
) -> Popen[bytes]:
    """A child that is asked to stop when its parent is gone, however that happened (Linux)."""
    return Popen(list(command), env=dict(environment or os.environ), preexec_fn=_stop_with_parent, stdout=stdout)


def _stop_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(slots=True)
class Watched:
    """One child and when it may be started (again)."""

    command: Sequence[str]
    process: Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 1.0
    not_before: float = 0.0


class Supervisor:
    """Runs commands by name until SIGTERM or SIGINT. One that dies comes back after a pause that doubles."""

    def __init__(self, commands: Mapping[str, Sequence[str]], *, pause_seconds: float = 1.0) -> None:
        self.children = {name: Watched(command, pause=pause_seconds) for name, command in commands.items()}
        self._first_pause = pause_seconds
        self._stop = Event()

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_stop)
        while not self._stop.is_set():
            for name, child in self.children.items():
                self._look_after(name, child)
            self._stop.wait(0.2)
        self._stop_all()
        return 0

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _look_after(self, name: str, child: Watched) -> None:
        now = monotonic()
        if child.process is None:
            if now >= child.not_before:
                child.process, child.started = start_child(child.command), now
                log.info("%s started, process %s", name, child.process.pid)
        elif child.process.poll() is not None:
            steady = now - child.started > STEADY_SECONDS
            child.pause = self._first_pause if steady else child.pause
            log.warning("%s stopped with %s, again in %.0f s", name, child.process.returncode, child.pause)
            child.process, child.not_before = None, now + child.pause
            child.pause = min(child.pause * 2, LONGEST_PAUSE_SECONDS)

    def _stop_all(self) -> None:
        running = [child.process for child in self.children.values() if child.process is not None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        deadline = monotonic() + PATIENCE_SECONDS
        for process in running:
            try:
                process.wait(timeout=max(deadline - monotonic(), 0.1))
            except TimeoutExpired:
                process.kill()
                process.wait()
