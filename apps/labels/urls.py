from django.urls import path

from . import views

app_name = "labels"
urlpatterns = [
    path("", views.label_options, name="options"),
    path("print.pdf", views.label_pdf, name="pdf"),
    path("qr/<uuid:pk>.svg", views.label_qr, name="qr"),
]
