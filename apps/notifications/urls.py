from django.urls import path

from . import views

app_name = "notifications"
urlpatterns = [
    path("", views.message_list, name="list"),
    path("<uuid:pk>/", views.message_detail, name="detail"),
    path("<uuid:pk>/retry/", views.message_retry, name="retry"),
    path("about/<uuid:subject_id>/", views.messages_about, name="about"),
]
