"""Marked keys go through nginx, Gunicorn and a worker: no line, no label has them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from apps.core.secret_paths import SECRET_PATHS
from ci.machine import wait_for

from . import proxy
from .monitored import App, fetch, spawn

pytestmark = pytest.mark.full

MARK = "MARKEDkey1ab"
HIDDEN = {"nginx": "…", "frontend": r"\u2026", "worker": r"\u2026"}


class Stack(App):
    """The App behind nginx as it is deployed, but for ports and folders."""

    def nginx(self) -> None:
        root = self.folder / "nginx"
        secure = self.port("nginx")
        command = proxy.command(root, upstream=self.port("frontend"), secure=secure)
        self.running["nginx"] = spawn(
            command, log=self.folder / "nginx.log", cwd=root, env=self.environment
        )
        wait_for("nginx", lambda: ask(self, "/api/v1/health") == 200)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()


def ask(app: App, path: str, method: str = "GET", **headers: str) -> int:
    body = b"x=1" if method == "POST" else None
    address = f"https://127.0.0.1:{app.port('nginx')}{path}"
    return fetch(address, 20, method, body, **headers)[0]


@pytest.fixture(scope="module")
def app() -> Iterator[Stack]:
    with Stack() as made:
        made.web("frontend")
        made.worker()
        made.nginx()
        yield made


def addresses() -> Iterator[str]:
    for path in SECRET_PATHS:
        for rest in ("", "/", "/link/", "-set-password/", "/%0A", "%2Fmore/", "?a=b"):
            yield f"{path}{MARK}{rest}"
        yield f"/{path}{MARK}/"
        yield f"/nowhere/?next={path}{MARK}/"


def marked(text: str) -> list[str]:
    return [line for line in text.splitlines() if "MARKED" in line]


def test_no_key_stands_in_any_line_or_label(app: Stack) -> None:
    for address in addresses():
        told = {"Referer": f"https://127.0.0.1{address}"}
        assert ask(app, address) < 500
        # With DEBUG a POST without its last slash is an error: one line more.
        ask(app, address, "POST", **told)
        ask(app, address, "DELETE")
    app.python(
        "from apps.events.tasks import deliver\n"
        f"deliver.delay('nobody {SECRET_PATHS[-1]}{MARK}/')"
    )
    wait_for("the task's traceback", lambda: "KeyError" in app.log("worker"))
    for name, hidden in HIDDEN.items():
        assert marked(app.log(name)) == [], name
        assert hidden in app.log(name), name
    for name in ("frontend", "worker"):
        assert marked(fetch(app.url(name))[1]) == []


def test_nor_while_nobody_answers(app: Stack) -> None:
    """nginx tells the whole request where it can't reach anybody."""
    app.end("frontend")
    for address in addresses():
        assert ask(app, address) == 503
    assert '"status":503' in app.log("nginx")
    assert marked(app.log("nginx")) == []
