"""The list of assets."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Category, Product
from apps.companies.models import Address
from apps.core.actor import Permission
from apps.core.api.conditions import Asking, By, Chosen, Is, Where
from apps.core.api.reading import Reading
from apps.core.lists import (
    Action,
    Choice,
    Column,
    Empty,
    Id,
    List,
    Search,
    Thing,
    cells,
    choice,
    of_table,
)
from apps.core.showing import grouped
from apps.core.templatetags.ui import CATEGORY_ICONS
from apps.shipping import carriers

from .counts import ASSETS as COUNTED
from .fields import FIELDS
from .models import Asset, grade_of
from .states import AssetState

_P = Permission
PRESENT = "PRESENT"  # of the filter by state: not archived
MOST_PRODUCTS = 1_000  # of a category
HOLDERS = [("user", _("People")), ("address", _("Places")), ("shipment", _("Parcels"))]


def _device(
    request: HttpRequest, name: str, serial: str, tag: str, category: str, pk: UUID
) -> str:
    """Icon of the category, name, and what is printed on it."""
    code = cells.code(request, serial or tag)
    beside = f" <small>{escape(tag)}</small>" if serial and tag else ""
    return SafeString(
        f'<a class="row i-{CATEGORY_ICONS.get(category, "box")}" href="{pk}/">'
        f"{escape(name)}</a>{code}{beside}"
    )


def _holder(
    request: HttpRequest,
    user: UUID | None,
    first: str | None,
    last: str | None,
    place: str | None,
    carrier: str | None,
    number: str | None,
) -> str:
    if user:
        name = f"{first} {last}".strip() or gettext("Erased person")
        return cells.link(cells.path("people:list"), user, name)
    if place:
        return escape(place)
    if carrier:
        return escape(f"{_carriers().get(carrier, carrier)} {number}".strip())
    return cells.EMPTY


def _grade(request: HttpRequest, condition: Decimal | None) -> str:
    return escape(grade_of(condition))


@lru_cache
def _carriers() -> dict[str, object]:
    return dict(carriers.CHOICES)


class _State(Is):
    """One state, or any but archived."""

    def where(self, reading: Reading, value: str, asking: Asking) -> Where:
        if value == PRESENT:
            return Where(f"{reading.column(self.column)} <> '{AssetState.ARCHIVED}'")
        return super().where(reading, value, asking)


def _of_category(value: str, asking: Asking) -> Q:
    """By the products that there are, so that PostgreSQL knows how many devices that
    will be: of none it would look at each."""
    products = Product.objects.visible_to(asking.actor).filter(category=value)
    found = list(products.values_list("pk", flat=True)[: MOST_PRODUCTS + 1])
    is_few = len(found) <= MOST_PRODUCTS
    return Q(product__in=found if is_few else products.values("pk"))


def _counted(n: int) -> str:
    text = ngettext("%(n)s asset", "%(n)s assets", n)
    return text % {"n": grouped(n)}


ASSETS = List(
    name="assets",
    url="inventory:list",
    model="inventory.Asset",
    rows=Asset.objects.all,
    reads=_P.ASSETS_READ,
    title=_("Assets"),
    counted=_counted,
    sort="-created_at",
    table=FIELDS,
    exports=_P.ASSETS_EXPORT,
    counter=COUNTED.within(),
    search=Search(
        lambda rows, text, actor: rows.search(text), _("Serial number, tag, name")
    ),
    columns=(
        Column(
            name="asset",
            label=_("Asset"),
            reads=("name", "serial_number", "asset_tag", "product__category", "id"),
            show=_device,
            fields=("name",),
            sorts="name",
        ),
        Column(
            name="status",
            label=FIELDS["state"].label,
            reads=("state",),
            show=cells.badge("asset"),
            fields=("state",),
            is_default=True,
        ),
        Column(
            name="holder",
            label=_("Holder"),
            reads=(
                "user_id",
                "user__first_name",
                "user__last_name",
                "address__name",
                "shipment__carrier",
                "shipment__tracking_number",
            ),
            show=_holder,
            fields=("holder_email", "location"),
            is_default=True,
        ),
        Column(
            name="since",
            label=_("Since"),
            reads=("held_since",),
            show=cells.when,
            sorts="held_since",
            css="wide",
            is_default=True,
        ),
        Column(
            name="created",
            label=_("Added"),
            reads=("created_at",),
            show=cells.when,
            sorts="created_at",
            css="wide",
        ),
        *of_table(
            FIELDS,
            leave_out=("name", "state", "holder_email", "location", "currency"),
            serial_number={"sorts": "serial_number"},
            purchase_price={"css": "num wide", "is_default": True},
            condition={"reads": ("condition",), "show": _grade},
        ),
    ),
    filters=(
        choice(
            "state",
            FIELDS["state"].label,
            _("Any state"),
            [(PRESENT, _("Not archived")), *AssetState.choices],
            condition=_State("state"),
            is_indexed=True,
        ),
        Choice(
            name="category",
            label=FIELDS["category"].label,
            any_label=_("Any category"),
            choices=Category.choices,
            condition=By(_of_category),
        ),
        Thing(
            name="address",
            label=FIELDS["location"].label,
            any_label=_("Any place"),
            rows=Address.objects.all,
            condition=Is("address"),
            is_indexed=True,
        ),
        Id(
            name="user",
            label=_("What one person has"),
            condition=Is("user"),
            is_hidden=True,
        ),
        Choice(
            name="holder",
            label=_("Held by"),
            any_label=_("Anybody"),
            choices=HOLDERS,
            condition=Chosen(
                user=("user", "IS NOT NULL"),
                address=("address", "IS NOT NULL"),
                shipment=("shipment", "IS NOT NULL"),
            ),
        ),
    ),
    actions=(
        Action(
            label=_("Add asset"),
            url="inventory:create",
            needs=_P.ASSETS_ADD,
            icon="plus",
            is_primary=True,
        ),
        Action(
            label=_("Import a file"),
            url="imports:create",
            needs=_P.IMPORTS_RUN,
            icon="upload",
        ),
    ),
    takes_chosen=(
        Action(
            label=_("Print labels"),
            url="labels:options",
            needs=_P.ASSETS_READ,
            icon="printer",
        ),
    ),
    none_fits=Empty(
        icon="search",
        title=_("No asset fits these filters"),
        text=_("Remove a filter, or search for a part of the serial number."),
        url="inventory:list",
        label=_("Show all assets"),
    ),
    empty=(
        Empty(
            icon="laptop",
            title=_("No assets yet"),
            text=_(
                "Import the export of the tool you leave, or add devices one by one."
            ),
            url="imports:create",
            label=_("Import a file"),
            needs=_P.IMPORTS_RUN,
        ),
        Empty(
            icon="laptop",
            title=_("No assets here"),
            text=_("What comes to your places shows up here."),
        ),
    ),
)
