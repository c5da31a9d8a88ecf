from django.urls import path

from . import views

app_name = "bulk"
urlpatterns = [
    path("", views.jobs, name="list"),
    path("<uuid:pk>/", views.job_detail, name="detail"),
    path("<uuid:pk>/progress/", views.job_progress, name="progress"),
    path("<uuid:pk>/stop/", views.job_stop, name="stop"),
    path("<uuid:pk>/results.csv", views.job_results, name="results"),
]
