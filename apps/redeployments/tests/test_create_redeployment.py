from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts import services as accounts
from apps.accounts.models import User
from apps.accounts.targets import Target
from apps.catalog.models import ServicePrice
from apps.companies.models import Address, Company, Entity
from apps.conftest import make_asset, make_company, make_user
from apps.core.actor import SYSTEM
from apps.core.errors import Conflict, DomainError, Invalid
from apps.core.ids import uuid7
from apps.core.roles import Role
from apps.events.models import Event
from apps.inventory import integrity
from apps.inventory import services as inventory
from apps.inventory.models import Asset, Claim
from apps.redeployments import services
from apps.redeployments.models import Redeployment
from apps.returns import services as returns

pytestmark = pytest.mark.django_db


def create(assets: list[Asset], target: Target, **more: Any) -> Redeployment:
    company = more.pop("company", None) or assets[0].company
    ids = [asset.id for asset in assets]
    return services.create(ids, target, actor=SYSTEM, company=company, **more)


def refused(code: str, assets: list[Asset], target: Target, **more: Any) -> DomainError:
    """By that code, and nothing is left of it."""
    events, people = Event.objects.count(), User.objects.count()
    with pytest.raises(DomainError) as refusal, transaction.atomic():
        create(assets, target, **more)
    assert refusal.value.code == code
    assert not Redeployment.objects.exists()
    assert (Event.objects.count(), User.objects.count()) == (events, people)
    return refusal.value


def test_assets_are_reserved_where_they_lie_and_claimed(
    store: Address, rui: User
) -> None:
    assets = [make_asset(store, f"L{number}") for number in range(3)]
    made = create(assets, Target(user=rui), start_on=date(2027, 2, 1), notes=" ring ")
    made.refresh_from_db()
    assert made.reference.startswith("RED-")
    assert (made.state, made.user, made.address) == ("INITIATED", rui, None)
    assert (made.start_on, made.notes) == (date(2027, 2, 1), "ring")
    lines = list(made.lines.select_related("asset", "claim"))
    assert {line.asset for line in lines} == set(assets)
    for line in lines:
        assert (line.asset.state, line.asset.address) == ("RESERVED", store)
        assert line.claim.reference == made.reference
        assert (line.claim.kind, line.claim.workflow_id) == ("REDEPLOYMENT", made.id)
        assert line.asset.custody.count() == 1
    assert list(integrity.problems()) == []


def test_it_goes_where_the_person_lives(store: Address, rui: User) -> None:
    made = create([make_asset(store, "L1")], Target(user=rui))
    assert (made.full_name, made.phone) == ("Rui Sá Nogueira", "+351 912 000 111")
    assert (made.street, made.street2) == ("Rua do Ouro 7", "3.º esq.")
    assert (made.postal_code, made.city) == ("1100-060", "Lisboa")
    assert (made.region, made.country_id) == ("PT-11", "PT")
    accounts.update(rui, actor=SYSTEM, street="Rua Nova 1")
    made.refresh_from_db()
    assert made.street == "Rua do Ouro 7"


def test_a_stated_address_is_taken_whole(store: Address, rui: User) -> None:
    stated = {"full_name": "Bia  Cruz", "street": "Calle 1", "country_id": "ES"}
    made = create([make_asset(store, "L1")], Target(user=rui), delivery=stated)
    assert (made.full_name, made.street, made.country_id) == (
        "Bia Cruz",
        "Calle 1",
        "ES",
    )
    assert (made.city, made.postal_code, made.street2) == ("", "", "")


def test_a_stated_address_without_a_name_is_for_the_person(
    store: Address, rui: User
) -> None:
    stated = {"street": "Calle 1", "phone": ""}
    made = create([make_asset(store, "L1")], Target(user=rui), delivery=stated)
    assert (made.full_name, made.phone) == ("Rui Sá Nogueira", "+351 912 000 111")


def test_an_unknown_country_is_named(store: Address, rui: User) -> None:
    asset, nowhere = make_asset(store, "L1"), {"country_id": "QQ"}
    told = refused("unknown_country", [asset], Target(user=rui), delivery=nowhere)
    assert told.field == "delivery_address/country_code"


def test_a_place_gets_it_by_its_own_address(
    store: Address, umbrella: Company, warehouse: Any
) -> None:
    shelf = Address.objects.create(
        company=umbrella, type="TEQUIPY", name="Estante", warehouse=warehouse
    )
    made = create([make_asset(store, "L1")], Target(address=shelf))
    assert (made.address, made.user) == (shelf, None)
    assert (made.street, made.country_id) == ("Magazynowa 5", "PL")


def test_somebody_new_is_added_with_it(store: Address) -> None:
    employee = {"first_name": "Bia", "last_name": "Cruz", "email": "bia@umbrella.pt"}
    made = create([make_asset(store, "L1")], Target(employee=employee))
    assert made.user.email == "bia@umbrella.pt"
    assert Event.objects.filter(type="user.created", subject_id=made.user_id).exists()


