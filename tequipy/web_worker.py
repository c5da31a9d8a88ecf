"""Gunicorn's threaded worker, with one difference: it loses no request at its end."""

from __future__ import annotations

from multiprocessing.connection import wait

from gunicorn.workers.gthread import ThreadWorker


class DrainingWorker(ThreadWorker):
    """Gunicorn's own stops accepting on SIGTERM but keeps listening until its last
    request is answered: whoever connects meanwhile is reset, and a proxy may send no
    POST a second time. This one takes what has connected and closes the door at once:
    who comes now is refused, and any proxy goes elsewhere with that."""

    def set_accept_enabled(self, enabled):
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                while wait([listener], timeout=0):
                    self.accept(listener)
                listener.close()
