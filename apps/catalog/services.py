from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.companies.models import Company
from apps.core import references
from apps.core.actor import Actor
from apps.core.errors import Conflict
from apps.events.registry import EventType
from apps.events.services import Draft, record_many

from . import events
from .models import Category, Product


@transaction.atomic
def create(*, actor: Actor, company: Company, **fields: Any) -> Product:
    """Raises Conflict `product_exists`."""
    actor.require_manage(company.id)
    try:
        with transaction.atomic():
            product = Product.objects.create(company=company, **fields)
    except IntegrityError as error:
        raise Conflict(
            "product_exists",
            _("The catalogue has a product of this name and model number already."),
            field="name",
        ) from error
    record_many([_draft(events.PRODUCT_CREATED, product)], actor=actor)
    return product


def key(name: str, model_number: str = "") -> tuple[str, str]:
    """What makes a product one and the same inside a company."""
    return name.strip().lower(), model_number.strip().lower()


@transaction.atomic
def create_many(
    products: Sequence[Product],
    *,
    actor: Actor,
    company: Company,
    batch_id: UUID | None = None,
    at: datetime | None = None,
) -> dict[tuple[str, str], Product]:
    """The set-based twin of `create`: those that exist already are left as they are.

    Returns every wanted product by `key`.
    """
    actor.require_manage(company.id)
    Product.objects.bulk_create(products, ignore_conflicts=True, batch_size=1000)
    wanted = {key(product.name, product.model_number) for product in products}
    found = {
        key(product.name, product.model_number): product
        for product in Product.objects.filter(company=company)
        if key(product.name, product.model_number) in wanted
    }
    ours = {product.id for product in products}  # a row with our id was made by us
    new = (product for product in found.values() if product.id in ours)
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
    actor.require_manage(company.id)
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
