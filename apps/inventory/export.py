"""Assets as a CSV file that our own importer takes back."""

from __future__ import annotations

from collections.abc import Iterator

from apps.core import money
from apps.core.tables import csv_lines

from .models import Asset, AssetQuerySet

HEADER = [
    "Serial number",
    "Asset tag",
    "Name",
    "Product",
    "Model number",
    "Manufacturer",
    "Category",
    "Status",
    "Condition",
    "Holder email",
    "Location",
    "Purchase date",
    "Purchase price",
    "Currency",
    "Warranty ends on",
    "Supplier",
    "Order number",
    "External id",
    "Notes",
]
CHUNK = 1_000


def lines(assets: AssetQuerySet) -> Iterator[str]:
    rows = assets.for_list().order_by("id").iterator(chunk_size=CHUNK)
    return csv_lines(HEADER, (_cells(asset) for asset in rows))


def _cells(asset: Asset) -> list[object]:
    return [
        asset.serial_number,
        asset.asset_tag,
        asset.name,
        asset.product.name,
        asset.product.model_number,
        asset.product.manufacturer,
        asset.product.get_category_display(),
        asset.archive_reason or asset.state,
        asset.condition,
        asset.user.email if asset.user else "",
        asset.address.name if asset.address else "",
        asset.purchased_on or "",
        money.plain(asset.purchase_price, asset.currency),
        asset.currency,
        asset.warranty_ends_on or "",
        asset.supplier,
        asset.order_number,
        asset.external_id,
        asset.notes,
    ]
