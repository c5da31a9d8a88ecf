"""What is deleted while somebody changes it, or refers to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.catalog import services as catalog
from apps.catalog.models import Kit
from apps.catalog.services import Slot
from apps.companies import tags
from apps.companies.models import Company, Tag
from apps.conftest import Api, together
from apps.core.api.resources import Resource
from apps.core.errors import Conflict

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crew(anna: User, acme: Company) -> Tag:
    return tags.create_tag(actor=actor_of(anna), company=acme, name="Deck crew")


@pytest.fixture
def kit(anna: User, acme: Company) -> Kit:
    slots = [Slot("TABLET", 2)]
    return catalog.create_kit(
        actor=actor_of(anna), company=acme, name="Bridge", slots=slots
    )


def elsewhere(call: Callable[[], object]) -> None:
    """In a transaction of its own."""
    assert together(call) == []


@pytest.mark.parametrize("key", [{}, {"Idempotency_Key": "change 17"}])
@pytest.mark.parametrize("which", ["kits", "tags"])
def test_a_thing_that_is_deleted_while_it_is_changed_is_not_there(
    which: str,
    key: dict[str, str],
    api: Api,
    kit: Kit,
    crew: Tag,
    anna: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    actor, really = actor_of(anna), Resource.thing

    def thing(*args: Any, **options: Any) -> Any:
        found = really(*args, **options)
        remove = catalog.remove_kit if which == "kits" else tags.delete_tag
        elsewhere(lambda: remove(found, actor=actor))
        return found

    monkeypatch.setattr(Resource, "thing", thing)
    pk = kit.pk if which == "kits" else crew.pk
    answer = api.patch(f"{which}/{pk}", {"name": "Engine room"}, **key)
    assert answer.status_code == 404, answer.content
    assert answer.json()["errors"][0]["code"] == "not_found"


def test_a_tag_that_a_kit_takes_stays_until_the_kit_is_written(
    crew: Tag, anna: User, acme: Company
) -> None:
    actor, slots = actor_of(anna), [Slot("TABLET")]
    refused: list[type] = []

    def delete() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        try:
            tags.delete_tag(crew, actor=actor)
        except OperationalError as error:
            refused.append(type(error.__cause__))

    with transaction.atomic():
        made = catalog.create_kit(
            actor=actor, company=acme, name="Deck", slots=slots, tag=crew
        )
        elsewhere(delete)
    assert [one.__name__ for one in refused] == ["LockNotAvailable"]
    assert Kit.objects.get(pk=made.pk).tag_id == crew.pk
    with pytest.raises(Conflict) as error:
        tags.delete_tag(crew, actor=actor)
    assert error.value.code == "tag_in_use"


@pytest.mark.parametrize("way", ["create", "update"])
def test_a_tag_that_was_deleted_is_unknown(
    way: str, api: Api, kit: Kit, crew: Tag, anna: User, monkeypatch: Any
) -> None:
    """Between the look at it and the verb."""
    really = tags.hold

    def hold(*args: Any, **options: Any) -> Any:
        elsewhere(lambda: tags.delete_tag(crew, actor=actor_of(anna)))
        return really(*args, **options)

    monkeypatch.setattr(tags, "hold", hold)
    said: dict[str, Any] = {"tagId": str(crew.pk)}
    if way == "create":
        said |= {"name": "Deck", "slots": [{"type": "TABLET", "quantity": 1}]}
        answer = api.post("kits", said)
    else:
        answer = api.patch(f"kits/{kit.pk}", said)
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["pointer"] == "/tagId"
    assert not Kit.objects.filter(tag__isnull=False).exists()


@pytest.mark.parametrize("key", [{}, {"Idempotency_Key": "change 18"}])
def test_a_reference_that_is_gone_when_it_is_compared_can_be_tried_again(
    key: dict[str, str], api: Api, kit: Kit, crew: Tag, anna: User, monkeypatch: Any
) -> None:
    """PostgreSQL compares it as the transaction ends: of any operation."""

    def hold(*_args: Any, **_options: Any) -> list[Tag]:
        elsewhere(lambda: tags.delete_tag(crew, actor=actor_of(anna)))
        return [crew]

    monkeypatch.setattr(tags, "hold", hold)
    said = {"tagId": str(crew.pk)}
    answer = api.patch(f"kits/{kit.pk}", said, **key)
    assert answer.status_code == 409, answer.content
    assert answer.json()["errors"][0]["code"] == "gone_meanwhile"
    monkeypatch.undo()
    kit.refresh_from_db()
    assert kit.tag_id is None
    # Nothing of it is kept, not even the key.
    assert api.patch(f"kits/{kit.pk}", said, **key).status_code == 422