def test_a_new_place_is_added_with_it(store: Address) -> None:
    place = {"name": "Faro", "city": "Faro", "country_id": "PT"}
    made = create([make_asset(store, "L1")], Target(new_address=place))
    assert (made.address.name, made.city) == ("Faro", "Faro")


def test_nobody_new_is_added_for_what_is_not_there(store: Address) -> None:
    employee = {"first_name": "Bia", "email": "bia@umbrella.pt"}
    gone = make_asset(store, "L1")
    inventory.retire(gone, "SOLD", actor=SYSTEM)
    refused("not_in_storage", [gone], Target(employee=employee))


@pytest.mark.parametrize("given", [[], ["user", "address"], ["user", "employee"]])
def test_it_goes_to_exactly_one(store: Address, rui: User, given: list[str]) -> None:
    all_of_them = {"user": rui, "address": store, "employee": {"first_name": "Bia"}}
    target = Target(**{name: all_of_them[name] for name in given})
    refused("one_target", [make_asset(store, "L1")], target)


def test_who_or_what_is_of_another_company_is_unknown(
    store: Address, gina: User, office: Address
) -> None:
    asset = make_asset(store, "L1")
    told = refused("unknown_employee", [asset], Target(user=gina))
    assert str(gina.id) in told.message
    refused("unknown_address", [asset], Target(address=office))
    asset.refresh_from_db()
    assert asset.state == "STORAGE"


def test_an_api_client_is_no_employee(umbrella: Company, store: Address) -> None:
    client = make_user(umbrella, "Client", role=Role.API_CLIENT)
    refused("unknown_employee", [make_asset(store, "L1")], Target(user=client))


def test_a_closed_place_gets_nothing(umbrella: Company, store: Address) -> None:
    closed = Address.objects.create(company=umbrella, name="Velha", is_active=False)
    refused("unknown_address", [make_asset(store, "L1")], Target(address=closed))


def test_who_has_left_gets_nothing(store: Address, rui: User) -> None:
    accounts.archive(rui, actor=SYSTEM, reason="LEFT")
    refused("person_has_left", [make_asset(store, "L1")], Target(user=rui))


def test_without_assets_there_is_nothing_to_send(umbrella: Company, rui: User) -> None:
    told = refused("nothing_to_send", [], Target(user=rui), company=umbrella)
    assert told.field == "storage_equipment_ids"


def test_an_unknown_asset_is_named(store: Address, rui: User) -> None:
    known, unknown = make_asset(store, "L1"), uuid7()
    with pytest.raises(Invalid, match=str(unknown)) as refusal:
        services.create(
            [known.id, unknown],
            Target(user=rui),
            actor=SYSTEM,
            company=rui.company,
        )
    assert refusal.value.code == "unknown_asset"
    known.refresh_from_db()
    assert known.state == "STORAGE"


def test_an_asset_of_another_company_is_unknown(
    store: Address, rui: User, office: Address
) -> None:
    theirs = make_asset(office, "THEIRS-1")
    told = refused("unknown_asset", [theirs], Target(user=rui), company=store.company)
    assert (str(theirs.id) in told.message, "THEIRS-1" in told.message) == (True, False)


def test_an_asset_named_twice_is_refused(store: Address, rui: User) -> None:
    asset = make_asset(store, "L1")
    refused("named_twice", [asset, asset], Target(user=rui))


def test_what_is_in_use_is_refused_with_all_others(store: Address, rui: User) -> None:
    stored, used = make_asset(store, "L1"), make_asset(rui, "L2")
    told = refused("not_in_storage", [stored, used], Target(user=rui))
    assert isinstance(told, Conflict)
    assert "L2" in told.message
    assert not Claim.objects.exists()


def test_what_is_claimed_is_refused_naming_the_claim(store: Address, rui: User) -> None:
    stored = make_asset(store, "L1")
    first = create([stored], Target(user=rui))
    with pytest.raises(Conflict, match=first.reference) as refusal:
        create([stored], Target(user=rui))
    assert refusal.value.code == "claimed"


def test_a_return_names_its_claim(store: Address, rui: User) -> None:
    used = make_asset(rui, "L2")
    ret = returns.start_collection(
        rui, actor=SYSTEM, asset_ids=[used.id], address=store
    )
    told = refused("claimed", [used], Target(user=rui))
    assert ret.reference in told.message


def test_what_is_reserved_is_moved_by_nobody_else(store: Address, rui: User) -> None:
    stored = make_asset(store, "L1")
    made = create([stored], Target(user=rui))
    with pytest.raises(Conflict, match=made.reference):
        inventory.hand_over(stored, rui, actor=SYSTEM)


