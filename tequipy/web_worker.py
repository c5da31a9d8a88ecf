"""Gunicorn's threaded worker, with three differences: it loses no request at its end,
what it cannot read it answers by a problem, like every other error of the API, and
where all its threads hang it ends itself."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
import traceback
from http import HTTPStatus
from multiprocessing.connection import wait
from typing import Any
from uuid import uuid4

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

from apps.core import correlation

# So long no request may wait for a thread without that one comes free: nothing that a
# page asks for takes as long.
STUCK_SECONDS = 60.0
# Code and sentence: of those that nginx gives, too, as they stand there.
_MALFORMED = ("malformed", "This is no good request.")
_SAID = {
    414: (
        "uri_too_long",
        "An address has at most 8,000 characters: ask for less at once.",
    ),
    431: ("headers_too_large", "The headers are too long, or too many."),
    500: ("internal", "Something went wrong on our side. Tell us the correlationId."),
}


class DrainingWorker(ThreadWorker):
    """Gunicorn's own stops accepting on SIGTERM but keeps listening until its last
    request is answered: whoever connects meanwhile is reset, and a proxy may send no
    POST a second time. This one takes what has connected and closes the door at once:
    who comes now is refused, and any proxy goes elsewhere with that."""

    came_free_at = 0.0
    is_closed = False

    def notify(self):
        """The main loop's own sign of life. Gunicorn asks for no other: of threads that
        all hang it knows nothing, and goes on giving them requests."""
        if not self.tpool._work_queue.qsize():
            self.came_free_at = time.monotonic()
        elif time.monotonic() - self.came_free_at > STUCK_SECONDS:
            self.log.critical(
                "no thread came free for %d s: this worker ends\n%s",
                STUCK_SECONDS,
                _what_threads_do(),
            )
            # Whatever they hang in, an orderly exit would wait for it.
            os._exit(os.EX_SOFTWARE)
        super().notify()

    def finish_request(self, conn: Any, fs: Any) -> None:
        self.came_free_at = time.monotonic()
        super().finish_request(conn, fs)

    def set_accept_enabled(self, enabled):
        super().set_accept_enabled(enabled)
        if not self.alive and not self.is_closed:
            self.is_closed = True
            for listener in self.sockets:
                while wait([listener], timeout=0):
                    self.accept(listener)
                listener.close()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Django never sees such a request: it gets its correlationId here."""
        correlation.set(uuid4().hex)
        try:
            super().handle_error(req, client, addr, exc)
        finally:
            correlation.set("")


def _what_threads_do() -> str:
    """The innermost lines of each."""
    return "\n".join(
        "".join(traceback.format_stack(frame, limit=6))
        for frame in sys._current_frames().values()
    )


def write_problem(sock: socket.socket, status: int, reason: str, mesg: str) -> None:
    """For `gunicorn.util.write_error`, which writes HTML. `mesg`, what is wrong, stands
    in the log: it may quote the request. Where it was for is not known."""
    code, detail = _SAID.get(status, _MALFORMED)
    title = HTTPStatus(status).phrase
    body = {
        "type": f"urn:tequipy:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": "/",
        "correlationId": correlation.get(),
        "errors": [{"code": code, "detail": detail}],
    }
    shown = json.dumps(body).encode()
    head = (
        f"HTTP/1.1 {status} {title}\r\n"
        "Connection: close\r\n"
        "Content-Type: application/problem+json\r\n"
        "Cache-Control: no-store\r\n"
        f"X-Correlation-ID: {correlation.get()}\r\n"
        f"Content-Length: {len(shown)}\r\n\r\n"
    )
    util.write_nonblock(sock, head.encode() + shown)


# The worker calls it by its name in that module, and there is no setting for it.
util.write_error = write_problem
