from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.accounts.staff import VerbAdmin, verb_action
from apps.core.actor import Permission
from apps.core.admin import ReadOnlyAdmin, ReadOnlyInline

from . import services
from .models import Return, ReturnLine
from .states import CancelReason


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

    @verb_action(Permission.RETURNS_PAUSE, _("Pause"))
    def pause(
        self, request: HttpRequest, queryset: QuerySet[Return]
    ) -> HttpResponse | None:
        told = _("No mail leaves until they are resumed.")
        return self.run(request, queryset, services.pause, told=told, moves=True)

    @verb_action(Permission.RETURNS_PAUSE, _("Resume"))
    def resume(
        self, request: HttpRequest, queryset: QuerySet[Return]
    ) -> HttpResponse | None:
        told = _("They go on where they were; due times move by the pause.")
        return self.run(request, queryset, services.resume, told=told, moves=True)

    @verb_action(Permission.RETURNS_CANCEL, _("Cancel"))
    def cancel(
        self, request: HttpRequest, queryset: QuerySet[Return]
    ) -> HttpResponse | None:
        return self.run(
            request,
            queryset,
            services.cancel,
            told=_(
                "Open items stay with the people and are free again; announced parcels "
                "are cancelled; people are told by mail, and no longer leave."
            ),
            reasons=CancelReason.choices,
            moves=True,
        )


@admin.register(ReturnLine)
class ReturnLineAdmin(ReadOnlyAdmin):
    list_display = ["ret", "company", "asset", "decision", "outcome", "closed_at"]
    list_select_related = ["ret", "company", "asset"]
    list_filter = ["decision", "outcome"]
    search_fields = ["ret__reference__exact"]
    ordering = ["-id"]
