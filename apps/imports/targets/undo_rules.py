"""What taking back a row means: for a device, for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q

from apps.accounts import rehiring
from apps.accounts import removal as people_removal
from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.companies.models import Address, Company
from apps.core.actor import Actor
from apps.core.errors import DomainError
from apps.core.told import Sentence, Told
from apps.events.services import Draft
from apps.imports.columns.fields import USER_STATE
from apps.imports.models import Batch, BatchRow
from apps.imports.states import CHANGES, Verdict
from apps.inventory import services as inventory
from apps.inventory.models import Asset, Claim

from . import row_texts
from .before import (
    TAKEN,
    Edits,
    differing,
    hand_on,
    later_imports,
    place_of,
    untouched,
    value_of,
)

# Reasons that undoing the later import takes away.
CHANGED_SINCE = frozenset({"changed_since", "changed_again", "has_moved"})
# Row -> why it stays.
Staying = dict[int, Told]


class Restore:
    """One kind of thing says how it is removed and how its cells are restored."""

    model: type[Asset | User]
    changed_again: Sentence
    remove: Callable[..., dict[UUID, DomainError]]

    def __init__(self, batch: Batch, actor: Actor) -> None:
        self.batch, self.company, self.actor = batch, batch.company, actor

    def undo(self, rows: Sequence[BatchRow]) -> Staying:
        """Takes rows back in the caller's transaction; returns those that stay."""
        created = _created(rows)
        staying = self._remove(created) | self._restore_cells(_changed(rows))
        gone = [row for row in created.values() if row.id not in staying]
        give_back(gone, company=self.company, batch=self.batch, actor=self.actor)
        held = [row for row in rows if row.id in staying]
        later = later_imports(self.batch, held) if held else {}
        for row in held:
            if row.target_id in later and staying[row.id].reason in CHANGED_SINCE:
                staying[row.id] = row_texts.LATER_IMPORT(day=later[row.target_id])
        return staying

    def _remove(self, created: dict[UUID, BatchRow]) -> Staying:
        ours = {
            "actor": self.actor,
            "company": self.company,
            "batch_id": self.batch.id,
        }
        refused = self.remove({pk: row.version for pk, row in created.items()}, **ours)
        changed = [pk for pk, why in refused.items() if why.code == "changed_since"]
        if as_before := untouched(self.model, {pk: created[pk] for pk in changed}):
            for pk in as_before:
                del refused[pk]
            refused |= self.remove(as_before, **ours)
        return {created[pk].id: error.told for pk, error in refused.items()}

    def _restore_cells(self, changed: dict[UUID, BatchRow]) -> Staying:
        if not changed:
            return {}
        things = self.model.objects.filter(company=self.company, pk__in=changed)
        locked = things.select_for_update(of=("self",)).order_by("pk")
        found = dict(locked.values_list("pk", "updated_at"))
        staying = self._restore(changed)
        restored = [row for row in changed.values() if row.id not in staying]
        hand_on(restored, found, dict(things.values_list("pk", "updated_at")))
        return staying

    def _restore(self, changed: dict[UUID, BatchRow]) -> Staying:
        raise NotImplementedError

    def _why_not(self, thing: Asset | User, row: BatchRow) -> Told | None:
        """Why the cells of the row can't be restored, if they can't."""
        if row.before is None:
            return row_texts.NEVER_NOTED()
        facts = row.before.get("facts", {})
        written = {name: new for name, (_old, new) in facts.items()}
        names = differing(thing, written)
        return self.changed_again(fields=names) if names else None


def _created(rows: Iterable[BatchRow]) -> dict[UUID, BatchRow]:
    return {row.target_id: row for row in rows if row.verdict == Verdict.CREATE}


def _changed(rows: Iterable[BatchRow]) -> dict[UUID, BatchRow]:
    return {row.target_id: row for row in rows if row.verdict in CHANGES}


def _old(model: type, facts: dict[str, list[Any]]) -> dict[str, Any]:
    return {name: value_of(model, name, old) for name, (old, _new) in facts.items()}


