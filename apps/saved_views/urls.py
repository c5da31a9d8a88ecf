from django.urls import path

from . import views

app_name = "saved_views"
urlpatterns = [
    path("<slug:name>/save/", views.view_save, name="save"),
    path("<slug:name>/columns/", views.view_columns, name="columns"),
    path("<uuid:pk>/delete/", views.view_delete, name="delete"),
]
