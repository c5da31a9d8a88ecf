"""What somebody was asked to give back, how they were reached, what they answered."""

from __future__ import annotations

from apps.accounts.models import User
from apps.core.personal import Rows, facts, part

from .models import Return

_PIECE = 200


@part("returns")
def returns(user: User, thorough: bool) -> Rows:
    found = Return.objects.filter(company_id=user.company_id, user=user).order_by("id")
    for ret in found.prefetch_related("lines__asset").iterator(_PIECE):
        items = [{"item": str(one.asset), **facts(one)} for one in ret.lines.all()]
        yield {**facts(ret, "link_version"), "items": items}
