"""What Django admin is here: a window for platform staff. What a service owns is only
looked at; actions call the verbs (`apps.accounts.staff.VerbAdmin`)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest

from .pagination import COUNT_LIMIT, capped_count


class CappedPaginator(Paginator):
    """Counts no further than anybody turns pages."""

    @cached_property
    def count(self) -> int:
        return min(capped_count(self.object_list), COUNT_LIMIT)


class _NothingIsChanged:
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(_NothingIsChanged, admin.ModelAdmin):
    """For everything that a service owns."""

    list_per_page = 50
    list_max_show_all = 0
    paginator = CappedPaginator
    show_full_result_count = False

    def view_on_site(self, obj: Any) -> str | None:
        """The page itself: Django's detour names the Host of the request."""
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None


class ReadOnlyInline(_NothingIsChanged, admin.TabularInline):
    extra = 0
    can_delete = False


class ReferenceAdmin(admin.ModelAdmin):
    """For reference data and settings, which nothing but a person writes: they may be
    changed here, and never deleted, because rows of companies name them."""

    list_per_page = 100

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
