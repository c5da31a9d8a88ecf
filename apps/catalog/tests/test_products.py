"""Products of a company's own, and what is refused about them."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.catalog import services as catalog
from apps.catalog.models import Product
from apps.companies.models import Company
from apps.conftest import make_product
from apps.core.errors import Conflict, Invalid, NotAllowed
from apps.events.models import Event

FACTS = {
    "name": "Zenbook 14",
    "category": "LAPTOP",
    "manufacturer": "Asus",
    "model_number": "UX3405",
    "subtype": "ULTRABOOK",
    "sku": "ZB-14",
    "ean": "4711387363799",
    "image_url": "https://img.example/zb14.png",
    "specification": [{"RAM": "16 GB"}, {"Display": "OLED"}],
}


def events_of(product: Product) -> list[str]:
    rows = Event.objects.filter(subject_id=product.id).order_by("id")
    return list(rows.values_list("type", flat=True))


def test_admin_adds_a_product_with_all_its_facts(anna: User, acme: Company) -> None:
    product = catalog.create(actor=actor_of(anna), company=acme, **FACTS)
    product.refresh_from_db()
    assert {name: getattr(product, name) for name in FACTS} == FACTS
    assert not product.is_orderable
    assert events_of(product) == ["product.created"]


def test_changing_tells_what_was_changed(anna: User, acme: Company) -> None:
    product = catalog.create(actor=actor_of(anna), company=acme, **FACTS)
    changed = catalog.update(product, actor=actor_of(anna), sku=" ZB-14-B ")
    assert changed.sku == "ZB-14-B"
    assert changed.updated_at > product.updated_at
    event = Event.objects.get(subject_id=product.id, type="product.updated")
    assert event.payload["changes"] == {"sku": {"old": "ZB-14", "new": "ZB-14-B"}}


def test_the_same_again_changes_nothing(anna: User, acme: Company) -> None:
    product = catalog.create(actor=actor_of(anna), company=acme, **FACTS)
    same = catalog.update(product, actor=actor_of(anna), **FACTS)
    assert same.updated_at == product.updated_at
    assert events_of(product) == ["product.created"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "\u200b", "no_name"),
        ("name", "x" * 256, "too_long"),
        ("sku", "x" * 65, "too_long"),
        ("category", "TOASTER", "bad_category"),
        ("ean", "4711387363798", "bad_ean"),
        ("ean", "12", "bad_ean"),
        ("image_url", "javascript:alert(1)", "bad_url"),
        ("image_url", "https://[", "bad_url"),
        ("specification", [{"RAM": "16 GB", "CPU": "M3"}], "bad_specification"),
        ("specification", [{"RAM": 16}], "bad_specification"),
        ("specification", {"RAM": "16 GB"}, "bad_specification"),
    ],
)
def test_a_wrong_fact_is_refused_by_its_name(
    anna: User, acme: Company, field: str, value: Any, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        catalog.create(actor=actor_of(anna), company=acme, **{**FACTS, field: value})
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Product.objects.exists()
    assert not Event.objects.filter(type="product.created").exists()


@pytest.mark.parametrize("ean", ["96385074", "036000291452", "10012345678902"])
def test_every_length_of_ean_is_taken(anna: User, acme: Company, ean: str) -> None:
    product = catalog.create(actor=actor_of(anna), company=acme, name="Pen", ean=ean)
    assert product.ean == ean


def test_a_sku_is_there_once_in_a_company(
    anna: User, gina: User, acme: Company, globex: Company
) -> None:
    catalog.create(actor=actor_of(anna), company=acme, name="One", sku="S-1")
    with pytest.raises(Conflict) as refused:
        catalog.create(actor=actor_of(anna), company=acme, name="Two", sku="S-1")
    assert (refused.value.code, refused.value.field) == ("sku_taken", "sku")
    catalog.create(actor=actor_of(gina), company=globex, name="Two", sku="S-1")
    # Without one there may be many.
    catalog.create(actor=actor_of(anna), company=acme, name="Three")
    catalog.create(actor=actor_of(anna), company=acme, name="Four")


def test_renaming_to_another_product_is_refused(anna: User, acme: Company) -> None:
    catalog.create(actor=actor_of(anna), company=acme, **FACTS)
    other = make_product(acme, "Other")
    with pytest.raises(Conflict) as refused:
        catalog.update(
            other, actor=actor_of(anna), name="ZENBOOK 14", model_number="ux3405"
        )
    assert refused.value.code == "product_exists"
    other.refresh_from_db()
    assert other.name == "Other"


def test_another_companys_product_is_nobodys_to_change(
    gina: User, acme: Company
) -> None:
    product = make_product(acme, "Zenbook 14")
    with pytest.raises(NotAllowed):
        catalog.update(product, actor=actor_of(gina), name="Mine")


def test_only_the_platform_says_what_it_sells(
    anna: User, root: User, acme: Company
) -> None:
    product = make_product(acme, "Zenbook 14")
    with pytest.raises(NotAllowed):
        catalog.set_orderable(product, actor=actor_of(anna), is_orderable=True)
    for is_orderable in (True, True, False, False):
        catalog.set_orderable(product, actor=actor_of(root), is_orderable=is_orderable)
    assert events_of(product)[1:] == ["product.offered", "product.withdrawn"]


def test_a_product_changed_after_its_import_is_kept(anna: User, acme: Company) -> None:
    product = make_product(acme, "Imported")
    catalog.update(product, actor=actor_of(anna), sku="S-2")
    refused = catalog.remove_many(
        [product.id], actor=actor_of(anna), company=acme, batch_id=product.id
    )
    assert refused[product.id].code == "changed_since"
    assert Product.objects.filter(pk=product.pk).exists()
