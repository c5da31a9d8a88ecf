"""Work on what strangers sent, done by a process of its own that has so much memory and
so many seconds, and nothing else of ours: no connection, no lock."""

from __future__ import annotations

import gc
import logging
import os
import resource
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any, NoReturn

import orjson

logger = logging.getLogger(__name__)

MOST_SECONDS = 150  # below the time limit of a task
# Beyond that of the process that forked it: two at once fit into a worker's container.
MOST_MEMORY = 128 * 1024 * 1024  # bytes
MOST_ON_DISK = 128 * 1024 * 1024  # bytes of one temporary file
# How often the waiting process tells that it is alive.
SIGN_OF_LIFE_EVERY = 2.0  # seconds
# Pages on the same machine come first.
NICENESS = 5
_NO_MEMORY, _FAILED = 77, 78  # exit codes

Message = dict[str, Any]


class Unfinished(Exception):
    """The work was ended; `why` is "seconds", "memory" or "fault"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class _HungUp(Exception):
    """The other process has ended, or is about to."""


class Link:
    """What the confined side has of the world: messages, told or asked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def tell(self, message: Message) -> None:
        self._connection.send_bytes(orjson.dumps(message))

    def ask(self, message: Message) -> Any:
        self.tell(message)
        return orjson.loads(self._connection.recv_bytes())


def run(
    work: Callable[[Link], Message],
    *,
    answer: Callable[[Message], Any],
    sign: Callable[[], None],
    seconds: float | None = None,
    memory: int | None = None,
) -> Message:
    """What `work` returned. `answer` is given each message; what it returns, unless it
    is None, is sent back. `sign` is called while nothing is heard.

    Raises Unfinished, and whatever `answer` or `sign` raise; the process ends with it.
    """
    seconds, memory = seconds or MOST_SECONDS, memory or MOST_MEMORY
    ours, theirs = Pipe()
    process = os.fork()
    if not process:
        ours.close()
        _confined(work, theirs, seconds, memory)
    theirs.close()
    try:
        return _listen(ours, answer, sign, time.monotonic() + seconds)
    except _HungUp:
        _pid, status = os.waitpid(process, 0)
        process = 0
        raise Unfinished(_why(status)) from None
    finally:
        ours.close()
        if process:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _listen(
    link: Connection,
    answer: Callable[[Message], Any],
    sign: Callable[[], None],
    until: float,
) -> Message:
    while True:
        left = until - time.monotonic()
        if left <= 0:
            raise Unfinished("seconds")
        if not link.poll(min(left, SIGN_OF_LIFE_EVERY)):
            sign()
            continue
        with _hanging_up():
            message: Message = orjson.loads(link.recv_bytes())
        if "fault" in message:
            logger.error("a confined process failed: %s", message["fault"])
            raise Unfinished("fault")
        if "done" in message:
            return dict(message["done"])
        reply = answer(message)
        if reply is not None:
            with _hanging_up():
                link.send_bytes(orjson.dumps(reply))


@contextmanager
def _hanging_up() -> Iterator[None]:
    try:
        yield
    except (EOFError, ConnectionError) as error:
        raise _HungUp from error


def _why(status: int) -> str:
    """Why it hung up, by the status it ended with."""
    if os.WIFEXITED(status):
        return "memory" if os.WEXITSTATUS(status) == _NO_MEMORY else "fault"
    # Out of memory, the system ends it without a word.
    by_signal = {signal.SIGXCPU: "seconds", signal.SIGKILL: "memory"}
    return by_signal.get(signal.Signals(os.WTERMSIG(status)), "fault")


# --- The other process ------------------------------------------------------


def _confined(
    work: Callable[[Link], Message], connection: Connection, seconds: float, memory: int
) -> NoReturn:
    """It leaves without clean-up: what it inherited is another process's."""
    code = _FAILED
    try:
        # Nothing inherited is to be collected, hence closed, here.
        gc.freeze()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.nice(NICENESS)
        _limit(seconds, memory)
        link = Link(connection)
        link.tell({"done": work(link)})
        code = 0
    except MemoryError:
        code = _NO_MEMORY
    except BaseException as error:  # the other side logs it
        with suppress(Exception):
            link.tell({"fault": _place_of(error)})
    finally:
        os._exit(code)


def _place_of(error: BaseException) -> str:
    """Without its text, which may hold cells of the file."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {frame.filename}:{frame.lineno}"


def _limit(seconds: float, memory: int) -> None:
    processor = int(seconds) + 5
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_ON_DISK, MOST_ON_DISK))
    with suppress(OSError):  # where there is no /proc
        # If memory runs out all the same, it is this process that goes.
        Path("/proc/self/oom_score_adj").write_text("800")
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
