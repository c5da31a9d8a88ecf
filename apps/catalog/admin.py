from django.contrib import admin

from apps.core.admin import ReadOnlyAdmin, ReadOnlyInline, ReferenceAdmin

from .models import (
    KeyboardLayout,
    Kit,
    KitSlot,
    Product,
    ProductPrice,
    ServicePrice,
    Warranty,
    WarrantyPrice,
)


class ProductPriceInline(ReadOnlyInline):
    model = ProductPrice


class WarrantyPriceInline(ReadOnlyInline):
    model = WarrantyPrice


class KitSlotInline(ReadOnlyInline):
    model = KitSlot


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    list_display = ["name", "company", "category", "manufacturer", "is_orderable"]
    list_select_related = ["company"]
    list_filter = ["category", "is_orderable"]
    search_fields = ["company__slug__exact", "name__istartswith", "sku__exact"]
    ordering = ["-id"]
    inlines = [ProductPriceInline]


@admin.register(ProductPrice)
class ProductPriceAdmin(ReadOnlyAdmin):
    list_display = ["product", "company", "amount", "currency", "country", "is_special"]
    list_select_related = ["product", "company", "country"]
    search_fields = ["company__slug__exact", "product__name__istartswith"]
    ordering = ["-id"]


@admin.register(ServicePrice)
class ServicePriceAdmin(ReadOnlyAdmin):
    list_display = ["kind", "company", "country", "amount", "currency"]
    list_select_related = ["company", "country"]
    list_filter = ["kind"]
    search_fields = ["company__slug__exact", "country__code__iexact"]
    ordering = ["-id"]


@admin.register(KeyboardLayout)
class KeyboardLayoutAdmin(ReferenceAdmin):
    list_display = ["name", "code", "is_active"]
    search_fields = ["code", "name"]


@admin.register(Warranty)
class WarrantyAdmin(ReadOnlyAdmin):
    list_display = ["months", "company", "category", "product", "is_active"]
    list_select_related = ["company", "product"]
    list_filter = ["category", "is_active"]
    search_fields = ["company__slug__exact", "product__name__istartswith"]
    ordering = ["-id"]
    inlines = [WarrantyPriceInline]


@admin.register(WarrantyPrice)
class WarrantyPriceAdmin(ReadOnlyAdmin):
    list_display = ["warranty", "company", "amount", "currency"]
    list_select_related = ["warranty", "company"]
    search_fields = ["company__slug__exact"]
    ordering = ["-id"]


@admin.register(Kit)
class KitAdmin(ReadOnlyAdmin):
    list_display = ["name", "company", "updated_at"]
    list_select_related = ["company"]
    search_fields = ["company__slug__exact", "name__istartswith"]
    ordering = ["-id"]
    inlines = [KitSlotInline]


@admin.register(KitSlot)
class KitSlotAdmin(ReadOnlyAdmin):
    list_display = ["kit", "company", "quantity", "category", "fallback_product"]
    list_select_related = ["kit", "company", "fallback_product"]
    search_fields = ["company__slug__exact", "kit__name__istartswith"]
    ordering = ["-id"]
