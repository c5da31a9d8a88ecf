from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.doors import door, final


class InvoiceState(models.TextChoices):
    CREATED = "CREATED", _("Written")
    SENT = "SENT", _("Sent")
    PAID = "PAID", _("Paid")
    OVERDUE = "OVERDUE", _("Overdue")
    CANCELLED = "CANCELLED", _("Cancelled")


class DocumentType(models.TextChoices):
    INVOICE = "INVOICE", _("Invoice")
    CREDIT_NOTE = "CREDIT_NOTE", _("Credit note")


class InvoiceType(models.TextChoices):
    """What is invoiced; but for subscriptions, named as the workflow."""

    ORDER = "ORDER", _("Order")
    SUBSCRIPTION = "SUBSCRIPTION", _("Subscription")
    OFFBOARDING = "OFFBOARDING", _("Offboarding")
    COLLECTION = "COLLECTION", _("Collection")
    REDEPLOYMENT = "REDEPLOYMENT", _("Redeployment")


_S = InvoiceState
TRANSITIONS: dict[str, frozenset[str]] = {
    _S.CREATED: frozenset({_S.SENT, _S.CANCELLED}),
    _S.SENT: frozenset({_S.PAID, _S.OVERDUE, _S.CANCELLED}),
    _S.OVERDUE: frozenset({_S.PAID, _S.CANCELLED}),
    _S.PAID: frozenset(),
    _S.CANCELLED: frozenset(),
}
# Whoever got it has to be told that it holds no more.
CREDITED_FROM = frozenset({_S.SENT, _S.PAID, _S.OVERDUE})

DOORS = (
    door(
        {_S.CREATED},
        {_S.SENT},
        "invoicing.services.send",
        "admin invoicing.invoice.send",
    ),
    door(
        {_S.SENT, _S.OVERDUE},
        {_S.PAID},
        "invoicing.services.mark_paid",
        "admin invoicing.invoice.mark_paid",
    ),
    door(
        {_S.SENT},
        {_S.OVERDUE},
        "invoicing.services.mark_overdue",
        "admin invoicing.invoice.mark_overdue",
        "task apps.invoicing.tasks.mark_overdue",
    ),
    door(
        {_S.CREATED, _S.SENT, _S.OVERDUE},
        {_S.CANCELLED},
        "invoicing.services.cancel",
        "admin invoicing.invoice.cancel",
    ),
    final({_S.PAID}, "What was paid stays paid; a credit note takes it back."),
    final({_S.CANCELLED}, "What is invoiced after all gets an invoice of its own."),
)
