from django.urls import path

from . import views
from .lists import MAILS

app_name = "notifications"
urlpatterns = [
    *MAILS.paths(),
    path("<uuid:pk>/", views.message_detail, name="detail"),
    path("<uuid:pk>/retry/", views.message_retry, name="retry"),
    path("about/<uuid:subject_id>/", views.messages_about, name="about"),
]
