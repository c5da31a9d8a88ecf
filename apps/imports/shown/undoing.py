"""What undoing an import takes back."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from apps.imports.models import Batch


@dataclass(frozen=True, slots=True)
class MadeBesides:
    """Models, people or places that applying created for rows: how many are there, how
    many were taken out."""

    kind: str
    there: int
    undone: int


def made_besides(batch: Batch) -> list[MadeBesides]:
    counts = batch.made.order_by("kind").values_list("kind").annotate(Count("pk"))
    there = counts.annotate(there=Count("pk", filter=Q(undone_at=None)))
    return [MadeBesides(kind, left, total - left) for kind, total, left in there]
