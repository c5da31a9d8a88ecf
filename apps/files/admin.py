from django.contrib import admin

from apps.core.admin import ReadOnlyAdmin

from .models import File


@admin.register(File)
class FileAdmin(ReadOnlyAdmin):
    list_display = ["name", "company", "size", "content_type", "created_at"]
    list_select_related = ["company"]
    search_fields = ["key__exact"]
    ordering = ["-id"]
