"""What the platform sells, in the catalogues of companies."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.accounts.sessions import actor_of
from apps.catalog import services as catalog
from apps.catalog.models import Product, Warranty
from apps.companies.models import Company
from apps.conftest import make_product
from apps.core.actor import Actor
from apps.core.errors import Conflict, Invalid, NotAllowed
from apps.events.models import Event


@pytest.fixture
def staff(root: User) -> Actor:
    return actor_of(root)


@pytest.fixture
def sold(platform: Company, staff: Actor) -> Product:
    product = make_product(platform, "Framework 13", sku="FW-13", manufacturer="FW")
    catalog.set_price(product, actor=staff, currency="EUR", amount=Decimal(1099))
    catalog.set_warranty(
        platform, actor=staff, months=24, product=product, prices={"EUR": Decimal(80)}
    )
    catalog.set_warranty(
        platform, actor=staff, months=36, category="LAPTOP", prices={"EUR": Decimal(99)}
    )
    return product


def prices(product: Product) -> dict[tuple[str, str | None], Decimal]:
    rows = product.prices.all()
    return {(row.currency, row.country_id): row.amount for row in rows}


def published(company: Company) -> int:
    return Event.objects.filter(type="product.published", company_id=company.id).count()


def test_a_copy_can_be_ordered_with_its_prices_and_warranties(
    staff: Actor, sold: Product, acme: Company, globex: Company
) -> None:
    [copy] = catalog.publish([sold], actor=staff, company=acme)
    copy.refresh_from_db()
    assert (copy.company, copy.name, copy.sku) == (acme, "Framework 13", "FW-13")
    assert copy.is_orderable
    assert prices(copy) == {("EUR", None): 1099}
    terms = {one.months: one.prices.get().amount for one in Warranty.objects.of(copy)}
    assert terms == {24: 80, 36: 99}
    assert not Product.objects.filter(company=globex).exists()


def test_publishing_again_brings_changes_and_nothing_twice(
    staff: Actor, sold: Product, acme: Company
) -> None:
    [copy] = catalog.publish([sold], actor=staff, company=acme)
    [same] = catalog.publish([sold], actor=staff, company=acme)
    assert (same.pk, published(acme)) == (copy.pk, 1)
    sold = catalog.update(sold, actor=staff, name="Framework 13 Pro")
    catalog.set_price(sold, actor=staff, currency="EUR", amount=None)
    catalog.set_price(sold, actor=staff, currency="PLN", amount=Decimal(4999))
    [again] = catalog.publish([sold], actor=staff, company=acme)
    assert (again.pk, again.name) == (copy.pk, "Framework 13 Pro")
    assert prices(again) == {("PLN", None): 4999}
    assert published(acme) == 2


def test_what_was_agreed_with_a_company_stays(
    staff: Actor, sold: Product, acme: Company
) -> None:
    [copy] = catalog.publish([sold], actor=staff, company=acme)
    for currency, amount in (("EUR", 950), ("CZK", 20000)):
        catalog.set_price(
            copy,
            actor=staff,
            currency=currency,
            amount=Decimal(amount),
            is_special=True,
        )
    catalog.publish([sold], actor=staff, company=acme)
    assert prices(copy) == {("EUR", None): 950, ("CZK", None): 20000}
    assert published(acme) == 1


def test_a_product_of_the_same_name_becomes_the_copy(
    staff: Actor, sold: Product, acme: Company
) -> None:
    theirs = make_product(acme, "FRAMEWORK 13", manufacturer="")
    [copy] = catalog.publish([sold], actor=staff, company=acme)
    assert (copy.pk, copy.manufacturer) == (theirs.pk, "FW")


def test_only_the_platforms_products_are_published_and_not_to_itself(
    staff: Actor, sold: Product, platform: Company, acme: Company, globex: Company
) -> None:
    theirs = make_product(acme, "Zenbook")
    with pytest.raises(Invalid, match="platform"):
        catalog.publish([sold, theirs], actor=staff, company=globex)
    with pytest.raises(Invalid):
        catalog.publish([sold], actor=staff, company=platform)
    assert not Product.objects.filter(company=globex).exists()


def test_a_company_publishes_nothing(anna: User, sold: Product, acme: Company) -> None:
    with pytest.raises(NotAllowed):
        catalog.publish([sold], actor=actor_of(anna), company=acme)
    assert not Product.objects.filter(company=acme).exists()


def test_a_company_does_not_redescribe_what_it_is_sold(
    anna: User, staff: Actor, sold: Product, acme: Company
) -> None:
    [copy] = catalog.publish([sold], actor=staff, company=acme)
    with pytest.raises(Conflict) as refused:
        catalog.update(copy, actor=actor_of(anna), name="Framework 16")
    assert refused.value.code == "published"
    copy.refresh_from_db()
    assert copy.name == "Framework 13"
    assert catalog.update(copy, actor=staff, name="FW 13").name == "FW 13"
