"""One kept connection to one server on the loopback: what it costs to ask is the same
for all who are compared."""

from __future__ import annotations

import re
import socket
import time
from dataclasses import dataclass

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    seconds: float


class Client:
    def __init__(self, port: int, token: str = "", session: str = "") -> None:
        """`token` is for the API, `session` the cookie of a browser, for pages."""
        self.port = port
        # As nginx hands a request on.
        self.head = (
            "Host: bench.example\r\nX-Forwarded-Proto: https\r\n"
            "X-Forwarded-For: 127.0.0.1\r\nAccept: */*\r\n"
            "Accept-Language: en-GB,en;q=0.9\r\nContent-Type: application/json\r\n"
        )
        if token:
            self.head += f"Authorization: Bearer {token}\r\n"
        if session:
            self.head += f"Cookie: sessionid={session}\r\n"
        self.connection: socket.socket | None = None

    def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        head = f"{method} {path} HTTP/1.1\r\n{self.head}Content-Length: {len(body)}"
        request = f"{head}\r\n\r\n".encode() + body
        if self.connection is not None:
            try:
                return self._ask(self.connection, request)
            except ConnectionError:  # it was idle for too long
                self.close()
        self.connection = socket.create_connection(("127.0.0.1", self.port), 60)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._ask(self.connection, request)

    def _ask(self, connection: socket.socket, request: bytes) -> Answer:
        started = time.perf_counter()
        connection.sendall(request)
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive(connection)
        length = _LENGTH.search(received, 0, end + 2)
        if length is None:
            raise ValueError(f"an answer without length: {bytes(received[:200])!r}")
        whole = end + 4 + int(length[1])
        while len(received) < whole:
            received += self._receive(connection)
        seconds = time.perf_counter() - started
        return Answer(int(received[9:12]), bytes(received[end + 4 :]), seconds)

    def _receive(self, connection: socket.socket) -> bytes:
        if not (block := connection.recv(1 << 18)):
            raise ConnectionResetError
        return block

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
