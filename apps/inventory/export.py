"""Assets as a CSV file that our own importer takes back."""

from __future__ import annotations

from collections.abc import Iterator

from apps.core.tables import csv_lines

from .fields import FIELDS
from .models import Asset, AssetQuerySet

CHUNK = 1_000
_READERS = [FIELDS.reader(field) for field in FIELDS.exported]


def lines(assets: AssetQuerySet) -> Iterator[str]:
    rows = assets.for_list().order_by("id").iterator(chunk_size=CHUNK)
    return csv_lines(FIELDS.headers, map(_cells, rows))


def _cells(asset: Asset) -> list[object]:
    return [read(asset) for read in _READERS]
