"""The operations of the JSON API, under /api/v1/."""

from django.urls import path

from apps.accounts import api as accounts
from apps.accounts import operations
from apps.catalog import api as catalog
from apps.inventory import api as inventory
from apps.returns import api as returns

app_name = "api"
urlpatterns = [
    path("auth/login", accounts.LoginView.as_view(), name="login"),
    path("auth/refresh", accounts.RefreshView.as_view(), name="refresh"),
    path("auth/logout", accounts.LogoutView.as_view(), name="logout"),
    path("auth/me", accounts.MeView.as_view(), name="me"),
    path("auth/password", accounts.PasswordView.as_view(), name="password"),
    path(
        "integration/user-equipments/query",
        inventory.AssetResource.as_view({"post": "query"}),
    ),
    path(
        "integration/user-equipments",
        inventory.AssetResource.as_view({"get": "list"}),
    ),
    path(
        "integration/user-equipment/<str:id>",
        inventory.AssetResource.as_view({"get": "retrieve"}),
    ),
    path(
        "integration/equipments/query",
        catalog.ProductResource.as_view({"post": "query"}),
    ),
    path(
        "integration/equipments",
        catalog.ProductResource.as_view({"get": "list", "post": "create"}),
    ),
    path(
        "integration/equipments/<str:id>",
        catalog.ProductResource.as_view({"get": "retrieve", "patch": "update"}),
    ),
    path(
        "integration/keyboard-layouts",
        catalog.KeyboardLayoutResource.as_view({"get": "list"}),
    ),
    path(
        "integration/equipment-warranties",
        catalog.WarrantyResource.as_view({"get": "list"}),
    ),
    path(
        "integration/equipment-warranties/<str:id>",
        catalog.WarrantyResource.as_view({"get": "retrieve"}),
    ),
    path(
        "integration/kits",
        catalog.KitResource.as_view({"get": "list", "post": "create"}),
    ),
    path(
        "integration/kits/<str:id>",
        catalog.KitResource.as_view(
            {"get": "retrieve", "patch": "update", "delete": "remove"}
        ),
    # Offboardings
    path(
        "integration/offboardings",
        returns.OffboardingResource.as_view({"post": "create", "get": "list"}),
        name="offboardings",
    ),
    path(
        "integration/offboardings/query",
        returns.OffboardingResource.as_view({"post": "query"}),
        name="offboardings-query",
    ),
    path(
        "integration/offboardings/<str:id>",
        returns.OffboardingResource.as_view({"get": "retrieve"}),
        name="offboarding",
    ),
    path(
        "integration/offboardings/<str:id>/cancel",
        returns.OffboardingResource.as_view({"post": "cancel"}),
        name="offboarding-cancel",
    ),
    # Collections
    path(
        "integration/collections",
        returns.CollectionResource.as_view({"post": "create", "get": "list"}),
        name="collections",
    ),
    path(
        "integration/collections/query",
        returns.CollectionResource.as_view({"post": "query"}),
        name="collections-query",
    ),
    path(
        "integration/collections/<str:id>",
        returns.CollectionResource.as_view({"get": "retrieve"}),
        name="collection",
    ),
    path(
        "integration/collections/<str:id>/cancel",
        returns.CollectionResource.as_view({"post": "cancel"}),
        name="collection-cancel",
    ),
]
operations.govern(urlpatterns)
