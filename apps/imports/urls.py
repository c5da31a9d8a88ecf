from django.urls import path

from .lists import IMPORTS
from .pages import batch, columns, upload

app_name = "imports"
urlpatterns = [
    *IMPORTS.paths(),
    path("new/", upload.batch_create, name="create"),
    path("options/<slug:kind>/", batch.unknown_options, name="options"),
    path("<uuid:pk>/", batch.batch_detail, name="detail"),
    path("<uuid:pk>/columns/", columns.batch_columns, name="columns"),
    path("<uuid:pk>/reading/", columns.batch_reading, name="reading"),
    path("<uuid:pk>/progress/", batch.batch_progress, name="progress"),
    path("<uuid:pk>/stale/", batch.batch_stale, name="stale"),
    path("<uuid:pk>/unknowns/", batch.batch_unknowns, name="unknowns"),
    path("<uuid:pk>/plan/", batch.batch_plan, name="plan"),
    path("<uuid:pk>/apply/", batch.batch_apply, name="apply"),
    path("<uuid:pk>/stop/", batch.batch_stop, name="stop"),
    path("<uuid:pk>/undo/", batch.batch_undo, name="undo"),
    path("<uuid:pk>/discard/", batch.batch_discard, name="discard"),
    path("<uuid:pk>/refused.csv", batch.batch_refused, name="refused"),
    path("<uuid:pk>/kept.csv", batch.batch_kept, name="kept"),
]
