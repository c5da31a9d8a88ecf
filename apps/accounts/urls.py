from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("language/", views.language, name="language"),
    path("language/switch/", views.language_switch, name="language_switch"),
    path("choose/", views.choose, name="choose"),
    path("leave/<uuid:pk>/", views.leave, name="leave"),
    path("invitations/<str:key>/", views.invitation, name="invitation"),
    # Stands before allauth's page of many addresses.
    path("email/", views.address, name="address"),
    path("email/stop/", views.address_stop, name="address_stop"),
    path("email/agree/<str:key>/", views.address_agree, name="address_agree"),
]
