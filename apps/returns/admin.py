from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.staff import VerbAdmin
from apps.core.admin import ReadOnlyAdmin, ReadOnlyInline

from . import services
from .models import Return, ReturnLine


class ReturnLineInline(ReadOnlyInline):
    model = ReturnLine
    fields = ["asset", "decision", "reason", "outcome", "shipment", "closed_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReturnLine]:
        return super().get_queryset(request).select_related("asset", "shipment")


@admin.register(Return)
class ReturnAdmin(VerbAdmin):
    list_display = ["reference", "company", "kind", "state", "user", "next_contact_at"]
    list_select_related = ["company", "user"]
    list_filter = ["kind", "state"]
    search_fields = ["reference__exact"]
    ordering = ["-id"]
    inlines = [ReturnLineInline]
    actions = ["pause", "resume", "cancel"]

    @admin.action(description=_("Pause"))
    def pause(self, request: HttpRequest, queryset: QuerySet[Return]) -> None:
        self.run(request, queryset, services.pause)

    @admin.action(description=_("Resume"))
    def resume(self, request: HttpRequest, queryset: QuerySet[Return]) -> None:
        self.run(request, queryset, services.resume)

    @admin.action(description=_("Cancel"))
    def cancel(self, request: HttpRequest, queryset: QuerySet[Return]) -> None:
        self.run(request, queryset, services.cancel)


@admin.register(ReturnLine)
class ReturnLineAdmin(ReadOnlyAdmin):
    list_display = ["ret", "company", "asset", "decision", "outcome", "closed_at"]
    list_select_related = ["ret", "company", "asset"]
    list_filter = ["decision", "outcome"]
    search_fields = ["ret__reference__exact"]
    ordering = ["-id"]
