"""The operations of the JSON API, under /api/v1/."""

import re
from typing import Any

from django.urls import URLPattern, path

from apps.accounts import api as accounts
from apps.accounts import operations
from apps.catalog import api as catalog
from apps.catalog import country_api, kit_api
from apps.companies import api as companies
from apps.companies import tag_api
from apps.events import api as events
from apps.imports import api as imports
from apps.inventory import api as inventory
from apps.inventory import api_stock
from apps.invoicing import api as invoicing
from apps.orders import api as orders
from apps.people import api as people
from apps.redeployments import api as redeployments
from apps.returns import api as returns

app_name = "api"


def route(address: str, resource: Any, **actions: str) -> URLPattern:
    """One address: its actions by HTTP method. `kits/<str:id>` is named `kits-id`."""
    name = "-".join(re.findall(r"\w[\w-]*", re.sub(r"<\w+:", "<", address)))
    return path(f"integration/{address}", resource.as_view(actions), name=name)


def of_returns(address: str, resource: Any) -> list[URLPattern]:
    """What both kinds of return have."""
    one = f"{address}/<str:id>"
    return [
        route(address, resource, post="create", get="list"),
        route(f"{address}/query", resource, post="query"),
        route(one, resource, get="retrieve"),
        route(f"{one}/cancel", resource, post="cancel"),
        route(f"{one}/reschedule", resource, post="reschedule"),
        route(f"{one}/items", resource, get="items", post="add_item"),
        route(f"{one}/items/<uuid:asset_id>", resource, patch="decide"),
        route(f"{one}/answer", resource, post="respond"),
        route(f"{one}/parcels", resource, post="book"),
        route(f"{one}/tracking", resource, get="tracking"),
    ]


