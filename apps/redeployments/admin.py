from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.accounts.staff import VerbAdmin, verb_action
from apps.core.actor import Permission
from apps.core.admin import ReadOnlyAdmin, ReadOnlyInline

from . import services
from .models import Redeployment, RedeploymentLine


class RedeploymentLineInline(ReadOnlyInline):
    model = RedeploymentLine
    fields = ["asset", "shipment"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RedeploymentLine]:
        return super().get_queryset(request).select_related("asset", "shipment")


@admin.register(Redeployment)
class RedeploymentAdmin(VerbAdmin):
    list_display = ["reference", "company", "state", "user", "address", "created_at"]
    list_select_related = ["company", "user", "address"]
    list_filter = ["state"]
    search_fields = ["reference__exact"]
    ordering = ["-id"]
    inlines = [RedeploymentLineInline]
    actions = ["cancel"]

    @verb_action(Permission.REDEPLOYMENTS_CANCEL, _("Cancel"))
    def cancel(
        self, request: HttpRequest, queryset: QuerySet[Redeployment]
    ) -> HttpResponse | None:
        told = _("What was kept for them is free, and in storage again.")
        return self.run(request, queryset, services.cancel, told=told, moves=True)


@admin.register(RedeploymentLine)
class RedeploymentLineAdmin(ReadOnlyAdmin):
    list_display = ["redeployment", "company", "asset", "shipment"]
    list_select_related = ["redeployment", "company", "asset", "shipment"]
    search_fields = ["redeployment__reference__exact"]
    ordering = ["-id"]
