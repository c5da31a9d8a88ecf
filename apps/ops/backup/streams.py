"""Bytes on their way through programs: bounded memory, and a failure anywhere is seen
before the reader is told that it has everything."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Any, BinaryIO

from django.utils.translation import gettext as _

from apps.core.errors import Conflict

CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Program:
    arguments: Sequence[str]
    environment: dict[str, str] | None = None


class Stream:
    """What comes out of `source` after it went through the programs in a row. `read`
    returns less than it was asked for only at a sound end."""

    def __init__(
        self,
        source: BinaryIO | None,
        programs: Sequence[Program] = (),
        *,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._check = check
        self._running: list[tuple[subprocess.Popen[bytes], IO[bytes], str]] = []
        self._digest = hashlib.sha256()
        self._is_ended = False
        self.size = 0
        for program in programs:
            source = self._start(program, source)
        if source is None:
            raise ValueError("a stream needs a source or a program")
        self._source = source

    def _start(self, program: Program, source: BinaryIO | None) -> BinaryIO:
        errors = tempfile.TemporaryFile()  # noqa: SIM115
        process = subprocess.Popen(
            list(program.arguments),
            stdin=source or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=program.environment,
        )
        if source is not None:
            source.close()  # the program's alone now, so that it sees the end
        self._running.append((process, errors, os.path.basename(program.arguments[0])))
        return process.stdout  # type: ignore[return-value]

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def read(self, size: int = -1) -> bytes:
        parts, wanted = [], size
        while wanted and not self._is_ended:
            chunk = self._source.read(min(wanted, CHUNK) if size >= 0 else CHUNK)
            if not chunk:
                self._end()
                break
            parts.append(chunk)
            wanted -= len(chunk)
        data = b"".join(parts)
        self._digest.update(data)
        self.size += len(data)
        return data

    def drain(self) -> None:
        while self.read(CHUNK):
            pass

    def _end(self) -> None:
        self._check()
        for process, errors, name in self._running:
            if process.wait():
                raise Conflict(
                    "backup_program_failed",
                    _("%(program)s failed: %(reason)s")
                    % {"program": name, "reason": last_line(errors)},
                )
        self._is_ended = True

    def close(self) -> None:
        self._source.close()
        for process, errors, _name in self._running:
            if process.poll() is None:
                process.kill()
            process.wait()
            errors.close()

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def produced(write: Callable[[BinaryIO], Any], programs: Sequence[Program]) -> Stream:
    """A stream of what `write` writes, in a thread of its own."""
    reading, writing = os.pipe()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with os.fdopen(writing, "wb") as sink:
                write(sink)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=work, daemon=True)

    def check() -> None:
        thread.join()
        for failure in failures:
            if isinstance(failure, OSError):
                raise Conflict(
                    "backup_files", _("The files cannot be packed: %s") % failure
                ) from failure
            raise failure

    thread.start()
    return Stream(os.fdopen(reading, "rb"), programs, check=check)


def last_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = errors.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no reason given"
