from django.urls import path

from . import views
from .lists import PLACES

app_name = "companies"
urlpatterns = [
    *PLACES.paths(),
    path("add/", views.address_create, name="address_create"),
    path("<uuid:pk>/", views.address_detail, name="address_detail"),
    path("<uuid:pk>/edit/", views.address_edit, name="address_edit"),
]
