"""Orders by the API: what is said, what is answered, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog import services as catalog
from apps.catalog.models import KeyboardLayout
from apps.companies import row_counts
from apps.companies.models import Address, Entity
from apps.companies.row_counts import rows_of
from apps.conftest import make_user
from apps.core.actor import SYSTEM, Role
from apps.core.ids import uuid7
from apps.events.models import Event
from apps.inventory.models import Asset
from apps.orders import counts as counts_
from apps.orders import services
from apps.orders.models import BankAccount, Order, OrderUnit
from apps.orders.services import Item
from apps.orders.shapes import ORDER
from apps.shipping import services as shipping

from .factories import make_credit_line, make_order, make_wares

pytestmark = pytest.mark.django_db
ORDERS = "orders"


def counts():
    models = (Order, Asset, User, Address, Event)
    return [model.objects.count() for model in models]


def refused(response, status, code, pointer=None):
    assert response.status_code == status, response.content
    (problem, *_more) = response.json()["errors"]
    assert (problem["code"], problem.get("pointer")) == (code, pointer)


def equipment(*products, size=1):
    return [{"id": str(product.id), "size": size} for product in products]


@pytest.fixture
def wares(acme):
    return make_wares(acme)


class TestCreate:
    def test_for_an_employee(self, api, emil, wares):
        response = api.post(
            ORDERS,
            {
                "equipment": equipment(wares, size=2),
                "employeeId": str(emil.id),
                "orderType": "ASSIGN_EXISTING",
                "startDate": "2027-02-01",
                "contactPersonFullName": "Ewa Nowak",
                "contactPersonEmail": "ewa@acme.example",
                "contactPersonPhone": "+48 1",
                "notes": "Ring twice",
                "purchaseOrderNumber": "PO-77",
                "deliveryType": "STANDARD",
                "paymentMethod": {"method": "CREDIT_LINE", "source": "EU"},
            },
        )
        assert response.status_code == 200, response.content
        told = response.json()
        order = Order.objects.get()
        assert told["id"] == str(order.id)
        assert (told["state"], told["type"]) == ("RECEIVED", "ASSIGN_EXISTING")
        assert told["totalPrice"] == {"amount": "2000.00", "currency": "EUR"}
        assert told["user"]["id"] == str(emil.id)
        assert told["company"] == {"id": str(emil.company_id), "name": "Acme"}
        assert told["startDate"] == "2027-02-01"
        assert told["contactPersonFullName"] == "Ewa Nowak"
        assert told["notes"] == "Ring twice"
        assert told["purchaseOrderNumber"] == "PO-77"
        assert told["paymentMethod"] == {"method": "CREDIT_LINE", "source": "EU"}
        assert (told["deliveryCountryCode"], told["deliveryFullName"]) == (
            "PL",
            "Emil Example",
        )
        assert told["deliveryAddress"]["streetLine1"] == "Prosta 1"
        assert (told["invoicePaid"], told["invoiceSent"]) == (False, False)
        assert (told["delayed"], told["deliveryType"]) == (False, "STANDARD")

    def test_its_equipment(self, api, emil, wares):
        response = api.post(
            ORDERS,
            {"equipment": equipment(wares, size=2), "employeeId": str(emil.id)},
        )
        (line,) = response.json()["orderEquipment"]
        assert line["equipment"]["id"] == str(wares.id)
        assert (line["size"], line["type"]) == (2, "LAPTOP")
        assert line["itemPrice"] == {"amount": "1000.00", "currency": "EUR"}
        assert line["serialNumbers"] == []
        units = line["userEquipments"]
        assert [unit["state"] for unit in units] == ["ORDERED", "ORDERED"]
        assert {unit["id"] for unit in units} == {
            str(pk) for pk in Asset.objects.values_list("id", flat=True)
        }
        assert line["userEquipmentId"] == units[0]["id"]

    def test_what_has_no_value_is_left_out(self, api, emil, wares):
        response = api.post(
            ORDERS, {"equipment": equipment(wares), "employeeId": str(emil.id)}
        )
        told = response.json()
        absent = {
            "deliveryNumber",
            "deliveryUrl",
            "deliveryCompany",
            "delayReason",
            "cancelledAt",
            "sentAt",
            "completedDate",
            "notes",
            "invoiceAmount",
            "paymentDetails",
            "companyAddress",
            "companyEntityName",
        }
        assert absent & told.keys() == set()
        assert b"null" not in response.content

    def test_with_warranty_and_keys(self, api, emil, wares):
        warranty = catalog.set_warranty(
            emil.company,
            actor=SYSTEM,
            months=36,
            prices={"EUR": Decimal("99.50")},
            product=wares,
        )
        layout = KeyboardLayout.objects.create(code="tlh-KX", name="Klingon")
        response = api.post(
            ORDERS,
            {
                "equipment": [
                    {
                        "id": str(wares.id),
                        "size": 1,
                        "equipmentWarrantyId": str(warranty.id),
                        "keyboardLayoutId": str(layout.id),
                    }
                ],
                "employeeId": str(emil.id),
            },
        )
        (line,) = response.json()["orderEquipment"]
        assert line["itemPrice"]["amount"] == "1099.50"
        assert line["keyboardLayoutId"] == str(layout.id)
        assert line["equipmentWarrantyId"] == str(warranty.id)

    def test_for_somebody_new(self, api, wares):
        response = api.post(
            ORDERS,
            {
                "equipment": equipment(wares),
                "employee": {
                    "fullName": "Nadia El Haddad",
                    "email": "nadia@acme.example",
                    "position": "Designer",
                    "externalIds": {"hris": "H-9"},
                    "address": {
                        "streetLine1": "Rynek 7",
                        "city": "Gdańsk",
                        "countryCode": "PL",
                    },
                },
            },
        )
        told = response.json()
        assert response.status_code == 200, told
        assert told["type"] == "NEW_EMPLOYEE"
        nadia = User.objects.get(email="nadia@acme.example")
        assert (nadia.first_name, nadia.last_name) == ("Nadia El", "Haddad")
        assert told["user"]["position"] == "Designer"
        assert told["user"]["externalIds"] == {"hris": "H-9"}
        assert told["deliveryAddress"]["city"] == "Gdańsk"

    def test_for_a_new_office(self, api, wares):
        response = api.post(
            ORDERS,
            {
                "equipment": equipment(wares),
                "companyAddress": {
                    "addressName": "Loft",
                    "streetLine1": "Długa 3",
                    "city": "Łódź",
                    "countryCode": "PL",
                },
            },
        )
        told = response.json()
        assert response.status_code == 200, told
        assert told["type"] == "COMPANY"
        assert told["companyAddress"]["addressName"] == "Loft"
        assert "user" not in told

    def test_for_a_shelf(self, api, shelf, wares):
        response = api.post(
            ORDERS, {"equipment": equipment(wares), "companyAddressId": str(shelf.id)}
        )
        assert response.json()["type"] == "TEQUIPY_WAREHOUSE"
        assert response.json()["deliveryAddress"]["city"] == "Poznań"

    def test_by_the_deprecated_email(self, api, emil, wares):
        response = api.post(
            ORDERS,
            {"equipment": equipment(wares), "employeeEmail": emil.email.upper()},
        )
        assert response.json()["user"]["id"] == str(emil.id)

    def test_to_another_address(self, api, emil, wares):
        response = api.post(
            ORDERS,
            {
                "equipment": equipment(wares),
                "employeeId": str(emil.id),
                "deliveryAddress": {
                    "streetLine1": "Hauptstr. 9",
                    "streetLine2": "3. OG",
                    "city": "Köln",
                    "country": "Germany",
                    "phoneNumber": "+49 1",
                },
            },
        )
        told = response.json()
        assert told["deliveryCountryCode"] == "DE"
        assert told["deliveryAddress"]["streetLine2"] == "3. OG"
        assert told["deliveryAddress"]["phoneNumber"] == "+49 1"

    def test_where_to_pay_is_told(self, api, emil, wares):
        BankAccount.objects.create(
            source="EU",
            currency="EUR",
            receiver="Tequipy sp. z o.o.",
            city="Warszawa",
            country_id="PL",
            iban="PL61109010140000071219812874",
            bic="WBKPPLPP",
        )
        response = api.post(
            ORDERS, {"equipment": equipment(wares), "employeeId": str(emil.id)}
        )
        assert response.json()["paymentDetails"] == {
            "details": {"iban": "PL61109010140000071219812874", "bic": "WBKPPLPP"},
            "title": Order.objects.get().reference,
            "receiver": {
                "name": "Tequipy sp. z o.o.",
                "city": "Warszawa",
                "country": {"code": "PL", "displayName": "Poland"},
            },
            "currency": "EUR",
        }

    def test_the_entity_by_its_id(self, api, emil, wares):
        entity = Entity.objects.create(
            company=emil.company,
            legal_name="Acme UK Ltd",
            country_id="GB",
            currency="GBP",
        )
        catalog.set_price(wares, actor=SYSTEM, currency="GBP", amount=Decimal(900))
        response = api.post(
            ORDERS,
            {
                "equipment": equipment(wares),
                "employeeId": str(emil.id),
                "companyEntityId": str(entity.id),
            },
        )
        told = response.json()
        assert told["companyEntityName"] == "Acme UK Ltd"
        assert told["totalPrice"] == {"amount": "900.00", "currency": "GBP"}


class TestRefusals:
    @pytest.mark.parametrize(
        "targets",
        [
            [],
            ["employeeId", "companyAddressId"],
            ["employeeEmail", "employeeId"],
            ["employeeEmail", "companyAddressId"],
        ],
    )
    def test_none_or_several_targets(self, api, emil, office, wares, targets):
        known = {
            "employeeId": str(emil.id),
            "employeeEmail": emil.email,
            "companyAddressId": str(office.id),
        }
        before = counts()
        said = {name: known[name] for name in targets}
        response = api.post(ORDERS, {"equipment": equipment(wares), **said})
        refused(response, 422, "one_target")
        assert counts() == before

    def test_equipment_of_a_new_employee(self, api, wares):
        before = counts()
        response = api.post(
            ORDERS,
            {
                "equipment": equipment(wares),
                "employee": {
                    "fullName": "Nadia Haddad",
                    "email": "nadia@acme.example",
                    "equipmentIds": [str(wares.id)],
                },
            },
        )
        refused(response, 422, "equipment_of_employee", "/employee/equipmentIds")
        assert counts() == before

    def test_what_is_wrong_of_somebody_new_is_named(self, api, emil, wares):
        before = counts()
        response = api.post(
            ORDERS,
            {
                "equipment": equipment(wares),
                "employee": {"fullName": "Emil Two", "email": emil.email},
            },
        )
        refused(response, 409, "email_taken", "/employee/email")
        assert counts() == before

    @pytest.mark.parametrize(
        ("said", "status", "code", "pointer"),
        [
            ({"orderType": "COMPANY"}, 422, "wrong_order_type", "/orderType"),
            ({"orderType": "GIFT"}, 422, "invalid_choice", "/orderType"),
            ({"priority": "high"}, 422, "unknown", "/priority"),
            (
                {"paymentMethod": {"method": "STRIPE"}},
                422,
                "stripe_not_configured",
                "/paymentMethod/method",
            ),
            ({"equipment": []}, 422, "nothing_ordered", "/equipment"),
            (
                {"deliveryAddress": {"streetLine1": "Hauptstr. 9"}},
                422,
                "no_delivery_address",
                "/deliveryAddress/city",
            ),
            (
                {"companyEntityName": "Nobody Ltd"},
                422,
                "unknown_entity",
                "/companyEntityName",
            ),
            ({"startDate": "1901-01-01"}, 422, "bad_day", "/startDate"),
        ],
    )
    def test_is_named(self, api, emil, wares, said, status, code, pointer):
        before = counts()
        response = api.post(
            ORDERS,
            {"equipment": equipment(wares), "employeeId": str(emil.id), **said},
        )
        refused(response, status, code, pointer)
        assert counts() == before

    def test_beyond_the_credit_line(self, api, emil, wares):
        make_credit_line(emil.company, "999")
        before = counts()
        response = api.post(
            ORDERS, {"equipment": equipment(wares), "employeeId": str(emil.id)}
        )
        refused(response, 422, "credit_limit_exceeded", "/paymentMethod")
        assert counts() == before

    def test_what_is_of_another_company_does_not_exist(
        self, api, emil, gina, wares, globex
    ):
        theirs = make_wares(globex)
        office = Address.objects.create(company=globex, name="Lair")
        entity = Entity.objects.create(
            company=globex, legal_name="Globex", country_id="PL", currency="EUR"
        )
        mine = {"equipment": equipment(wares), "employeeId": str(emil.id)}
        before = counts()
        for said, code, pointer in (
            (
                {**mine, "employeeId": str(gina.id)},
                "unknown_employee",
                "/employeeId",
            ),
            (
                {"equipment": equipment(wares), "employeeEmail": gina.email},
                "unknown_employee",
                "/employeeEmail",
            ),
            (
                {"equipment": equipment(wares), "companyAddressId": str(office.id)},
                "unknown_address",
                "/companyAddressId",
            ),
            (
                {**mine, "companyEntityId": str(entity.id)},
                "unknown_entity",
                "/companyEntityId",
            ),
            (
                {**mine, "equipment": equipment(wares, theirs)},
                "no_product",
                "/equipment/1/id",
            ),
        ):
            response = api.post(ORDERS, said)
            refused(response, 422, code, pointer)
            assert b"Globex" not in response.content
        assert counts() == before

    @pytest.mark.parametrize(
        "role", [Role.API_CLIENT_READONLY, Role.AI_AGENT, Role.EMPLOYEE, Role.STORAGE]
    )
    def test_who_may_not(self, api_as, acme, emil, wares, role):
        who = role
        if role in (Role.EMPLOYEE, Role.STORAGE):
            who = make_user(acme, "Olga", role=role)
        order = make_order(emil)
        client, before = api_as(who), Order.objects.count()
        said = {"equipment": equipment(wares), "employeeId": str(emil.id)}
        assert client.post(ORDERS, said).status_code == 403
        assert client.post(f"{ORDERS}/{order.id}/cancel").status_code == 403
        order.refresh_from_db()
        assert (Order.objects.count(), order.state) == (before, "RECEIVED")


class TestRead:
    def test_by_id_and_by_reference(self, api, emil):
        order = make_order(emil)
        by_id = api.found(f"{ORDERS}/{order.id}")
        assert api.found(f"{ORDERS}/{order.reference}") == by_id
        assert api.found(f"{ORDERS}/{order.reference.lower()}") == by_id
        assert by_id["reference"] == order.reference

    def test_of_another_company_is_404(self, outsider, emil):
        order = make_order(emil)
        for name in (order.id, order.reference, uuid7(), "ORD-NONE"):
            assert outsider.get(f"{ORDERS}/{name}").status_code == 404
        assert outsider.post(f"{ORDERS}/query", {}).json()["totalElements"] == 0

    def test_the_newest_parcel(self, api, emil, office):
        order = make_order(emil)
        for number, unit in zip(
            ("111", "222"), OrderUnit.objects.order_by("id"), strict=True
        ):
            unit.shipment = shipping.book(
                actor=SYSTEM,
                sender=office,
                recipient=emil,
                carrier="DHL",
                tracking_number=number,
            )
            unit.save(update_fields=["shipment"])
        told = api.found(f"{ORDERS}/{order.id}")
        assert (told["deliveryNumber"], told["deliveryCompany"]) == ("222", "DHL")
        assert told["deliveryUrl"].endswith("tracking-id=222")
        parcels = api.found(f"{ORDERS}/{order.reference}/tracking")
        assert [one["trackingNumber"] for one in parcels] == ["222", "111"]

    def test_parcels_of_another_company_are_404(self, outsider, emil):
        order = make_order(emil)
        assert outsider.get(f"{ORDERS}/{order.id}/tracking").status_code == 404

    def test_fast_json_is_what_the_serializer_makes(self, api, emil, office, shelf):
        BankAccount.objects.create(
            source="EU", currency="EUR", receiver="Tequipy", account_number="123"
        )
        Entity.objects.create(
            company=emil.company,
            legal_name="Acme",
            country_id="PL",
            currency="EUR",
            is_default=True,
        )
        make_order(emil, notes="x", contact_name="Ewa", start_on=timezone.now().date())
        paid = services.mark_paid(make_order(office), actor=SYSTEM)
        services.mark_invoiced(paid, actor=SYSTEM)
        services.cancel(make_order(shelf), actor=SYSTEM)
        services.draft_onboarding(emil, [make_wares(emil.company).id], actor=SYSTEM)
        Asset.objects.filter(state="ORDERED").update(serial_number="")
        unit = Asset.objects.filter(state="ORDERED").first()
        Asset.objects.filter(pk=unit.pk).update(serial_number="PF-9")
        for order in Order.objects.all():
            fast = api.found(f"{ORDERS}/{order.id}")
            slow = ORDER.serializer_class(order).data
            assert fast == orjson.loads(orjson.dumps(slow))

    def test_a_page_is_one_statement_whatever_its_size(self, api, emil):
        for _ in range(3):
            make_order(emil)
        api.known()
        counted = []
        for size in (1, 3):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                api.post(f"{ORDERS}/query?size={size}", {})
            counted.append(len(queries))
        assert counted == [1, 1]


class TestFind:
    @pytest.fixture
    def orders(self, emil, office, shelf):
        """By what they are for."""
        make_wares(emil.company)
        found = {
            "emil": make_order(emil, purchase_order_number="PO-77"),
            "office": make_order(office),
            "shelf": make_order(
                shelf, delivery={"street": "X", "city": "Y", "country_id": "DE"}
            ),
        }
        services.cancel(found["office"], actor=SYSTEM)
        return found

    def found(self, api, orders, **said):
        response = api.post(f"{ORDERS}/query", said)
        assert response.status_code == 200, response.content
        names = {str(order.id): name for name, order in orders.items()}
        return sorted(names[one["id"]] for one in response.json()["content"])

    def test_by_everything_that_the_contract_has(self, api, orders, emil, office):
        def by(**said):
            return self.found(api, orders, **said)

        assert by() == ["emil", "office", "shelf"]
        assert by(orderedForIds=[str(emil.id), str(office.id)]) == ["emil", "office"]
        assert by(countries=["DE"]) == by(countries=["de"]) == ["shelf"]
        assert by(states=["DECLINED"]) == ["office"]
        assert by(states=["RECEIVED", "SENT"]) == ["emil", "shelf"]
        assert by(companyAddressIds=[str(office.id)]) == ["office"]
        assert by(orderedForType="EMPLOYEE") == ["emil"]
        assert by(orderedForType="COMPANY_ADDRESS") == ["office"]
        assert by(orderedForType="TEQUIPY_WAREHOUSE") == ["shelf"]
        ids = [str(orders["emil"].id), orders["shelf"].reference]
        assert by(ids=ids) == ["emil", "shelf"]
        assert by(ids=["ORD-NONE"]) == by(ids=[]) == []

    # The last one holds letters that no reference does.
    @pytest.mark.parametrize(
        ("phrase", "wanted"),
        [("emil", ["emil"]), ("po-77", ["emil"]), ("warsaw", ["office"]), ("l0l", [])],
    )
    def test_by_words(self, api, orders, phrase, wanted):
        assert self.found(api, orders, searchPhrase=phrase) == wanted

    def test_by_part_of_the_reference(self, api, orders):
        part = orders["shelf"].reference[4:10].lower()
        assert self.found(api, orders, searchPhrase=part) == ["shelf"]

    def test_by_the_day_from_which_they_were_made(self, api, orders):
        Order.objects.filter(pk=orders["emil"].pk).update(
            created_at=timezone.now() - timedelta(days=9)
        )
        day = str((timezone.now() - timedelta(days=3)).date())
        assert self.found(api, orders, createdFrom=day) == ["office", "shelf"]

    def test_in_the_order_that_is_asked_for(self, api, orders, emil):
        dear = make_order(
            emil, Item(product_id=make_wares(emil.company).id, quantity=9)
        )
        response = api.post(f"{ORDERS}/query?sort=totalPrice,desc&size=1", {})
        told = response.json()
        assert [one["id"] for one in told["content"]] == [str(dear.id)]
        assert (told["totalElements"], told["totalPages"], told["last"]) == (
            4,
            4,
            False,
        )

    def test_what_nobody_can_mean_is_refused(self, api, orders):
        assert api.post(f"{ORDERS}/query", {"state": ["SENT"]}).status_code == 422
        assert api.post(f"{ORDERS}/query", {"states": ["LOST"]}).status_code == 422
        assert api.post(f"{ORDERS}/query?sort=colour", {}).status_code == 400
        assert api.post(f"{ORDERS}/query?size=0", {}).status_code == 400

    def test_by_keyset_each_once(self, api, orders):
        seen, path = [], f"{ORDERS}?limit=2"
        while path:
            told = api.found(path)
            seen += [one["id"] for one in told["items"]]
            path = f"{ORDERS}?limit=2&after={told['next']}" if "next" in told else ""
        assert sorted(seen) == sorted(str(order.id) for order in orders.values())

    def test_what_changed_since(self, api, orders):
        hour = timedelta(hours=1)
        since = timezone.now() + hour
        Order.objects.filter(pk=orders["shelf"].pk).update(updated_at=since + hour)
        moment = since.strftime("%Y-%m-%dT%H:%M:%SZ")
        told = api.found(f"{ORDERS}?updatedSince={moment}&states=RECEIVED")
        assert [one["id"] for one in told["items"]] == [str(orders["shelf"].id)]

    def test_their_number_is_known_without_counting(self, orders, emil):
        company_id = emil.company_id
        assert rows_of(company_id, counts_.ORDERS.table) == 3
        Order.objects.filter(pk=orders["emil"].pk).update(state="DELETED")
        assert rows_of(company_id, counts_.ORDERS.table) == 2
        assert list(row_counts.problems()) == []

    def test_what_is_deleted_is_found_nowhere(self, api, orders):
        Order.objects.filter(pk=orders["emil"].pk).update(state="DELETED")
        assert self.found(api, orders) == ["office", "shelf"]
        assert api.get(f"{ORDERS}/{orders['emil'].id}").status_code == 404


class TestCancel:
    def test_it_ends_as_declined(self, api, emil):
        order = make_order(emil)
        response = api.post(f"{ORDERS}/{order.reference}/cancel")
        told = response.json()
        assert response.status_code == 200, told
        assert (told["state"], "cancelledAt" in told) == ("DECLINED", True)
        states = {unit["state"] for unit in told["orderEquipment"][0]["userEquipments"]}
        assert states == {"ARCHIVED"}

    def test_twice_is_once(self, api, emil):
        order = make_order(emil)
        first = api.post(f"{ORDERS}/{order.id}/cancel").json()
        before = Event.objects.count()
        second = api.post(f"{ORDERS}/{order.id}/cancel")
        assert (second.status_code, second.json()) == (200, first)
        assert Event.objects.count() == before

    def test_refuses_once_it_is_sent(self, api, emil):
        order = make_order(emil)
        Order.objects.filter(pk=order.pk).update(state="SENT")
        refused(api.post(f"{ORDERS}/{order.id}/cancel"), 409, "too_late_to_cancel")
        order.refresh_from_db()
        assert order.state == "SENT"

    def test_of_another_company_is_404(self, outsider, emil):
        order = make_order(emil)
        assert outsider.post(f"{ORDERS}/{order.id}/cancel").status_code == 404
        order.refresh_from_db()
        assert order.state == "RECEIVED"

    def test_not_what_was_changed_since_it_was_read(self, api, emil):
        order = make_order(emil)
        tag = api.get(f"{ORDERS}/{order.id}")["ETag"]
        services.mark_invoiced(order, actor=SYSTEM)
        path = f"{ORDERS}/{order.id}/cancel"
        assert api.post(path, None, If_Match=tag).status_code == 412
        tag = api.get(f"{ORDERS}/{order.id}")["ETag"]
        assert api.post(path, None, If_Match=tag).status_code == 200


def test_a_repeated_create_orders_once(api, emil, wares):
    said = {"equipment": equipment(wares), "employeeId": str(emil.id)}
    first = api.post(ORDERS, said, Idempotency_Key="k-1")
    second = api.post(ORDERS, said, Idempotency_Key="k-1")
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Order.objects.count() == 1
