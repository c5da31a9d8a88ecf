"""What somebody had, from when until when, and what they said of devices."""

from __future__ import annotations

from apps.accounts.models import User
from apps.core.personal import Rows, part

from .models import Comment, Custody

_PIECE = 500


@part("equipment")
def equipment(user: User, thorough: bool) -> Rows:
    rows = Custody.objects.filter(company_id=user.company_id, user=user)
    for row in rows.select_related("asset").order_by("period", "id").iterator(_PIECE):
        yield {
            "name": row.asset.name,
            "serial_number": row.asset.serial_number,
            "asset_tag": row.asset.asset_tag,
            "from": row.period.lower,
            "until": row.period.upper,
        }


@part("comments")
def comments(user: User, thorough: bool) -> Rows:
    """What they have said of devices."""
    rows = Comment.objects.filter(company_id=user.company_id, author_id=user.pk)
    for row in rows.select_related("asset").order_by("id").iterator(_PIECE):
        yield {
            "asset": row.asset.name,
            "serial_number": row.asset.serial_number,
            "at": row.created_at,
            "text": row.text,
        }
