"""Pages offer nobody what they may not do: each role follows every link and form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.companies.models import Address, Company
from apps.conftest import make_asset, make_user
from apps.core.actor import SYSTEM
from apps.core.roles import Role
from apps.imports.tests import factories as imports
from apps.inventory.models import Asset
from apps.notifications.models import Message
from apps.ops.tests.verbs import DAY
from apps.returns import services as returns

pytestmark = pytest.mark.django_db
LINK = re.compile(r'(?:href|hx-get)="([^"#]*)"')
POST = re.compile(r'<form([^>]*method="post"[^>]*)>(.*?)</form>', re.DOTALL)
BUTTON = re.compile(r"<button([^>]*)>")
ACTION = re.compile(r'action="([^"]*)"')
# Their own session, which everybody ends.
OWN = ("/accounts/", "/static/", "/admin/")
# What reads is posted to too: a choice of many rows is too long for an address.
READING = {
    "/assets/export.csv",
    "/assets/export.xlsx",
    "/labels/",
    "/labels/print.pdf",
    "/people/export.csv",
    "/people/export.xlsx",
}


@pytest.fixture
def lived_in(
    acme: Company,
    wanda: User,
    emil: User,
    laptop: Asset,
    shelf: Address,
    office: Address,
    settings: Any,
    tmp_path: Any,
) -> None:
    """One of everything that a page shows."""
    settings.MEDIA_ROOT = str(tmp_path)
    make_asset(shelf, "STORED-1")
    make_asset(wanda, "WANDAS-1")
    ret = returns.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=DAY,
        decisions={laptop.id: "RETURN"},
        address=shelf,
    )
    olga = make_user(acme, "Olga")
    held = make_asset(olga, "HELD-1")
    going = returns.start_collection(olga, actor=SYSTEM, asset_ids=[held.id])
    parcel = returns.book_parcel(going, actor=SYSTEM, carrier="OTHER")
    returns.track_parcel(going, parcel, "IN_TRANSIT", actor=SYSTEM)
    imports.planned(acme, "Serial;Model;Location\nS1;XPS;Attic\n")
    imports.applied(acme, "Serial;Model;Location\nS2;XPS;Warsaw office\nS2;;;\n")
    Message.objects.create(
        company=acme,
        event_id=1,
        event_type="return.first_email_sent",
        subject_id=ret.id,
        recipient="emil@home.example",
        subject="Your laptop",
        message_id="<1@tequipy>",
        state="FAILED",
        occurred_at=timezone.now(),
    )


def walk(client: Client) -> tuple[set[str], dict[str, str]]:
    """The pages one gets to from home, and where forms of which page post to."""
    seen: set[str] = set()
    forms: dict[str, str] = {}
    waiting = [("/", "home")]
    while waiting:
        url, page = waiting.pop()
        path = url.partition("?")[0]
        if path in seen or url.startswith(OWN):
            continue
        seen.add(path)
        answer = client.get(url, follow=True)
        assert answer.status_code == 200, f"{page} links to {url}, which is not there"
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        text = answer.content.decode()
        waiting += [(href.replace("&amp;", "&"), url) for href in _ours(LINK, text)]
        for form, inside in POST.findall(text):
            for action in _actions(form, inside):
                forms[urljoin(path, unescape(action)).partition("?")[0]] = path
    return seen, forms


def _actions(form: str, inside: str) -> Iterator[str]:
    """Where a form posts to: its buttons may say so, each for itself."""
    own = next(iter(ACTION.findall(form)), "")
    for button in BUTTON.findall(inside) or [""]:
        if 'type="reset"' not in button:
            yield next(iter(ACTION.findall(button)), own)


def _ours(pattern: re.Pattern[str], text: str) -> list[str]:
    return [url for url in pattern.findall(text) if url.startswith("/")]


@pytest.mark.parametrize(
    ("name", "role", "least"),
    [
        ("Anna", Role.COMPANY_ADMIN, 30),
        ("Ada", Role.API_CLIENT_READONLY, 15),
        ("Wanda", Role.STORAGE, 5),
        ("Emil", Role.EMPLOYEE, 3),
    ],
)
def test_each_link_and_form_is_for_who_sees_it(
    name: str,
    role: Role,
    least: int,
    lived_in: None,
    acme: Company,
    client_of: Callable[[User], Client],
) -> None:
    person = User.objects.filter(first_name=name).first()
    client = client_of(person or make_user(acme, name, role=role))
    pages, forms = walk(client)
    assert len(pages) >= least
    for action, page in forms.items():
        if not action.startswith(OWN):
            # Where only POST is taken GET is refused as such, to those who may post.
            status = client.get(action).status_code
            assert status != 404, f"{page} has a form for {action}, which is not there"
    if role is Role.API_CLIENT_READONLY:
        writing = {action for action in forms if not action.startswith(OWN)} - READING
        assert not writing
        assert {*forms} >= READING
