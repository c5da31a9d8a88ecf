"""Products as a company has them in its catalogue."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.catalog import events
from apps.catalog.models import Category, Product
from apps.companies.models import Company
from apps.core import keys, references
from apps.core.actor import Actor, Permission
from apps.core.errors import Conflict
from apps.events.registry import EventType
from apps.events.services import Draft, record_many, subjects_of

from .facts import FACTS, key, tidy


@transaction.atomic
def create(*, actor: Actor, company: Company, **fields: Any) -> Product:
    """Raises Conflict `product_exists` or `sku_taken`, and as `facts.tidy`."""
    actor.require(Permission.PRODUCTS_EDIT, company.id)
    product = Product(company=company)
    _set(product, fields)
    save(product)
    record_many([draft(events.PRODUCT_CREATED, product)], actor=actor)
    return product


@transaction.atomic
def update(product: Product, *, actor: Actor, **fields: Any) -> Product:
    """Changes the given facts. Same refusals as `create`, and Conflict `published`:
    what the platform sells, it describes itself."""
    actor.require(Permission.PRODUCTS_EDIT, product.company_id)
    product = lock(product)
    may_publish = actor.may(Permission.PRODUCTS_PUBLISH, product.company_id)
    if product.published_from is not None and not may_publish:
        told = _("%(product)s is the platform's: only its staff change it.")
        raise Conflict("published", told % {"product": product.label})
    before = {name: getattr(product, name) for name in FACTS}
    _set(product, fields)
    changes = events.CHANGES.between(before, {n: getattr(product, n) for n in FACTS})
    if not changes:
        return product
    save(product)
    payload = events.ProductChanged(product_name=product.name, changes=changes)
    drafts = [
        Draft(events.PRODUCT_UPDATED, product.company_id, product.id, payload),
    ]
    record_many(drafts, actor=actor)
    return product


@transaction.atomic
def set_orderable(product: Product, *, actor: Actor, is_orderable: bool) -> Product:
    """Whether the platform sells it to this company."""
    actor.require(Permission.PRODUCTS_PUBLISH, product.company_id)
    product = lock(product)
    if product.is_orderable == is_orderable:
        return product
    product.is_orderable = is_orderable
    product.save(update_fields=["is_orderable", "updated_at"])
    what = events.PRODUCT_OFFERED if is_orderable else events.PRODUCT_WITHDRAWN
    record_many([draft(what, product)], actor=actor)
    return product


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
        tidy(product)
    Product.objects.bulk_create(products, ignore_conflicts=True, batch_size=1000)
    wanted = {key(product.name, product.model_number) for product in products}
    found: keys.Index[Product] = keys.Index(normalise=key)
    for product in Product.objects.filter(company=company):
        if key(product.name, product.model_number) in wanted:
            found.add(product, product.name, product.model_number)
    ours = {product.id for product in products}  # a row with our id was made by us
    new = (product for product in found if product.id in ours)
    record_many(
        (draft(events.PRODUCT_CREATED, one, [batch_id], at) for one in new),
        actor=actor,
    )
    return found


@transaction.atomic
def remove_many(
    ids: Collection[UUID], *, actor: Actor, company: Company, batch_id: UUID
) -> references.Refused:
    """Deletes products that an import made and nothing refers to; one that was changed
    or priced since is kept. Their events stay. Returns the refusals; a product that is
    gone already is none."""
    actor.require(Permission.PRODUCTS_EDIT, company.id)

    def refuse(products: Sequence[Product]) -> references.Refused:
        changed = subjects_of(events.PRODUCT_UPDATED, ids)
        changed |= subjects_of(events.PRODUCT_PUBLISHED, ids)
        return {
            product.id: references.changed_since(product)
            for product in products
            if product.id in changed
        }

    gone, refused = references.remove_unused(
        Product, ids, company_id=company.id, refuse=refuse
    )
    drafts = (draft(events.PRODUCT_REMOVED, one, [batch_id]) for one in gone)
    record_many(drafts, actor=actor)
    return refused


def lock(product: Product) -> Product:
    """The row as it is now, until the transaction ends."""
    return Product.objects.select_for_update(of=("self",)).get(pk=product.pk)


def save(product: Product) -> None:
    """Raises as `create`."""
    tidy(product)
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError as error:
        raise _taken(error) from error


def _taken(error: IntegrityError) -> Conflict:
    if "product_sku_per_company" in str(error):
        told = _("The catalogue has a product of this SKU already.")
        return Conflict("sku_taken", told, field="sku")
    told = _("The catalogue has a product of this name and model number already.")
    return Conflict("product_exists", told, field="name")


def _set(product: Product, fields: dict[str, Any]) -> None:
    if unknown := fields.keys() - set(FACTS):
        raise TypeError(f"not facts of a product: {', '.join(sorted(unknown))}")
    for name, value in fields.items():
        setattr(product, name, value)
    tidy(product)


def draft(
    type_: EventType[events.ProductFacts],
    product: Product,
    refs: Sequence[UUID | None] = (),
    at: datetime | None = None,
) -> Draft:
    facts = events.ProductFacts(
        product_name=product.name, category=Category(product.category)
    )
    return Draft(type_, product.company_id, product.id, facts, refs, at)
