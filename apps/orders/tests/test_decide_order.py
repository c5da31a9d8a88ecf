"""Approving, declining, cancelling, paying: what they do, and what they refuse."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.accounts import services as accounts
from apps.conftest import make_user
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict, DomainError, NotAllowed
from apps.core.states import may
from apps.events.models import Event
from apps.inventory import services as inventory
from apps.inventory.models import Asset, Claim
from apps.orders import services
from apps.orders.models import Order
from apps.orders.states import CANCELLABLE, TRANSITIONS, OrderState

from .factories import make_credit_line, make_order, make_wares

pytestmark = pytest.mark.django_db
_TIMES = {"cancelled_at": "2026-03-01T00:00Z"}


def draft(user) -> Order:
    return services.draft_onboarding(user, [make_wares(user.company).id], actor=SYSTEM)


def put(order: Order, state: str, **fields) -> Order:
    """As the verbs of a later state would leave it."""
    Order.objects.filter(pk=order.pk).update(state=state, **fields)
    order.refresh_from_db()
    return order


def asset_states():
    return sorted(Asset.objects.values_list("state", "archive_reason"))


def refused(verb, order, code):
    before = (Event.objects.count(), order.state, asset_states())
    with pytest.raises(Conflict) as refusal:
        verb(order, actor=SYSTEM)
    assert refusal.value.code == code
    order.refresh_from_db()
    assert (Event.objects.count(), order.state, asset_states()) == before


class TestCancel:
    def test_what_was_ordered_never_comes(self, emil):
        order = services.cancel(make_order(emil), actor=SYSTEM)
        assert (order.state, order.cancelled_at is not None) == ("DECLINED", True)
        assert asset_states() == [("ARCHIVED", "NOT_DELIVERED")] * 2
        assert not Claim.objects.exists()
        assert Event.objects.get(type="order.cancelled").payload["from"] == "RECEIVED"

    def test_what_has_come_stays_in_storage(self, emil, shelf):
        order = make_order(emil)
        come = Asset.objects.first()
        Asset.objects.filter(pk=come.pk).update(serial_number="PF-1")
        inventory.receive(come, shelf, actor=SYSTEM, workflow_id=order.id)
        services.cancel(put(order, "PREPARING"), actor=SYSTEM)
        assert asset_states() == [("ARCHIVED", "NOT_DELIVERED"), ("STORAGE", "")]
        assert inventory.claim_of(come) is None

    def test_twice_is_once(self, emil):
        order = services.cancel(make_order(emil), actor=SYSTEM)
        before, first = Event.objects.count(), order.cancelled_at
        order = services.cancel(order, actor=SYSTEM)
        assert (Event.objects.count(), order.cancelled_at) == (before, first)

    @pytest.mark.parametrize("state", sorted(CANCELLABLE))
    def test_it_can_be_until_it_is_sent(self, emil, state):
        order = services.cancel(put(make_order(emil), state), actor=SYSTEM)
        assert order.state == "DECLINED"

    @pytest.mark.parametrize(
        "state", ["SENT", "OUT_FOR_DELIVERY", "DELIVERY_FAILED", "DELIVERED"]
    )
    def test_refuses_once_it_is_sent(self, emil, state):
        refused(services.cancel, put(make_order(emil), state), "too_late_to_cancel")

    def test_employees_cancel_nothing(self, emil, as_actor):
        order = make_order(emil)
        with pytest.raises(NotAllowed):
            services.cancel(order, actor=as_actor(emil))
        order.refresh_from_db()
        assert order.state == "RECEIVED"


class TestApprove:
    def test_the_units_are_ordered_then(self, emil):
        order = services.approve(draft(emil), actor=SYSTEM)
        assert order.state == "RECEIVED"
        assert asset_states() == [("ORDERED", "")]
        assert Event.objects.filter(type="order.approved").count() == 1

    def test_twice_is_once(self, emil):
        order = services.approve(draft(emil), actor=SYSTEM)
        before = Event.objects.count()
        services.approve(order, actor=SYSTEM)
        assert (Event.objects.count(), Asset.objects.count()) == (before, 1)

    def test_it_goes_where_they_live_by_then(self, acme):
        ola = make_user(acme, "Ola", street="", city="", country_id=None)
        order = draft(ola)
        with pytest.raises(DomainError) as refusal:
            services.approve(order, actor=SYSTEM)
        assert refusal.value.code == "no_delivery_address"
        accounts.update(ola, actor=SYSTEM, street="Lipowa 2", city="Wrocław")
        ola.country_id = "PL"
        ola.save(update_fields=["country"])
        order = services.approve(order, actor=SYSTEM)
        order.refresh_from_db()
        assert (order.street, order.country_id) == ("Lipowa 2", "PL")

    def test_it_takes_up_the_credit_line_only_then(self, emil):
        make_credit_line(emil.company, "1500")
        first, second = draft(emil), draft(emil)
        services.approve(first, actor=SYSTEM)
        with pytest.raises(DomainError) as refusal:
            services.approve(second, actor=SYSTEM)
        assert refusal.value.code == "credit_limit_exceeded"
        second.refresh_from_db()
        assert second.state == "ONBOARDING_SET"

    def test_refuses_what_was_declined(self, emil):
        order = services.decline(draft(emil), actor=SYSTEM)
        refused(services.approve, order, "wrong_state")


class TestDecline:
    def test_it_ends(self, emil):
        order = services.decline(draft(emil), actor=SYSTEM)
        assert (order.state, order.cancelled_at is not None) == ("DECLINED", True)
        assert Event.objects.filter(type="order.declined").count() == 1
        before = Event.objects.count()
        services.decline(order, actor=SYSTEM)
        assert Event.objects.count() == before

    def test_refuses_what_was_placed(self, emil):
        refused(services.decline, make_order(emil), "not_a_draft")


class TestPay:
    def test_what_waited_for_it_is_ordered(self, emil, settings):
        settings.STRIPE_PAYMENTS = True
        order = make_order(emil, payment_method="STRIPE")
        order = services.mark_paid(order, actor=SYSTEM)
        assert (order.state, order.paid_at is not None) == ("RECEIVED", True)
        assert asset_states() == [("ORDERED", "")] * 2

    def test_twice_is_once(self, emil):
        order = services.mark_paid(make_order(emil), actor=SYSTEM)
        before = Event.objects.count()
        services.mark_paid(order, actor=SYSTEM)
        assert Event.objects.count() == before
        assert Event.objects.filter(type="order.paid").count() == 1

    def test_refuses_what_was_called_off(self, emil):
        order = services.cancel(make_order(emil), actor=SYSTEM)
        refused(services.mark_paid, order, "not_owed")
        refused(services.mark_invoiced, order, "not_owed")

    def test_an_invoice_moves_nothing(self, emil):
        order = services.mark_invoiced(make_order(emil), actor=SYSTEM)
        assert (order.state, order.invoiced_at is not None) == ("RECEIVED", True)
        before = Event.objects.count()
        services.mark_invoiced(order, actor=SYSTEM)
        assert Event.objects.count() == before

    def test_admins_of_companies_settle_nothing(self, emil, anna, as_actor):
        order = make_order(emil)
        with pytest.raises(NotAllowed):
            services.mark_paid(order, actor=as_actor(anna))


class TestForget:
    def test_where_it_went_is_emptied_and_what_it_cost_stays(self, emil):
        order = services.cancel(
            make_order(emil, notes="His mother's", contact_name="Ewa"), actor=SYSTEM
        )
        assert services.forget(emil, actor=SYSTEM) == 1
        order.refresh_from_db()
        told = (order.full_name, order.street, order.notes, order.contact_name)
        assert told == ("", "", "", "")
        assert (order.total, order.country_id) == (Decimal("2000.00"), "PL")

    def test_refuses_while_one_is_open(self, emil):
        order = make_order(emil)
        with pytest.raises(Conflict, match=order.reference):
            services.forget(emil, actor=SYSTEM)


@pytest.mark.parametrize("current", list(OrderState))
@pytest.mark.parametrize("target", ["RECEIVED", "DECLINED"])
def test_the_table_decides(emil, current, target):
    from apps.orders import events
    from apps.orders.services import steps

    fields = _TIMES if current in ("DECLINED", "ARCHIVED") else {}
    order = steps.lock(put(draft(emil), current, **fields))
    if current == target:
        return
    order.cancelled_at = order.cancelled_at or order.created_at
    moved = {"actor": SYSTEM, "fields": ["cancelled_at"]}
    if may(TRANSITIONS, current, target):
        assert (
            steps.move(order, target, events.ORDER_CANCELLED, **moved).state == target
        )
    else:
        with pytest.raises(Conflict, match="can't go"):
            steps.move(order, target, events.ORDER_CANCELLED, **moved)
