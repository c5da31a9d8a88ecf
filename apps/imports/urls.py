from django.urls import path

from . import batch_views, views

app_name = "imports"
urlpatterns = [
    path("", batch_views.batch_list, name="list"),
    path("new/", views.batch_create, name="create"),
    path("options/<slug:kind>/", batch_views.unknown_options, name="options"),
    path("<uuid:pk>/", batch_views.batch_detail, name="detail"),
    path("<uuid:pk>/columns/", views.batch_columns, name="columns"),
    path("<uuid:pk>/reading/", views.batch_reading, name="reading"),
    path("<uuid:pk>/progress/", batch_views.batch_progress, name="progress"),
    path("<uuid:pk>/stale/", batch_views.batch_stale, name="stale"),
    path("<uuid:pk>/unknowns/", batch_views.batch_unknowns, name="unknowns"),
    path("<uuid:pk>/plan/", batch_views.batch_plan, name="plan"),
    path("<uuid:pk>/apply/", batch_views.batch_apply, name="apply"),
    path("<uuid:pk>/stop/", batch_views.batch_stop, name="stop"),
    path("<uuid:pk>/undo/", batch_views.batch_undo, name="undo"),
    path("<uuid:pk>/refused.csv", batch_views.batch_refused, name="refused"),
    path("<uuid:pk>/kept.csv", batch_views.batch_kept, name="kept"),
]
