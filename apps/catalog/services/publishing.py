"""What the platform sells: its own products, copied into catalogues of companies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.catalog import events
from apps.catalog.models import Product, ProductPrice, Warranty
from apps.companies.models import Company
from apps.core.actor import Actor, Permission
from apps.core.errors import Invalid
from apps.core.keys import has_key
from apps.events.services import record_many

from .facts import FACTS
from .pricing import set_warranty
from .products import draft, lock, save


@transaction.atomic
def publish(
    products: Sequence[Product],
    *,
    actor: Actor,
    company: Company,
    at: datetime | None = None,
) -> list[Product]:
    """Puts products of the platform into the catalogue of a company, where they can be
    ordered then. Facts, prices and warranties of the copy become the platform's, but
    for prices that were agreed with this company. A product of the same name and model
    number that the company has becomes the copy. Returns the copies.

    Raises Invalid `not_the_platforms`, `own_catalogue`, Conflict as `products.create`.
    """
    actor.require(Permission.PRODUCTS_PUBLISH, company.id)
    if company.is_platform:
        told = _("The platform's catalogue is where products are published from.")
        raise Invalid("own_catalogue", told, field="company")
    if any(not product.company.is_platform for product in products):
        told = _("Only products of the platform's catalogue can be published.")
        raise Invalid("not_the_platforms", told, field="products")
    copies = []
    for product in sorted(products, key=lambda one: one.pk):
        copy, is_changed = _copy(product, company)
        is_changed |= _copy_prices(product, copy)
        if is_changed:
            copy.save(update_fields=["updated_at"])
            drafts = [draft(events.PRODUCT_PUBLISHED, copy, at=at)]
            record_many(drafts, actor=actor)
        _copy_warranties(product, copy, actor)
        copies.append(copy)
    return copies


def _copy(product: Product, company: Company) -> tuple[Product, bool]:
    """The copy, and whether it is new or was not as it should be."""
    copy = _find(product, company) or Product(company=company)
    wanted = {name: getattr(product, name) for name in FACTS}
    wanted |= {"is_orderable": True, "published_from": product.id}
    if all(getattr(copy, name) == value for name, value in wanted.items()):
        return copy, False
    for name, value in wanted.items():
        setattr(copy, name, value)
    save(copy)
    return copy, True


def _find(product: Product, company: Company) -> Product | None:
    ours = Product.objects.filter(company=company)
    copied = ours.filter(published_from=product.id).first()
    model = product.model_number
    same_model = has_key("model_number", model) if model else Q(model_number="")
    alike = ours.filter(has_key("name", product.name), same_model, published_from=None)
    found = copied or alike.first()
    return lock(found) if found else None


def _copy_prices(product: Product, copy: Product) -> bool:
    """Whether a price was not as the platform's."""
    wanted = {
        (row.currency, row.country_id): row.amount for row in product.prices.all()
    }
    stale = []
    for row in copy.prices.all():
        where = (row.currency, row.country_id)
        if row.is_special or wanted.get(where) == row.amount:
            wanted.pop(where, None)
        else:
            stale.append(row.pk)
    ProductPrice.objects.filter(pk__in=stale).delete()
    ProductPrice.objects.bulk_create(
        ProductPrice(
            company_id=copy.company_id,
            product=copy,
            currency=currency,
            country_id=country,
            amount=amount,
        )
        for (currency, country), amount in wanted.items()
    )
    return bool(stale or wanted)


def _copy_warranties(product: Product, copy: Product, actor: Actor) -> None:
    theirs = Warranty.objects.filter(
        Q(product=product) | Q(category=product.category),
        company_id=product.company_id,
    ).prefetch_related("prices")
    follows = actor.for_consequences(copy.company_id, Permission.PRICES_EDIT)
    for warranty in theirs:
        set_warranty(
            copy.company,
            actor=follows,
            months=warranty.months,
            product=copy if warranty.product_id else None,
            category=warranty.category,
            is_active=warranty.is_active,
            prices={row.currency: row.amount for row in warranty.prices.all()},
        )
