"""The one open workflow an asset is locked to."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import ManyToOneRel
from django.utils.translation import gettext as _

from apps.core.actor import Actor, Permission
from apps.core.errors import Conflict, DomainError
from apps.inventory import texts
from apps.inventory.models import Asset, Claim

from .rows import Holder, holder_ids, ids_of, lock


@transaction.atomic
def claim(
    asset: Asset,
    *,
    actor: Actor,
    held_by: Holder,
    kind: str,
    reference: str,
    workflow_id: UUID,
) -> Claim:
    """Locks the asset to one workflow while `held_by` has it.

    Raises Conflict `claimed`, naming the first, or `held_by_another`.
    """
    actor.require(Permission.ASSETS_CLAIM, asset)
    (asset,) = lock([asset.pk])
    if holder_ids(asset) != ids_of(held_by):
        raise Conflict(
            "held_by_another",
            _("%(asset)s has just gone to somebody else.") % {"asset": asset},
        )
    existing = Claim.objects.filter(asset=asset).first()
    if existing is not None:
        if existing.workflow_id == workflow_id:
            return existing
        raise claimed(asset, existing)
    return Claim.objects.create(
        company_id=asset.company_id,
        asset=asset,
        kind=kind,
        reference=reference,
        workflow_id=workflow_id,
    )


def release(
    workflow_id: UUID,
    *,
    actor: Actor,
    company_id: UUID,
    assets: Iterable[UUID] | None = None,
) -> None:
    """Frees what a workflow of the company has claimed: these assets, or all."""
    actor.require(Permission.ASSETS_CLAIM, company_id)
    claims = Claim.objects.filter(company_id=company_id, workflow_id=workflow_id)
    if assets is not None:
        claims = claims.filter(asset__in=assets)
    # As `claims.delete()` does it for every hundred, but for all at once.
    for relation in Claim._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel):
            lines = relation.related_model._default_manager
            name = relation.field.name
            lines.filter(**{f"{name}__in": claims}).update(**{name: None})
    claims._raw_delete(claims.db)


def claim_of(asset: Asset) -> Claim | None:
    return Claim.objects.filter(asset=asset).first()


def require_unclaimed(
    assets: dict[UUID, Asset],
    workflow_ids: dict[UUID, UUID | None],
    refused: dict[UUID, DomainError] | None = None,
) -> None:
    """Raises Conflict `claimed`; with `refused` it has why each asset can't."""
    for claim in Claim.objects.filter(asset__in=assets):
        if claim.workflow_id != workflow_ids.get(claim.asset_id):
            error = claimed(assets[claim.asset_id], claim)
            if refused is None:
                raise error
            refused[claim.asset_id] = error


def claimed(asset: Asset, claim: Claim) -> Conflict:
    return Conflict(texts.CLAIMED(asset=asset, reference=claim.reference))
