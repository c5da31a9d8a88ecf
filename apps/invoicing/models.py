from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.companies.models import Entity
from apps.core.actor import Permission
from apps.core.clean import one_line
from apps.core.folding import Fold, has_words
from apps.core.money import AmountField
from apps.core.tenancy import TenantForeignKey, TenantModel, TenantQuerySet, tenant_key
from apps.core.told import ToldField
from apps.files.models import File
from apps.orders.models import Order
from apps.redeployments.models import Redeployment
from apps.returns.models import Return

from .states import DocumentType, InvoiceState, InvoiceType


class InvoiceQuerySet(TenantQuerySet["Invoice"]):
    reads = Permission.INVOICES_READ

    def search(self, text: str) -> InvoiceQuerySet:
        """By parts of the reference, of what is invoiced, or of who pays."""
        if not one_line(text):
            return self
        rows = self.alias(payer=Fold("entity__legal_name"))
        return rows.filter(
            has_words("reference", text)
            | has_words("source_reference", text)
            | has_words("payer", text)
        )

    def overdue(self, now: datetime) -> InvoiceQuerySet:
        """Sent, not paid, and due by now."""
        return self.filter(state=InvoiceState.SENT, payment_due_at__lt=now)


# The column that names what an invoice of the type is for; a subscription is for a
# period.
SOURCES = {
    InvoiceType.ORDER: "order",
    InvoiceType.OFFBOARDING: "ret",
    InvoiceType.COLLECTION: "ret",
    InvoiceType.REDEPLOYMENT: "redeployment",
    InvoiceType.SUBSCRIPTION: "period_on",
}
COLUMNS = tuple(dict.fromkeys(SOURCES.values()))


def _is_for(column: str) -> Q:
    """Of the types that this column is the source of, and of nothing else."""
    types = sorted(str(kind) for kind, name in SOURCES.items() if name == column)
    others = {f"{name}__isnull": name != column for name in COLUMNS}
    return Q(type__in=types, **others)


def _once_per(*columns: str, name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=columns,
        condition=Q(document_type="INVOICE") & ~Q(state="CANCELLED"),
        name=name,
    )


class Invoice(TenantModel):
    """What a legal entity of a company pays for one workflow or one period, or gets
    back: then it is a credit note."""

    reference = models.CharField(max_length=16, unique=True)
    document_type = models.CharField(
        max_length=16, choices=DocumentType, default=DocumentType.INVOICE
    )
    type = models.CharField(max_length=16, choices=InvoiceType)
    state = models.CharField(
        max_length=16, choices=InvoiceState, default=InvoiceState.CREATED
    )
    entity = TenantForeignKey(Entity, related_name="invoices")
    # Of these the one that the type says.
    order = TenantForeignKey(Order, null=True, blank=True, related_name="invoices")
    ret = TenantForeignKey(Return, null=True, blank=True, related_name="invoices")
    redeployment = TenantForeignKey(
        Redeployment, null=True, blank=True, related_name="invoices"
    )
    period_on = models.DateField(
        null=True, blank=True, help_text=_("First day of what a subscription is for.")
    )
    source_reference = models.CharField(max_length=16, blank=True)
    credited = TenantForeignKey(
        "self",
        null=True,
        blank=True,
        related_name="credit_notes",
        help_text=_("The invoice that a credit note takes back."),
    )
    currency = models.CharField(max_length=3)
    net_price = AmountField()
    tax_rate = models.DecimalField(
        max_digits=5, decimal_places=2, help_text=_("In per cent.")
    )
    tax = AmountField()
    gross_price = AmountField()
    payment_due_at = models.DateTimeField()
    file = TenantForeignKey(File, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    overdue_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            tenant_key("invoice"),
            models.CheckConstraint(
                condition=_is_for("order")
                | _is_for("ret")
                | _is_for("redeployment")
                | _is_for("period_on"),
                name="invoice_type_fits_source",
            ),
            models.CheckConstraint(
                condition=Q(document_type="CREDIT_NOTE") ^ Q(credited__isnull=True),
                name="invoice_credit_note_has_invoice",
            ),
            models.CheckConstraint(
                condition=Q(gross_price=F("net_price") + F("tax"))
                & Q(net_price__gte=0, tax__gte=0, tax_rate__gte=0),
                name="invoice_adds_up",
            ),
            models.CheckConstraint(
                condition=~Q(currency=""), name="invoice_has_currency"
            ),
            models.CheckConstraint(
                condition=Q(state="PAID") ^ Q(paid_at__isnull=True),
                name="invoice_paid_says_when",
            ),
            models.CheckConstraint(
                condition=Q(state="CANCELLED") ^ Q(cancelled_at__isnull=True),
                name="invoice_cancelled_says_when",
            ),
            _once_per("order", name="invoice_once_per_order"),
            _once_per("ret", name="invoice_once_per_return"),
            _once_per("redeployment", name="invoice_once_per_redeployment"),
            _once_per("entity", "period_on", name="invoice_once_per_period"),
            models.UniqueConstraint(
                fields=["credited"],
                condition=~Q(state="CANCELLED"),
                name="invoice_credited_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "-created_at", "-id"], name="invoice_newest"
            ),
            models.Index(
                fields=["company", "state", "-created_at", "-id"],
                name="invoice_by_state",
            ),
            models.Index(
                fields=["company", "updated_at", "id"], name="invoice_changed"
            ),
            models.Index(
                fields=["company", "source_reference"], name="invoice_by_source"
            ),
            models.Index(
                fields=["payment_due_at"],
                name="invoice_due",
                condition=Q(state="SENT"),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def source_id(self) -> UUID | None:
        """The workflow that is invoiced; a subscription has none."""
        found: UUID | None = self.order_id or self.ret_id or self.redeployment_id
        return found

    def shown_facts(self) -> list[object]:
        """What is shown of it to whoever moves it (`core.seen`)."""
        return [self.state, self.file_id, self.payment_due_at]


class InvoiceLine(TenantModel):
    """One position: a product by its name, or a service by a sentence."""

    invoice = TenantForeignKey(Invoice, models.CASCADE, related_name="lines")
    text = ToldField(blank=True)
    product_name = models.CharField(max_length=255, blank=True)
    quantity = models.PositiveIntegerField()
    unit_price = AmountField()
    total = AmountField()

    class Meta:
        ordering = ["id"]
        constraints = [
            tenant_key("invoice_line"),
            models.CheckConstraint(
                condition=Q(text="") ^ Q(product_name=""),
                name="invoice_line_text_or_product",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price__gte=0)
                & Q(total=F("unit_price") * F("quantity")),
                name="invoice_line_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def description(self) -> str:
        """In the language of whoever reads it."""
        return self.product_name or str(self.text)

    @staticmethod
    def net(lines: list[InvoiceLine]) -> Decimal:
        return sum((line.total for line in lines), Decimal(0))
