"""`python -I tequipy/watched.py PROCESS COMMAND...`: process 1 of a container. Runs the
command, passes signals on to it and ends with it.

What the command writes without a logger becomes lines of the log as all are: what comes
on stderr always, what comes on stdout where nobody but the log reads it.

A web process, worker or beat that answered once and then has not for a minute is ended:
whoever started the container, Docker Compose for example, starts it anew. Compose only
shows that a health check fails; what is frozen can't end itself.
"""

from __future__ import annotations

import http.client
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

import alive
import json_lines

EVERY_SECONDS = 10.0
# As the container's health check.
ANSWER_SECONDS = 10.0
# Longer than anything that passes by itself: a request of a frozen database, a restart.
SILENT_CHECKS = 6
TERM_SECONDS = 10.0
_PORTS = {"frontend": "3000", "backend": "8000"}
_WATCHED = {*_PORTS, "worker", "beat"}
# What others print is for a person, or a program that asked for it.
_ONLY_LOGGED = {"worker", "beat", "migrate", "certificate", "alerting", "backup"}
_PASSED_ON = {
    getattr(signal, f"SIG{name}")
    for name in ("HUP", "INT", "QUIT", "TERM", "USR1", "USR2", "TTIN", "TTOU", "WINCH")
}


def web_answers(process: str) -> bool:
    host, _colon, port = os.environ.get("BIND", _PORTS[process]).rpartition(":")
    there = host if host not in ("", "0.0.0.0", "[::]") else "127.0.0.1"  # noqa: S104
    asking = http.client.HTTPConnection(there, int(port), timeout=ANSWER_SECONDS)
    try:
        asking.request("GET", "/api/v1/health")
        return asking.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()


def turns(process: str) -> bool:
    return not alive.why_not(process)


class Watch(threading.Thread):
    """Asks beside, so that a signal waits for no answer."""

    def __init__(self, process: str, answers: Callable[[str], bool]) -> None:
        super().__init__(daemon=True)
        self.process, self.answers = process, answers
        self.is_over = threading.Event()

    def run(self) -> None:
        has_answered, silent = False, 0
        while silent < SILENT_CHECKS:
            time.sleep(EVERY_SECONDS)
            if self.answers(self.process):
                has_answered, silent = True, 0
            else:
                silent += has_answered
        message = f"{self.process} answered none of {silent} health checks: it is ended"
        told = json_lines.line(message, logger="tequipy.watched", level="CRITICAL")
        os.write(sys.stdout.fileno(), f"{told}\n".encode())
        self.is_over.set()


def main(process: str, command: list[str]) -> int:
    waited_for = {*_PASSED_ON, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, waited_for)
    streams = [json_lines.Lines(2, logger=process, level="WARNING")]
    if process in _ONLY_LOGGED:
        streams.append(json_lines.Lines(1, logger=process, level="INFO"))
    actions = [(os.POSIX_SPAWN_DUP2, stream.write_end, stream.to) for stream in streams]
    # In a group of its own: its children can be ended with it.
    child = os.posix_spawnp(
        command[0],
        command,
        os.environ,
        file_actions=actions,
        setsid=True,
        setsigmask=[],
        setsigdef=[signal.SIGPIPE],
    )
    for stream in streams:
        os.close(stream.write_end)
        stream.start()
    code = followed(child, waited_for, watched(process))
    for stream in streams:
        stream.finish()
    return code


def watched(process: str) -> threading.Event:
    """Set once it no longer answers."""
    answers = web_answers if process in _PORTS else turns
    watch = Watch(process, answers)
    if process in _WATCHED:
        watch.start()
    return watch.is_over


def followed(
    child: int, waited_for: set[signal.Signals], is_over: threading.Event
) -> int:
    """Its exit code."""
    while not is_over.is_set():
        told = signal.sigtimedwait(waited_for, 1)
        if told is not None and told.si_signo != signal.SIGCHLD:
            with suppress(ProcessLookupError):
                os.kill(child, told.si_signo)
        if (code := reaped(child)) is not None:
            return code
    end(child)
    return 70  # EX_SOFTWARE


def reaped(child: int) -> int | None:
    """The child's exit code, if it has ended. As process 1 we get all orphans, too."""
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            if ended[0] == child:
                code = os.waitstatus_to_exitcode(ended[1])
                return code if code >= 0 else 128 - code
    return None


def end(child: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGTERM)
        deadline = time.monotonic() + TERM_SECONDS
        while time.monotonic() < deadline and reaped(child) is None:
            time.sleep(0.2)
        os.killpg(child, signal.SIGKILL)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: watched.py PROCESS COMMAND...")
    sys.exit(main(sys.argv[1], sys.argv[2:]))
