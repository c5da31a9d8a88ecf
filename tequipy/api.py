"""The operations of the JSON API, under /api/v1/."""

import re
from typing import Any

from django.urls import URLPattern, path

from apps.accounts import api as accounts
from apps.accounts import operations
from apps.catalog import api as catalog
from apps.inventory import api as inventory
from apps.returns import api as returns

app_name = "api"


def route(address: str, resource: Any, **actions: str) -> URLPattern:
    """One address: its actions by HTTP method. `kits/<str:id>` is named `kits-id`."""
    name = "-".join(re.findall(r"\w[\w-]*", address.replace("<str:", "<")))
    return path(f"integration/{address}", resource.as_view(actions), name=name)


urlpatterns = [
    path("auth/login", accounts.LoginView.as_view(), name="login"),
    path("auth/refresh", accounts.RefreshView.as_view(), name="refresh"),
    path("auth/logout", accounts.LogoutView.as_view(), name="logout"),
    path("auth/me", accounts.MeView.as_view(), name="me"),
    path("auth/password", accounts.PasswordView.as_view(), name="password"),
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
    # Catalogue
    route("equipments/query", catalog.ProductResource, post="query"),
    route("equipments", catalog.ProductResource, get="list", post="create"),
    route(
        "equipments/<str:id>", catalog.ProductResource, get="retrieve", patch="update"
    ),
    route("keyboard-layouts", catalog.KeyboardLayoutResource, get="list"),
    route("equipment-warranties", catalog.WarrantyResource, get="list"),
    route("equipment-warranties/<str:id>", catalog.WarrantyResource, get="retrieve"),
    route("kits", catalog.KitResource, get="list", post="create"),
    route(
        "kits/<str:id>",
        catalog.KitResource,
        get="retrieve",
        patch="update",
        delete="remove",
    ),
    route("offboardings", returns.OffboardingResource, post="create", get="list"),
    route("offboardings/query", returns.OffboardingResource, post="query"),
    route("offboardings/<str:id>", returns.OffboardingResource, get="retrieve"),
    route("offboardings/<str:id>/cancel", returns.OffboardingResource, post="cancel"),
    route("collections", returns.CollectionResource, post="create", get="list"),
    route("collections/query", returns.CollectionResource, post="query"),
    route("collections/<str:id>", returns.CollectionResource, get="retrieve"),
    route("collections/<str:id>/cancel", returns.CollectionResource, post="cancel"),
]
operations.govern(urlpatterns)
