from django.contrib import admin

from apps.core.admin import ReadOnlyAdmin

from .models import Batch, BatchRow, Made, RememberedColumns, Unknown


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "company", "kind", "state", "total_rows", "created_at"]
    list_select_related = ["file", "company"]
    list_filter = ["kind", "state"]
    ordering = ["-id"]


@admin.register(BatchRow)
class BatchRowAdmin(ReadOnlyAdmin):
    list_display = ["batch", "line", "verdict", "undone_at", "company"]
    list_select_related = ["batch__file", "company"]
    list_filter = ["verdict"]
    ordering = ["-id"]


@admin.register(Unknown)
class UnknownAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "batch", "company"]
    list_select_related = ["batch__file", "company"]
    ordering = ["-id"]


@admin.register(Made)
class MadeAdmin(ReadOnlyAdmin):
    list_display = ["batch", "kind", "target_id", "undone_at", "company"]
    list_select_related = ["batch__file", "company"]
    list_filter = ["kind"]
    ordering = ["-id"]


@admin.register(RememberedColumns)
class RememberedColumnsAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "company", "confirmed_at"]
    list_select_related = ["company"]
    list_filter = ["kind"]
    ordering = ["-confirmed_at"]
