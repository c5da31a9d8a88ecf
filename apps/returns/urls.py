from django.urls import path

from . import action_views as actions
from . import leaver_views, views
from .lists import RETURNS

app_name = "returns"
urlpatterns = [
    *RETURNS.paths(own_page=views.my_returns),
    path("new/", views.return_create, name="create"),
    path("<uuid:pk>/", views.return_detail, name="detail"),
    path("<uuid:pk>/answer/", actions.return_answer, name="answer"),
    path("<uuid:pk>/link/", actions.return_send_link, name="send_link"),
    path(
        "<uuid:pk>/packaging/sent/",
        actions.return_send_materials,
        name="send_materials",
    ),
    path(
        "<uuid:pk>/packaging/arrived/",
        actions.return_materials_arrived,
        name="materials_arrived",
    ),
    path("<uuid:pk>/pause/", actions.return_pause, name="pause"),
    path("<uuid:pk>/resume/", actions.return_resume, name="resume"),
    path("<uuid:pk>/reschedule/", actions.return_reschedule, name="reschedule"),
    path("<uuid:pk>/cancel/", actions.return_cancel, name="cancel"),
    path("<uuid:pk>/delete/", actions.return_delete, name="delete"),
    path("<uuid:pk>/items/<uuid:line_pk>/decide/", actions.item_decide, name="decide"),
    path("<uuid:pk>/items/<uuid:asset_pk>/add/", actions.item_add, name="add_item"),
    path("<uuid:pk>/receive/", actions.return_receive, name="receive"),
    path("<uuid:pk>/parcels/book/", actions.parcel_book, name="book_parcel"),
    path(
        "<uuid:pk>/parcels/<uuid:shipment_pk>/track/",
        actions.parcel_track,
        name="track_parcel",
    ),
    path(
        "<uuid:pk>/parcels/<uuid:shipment_pk>/close/",
        actions.parcel_close,
        name="close_parcel",
    ),
    path("leaver/<str:token>/", leaver_views.leaver, name="leaver"),
    path(
        "leaver/<str:token>/link/", leaver_views.leaver_new_link, name="leaver_new_link"
    ),
]
