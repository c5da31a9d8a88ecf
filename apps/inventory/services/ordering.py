"""Assets that have been ordered: they come into the register before they exist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.companies.models import Company
from apps.core.actor import Actor, Permission
from apps.inventory.models import Asset, Claim
from apps.inventory.states import ArchiveReason, AssetState

from .assets import create_many
from .claims import release
from .rows import lock
from .steps import Move, move_many


@transaction.atomic
def order(
    assets: Sequence[Asset],
    *,
    actor: Actor,
    company: Company,
    kind: str,
    reference: str,
    workflow_id: UUID,
) -> list[Claim]:
    """Writes assets made by `build` without a holder, ORDERED and locked to the
    workflow that has ordered them. Their claims, in the same order."""
    actor.require(Permission.ASSETS_CLAIM, company.id)
    create_many(assets, actor=actor, company=company)
    # Nobody else can see them yet: there is nothing to lock, and no other claim.
    claims = [
        Claim(
            company=company,
            asset=asset,
            kind=kind,
            reference=reference,
            workflow_id=workflow_id,
        )
        for asset in assets
    ]
    Claim.objects.bulk_create(claims, batch_size=1000)
    return claims


@transaction.atomic
def call_off(
    workflow_id: UUID,
    *,
    actor: Actor,
    company_id: UUID,
    at: datetime | None = None,
) -> None:
    """What the workflow of the company has ordered and has not come is ARCHIVED as
    never delivered; all that it has claimed is free."""
    actor.require(Permission.ASSETS_CLAIM, company_id)
    claims = Claim.objects.filter(company_id=company_id, workflow_id=workflow_id)
    moves = [
        Move(
            asset.id,
            AssetState.ARCHIVED,
            reason=ArchiveReason.NOT_DELIVERED,
            workflow_id=workflow_id,
            at=at,
        )
        for asset in lock(claims.values_list("asset_id", flat=True))
        if asset.state == AssetState.ORDERED
    ]
    mover = actor.for_consequences(company_id, Permission.ASSETS_RETIRE)
    move_many(moves, actor=mover)
    release(workflow_id, actor=actor, company_id=company_id)
