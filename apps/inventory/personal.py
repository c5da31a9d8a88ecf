"""What somebody had, from when until when."""

from __future__ import annotations

from apps.accounts.models import User
from apps.core.personal import Rows, part

from .models import Custody

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
