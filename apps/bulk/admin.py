from django.contrib import admin

from apps.core.admin import ReadOnlyAdmin

from .models import BulkJob, BulkRow


@admin.register(BulkJob)
class BulkJobAdmin(ReadOnlyAdmin):
    list_display = ["verb", "company", "state", "total_rows", "created_at"]
    list_select_related = ["company"]
    list_filter = ["state", "verb"]
    ordering = ["-id"]


@admin.register(BulkRow)
class BulkRowAdmin(ReadOnlyAdmin):
    list_display = ["job", "object_id", "outcome", "code", "company"]
    list_select_related = ["job", "company"]
    list_filter = ["outcome"]
    ordering = ["-id"]
