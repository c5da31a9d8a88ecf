"""The operations of the JSON API, under /api/v1/."""

from django.urls import path

from apps.accounts import api as accounts
from apps.accounts import operations
from apps.inventory import api as inventory

app_name = "api"
urlpatterns = [
    path("auth/login", accounts.LoginView.as_view(), name="login"),
    path("auth/refresh", accounts.RefreshView.as_view(), name="refresh"),
    path("auth/logout", accounts.LogoutView.as_view(), name="logout"),
    path("auth/me", accounts.MeView.as_view(), name="me"),
    path("auth/password", accounts.PasswordView.as_view(), name="password"),
    # --- User equipment ---
    path(
        "integration/user-equipment",
        inventory.AssetResource.as_view({"post": "create"}),
        name="user_equipment_create",
    ),
    path(
        "integration/user-equipment/<str:id>",
        inventory.AssetResource.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="user_equipment",
    ),
    path(
        "integration/user-equipments/query",
        inventory.AssetResource.as_view({"post": "query"}),
        name="user_equipments_query",
    ),
    path(
        "integration/user-equipments",
        inventory.AssetResource.as_view({"get": "list"}),
        name="user_equipments",
    ),
]
operations.govern(urlpatterns)
