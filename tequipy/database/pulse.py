"""Whether a PostgreSQL server talks at all, asked beside the connection that waits."""

from __future__ import annotations

import socket
import struct
import threading
import time

import psycopg

# Every server, and every pooler in front of one, answers it with one letter, before it
# knows who asks: length and code of an SSLRequest.
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_KNOWN_SECONDS = 1.0


class Pulse:
    """One thread asks, for all that wait."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._known_until = 0.0
        self._is_felt = True

    def is_felt(self, server: psycopg.ConnectionInfo) -> bool:
        with self._lock:
            if time.monotonic() > self._known_until:
                self._is_felt = _answers(server, self._seconds)
                self._known_until = time.monotonic() + _KNOWN_SECONDS
            return self._is_felt


def _answers(server: psycopg.ConnectionInfo, seconds: float) -> bool:
    try:
        with _connected(server, seconds) as connection:
            connection.sendall(_SSL_REQUEST)
            return bool(connection.recv(1))
    except OSError:
        return False


def _connected(server: psycopg.ConnectionInfo, seconds: float) -> socket.socket:
    if not server.host.startswith("/"):
        address = server.hostaddr or server.host, server.port
        return socket.create_connection(address, timeout=seconds)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(seconds)
    connection.connect(f"{server.host}/.s.PGSQL.{server.port}")
    return connection
