"""Assets as a CSV file that our own importer takes back."""

from __future__ import annotations

import csv
from collections.abc import Iterator

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
# A cell that begins so would be run as a formula by a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """What csv.writer needs of a file: it hands the line straight back."""

    def write(self, line: str) -> str:
        return line


def lines(assets: AssetQuerySet) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # The mark tells spreadsheets that the file is UTF-8.
    yield "\ufeff" + writer.writerow(HEADER)
    for asset in assets.for_list().order_by("id").iterator(chunk_size=CHUNK):
        yield writer.writerow([_harmless(cell) for cell in _cells(asset)])


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
        asset.user.email if asset.user else "",
        asset.address.name if asset.address else "",
        asset.purchased_on or "",
        "" if asset.purchase_price is None else asset.purchase_price,
        asset.currency,
        asset.warranty_ends_on or "",
        asset.supplier,
        asset.order_number,
        asset.external_id,
        asset.notes,
    ]


def _harmless(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return "'" + cell
    return cell
