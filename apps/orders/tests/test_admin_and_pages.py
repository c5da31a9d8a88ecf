"""What people see of orders: staff in Django admin, everybody on pages of devices."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.inventory.models import Asset
from apps.orders import services
from apps.orders.models import Order

from .factories import make_order, make_wares

pytestmark = pytest.mark.django_db


def test_the_page_of_an_ordered_device_names_its_order(emil, anna, client_of):
    order = make_order(emil)
    asset = Asset.objects.first()
    html = client_of(anna).get(asset.get_absolute_url()).content.decode()
    assert f"It is part of {order.reference}" in html
    assert str(order.id) not in html


@pytest.mark.parametrize(
    ("action", "state"),
    [("cancel", "DECLINED"), ("approve", "RECEIVED"), ("decline", "DECLINED")],
)
def test_staff_decide(emil, root, client_of, as_actor, action, state):
    if action == "cancel":
        order = make_order(emil)
    else:
        wares = make_wares(emil.company)
        order = services.draft_onboarding(emil, [wares.id], actor=as_actor(root))
    client = client_of(root)
    url = reverse("admin:orders_order_changelist")
    said = {"action": action, "_selected_action": [str(order.pk)]}
    asked = client.post_bare(url, said)
    assert order.reference in asked.content.decode()
    shown = dict(asked.context["fields"])
    client.post_bare(url, {**said, **shown})
    assert Order.objects.get(pk=order.pk).state == state


def test_what_changed_meanwhile_is_not_decided_unseen(emil, root, client_of, as_actor):
    order = make_order(emil)
    client, url = client_of(root), reverse("admin:orders_order_changelist")
    said = {"action": "cancel", "_selected_action": [str(order.pk)]}
    shown = dict(client.post_bare(url, said).context["fields"])
    services.mark_paid(order, actor=as_actor(root))
    client.post_bare(url, {**said, **shown})
    assert Order.objects.get(pk=order.pk).state == "RECEIVED"
