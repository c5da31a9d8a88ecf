from django.contrib import admin

from apps.core.admin import ReadOnlyAdmin

from .models import Batch, BatchRow


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
