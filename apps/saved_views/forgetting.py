"""What is kept for one person ends with their erasure."""

from __future__ import annotations

from apps.events.models import Event

from .models import SavedView


def hear_erased(event: Event) -> None:
    """Somebody was erased: their own views go. Those of the company stay."""
    own = SavedView.objects.filter(company_id=event.company_id, owner=event.subject_id)
    own.filter(is_shared=False).delete()
