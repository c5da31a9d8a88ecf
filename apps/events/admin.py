from __future__ import annotations

from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.core.admin import ReadOnlyAdmin

from .models import Cursor, Event, FailedDelivery


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = [
        "id",
        "type",
        "subject_type",
        "subject_id",
        "occurred_at",
        "position",
    ]
    ordering = ["-id"]
    search_fields = ["refs"]
    search_help_text = _("Id of an asset, a person, a return or a parcel")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        if not search_term:
            return queryset, False
        try:
            return queryset.about(UUID(search_term.strip())), False
        except ValueError:
            return queryset.none(), False


@admin.register(Cursor)
class CursorAdmin(ReadOnlyAdmin):
    list_display = ["subscriber", "position"]


@admin.register(FailedDelivery)
class FailedDeliveryAdmin(ReadOnlyAdmin):
    list_display = ["subscriber", "position", "attempts", "next_try_at", "error"]
    list_filter = ["subscriber"]
    ordering = ["-position"]
