"""Hands tasks to the broker without waiting for it.

One thread of the process sends what is asked for, in order, each once while it waits.
What does not fit, can't be sent, or dies with the process is dropped: all work stands
in tables, where beat finds it.
"""

from __future__ import annotations

import atexit
import contextvars
import logging
import os
import threading

from celery import current_app, current_task

logger = logging.getLogger(__name__)

_MOST = 1000  # a broker that hangs must not fill the memory
_AT_EXIT_SECONDS = 1.0

Call = tuple[str, tuple[str, ...]]


class Publisher:
    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[Call, contextvars.Context] = {}
        self._is_sending = False
        self._thread: threading.Thread | None = None

    def put(self, task: str, *args: str) -> bool:
        """False if there are too many already."""
        with self._changed:
            call = (task, args)
            if call not in self._waiting and len(self._waiting) >= _MOST:
                return False
            # The correlation id goes along.
            self._waiting.setdefault(call, contextvars.copy_context())
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(
                    target=self._run, name="publisher", daemon=True
                )
                self._thread.start()
            self._changed.notify_all()
        return True

    def drain(self, seconds: float) -> bool:
        """Waits until everything is sent; False if it is not within the time."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._waiting and not self._is_sending, seconds
            )

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                (task, args), context = next(iter(self._waiting.items()))
                del self._waiting[task, args]
                self._is_sending = True
            context.run(send, task, *args)
            with self._changed:
                self._is_sending = False
                self._changed.notify_all()


_publisher = Publisher()


def _renew() -> None:
    """A child has no thread, and the lock may have been held as it was forked."""
    global _publisher
    _publisher = Publisher()


os.register_at_fork(after_in_child=_renew)
atexit.register(lambda: _publisher.drain(_AT_EXIT_SECONDS))


def publish(task: str, *args: str) -> None:
    """Asks a worker for a task. Takes ids as text; never waits, never fails."""
    if current_task:
        # A worker has time, and its process may end with the task.
        send(task, *args)
    elif not _publisher.put(task, *args):
        logger.warning("%s not sent: too many wait for the broker", task)


def send(task: str, *args: str) -> None:
    try:
        current_app.send_task(task, args=list(args), retry=False)
    except Exception as error:  # beat finds what this message can't start
        logger.warning("%s not sent: %s", task, type(error).__name__)
