"""Every currency through the model, the form, the export and the import, unchanged."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.conftest import exported, make_asset
from apps.core import money
from apps.core.actor import SYSTEM
from apps.core.errors import Invalid
from apps.imports.columns.cells import told_of
from apps.inventory import services as inventory
from apps.inventory.fields import FIELDS
from apps.inventory.lists import ASSETS
from apps.inventory.models import Asset

from .factories import applied, counts, planned, rows

pytestmark = pytest.mark.django_db
CODES = sorted(money.CURRENCIES)


def amounts(code: str) -> st.SearchStrategy[Decimal]:
    digits = money.CURRENCIES[code].digits
    return st.decimals(0, money.MOST, places=digits, allow_nan=False)


@pytest.mark.full
@given(data=st.data())
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_amounts_of_every_currency_come_back_as_they_were(acme, shelf, data):
    start = Asset.objects.count()
    prices = {}
    for number, code in enumerate(CODES):
        price = data.draw(amounts(code))
        serial = f"S{start}N{number}"
        make_asset(shelf, serial, purchase_price=price, currency=code)
        prices[serial] = price
    ours = Asset.objects.filter(company=acme, serial_number__in=prices)
    stored = dict(ours.values_list("serial_number", "purchase_price"))
    assert stored == prices
    text = exported(ASSETS, acme, *ours)
    batch = planned(acme, text)
    assert [row.problems for row in rows(batch) if row.problems] == []
    assert counts(batch) == {"SAME": len(CODES)}
    ours.update(purchase_price=None, currency="")
    assert counts(applied(acme, text)) == {"CHANGE": len(CODES)}
    assert dict(ours.values_list("serial_number", "purchase_price")) == prices


@pytest.mark.full
def test_one_digit_too_many_is_refused_everywhere(
    laptop, anna, client_of, subtests: pytest.Subtests
):
    client = client_of(anna)
    for code in CODES:
        with subtests.test(code):
            digits = money.CURRENCIES[code].digits
            price = Decimal(1).scaleb(-digits - 1) + 5
            with pytest.raises(Invalid) as refusal:
                inventory.update(
                    laptop, actor=SYSTEM, purchase_price=price, currency=code
                )
            assert refusal.value.field == "purchase_price"
            laptop.refresh_from_db()
            data = {
                "product": laptop.product.name,
                "serial_number": laptop.serial_number,
                "purchase_price": str(price),
                "currency": code,
                "seen": FIELDS.version(laptop),
            }
            url = f"/assets/{laptop.pk}/edit/"
            answer = client.post(url, data)
            assert answer.context["form"].errors["purchase_price"]
            sound = client.post(url, {**data, "purchase_price": "5"})
            assert sound.status_code == 302
            laptop.refresh_from_db()
            assert (laptop.purchase_price, laptop.currency) == (5, code)
            assert laptop.purchase_price.as_tuple().exponent == -digits


def test_cells_with_digits_that_a_currency_lacks_are_left_out(acme, shelf):
    text = (
        "Serial;Model;Price;Currency\n"
        "S1;XPS;12.50 JPY;\nS2;XPS;12.00 JPY;\nS3;XPS;12.50;UGX\n"
        "S4;XPS;1234.50;EUR\nS5;XPS;5 DEM;\nS6;XPS;5;BGN\nS7;XPS;12.12345;EUR\n"
    )
    batch = planned(acme, text)
    found = {row.line: [w["code"] for w in row.warnings] for row in rows(batch)}
    assert found == {
        2: ["too_many_decimals"],
        3: [],
        4: ["too_many_decimals", "beside_left_out"],
        5: [],
        6: ["former_currency"],
        7: ["former_currency", "beside_left_out"],
        8: ["too_many_decimals", "beside_left_out"],
    }
    assert counts(batch) == {"CREATE": 7}
    warned = [row.warnings[0] for row in rows(batch) if row.warnings]
    assert "JPY has no decimals" in str(told_of(warned[0]))
    assert warned[0]["column"] == 2
    assert "EUR, which replaced it" in str(told_of(warned[2]))


def test_what_was_stored_before_is_still_shown_and_changed(laptop, anna, client_of):
    """Older versions took any three letters, and two digits for all."""
    old = {"purchase_price": Decimal("12.50"), "currency": "ABC"}
    Asset.objects.filter(pk=laptop.pk).update(**old)
    client = client_of(anna)
    assert "ABC\u00a012.50" in client.get(laptop.get_absolute_url()).text
    laptop.refresh_from_db()
    inventory.update(laptop, actor=SYSTEM, notes="new")
    with pytest.raises(Invalid, match="no currency ABC"):
        inventory.update(laptop, actor=SYSTEM, purchase_price=Decimal(13))


def test_totals_are_one_for_each_currency(anna, emil, client_of):
    make_asset(emil, "S1", purchase_price=Decimal("10.50"), currency="EUR")
    make_asset(emil, "S2", purchase_price=Decimal(4), currency="EUR")
    make_asset(emil, "S3", purchase_price=Decimal(1200), currency="UGX")
    make_asset(emil, "S4", purchase_price=Decimal("0.125"), currency="KWD")
    page = client_of(anna).get("/").text
    for total in ("€14.50", "UGX\u00a01,200", "KWD\u00a00.125"):
        assert total in page
