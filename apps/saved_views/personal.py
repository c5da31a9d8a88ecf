"""Views of lists that somebody keeps."""

from __future__ import annotations

from apps.accounts.models import User
from apps.core.personal import Rows, facts, part

from .models import SavedView


@part("saved_views")
def saved_views(user: User, thorough: bool) -> Rows:
    found = SavedView.objects.filter(company_id=user.company_id, owner=user)
    for one in found.order_by("id"):
        yield facts(one)
