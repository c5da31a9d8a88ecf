"""What an order is when it has been placed, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.targets import Target
from apps.catalog import services as catalog
from apps.catalog.models import KeyboardLayout
from apps.companies.models import Address, Entity
from apps.conftest import make_product, make_user
from apps.core.actor import SYSTEM, Role
from apps.core.errors import Conflict, DomainError, NotAllowed
from apps.core.ids import uuid7
from apps.events.models import Event
from apps.inventory.models import Asset, Claim
from apps.orders import services
from apps.orders.models import Order, OrderUnit
from apps.orders.services import Details, Item

from .factories import make_order, make_wares

pytestmark = pytest.mark.django_db


def refused(make, code, field=None):
    """Nothing was written, not even somebody new."""
    before = counts()
    with pytest.raises(DomainError) as refusal:
        make()
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert counts() == before


def counts():
    models = (Order, Asset, Claim, Event, User, Address)
    return [model.objects.count() for model in models]


class TestWhatIsOrdered:
    def test_each_piece_is_an_asset_that_is_ordered_and_claimed(self, emil):
        order = make_order(emil)
        units = OrderUnit.objects.filter(line__order=order)
        assert [unit.asset.state for unit in units] == ["ORDERED", "ORDERED"]
        assert {unit.claim.reference for unit in units} == {order.reference}
        asset = units[0].asset
        assert (asset.purchase_price, asset.currency) == (Decimal("1000.00"), "EUR")
        assert asset.order_number == order.reference

    def test_it_is_received_at_once_on_account(self, emil):
        order = make_order(emil)
        assert (order.state, order.payment_method) == ("RECEIVED", "CREDIT_LINE")
        assert order.reference.startswith("ORD-")

    def test_prices_stay_as_they_were(self, emil):
        wares = make_wares(emil.company)
        order = make_order(emil, Item(product_id=wares.id, quantity=3))
        catalog.set_price(wares, actor=SYSTEM, currency="EUR", amount=Decimal(7))
        line = order.lines.get()
        assert (line.unit_price, line.quantity) == (Decimal("1000.00"), 3)
        order.refresh_from_db()
        assert (order.total, order.currency) == (Decimal("3000.00"), "EUR")

    def test_warranty_is_in_the_price_and_keys_are_noted(self, emil):
        company, wares = emil.company, make_wares(emil.company)
        warranty = catalog.set_warranty(
            company,
            actor=SYSTEM,
            months=36,
            prices={"EUR": Decimal("99.50")},
            product=wares,
        )
        layout = KeyboardLayout.objects.create(code="tlh-KX", name="Klingon")
        order = make_order(
            emil,
            Item(
                product_id=wares.id,
                warranty_id=warranty.id,
                keyboard_layout_id=layout.id,
            ),
        )
        line = order.lines.get()
        assert line.unit_price == Decimal("1099.50")
        assert (line.warranty, line.keyboard_layout) == (warranty, layout)
        assert order.total == Decimal("1099.50")

    def test_what_its_delivery_costs_is_in_the_total(self, emil, anna):
        catalog.set_service_price(
            emil.company,
            actor=SYSTEM,
            kind="EXPRESS_DELIVERY",
            country=emil.country,
            currency="EUR",
            amount=Decimal("49.90"),
        )
        order = make_order(emil, make_wares(emil.company), delivery_type="EXPRESS")
        assert order.delivery_price == Decimal("49.90")
        assert order.total == Decimal("1049.90")

    def test_one_event_tells_it(self, emil):
        order = make_order(emil)
        event = Event.objects.get(type="order.placed")
        assert event.subject_id == order.id
        assert event.payload["lines"][0]["quantity"] == 2
        assert event.payload["total"] == "2000.00"
        assert len(event.payload["asset_ids"]) == 2

    def test_nothing_is_ordered_by_an_empty_list(self, emil):
        refused(
            lambda: services.create(
                [], Target(user=emil), actor=SYSTEM, company=emil.company
            ),
            "nothing_ordered",
            "equipment",
        )

    def test_more_than_a_thousand_pieces_are_refused(self, emil):
        wares = make_wares(emil.company)
        items = [Item(product_id=wares.id, quantity=501) for _ in range(2)]
        refused(lambda: make_order(emil, *items), "too_many_pieces", "equipment")

    @pytest.mark.parametrize("quantity", [0, -1])
    def test_no_piece_is_refused(self, emil, quantity):
        item = Item(product_id=make_wares(emil.company).id, quantity=quantity)
        refused(lambda: make_order(emil, item), "bad_quantity", "equipment/0/size")

    def test_what_is_not_sold_is_refused_by_its_place(self, emil):
        good, shelf_warmer = make_wares(emil.company), make_product(emil.company, "Fax")
        refused(
            lambda: make_order(emil, good, shelf_warmer),
            "not_orderable",
            "equipment/1/id",
        )

    def test_what_another_company_sells_does_not_exist(self, emil, gina):
        theirs = make_wares(gina.company)
        refused(lambda: make_order(emil, theirs), "no_product", "equipment/0/id")

    def test_unknown_warranty_and_keys_are_named(self, emil):
        wares = make_wares(emil.company)
        refused(
            lambda: make_order(emil, Item(product_id=wares.id, warranty_id=uuid7())),
            "no_warranty",
            "equipment/0/equipment_warranty_id",
        )
        refused(
            lambda: make_order(
                emil, Item(product_id=wares.id, keyboard_layout_id=uuid7())
            ),
            "no_layout",
            "equipment/0/keyboard_layout_id",
        )


class TestForWhom:
    def test_an_employee(self, emil):
        order = make_order(emil)
        assert (order.type, order.user) == ("ASSIGN_EXISTING", emil)
        assert (order.full_name, order.street) == ("Emil Example", "Prosta 1")

    def test_somebody_new_who_is_added_with_it(self, acme):
        make_wares(acme)
        employee = {
            "first_name": "Nadia",
            "last_name": "Haddad",
            "email": "nadia@acme.example",
            "street": "Rynek 7",
            "city": "Gdańsk",
            "country_id": "PL",
        }
        order = make_order(Target(employee=employee), company=acme)
        assert (order.type, order.user.email) == ("NEW_EMPLOYEE", "nadia@acme.example")
        assert order.city == "Gdańsk"

    def test_nobody_is_added_if_it_fails(self, acme):
        wares = make_product(acme, "Fax")
        employee = {
            "first_name": "Nadia",
            "email": "nadia@acme.example",
            "street": "Rynek 7",
            "city": "Gdańsk",
            "country_id": "PL",
        }
        refused(
            lambda: make_order(Target(employee=employee), wares, company=acme),
            "not_orderable",
            "equipment/0/id",
        )

    def test_an_office(self, office):
        order = make_order(office)
        assert (order.type, order.address, order.user) == ("COMPANY", office, None)
        assert (order.street, order.country_id) == ("Prosta 51", "PL")

    def test_a_shelf_is_reached_at_its_warehouse(self, shelf):
        order = make_order(shelf)
        assert order.type == "TEQUIPY_WAREHOUSE"
        assert (order.street, order.city) == ("Magazynowa 5", "Poznań")

    def test_a_new_office_that_is_added_with_it(self, acme):
        place = {
            "name": "Loft",
            "street": "Długa 3",
            "city": "Łódź",
            "country_id": "PL",
        }
        order = make_order(Target(new_address=place), company=acme)
        assert (order.type, order.address.name) == ("COMPANY", "Loft")

    def test_none_or_several_targets_are_refused(self, emil, office):
        make_wares(emil.company)
        for target in (Target(), Target(user=emil, address=office)):
            refused(
                lambda target=target: make_order(target, company=emil.company),
                "one_target",
            )

    def test_whom_another_company_employs_does_not_exist(self, emil, gina):
        target, wares = Target(user=gina), make_wares(emil.company)
        refused(
            lambda: make_order(target, wares, company=emil.company),
            "unknown_employee",
            "employee_id",
        )

    def test_who_has_left_gets_nothing(self, emil):
        make_wares(emil.company)
        accounts.archive(emil, reason="LEFT", actor=SYSTEM)
        before = Order.objects.count()
        with pytest.raises(Conflict, match="has left"):
            make_order(emil)
        assert (Order.objects.count(), Asset.objects.count()) == (before, 0)

    @pytest.mark.parametrize(
        "stated", ["NEW_EMPLOYEE", "COMPANY", "ONBOARDING", "TEQUIPY_WAREHOUSE", "GIFT"]
    )
    def test_a_type_that_does_not_fit_is_refused(self, emil, stated):
        make_wares(emil.company)
        refused(lambda: make_order(emil, type=stated), "wrong_order_type", "order_type")

    def test_a_type_that_fits_is_taken(self, emil, shelf):
        assert make_order(emil, type="ASSIGN_EXISTING").type == "ASSIGN_EXISTING"
        assert make_order(shelf, type="TEQUIPY_WAREHOUSE").type == "TEQUIPY_WAREHOUSE"

    def test_a_place_that_takes_no_orders_gets_none(self, office):
        Address.objects.filter(pk=office.pk).update(is_order_supported=False)
        office.refresh_from_db()
        make_wares(office.company)
        refused(
            lambda: make_order(office), "place_takes_no_orders", "company_address_id"
        )


class TestWhereItGoes:
    def test_what_is_said_goes_before_their_own_address(self, emil):
        order = make_order(
            emil,
            delivery={
                "street": "Hauptstr. 9",
                "street2": "3. OG",
                "city": "Köln",
                "postal_code": "50667",
                "country_id": "DE",
            },
        )
        assert (order.street, order.street2, order.city) == (
            "Hauptstr. 9",
            "3. OG",
            "Köln",
        )
        assert (order.country_id, order.full_name) == ("DE", "Emil Example")
        assert order.postal_code == "50667"

    def test_nothing_of_their_own_address_is_mixed_in(self, emil):
        make_wares(emil.company)
        refused(
            lambda: make_order(emil, delivery={"street": "Hauptstr. 9"}),
            "no_delivery_address",
            "delivery_address/city",
        )

    def test_it_stays_when_they_move(self, emil):
        order = make_order(emil)
        accounts.update(emil, actor=SYSTEM, street="Nowa 2")
        order.refresh_from_db()
        assert order.street == "Prosta 1"

    def test_it_is_needed(self, acme):
        nowhere = make_user(acme, "Ola", street="", city="", country_id=None)
        make_wares(acme)
        refused(
            lambda: make_order(nowhere),
            "no_delivery_address",
            "delivery_address/street_line1",
        )

    def test_its_country_must_exist(self, emil):
        make_wares(emil.company)
        where = {"street": "Hauptstr. 9", "city": "Köln", "country_id": "XX"}
        refused(
            lambda: make_order(emil, delivery=where),
            "unknown_country",
            "delivery_address/country_code",
        )


class TestAboutIt:
    def test_what_is_said_is_kept(self, emil):
        order = make_order(
            emil,
            contact_name="  Ewa  Nowak ",
            contact_email="Ewa@Acme.example",
            contact_phone="+48 1",
            notes="Ring twice\nplease",
            purchase_order_number="PO-77",
            start_on=date(2027, 2, 1),
        )
        order.refresh_from_db()
        assert (order.contact_name, order.contact_email) == (
            "Ewa Nowak",
            "ewa@acme.example",
        )
        assert (order.notes, order.purchase_order_number) == (
            "Ring twice\nplease",
            "PO-77",
        )
        assert order.start_on == date(2027, 2, 1)

    @pytest.mark.parametrize(
        ("details", "code", "field"),
        [
            ({"contact_email": "ewa"}, "bad_email", "contact_person_email"),
            ({"contact_name": "x" * 300}, "too_long", "contact_person_full_name"),
            (
                {"purchase_order_number": "1" * 200},
                "too_long",
                "purchase_order_number",
            ),
            ({"start_on": date(1901, 1, 1)}, "bad_day", "start_date"),
            ({"delivery_type": "DRONE"}, "unknown_delivery_type", "delivery_type"),
            (
                {"payment_method": "CASH"},
                "unknown_payment_method",
                "payment_method/method",
            ),
            (
                {"payment_source": "FR"},
                "unknown_payment_source",
                "payment_method/source",
            ),
            ({"entity_name": "Nobody Ltd"}, "unknown_entity", "company_entity_name"),
        ],
    )
    def test_what_nobody_can_mean_is_refused(self, emil, details, code, field):
        make_wares(emil.company)
        refused(lambda: make_order(emil, **details), code, field)

    def test_cards_are_refused_until_they_are_set_up(self, emil, settings):
        make_wares(emil.company)
        refused(
            lambda: make_order(emil, payment_method="STRIPE"),
            "stripe_not_configured",
            "payment_method/method",
        )
        settings.STRIPE_PAYMENTS = True
        order = make_order(emil, payment_method="STRIPE")
        assert order.state == "PAYMENT_PENDING"
        assert not Asset.objects.exists()


class TestWhoPays:
    def test_the_entity_decides_the_currency(self, emil, entity):
        wares = make_wares(emil.company)
        catalog.set_price(wares, actor=SYSTEM, currency="GBP", amount=Decimal(900))
        order = make_order(emil, wares, entity=entity)
        assert (order.entity, order.currency) == (entity, "GBP")
        assert (order.total, order.payment_source) == (Decimal("900.00"), "GB")

    def test_it_is_found_by_its_name(self, emil, entity):
        wares = make_wares(emil.company)
        catalog.set_price(wares, actor=SYSTEM, currency="GBP", amount=Decimal(900))
        order = make_order(emil, wares, entity_name="acme uk LTD")
        assert order.entity == entity

    def test_id_and_name_of_two_entities_are_refused(self, emil, entity):
        make_wares(emil.company)
        other = Entity.objects.create(
            company=emil.company,
            legal_name="Acme sp. z o.o.",
            country_id="PL",
            currency="EUR",
        )
        refused(
            lambda: make_order(emil, entity=other, entity_name="Acme UK Ltd"),
            "other_entity",
            "company_entity_name",
        )

    def test_one_of_another_company_does_not_exist(self, emil, entity, gina):
        make_wares(gina.company)
        refused(
            lambda: make_order(gina, entity=entity),
            "unknown_entity",
            "company_entity_id",
        )

    def test_a_stated_account_is_kept(self, emil):
        assert make_order(emil, payment_source="US").payment_source == "US"

    @pytest.fixture
    def entity(self, acme):
        return Entity.objects.create(
            company=acme,
            legal_name="Acme UK Ltd",
            country_id="GB",
            currency="GBP",
        )


class TestDraft:
    def test_it_waits_and_orders_nothing(self, emil):
        wares = make_wares(emil.company)
        order = services.draft_onboarding(emil, [wares.id, wares.id], actor=SYSTEM)
        assert (order.state, order.type) == ("ONBOARDING_SET", "ONBOARDING")
        assert order.lines.get().quantity == 2
        assert not Asset.objects.exists()
        assert Event.objects.filter(type="order.drafted").count() == 1

    def test_it_needs_no_address_yet(self, acme):
        nowhere = make_user(acme, "Ola", street="", city="", country_id=None)
        order = services.draft_onboarding(nowhere, [make_wares(acme).id], actor=SYSTEM)
        assert order.country_id is None


def test_employees_order_nothing(emil, as_actor):
    wares = make_wares(emil.company)
    before = counts()
    with pytest.raises(NotAllowed):
        services.create(
            [Item(product_id=wares.id)],
            Target(user=emil),
            actor=as_actor(emil),
            company=emil.company,
            details=Details(),
        )
    assert counts() == before


def test_who_may_not_give_a_role_adds_nobody_with_it(anna, as_actor):
    wares = make_wares(anna.company)
    boss = {
        "first_name": "Rex",
        "email": "rex@acme.example",
        "role": Role.TEQUIPY_ADMIN,
        "street": "Rynek 7",
        "city": "Gdańsk",
        "country_id": "PL",
    }
    before = counts()
    with pytest.raises(NotAllowed) as refusal:
        services.create(
            [Item(product_id=wares.id)],
            Target(employee=boss),
            actor=as_actor(anna),
            company=anna.company,
        )
    assert refusal.value.code == "role_not_allowed"
    assert counts() == before


def test_a_line_of_the_database_holds_what_verbs_promise(emil, office):
    order = make_order(emil)
    for change in ({"address": office}, {"user": None}, {"total": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(**change)
