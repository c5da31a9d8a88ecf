"""The operations of the JSON API, under /api/v1/."""

from django.urls import path

from apps.accounts import api as accounts
from apps.accounts import operations
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
    path(
        "integration/offboardings/<str:id>/pause",
        returns.OffboardingResource.as_view({"post": "pause"}),
        name="offboarding-pause",
    ),
    path(
        "integration/offboardings/<str:id>/resume",
        returns.OffboardingResource.as_view({"post": "resume"}),
        name="offboarding-resume",
    ),
    path(
        "integration/offboardings/<str:id>/reschedule",
        returns.OffboardingResource.as_view({"post": "reschedule"}),
        name="offboarding-reschedule",
    ),
    path(
        "integration/offboardings/<str:id>/items",
        returns.OffboardingResource.as_view({"get": "items", "post": "add_item"}),
        name="offboarding-items",
    ),
    path(
        "integration/offboardings/<str:id>/items/<uuid:asset_id>",
        returns.OffboardingResource.as_view({"patch": "decide"}),
        name="offboarding-item",
    ),
    path(
        "integration/offboardings/<str:id>/answer",
        returns.OffboardingResource.as_view({"post": "respond"}),
        name="offboarding-answer",
    ),
    path(
        "integration/offboardings/<str:id>/parcels",
        returns.OffboardingResource.as_view({"post": "book"}),
        name="offboarding-parcels",
    ),
    path(
        "integration/offboardings/<str:id>/tracking",
        returns.OffboardingResource.as_view({"get": "tracking"}),
        name="offboarding-tracking",
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
    path(
        "integration/collections/<str:id>/reschedule",
        returns.CollectionResource.as_view({"post": "reschedule"}),
        name="collection-reschedule",
    ),
    path(
        "integration/collections/<str:id>/items",
        returns.CollectionResource.as_view({"get": "items", "post": "add_item"}),
        name="collection-items",
    ),
    path(
        "integration/collections/<str:id>/items/<uuid:asset_id>",
        returns.CollectionResource.as_view({"patch": "decide"}),
        name="collection-item",
    ),
    path(
        "integration/collections/<str:id>/answer",
        returns.CollectionResource.as_view({"post": "respond"}),
        name="collection-answer",
    ),
    path(
        "integration/collections/<str:id>/parcels",
        returns.CollectionResource.as_view({"post": "book"}),
        name="collection-parcels",
    ),
    path(
        "integration/collections/<str:id>/tracking",
        returns.CollectionResource.as_view({"get": "tracking"}),
        name="collection-tracking",
    ),
]
operations.govern(urlpatterns)
