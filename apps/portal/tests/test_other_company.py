"""Everybody of another company tries every URL with the ids of the first: for them
nothing of it exists."""

from __future__ import annotations

import itertools
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from apps.bulk.tests import factories as bulk
from apps.companies import services as companies
from apps.companies.models import Address
from apps.conftest import make_asset, make_user, text_of
from apps.core.actor import SYSTEM, Role
from apps.events import services as events
from apps.events.models import Event
from apps.imports.models import Batch
from apps.inventory.bulk_verbs import GRADE
from apps.notifications.models import Message
from apps.returns import services as returns

# Django admin is for platform staff and has its own tests; allauth has no tenant, and
# neither have metrics.
NOT_OURS = ("admin/", "accounts/", "api/", "metrics", "returns/leaver/")
SEARCHED = ("C02XL", "emil", "warsaw", "ACME-TAG")
SECRETS = ("C02XL0AAA", "Emil", "Warsaw office", "emil@", "ACME-TAG")


def walk(patterns=None, prefix: str = ""):
    """(path with <converter:name> parts, their names) of every page of ours."""
    for entry in patterns or get_resolver().url_patterns:
        path = prefix + str(entry.pattern)
        if path.startswith(NOT_OURS):
            continue
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, path)
        elif isinstance(entry, URLPattern):
            yield path, list(entry.pattern.converters)


PAGES = sorted(walk())
WITH_ID = [path for path, names in PAGES if names]
WITHOUT_ID = [path for path, names in PAGES if not names]


@pytest.fixture
def acme_things(acme, anna, emil, wanda, laptop, office, shelf) -> list[UUID]:
    """One of everything at Acme; the ids of all of it."""
    make_asset(office, "", asset_tag="ACME-TAG")
    ret = returns.start_offboarding(
        emil,
        actor=SYSTEM,
        last_working_on=timezone.now().date() + timedelta(days=1),
        decisions={laptop.id: "RETURN"},
    )
    returns.contact_due(ret.id, actor=SYSTEM)
    shipment = returns.book_parcel(
        ret, actor=SYSTEM, carrier="UPS", tracking_number="1Z999"
    )
    while events.seal():
        pass
    while events.deliver("notifications"):
        pass
    job = bulk.run(bulk.ask(GRADE, [laptop], acme, grade="A"))
    things = [acme, anna, emil, laptop, office, shelf, ret, shipment, laptop.product]
    things += [*ret.lines.all(), *Message.objects.all(), *Batch.objects.all(), job]
    return [thing.id for thing in things]


@pytest.fixture
def outsiders(globex, warehouse) -> list[Client]:
    place = companies.create_address(
        actor=SYSTEM,
        company=globex,
        type=Address.Type.TEQUIPY,
        name="Globex shelf",
        warehouse=warehouse,
    )
    clients = []
    for name, role in (
        ("Gina", Role.COMPANY_ADMIN),
        ("Gus", Role.EMPLOYEE),
        ("Greta", Role.STORAGE),
    ):
        user = make_user(globex, name, role=role)
        if role == Role.STORAGE:
            from apps.accounts import services as accounts

            accounts.assign_storage(user, actor=SYSTEM, address=place)
        client = Client()
        client.force_login(
            user.login, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        clients.append(client)
    return clients


@pytest.mark.django_db
def test_every_url_with_an_id_of_acme_is_404(acme_things, outsiders):
    before = Event.objects.count()
    found = []
    for path, client, thing in itertools.product(WITH_ID, outsiders, acme_things):
        url = "/" + _fill(path, thing)
        for method in (client.get, client.post):
            answer = method(url)
            # 405 is said before anything is looked up.
            if answer.status_code not in (404, 405):
                found.append((method.__name__, url, answer.status_code))
    assert found == []
    assert Event.objects.count() == before


@pytest.mark.django_db
def test_no_list_search_picker_or_export_shows_anything_of_acme(acme_things, outsiders):
    shown = []
    questions = ["", "?q=a", *(f"?q={text}" for text in SEARCHED)]
    for path, client, question in itertools.product(WITHOUT_ID, outsiders, questions):
        answer = client.get("/" + path + question)
        # 400: a page that has no such field; it names what was asked.
        assert answer.status_code in (200, 302, 400, 404, 405), path
        text = text_of(answer)
        # The question itself may stand in the search field and its chip.
        asked = question.removeprefix("?q=")
        text = text.replace(asked, "") if asked in SEARCHED else text
        shown += [(path + question, s) for s in SECRETS if s in text]
    assert shown == []


@pytest.mark.django_db
def test_visitors_see_no_page(acme_things):
    client = Client()
    for path in WITHOUT_ID:
        assert client.get("/" + path).status_code in (302, 405), path
    for path, thing in itertools.product(WITH_ID, acme_things[:4]):
        answer = client.get("/" + _fill(path, thing))
        assert answer.status_code in (302, 404, 405), path


def _fill(path: str, thing: UUID) -> str:
    return "/".join(
        str(thing) if part.startswith("<") else part for part in path.split("/")
    )
