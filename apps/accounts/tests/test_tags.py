"""Tags, and who has which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
import pytest

from apps.accounts import services as accounts
from apps.accounts.counts import TAGGED
from apps.accounts.erasing import erase
from apps.accounts.models import User, UserTag
from apps.accounts.rehiring import rehire
from apps.accounts.shapes import USER
from apps.accounts.tags import set_tags
from apps.catalog.models import Kit, KitSlot
from apps.companies import row_counts
from apps.companies.models import Company, Tag
from apps.companies.row_counts import rows_of
from apps.companies.shapes import TAG
from apps.companies.tags import create_tag, delete_tag
from apps.conftest import Api, make_user
from apps.core.actor import SYSTEM, Role
from apps.core.errors import Conflict, Invalid
from apps.core.ids import uuid7
from apps.events.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def design(acme: Company) -> Tag:
    return create_tag(actor=SYSTEM, company=acme, name="Design")


@pytest.fixture
def field(acme: Company) -> Tag:
    return create_tag(actor=SYSTEM, company=acme, name="Field staff")


def tags_of(user: User) -> set[str]:
    return {one.tag.name for one in UserTag.objects.filter(user=user)}


# --- Who has which ----------------------------------------------------------


def test_tags_are_set_as_a_whole(emil: User, design: Tag, field: Tag) -> None:
    set_tags(emil, [design.pk], actor=SYSTEM)
    before = emil.updated_at
    emil = set_tags(emil, [field.pk, field.pk], actor=SYSTEM)
    assert tags_of(emil) == {"Field staff"}
    assert emil.updated_at > before
    last = Event.objects.filter(type="user.tagged").latest("id")
    assert (last.payload["added"], last.payload["removed"]) == (
        [str(field.pk)],
        [str(design.pk)],
    )


def test_setting_the_same_changes_nothing(emil: User, design: Tag) -> None:
    emil = set_tags(emil, [design.pk], actor=SYSTEM)
    before = Event.objects.count()
    assert set_tags(emil, [design.pk], actor=SYSTEM).updated_at == emil.updated_at
    assert Event.objects.count() == before


def test_a_tag_of_another_company_is_none(
    emil: User, design: Tag, globex: Company
) -> None:
    theirs = create_tag(actor=SYSTEM, company=globex, name="Design")
    set_tags(emil, [design.pk], actor=SYSTEM)
    for wrong in (theirs.pk, uuid7()):
        with pytest.raises(Invalid, match=str(wrong)):
            set_tags(emil, [wrong], actor=SYSTEM)
    assert tags_of(emil) == {"Design"}


def test_somebody_erased_has_none(emil: User, design: Tag) -> None:
    set_tags(emil, [design.pk], actor=SYSTEM)
    User.objects.filter(pk=emil.pk).update(state="ARCHIVED")
    erased = erase(emil, actor=SYSTEM, reason="ASKED")
    assert tags_of(emil) == set()
    with pytest.raises(Conflict, match="erased"):
        set_tags(erased, [design.pk], actor=SYSTEM)


def test_the_count_follows_who_comes_and_goes(
    acme: Company, emil: User, design: Tag
) -> None:
    lea = make_user(acme, "Lea")
    for user in (emil, lea):
        set_tags(user, [design.pk], actor=SYSTEM)

    def count() -> int:
        assert list(row_counts.problems()) == []
        return rows_of(acme.id, TAGGED.table, design.id.hex)

    assert count() == 2
    left = accounts.archive(lea, reason="LEFT", actor=SYSTEM)
    assert count() == 1
    set_tags(left, [], actor=SYSTEM)
    set_tags(left, [design.pk], actor=SYSTEM)
    assert count() == 1
    rehire(left, actor=SYSTEM)
    assert count() == 2
    delete_tag(design, actor=SYSTEM)
    assert count() == 0


# --- Through the API --------------------------------------------------------


def test_lists_all_with_their_counts(
    api: Api, acme: Company, emil: User, design: Tag, field: Tag
) -> None:
    left = make_user(acme, "Lea")
    for user in (emil, left):
        set_tags(user, [design.pk], actor=SYSTEM)
    accounts.archive(left, reason="LEFT", actor=SYSTEM)
    kit = Kit.objects.create(company=acme, name="Studio", tag=design)
    for position, quantity in enumerate((1, 2)):
        told = {"position": position, "quantity": quantity, "category": "LAPTOP"}
        KitSlot.objects.create(company=acme, kit=kit, **told)
    found = api.found("tags")
    assert [(one["name"], one["employeesSize"]) for one in found] == [
        ("Design", 1),
        ("Field staff", 0),
    ]
    assert [one["equipmentsSize"] for one in found] == [3, 0]
    for tag in (design, field):
        slow = TAG.serializer_class(tag).data
        assert api.found(f"tags/{tag.pk}") == orjson.loads(orjson.dumps(slow))


def test_is_added_renamed_and_deleted(api: Api, emil: User) -> None:
    made = api.post("tags", {"name": " Field   staff "}).json()
    path = f"tags/{made['id']}"
    assert made["name"] == "Field staff"
    set_tags(emil, [UUID(made["id"])], actor=SYSTEM)
    renamed = api.patch(path, {"name": "Travellers"}).json()
    assert (renamed["name"], renamed["employeesSize"]) == ("Travellers", 1)
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert tags_of(emil) == set()
    told = Event.objects.filter(subject_id=made["id"]).order_by("id")
    assert [one.type for one in told] == ["tag.created", "tag.renamed", "tag.deleted"]


@pytest.mark.parametrize(
    ("body", "status"),
    [({"name": "dESIGN"}, 409), ({"name": "\u200b"}, 422), ({"name": "x" * 129}, 422)],
)
def test_refuses_a_name(
    body: dict[str, str], status: int, api: Api, design: Tag, field: Tag
) -> None:
    for answer in (api.post("tags", body), api.patch(f"tags/{field.pk}", body)):
        assert answer.status_code == status
        assert answer.json()["errors"][0]["pointer"] == "/name"
    assert [one["name"] for one in api.found("tags")] == ["Design", "Field staff"]


def test_a_tag_that_a_kit_goes_by_stays(api: Api, acme: Company, design: Tag) -> None:
    Kit.objects.create(company=acme, name="Studio", tag=design)
    answer = api.delete(f"tags/{design.pk}")
    assert answer.status_code == 409
    assert "Studio" in answer.json()["detail"]
    assert Tag.objects.filter(pk=design.pk).exists()


def test_another_company_neither_sees_nor_changes(outsider: Api, design: Tag) -> None:
    assert outsider.found("tags") == []
    path = f"tags/{design.pk}"
    assert outsider.get(path).status_code == 404
    assert outsider.patch(path, {"name": "Theirs"}).status_code == 404
    assert outsider.delete(path).status_code == 404
    design.refresh_from_db()
    assert design.name == "Design"
    # Its name is free there.
    assert outsider.post("tags", {"name": "Design"}).status_code == 200


def test_readers_read(api_as: Callable[[Any], Api], emil: User, design: Tag) -> None:
    reader = api_as(Role.API_CLIENT_READONLY)
    assert len(reader.found("tags")) == 1
    for answer in (
        reader.post("tags", {"name": "New"}),
        reader.patch(f"tags/{design.pk}", {"name": "New"}),
        reader.delete(f"tags/{design.pk}"),
        api_as(emil).get("tags"),
    ):
        assert answer.status_code == 403
    assert [one["name"] for one in reader.found("tags")] == ["Design"]


def test_people_show_their_tags(
    api: Api, emil: User, design: Tag, field: Tag, laptop: Any
) -> None:
    set_tags(emil, [field.pk, design.pk], actor=SYSTEM)
    shown = api.found(f"user-equipment/{laptop.pk}")["user"]
    assert laptop.user_id == emil.pk
    assert [one["name"] for one in shown["tags"]] == ["Design", "Field staff"]
    slow = USER.serializer_class(User.objects.get(pk=emil.pk)).data
    assert shown == orjson.loads(orjson.dumps(slow))
