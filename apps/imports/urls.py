from django.urls import path

from . import views

app_name = "imports"
urlpatterns = [
    path("", views.batch_list, name="list"),
    path("new/", views.batch_create, name="create"),
    path("<uuid:pk>/", views.batch_detail, name="detail"),
    path("<uuid:pk>/columns/", views.batch_columns, name="columns"),
    path("<uuid:pk>/progress/", views.batch_progress, name="progress"),
    path("<uuid:pk>/unknowns/", views.batch_unknowns, name="unknowns"),
    path("<uuid:pk>/plan/", views.batch_plan, name="plan"),
    path("<uuid:pk>/apply/", views.batch_apply, name="apply"),
    path("<uuid:pk>/stop/", views.batch_stop, name="stop"),
    path("<uuid:pk>/refused.csv", views.batch_refused, name="refused"),
]
