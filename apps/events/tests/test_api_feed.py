"""Following what happened, by the feed of the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from django.db import connection

from apps.accounts.models import User
from apps.conftest import Api
from apps.core.actor import Role
from apps.core.api import documents
from apps.events import services
from apps.events.models import Event
from apps.events.registry import declared_types
from apps.inventory.models import Asset

pytestmark = pytest.mark.django_db


@pytest.fixture
def happened(laptop: Asset, gina: User) -> None:
    services.seal()


def test_follows_all_that_happened_in_order(api: Api, happened: None) -> None:
    seen: list[dict[str, Any]] = []
    after = 0
    while True:
        page = api.found(f"events?after={after}&limit=2")
        seen += page["items"]
        after = page["next"]
        if not page["hasMore"]:
            break
    own = Event.objects.filter(company_id=api.user.company_id, position__isnull=False)
    wanted = list(own.order_by("position").values_list("position", flat=True))
    assert [one["position"] for one in seen] == wanted
    assert len(wanted) > 3
    assert None not in seen[0].values()
    assert api.found(f"events?after={after}") == {
        "items": [],
        "next": after,
        "hasMore": False,
    }


def test_tells_nothing_before_it_has_its_place(
    api: Api, happened: None, laptop: Asset
) -> None:
    after = api.found("events?limit=1000")["next"]
    api.patch(f"user-equipment/{laptop.pk}", {"notes": "x"})
    assert api.found(f"events?after={after}")["items"] == []
    services.seal()
    [event] = api.found(f"events?after={after}")["items"]
    assert event["type"] == "asset.updated"
    assert event["actorId"] == str(api.user.pk)


def test_payloads_are_as_they_are_declared(api: Api, happened: None) -> None:
    schemas = {one["type"]: one for one in api.found("event-types")}
    for event in api.found("events")["items"]:
        declared = schemas[event["type"]]
        assert event["version"] == declared["version"]
        jsonschema.validate(event["payload"], declared["payloadSchema"])


def test_filters_by_type_and_by_what_it_is_about(
    api: Api, happened: None, laptop: Asset
) -> None:
    found = api.found("events?types=asset.created")["items"]
    assert {one["type"] for one in found} == {"asset.created"}
    about = api.found(f"events?aboutId={laptop.pk}")["items"]
    assert about
    assert {one["subjectId"] for one in about} == {str(laptop.pk)}


@pytest.mark.parametrize("query", ["types=no.such", "after=-1", "after=x", "limit=0"])
def test_refuses_what_nobody_can_mean(query: str, api: Api) -> None:
    assert api.get(f"events?{query}").status_code == 400


def test_other_company_reads_its_own_only(
    outsider: Api, happened: None, laptop: Asset
) -> None:
    services.seal()
    found = outsider.found("events?limit=1000")["items"]
    assert {one["companyId"] for one in found} == {str(outsider.user.company_id)}
    assert outsider.found(f"events?aboutId={laptop.pk}")["items"] == []


def test_is_for_who_reads_the_history(
    api_as: Callable[[Any], Api], happened: None, emil: User, wanda: User
) -> None:
    assert api_as(Role.AI_AGENT).get("events").status_code == 200
    for user in (emil, wanda):
        assert api_as(user).get("events").status_code == 403
        assert api_as(user).get("event-types").status_code == 403


def test_a_page_enters_the_index_where_it_begins(happened: None, emil: User) -> None:
    rows = Event.objects.filter(company_id=emil.company_id, position__gt=5)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    assert "event_in_order" in rows.order_by("position")[:10].explain()


def test_schema_names_every_type() -> None:
    path = json.loads(documents.schema_bytes())["paths"]["/api/v1/integration/events"]
    parameters = {one["name"]: one["schema"] for one in path["get"]["parameters"]}
    types = parameters["types"]["items"]["enum"]
    # Tests beside this one may have declared types of their own.
    assert set(types) <= {declared.name for declared in declared_types()}
    assert types == sorted(types)
    assert "return.paused" in types
