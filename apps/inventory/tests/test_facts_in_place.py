"""One fact changed where it stands, the next step, and what the history tells."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from apps.conftest import make_asset, make_product
from apps.core.actor import SYSTEM
from apps.events.models import Event
from apps.inventory import services

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def url(asset, name):
    return f"/assets/{asset.pk}/edit/{name}/"


def opened(client, asset, name):
    """The form's version."""
    answer = client.get(url(asset, name), headers=HTMX)
    assert answer.status_code == 200
    return re.search(r'name="seen" value="([^"]+)"', answer.text)[1]


def save(client, asset, name, said):
    path = url(asset, name)
    return client.post_bare(path, said, headers=HTMX)


def test_a_fact_becomes_its_field_and_is_saved(laptop, anna, client_of):
    client = client_of(anna)
    page = client.get(laptop.get_absolute_url()).text
    assert f'hx-get="{url(laptop, "purchased_on")}"' in page
    seen = opened(client, laptop, "purchased_on")
    said = {"purchased_on": "2026-03-01", "seen": seen}
    answer = save(client, laptop, "purchased_on", said)
    assert "fact-saved" in answer["HX-Trigger"]
    assert "1 Mar 2026" in answer.text
    assert 'hx-swap-oob="true"' in answer.text
    laptop.refresh_from_db()
    assert str(laptop.purchased_on) == "2026-03-01"
    event = Event.objects.get(subject_id=laptop.pk, type="asset.updated")
    assert list(event.payload["changes"]) == ["purchased_on"]


def test_a_price_comes_with_its_currency(laptop, anna, client_of):
    services.update(laptop, actor=SYSTEM, purchase_price=Decimal("900"), currency="EUR")
    client = client_of(anna)
    seen = opened(client, laptop, "purchase_price")
    said = {"purchase_price": "1200", "currency": "SEK", "seen": seen}
    assert "SEK" in save(client, laptop, "purchase_price", said).text
    laptop.refresh_from_db()
    assert (laptop.purchase_price, laptop.currency) == (Decimal("1200"), "SEK")


def test_product_and_grade_are_changed_in_place(laptop, anna, client_of):
    make_product(laptop.company, "ThinkPad T14s", manufacturer="Lenovo")
    client = client_of(anna)
    seen = opened(client, laptop, "product_id")
    save(client, laptop, "product_id", {"product": "ThinkPad T14s", "seen": seen})
    services.grade(laptop, "B", actor=SYSTEM)
    seen = opened(client, laptop, "condition")
    save(client, laptop, "condition", {"grade": "D", "seen": seen})
    laptop.refresh_from_db()
    assert (laptop.product.name, laptop.grade) == ("ThinkPad T14s", "D")


def test_only_what_it_showed_is_compared(laptop, anna, client_of):
    client = client_of(anna)
    seen = opened(client, laptop, "supplier")
    services.update(laptop, actor=SYSTEM, order_number="PO-9")
    answer = save(client, laptop, "supplier", {"supplier": "Alza", "seen": seen})
    assert "Alza" in answer.text
    seen = opened(client, laptop, "supplier")
    services.update(laptop, actor=SYSTEM, supplier="Komputronik")
    answer = save(client, laptop, "supplier", {"supplier": "X-Kom", "seen": seen})
    assert "Somebody saved other changes meanwhile" in answer.text
    assert 'value="X-Kom"' in answer.text
    laptop.refresh_from_db()
    assert laptop.supplier == "Komputronik"
    assert "HX-Trigger" not in answer
    answer = save(client, laptop, "supplier", {"supplier": "X-Kom"})
    assert "Somebody saved other changes meanwhile" in answer.text
    laptop.refresh_from_db()
    assert laptop.supplier == "Komputronik"


def test_a_refusal_stands_beside_the_field(laptop, anna, office, client_of):
    make_asset(office, "TAKEN-1")
    client = client_of(anna)
    seen = opened(client, laptop, "serial_number")
    said = {"serial_number": "taken-1", "seen": seen}
    answer = save(client, laptop, "serial_number", said)
    assert "There is an asset with this serial number already." in answer.text
    assert 'role="alert"' in answer.text
    laptop.refresh_from_db()
    assert laptop.serial_number == "C02XL0AAA"


def test_cancel_shows_what_is(laptop, anna, client_of):
    client = client_of(anna)
    said = {"serial_number": "NEW", "cancel": "1"}
    answer = save(client, laptop, "serial_number", said)
    assert "C02XL0AAA" in answer.text
    assert "HX-Trigger" not in answer
    laptop.refresh_from_db()
    assert laptop.serial_number == "C02XL0AAA"


def test_without_htmx_the_edit_page_has_it(laptop, anna, client_of):
    answer = client_of(anna).get(url(laptop, "supplier"))
    assert answer["Location"] == f"/assets/{laptop.pk}/edit/"


@pytest.mark.parametrize("name", ["state", "category", "notes", "nonsense", "user"])
def test_what_is_no_fact_to_edit_is_not_there(laptop, anna, client_of, name):
    assert client_of(anna).get(url(laptop, name), headers=HTMX).status_code == 404


def test_others_change_nothing(laptop, gina, emil, client_of):
    for who in (gina, emil):
        client = client_of(who)
        assert client.get(url(laptop, "supplier"), headers=HTMX).status_code == 404
        said = {"supplier": "Mine", "seen": ""}
        assert save(client, laptop, "supplier", said).status_code == 404
    page = client_of(emil).get(laptop.get_absolute_url()).text
    assert "fact-form" not in page
    assert "/edit/" not in page
    laptop.refresh_from_db()
    assert laptop.supplier == ""


# --- The next step ----------------------------------------------------------


def primary(page: str) -> str:
    actions = page.partition('class="page-actions"')[2].partition("</header>")[0]
    found = re.search(r'class="btn btn-primary"[^>]*>(.*?)</(?:summary|a)>', actions)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


def test_the_button_is_what_mostly_comes_next(laptop, office, anna, client_of):
    client, stored = client_of(anna), make_asset(office, "STORED-1")
    mended = services.repair(make_asset(office, "R-1"), office, actor=SYSTEM)
    assert primary(client.get(laptop.get_absolute_url()).text) == "Put into storage"
    assert primary(client.get(mended.get_absolute_url()).text) == "Put into storage"
    assert primary(client.get(stored.get_absolute_url()).text) == "Hand over"


# --- History ----------------------------------------------------------------


def test_history_tells_old_and_new_values(laptop, anna, client_of):
    services.update(
        laptop,
        actor=SYSTEM,
        warranty_ends_on=date(2028, 6, 11),
        order_number="PO-7",
        is_new=False,
        notes="Emil's own words",
    )
    services.grade(laptop, "B", actor=SYSTEM)
    services.grade(laptop, "D", actor=SYSTEM)
    page = client_of(anna).get(f"/history/about/{laptop.pk}/").text
    for told in (
        "Warranty until – → 11 Jun 2028",
        "Order number – → PO-7",
        "New – → No",
        "Condition B → D",
    ):
        assert told in page
    assert "Notes" in page
    assert "own words" not in page
