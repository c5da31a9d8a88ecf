"""Devices that the API changes: their facts, and where they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.core import external_ids
from apps.core.actor import Actor, Permission
from apps.core.api.bulk import Outcome
from apps.core.errors import Conflict, DomainError, Invalid
from apps.events.services import Draft

from . import services, texts
from .external_ids import set_external_ids
from .models import GRADES, Asset, Claim
from .named import Named
from .serializers import NAMES, UpdateUserEquipmentRequest
from .services.rows import require_may_receive
from .states import AssetState


@dataclass(frozen=True, slots=True)
class Change:
    """What a body says of one device."""

    asset_id: UUID
    said: Mapping[str, Any]


@dataclass(slots=True)
class _Changed:
    asset: Asset
    values: dict[str, Any]
    draft: Draft | None
    move: services.Move | None
    external_ids: Mapping[str, str | None]


def change_many(
    items: Mapping[int, Change], *, actor: Actor, company_id: UUID
) -> Outcome:
    """One attempt to change devices of the company: their facts, then where they
    are."""
    actor.require(Permission.ASSETS_EDIT, company_id)
    outcome = Outcome(names=NAMES)
    said = [one.said for one in items.values()]
    named = Named(
        actor,
        company_id,
        people=(one.get("user_id") for one in said),
        places=(one.get("company_address_id") for one in said),
        products=(one.get("equipment_id") for one in said),
    )
    outcome.refuse_repeated({at: one.asset_id for at, one in items.items()})
    changed = _changes(items, named, outcome)
    _refuse_taken(changed, company_id, outcome)
    if not outcome.refused:
        _write(changed, outcome, actor=actor)
    return outcome


def change_named_many(
    items: Mapping[int, Mapping[str, Any]], *, actor: Actor, company_id: UUID
) -> Outcome:
    """The same of what bodies name, each by its `id`, else by its serial number."""
    actor.require(Permission.ASSETS_EDIT, company_id)
    serials = {at: _serial(one) for at, one in items.items() if not one.get("id")}
    ids = [one["id"] for one in items.values() if one.get("id")]
    seen = Asset.objects.visible_to(actor).filter(company_id=company_id)
    known = set(seen.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    found = seen.numbered({text for text in serials.values() if text})
    outcome, changes = Outcome(names=NAMES), {}
    for at, said in items.items():
        pk = outcome.of(at, _named, said, serials.get(at), known, found)
        if pk is not None:
            keys_said = {"id"} if said.get("id") else {"serial_number"}
            facts = {name: said[name] for name in said.keys() - keys_said}
            changes[at] = Change(pk, facts)
    if outcome.refused:
        return outcome
    return change_many(changes, actor=actor, company_id=company_id)


def _serial(said: Mapping[str, Any]) -> str:
    return services.normalise_serial(said.get("serial_number") or "")


def _named(
    said: Mapping[str, Any],
    serial: str | None,
    known: Collection[UUID],
    found: Mapping[str, UUID],
) -> UUID:
    if (pk := said.get("id")) is not None:
        if pk in known:
            return pk
        sentence = _("There is no device %(id)s.") % {"id": pk}
        raise Invalid("unknown_user_equipment", sentence, field="id")
    if not serial:
        raise Invalid("no_key", _("Say which device: id or serialNumber."), field="id")
    if serial in found:
        return found[serial]
    sentence = _("No device in use has the serial number %(serial)s.")
    told = sentence % {"serial": serial}
    raise Invalid("unknown_user_equipment", told, field="serial_number")


def _changes(
    items: Mapping[int, Change], named: Named, outcome: Outcome
) -> dict[int, _Changed]:
    ids = [one.asset_id for one in items.values()]
    assets = {asset.id: asset for asset in services.lock(ids)}
    claims = {claim.asset_id: claim for claim in Claim.objects.filter(asset__in=ids)}
    found = {}
    for at, one in items.items():
        asset = assets[one.asset_id]
        if claim := claims.get(asset.id):
            outcome.refuse(at, services.claimed(asset, claim))
        elif changed := outcome.of(at, _change, asset, one.said, named):
            found[at] = changed
    return found


def _change(asset: Asset, said: Mapping[str, Any], named: Named) -> _Changed:
    move = _move(asset, said, named)
    values = UpdateUserEquipmentRequest.values(said)
    if "equipment_id" in said:
        product = named.product(said["equipment_id"], field="equipment_id")
        values["product_id"] = product.pk
    if values.get("name") == "":
        values["name"] = product.name if "equipment_id" in said else asset.product.name
    if "grade" in said:
        values["condition"] = GRADES.get(said["grade"])
    before = {name: getattr(asset, name) for name in values}
    draft = services.apply_changes(asset, values)
    changed = {n: v for n, v in before.items() if getattr(asset, n) != v}
    return _Changed(asset, changed, draft, move, _external_ids(asset, said))


def _external_ids(asset: Asset, said: Mapping[str, Any]) -> Mapping[str, str | None]:
    """Null takes all away."""
    ids = said.get("external_ids", {})
    return dict.fromkeys(external_ids.of(asset)) if ids is None else ids


def _move(asset: Asset, said: Mapping[str, Any], named: Named) -> services.Move | None:
    """The step that it takes; None if it stays where it is."""
    user_id, address_id = said.get("user_id"), said.get("company_address_id")
    if user_id and address_id:
        sentence = _("It is either at an address or with a user: leave one out.")
        raise Invalid("one_holder", sentence, field="company_address_id")
    if user_id:
        if asset.user_id == user_id:
            return None
        person = named.person(user_id, field="user_id")
        require_may_receive(person)
        return services.Move(asset.id, AssetState.ACTIVE, person)
    if address_id:
        if asset.address_id == address_id:
            return None
        place = named.place(address_id, field="company_address_id")
        return services.Move(asset.id, AssetState.STORAGE, place)
    for name, held_by in (
        ("user_id", asset.user_id),
        ("company_address_id", asset.address_id),
    ):
        is_both = {"user_id", "company_address_id"} <= said.keys()
        if name in said and (held_by or is_both):
            sentence = _("A device is always somewhere: say where it is now.")
            raise Invalid("nowhere", sentence, field=name)
    return None


def _refuse_taken(
    changed: Mapping[int, _Changed], company_id: UUID, outcome: Outcome
) -> None:
    """Serial numbers count of what is not archived; so they do again of what comes
    back."""
    serials, tags = {}, {}
    for at, one in changed.items():
        is_archived = one.asset.state == AssetState.ARCHIVED
        counts_anew = bool(one.move) if is_archived else "serial_number" in one.values
        if counts_anew and one.asset.serial_number:
            serials[at] = one.asset.serial_number
        if "asset_tag" in one.values and one.asset.asset_tag:
            tags[at] = one.asset.asset_tag
    if not serials and not tags:
        return
    taken_serials, taken_tags = Asset.objects.taken(
        company_id, set(serials.values()), set(tags.values())
    )
    for at in changed:
        if serials.get(at) in taken_serials:
            outcome.refuse(at, Conflict(texts.SERIAL_TAKEN(), field="serial_number"))
        if tags.get(at) in taken_tags:
            outcome.refuse(at, Conflict(texts.TAG_TAKEN(), field="asset_tag"))
        taken_serials |= {serials[at]} if at in serials else set()
        taken_tags |= {tags[at]} if at in tags else set()


def _write(changed: Mapping[int, _Changed], outcome: Outcome, *, actor: Actor) -> None:
    told = [one for one in changed.values() if one.draft]
    if told:
        names = sorted({name for one in told for name in one.values})
        drafts = [one.draft for one in told if one.draft]
        services.update_many([one.asset for one in told], names, drafts, actor=actor)
    for at, one in changed.items():
        if one.external_ids:
            known_as = partial(set_external_ids, actor=actor)
            outcome.of(at, known_as, one.asset, one.external_ids)
    moves: Sequence[services.Move] = [one.move for one in changed.values() if one.move]
    refused: dict[UUID, DomainError] = {}
    if moves:
        services.move_many(moves, actor=actor, refused=refused)
    for at, one in changed.items():
        if error := refused.get(one.asset.id):
            outcome.refuse(at, error)
        else:
            outcome.done[at] = one.asset.id
