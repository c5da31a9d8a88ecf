from django.urls import path

from . import views

app_name = "events"
urlpatterns = [
    path("", views.event_list, name="list"),
    path("about/<uuid:subject_id>/", views.events_about, name="about"),
]
