"""Redis stopped in the middle (SIGSTOP): it takes connections and answers nothing. No
page waits for it, and what was begun meanwhile is done once it goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests

from ci.machine import wait_for

from .monitored import App

pytestmark = pytest.mark.full

PASSWORD = "a-long-enough-password"
PREPARE = f"""
from apps.accounts import membership
from apps.accounts import services as accounts
from apps.companies import services as companies
from apps.core.actor import SYSTEM, Role
acme = companies.create_company(actor=SYSTEM, name="Acme", slug="acme", country_id="PL")
anna = accounts.create(
    actor=SYSTEM, company=acme, first_name="Anna", email="anna@acme.example",
    role=Role.COMPANY_ADMIN,
)
invitation = membership.invite(anna, actor=SYSTEM)
membership.sign_up(invitation, password="{PASSWORD}", link_version=1)
"""
UNSEALED = """
from apps.events.models import Event
print(Event.objects.unsealed().count())
"""


class Visitor:
    def __init__(self, app: App) -> None:
        self.app, self.session = app, requests.Session()

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[str, float]:
        """The page, after redirects, and how many seconds it took."""
        if form is not None:
            form = {**form, "csrfmiddlewaretoken": self.session.cookies["csrftoken"]}
        began = time.monotonic()
        address = self.app.url("frontend", path)
        answer = self.session.request("POST" if form else "GET", address, data=form)
        answer.raise_for_status()
        return answer.text, time.monotonic() - began


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with App() as made:
        made.python(PREPARE)
        made.web("frontend", workers=1)
        made.worker()
        made.beat()
        yield made


def sign_in(app: App) -> tuple[Visitor, float]:
    visitor = Visitor(app)
    visitor.ask("/accounts/login/")
    page, seconds = visitor.ask(
        "/accounts/login/", {"login": "anna@acme.example", "password": PASSWORD}
    )
    assert "Acme" in page
    return visitor, seconds


def add_person(visitor: Visitor, name: str) -> float:
    visitor.ask("/people/add/")
    form = {
        "first_name": name,
        "email": f"{name.lower()}@acme.example",
        "role": "EMPLOYEE",
    }
    page, seconds = visitor.ask("/people/add/", form)
    assert f"{name.lower()}@acme.example" in page
    assert "errorlist" not in page
    return seconds


def test_no_request_waits_for_it_and_the_work_is_done_afterwards(app: App) -> None:
    visitor, _seconds = sign_in(app)
    add_person(visitor, "Before")
    wait_for("sealed events", lambda: int(app.python(UNSEALED)) == 0)
    redis = app.servers.redis.process
    assert redis is not None
    with app.frozen(redis):
        took = [add_person(visitor, f"Meanwhile{number}") for number in range(8)]
        took += [visitor.ask(path)[1] for path in ("/", "/assets/", "/imports/") * 3]
        assert max(took) < 1, took
        _visitor, first = sign_in(app)
        _visitor, second = sign_in(app)
        # Hashing a password alone takes a part of it.
        assert min(first, second) < 2, (first, second)
        assert int(app.python(UNSEALED)) >= 8
    wait_for("sealed events", lambda: int(app.python(UNSEALED)) == 0)
