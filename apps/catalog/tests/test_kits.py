"""Kits: what a joiner gets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.catalog import services as catalog
from apps.catalog.models import Kit, KitSlot
from apps.catalog.services import Slot
from apps.companies.models import Company, Tag
from apps.conftest import make_product
from apps.core.errors import Conflict, Invalid, NotAllowed
from apps.events.models import Event


def make_kit(company: Company, actor: User, **over: Any) -> Kit:
    fields = {"name": "Design", "slots": [Slot("LAPTOP"), Slot("MONITOR", 2)], **over}
    return catalog.create_kit(actor=actor_of(actor), company=company, **fields)


def slots(kit: Kit) -> list[tuple[int, str, int]]:
    rows = kit.slots.all()
    return [(row.position, row.category, row.quantity) for row in rows]


def told(kit: Kit) -> list[str]:
    rows = Event.objects.filter(subject_id=kit.id).order_by("id")
    return list(rows.values_list("type", flat=True))


def test_a_kit_keeps_its_slots_in_order(anna: User, acme: Company) -> None:
    product = make_product(acme, "Zenbook")
    best = Slot("LAPTOP", 1, Decimal("0.75"), " Asus ", product)
    kit = make_kit(acme, anna, slots=[Slot("DOCK"), best])
    assert slots(kit) == [(0, "DOCK", 1), (1, "LAPTOP", 1)]
    row = kit.slots.get(position=1)
    assert (row.minimum_condition, row.preferred_manufacturer) == (
        Decimal("0.75"),
        "Asus",
    )
    assert row.fallback_product == product


def test_changing_gives_all_slots_anew(anna: User, acme: Company) -> None:
    kit = make_kit(acme, anna)
    actor = actor_of(anna)
    kit = catalog.update_kit(kit, actor=actor, slots=[Slot("PHONE")])
    assert (kit.name, slots(kit)) == ("Design", [(0, "PHONE", 1)])
    kit = catalog.update_kit(kit, actor=actor, name="Field")
    assert (kit.name, slots(kit)) == ("Field", [(0, "PHONE", 1)])
    before = kit.updated_at
    kit = catalog.update_kit(kit, actor=actor, name="Field", slots=[Slot("PHONE")])
    assert kit.updated_at == before
    assert told(kit) == ["kit.created", "kit.updated", "kit.updated"]


def test_a_removed_kit_is_gone_with_its_slots(anna: User, acme: Company) -> None:
    kit = make_kit(acme, anna)
    for _time in range(2):
        catalog.remove_kit(kit, actor=actor_of(anna))
    assert not Kit.objects.exists()
    assert not KitSlot.objects.exists()
    assert told(kit) == ["kit.created", "kit.removed"]


@pytest.mark.parametrize(
    ("slot", "code", "field"),
    [
        (Slot("TOASTER"), "bad_category", "category"),
        (Slot("PHONE", 0), "bad_quantity", "quantity"),
        (Slot("PHONE", 101), "bad_quantity", "quantity"),
        (Slot("PHONE", 1, Decimal("1.01")), "bad_condition", "minimum_condition"),
        (Slot("PHONE", 1, Decimal("0.755")), "bad_condition", "minimum_condition"),
        (Slot("PHONE", 1, Decimal("NaN")), "bad_condition", "minimum_condition"),
        (
            Slot("PHONE", 1, Decimal(0), "x" * 129),
            "too_long",
            "preferred_manufacturer",
        ),
    ],
)
def test_a_wrong_slot_is_refused_by_its_place(
    anna: User, acme: Company, slot: Slot, code: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        make_kit(acme, anna, slots=[Slot("LAPTOP"), slot])
    assert (refused.value.code, refused.value.field) == (code, f"slots/1/{field}")
    assert not Kit.objects.exists()


def test_a_product_of_another_company_does_not_exist(
    anna: User, acme: Company, globex: Company
) -> None:
    theirs = make_product(globex, "Zenbook")
    with pytest.raises(Invalid) as refused:
        make_kit(acme, anna, slots=[Slot("LAPTOP", fallback_product=theirs)])
    assert refused.value.field == "slots/0/fallback_product_id"
    assert "Zenbook" not in str(refused.value)


def test_a_kit_without_slots_or_name_is_none(anna: User, acme: Company) -> None:
    with pytest.raises(Invalid, match="slots"):
        make_kit(acme, anna, slots=[])
    with pytest.raises(Invalid, match="name"):
        make_kit(acme, anna, name=" ")


def test_a_name_is_there_once_in_a_company(
    anna: User, gina: User, acme: Company, globex: Company
) -> None:
    make_kit(acme, anna)
    with pytest.raises(Conflict) as refused:
        make_kit(acme, anna, name="DESIGN")
    assert refused.value.code == "kit_exists"
    make_kit(globex, gina)


def test_an_outsider_changes_nothing(gina: User, anna: User, acme: Company) -> None:
    kit = make_kit(acme, anna)
    with pytest.raises(NotAllowed):
        catalog.update_kit(kit, actor=actor_of(gina), name="Mine")
    with pytest.raises(NotAllowed):
        catalog.remove_kit(kit, actor=actor_of(gina))
    assert not Kit.objects.visible_to(actor_of(gina)).exists()
    assert Kit.objects.get() == kit


def test_a_tag_has_one_kit_of_its_own_company(
    anna: User, acme: Company, globex: Company
) -> None:
    tag = Tag.objects.create(company=acme, name="Field service")
    kit = make_kit(acme, anna, tag=tag)
    assert Kit.objects.get(tag=tag) == kit
    with pytest.raises(Conflict) as taken:
        make_kit(acme, anna, name="Other", tag=tag)
    assert (taken.value.code, taken.value.field) == ("tag_has_kit", "tag_id")
    theirs = Tag.objects.create(company=globex, name="Field service")
    with pytest.raises(Invalid) as refused:
        catalog.update_kit(kit, actor=actor_of(anna), tag=theirs)
    assert (refused.value.code, refused.value.field) == ("no_tag", "tag_id")
    kit = catalog.update_kit(kit, actor=actor_of(anna), tag=None)
    assert kit.tag is None
    assert make_kit(acme, anna, name="Other", tag=tag).tag == tag
