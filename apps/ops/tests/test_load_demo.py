import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from apps.accounts.models import Login, User
from apps.catalog.models import Kit, Product
from apps.catalog.services import Item, quote, service_price
from apps.companies.models import Address, Company
from apps.conftest import ensure_reference_data, make_company
from apps.events.models import Event, FailedDelivery
from apps.inventory.models import Asset, Custody
from apps.inventory.states import ArchiveReason, AssetState
from apps.invoicing.models import Invoice
from apps.invoicing.states import DocumentType, InvoiceState, InvoiceType
from apps.notifications.models import Message
from apps.notifications.states import MessageState
from apps.ops.demo import loading, sign_ins
from apps.orders.models import BankAccount, Order
from apps.orders.states import OrderState, OrderType
from apps.redeployments.models import Redeployment
from apps.redeployments.states import RedeploymentState
from apps.returns.models import Return
from apps.returns.states import ReturnState

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker) -> Iterator[Company]:
    """Loaded once for all tests of this file, which only read."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DEBUG=True):
            ensure_reference_data()
            assert loading.load()
            yield Company.objects.get(slug="acme")
        transaction.set_rollback(True)


def test_acme_is_as_big_as_the_sign_in_text_says(demo: Company) -> None:
    people = User.objects.filter(company=demo)
    assert people.count() == 120
    assert people.values("country").distinct().count() == 8
    devices = Asset.objects.filter(company=demo, order_units__isnull=True)
    assert devices.count() == 400
    assert Address.objects.filter(company=demo).count() == 4
    assert demo.mail_always


def test_assets_are_in_every_state_that_has_a_flow(demo: Company) -> None:
    assets = Asset.objects.filter(company=demo)
    states = set(assets.values_list("state", flat=True))
    assert states == set(AssetState)
    reasons = set(assets.exclude(archive_reason="").values_list("archive_reason"))
    assert reasons == {(reason.value,) for reason in ArchiveReason}


def test_returns_are_in_every_state(demo: Company) -> None:
    states = set(Return.objects.filter(company=demo).values_list("state", flat=True))
    assert states == set(ReturnState)


def test_orders_are_in_every_state_that_has_a_flow(demo: Company) -> None:
    orders = Order.objects.filter(company=demo)
    told = set(orders.values_list("state", "type"))
    assert told == {
        (OrderState.RECEIVED, OrderType.ASSIGN_EXISTING),
        (OrderState.RECEIVED, OrderType.COMPANY),
        (OrderState.DECLINED, OrderType.TEQUIPY_WAREHOUSE),
        (OrderState.ONBOARDING_SET, OrderType.ONBOARDING),
        (OrderState.DECLINED, OrderType.ONBOARDING),
    }
    assert orders.filter(paid_at__isnull=False).count() == 1
    assert BankAccount.objects.count() == 3


def test_some_of_what_is_stored_is_asked_for_again(demo: Company) -> None:
    states = Redeployment.objects.filter(company=demo).values_list("state", flat=True)
    assert set(states) == {RedeploymentState.INITIATED, RedeploymentState.CANCELLED}
    assert Redeployment.objects.filter(address__isnull=False).count() == 1


def test_invoices_are_in_every_state(demo: Company) -> None:
    found = Invoice.objects.filter(company=demo)
    assert set(found.values_list("state", flat=True)) == set(InvoiceState)
    types = set(found.values_list("type", flat=True))
    assert {InvoiceType.SUBSCRIPTION, InvoiceType.OFFBOARDING} <= types
    assert found.filter(document_type=DocumentType.CREDIT_NOTE).count() == 1
    assert not Invoice.objects.overdue(timezone.now()).exists()


def test_half_of_a_return_in_the_warehouse_is_on_its_way(demo: Company) -> None:
    ret = Return.objects.get(state=ReturnState.DEVICE_IN_TEQUIPY_WAREHOUSE)
    assert set(ret.lines.values_list("outcome", flat=True)) == {"RECEIVED", ""}


def test_nothing_is_due_or_would_send_a_mail_now(demo: Company) -> None:
    now = timezone.now()
    assert not Return.objects.contact_due(now).exists()
    assert not Return.objects.closing_due(now).exists()
    states = set(Message.objects.values_list("state", flat=True))
    assert states == {MessageState.SENT}
    assert not Message.objects.filter(sent_at__gt=now).exists()
    assert not FailedDelivery.objects.exists()


def test_what_is_sold_has_prices_in_every_country(demo: Company) -> None:
    laptop = Product.objects.get(company=demo, model_number="MRX33")
    for country in User.objects.filter(company=demo).values_list("country", flat=True):
        found = quote(demo, [Item(laptop, 1)], "EUR", country, "EXPRESS")
        assert found.total.amount > 2299
    for currency, country in (("PLN", "PL"), ("GBP", "GB")):
        assert quote(demo, [Item(laptop, 1)], currency, country).total.amount > 1000
    assert not Product.objects.get(company=demo, category="PRINTER").is_orderable
    assert Kit.objects.filter(company=demo).count() == 2
    offboarding = service_price(demo, "OFFBOARDING", "PT")
    assert offboarding is not None
    assert offboarding.amount == 67


def test_every_event_is_sealed_and_in_order_of_its_asset(demo: Company) -> None:
    assert not Event.objects.unsealed().exists()
    asset = Asset.objects.filter(company=demo, state=AssetState.IN_REPAIR).first()
    times = Event.objects.about(asset.id).order_by("id").values_list("occurred_at")
    assert list(times) == sorted(times)
    assert Custody.objects.filter(asset=asset).count() > 2


def test_custody_and_the_chain_hold(demo: Company) -> None:
    call_command("check_custody")
    call_command("verify_events")


def test_emil_has_three_things_and_owes_none(demo: Company) -> None:
    emil = User.objects.get(email="emil@acme.example")
    assert emil.assets.count() == 3
    assert not Return.objects.unfinished().filter(user=emil).exists()


def test_globex_is_small_and_initech_empty(demo: Company) -> None:
    for slug, people, assets in (("globex", 8, 20), ("initech", 1, 0)):
        company = Company.objects.get(slug=slug)
        assert User.objects.filter(company=company).count() == people
        assert Asset.objects.filter(company=company).count() == assets


@pytest.mark.parametrize("sign_in", sign_ins.SIGN_INS, ids=lambda s: s.email)
def test_printed_sign_in_works(demo: Company, sign_in: sign_ins.SignIn) -> None:
    login = Login.objects.get(email=sign_in.email)
    assert login.check_password(sign_ins.PASSWORD)
    assert login.is_staff == (sign_in.role == "platform staff")


def test_second_run_changes_nothing_and_prints_the_sign_ins(
    demo: Company, capsys: pytest.CaptureFixture[str]
) -> None:
    before, started = Event.objects.count(), time.monotonic()
    call_command("load_demo")
    assert time.monotonic() - started < 1
    assert Event.objects.count() == before
    assert "anna@acme.example" in capsys.readouterr().out


def test_refuses_where_debug_is_off(reference_data: None, settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("load_demo")
    assert not Company.objects.filter(slug="acme").exists()


def test_refuses_beside_a_company_of_somebody_else(
    reference_data: None, settings
) -> None:
    settings.DEBUG = True
    make_company("Umbrella")
    with pytest.raises(CommandError, match="Umbrella"):
        call_command("load_demo")
    assert not Company.objects.filter(slug="acme").exists()


def test_demo_is_played_at_the_moment_of_the_first_run(demo: Company) -> None:
    newest = Event.objects.filter(type__startswith="return.").latest("occurred_at")
    age = timezone.now() - newest.occurred_at
    assert timedelta(hours=24) < age < timedelta(days=3)
