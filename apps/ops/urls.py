from django.urls import path

from . import health

app_name = "ops"
urlpatterns = [
    path("health", health.Liveness.as_view(), name="health"),
    path("readiness", health.Readiness.as_view(), name="readiness"),
]
