"""People and devices have one id in each other system, and are found by it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from apps.accounts import erasing
from apps.accounts import services as accounts
from apps.accounts.external_ids import set_external_ids as of_person
from apps.accounts.models import User, UserExternalId
from apps.accounts.personal import external_ids as told_of_person
from apps.conftest import ensure_reference_data, make_asset, make_company, make_user
from apps.core import external_ids
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict, DomainError, Invalid, NotAllowed
from apps.events.models import Event
from apps.inventory.external_ids import set_external_ids as of_device
from apps.inventory.models import Asset, AssetExternalId

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["person", "device"])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def verb(kind: str) -> Callable[..., Any]:
    return of_person if kind == "person" else of_device


@pytest.fixture
def things(kind: str, emil: User) -> list[Any]:
    if kind == "person":
        return [emil, make_user(emil.company, "Olga")]
    return [make_asset(emil, "SN1"), make_asset(emil, "SN2")]


def told(thing: Any) -> list[dict[str, Any]]:
    found = Event.objects.filter(
        subject_id=thing.id, type__endswith=".external_ids_set"
    )
    return [event.payload for event in found.order_by("id")]


def test_other_systems_stay_as_they_are(verb: Any, things: Any) -> None:
    thing = things[0]
    verb(thing, {"jamf": "A-7", "bamboohr": "123"}, actor=SYSTEM)
    verb(thing, {"jamf": " A-8 "}, actor=SYSTEM)
    assert external_ids.of(thing) == {"bamboohr": "123", "jamf": "A-8"}
    verb(thing, {"bamboohr": None, "never": None}, actor=SYSTEM)
    assert external_ids.of(thing) == {"jamf": "A-8"}
    systems = [(one["written"], one["removed"]) for one in told(thing)]
    assert systems == [
        (["bamboohr", "jamf"], []),
        (["jamf"], []),
        ([], ["bamboohr"]),
    ]
    assert "A-8" not in json.dumps(told(thing))


def test_same_again_changes_nothing(verb: Any, things: Any) -> None:
    thing = verb(things[0], {"jamf": "7"}, actor=SYSTEM)
    again = verb(things[0], {"jamf": "7"}, actor=SYSTEM)
    assert again.updated_at == thing.updated_at > things[0].updated_at
    assert len(told(thing)) == 1
    assert verb(thing, {}, actor=SYSTEM).updated_at == thing.updated_at


def test_thing_is_found_by_its_id_alone(verb: Any, things: Any, globex: Any) -> None:
    thing, other = things
    verb(thing, {"jamf": "Ab7"}, actor=SYSTEM)
    verb(other, {"jamf": "ab7", "intune": "Ab7"}, actor=SYSTEM)
    rows = type(thing).objects.filter(company=thing.company)
    assert list(rows.with_external_id("jamf", " Ab7 ")) == [thing]
    assert list(rows.with_external_id("intune", "Ab7")) == [other]
    for system, text in (("jamf", ""), ("jamf", None), ("", "Ab7"), ("jamf", "Ab")):
        assert not rows.with_external_id(system, text).exists()
    theirs = type(thing).objects.filter(company=globex)
    assert not theirs.with_external_id("jamf", "Ab7").exists()


def test_no_two_have_the_same_id(verb: Any, things: Any) -> None:
    verb(things[0], {"jamf": "7"}, actor=SYSTEM)
    with pytest.raises(Conflict) as refused:
        verb(things[1], {"intune": "9", "jamf": "7"}, actor=SYSTEM)
    assert refused.value.code == "external_id_taken"
    assert refused.value.field == "external_ids/jamf"
    assert external_ids.of(things[1]) == {}
    assert told(things[1]) == []


def test_companies_share_no_ids(verb: Any, things: Any, kind: str, gina: User) -> None:
    verb(things[0], {"jamf": "7"}, actor=SYSTEM)
    theirs: Any = gina if kind == "person" else make_asset(gina, "SN1")
    verb(theirs, {"jamf": "7"}, actor=SYSTEM)
    assert external_ids.of(theirs) == {"jamf": "7"}


@pytest.mark.parametrize(
    ("ids", "field"),
    [
        ({"Jamf": "1"}, "external_ids"),
        ({"": "1"}, "external_ids"),
        ({"a/b": None}, "external_ids"),
        ({"-a": "1"}, "external_ids"),
        ({"a" * 33: "1"}, "external_ids"),
        ({"jamf": ""}, "external_ids/jamf"),
        ({"jamf": " \u200b "}, "external_ids/jamf"),
        ({"ok": "1", "jamf": "x" * 256}, "external_ids/jamf"),
    ],
)
def test_what_is_wrong_is_named(verb: Any, things: Any, ids: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        verb(things[0], ids, actor=SYSTEM)
    assert refused.value.field == field
    assert external_ids.of(things[0]) == {}
    assert told(things[0]) == []


def test_longest_are_taken(verb: Any, things: Any) -> None:
    ids = {"a" * 32: "x" * 255, "7": "1"}
    verb(things[0], ids, actor=SYSTEM)
    assert external_ids.of(things[0]) == ids


@pytest.mark.parametrize("who", ["emil", "wanda", "gina"])
def test_who_may_not_changes_nothing(
    verb: Any, things: Any, who: str, as_actor: Any, request: Any
) -> None:
    actor = as_actor(request.getfixturevalue(who))
    with pytest.raises(NotAllowed):
        verb(things[0], {"jamf": "7"}, actor=actor)
    assert external_ids.of(things[0]) == {}


def test_ids_of_a_person_are_told_and_erased(emil: User) -> None:
    of_person(emil, {"bamboohr": "zq-7"}, actor=SYSTEM)
    rows = list(told_of_person.rows(emil, True))
    assert rows == [{"system": "bamboohr", "external_id": "zq-7"}]
    accounts.archive(emil, actor=SYSTEM, reason="LEFT")
    erasing.erase(emil, actor=SYSTEM, reason="ASKED")
    assert not UserExternalId.objects.exists()
    with pytest.raises(Conflict) as refused:
        of_person(emil, {"bamboohr": "zq-7"}, actor=SYSTEM)
    assert refused.value.code == "user_erased"


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_gets_the_id() -> None:
    ensure_reference_data()
    company = make_company("Initech")
    holder = make_user(company, "Milton")
    assets = [make_asset(holder, f"SN{number}") for number in range(6)]
    barrier = threading.Barrier(len(assets), timeout=30)

    def take(asset: Asset) -> str:
        barrier.wait()
        try:
            # In either order: nobody waits in a circle.
            ids = {"a": "1", "b": "2"} if asset.pk.int % 2 else {"b": "2", "a": "1"}
            of_device(asset, ids, actor=SYSTEM)
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "taken"

    with ThreadPoolExecutor(len(assets)) as pool:
        answers = list(pool.map(take, assets))
    assert sorted(answers) == ["external_id_taken"] * 5 + ["taken"]
    assert AssetExternalId.objects.count() == 2
