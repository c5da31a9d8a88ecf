from django.contrib import admin
from django.urls import include, path, register_converter

from apps.core.api import documents, problems
from apps.core.converters import Anything, ShortId
from apps.labels import views as labels
from apps.ops.metrics.views import metrics

register_converter(Anything, "anything")
register_converter(ShortId, "short")
handler400 = "apps.core.middleware.bad_request"
handler500 = "apps.core.middleware.server_error"
urlpatterns = [
    path("", include("apps.portal.urls")),
    path("a/<short:pk>", labels.open_by_code, name="open_by_code"),
    path("accounts/", include("apps.accounts.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("addresses/", include("apps.companies.urls")),
    path("admin/", admin.site.urls),
    path("api/schema", documents.schema, name="schema"),
    path("api/docs", documents.docs, name="docs"),
    path("api/v1/", include("apps.ops.urls")),
    path("api/v1/", include("tequipy.api")),
    path("api/<anything:unknown>", problems.not_found),
    path("assets/", include("apps.inventory.urls")),
    path("bulk/", include("apps.bulk.urls")),
    path("files/", include("apps.files.urls")),
    path("history/", include("apps.events.urls")),
    path("imports/", include("apps.imports.urls")),
    path("labels/", include("apps.labels.urls")),
    path("metrics", metrics, name="metrics"),
    path("mails/", include("apps.notifications.urls")),
    path("people/", include("apps.people.urls")),
    path("returns/", include("apps.returns.urls")),
    path("views/", include("apps.saved_views.urls")),
]
