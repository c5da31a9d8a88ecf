from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from apps.accounts.staff import VerbAdmin, verb_action
from apps.core.actor import Permission
from apps.core.admin import ReadOnlyAdmin, ReadOnlyInline

from . import services
from .models import Invoice, InvoiceLine

Answer = HttpResponse | None


class InvoiceLineInline(ReadOnlyInline):
    model = InvoiceLine
    fields = ["description", "quantity", "unit_price", "total"]
    readonly_fields = ["description"]


@admin.register(Invoice)
class InvoiceAdmin(VerbAdmin):
    list_display = [
        "reference",
        "company",
        "entity",
        "document_type",
        "type",
        "state",
        "gross_price",
        "currency",
        "payment_due_at",
    ]
    list_select_related = ["company", "entity"]
    list_filter = ["document_type", "type", "state"]
    search_fields = ["reference__exact", "source_reference__exact"]
    ordering = ["-id"]
    inlines = [InvoiceLineInline]
    actions = ["send", "mark_paid", "mark_overdue", "cancel", "credit"]

    @verb_action(Permission.INVOICES_SEND, _("Note as sent"))
    def send(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> Answer:
        told = _("From then on they wait for their payment.")
        return self.run(request, queryset, services.send, told=told, moves=True)

    @verb_action(Permission.INVOICES_SETTLE, _("Note as paid"))
    def mark_paid(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> Answer:
        told = _("What was paid stays paid: only a credit note takes it back.")
        return self.run(request, queryset, services.mark_paid, told=told, moves=True)

    @verb_action(Permission.INVOICES_SETTLE, _("Note as overdue"))
    def mark_overdue(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> Answer:
        told = _("Only what is not paid although its day has passed is overdue.")
        return self.run(request, queryset, services.mark_overdue, told=told, moves=True)

    @verb_action(Permission.INVOICES_CANCEL, _("Cancel"))
    def cancel(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> Answer:
        told = _("Nothing is to be paid for them; what they were for can be invoiced.")
        return self.run(request, queryset, services.cancel, told=told, moves=True)

    @verb_action(Permission.INVOICES_CREDIT, _("Write credit notes"))
    def credit(self, request: HttpRequest, queryset: QuerySet[Invoice]) -> Answer:
        told = _("Each is taken back whole by a credit note over the same amount.")
        return self.run(request, queryset, services.credit, told=told, moves=True)


@admin.register(InvoiceLine)
class InvoiceLineAdmin(ReadOnlyAdmin):
    list_display = ["invoice", "company", "description", "quantity", "total"]
    list_select_related = ["invoice", "company"]
    search_fields = ["invoice__reference__exact"]
    ordering = ["-id"]
