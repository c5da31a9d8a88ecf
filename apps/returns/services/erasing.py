"""What the returns of somebody tell of them."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actor import Actor, Permission
from apps.core.errors import Conflict
from apps.returns.models import Return, ReturnLine

_EMPTY = {
    "contact_email": "",
    "full_name": "",
    "phone": "",
    "street": "",
    "street2": "",
    "city": "",
    "region": "",
    "postal_code": "",
    "country": None,
    "message": "",
    "notes": "",
}


@transaction.atomic
def forget(user: User, *, actor: Actor) -> int:
    """Empties how somebody was reached and what they answered, and what was noted of
    their items, in all their returns, hidden ones too; states, days, items and how each
    ended stay. Their links stop working. Returns how many returns.

    Raises Conflict `return_open`.
    """
    actor.require(Permission.PEOPLE_ERASE, user)
    theirs = Return.objects.filter(company_id=user.company_id, user=user)
    found = list(theirs.select_for_update(of=("self",)).order_by("pk"))
    for ret in found:
        if not ret.is_finished:
            raise Conflict(
                "return_open",
                _("%(name)s still has %(reference)s open: finish or cancel it first.")
                % {"name": user.name, "reference": ret.reference},
            )
    ids = [ret.pk for ret in found]
    Return.objects.filter(pk__in=ids).update(
        **_EMPTY, link_version=F("link_version") + 1, updated_at=timezone.now()
    )
    lines = ReturnLine.objects.filter(company_id=user.company_id, ret__in=ids)
    lines.exclude(reason="").update(reason="")
    return len(ids)
