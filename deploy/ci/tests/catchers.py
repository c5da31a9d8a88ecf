"""Who gets alerts: a mail server and a webhook that keep what they are sent."""

from __future__ import annotations

import json
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


class Mailbox:
    """`login` is wanted where it is given, and only after STARTTLS."""

    def __init__(
        self,
        port: int,
        login: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.mails: list[EmailMessage] = []
        self.port, self._login, self._tls = port, login, tls
        self._controller: Controller | None = None

    def _check(self, *what: Any) -> AuthResult:
        given = what[-1]
        assert isinstance(given, LoginPassword)
        said = (given.login.decode(), given.password.decode())
        return AuthResult(success=said == self._login)

    async def handle_DATA(self, _server: Any, _session: Session, got: Envelope) -> str:
        assert isinstance(got.content, bytes)
        mail = message_from_bytes(got.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        mail["X-Recipients"] = ", ".join(got.rcpt_tos)
        self.mails.append(mail)
        return "250 OK"

    def start(self) -> None:
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            tls_context=self._tls,
            require_starttls=self._tls is not None,
            auth_required=self._login is not None,
            authenticator=self._check,
            # Its words for LOGIN are not those that Alertmanager waits for.
            auth_exclude_mechanism=["LOGIN"],
        )
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
        self._controller = None

    @property
    def is_open(self) -> bool:
        return self._controller is not None

    def alerts(self) -> set[tuple[str, str]]:
        """(severity, alert) of what began, out of the subjects."""
        subjects = [str(mail["Subject"]) for mail in self.mails]
        words = [
            subject.removeprefix("[Tequipy] ").split(": ")
            for subject in subjects
            if not subject.endswith(" is over")
        ]
        return {(severity, name) for severity, name in words}


class Webhook:
    def __init__(self, port: int) -> None:
        self.port = port
        self.calls: list[dict[str, Any]] = []
        calls = self.calls

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                calls.append(json.loads(self.rfile.read(length)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_what: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def alerts(self) -> set[tuple[str, str]]:
        """(severity, alert) of what began."""
        return {
            (alert["labels"]["severity"], alert["labels"]["alertname"])
            for call in self.calls
            for alert in call["alerts"]
            if alert["status"] == "firing"
        }
