"""Taking out of the register what an import brought into them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.catalog.models import Product
from apps.companies.models import Company
from apps.core import references
from apps.core.actor import Actor, Permission
from apps.events.services import Draft, record_many
from apps.inventory import events, payloads
from apps.inventory.models import Asset, Claim, Custody

from .claims import claimed


@transaction.atomic
def remove_many(
    versions: Mapping[UUID, datetime | None],
    *,
    actor: Actor,
    company: Company,
    batch_id: UUID,
) -> references.Refused:
    """Deletes assets with their custody, as if they had never come; their events stay.

    Only those that are still as they were at `versions` (`updated_at`; None: as they
    were created) and that nothing refers to. Returns the refusals; an asset that is
    gone already is none.
    """
    actor.require(Permission.ASSETS_REMOVE, company.id)

    def refuse(assets: Sequence[Asset]) -> references.Refused:
        held = Claim.objects.filter(asset__in=[asset.id for asset in assets])
        claims = {claim.asset_id: claim for claim in held}
        refused: references.Refused = {}
        for asset in assets:
            if claim := claims.get(asset.id):
                refused[asset.id] = claimed(asset, claim)
            elif asset.updated_at != (versions[asset.id] or asset.created_at):
                refused[asset.id] = references.changed_since(asset)
        return refused

    gone, refused = references.remove_unused(
        Asset, versions, company_id=company.id, refuse=refuse, parts=(Custody,)
    )
    products = Product.objects.filter(pk__in={asset.product_id for asset in gone})
    names = dict(products.values_list("pk", "name"))
    record_many(_removed(gone, names, batch_id), actor=actor)
    return refused


def _removed(
    assets: Sequence[Asset], products: Mapping[UUID, str], batch_id: UUID
) -> Iterator[Draft]:
    for asset in assets:
        payload = events.DeviceRemoved(
            product_id=asset.product_id,
            product_name=products[asset.product_id],
            serial_number=asset.serial_number,
            asset_tag=asset.asset_tag,
            from_=payloads.place(asset),
        )
        yield Draft(
            events.ASSET_REMOVED,
            asset.company_id,
            asset.id,
            payload,
            [asset.user_id, asset.address_id, asset.shipment_id, batch_id],
        )
