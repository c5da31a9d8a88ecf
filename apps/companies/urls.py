from django.urls import path

from . import views

app_name = "companies"
urlpatterns = [
    path("", views.address_list, name="address_list"),
    path("add/", views.address_create, name="address_create"),
    path("<uuid:pk>/", views.address_detail, name="address_detail"),
    path("<uuid:pk>/edit/", views.address_edit, name="address_edit"),
]
