from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from apps.core.actor import SYSTEM
from apps.core.admin import ReadOnlyAdmin, ReferenceAdmin

from .models import Address, Company, Country, Tag, Warehouse
from .row_counts import RowCount
from .services import move_shelves


@admin.register(Country)
class CountryAdmin(ReferenceAdmin):
    list_display = ["name", "code", "currency", "time_zone", "allows_sellback"]
    search_fields = ["code", "name"]
    readonly_fields = ["code"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Company)
class CompanyAdmin(ReferenceAdmin):
    """Settings only: a company is made by `companies.services.create_company`."""

    list_display = ["name", "slug", "kind", "country", "time_zone", "currency"]
    list_select_related = ["country"]
    list_filter = ["kind"]
    search_fields = ["slug__startswith", "name"]
    autocomplete_fields = ["country"]
    readonly_fields = ["kind", "slug", "created_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Warehouse)
class WarehouseAdmin(ReferenceAdmin):
    list_display = ["name", "city", "country"]
    list_select_related = ["country"]
    search_fields = ["name"]
    autocomplete_fields = ["country"]
    filter_horizontal = ["serves"]

    def save_model(
        self, request: HttpRequest, obj: Warehouse, form: Any, change: bool
    ) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            move_shelves(obj, actor=SYSTEM)


@admin.register(Address)
class AddressAdmin(ReadOnlyAdmin):
    list_display = ["name", "company", "type", "city", "country", "is_active"]
    list_select_related = ["company", "country"]
    list_filter = ["type", "is_active"]
    search_fields = ["company__slug__exact", "name__istartswith"]
    ordering: list[Any] = ["-id"]


@admin.register(Tag)
class TagAdmin(ReadOnlyAdmin):
    list_display = ["name", "company", "created_at"]
    list_select_related = ["company"]
    search_fields = ["company__slug__exact", "name__istartswith"]
    ordering: list[Any] = ["-id"]


@admin.register(RowCount)
class RowCountAdmin(ReadOnlyAdmin):
    list_display = ["table_name", "bucket", "company", "n"]
    list_select_related = ["company"]
    list_filter = ["table_name"]
    ordering = ["-id"]
