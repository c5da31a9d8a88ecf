from django.contrib import admin

from apps.core.admin import ReadOnlyAdmin

from .models import SavedView


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin):
    list_display = ["name", "list_name", "company", "owner", "is_shared"]
    list_select_related = ["company", "owner"]
    list_filter = ["list_name", "is_shared"]
    ordering = ["-id"]
