"""Keeps a set of processes running, and ends them together."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from .processes import StackError, stop

STOP_SECONDS = 8
# A process that lived this long had started well: its next death is a first one.
_LIVED_WELL_SECONDS = 60
_RESTART_PAUSES = (1, 2, 5, 10, 30)


def say(text: str) -> None:
    print(text, flush=True)


class Service:
    """One process of ours: started, watched, started again if it dies."""

    def __init__(
        self, name: str, log: Path, start: Callable[[], subprocess.Popen[bytes]]
    ) -> None:
        self.name, self.log, self._start = name, log, start
        self.process: subprocess.Popen[bytes] | None = None
        self.deaths = 0
        self._changed_at = 0.0

    def start(self) -> None:
        self.process = self._start()
        self._changed_at = time.monotonic()

    def watch(self) -> None:
        if self.process is None:
            if time.monotonic() >= self._changed_at + self._pause():
                self._start_again()
        elif self.process.poll() is not None:
            self._note_death(f"ended ({self.process.returncode})")

    def _start_again(self) -> None:
        try:
            self.start()
        except StackError as error:
            self._note_death(f"does not start ({error})")
        else:
            say(f"{self.name} runs again.")

    def _note_death(self, what: str) -> None:
        lived = time.monotonic() - self._changed_at
        self.deaths = 1 if lived > _LIVED_WELL_SECONDS else self.deaths + 1
        # What the dead one started must not work beside the next one.
        stop([self.process])
        self.process, self._changed_at = None, time.monotonic()
        say(f"{self.name} {what}: again in {self._pause()} s, see {self.log}")

    def _pause(self) -> int:
        return _RESTART_PAUSES[min(self.deaths, len(_RESTART_PAUSES)) - 1]


def stop_all(services: Sequence[Service]) -> None:
    stop([service.process for service in services], seconds=STOP_SECONDS)
