"""What arrives, in a parcel or by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.companies.models import Address
from apps.core import seen as marks
from apps.core.actor import Actor, Permission
from apps.core.errors import Conflict, Invalid
from apps.inventory import services as inventory
from apps.inventory.models import Asset
from apps.inventory.states import AssetState
from apps.returns import events
from apps.returns.models import Return, ReturnLine
from apps.returns.states import BACK, MOVING, Outcome, ReturnState
from apps.shipping import services as shipping

from . import steps

_FOLLOWS = (*steps.CLOSING, Permission.ASSETS_INSPECT, Permission.PARCELS_TRACK)


@transaction.atomic
def receive(
    ret: Return,
    grades: Mapping[Asset, str | None],
    place: Address,
    *,
    actor: Actor,
    at: datetime | None = None,
    seen: str | None = None,
    seen_assets: Mapping[UUID, str] | None = None,
) -> Return:
    """These items are here, in a parcel or simply turned up: into storage they go, all
    of them or none.

    `grades` maps each to the condition that was seen, A to D; None: nobody has looked.
    An item that is here already changes nothing. The last one completes the return;
    until then whoever has not answered goes on being asked, about what is left.
    `seen` is a mark of the return, `seen_assets` maps asset ids to marks of them.

    Raises Invalid `not_an_item`, `bad_grade` or `wrong_place`, Conflict
    `settled_otherwise` or `changed_meanwhile`, naming the asset.
    """
    require_may_receive(actor, ret, place)
    actor = actor.for_consequences(ret.company_id, *_FOLLOWS)
    ret = steps.lock(ret)
    arrived = _open_among(ret, grades, place)
    if not arrived:
        return ret
    marks.require(ret, seen)
    inventory.receive_many(
        {line.asset_id: grades[line.asset] for line in arrived},
        place,
        actor=actor,
        workflow_id=ret.id,
        at=at,
        seen=seen_assets,
    )
    steps.settle_lines(ret, arrived, Outcome.RECEIVED, actor=actor, at=at)
    _end_parcels(ret, arrived, actor=actor, at=at)
    _note_arrival(ret, place, actor=actor, at=at)
    return steps.settle(ret, actor=actor, at=at)


def require_may_receive(actor: Actor, ret: Return, place: Address) -> None:
    """Who works at a place receives there whatever turns up."""
    is_ours = place.company_id == ret.company_id
    actor.require(Permission.RETURNS_RECEIVE, place if is_ours else ret.company_id)
    if not is_ours:
        raise Invalid("wrong_place", _("Choose a place of this company."))


def _open_among(
    ret: Return, grades: Mapping[Asset, str | None], place: Address
) -> list[ReturnLine]:
    """The lines of these assets that are open; of the others nothing else is said than
    what is so already."""
    lines = ret.lines.filter(asset__in=list(grades)).select_related(
        "asset__product", "shipment"
    )
    found = {line.asset_id: line for line in lines}
    for asset, grade in grades.items():
        if asset.pk not in found:
            raise Invalid(
                "not_an_item",
                _("%(asset)s is not an item of %(reference)s: receive it on its own.")
                % {"asset": asset, "reference": ret},
                field="items",
            )
        line = found[asset.pk]
        if not line.is_open and not _is_so(line, grade, place):
            raise Conflict(
                "settled_otherwise",
                _(
                    "%(asset)s has been dealt with before, and not as you say: look "
                    "at its page."
                )
                % {"asset": asset},
            )
    return sorted(
        (line for line in found.values() if line.is_open), key=lambda x: x.asset_id
    )


def _is_so(line: ReturnLine, grade: str | None, place: Address) -> bool:
    is_here = (line.asset.state, line.asset.address_id) == (
        AssetState.STORAGE,
        place.pk,
    )
    is_graded_so = grade is None or line.asset.grade == grade
    return line.outcome in BACK and is_here and is_graded_so


def _end_parcels(
    ret: Return, arrived: Iterable[ReturnLine], *, actor: Actor, at: datetime | None
) -> None:
    """A parcel ends when nothing of it is open; what it lacked stays to be sent."""
    parcels = {line.shipment.pk: line.shipment for line in arrived if line.shipment}
    inside = ret.lines.filter(shipment__in=list(parcels), outcome=Outcome.OPEN)
    lacking = set(inside.values_list("shipment_id", flat=True))
    for pk in sorted(parcels.keys() - lacking):
        shipping.deliver(parcels[pk], actor=actor, at=at)


def _note_arrival(
    ret: Return, place: Address, *, actor: Actor, at: datetime | None
) -> None:
    is_warehouse = place.type == Address.Type.TEQUIPY
    if is_warehouse and ret.in_warehouse_at is None:
        ret.in_warehouse_at = at or timezone.now()
        ret.save(update_fields=["in_warehouse_at"])
    if ret.is_finished or ret.state == ReturnState.DEVICE_IN_TEQUIPY_WAREHOUSE:
        return
    if steps.is_being_asked(ret) and steps.is_anything_left(ret):
        steps.move(ret, ret.state, events.RETURN_DEVICE_ARRIVED, actor=actor, at=at)
        return
    if ret.state in MOVING and not is_warehouse:
        return
    target = (
        ReturnState.DEVICE_IN_TEQUIPY_WAREHOUSE
        if is_warehouse
        else ReturnState.DEVICE_IN_TRANSIT
    )
    steps.move(
        ret,
        target,
        events.RETURN_DEVICE_ARRIVED,
        actor=actor,
        fields=steps.stop_asking(ret),
        at=at,
    )
