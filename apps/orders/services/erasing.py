"""What orders tell of somebody."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actor import Actor, Permission
from apps.core.errors import Conflict
from apps.orders.models import Order
from apps.orders.states import FINISHED

_EMPTY = dict.fromkeys(
    (
        "full_name",
        "phone",
        "street",
        "street2",
        "city",
        "region",
        "postal_code",
        "contact_name",
        "contact_email",
        "contact_phone",
        "notes",
        "delivery_failure_reason",
    ),
    "",
)


@transaction.atomic
def forget(user: User, *, actor: Actor) -> int:
    """Empties where orders for somebody went to and whom to ask about them; what was
    ordered, the country and what it cost stay. Returns how many orders.

    Raises Conflict `order_open`.
    """
    actor.require(Permission.PEOPLE_ERASE, user)
    theirs = Order.objects.filter(company_id=user.company_id, user=user)
    found = list(theirs.select_for_update(of=("self",)).order_by("pk"))
    for order in found:
        if order.state not in FINISHED:
            raise Conflict(
                "order_open",
                _("%(name)s still has %(reference)s open: finish or cancel it first.")
                % {"name": user.name, "reference": order.reference},
            )
    Order.objects.filter(pk__in=[order.pk for order in found]).update(
        **_EMPTY, updated_at=timezone.now()
    )
    return len(found)
