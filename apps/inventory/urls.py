from django.urls import path

from . import comment_views, fact_views, file_views, views
from .lists import ASSETS

app_name = "inventory"
urlpatterns = [
    *ASSETS.paths(),
    path("people/", views.people_options, name="people_options"),
    path("products/", views.product_options, name="product_options"),
    path("add/", views.asset_create, name="create"),
    path("<uuid:pk>/", views.asset_detail, name="detail"),
    path("<uuid:pk>/edit/", views.asset_edit, name="edit"),
    path("<uuid:pk>/edit/<slug:name>/", fact_views.asset_fact, name="fact"),
    path("<uuid:pk>/hand-over/", views.asset_hand_over, name="hand_over"),
    path("<uuid:pk>/store/", views.asset_store, name="store"),
    path("<uuid:pk>/repair/", views.asset_repair, name="repair"),
    path("<uuid:pk>/retire/", views.asset_retire, name="retire"),
    path("<uuid:pk>/files/", file_views.asset_files, name="files"),
    path("<uuid:pk>/files/add/", file_views.asset_file_add, name="file_add"),
    path("<uuid:pk>/files/<uuid:file_id>/", file_views.asset_file, name="file"),
    path(
        "<uuid:pk>/files/<uuid:file_id>/remove/",
        file_views.asset_file_remove,
        name="file_remove",
    ),
    path(
        "<uuid:pk>/files/<uuid:file_id>/picture/",
        file_views.asset_file_picture,
        name="file_picture",
    ),
    path("<uuid:pk>/comments/", comment_views.asset_comments, name="comments"),
    path(
        "<uuid:pk>/comments/add/", comment_views.asset_comment_add, name="comment_add"
    ),
    path(
        "<uuid:pk>/comments/<uuid:comment_id>/edit/",
        comment_views.asset_comment_edit,
        name="comment_edit",
    ),
    path(
        "<uuid:pk>/comments/<uuid:comment_id>/remove/",
        comment_views.asset_comment_remove,
        name="comment_remove",
    ),
]
