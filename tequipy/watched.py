"""`python -I tequipy/watched.py frontend|backend|worker|beat COMMAND...`: runs the
command and passes signals on to it. Once it answered and then has not for a minute, it
is ended, and so is this process: whoever started it, Docker Compose for example, starts
it anew. Run as a file, it imports nothing of ours but what lies beside it.

Docker Compose only shows that a health check fails; what is frozen can't end itself.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

EVERY_SECONDS = 10.0
# As the container's health check.
ANSWER_SECONDS = 10.0
# Longer than anything that passes by itself: a request of a frozen database, a restart.
SILENT_CHECKS = 6
TERM_SECONDS = 10.0
_PORTS = {"frontend": "3000", "backend": "8000"}
_PASSED_ON = {
    getattr(signal, f"SIG{name}")
    for name in ["HUP", "INT", "QUIT", "TERM", "USR1", "USR2", "TTIN", "TTOU", "WINCH"]
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
    sys.path.append(str(Path(__file__).parent))
    import alive

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
        say(f"{self.process} answered none of {silent} health checks: it is ended")
        self.is_over.set()


def say(message: str) -> None:
    line = {
        "timestamp": datetime.now(UTC).isoformat(),
        "level": "CRITICAL",
        "logger": "tequipy.watched",
        "message": message,
        "correlation_id": "",
    }
    sys.stdout.write(f"{json.dumps(line)}\n")
    sys.stdout.flush()


def main(process: str, command: list[str]) -> int:
    waited_for = {*_PASSED_ON, signal.SIGCHLD}
    signal.pthread_sigmask(signal.SIG_BLOCK, waited_for)
    # In a group of its own: its children can be ended with it.
    child = os.posix_spawnp(command[0], command, os.environ, setsid=True, setsigmask=[])
    watch = Watch(process, web_answers if process in _PORTS else turns)
    watch.start()
    while not watch.is_over.is_set():
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
    if sys.argv[1:2] not in (["frontend"], ["backend"], ["worker"], ["beat"]):
        sys.exit("usage: watched.py frontend|backend|worker|beat COMMAND...")
    sys.exit(main(sys.argv[1], sys.argv[2:]))
