from django.urls import path

from . import personal_views, views
from .lists import PEOPLE

app_name = "people"
urlpatterns = [
    *PEOPLE.paths(),
    path("add/", views.person_add, name="add"),
    path("<uuid:pk>/", views.person_detail, name="detail"),
    path("<uuid:pk>/edit/", views.person_edit, name="edit"),
    path("<uuid:pk>/invite/", views.person_invite, name="invite"),
    path(
        "<uuid:pk>/withdraw-invitation/",
        views.person_withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("<uuid:pk>/end-sign-in/", views.person_end_sign_in, name="end_sign_in"),
    path("<uuid:pk>/workplace/", views.person_add_workplace, name="add_workplace"),
    path("<uuid:pk>/archive/", views.person_archive, name="archive"),
    path(
        "<uuid:pk>/personal-data/", personal_views.personal_data, name="personal_data"
    ),
    path("<uuid:pk>/erase/", personal_views.person_erase, name="erase"),
    path("<uuid:pk>/rehire/", views.person_rehire, name="rehire"),
]
