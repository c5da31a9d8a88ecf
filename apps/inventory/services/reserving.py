"""Stored assets that a workflow keeps for somebody. Set-based, as `move_many`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from apps.companies.models import Address
from apps.core.actor import Actor, Permission
from apps.core.errors import Conflict, Invalid
from apps.inventory.models import Asset, Claim
from apps.inventory.states import AssetState

from .claims import claimed, release
from .rows import lock
from .steps import Move, move_many


@transaction.atomic
def reserve(
    asset_ids: Sequence[UUID],
    *,
    actor: Actor,
    company_id: UUID,
    kind: str,
    reference: str,
    workflow_id: UUID,
    at: datetime | None = None,
    field: str = "assets",
) -> dict[Asset, Claim]:
    """Locks assets in storage to one workflow, all or none: RESERVED, where they are.
    In the order of their ids.

    Raises Invalid `named_twice`, `unknown_asset` (of no asset of the company; `field`
    is the input that names them); Conflict `claimed`, naming the workflow that has it,
    or `not_in_storage`.
    """
    actor.require(Permission.ASSETS_CLAIM, company_id)
    _require_known(asset_ids, company_id, field)
    assets = lock(asset_ids)
    _require_free(assets, field)
    _move_all(assets, AssetState.RESERVED, actor=actor, workflow_id=workflow_id, at=at)
    claims = [
        Claim(
            company_id=company_id,
            asset=asset,
            kind=kind,
            reference=reference,
            workflow_id=workflow_id,
        )
        for asset in assets
    ]
    Claim.objects.bulk_create(claims)
    return dict(zip(assets, claims, strict=True))


@transaction.atomic
def unreserve(
    workflow_id: UUID,
    *,
    actor: Actor,
    company_id: UUID,
    at: datetime | None = None,
) -> None:
    """Frees all that a workflow of the company has claimed; what still waits for it is
    in storage again, where it is."""
    actor.require(Permission.ASSETS_CLAIM, company_id)
    claims = Claim.objects.filter(company_id=company_id, workflow_id=workflow_id)
    reserved = [
        asset
        for asset in lock(claims.values_list("asset_id", flat=True))
        if asset.state == AssetState.RESERVED
    ]
    mover = actor.for_consequences(company_id, Permission.ASSETS_RECEIVE)
    _move_all(reserved, AssetState.STORAGE, actor=mover, workflow_id=workflow_id, at=at)
    release(workflow_id, actor=actor, company_id=company_id)


def _require_known(asset_ids: Sequence[UUID], company_id: UUID, field: str) -> None:
    wanted: set[UUID] = set()
    for asset_id in asset_ids:
        if asset_id in wanted:
            raise Invalid(
                "named_twice",
                _("The asset %(asset)s is named twice.") % {"asset": asset_id},
                field=field,
            )
        wanted.add(asset_id)
    ours = Asset.objects.filter(company_id=company_id, pk__in=wanted)
    known = set(ours.values_list("pk", flat=True))
    for asset_id in asset_ids:
        if asset_id not in known:
            raise Invalid(
                "unknown_asset",
                _("There is no asset %(asset)s.") % {"asset": asset_id},
                field=field,
            )


def _require_free(assets: Sequence[Asset], field: str) -> None:
    """Of locked assets."""
    claims = {c.asset_id: c for c in Claim.objects.filter(asset__in=assets)}
    for asset in assets:
        if asset.id in claims:
            raise claimed(asset, claims[asset.id])
        if asset.state != AssetState.STORAGE:
            raise Conflict(
                "not_in_storage",
                _("%(asset)s is not in storage: its state is “%(state)s”.")
                % {"asset": asset, "state": asset.get_state_display()},
                field=field,
            )


def _move_all(
    assets: Sequence[Asset],
    state: AssetState,
    *,
    actor: Actor,
    workflow_id: UUID,
    at: datetime | None,
) -> None:
    places: Mapping[UUID, Address] = Address.objects.in_bulk(
        {asset.address_id for asset in assets if asset.address_id}
    )
    moves = [
        Move(
            asset.id,
            state,
            places[asset.address_id],
            workflow_id=workflow_id,
            at=at,
        )
        for asset in assets
        if asset.address_id
    ]
    move_many(moves, actor=actor)
