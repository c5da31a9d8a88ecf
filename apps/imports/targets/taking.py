"""A key that one device gave up to another, which a row created under it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from apps.companies.models import Company
from apps.core.actor import Actor
from apps.imports.models import Batch, BatchRow
from apps.imports.states import Verdict
from apps.inventory import services as inventory
from apps.inventory.models import Asset

from .before import differing

TAKEN = "taken"  # in BatchRow.before


def taken(old: Asset, before: Mapping[str, Any], found: datetime) -> dict[str, Any]:
    """What undoing needs to know of the device that gave it up."""
    return {"from": str(old.id), "facts": dict(before), "found": found.isoformat()}


def give_back(
    rows: Iterable[BatchRow], *, company: Company, batch: Batch, actor: Actor
) -> None:
    """After what these rows created is gone. A device that has another key since keeps
    that. Raises Conflict if somebody else has the key by now."""
    notes = [row.before[TAKEN] for row in rows if TAKEN in (row.before or {})]
    if not notes:
        return
    ids = {note["from"] for note in notes}
    found = Asset.objects.filter(company=company, pk__in=ids).order_by("pk")
    devices = {str(a.id): a for a in found.select_for_update(of=("self",))}
    drafts, changed = [], {}
    for note in notes:
        device = devices.get(note["from"])
        if device is None:
            continue
        empty = dict.fromkeys(note["facts"], "")
        facts = {
            n: v for n, v in note["facts"].items() if n not in differing(device, empty)
        }
        is_as_left = device.updated_at.isoformat() == note["left"]
        draft = inventory.apply_changes(
            device, facts, batch_id=batch.id, is_undone=True
        )
        if draft is not None:
            drafts.append(draft)
            changed[device.id] = (device, note["found"] if is_as_left else None)
    if not changed:
        return
    fields = sorted({name for note in notes for name in note["facts"]})
    assets = [device for device, _found in changed.values()]
    inventory.update_many(assets, fields, drafts, actor=actor)
    for device, version in changed.values():
        if version:
            _as_before(company.id, device, version)


def _as_before(company_id: UUID, device: Asset, version: str) -> None:
    """The row that left the device so sees it as it had left it."""
    rows = BatchRow.objects.filter(
        company=company_id, target_id=device.id, undone_at=None
    )
    is_seen = Q(version=version)
    if device.created_at.isoformat() == version:
        is_seen |= Q(version=None, verdict=Verdict.CREATE)
    rows.filter(is_seen).update(version=device.updated_at)
