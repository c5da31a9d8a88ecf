"""Devices that the API takes into the register: from what bodies say to the verb."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog import services as catalog
from apps.catalog.models import Category, Product
from apps.companies.models import Company
from apps.core import keys
from apps.core.actor import Actor, Permission
from apps.core.api.bulk import Outcome
from apps.core.errors import Conflict, Invalid

from . import services, texts
from .external_ids import set_external_ids
from .models import GRADES, Asset
from .named import Named
from .serializers import NAMES, CreateUserEquipmentRequest
from .services.rows import Holder, require_may_receive

Said = Mapping[str, Any]


def register_many(
    items: Mapping[int, Said], *, actor: Actor, company: Company
) -> Outcome:
    """One attempt to register each of them: nothing grows with their number."""
    actor.require(Permission.ASSETS_ADD, company.id)
    outcome = Outcome(names=NAMES)
    named = Named(
        actor,
        company.id,
        people=(_id(one.get("user")) for one in items.values()),
        places=(_id(one.get("company_address")) for one in items.values()),
        products=(one.get("equipment_id") for one in items.values()),
    )
    holders = {
        at: holder
        for at, one in items.items()
        if (holder := outcome.of(at, _holder, one, named))
    }
    products = _products({at: items[at] for at in holders}, named, actor, outcome)
    made = {
        at: asset
        for at, product in products.items()
        if (asset := outcome.of(at, _build, items[at], company, product, holders[at]))
    }
    _refuse_taken(made, company.id, outcome)
    if outcome.refused:
        return outcome
    _make_new(products.values(), made.values(), actor=actor, company=company)
    services.create_many(list(made.values()), actor=actor, company=company)
    for at, asset in made.items():
        if ids := items[at].get("external_ids"):
            outcome.of(at, partial(set_external_ids, actor=actor), asset, ids)
    services.require_receivers([asset.user_id for asset in made.values()])
    outcome.done |= {at: asset.id for at, asset in made.items()}
    return outcome


def _id(reference: Said | None) -> UUID | None:
    return reference["id"] if reference else None


def _holder(one: Said, named: Named) -> Holder:
    place, person = _id(one.get("company_address")), _id(one.get("user"))
    if place is not None and person is None:
        return named.place(place, field="company_address/id")
    if place is None and person is not None:
        found = named.person(person, field="user/id")
        require_may_receive(found)
        return found
    sentence = _("Say where it is: either companyAddress or user, not both.")
    raise Invalid("one_holder", sentence, field="company_address")


def _build(one: Said, company: Company, product: Product, holder: Holder) -> Asset:
    values = CreateUserEquipmentRequest.values(one)
    if grade := one.get("grade"):
        values["condition"] = GRADES[grade]
    return services.build(
        company, product=product, holder=holder, at=one.get("at"), **values
    )


# --- Products ---------------------------------------------------------------


def _products(
    items: Mapping[int, Said], named: Named, actor: Actor, outcome: Outcome
) -> dict[int, Product]:
    """What each of them is: of the catalogue, or new and not written yet."""
    rows = Product.objects.visible_to(actor).filter(company_id=named.company_id)
    texts_said = [
        text
        for one in items.values()
        if "equipment_id" not in one and (text := one.get("name"))
    ]
    known = list(rows.called(*texts_said)) if texts_said else []
    new: dict[keys.Key | None, Product] = {}
    found = {}
    for at, one in items.items():
        product = outcome.of(at, _product, one, named, known, new)
        if product is not None:
            found[at] = product
    return found


def _product(
    one: Said, named: Named, known: list[Product], new: dict[keys.Key | None, Product]
) -> Product:
    if (pk := one.get("equipment_id")) is not None:
        product = named.product(pk, field="equipment_id")
        _require_type(product, one.get("type"))
        return product
    name = one.get("name") or ""
    key = keys.key(name)
    if key is None:
        raise Invalid(
            "no_name",
            _("Say what it is: by name, or by equipmentId."),
            field="name",
        )
    exact = keys.exactly(name, known, _label, _name)
    if len(exact) > 1:
        sentence = _("There are several products of this name: say equipmentId.")
        raise Invalid("ambiguous_name", sentence, field="name")
    if exact:
        _require_type(exact[0], one.get("type"))
        return exact[0]
    if key in new:
        _require_type(new[key], one.get("type"))
        return new[key]
    new[key] = Product(
        company_id=named.company_id,
        name=name,
        specification=one.get("specification") or [],
        **_type(one.get("type")),
    )
    return new[key]


def _label(product: Product) -> str:
    return product.label


def _name(product: Product) -> str:
    return product.name


def _type(type_: str | None) -> dict[str, str]:
    """Of a new product: one of our categories, else a sub-type of the company's own."""
    if not type_:
        return {}
    known = {keys.key(category.value): category for category in Category}
    if category := known.get(keys.key(type_)):
        return {"category": category}
    return {"subtype": type_}


def _require_type(product: Product, type_: str | None) -> None:
    """What is said of it is not dropped."""
    known = {keys.key(product.category), keys.key(product.subtype)}
    if type_ and keys.key(type_) not in known:
        sentence = _(
            "%(product)s has the type “%(type)s” in the catalogue: leave type out, or "
            "say another name."
        )
        told = {"product": product.label, "type": product.subtype or product.category}
        raise Invalid("other_type", sentence % told, field="type")


def _make_new(
    products: Iterable[Product],
    assets: Iterable[Asset],
    *,
    actor: Actor,
    company: Company,
) -> None:
    """Writes those that are not in the catalogue; if somebody else just has, theirs."""
    new = {product.id: product for product in products if product._state.adding}
    if not new:
        return
    found = catalog.create_many(list(new.values()), actor=actor, company=company)
    for asset in assets:
        if asset.product_id in new:
            product = new[asset.product_id]
            asset.product = found[product.name, product.model_number]


# --- What is there already --------------------------------------------------


def _refuse_taken(
    made: Mapping[int, Asset], company_id: UUID, outcome: Outcome
) -> None:
    serials = {asset.serial_number for asset in made.values()} - {""}
    tags = {asset.asset_tag for asset in made.values()} - {""}
    taken_serials, taken_tags = Asset.objects.taken(company_id, serials, tags)
    for at, asset in made.items():
        if asset.serial_number in taken_serials:
            outcome.refuse(at, Conflict(texts.SERIAL_TAKEN(), field="serial_number"))
        elif asset.asset_tag in taken_tags:
            outcome.refuse(at, Conflict(texts.TAG_TAKEN(), field="asset_tag"))
        taken_serials |= {asset.serial_number} - {""}
        taken_tags |= {asset.asset_tag} - {""}
