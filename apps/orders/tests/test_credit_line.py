"""Up to where a company may order on account, also twenty times at once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Sum

from apps.catalog import services as catalog
from apps.conftest import make_company, make_user, together
from apps.core.actor import SYSTEM
from apps.core.errors import Invalid
from apps.events.models import Event
from apps.inventory import integrity
from apps.inventory.models import Asset, Claim
from apps.orders import services
from apps.orders.models import Order
from apps.orders.services import Item

from .factories import make_credit_line, make_order, make_wares


def refused(make, code):
    before = (Order.objects.count(), Asset.objects.count(), Event.objects.count())
    with pytest.raises(Invalid) as refusal:
        make()
    assert (refusal.value.code, refusal.value.field) == (code, "payment_method")
    after = (Order.objects.count(), Asset.objects.count(), Event.objects.count())
    assert after == before


@pytest.mark.django_db
class TestLimit:
    def test_exactly_up_to_it_is_fine(self, emil):
        make_credit_line(emil.company, "4000")
        make_order(emil)
        make_order(emil)
        refused(lambda: make_order(emil), "credit_limit_exceeded")

    def test_what_is_free_is_told(self, emil):
        make_credit_line(emil.company, "3000")
        make_order(emil)
        with pytest.raises(Invalid, match=r"€2,000\.00, and €1,000\.00"):
            make_order(emil)

    def test_paid_and_cancelled_orders_are_not_counted(self, emil):
        make_credit_line(emil.company, "4000")
        first, second = make_order(emil), make_order(emil)
        services.mark_paid(first, actor=SYSTEM)
        services.cancel(second, actor=SYSTEM)
        make_order(emil)
        make_order(emil)
        refused(lambda: make_order(emil), "credit_limit_exceeded")

    def test_none_is_no_limit(self, emil, gina):
        make_credit_line(emil.company, None)
        make_credit_line(gina.company, "0")
        for _ in range(3):
            make_order(emil)
        make_wares(gina.company)
        refused(lambda: make_order(gina), "credit_limit_exceeded")

    def test_of_another_company_is_not_counted(self, emil, gina):
        make_credit_line(emil.company, "2000")
        make_order(gina)
        make_order(emil)

    def test_each_currency_has_its_own(self, emil):
        make_credit_line(emil.company, "2000")
        make_order(emil)
        make_credit_line(emil.company, "1800", "GBP")
        wares = make_wares(emil.company)
        catalog.set_price(wares, actor=SYSTEM, currency="GBP", amount=Decimal(900))
        emil.company.currency = "GBP"
        emil.company.save(update_fields=["currency"])
        make_order(emil, Item(product_id=wares.id, quantity=2))
        refused(lambda: make_order(emil, wares), "credit_limit_exceeded")

    def test_a_currency_without_one_is_refused(self, emil):
        make_credit_line(emil.company, "2000", "USD")
        make_wares(emil.company)
        refused(lambda: make_order(emil), "no_credit_line")

    def test_cards_take_up_nothing(self, emil, settings):
        settings.STRIPE_PAYMENTS = True
        make_credit_line(emil.company, "0")
        assert make_order(emil, payment_method="STRIPE").state == "PAYMENT_PENDING"


@pytest.fixture
def shop(reference_data):
    initech = make_company("Initech")
    peter = make_user(initech, "Peter")
    make_wares(initech)
    return peter


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def test_twenty_orders_never_exceed_it(self, shop):
        make_credit_line(shop.company, "10000")
        codes = together(*[lambda: make_order(shop)] * 20)
        assert codes == ["credit_limit_exceeded"] * 15
        total = Order.objects.aggregate(sum=Sum("total"))["sum"]
        assert (Order.objects.count(), total) == (5, Decimal(10000))
        assert Asset.objects.filter(state="ORDERED").count() == 10
        assert Claim.objects.count() == 10

    def test_one_that_is_cancelled_while_others_order(self, shop):
        make_credit_line(shop.company, "2000")
        order = make_order(shop)
        together(
            lambda: services.cancel(order, actor=SYSTEM),
            *[lambda: make_order(shop)] * 3,
        )
        assert Order.objects.filter(company=shop.company).owed("EUR").count() <= 1
        assert list(integrity.problems()) == []

    def test_cancelled_five_times_at_once_is_once(self, shop):
        order = make_order(shop)
        codes = together(*[lambda: services.cancel(order, actor=SYSTEM)] * 5)
        assert codes == []
        assert Event.objects.filter(type="order.cancelled").count() == 1
        assert Event.objects.filter(type="asset.retired").count() == 2

    def test_approved_and_declined_at_once_is_one_of_both(self, shop):
        wares = make_wares(shop.company)
        order = services.draft_onboarding(shop, [wares.id], actor=SYSTEM)
        codes = together(
            lambda: services.approve(order, actor=SYSTEM),
            lambda: services.decline(order, actor=SYSTEM),
        )
        assert len(codes) == 1
        order.refresh_from_db()
        states = {"RECEIVED": "ORDERED", "DECLINED": None}
        found = Asset.objects.values_list("state", flat=True).first()
        assert found == states[order.state]
