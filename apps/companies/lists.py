"""The list of places."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.core.actor import Permission
from apps.core.api.reading import COUNTED
from apps.core.api.shapes import Sql
from apps.core.lists import Action, Column, Empty, List, Search, cells, choice
from apps.core.showing import grouped

from .countries import name_of
from .models import Address, AddressQuerySet

_P = Permission
# A warehouse may hold more than anybody counts.
HELD = Sql(
    serializers.IntegerField,
    "SELECT count(*) FROM (SELECT 1 FROM inventory_asset a WHERE a.company_id = "
    f"{{t}}.company_id AND a.address_id = {{t}}.id LIMIT {COUNTED + 1}) held",
    lambda place: place.assets.count(),
)


def _places() -> AddressQuerySet:
    return Address.objects.active()


def _place(request: HttpRequest, name: str, is_default: bool, pk: UUID) -> str:
    note = f" <small>{escape(gettext('returns come here'))}</small>"
    return SafeString(
        f'<a class="row i-building" href="{pk}/">{escape(name)}</a>'
        f"{note if is_default else ''}"
    )


def _address(
    request: HttpRequest, street: str, postal_code: str, city: str, country: str | None
) -> str:
    parts = [street, f"{postal_code} {city}".strip()]
    if country:
        parts.append(name_of(country))
    return escape(", ".join(part for part in parts if part))


def _held(request: HttpRequest, number: int, pk: UUID) -> str:
    if number > COUNTED:
        text = gettext("More than %(n)s") % {"n": grouped(COUNTED)}
    else:
        text = grouped(number)
    path = cells.path("inventory:list")
    return SafeString(f'<a href="{path}?address={pk}">{escape(text)}</a>')


def _counted(n: int) -> str:
    return ngettext("%(n)s place", "%(n)s places", n) % {"n": grouped(n)}


PLACES = List(
    name="places",
    url="companies:address_list",
    model="companies.Address",
    rows=_places,
    reads=_P.PLACES_READ,
    title=_("Storage"),
    note=_("Offices and warehouse shelves that hold equipment."),
    counted=_counted,
    sort="name",
    search=Search(
        lambda rows, text, actor: rows.mentioning(text), _("Name or address")
    ),
    columns=(
        Column(
            name="place",
            label=_("Place"),
            reads=("name", "is_default", "id"),
            show=_place,
            sorts="name",
        ),
        Column(
            name="kind",
            label=_("Kind"),
            reads=("type",),
            show=cells.choice(lambda: dict(Address.Type.choices)),
            is_default=True,
        ),
        Column(
            name="address",
            label=_("Address"),
            reads=("street", "postal_code", "city", "country_id"),
            show=_address,
            css="full",
            is_default=True,
        ),
        Column(
            name="holds",
            label=_("Holds"),
            reads=(HELD, "id"),
            show=_held,
            css="num",
            is_default=True,
        ),
        Column(
            name="contact",
            label=_("Contact person"),
            reads=("contact_name",),
            show=cells.text,
            css="wide",
        ),
        Column(
            name="phone",
            label=_("Phone of the contact person"),
            reads=("contact_phone",),
            show=cells.text,
            css="wide",
        ),
        Column(
            name="orders",
            label=_("Orders are delivered here"),
            reads=("is_order_supported",),
            show=cells.yes_or_no,
            css="wide",
        ),
    ),
    filters=(choice("type", _("Kind"), _("Any kind"), Address.Type.choices),),
    actions=(
        Action(
            label=_("Add place"),
            url="companies:address_create",
            needs=_P.PLACES_EDIT,
            icon="plus",
            is_primary=True,
        ),
    ),
    none_fits=Empty(
        icon="search",
        title=_("No place fits these filters"),
        text=_("Remove a filter, or search for a part of the name."),
        url="companies:address_list",
        label=_("Show all places"),
    ),
    empty=(
        Empty(
            icon="building",
            title=_("No places yet"),
            text=_(
                "Equipment that nobody uses is at a place: an office or a shelf in a "
                "warehouse."
            ),
            url="companies:address_create",
            label=_("Add place"),
            needs=_P.PLACES_EDIT,
        ),
        Empty(
            icon="building",
            title=_("No places yet"),
            text=_(
                "Equipment that nobody uses is at a place: an office or a shelf in a "
                "warehouse."
            ),
        ),
    ),
)
