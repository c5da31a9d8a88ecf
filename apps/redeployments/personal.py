"""What was sent to somebody out of storage, and where to."""

from __future__ import annotations

from apps.accounts.models import User
from apps.core.personal import Rows, facts, part

from .models import Redeployment

_PIECE = 200


@part("redeployments")
def redeployments(user: User, thorough: bool) -> Rows:
    theirs = Redeployment.objects.filter(company_id=user.company_id, user=user)
    found = theirs.order_by("id").prefetch_related("lines__asset")
    for one in found.iterator(_PIECE):
        items = [str(line.asset) for line in one.lines.all()]
        yield {**facts(one), "items": items}
