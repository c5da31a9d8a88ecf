"""What was ordered for somebody, and where it went."""

from __future__ import annotations

from apps.accounts.models import User
from apps.core.personal import Rows, facts, part

from .models import Order

_PIECE = 200


@part("orders")
def orders(user: User, thorough: bool) -> Rows:
    found = Order.objects.filter(company_id=user.company_id, user=user).order_by("id")
    for order in found.prefetch_related("lines__product").iterator(_PIECE):
        items = [
            {"product": line.product.name, **facts(line)} for line in order.lines.all()
        ]
        yield {**facts(order), "items": items}
