"""The floor of the benchmark answers what the application answers: who answers less is
no measure."""

from __future__ import annotations

import importlib
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import CharField, TextField

from apps.accounts.models import User, UserExternalId, UserTag
from apps.catalog.models import Kit, KitSlot, Product, ProductPrice
from apps.companies.models import Address, Company, Tag
from apps.conftest import Api, make_asset
from apps.inventory.models import Asset, AssetExternalId, Claim
from bench.cases import PREFIX

ENDS_IN_ZEROS = datetime(2026, 1, 31, 12, 0, 0, 120000, UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def floor(acme: Company, monkeypatch: pytest.MonkeyPatch) -> Any:
    told = connection.get_connection_params()
    names = ("user", "password", "host", "port", "dbname")
    url = " ".join(f"{name}={told[name]}" for name in names if told.get(name))
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("BENCH_COMPANY", str(acme.pk))
    module = importlib.reload(importlib.import_module("bench.floor"))
    yield module
    module._local.cursor.connection.close()


def answer(floor: Any, path: str, query: str = "", body: bytes = b"") -> Any:
    told = {"PATH_INFO": path, "QUERY_STRING": query, "CONTENT_LENGTH": len(body)}
    environ = {**told, "wsgi.input": io.BytesIO(body)}
    return json.loads(b"".join(floor.application(environ, lambda *_said: None)))


@pytest.fixture
def filled(emil: User, office: Address) -> list[Asset]:
    """Devices of which every part of an answer has a value."""
    acme, tag = emil.company, Tag.objects.create(company=emil.company, name="Élan 1")
    at_person, at_place = make_asset(emil, "FL-1"), make_asset(office, "FL-2")
    product = at_person.product
    ProductPrice.objects.create(
        company=acme, product=product, amount=Decimal("99.50"), currency=acme.currency
    )
    kit = Kit.objects.create(company=acme, name="Kit", tag=tag)
    KitSlot.objects.create(
        company=acme, kit=kit, position=1, category=product.category, quantity=3
    )
    UserTag.objects.create(company=acme, user=emil, tag=tag)
    for thing, kind, name in (
        (emil, UserExternalId, "user"),
        (at_person, AssetExternalId, "asset"),
        (at_place, AssetExternalId, "asset"),
    ):
        ids = {"company": acme, "system": "hr", "external_id": f"x-{thing.pk}"}
        kind.objects.create(**ids, **{name: thing})
    Claim.objects.create(
        company=acme,
        asset=at_place,
        kind="offboarding",
        reference="OFF-1",
        workflow_id=uuid4(),
    )
    for row in (at_person, at_place, product, emil, office, acme):
        fill(row)
    for row in (at_person, product, emil, tag):
        type(row).objects.filter(pk=row.pk).update(created_at=ENDS_IN_ZEROS)
    return [at_person, at_place]


def fill(row: Any) -> None:
    """Each free text of it that says nothing."""
    told = {
        field.attname: f"{row.pk.hex[-4:]} ł {field.name}"[: field.max_length]
        for field in row._meta.concrete_fields
        if isinstance(field, CharField | TextField)
        and not (
            field.choices or field.is_relation or field.unique or field.primary_key
        )
        and getattr(row, field.attname) == ""
        and field.name not in {"currency", "search_text", "language", "time_zone"}
    }
    told |= {"purchase_price": 7, "currency": "EUR"} if isinstance(row, Asset) else {}
    told |= {"is_orderable": True} if isinstance(row, Product) else {}
    type(row).objects.filter(pk=row.pk).update(**told)


def test_answers_what_the_application_answers(
    filled: list[Asset], floor: Any, api: Api
) -> None:
    for asset in filled:
        path = f"{PREFIX}/user-equipment/{asset.pk}"
        told = parts(answer(floor, path))
        assert told == parts(api.found(f"user-equipment/{asset.pk}"))
    listed = answer(floor, f"{PREFIX}/user-equipments", "limit=2")
    found = api.found("user-equipments?limit=2")
    assert parts(listed["items"]) == parts(found["items"])
    query = answer(
        floor,
        f"{PREFIX}/user-equipments/query",
        "page=0&size=2",
        b'{"sourceType":"ALL"}',
    )
    found = api.post("user-equipments/query?page=0&size=2", {"sourceType": "ALL"})
    assert parts(query) == parts(found.json())


def parts(found: Any, path: str = "") -> set[str]:
    """Each with where it stands: a difference is told in a line."""
    if isinstance(found, dict):
        inner = [parts(value, f"{path}/{name}") for name, value in found.items()]
    elif isinstance(found, list):
        inner = [parts(value, f"{path}/{at}") for at, value in enumerate(found)]
    else:
        return {f"{path} {found!r}"}
    return set().union(*inner)
