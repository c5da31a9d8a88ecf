"""The receiving desk: what a scanned code is, and whose verb takes it in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.forms import BoundField
from django.http import QueryDict

from apps.companies.models import Address, AddressQuerySet
from apps.core.actor import Actor
from apps.inventory import services as inventory
from apps.inventory.models import Asset, AssetQuerySet, Claim
from apps.inventory.states import AssetState
from apps.returns import progress
from apps.returns import services as returns
from apps.returns.models import Return
from apps.returns.states import BACK, Kind
from apps.shipping.models import Shipment

from .forms import DeskForm

Posted = QueryDict | None


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


@dataclass(frozen=True)
class Row:
    asset: Asset
    is_scanned: bool = False
    here: BoundField | None = None  # None: it is in storage already
    grade: BoundField | None = None


@dataclass(frozen=True)
class Checklist:
    rows: list[Row]
    form: DeskForm
    ret: Return | None = None
    closable: list[Shipment] = field(default_factory=list)


def of_asset(asset: Asset, actor: Actor, data: Posted = None) -> Checklist:
    """The scanned asset first, then what should come with it."""
    claim = inventory.claim_of(asset)
    visible = Return.objects.visible_to(actor).for_list()
    ret = visible.filter(pk=claim.workflow_id).first() if claim else None
    if ret is not None:
        return of_return(ret, actor, data, scanned=asset)
    is_here = asset.address_id is not None and _is_mine(asset.address_id, actor)
    is_settled = is_here and asset.state == AssetState.STORAGE
    sides = ([], [asset]) if is_settled else ([asset], [])
    return _checklist(actor, data, asset.company_id, *sides, scanned=asset)


def _is_mine(address_id: UUID, actor: Actor) -> bool:
    return places(actor).filter(pk=address_id).exists()


def of_return(
    ret: Return, actor: Actor, data: Posted = None, *, scanned: Asset | None = None
) -> Checklist:
    lines = list(ret.lines.select_related("asset__product", "shipment"))
    found = _checklist(
        actor,
        data,
        ret.company_id,
        [line.asset for line in lines if line.is_open],
        [line.asset for line in lines if line.outcome in BACK],
        place=ret.address,
        scanned=scanned,
    )
    closable = [
        parcel["shipment"] for parcel in progress.parcels(lines) if parcel["may_close"]
    ]
    return replace(found, ret=ret, closable=closable)


def of_parcel(shipment: Shipment, actor: Actor, data: Posted = None) -> Checklist:
    ret = (
        Return.objects.visible_to(actor)
        .for_list()
        .filter(lines__shipment=shipment)
        .first()
    )
    if ret is not None:
        return of_return(ret, actor, data)
    inside = Asset.objects.visible_to(actor).for_list().filter(shipment=shipment)
    return _checklist(actor, data, shipment.company_id, list(inside), [])


def _checklist(
    actor: Actor,
    data: Posted,
    company_id: UUID,
    expected: Sequence[Asset],
    settled: Sequence[Asset],
    *,
    place: Address | None = None,
    scanned: Asset | None = None,
) -> Checklist:
    """What is scanned is here, and so is what lies there alone."""
    alone = expected if len(expected) == 1 else []
    form = DeskForm(
        data,
        assets=expected,
        settled=settled,
        ticked=[asset.pk for asset in ([scanned] if scanned else alone)],
        places=places(actor).filter(company_id=company_id),
        place=place,
    )
    rows = [Row(asset, asset == scanned, *form.row(asset)) for asset in expected]
    rows += [Row(asset, asset == scanned) for asset in settled]
    rows.sort(key=lambda row: (not row.is_scanned, row.here is None))
    return Checklist(rows, form)


def receive(
    grades: Mapping[Asset, str | None],
    place: Address,
    *,
    actor: Actor,
    seen: Mapping[UUID, str],
) -> Return | None:
    """By the return that has them, else straight into storage. The return, if any."""
    claims = Claim.objects.filter(asset__in=list(grades), kind__in=Kind.values)
    claim = claims.order_by("reference").first()
    if claim is None:
        ids = {asset.pk: grade for asset, grade in grades.items()}
        inventory.receive_many(ids, place, actor=actor, seen=seen)
        return None
    ret = Return.objects.get(pk=claim.workflow_id, company_id=claim.company_id)
    return returns.receive(ret, grades, place, actor=actor, seen_assets=seen)
