from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.accounts.staff import VerbAdmin, verb_action
from apps.core.actor import Permission
from apps.core.admin import ReadOnlyAdmin, ReadOnlyInline, ReferenceAdmin

from . import services
from .models import BankAccount, CreditLine, Order, OrderLine, OrderUnit


class OrderLineInline(ReadOnlyInline):
    model = OrderLine
    fields = ["product", "quantity", "unit_price", "keyboard_layout", "warranty"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        shown = ("product", "keyboard_layout", "warranty")
        return super().get_queryset(request).select_related(*shown)


@admin.register(Order)
class OrderAdmin(VerbAdmin):
    list_display = ["reference", "company", "type", "state", "total", "currency"]
    list_select_related = ["company"]
    list_filter = ["state", "type", "payment_method"]
    search_fields = ["reference__exact", "purchase_order_number__exact"]
    ordering = ["-id"]
    inlines = [OrderLineInline]
    actions = ["approve", "decline", "cancel", "mark_paid"]

    @verb_action(Permission.ORDERS_APPROVE, _("Approve"))
    def approve(
        self, request: HttpRequest, queryset: QuerySet[Order]
    ) -> HttpResponse | None:
        told = _("They are placed at the prices that they were drafted with.")
        return self.run(request, queryset, services.approve, told=told, moves=True)

    @verb_action(Permission.ORDERS_APPROVE, _("Decline"))
    def decline(
        self, request: HttpRequest, queryset: QuerySet[Order]
    ) -> HttpResponse | None:
        told = _("Nothing is ordered, and the drafts can't be approved any more.")
        return self.run(request, queryset, services.decline, told=told, moves=True)

    @verb_action(Permission.ORDERS_CANCEL, _("Cancel"))
    def cancel(
        self, request: HttpRequest, queryset: QuerySet[Order]
    ) -> HttpResponse | None:
        told = _("What was ordered for them is archived as never delivered.")
        return self.run(request, queryset, services.cancel, told=told, moves=True)

    @verb_action(Permission.ORDERS_SETTLE, _("Mark as paid"))
    def mark_paid(
        self, request: HttpRequest, queryset: QuerySet[Order]
    ) -> HttpResponse | None:
        told = _("They take up nothing of the credit line any more.")
        return self.run(request, queryset, services.mark_paid, told=told, moves=True)


@admin.register(OrderLine)
class OrderLineAdmin(ReadOnlyAdmin):
    list_display = ["order", "company", "product", "quantity", "unit_price"]
    list_select_related = ["order", "company", "product"]
    search_fields = ["order__reference__exact"]
    ordering = ["-id"]


@admin.register(OrderUnit)
class OrderUnitAdmin(ReadOnlyAdmin):
    list_display = ["asset", "company", "line", "shipment"]
    list_select_related = ["asset", "company", "line", "shipment"]
    search_fields = ["line__order__reference__exact"]
    ordering = ["-id"]


@admin.register(CreditLine)
class CreditLineAdmin(ReferenceAdmin):
    list_display = ["company", "currency", "limit"]
    list_select_related = ["company"]
    search_fields = ["company__slug__exact"]


@admin.register(BankAccount)
class BankAccountAdmin(ReferenceAdmin):
    list_display = ["source", "currency", "receiver", "country"]
    list_select_related = ["country"]
    list_filter = ["source"]
    search_fields = ["receiver__istartswith"]
