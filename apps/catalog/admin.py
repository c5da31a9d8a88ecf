from django.contrib import admin

from apps.core.admin import ReadOnlyAdmin

from .models import Product


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ["name", "company", "category", "manufacturer", "price", "currency"]
    list_select_related = ["company"]
    list_filter = ["category"]
    search_fields = ["company__slug__exact", "name__istartswith"]
    ordering = ["-id"]