# --- Price and entity -------------------------------------------------------


@pytest.fixture
def prices(umbrella: Company) -> None:
    for country, currency, amount in (
        ("PT", "EUR", "39.50"),
        ("PT", "CHF", "41.00"),
        ("ES", "EUR", "44.00"),
    ):
        ServicePrice.objects.create(
            company=umbrella,
            kind="REDEPLOYMENT",
            country_id=country,
            currency=currency,
            amount=Decimal(amount),
        )


def make_entity(company: Company, name: str, **fields: Any) -> Entity:
    fields = {"country_id": "PT", "currency": "EUR", **fields}
    return Entity.objects.create(company=company, legal_name=name, **fields)


def test_the_price_is_that_of_country_and_currency_and_stays(
    store: Address, rui: User, prices: None
) -> None:
    swiss = make_entity(store.company, "Umbrella AG", currency="CHF")
    made = create([make_asset(store, "L1")], Target(user=rui), entity=swiss)
    assert (made.price, made.currency, made.entity) == (Decimal(41), "CHF", swiss)
    other = create([make_asset(store, "L2")], Target(user=rui))
    assert (other.price, other.currency) == (Decimal("39.50"), "EUR")
    ServicePrice.objects.update(amount=1)
    other.refresh_from_db()
    assert other.price == Decimal("39.50")


def test_where_the_list_has_no_price_there_is_none(store: Address, rui: User) -> None:
    made = create([make_asset(store, "L1")], Target(user=rui))
    assert (made.price, made.currency) == (None, "")


def test_the_default_entity_is_invoiced_if_none_is_named(
    store: Address, rui: User
) -> None:
    make_entity(store.company, "Umbrella Dois")
    default = make_entity(store.company, "Umbrella Lda", is_default=True)
    assert create([make_asset(store, "L1")], Target(user=rui)).entity == default


def test_an_entity_of_another_company_is_unknown(store: Address, rui: User) -> None:
    theirs = make_entity(make_company("Initech"), "Initech SA")
    asset = make_asset(store, "L1")
    refused("unknown_entity", [asset], Target(user=rui), entity=theirs)


def test_what_is_no_e_mail_address_is_refused(store: Address, rui: User) -> None:
    asset = make_asset(store, "L1")
    told = refused("bad_email", [asset], Target(user=rui), contact_email="ask Bia")
    assert told.field == "contact_person_email"


def test_what_is_too_long_is_refused(store: Address, rui: User) -> None:
    asset, long = make_asset(store, "L1"), {"city": "x" * 129}
    refused("too_long", [asset], Target(user=rui), delivery=long)


# --- What is told, and the database -----------------------------------------


def test_one_event_names_target_and_assets(
    store: Address, rui: User, prices: None
) -> None:
    stored = make_asset(store, "L1")
    made = create([stored], Target(user=rui))
    event = Event.objects.get(type="redeployment.created")
    assert event.subject_id == made.id
    assert {rui.id, stored.id} <= set(event.refs)
    assert event.payload == {
        "reference": made.reference,
        "state": "INITIATED",
        "user_id": str(rui.id),
        "asset_ids": [str(stored.id)],
        "price": "39.50",
        "currency": "EUR",
    }
    assert Event.objects.filter(type="asset.reserved").count() == 1


def test_statements_do_not_grow_with_the_assets(store: Address, rui: User) -> None:
    def statements(count: int) -> int:
        assets = [make_asset(store, f"N{count}-{number}") for number in range(count)]
        with CaptureQueriesContext(connection) as made:
            create(assets, Target(user=rui))
        return len(made)

    assert statements(1) == statements(12)


@pytest.mark.parametrize("given", [{}, {"user": True, "address": True}])
def test_the_database_wants_exactly_one_receiver(
    store: Address, rui: User, given: dict[str, bool]
) -> None:
    made = create([make_asset(store, "L1")], Target(user=rui))
    wanted = {
        "user": rui if "user" in given else None,
        "address": store if "address" in given else None,
    }
    with pytest.raises(IntegrityError, match="one_receiver"), transaction.atomic():
        Redeployment.objects.filter(pk=made.pk).update(**wanted)


def test_only_its_company_sees_it(
    store: Address, rui: User, gina: User, as_actor: Any
) -> None:
    made = create([make_asset(store, "L1")], Target(user=rui))
    admin = as_actor(make_user(store.company, "Ada", role=Role.COMPANY_ADMIN))
    assert list(Redeployment.objects.visible_to(admin)) == [made]
    assert not Redeployment.objects.visible_to(as_actor(gina)).exists()
    assert list(Redeployment.objects.search(made.reference[4:], admin)) == [made]
    assert list(Redeployment.objects.search("nogueira", admin)) == [made]
    assert not Redeployment.objects.search("nobody", admin).exists()
