"""Parcels that went to or came from somebody."""

from __future__ import annotations

from django.db.models import Q

from apps.accounts.models import User
from apps.core.personal import Rows, facts, part

from .models import Shipment

_PIECE = 500


@part("parcels")
def parcels(user: User, thorough: bool) -> Rows:
    found = Shipment.objects.filter(
        Q(from_user=user) | Q(to_user=user), company_id=user.company_id
    )
    found = found.select_related("from_address", "to_address").order_by("id")
    for parcel in found.prefetch_related("tracking_events").iterator(_PIECE):
        yield {
            **facts(parcel),
            "from": _end(parcel.from_user_id == user.id, parcel.from_address),
            "to": _end(parcel.to_user_id == user.id, parcel.to_address),
            "tracking": [facts(event) for event in parcel.tracking_events.all()],
        }


def _end(is_theirs: bool, address: object) -> str:
    if is_theirs:
        return "this person"
    return str(address) if address else "somebody else"
