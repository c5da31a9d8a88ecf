from django.urls import path

from . import views
from .lists import ASSETS

app_name = "inventory"
urlpatterns = [
    *ASSETS.paths(),
    path("people/", views.people_options, name="people_options"),
    path("places/", views.place_counts, name="place_counts"),
    path("products/", views.product_options, name="product_options"),
    path("add/", views.asset_create, name="create"),
    path("<uuid:pk>/", views.asset_detail, name="detail"),
    path("<uuid:pk>/edit/", views.asset_edit, name="edit"),
    path("<uuid:pk>/hand-over/", views.asset_hand_over, name="hand_over"),
    path("<uuid:pk>/store/", views.asset_store, name="store"),
    path("<uuid:pk>/repair/", views.asset_repair, name="repair"),
    path("<uuid:pk>/retire/", views.asset_retire, name="retire"),
]
