"""A visitor of the running stack, who trusts its self-signed certificate."""

from __future__ import annotations

import json
import re
import ssl
from collections import Counter
from datetime import datetime
from http.client import HTTPResponse, HTTPSConnection
from urllib.parse import urlencode

from ci.machine import told

from .engine import Project


def context() -> ssl.SSLContext:
    """The certificate is the stack's own; that it is used at all is tested apart."""
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    return trusting


class Visitor:
    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}
        self.context = context()

    def ask(
        self,
        method: str,
        path: str,
        form: dict[str, str] | None = None,
        timeout: float = 30,
    ) -> tuple[int, str, HTTPResponse]:
        headers = {
            "Host": "localhost",
            "Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items()),
            "Referer": "https://localhost/",
        }
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPSConnection(
            "127.0.0.1", 443, context=self.context, timeout=timeout
        )
        try:
            connection.request(method, path, urlencode(form) if form else None, headers)
            answer = connection.getresponse()
            body = answer.read().decode(errors="replace")
        finally:
            connection.close()
        for cookie in answer.msg.get_all("Set-Cookie") or []:
            name, value = re.match(r"([^=]+)=([^;]*)", cookie).groups()  # type: ignore[union-attr]
            self.cookies[name] = value
        return answer.status, body, answer

    def set_password(self, path: str, password: str) -> None:
        """Opens an invitation, sets a password and accepts."""
        status, _body, _answer = self.ask("GET", path)
        assert status == 200, status
        form = {
            "new_password1": password,
            "new_password2": password,
            "csrfmiddlewaretoken": self.cookies["csrftoken"],
        }
        status, body, _answer = self.ask("POST", path, form)
        assert status == 302, (status, body[:500])

    def sign_in(self, email: str, password: str = "tequipy-demo") -> None:  # noqa: S107
        self.ask("GET", "/accounts/login/")
        form = {
            "login": email,
            "password": password,
            "csrfmiddlewaretoken": self.cookies["csrftoken"],
        }
        status, body, _answer = self.ask("POST", "/accounts/login/", form)
        assert status == 302, (status, body[:500])


def curl(*arguments: str) -> str:
    return told("curl", "-sk", *arguments)


LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}


def check_lines(project: Project, secrets: tuple[str, ...]) -> Counter[str]:
    """Each line of the stack is a JSON object that has what it must, and nothing of
    what must not stand in any; how many each service wrote."""
    counts: Counter[str] = Counter()
    for service, text in project.log_lines():
        counts[service] += 1
        try:
            line = json.loads(text)
        except ValueError:
            raise AssertionError(f"{service}: {text}") from None
        names = {"timestamp", "level", "message", "correlation_id"}
        assert names <= set(line), (service, text)
        assert datetime.fromisoformat(line["timestamp"]).tzinfo, (service, text)
        assert line["level"] in LEVELS, (service, text)
        assert type(line.get("status", 0)) is int, (service, text)
        assert not any(secret in text for secret in secrets), (service, text)
    return counts
