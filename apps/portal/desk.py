"""The receiving desk: what a scanned code is, and whose verb takes it in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.companies.models import Address, AddressQuerySet
from apps.core.actor import Actor
from apps.inventory import services as inventory
from apps.inventory.models import Asset, AssetQuerySet
from apps.inventory.states import AssetState
from apps.returns import progress
from apps.returns import services as returns
from apps.returns.models import Return, ReturnLine
from apps.returns.states import Kind
from apps.shipping.models import Shipment

from .forms import DeskForm


def places(actor: Actor) -> AddressQuerySet:
    return Address.objects.visible_to(actor).active()


def assets(actor: Actor) -> AssetQuerySet:
    """Whatever may turn up here: all of the companies that have a place here, for a
    device that stands on the desk has no holder who could be asked first."""
    here = places(actor).values("company_id")
    return Asset.objects.filter(company_id__in=here).for_list()


def found(code: str, actor: Actor) -> list[Asset]:
    """What has exactly this serial number or tag; what left the register only if
    nothing else has it."""
    matching = assets(actor).with_code(code)
    known = list(matching.select_related("company").order_by("company__name", "id"))
    present = [asset for asset in known if asset.state != AssetState.ARCHIVED]
    return present or known


@dataclass
class Row:
    asset: Asset
    form: DeskForm | None  # None: it is here already
    is_scanned: bool = False


@dataclass
class Checklist:
    ret: Return | None = None
    rows: list[Row] = field(default_factory=list)
    closable: list[Shipment] = field(default_factory=list)


def of_asset(asset: Asset, actor: Actor) -> Checklist:
    """The scanned asset first, then what should come with it."""
    claim = inventory.claim_of(asset)
    visible = Return.objects.visible_to(actor).for_list()
    ret = visible.filter(pk=claim.workflow_id).first() if claim else None
    if ret is not None:
        return of_return(ret, actor, scanned=asset)
    is_here = asset.address_id is not None and _is_mine(asset.address_id, actor)
    is_settled = is_here and asset.state == AssetState.STORAGE
    form = None if is_settled else DeskForm(actor=actor, asset=asset)
    return Checklist(rows=[Row(asset, form, is_scanned=True)])


def _is_mine(address_id: UUID, actor: Actor) -> bool:
    return places(actor).filter(pk=address_id).exists()


def of_return(ret: Return, actor: Actor, scanned: Asset | None = None) -> Checklist:
    lines = list(ret.lines.select_related("asset__product", "shipment"))
    rows = [_row(line, ret, actor, scanned) for line in lines if _is_expected(line)]
    rows.sort(key=lambda row: (not row.is_scanned, row.form is None))
    closable = [
        parcel["shipment"] for parcel in progress.parcels(lines) if parcel["may_close"]
    ]
    return Checklist(ret, rows, closable)


def _is_expected(line: ReturnLine) -> bool:
    return line.is_open or line.outcome in ("RECEIVED", "ALREADY_BACK")


def _row(line: ReturnLine, ret: Return, actor: Actor, scanned: Asset | None) -> Row:
    form = (
        DeskForm(actor=actor, asset=line.asset, place=ret.address)
        if line.is_open
        else None
    )
    return Row(line.asset, form, scanned is not None and line.asset_id == scanned.pk)


def of_parcel(shipment: Shipment, actor: Actor) -> Checklist:
    ret = (
        Return.objects.visible_to(actor)
        .for_list()
        .filter(lines__shipment=shipment)
        .first()
    )
    if ret is not None:
        return of_return(ret, actor)
    inside = Asset.objects.visible_to(actor).for_list().filter(shipment=shipment)
    return Checklist(rows=[Row(a, DeskForm(actor=actor, asset=a)) for a in inside])


@transaction.atomic
def receive(
    asset: Asset, place: Address, grade: str, *, actor: Actor, seen: str
) -> Return | None:
    """By the workflow that has the asset, else straight into storage. The return it
    belongs to, if any."""
    claim = inventory.claim_of(asset)
    if claim is not None and claim.kind in Kind.values:
        ret = Return.objects.get(pk=claim.workflow_id, company_id=asset.company_id)
        line = ret.lines.get(asset=asset)
        grades: dict[Any, str] = {line.pk: grade}
        return returns.receive(
            ret,
            [line],
            actor=actor,
            address=place,
            grades=grades,
            seen_assets={line.pk: seen},
        )
    asset = inventory.receive(asset, place, actor=actor, seen=seen)
    if grade:
        inventory.grade(asset, grade, actor=actor)
    return None
