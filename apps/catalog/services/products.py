from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.catalog import events, texts
from apps.catalog.models import Category, Product
from apps.companies.models import Company
from apps.core import keys, references
from apps.core.actor import Actor, Permission
from apps.core.clean import one_line
from apps.core.errors import Conflict, Invalid
from apps.events.registry import EventType
from apps.events.services import Draft, record_many


@transaction.atomic
def create(*, actor: Actor, company: Company, **fields: Any) -> Product:
    """Raises Conflict `product_exists`, Invalid `no_name`."""
    actor.require(Permission.PRODUCTS_EDIT, company.id)
    product = Product(company=company, **fields)
    _tidy(product)
    try:
        with transaction.atomic():
            product.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            "product_exists",
            _("The catalogue has a product of this name and model number already."),
            field="name",
        ) from error
    record_many([_draft(events.PRODUCT_CREATED, product)], actor=actor)
    return product


def key(name: str | None, model_number: str | None = None) -> tuple[str, str] | None:
    """What makes a product one and the same inside a company; None without a name."""
    named = keys.key(name)
    return (named, keys.key(model_number) or "") if named else None


def _tidy(product: Product) -> None:
    """Names as they are compared, but for their case."""
    for field in ("name", "model_number", "manufacturer"):
        setattr(product, field, one_line(getattr(product, field)))
    if key(product.name) is None:
        raise Invalid(texts.NO_NAME(), field="name")


@transaction.atomic
def create_many(
    products: Sequence[Product],
    *,
    actor: Actor,
    company: Company,
    batch_id: UUID | None = None,
    at: datetime | None = None,
) -> keys.Index[Product]:
    """The set-based twin of `create`: those that exist already are left as they are.

    Returns every wanted product by name and model number.
    """
    actor.require(Permission.PRODUCTS_EDIT, company.id)
    for product in products:
        _tidy(product)
    Product.objects.bulk_create(products, ignore_conflicts=True, batch_size=1000)
    wanted = {key(product.name, product.model_number) for product in products}
    found: keys.Index[Product] = keys.Index(normalise=key)
    for product in Product.objects.filter(company=company):
        if key(product.name, product.model_number) in wanted:
            found.add(product, product.name, product.model_number)
    ours = {product.id for product in products}  # a row with our id was made by us
    new = (product for product in found if product.id in ours)
    record_many(
        (_draft(events.PRODUCT_CREATED, one, [batch_id], at) for one in new),
        actor=actor,
    )
    return found


@transaction.atomic
def remove_many(
    ids: Collection[UUID], *, actor: Actor, company: Company, batch_id: UUID
) -> references.Refused:
    """Deletes products that an import made and nothing refers to (there is no verb that
    changes one); their events stay. Returns the refusals; a product that is gone
    already is none."""
    actor.require(Permission.PRODUCTS_EDIT, company.id)
    gone, refused = references.remove_unused(
        Product, ids, company_id=company.id, refuse=lambda _products: {}
    )
    drafts = (_draft(events.PRODUCT_REMOVED, one, [batch_id]) for one in gone)
    record_many(drafts, actor=actor)
    return refused


def _draft(
    type_: EventType[events.ProductFacts],
    product: Product,
    refs: Sequence[UUID | None] = (),
    at: datetime | None = None,
) -> Draft:
    facts = events.ProductFacts(
        product_name=product.name, category=Category(product.category)
    )
    return Draft(type_, product.company_id, product.id, facts, refs, at)
