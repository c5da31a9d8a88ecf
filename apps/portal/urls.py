from django.urls import path

from . import desk_views, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("receive/", desk_views.receive, name="receive"),
    path("receive/items/", desk_views.receive_items, name="receive_items"),
    path(
        "receive/parcels/<uuid:pk>/close/",
        desk_views.close_parcel,
        name="close_parcel",
    ),
]
