from __future__ import annotations

import pytest
from django.urls import reverse

from apps.companies.models import Address
from apps.conftest import make_asset
from apps.events.models import Event

pytestmark = pytest.mark.django_db

OFFICE = {"name": "Kraków office", "type": "INTERNAL", "city": "Kraków"}


def url(name: str, *args) -> str:
    return reverse(f"companies:address_{name}", args=args)


def test_list_shows_places_of_the_company(anna, gina, office, shelf, client_of):
    page = client_of(anna).get(url("list")).text
    assert f'href="{office.pk}/"' in page
    assert f'href="{shelf.pk}/"' in page
    assert office.name not in client_of(gina).get(url("list")).text


def test_list_costs_the_same_for_one_and_fifty(
    acme, anna, client_of, django_assert_max_num_queries
):
    Address.objects.bulk_create(
        Address(company=acme, name=f"Office {number}", country_id="PL")
        for number in range(50)
    )
    client = client_of(anna)
    client.get(url("list"))
    with django_assert_max_num_queries(4):
        page = client.get(url("list"))
    assert len(page.context["page"].rows) == 50


def test_warehouse_workers_see_their_places_and_change_none(
    wanda, shelf, office, client_of
):
    client = client_of(wanda)
    page = client.get(url("list")).text
    assert shelf.name in page
    assert office.name not in page
    assert client.get(url("detail", shelf.pk)).status_code == 200
    assert client.get(url("detail", office.pk)).status_code == 404
    assert client.get(url("edit", shelf.pk)).status_code == 404


def test_page_leads_to_the_assets_there(anna, office, client_of):
    make_asset(office)
    page = client_of(anna).get(url("detail", office.pk)).text
    assert f"{reverse('inventory:list')}?address={office.pk}" in page


def test_adds_a_place(anna, client_of):
    answer = client_of(anna).post(url("create"), {**OFFICE, "country": "PL"})
    place = Address.objects.get(name="Kraków office")
    assert answer.headers["Location"] == place.get_absolute_url()
    assert place.company == anna.company
    assert Event.objects.filter(type="address.created", subject_id=place.pk).exists()


def test_edits_a_place(anna, office, client_of):
    client_of(anna).post(url("edit", office.pk), OFFICE)
    office.refresh_from_db()
    assert (office.name, office.city) == ("Kraków office", "Kraków")


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": "poznań SHELF"}, "name"), ({"type": "TEQUIPY"}, "warehouse")],
)
def test_a_refusal_stands_beside_its_field(
    anna, office, shelf, client_of, values, field
):
    client, before = client_of(anna), Event.objects.count()
    for page in (url("create"), url("edit", office.pk)):
        answer = client.post(page, {**OFFICE, **values})
        assert list(answer.context["form"].errors) == [field]
    office.refresh_from_db()
    assert office.name == "Warsaw office"
    assert Event.objects.count() == before


def test_pages_do_not_exist_for_outsiders_and_employees(gina, emil, office, client_of):
    for other in (gina, emil):
        client = client_of(other)
        assert client.get(url("detail", office.pk)).status_code == 404
        assert client.post(url("edit", office.pk), OFFICE).status_code == 404
    assert client_of(emil).post(url("create"), OFFICE).status_code == 404
    assert not Address.objects.filter(name=OFFICE["name"]).exists()


def test_wrong_methods_are_refused(anna, office, client_of):
    client = client_of(anna)
    for page in (url("list"), url("detail", office.pk)):
        assert client.post(page).status_code == 405
    for page in (url("create"), url("edit", office.pk)):
        assert client.delete(page).status_code == 405
