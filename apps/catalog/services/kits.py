"""Kits: what a joiner gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from apps.catalog import events
from apps.catalog.models import Category, Kit, KitSlot, Product
from apps.companies import tags
from apps.companies.models import Company, Tag
from apps.core.actor import Actor, Permission
from apps.core.clean import one_line
from apps.core.errors import Conflict, Invalid
from apps.events.registry import EventType
from apps.events.services import record

MOST_SLOTS = 50
_LONGEST_NAME = Kit._meta.get_field("name").max_length or 0
_LONGEST_MAKER = KitSlot._meta.get_field("preferred_manufacturer").max_length or 0


@dataclass(frozen=True, slots=True)
class Slot:
    """So many assets of a category, of at least this condition (0 to 1), else so many
    of the fallback product ordered."""

    category: str
    quantity: int = 1
    minimum_condition: Decimal = Decimal(0)
    preferred_manufacturer: str = ""
    fallback_product: Product | None = None


@transaction.atomic
def create_kit(
    *,
    actor: Actor,
    company: Company,
    name: str,
    slots: Sequence[Slot],
    tag: Tag | None = None,
) -> Kit:
    """What joiners with the tag get; a kit without one is given by hand.

    Raises Invalid with the field (`slots/0/quantity`), Conflict `kit_exists` or
    `tag_has_kit`.
    """
    actor.require(Permission.KITS_EDIT, company.id)
    kit = Kit(company=company, name=_named(name), tag=_of_company(tag, company.id))
    rows = _rows(kit, slots)
    _save(kit)
    KitSlot.objects.bulk_create(rows)
    _record(events.KIT_CREATED, kit, actor)
    return kit


@transaction.atomic
def update_kit(
    kit: Kit,
    *,
    actor: Actor,
    slots: Sequence[Slot] | None = None,
    **facts: Any,
) -> Kit:
    """Changes what is given of name, tag (None takes it away) and slots, which are
    given all together, in their order. Same refusals as `create_kit`."""
    actor.require(Permission.KITS_EDIT, kit.company_id)
    kit = Kit.objects.select_for_update(of=("self",)).get(pk=kit.pk)
    before = (kit.name, kit.tag_id, [_facts(row) for row in kit.slots.all()])
    if "name" in facts:
        kit.name = _named(facts.pop("name"))
    if "tag" in facts:
        kit.tag = _of_company(facts.pop("tag"), kit.company_id)
    if facts:
        raise TypeError(f"not facts of a kit: {', '.join(sorted(facts))}")
    rows = _rows(kit, slots) if slots is not None else list(kit.slots.all())
    if before == (kit.name, kit.tag_id, [_facts(row) for row in rows]):
        return kit
    _save(kit)
    if slots is not None:
        kit.slots.all().delete()
        KitSlot.objects.bulk_create(rows)
    _record(events.KIT_UPDATED, kit, actor)
    return kit


@transaction.atomic
def remove_kit(kit: Kit, *, actor: Actor) -> None:
    """For good; a kit that is gone already stays so. Raises Conflict `in_use`."""
    actor.require(Permission.KITS_EDIT, kit.company_id)
    found = Kit.objects.select_for_update(of=("self",)).filter(pk=kit.pk).first()
    if found is None:
        return
    found.slots.all().delete()
    try:
        found.delete()
    except models.ProtectedError as error:
        told = _("%(name)s is in use: it stays.")
        raise Conflict("in_use", told % {"name": found.name}) from error
    _record(events.KIT_REMOVED, kit, actor)


def _named(name: str) -> str:
    name = one_line(name)
    if not name:
        raise Invalid("no_name", _("A kit needs a name."), field="name")
    if len(name) > _LONGEST_NAME:
        raise Invalid("too_long", _("This is too long: shorten it."), field="name")
    return name


def _of_company(tag: Tag | None, company_id: UUID) -> Tag | None:
    """Which nobody deletes before the kit is written."""
    if tag is None:
        return None
    try:
        [held] = tags.hold([tag.pk], company_id=company_id)
    except Invalid:
        told = _("There is no such tag.")
        raise Invalid("no_tag", told, field="tag_id") from None
    return held


def _save(kit: Kit) -> None:
    try:
        with transaction.atomic():
            kit.save()
    except IntegrityError as error:
        if "kit_one_per_tag" in str(error):
            told = _("There is a kit for this tag already.")
            raise Conflict("tag_has_kit", told, field="tag_id") from error
        told = _("There is a kit named %(name)s already.") % {"name": kit.name}
        raise Conflict("kit_exists", told, field="name") from error


def _rows(kit: Kit, slots: Sequence[Slot]) -> list[KitSlot]:
    if not 1 <= len(slots) <= MOST_SLOTS:
        told = _("A kit has 1 to %(count)d slots.") % {"count": MOST_SLOTS}
        raise Invalid("bad_slots", told, field="slots")
    return [_row(kit, place, slot) for place, slot in enumerate(slots)]


def _row(kit: Kit, place: int, slot: Slot) -> KitSlot:
    def refuse(code: str, told: str, name: str) -> Invalid:
        return Invalid(code, told, field=f"slots/{place}/{name}")

    if slot.category not in Category.values:
        told = _("There is no such category: %(choices)s.")
        choices = ", ".join(Category.values)
        raise refuse("bad_category", told % {"choices": choices}, "category")
    if not 1 <= slot.quantity <= 100:
        raise refuse("bad_quantity", _("Enter a number from 1 to 100."), "quantity")
    condition = slot.minimum_condition
    is_sane = condition.is_finite() and 0 <= condition <= 1
    if not is_sane or condition != round(condition, 2):
        told = _("A condition is 0 to 1, with at most two decimals.")
        raise refuse("bad_condition", told, "minimum_condition")
    maker = one_line(slot.preferred_manufacturer)
    if len(maker) > _LONGEST_MAKER:
        told = _("This is too long: shorten it.")
        raise refuse("too_long", told, "preferred_manufacturer")
    product = slot.fallback_product
    if product is not None and product.company_id != kit.company_id:
        told = _("There is no such product.")
        raise refuse("no_product", told, "fallback_product_id")
    return KitSlot(
        company_id=kit.company_id,
        kit=kit,
        position=place,
        category=slot.category,
        quantity=slot.quantity,
        minimum_condition=condition,
        preferred_manufacturer=maker,
        fallback_product=product,
    )


def _facts(row: KitSlot) -> tuple[object, ...]:
    return (
        row.position,
        row.category,
        row.quantity,
        row.minimum_condition,
        row.preferred_manufacturer,
        row.fallback_product_id,
    )


def _record(type_: EventType[events.KitFacts], kit: Kit, actor: Actor) -> None:
    record(
        type_,
        events.KitFacts(kit_name=kit.name),
        actor=actor,
        company_id=kit.company_id,
        subject_id=kit.id,
    )
