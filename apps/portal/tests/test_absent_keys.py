"""Whatever is typed, scanned or sent without showing anything finds nothing: not the
devices without tag, the parcels without number, the people without user name."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from apps.accounts import services as accounts
from apps.accounts.models import Login, User
from apps.accounts.sessions import actor_of
from apps.catalog import services as catalog
from apps.catalog.models import Product
from apps.companies import services as companies
from apps.conftest import make_asset, make_product, mostly_full
from apps.core.actor import SYSTEM
from apps.core.errors import Invalid
from apps.core.tests.test_keys import BLANKS
from apps.inventory import services as inventory
from apps.inventory.forms import PersonField, ProductField
from apps.inventory.models import Asset
from apps.portal import desk, finding
from apps.shipping import services as shipping

pytestmark = pytest.mark.django_db

SENT = [blank or "" for blank in BLANKS if "\0" not in (blank or "")]
everywhere = pytest.mark.parametrize("blank", mostly_full(SENT, every=9), ids=ascii)


@pytest.fixture(autouse=True)
def nameless_things(anna, emil, shelf, office) -> None:
    """One of each that lacks a key which others have."""
    make_asset(shelf, "S1", asset_tag="")
    make_asset(shelf, "", asset_tag="T1")
    make_product(anna.company, "Plain", model_number="")
    shipping.book(actor=SYSTEM, sender=emil, recipient=shelf, carrier="OTHER")


@everywhere
def test_no_look_up_finds_anything(anna, blank):
    actor = actor_of(anna)
    assert not Asset.objects.with_code(blank).exists()
    assert not desk.found(blank, actor)
    assert not finding.everything(blank * 3, actor).get("assets")
    assert not Product.objects.called(blank).exists()
    with pytest.raises(Login.DoesNotExist):
        Login.objects.get_by_natural_key(blank)


@everywhere
def test_a_scan_shows_neither_device_nor_parcel(anna, client_of, blank):
    context = client_of(anna).get("/receive/", {"code": blank}).context
    assert "parcels" in context
    assert not [name for name in ("checklist", "several") if name in context]


@everywhere
def test_nobody_is_handed_anything(anna, client_of, blank):
    asset = Asset.objects.get(serial_number="S1")
    url = f"/assets/{asset.pk}/hand-over/"
    page = client_of(anna).post(url, {"person": blank}, follow=True)
    assert "Choose a person" in page.text
    asset.refresh_from_db()
    assert asset.user is None


@everywhere
def test_a_field_that_has_to_be_filled_is_refused(anna, blank):
    for field in (PersonField(), ProductField(), ProductField(may_be_new=True)):
        field.actor = actor_of(anna)
        with pytest.raises(ValidationError):
            field.clean(blank)


@everywhere
def test_a_person_who_may_be_left_out_is_left_out(anna, blank):
    field = PersonField(required=False)
    field.actor = actor_of(anna)
    assert field.clean(blank) is None


@everywhere
def test_nothing_gets_a_name_or_key_that_shows_nothing(acme, office, blank):
    ours = {"actor": SYSTEM, "company": acme}
    product = Product.objects.get(name="Plain")
    with pytest.raises(Invalid):
        catalog.create(**ours, name=blank)
    with pytest.raises(Invalid):
        companies.create_address(**ours, name=blank)
    with pytest.raises(Invalid):
        accounts.create(**ours, first_name=blank, email="x@acme.example")
    with pytest.raises(Invalid):
        accounts.create(**ours, first_name="X", email=blank)
    what = {"product": product, "serial_number": blank, "asset_tag": blank}
    with pytest.raises(Invalid):
        inventory.create(**ours, holder=office, **what)


@everywhere
def test_people_without_number_do_not_stand_in_each_others_way(acme, blank):
    for name in ("x", "y"):
        email = f"{name}@acme.example"
        accounts.create(
            actor=SYSTEM,
            company=acme,
            first_name=name,
            email=email,
            employee_number=blank,
            username=blank,
        )
    found = User.objects.filter(company=acme, employee_number="", username="")
    assert {"x@acme.example", "y@acme.example"} <= {user.email for user in found}
