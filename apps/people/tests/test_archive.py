from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.accounts.states import UserState
from apps.accounts.targets import Target
from apps.catalog import services as catalog
from apps.catalog.models import Product
from apps.companies.models import Company
from apps.conftest import make_asset, make_product
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict, Invalid, NotAllowed
from apps.events.models import Event
from apps.inventory.integrity import problems
from apps.orders import services as orders
from apps.orders.tests.factories import make_credit_line, make_order
from apps.people import services
from apps.redeployments import services as redeployments
from apps.returns import services as returns

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("way", "reason"), [("ARCHIVED", "WRITTEN_OFF"), ("GIVEN_AWAY", "GIVEN_AWAY")]
)
def test_retires_what_they_hold(anna, emil, laptop, as_actor, way, reason):
    services.archive(emil, reason="LEFT", actor=as_actor(anna), way=way)
    emil.refresh_from_db()
    laptop.refresh_from_db()
    assert emil.state == UserState.ARCHIVED
    assert (laptop.state, laptop.archive_reason) == ("ARCHIVED", reason)
    assert laptop.user is None
    assert Event.objects.filter(type="asset.retired").count() == 1
    assert Event.objects.filter(type="user.archived").count() == 1
    assert list(problems()) == []


def test_second_archive_changes_nothing(anna, emil, as_actor):
    services.archive(emil, reason="LEFT", actor=as_actor(anna))
    before = Event.objects.count()
    services.archive(emil, reason="LEFT", actor=as_actor(anna))
    assert Event.objects.count() == before


def test_refuses_while_a_return_is_open(anna, emil, laptop, shelf, as_actor):
    actor = as_actor(anna)
    ret = returns.start_collection(emil, actor=actor, asset_ids=[laptop.id])
    before = Event.objects.count()
    with pytest.raises(Conflict) as refusal:
        services.archive(emil, reason="LEFT", actor=actor)
    assert refusal.value.code == "return_open"
    assert ret.reference in refusal.value.message
    emil.refresh_from_db()
    laptop.refresh_from_db()
    assert (emil.state, laptop.state) == (UserState.ACTIVE, "ACTIVE")
    assert Event.objects.count() == before


def a_dock(company: Company) -> Product:
    product = make_product(company, "Dock")
    catalog.set_price(
        product, actor=SYSTEM, currency=company.currency, amount=Decimal("80.00")
    )
    return catalog.set_orderable(product, actor=SYSTEM, is_orderable=True)


def test_refuses_while_an_order_for_them_is_open(anna, emil, acme, as_actor):
    make_credit_line(acme, None, acme.currency)
    order = make_order(emil, a_dock(acme))
    before = Event.objects.count()
    with pytest.raises(Conflict, match=order.reference) as refusal:
        services.archive(emil, reason="LEFT", actor=as_actor(anna))
    assert refusal.value.code == "order_open"
    emil.refresh_from_db()
    assert emil.state == UserState.ACTIVE
    assert Event.objects.count() == before
    orders.cancel(order, actor=SYSTEM)
    services.archive(emil, reason="LEFT", actor=as_actor(anna))
    emil.refresh_from_db()
    assert emil.state == UserState.ARCHIVED


def test_refuses_while_a_draft_waits_for_approval(anna, emil, acme, as_actor):
    draft = orders.draft_onboarding(emil, [a_dock(acme).id], actor=SYSTEM)
    with pytest.raises(Conflict, match=draft.reference):
        services.archive(emil, reason="LEFT", actor=as_actor(anna))


def test_refuses_while_something_stored_is_sent_to_them(anna, emil, shelf, as_actor):
    asset = make_asset(shelf, "STORED-1")
    sent = redeployments.create(
        [asset.id], Target(user=emil), actor=SYSTEM, company=emil.company
    )
    with pytest.raises(Conflict, match=sent.reference) as refusal:
        services.archive(emil, reason="LEFT", actor=as_actor(anna))
    assert refusal.value.code == "redeployment_open"
    redeployments.cancel(sent, actor=SYSTEM)
    services.archive(emil, reason="LEFT", actor=as_actor(anna))
    emil.refresh_from_db()
    assert emil.state == UserState.ARCHIVED


def test_orders_for_others_and_other_places_keep_nobody(
    anna, emil, office, shelf, as_actor
):
    for number, target in enumerate((Target(user=anna), Target(address=office))):
        asset = make_asset(shelf, f"STORED-{number}")
        redeployments.create([asset.id], target, actor=SYSTEM, company=emil.company)
    services.archive(emil, reason="LEFT", actor=as_actor(anna))
    emil.refresh_from_db()
    assert emil.state == UserState.ARCHIVED


def test_archives_somebody_whose_offboarding_was_cancelled(
    anna, emil, laptop, shelf, as_actor
):
    actor = as_actor(anna)
    last_day = timezone.now().date() + timedelta(days=10)
    ret = returns.start_offboarding(
        emil, actor=actor, last_working_on=last_day, decisions={}
    )
    returns.cancel(ret, reason="STAYS", actor=actor)
    services.archive(emil, reason="LEFT", actor=actor, way="ARCHIVED")
    emil.refresh_from_db()
    assert emil.state == UserState.ARCHIVED


def test_refuses_an_employee_and_another_company(emil, gina, laptop, as_actor):
    before = Event.objects.count()
    for actor in (as_actor(emil), as_actor(gina)):
        with pytest.raises(NotAllowed):
            services.archive(emil, reason="LEFT", actor=actor)
    assert Event.objects.count() == before


def test_refuses_an_unknown_way(anna, emil, as_actor):
    with pytest.raises(Invalid):
        services.archive(emil, reason="LEFT", actor=as_actor(anna), way="SOLD")


def test_says_nothing_about_equipment_and_is_refused(anna, emil, laptop, as_actor):
    before = Event.objects.count()
    with pytest.raises(Conflict) as refusal:
        services.archive(emil, reason="LEFT", actor=as_actor(anna))
    assert refusal.value.code == "still_holds"
    emil.refresh_from_db()
    laptop.refresh_from_db()
    assert (emil.state, laptop.state) == (UserState.ACTIVE, "ACTIVE")
    assert Event.objects.count() == before
