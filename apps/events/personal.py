"""What the history says of somebody."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.core.personal import Rows, part

from .models import Event

_PIECE = 1_000


@part("history", comes_last=True)
def history(user: Any, thorough: bool) -> Rows:
    """Of others it tells nothing, not even their ids."""
    found = Event.objects.about(user.id).filter(company_id=user.company_id)
    for event in found.order_by("id").iterator(_PIECE):
        yield {
            "what": event.type,
            "at": event.occurred_at,
            "by_themselves": event.actor_id == user.id,
            "says": _without_ids(event.payload, user.id),
        }


def _without_ids(said: Any, own: UUID) -> Any:
    if isinstance(said, dict):
        inner = {name: _without_ids(value, own) for name, value in said.items()}
        return {name: value for name, value in inner.items() if value is not None}
    if isinstance(said, list):
        return [_without_ids(one, own) for one in said]
    return None if _is_id(said) and said != str(own) else said


def _is_id(said: Any) -> bool:
    try:
        return isinstance(said, str) and bool(UUID(said))
    except ValueError:
        return False
