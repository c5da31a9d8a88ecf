from django.contrib import admin

from apps.core.admin import ReadOnlyAdmin, ReadOnlyInline

from .models import Shipment, TrackingEvent


class TrackingInline(ReadOnlyInline):
    model = TrackingEvent
    fields = ["state", "note", "occurred_at"]


@admin.register(Shipment)
class ShipmentAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "company", "state", "expected_on", "created_at"]
    list_select_related = ["company"]
    list_filter = ["state", "carrier"]
    search_fields = ["tracking_number__exact"]
    ordering = ["-id"]
    inlines = [TrackingInline]


@admin.register(TrackingEvent)
class TrackingEventAdmin(ReadOnlyAdmin):
    list_display = ["shipment", "company", "state", "note", "occurred_at"]
    list_select_related = ["shipment", "company"]
    list_filter = ["state"]
    ordering = ["-id"]