class PersonRestore(Restore):
    model = User
    changed_again = row_texts.PERSON_CHANGED_AGAIN
    remove = staticmethod(people_removal.remove_many)

    def _restore(self, changed: dict[UUID, BatchRow]) -> Staying:
        people = User.objects.select_for_update(of=("self",)).filter(
            pk__in=changed, company=self.company
        )
        kept: Staying = {}
        edits = Edits()
        holders = self._holders(changed)
        for person in people.select_related("company").order_by("pk"):
            row = changed[person.id]
            if person.is_erased:
                kept[row.id] = row_texts.PERSON_ERASED()
                continue
            why = self._why_not(person, row) or _works_on(person, row, holders)
            if why:
                kept[row.id] = why
                continue
            old = _old(User, row.before["facts"])
            names = {*old, "state"} if USER_STATE in row.before else old
            edits.add(person, names, self._draft(person, row, old))
        ours = {"actor": self.actor, "company": self.company}
        edits.save(partial(accounts.update_many, **ours))
        return kept

    def _draft(self, person: User, row: BatchRow, old: dict[str, Any]) -> Draft | None:
        if USER_STATE in row.before:
            before, _after = row.before[USER_STATE]
            return rehiring.apply_leaving_again(
                person, before, old, batch_id=self.batch.id
            )
        return accounts.apply_changes(
            person, old, actor=self.actor, batch_id=self.batch.id, is_undone=True
        )

    def _holders(self, changed: Iterable[UUID]) -> set[UUID]:
        held = Asset.objects.filter(company=self.company, user__in=list(changed))
        return set(held.values_list("user_id", flat=True))


def _works_on(person: User, row: BatchRow, holders: set[UUID]) -> Told | None:
    """Why somebody who came back by the import can't have left again."""
    if USER_STATE not in row.before:
        return None
    if person.state != row.before[USER_STATE][1]:
        return row_texts.HAS_LEFT_AGAIN()
    return row_texts.HOLDS_EQUIPMENT() if person.id in holders else None


class AssetRestore(Restore):
    model = Asset
    changed_again = row_texts.DEVICE_CHANGED_AGAIN
    remove = staticmethod(inventory.remove_many)

    def _restore(self, changed: dict[UUID, BatchRow]) -> Staying:
        found = Asset.objects.select_for_update(of=("self",)).filter(
            pk__in=changed, company=self.company
        )
        assets = list(found.select_related("product").order_by("pk"))
        claims = {
            claim.asset_id: claim for claim in Claim.objects.filter(asset__in=assets)
        }
        kept: Staying = {}
        whole: list[tuple[Asset, BatchRow]] = []
        for asset in assets:
            row = changed[asset.id]
            claim = claims.get(asset.id)
            why = inventory.claimed(asset, claim).told if claim else None
            if why := why or self._why_not(asset, row) or _moved(asset, row):
                kept[row.id] = why
            else:
                whole.append((asset, row))
        self._restore_facts(whole)
        self._step_back(whole)
        return kept

    def _restore_facts(self, whole: Sequence[tuple[Asset, BatchRow]]) -> None:
        edits = Edits()
        for asset, row in whole:
            old = _old(Asset, row.before.get("facts", {}))
            draft = inventory.apply_changes(
                asset, old, batch_id=self.batch.id, is_undone=True
            )
            edits.add(asset, old, draft)
        edits.save(partial(inventory.update_many, actor=self.actor))

    def _step_back(self, whole: Sequence[tuple[Asset, BatchRow]]) -> None:
        places = {
            asset.id: row.before["place"][0]
            for asset, row in whole
            if "place" in row.before
        }
        if not places:
            return
        holders = self._holders(places.values())
        moves = [
            inventory.Move(
                asset_id,
                place["state"],
                holders.get(place.get("user_id") or place.get("address_id") or ""),
                place.get("reason", ""),
                is_undone=True,
            )
            for asset_id, place in places.items()
        ]
        inventory.move_many(moves, actor=self.actor, batch_id=self.batch.id)

    def _holders(self, places: Iterable[dict[str, str]]) -> dict[str, Any]:
        listed = list(places)
        found: dict[str, Any] = {}
        for model, name in ((User, "user_id"), (Address, "address_id")):
            ids = {place[name] for place in listed if name in place}
            things = model.objects.filter(company=self.company).in_bulk(ids)
            found |= {str(pk): thing for pk, thing in things.items()}
        return found


def _moved(asset: Asset, row: BatchRow) -> Told | None:
    if "place" not in row.before:
        return None
    before, after = row.before["place"]
    if place_of(asset) != after:
        return row_texts.HAS_MOVED()
    return row_texts.WAS_IN_A_PARCEL() if "shipment_id" in before else None


# --- Keys that were taken over ---


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
    edits, found_as = Edits(), {}
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
        edits.add(device, facts, draft)
        if is_as_left:
            found_as[device.id] = note["found"]
    edits.save(partial(inventory.update_many, actor=actor))
    for device in edits.things.values():
        if version := found_as.get(device.id):
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
