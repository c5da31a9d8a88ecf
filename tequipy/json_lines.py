"""Makes log lines of what a process says without a logger: tracebacks and warnings of
the interpreter, of libraries, of a start that fails. Imports nothing of Django: it runs
beside (`watched.py`), also where the application can't be loaded."""

from __future__ import annotations

import json
import os
import re
import select
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent))

from apps.core.secret_paths import mask, without_queries

# What comes within so long of the line before belongs to it: a traceback is one line.
_TOGETHER_SECONDS = 0.2
_MOST_BYTES = 64 * 1024
_IS_ERROR = re.compile("Traceback|Error\\b|Exception|[Ff]atal|does not start")


def line(message: str, *, logger: str, level: str) -> str:
    told = {
        "timestamp": datetime.now(UTC).isoformat(),
        "level": level,
        "logger": logger,
        "message": mask(without_queries(message)),
        "correlation_id": "",
    }
    return json.dumps(told)


def is_one(text: str) -> bool:
    """Whether that is a line as our loggers write it."""
    if not text.startswith("{"):
        return False
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return {"timestamp", "level", "message", "correlation_id"} <= set(found)


class Lines(threading.Thread):
    """Reads what is written to `self.write_end`, and tells it on `to`."""

    def __init__(self, to: int, *, logger: str, level: str) -> None:
        super().__init__(daemon=True)
        self.read_end, self.write_end = os.pipe()
        self.to, self.logger, self.level = to, logger, level
        self.gathered: list[str] = []

    def run(self) -> None:
        rest = b""
        while True:
            if self.gathered and not self._more_comes():
                self._tell_gathered()
            if not (read := os.read(self.read_end, _MOST_BYTES)):
                break
            *lines, rest = (rest + read).split(b"\n")
            for one in lines:
                self._take(one.decode(errors="replace"))
        self._take(rest.decode(errors="replace"))
        self._tell_gathered()

    def _more_comes(self) -> bool:
        readable, _writable, _failed = select.select(
            [self.read_end], [], [], _TOGETHER_SECONDS
        )
        return bool(readable)

    def _take(self, text: str) -> None:
        if is_one(text):
            self._tell_gathered()
            self._write(text)
        elif text.strip():
            self.gathered.append(text.rstrip())
            if self.to == 1:
                self._tell_gathered()

    def _tell_gathered(self) -> None:
        if self.gathered:
            message = "\n".join(self.gathered)
            is_error = self.to == 2 and _IS_ERROR.search(message)
            level = "ERROR" if is_error else self.level
            self._write(line(message, logger=self.logger, level=level))
            self.gathered = []

    def _write(self, text: str) -> None:
        """As a whole, or two streams would meet in one line."""
        left = memoryview(f"{text}\n".encode())
        while left:
            left = left[os.write(self.to, left) :]

    def finish(self) -> None:
        """Once nobody writes any more; what a child left behind may still do so."""
        self.join(2)
