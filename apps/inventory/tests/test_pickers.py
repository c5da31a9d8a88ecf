"""What a picker offers it takes; what is only nearly somebody's name is a question."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from apps.catalog.models import Product
from apps.conftest import make_asset, make_product, make_user
from apps.inventory.fields import FIELDS
from apps.inventory.models import Asset

pytestmark = pytest.mark.django_db


@pytest.fixture
def oyvind(acme):
    last = "Łukasz-Nuñez"
    extra = {"email": "oln@acme.example", "department": "R&D, “Labs”"}
    return make_user(acme, "Øyvind", last_name=last, **extra)


@pytest.fixture
def stored(office) -> Asset:
    return make_asset(office, "STORED1")


@pytest.fixture
def hand_over(anna, stored, client_of):
    def post(text):
        url = reverse("inventory:hand_over", args=[stored.pk])
        page = client_of(anna).post(url, {"person": text}, follow=True)
        stored.refresh_from_db()
        return stored.user, " ".join(map(str, page.context["messages"]))

    return post


def test_hand_over_takes_whatever_its_list_offers(anna, oyvind, hand_over, client_of):
    url = reverse("inventory:people_options")
    for typed in ("", "nunez", "oln@"):
        page = client_of(anna).get(url, {"person": typed}).text
        offered = re.findall(r'<option value="([^"]*)">([^<]*)</option>', page)
        mine = [o for o in offered if o[0] == oyvind.email]
        assert mine
        for text in mine[0]:
            assert hand_over(unescape(text))[0] == oyvind


@pytest.mark.parametrize(
    "text",
    [
        "oln@acme.example",
        " OLN@Acme.example ",
        "Øyvind Łukasz-Nuñez",
        "øyvind  łukasz-NUÑEZ\u200b",
        "Øyvind Łukasz-Nuñez, R&D, “Labs”",
        "Øyvind Łukasz-Nuñez (oln@acme.example)",
        "Øyvind Łukasz-Nun\u0303ez",
    ],
)
def test_hand_over_takes_e_mail_or_whole_name(oyvind, hand_over, text):
    assert hand_over(text)[0] == oyvind


@pytest.mark.parametrize("text", ["Oyvind Lukasz-Nunez", "ØYVIND ŁUKASZ–NUNEZ"])
def test_nearly_a_name_is_a_question(oyvind, hand_over, text):
    holder, message = hand_over(text)
    assert holder is None
    assert "oln@acme.example" in message


@pytest.mark.parametrize("text", ["Øyvind", "oyv", "oin@acme.example", "ölñ@acme.dev"])
def test_part_of_a_name_and_nearly_an_e_mail_is_nobody(oyvind, hand_over, text):
    holder, message = hand_over(text)
    assert holder is None
    assert "oln@" not in message


def test_a_name_of_two_people_is_a_question(acme, oyvind, hand_over):
    twin = {"last_name": oyvind.last_name, "department": "Sales"}
    other = make_user(acme, "Øyvind", email="twin@acme.example", **twin)
    holder, message = hand_over(oyvind.name)
    assert holder is None
    assert "twin@acme.example" in message
    assert hand_over(f"{other.name}, sales")[0] == other


def test_a_name_of_the_other_company_is_nobody(gina, hand_over):
    for text in (gina.name, gina.email):
        assert hand_over(text) == (None, "Choose somebody from the list.")


def test_a_product_is_chosen_by_what_its_list_offers(anna, stored, client_of):
    other = make_product(anna.company, "Über dock", model_number="Ü-1")
    url = reverse("inventory:edit", args=[stored.pk])
    data = {"serial_number": "STORED1", "seen": FIELDS.version(stored)}
    client = client_of(anna)
    page = client.post(url, {**data, "product": "Uber dock"})
    assert "Do you mean Über dock (Ü-1)?" in page.text
    assert client.post(url, {**data, "product": other.label}).status_code == 302
    stored.refresh_from_db()
    assert stored.product == other


def test_a_new_product_of_nearly_an_old_name_is_a_question(anna, office, client_of):
    make_product(anna.company, "Über dock")
    data = {"product": "Uber dock", "serial_number": "N1", "place": office.pk}
    url, client = reverse("inventory:create"), client_of(anna)
    assert "but Über dock: choose that" in client.post(url, data).text
    assert not Asset.objects.exists()
    client.post(url, {**data, "category": "DOCK"})
    assert Product.objects.filter(name="Uber dock").exists()
