"""The legal entities of a company: who is invoiced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.core import money
from apps.core.actor import Actor, Permission
from apps.core.clean import tidy
from apps.core.errors import Conflict, Invalid
from apps.core.keys import key
from apps.events.services import Draft, record_many

from . import events
from .models import Company, Entity
from .services import require_countries, save_one_default

_TEXTS = (
    "legal_name",
    "street",
    "street2",
    "city",
    "region",
    "postal_code",
    "invoicing_email",
    "vat_id",
)
EDITABLE = frozenset({*_TEXTS, "country_id", "currency", "is_default"})


@transaction.atomic
def create_entity(
    *, actor: Actor, company: Company, at: datetime | None = None, **fields: Any
) -> Entity:
    """Adds a legal entity with fields of EDITABLE; the only one of a company is its
    default.

    Raises Conflict `entity_name_taken`, `vat_id_taken`, Invalid with the field's name:
    `no_name`, `unknown_country`, `bad_currency`, `too_long`, `bad_email`.
    """
    actor.require(Permission.ENTITIES_EDIT, company.id)
    _require_known(fields)
    entity = Entity(company=company, **fields)
    _check(entity)
    # Nobody archives the one there is until this one is there.
    rows = Entity.objects.filter(company=company, is_default=True)
    entity.is_default = not rows.select_for_update().exists() or entity.is_default
    _save(entity)
    told = events.LegalEntity(legal_name=entity.legal_name)
    draft = Draft(events.ENTITY_CREATED, company.id, entity.id, told, (), at)
    record_many([draft], actor=actor)
    return entity


@transaction.atomic
def update_entity(entity: Entity, *, actor: Actor, **fields: Any) -> Entity:
    """Changes the given fields. Another VAT number, or country, is not validated yet.

    Same refusals as `create_entity`, and Conflict `entity_archived`, `entity_default`:
    the default changes by making another one it.
    """
    actor.require(Permission.ENTITIES_EDIT, entity.company_id)
    _require_known(fields)
    entity = _lock(entity)
    if not entity.is_active:
        raise Conflict("entity_archived", _("This legal entity is archived."))
    if entity.is_default and fields.get("is_default") is False:
        raise Conflict(
            "entity_default",
            _("Make another legal entity the default instead."),
            field="is_default",
        )
    return _change(entity, fields, actor=actor)


@transaction.atomic
def note_vat_check(entity: Entity, *, actor: Actor, is_valid: bool) -> Entity:
    """What VIES says of its VAT number. Raises Conflict `no_vat_id`."""
    actor.require(Permission.ENTITIES_CHECK_VAT, entity.company_id)
    entity = _lock(entity)
    if not entity.vat_id:
        raise Conflict("no_vat_id", _("This legal entity has no VAT number."))
    return _change(entity, {"is_vat_validated": is_valid}, actor=actor)


@transaction.atomic
def archive_entity(entity: Entity, *, actor: Actor) -> Entity:
    """It is invoiced no longer; what was stays. Raises Conflict `entity_default` for
    the default while there are others."""
    actor.require(Permission.ENTITIES_EDIT, entity.company_id)
    entity = _lock(entity)
    if not entity.is_active:
        return entity
    others = Entity.objects.active().filter(company_id=entity.company_id)
    if entity.is_default and others.exclude(pk=entity.pk).exists():
        raise Conflict(
            "entity_default", _("Make another legal entity the default first.")
        )
    entity.is_active = entity.is_default = False
    entity.save(update_fields=["is_active", "is_default", "updated_at"])
    told = events.LegalEntity(legal_name=entity.legal_name)
    draft = Draft(events.ENTITY_ARCHIVED, entity.company_id, entity.id, told)
    record_many([draft], actor=actor)
    return entity


def _lock(entity: Entity) -> Entity:
    return Entity.objects.select_for_update().get(pk=entity.pk)


def _require_known(fields: Iterable[str]) -> None:
    if unknown := set(fields) - EDITABLE:
        raise TypeError(f"a legal entity has no {', '.join(sorted(unknown))}")


def _change(entity: Entity, fields: Mapping[str, Any], *, actor: Actor) -> Entity:
    before = {name: getattr(entity, name) for name in (*fields, "is_vat_validated")}
    vat = entity.vat_id, entity.country_id
    for name, value in fields.items():
        setattr(entity, name, value)
    _check(entity)
    if vat != (entity.vat_id, entity.country_id):
        entity.is_vat_validated = False
    changed = [name for name in before if before[name] != getattr(entity, name)]
    if not changed:
        return entity
    _save(entity)
    told = events.ChangedEntity(
        legal_name=entity.legal_name,
        changed=sorted(
            name.removesuffix("_id") if name == "country_id" else name
            for name in changed
        ),
    )
    draft = Draft(events.ENTITY_UPDATED, entity.company_id, entity.id, told)
    record_many([draft], actor=actor)
    return entity


def _check(entity: Entity) -> None:
    tidy(entity, _TEXTS)
    entity.vat_id = "".join(entity.vat_id.split()).upper()
    if key(entity.legal_name) is None:
        raise Invalid(
            "no_name", _("A legal entity needs its name."), field="legal_name"
        )
    if not entity.country_id:
        raise Invalid(
            "no_country", _("A legal entity needs its country."), field="country_id"
        )
    require_countries([entity.country_id], "country_id")
    if not entity.currency:
        raise Invalid(
            "bad_currency", _("Say in which currency it is invoiced."), field="currency"
        )
    money.exact(None, entity.currency)


def _save(entity: Entity) -> None:
    try:
        save_one_default(entity)
    except IntegrityError as error:
        raise _taken(error, entity) from error


def _taken(error: IntegrityError, entity: Entity) -> Exception:
    if "entity_name_per_company" in str(error):
        return Conflict(
            "entity_name_taken",
            _("There is a legal entity named %(name)s already.")
            % {"name": entity.legal_name},
            field="legal_name",
        )
    if "entity_vat_id_per_company" in str(error):
        return Conflict(
            "vat_id_taken",
            _("Another legal entity has this VAT number."),
            field="vat_id",
        )
    return error
