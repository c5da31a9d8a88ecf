"""Taking out of the books what an import brought into them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from apps.companies.models import Company
from apps.core import references
from apps.core.actor import Actor
from apps.core.errors import Conflict, DomainError
from apps.events import services as events
from apps.inventory import payloads
from apps.inventory.models import Asset, Claim, Custody

from .claims import claimed


@transaction.atomic
def remove_many(
    versions: Mapping[UUID, datetime | None],
    *,
    actor: Actor,
    company: Company,
    batch_id: UUID,
) -> dict[UUID, DomainError]:
    """Deletes assets with their custody, as if they had never come; their events stay.

    Only those that are still as they were at `versions` (`updated_at`; None: as they
    were created) and that nothing refers to. Returns the refusals; an asset that is
    gone already is none.
    """
    actor.require_manage(company.id)
    assets = list(
        Asset.objects.select_for_update(of=("self",))
        .filter(pk__in=versions, company=company)
        .order_by("pk")
    )
    refused = _refusals(assets, versions, company)
    gone = [asset for asset in assets if asset.id not in refused]
    ids = [asset.id for asset in gone]
    Custody.objects.filter(asset__in=ids).delete()
    Asset.objects.filter(pk__in=ids).delete()
    drafts = (_removed(asset, batch_id) for asset in gone)
    events.record_many(drafts, actor=actor)
    return refused


def _refusals(
    assets: list[Asset], versions: Mapping[UUID, datetime | None], company: Company
) -> dict[UUID, DomainError]:
    ids = [asset.id for asset in assets]
    claims = {claim.asset_id: claim for claim in Claim.objects.filter(asset__in=ids)}
    used = references.used(Asset, ids, company_id=company.id, besides=(Custody, Claim))
    refused: dict[UUID, DomainError] = {}
    for asset in assets:
        if claim := claims.get(asset.id):
            refused[asset.id] = claimed(asset, claim)
        elif name := used.get(asset.id):
            message = _("%(asset)s is in use: %(thing)s.")
            message %= {"asset": asset, "thing": name}
            refused[asset.id] = Conflict("in_use", message)
        elif asset.updated_at != (versions[asset.id] or asset.created_at):
            message = _("%(asset)s was changed after the import.") % {"asset": asset}
            refused[asset.id] = Conflict("changed_since", message)
    return refused


def _removed(asset: Asset, batch_id: UUID) -> events.Draft:
    return events.Draft(
        "asset.removed",
        asset.company_id,
        "asset",
        asset.id,
        {**payloads.facts(asset), "from": payloads.place(asset)},
        [asset.user_id, asset.address_id, asset.shipment_id, batch_id],
    )
