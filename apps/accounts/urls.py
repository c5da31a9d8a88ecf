from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("choose/", views.choose, name="choose"),
    # Stands before allauth's page: whose address it is decides who signs in where.
    path("email/", views.no_own_address),
]