urlpatterns = [
    path("auth/login", accounts.LoginView.as_view(), name="login"),
    path("auth/refresh", accounts.RefreshView.as_view(), name="refresh"),
    path("auth/logout", accounts.LogoutView.as_view(), name="logout"),
    path("auth/me", accounts.MeView.as_view(), name="me"),
    path("auth/password", accounts.PasswordView.as_view(), name="password"),
    # People
    route("users", people.UserResource, post="create", get="list"),
    route("users/query", people.UserResource, post="query"),
    route("users/bulk", people.UserResource, post="create_many", patch="update_many"),
    route("users/<str:id>", people.UserResource, get="retrieve", patch="update"),
    route("users/<str:id>/archive", people.UserResource, post="archive"),
    route("users/<str:id>/custody", inventory.PersonCustodyResource, get="list"),
    # Devices
    route("user-equipment", inventory.AssetResource, post="create"),
    route(
        "user-equipment/<str:id>",
        inventory.AssetResource,
        get="retrieve",
        patch="update",
    ),
    route("user-equipments/query", inventory.AssetResource, post="query"),
    route("user-equipments", inventory.AssetResource, get="list"),
    route(
        "user-equipments/bulk",
        inventory.AssetResource,
        post="create_many",
        patch="update_many",
    ),
    route(
        "user-equipment/<str:id>/hand-over", inventory.AssetResource, post="hand_over"
    ),
    route("user-equipment/<str:id>/receive", inventory.AssetResource, post="receive"),
    route("user-equipment/<str:id>/move", inventory.AssetResource, post="move"),
    route("user-equipment/<str:id>/repair", inventory.AssetResource, post="repair"),
    route("user-equipment/<str:id>/retire", inventory.AssetResource, post="retire"),
    route(
        "user-equipment/<str:id>/custody", inventory.AssetCustodyResource, get="list"
    ),
    route("user-equipment/<str:id>/tracking", inventory.TrackingResource, get="list"),
    route(
        "user-equipment/<str:id>/attachments",
        inventory.AttachmentResource,
        get="list",
        post="create",
    ),
    route(
        "attachments/<str:id>",
        inventory.AttachmentResource,
        get="retrieve",
        delete="remove",
    ),
    # Catalogue
    route("equipments/query", catalog.ProductResource, post="query"),
    route("equipments", catalog.ProductResource, get="list", post="create"),
    route(
        "equipments/<str:id>", catalog.ProductResource, get="retrieve", patch="update"
    ),
    path(
        "integration/stock-levels", api_stock.StockView.as_view(), name="stock-levels"
    ),
    route("keyboard-layouts", catalog.KeyboardLayoutResource, get="list"),
    route("equipment-warranties", catalog.WarrantyResource, get="list"),
    route("equipment-warranties/<str:id>", catalog.WarrantyResource, get="retrieve"),
    route("kits", kit_api.KitResource, get="list", post="create"),
    route(
        "kits/<str:id>",
        kit_api.KitResource,
        get="retrieve",
        patch="update",
        delete="remove",
    ),
    # Places, legal entities, countries, tags
    route("company-entities", companies.EntityResource, get="paged", post="create"),
    route(
        "company-entities/<str:id>",
        companies.EntityResource,
        get="retrieve",
        patch="update",
    ),
    route(
        "company-entities/<str:id>/archive", companies.EntityResource, post="archive"
    ),
    route("company-addresses/query", companies.AddressResource, post="query"),
    route("company-addresses", companies.AddressResource, get="list", post="create"),
    route(
        "company-addresses/<str:id>",
        companies.AddressResource,
        get="retrieve",
        patch="update",
    ),
    route("countries", country_api.CountryOperations, get="every"),
    route("countries/query", country_api.CountryOperations, post="query"),
    route("tags", tag_api.TagResource, get="every", post="create"),
    route(
        "tags/<str:id>",
        tag_api.TagResource,
        get="retrieve",
        patch="update",
        delete="remove",
    ),
    # Returns
    *of_returns("offboardings", returns.OffboardingResource),
    route("offboardings/<str:id>/pause", returns.OffboardingResource, post="pause"),
    route("offboardings/<str:id>/resume", returns.OffboardingResource, post="resume"),
    *of_returns("collections", returns.CollectionResource),
    route(
        "redeployments", redeployments.RedeploymentResource, post="create", get="list"
    ),
    route("redeployments/query", redeployments.RedeploymentResource, post="query"),
    route("redeployments/<str:id>", redeployments.RedeploymentResource, get="retrieve"),
    route(
        "redeployments/<str:id>/cancel",
        redeployments.RedeploymentResource,
        post="cancel",
    ),
    route(
        "redeployments/<str:id>/tracking",
        redeployments.RedeploymentResource,
        get="tracking",
    ),
    route("invoices", invoicing.InvoiceResource, get="list"),
    route("invoices/query", invoicing.InvoiceResource, post="query"),
    route("invoices/<str:id>", invoicing.InvoiceResource, get="retrieve"),
    route("orders", orders.OrderResource, post="create", get="list"),
    route("orders/query", orders.OrderResource, post="query"),
    route("orders/<str:id>", orders.OrderResource, get="retrieve"),
    route("orders/<str:id>/cancel", orders.OrderResource, post="cancel"),
    # Imports
    route("imports", imports.ImportsResource, post="create", get="list"),
    route("imports/<str:id>", imports.ImportResource, get="retrieve"),
    route(
        "imports/<str:id>/columns",
        imports.ImportResource,
        get="columns",
        patch="set_columns",
    ),
    route("imports/<str:id>/read-again", imports.ImportResource, post="read_again"),
    route(
        "imports/<str:id>/names",
        imports.ImportNameResource,
        get="list",
        post="decide",
    ),
    route("imports/<str:id>/plan", imports.ImportResource, post="plan"),
    route("imports/<str:id>/rows", imports.ImportRowResource, get="list"),
    route("imports/<str:id>/apply", imports.ImportResource, post="apply"),
    route("imports/<str:id>/stop", imports.ImportResource, post="stop"),
    route("imports/<str:id>/discard", imports.ImportResource, post="discard"),
    route(
        "imports/<str:id>/undo", imports.ImportResource, get="undo_plan", post="undo"
    ),
    route("imports/<str:id>/refused-rows", imports.ImportResource, get="refused"),
    route("imports/<str:id>/kept-rows", imports.ImportResource, get="kept"),
    # Events
    route("events", events.EventResource, get="list"),
    route("event-types", events.EventResource, get="types"),
    route("orders/<str:id>/tracking", orders.OrderResource, get="tracking"),
]
operations.govern(urlpatterns)
