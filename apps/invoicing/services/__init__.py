"""The verbs of invoices, by noun: how one is written (`writing`), and what becomes of
it (`settling`). Only this package assigns `Invoice.state`."""

from .settling import cancel, credit, mark_overdue, mark_paid, send
from .writing import Bill, Item, Source, Subscription, attach_document, create

__all__ = [
    "Bill",
    "Item",
    "Source",
    "Subscription",
    "attach_document",
    "cancel",
    "create",
    "credit",
    "mark_overdue",
    "mark_paid",
    "send",
]
