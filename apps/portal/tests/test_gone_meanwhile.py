"""What a page acts on, or refers to, is deleted between its look at it and the verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models
from django.urls import reverse

from apps.accounts.models import User
from apps.companies import services as companies
from apps.companies.models import Address
from apps.conftest import Browser, make_asset, together
from apps.inventory import services as inventory
from apps.inventory.models import Custody

pytestmark = pytest.mark.django_db(transaction=True)


def just_before(
    monkeypatch: pytest.MonkeyPatch,
    services: Any,
    verb: str,
    gone: models.QuerySet[Any],
) -> None:
    """Deletes them, in a transaction of its own, as the verb is called."""
    really: Callable[..., Any] = getattr(services, verb)

    def late(*args: Any, **said: Any) -> Any:
        assert together(gone.delete) == []
        return really(*args, **said)

    monkeypatch.setattr(services, verb, late)


def test_a_place(
    emil: User,
    anna: User,
    office: Address,
    client_of: Callable[[User], Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asset, browser = make_asset(emil, "GONE-1"), client_of(anna)
    just_before(monkeypatch, inventory, "receive", Address.objects.filter(pk=office.pk))
    said = {"address": str(office.pk)}
    answer = browser.post(f"/assets/{asset.pk}/store/", said)
    assert answer.status_code == 409, answer.content
    assert "meanwhile" in answer.content.decode()
    asset.refresh_from_db()
    assert asset.user == emil
    assert not Custody.objects.filter(address=office.pk).exists()


def test_the_thing_itself(
    anna: User,
    office: Address,
    client_of: Callable[[User], Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser, path = client_of(anna), f"{reverse('companies:address_list')}{office.pk}/"
    gone = Address.objects.filter(pk=office.pk)
    just_before(monkeypatch, companies, "update_address", gone)
    said = {"name": "Annex", "type": office.type, "country": "PL"}
    answer = browser.post(f"{path}edit/", said)
    assert answer.status_code == 404, answer.content
    assert browser.get(path).status_code == 404
